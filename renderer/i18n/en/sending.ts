import { numberEn, pluralEn } from '../plural.ts';
import type { ErrorWords } from './errors.ts';

/** What goes with sending: receipts, what became of a letter, sending it on, mail merge. */
export const sending = {
  commands: { resend: 'Edit as new', redirect: 'Redirect…', merge: 'Mail merge…' },
  notice: 'Ask for a delivery notice',
  missed: (n: number, when: string) =>
    pluralEn(
      n,
      `It was to go ${when}, when Postroom was not running. It goes now.`,
      `# letters were to go while Postroom was not running, the first ${when}. They go now.`,
    ),
  notSent: 'It will not be sent.',
  receipt: {
    title: (to: string) => `The sender asks to be told that you have read this letter. Tell ${to}?`,
    sent: (to: string) => `${to} was told that you have opened this letter.`,
    tell: 'Tell',
    not: 'Do not tell',
    told: 'The sender will be told.',
    notTold: 'Nothing was sent. You will not be asked about this letter again.',
    label: 'Read receipt',
  },
  tracking: {
    label: 'What became of this letter',
    delivered: (who: string, when: string) => `Delivered to ${who}, ${when}`,
    relayed: (who: string, when: string) => `Handed on for ${who}, ${when}. That server tells nothing more.`,
    expanded: (who: string, when: string) => `Sent to the members of ${who}, ${when}`,
    delayed: (who: string, when: string) => `Not delivered to ${who} yet, ${when}. The server tries again.`,
    failed: (who: string) => `Not delivered to ${who}.`,
    displayed: (who: string, when: string) => `Read by ${who}, ${when}`,
    deleted: (who: string, when: string) => `Deleted unread by ${who}, ${when}`,
    processed: (who: string, when: string) => `Handled by a program for ${who}, ${when}`,
    denied: (who: string, when: string) => `${who} does not tell, ${when}`,
    receiptFailed: (who: string) => `The program of ${who} could not answer.`,
    waitingBoth: (n: number) =>
      pluralEn(n, 'Nothing heard from # recipient so far.', 'Nothing heard from # recipients so far.'),
    noNotices: 'The server gives no delivery notices.',
    all: 'Show all',
  },
  redirect: {
    title: (n: number) => pluralEn(n, 'Redirect this letter', 'Redirect # letters'),
    note: 'It goes on exactly as it came. The new recipients see the first sender and, above, that you sent it on.',
    send: 'Redirect',
    sendsIn: (seconds: number) => `Redirected in ${seconds} s`,
    sent: 'Redirected.',
  },
  merge: {
    title: 'Mail merge',
    intro:
      'One letter for every row of a table. Write {{column}} in the subject or the text; {{column|word}} puts a word where the cell is empty.',
    choose: 'Choose a table (CSV)',
    another: 'Another table',
    address: 'Column with the address',
    name: 'Column with the name',
    file: 'Column with files',
    noColumn: 'None',
    filesFor: 'Add the files named there',
    filesHere: (n: number) => pluralEn(n, '# file added', '# files added'),
    rate: 'Letters a minute',
    rates: { '0': 'As fast as it goes', '30': '30', '60': '60', '120': '120', '300': '300' } as Record<
      string,
      string
    >,
    charset: 'Encoding of the table',
    formats: { auto: 'Found by itself', 'utf-8': 'UTF-8', 'windows-1251': 'Windows-1251' },
    counts: (ready: number, total: number) =>
      ready === total
        ? pluralEn(total, '# letter is ready.', 'All # letters are ready.')
        : `${numberEn(ready)} of ${pluralEn(total, '# letter', '# letters')} can go. The others are left out.`,
    preview: 'Preview',
    previous: 'Previous letter',
    next: 'Next letter',
    rowOf: (row: number, total: number) => `Row ${numberEn(row)} of ${numberEn(total)}`,
    to: 'To',
    subject: 'Subject',
    files: 'Files',
    problems: 'Look at these rows',
    problem: {
      'no-address': () => 'There is no address.',
      'bad-address': (what: string) => `${what} is no address.`,
      'no-such-field': (what: string) => `The letter says {{${what}}}, and the table has no such column.`,
      'empty-field': (what: string) => `“${what}” is empty.`,
      'double-address': (what: string) => `${what} stands in the table more than once.`,
      'no-such-file': (what: string) => `The file ${what} was not added.`,
      'short-row': () => 'The row is shorter than the head of the table.',
    },
    noColumnAddress: 'No column holds addresses. Choose one.',
    row: (row: number) => `Row ${numberEn(row)}`,
    leftOut: 'left out',
    send: (n: number) => (n === 0 ? 'Send' : pluralEn(n, 'Send # letter', 'Send # letters')),
    preparing: 'The letters are being prepared',
    preparingOf: (done: number, total: number) => `Preparing: ${numberEn(done)} of ${numberEn(total)}`,
    started: (n: number) =>
      pluralEn(n, '# letter goes from the outbox now.', '# letters go from the outbox now.'),
    cardTitle: (sent: number, total: number) => `Mail merge: ${numberEn(sent)} of ${numberEn(total)} sent`,
    cardDone: (total: number) =>
      pluralEn(total, 'Mail merge: # letter sent', 'Mail merge: all # letters sent'),
    cardCancelled: (sent: number) =>
      pluralEn(sent, 'Mail merge stopped: # letter had gone', 'Mail merge stopped: # letters had gone'),
    cardRate: (n: number) => pluralEn(n, '# letter a minute', '# letters a minute'),
    cardFailed: (n: number) =>
      pluralEn(n, '# letter did not go, see below', '# letters did not go, see below'),
    stop: 'Stop',
    stopped: 'The letters that had not gone will not be sent.',
  },
};

export const sendingErrors: Record<string, (facts: { limit: string }) => ErrorWords> = {
  'bad-table': () => ({
    title: 'This is not a table.',
    body: 'Nothing was sent. The file needs a first row with names of columns and at least one row below it.',
  }),
  'table-too-long': ({ limit }) => ({
    title: limit ? `The table has more than ${limit} rows.` : 'The table is too long.',
    body: 'Nothing was sent. Divide it into several.',
  }),
  'nothing-to-merge': () => ({
    title: 'No row of the table can become a letter.',
    body: 'Nothing was sent. Look at what is said about the rows.',
  }),
  'no-such-merge': () => ({ title: 'This mail merge is over.', body: 'There is nothing left to stop.' }),
};
