import { numberEn, pluralEn } from '../plural.ts';

export const status = {
  upToDate: (time: string) => `Up to date, ${time}`,
  upToDateNever: 'Nothing to fetch',
  connected: (n: number) => pluralEn(n, '# account connected', 'All # accounts connected'),
  connecting: 'Connecting',
  checking: 'Checking for new letters',
  working: (what: string, done: string, total: string | null) =>
    total === null ? `${what}: ${done}` : `${what}: ${done} of ${total}`,
  remaining: (time: string) => `${time} left`,
  pause: 'Pause',
  resume: 'Go on',
  cancel: 'Cancel',
  dismiss: 'Clear',
  jobs: 'Jobs',
  noJobs: 'Nothing is being done now.',
  kinds: {
    sync: 'Loading letters',
    import: 'Bringing in old mail',
    export: 'Writing letters out',
    index: 'Reading for search',
    send: 'Sending',
    sample: 'Making the sample office',
    check: 'Checking everything',
    bodies: 'Fetching texts',
  },
  states: { running: 'running', paused: 'paused', done: 'done', failed: 'stopped', cancelled: 'cancelled' },
  imported: (n: number, doubles: number) =>
    doubles === 0
      ? pluralEn(n, '# letter', '# letters')
      : `${pluralEn(n, '# letter', '# letters')}, ${numberEn(doubles)} were here already`,
  skipped: (n: number) => pluralEn(n, '# file was left out', '# files were left out'),
  perSecond: (n: string) => `${n} a second`,
  scheduled: (n: number) => pluralEn(n, '# letter scheduled', '# letters scheduled'),
  waiting: (n: number) => pluralEn(n, '# letter waits to go', '# letters wait to go'),
  failed: (n: number) => pluralEn(n, '# letter did not go', '# letters did not go'),
  offline: (time: string) => `No network since ${time}. You can read, search and write.`,
  offlineChosen: 'Working offline. You can read, search and write.',
  goOnline: 'Connect',
  needsPassword: (address: string) => `${address} needs its password`,
  needsTrust: (address: string) => `${address}: its certificate needs a look`,
  accountFailed: (address: string) => `${address} cannot be reached`,
  lost: 'The mail engine is being started again',
  indexed: (n: string) => `Search over ${n} letters on this computer`,
  indexing: (done: string, total: string) => `Search knows ${done} of ${total} letters`,
  newMail: (n: number) => pluralEn(n, '# new letter', '# new letters'),
  seconds: (n: number) => pluralEn(n, '# second', '# seconds'),
};
