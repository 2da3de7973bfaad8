import { pluralEn } from '../plural.ts';

/** The first day (ui.md section 6). */
export const firstRun = {
  slogan: ['Mail for the office,', 'kept in the office.'],
  promise:
    'Letters are stored on this computer, or on a computer in your own office. No account with us, no advertising, nothing sent home.',
  facts: {
    offline: 'Read, search and write with no network',
    drafts: 'A draft is on disk every two seconds',
    languages: 'English and Russian, change at any time',
  },
  question: 'How do you want to start?',
  hint: 'You can do the others later, in any order.',
  language: 'Language',
  doors: {
    connect: {
      name: 'Connect my mail',
      about: 'Address and password are enough. Every value can also be set by hand.',
    },
    join: { name: 'Join my office', about: 'You have a slip with a six-digit code. Nothing else to type.' },
    host: {
      name: 'Host mail for my office',
      about: 'Make this computer the mail server of your network. Five short questions.',
    },
    import: {
      name: 'Bring my old mail',
      about: 'Thunderbird, Outlook, Outlook Express, mbox, Maildir and .eml. They are only read.',
    },
    sample: {
      name: 'Look around first',
      about: 'A sample office with 1,200 letters. Nothing is sent, remove it in one click.',
    },
  },
  later: {
    badge: 'Later',
    join: 'Joining by a code comes in a later version of Postroom. Today, connect your mail by address and password: it goes on working when you join.',
  },
  version: (version: string) => `Postroom ${version}`,
  makingSample: 'Making the sample office',
  madeOf: (done: string, total: string) => `${done} of ${total} letters`,
  firstReadable: 'The first letters can be read in a moment.',
  import: {
    title: 'Bring my old mail',
    intro:
      'Postroom reads Thunderbird, Outlook (.pst, .ost, .msg), Outlook Express, mbox, Maildir and .eml, also packed with gzip. The originals are only read and stay where they are.',
    where: 'Files and folders on this computer',
    whereHint: 'One path a line. A folder is read with all that is in it.',
    into: 'Put the letters into',
    intoLocal: 'Inbox on this computer',
    choose: 'Choose files',
    chosen: (n: number) => pluralEn(n, '# file chosen', '# files chosen'),
    browserHint: 'Single files: .eml, .msg, mbox, .dbx, .pst. A folder is named by its path below.',
    start: 'Bring them in',
    running: 'Bringing in your letters',
    reading: (done: string) => `${done} letters so far`,
    done: (n: number) => pluralEn(n, '# letter is here.', '# letters are here.'),
    doubles: (n: number) =>
      pluralEn(
        n,
        '# was here already and is not stored twice.',
        '# were here already and are not stored twice.',
      ),
    skipped: (n: number) => pluralEn(n, '# could not be read:', '# could not be read:'),
    saveReport: 'Save the report',
    open: 'Go to the letters',
    later: 'Go on in the background',
    pause: 'Pause',
    resume: 'Go on',
    cancel: 'Stop',
    cancelled: 'Stopped. The letters brought in so far are here.',
    noPaths: 'Name at least one file or folder.',
  },
  sampleBar: {
    text: 'Sample office',
    remove: 'Remove the sample',
    question: 'Remove the sample office?',
    body: 'Its letters and everything you did with them go. Your own accounts and letters stay.',
    confirm: 'Remove the sample',
    removed: 'The sample is removed.',
  },
};
