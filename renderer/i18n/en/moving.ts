import { pluralEn } from '../plural.ts';
import type { ErrorFacts, ErrorWords } from './errors.ts';

/** `none`: what is said of zero. */
const plural = (n: number, one: string, other: string, none?: string): string =>
  n === 0 && none !== undefined ? none : pluralEn(n, one, other);

/** Old mail in, copies, everything out (ui.md section 6). */
export const moving = {
  found: 'Found on this computer',
  looking: 'Looking for old mail on this computer',
  nothingFound: 'No mail of another program was found in the usual places. Name a file or folder below.',
  files: 'mail files',
  notReadable: 'Postroom cannot read this. Export the letters there as .eml or mbox files first.',
  badge: (names: string) => `Found: ${names}`,
  everywhere: 'Leave out letters that any folder has already',
  ownFolders: 'This computer, each program in folders of its own',
  look: 'Look first',
  lookingThrough: 'Looking through, nothing is changed',
  wouldCome: (n: number) =>
    plural(n, '# letter will come in.', '# letters will come in.', 'No letter will come in.'),
  areHere: (n: number) => plural(n, '# is here already.', '# are here already.', ''),
  unreadable: (n: number) => plural(n, '# cannot be read.', '# cannot be read.', ''),
  thrownAway: (n: number) =>
    plural(n, '# was deleted there and is left out.', '# were deleted there and are left out.', ''),
  people: (n: number) =>
    plural(n, '# person goes into the address book.', '# people go into the address book.', ''),
  peopleCame: (n: number) =>
    plural(n, '# person is in the address book.', '# people are in the address book.', ''),
  others: (n: number) =>
    plural(
      n,
      '# appointment, task or note is not brought.',
      '# appointments, tasks and notes are not brought.',
      '',
    ),
  rules: (n: number) => plural(n, '# rule.', '# rules.', ''),
  signatures: (n: number) => plural(n, '# signature.', '# signatures.', ''),
  table: 'What will come in',
  columns: { folder: 'Folder', letters: 'Letters', doubles: 'Here already', size: 'Size' },
  moreFolders: (n: number) => plural(n, 'and # more folder', 'and # more folders'),
  earlier: 'Earlier',
  reasons: {
    'not-found': 'it is not there',
    'not-a-file': 'this is no file or folder',
    'not-a-letter': 'this is no letter or mailbox',
    'empty-file': 'the file is empty',
    'no-access': 'it may not be read',
    'too-large': 'the letter is larger than Postroom can keep',
    'blob-too-large': 'the letter is larger than Postroom can keep',
    'file-changed': 'it changed while it was read',
    'disk-full': 'the disk is full',
    damaged: 'it is damaged',
    'list-damaged': 'its list is damaged; letters were looked for in the whole file',
    'folder-list-damaged': 'the list of folders is damaged; folders are called as their files are',
    'marks-damaged': 'the list beside it is damaged; letters it does not name count as read',
    'cut-short': 'the letter breaks off in the file; what is there came in',
    'other-program': 'a mailbox of another program; export its letters there as .eml or mbox files first',
    'only-headers': 'only the header is here, the rest stayed on the server',
    'old-format': 'the format is too old',
    'no-letters-inside': 'there are no letters in it',
    encrypted: 'it is encrypted',
    unreadable: 'it cannot be read',
    'distribution-list': 'a distribution list of Outlook in which nobody has an address',
    'rule-question': 'rules here have no such question; the rule came switched off',
    'rule-deed': 'rules here cannot do this; the rest of the rule came',
    'rule-nothing': 'nothing of this filter can be done here; it was left out',
    'rule-folder': 'the folder of this rule is not here; the rule came switched off',
    'rule-template': 'the template of this rule is not here; the rule came switched off',
    'rule-unread': 'this rule cannot be kept here; it was left out',
    outbox: 'it waits to be sent, and is in no export',
    'rule-account': 'the account of this filter is not here; the rule came switched off',
    'account-absent': 'its account is not here yet: add it, then its identity can be brought',
    'signature-file': 'the signature is a picture or too large',
    'body-missing': 'the letter is not wholly on this computer',
    'blob-damaged': 'the letter is damaged on this disk',
    'blob-missing': 'the letter is not wholly on this computer',
  } as Readonly<Record<string, string>>,
  otherReason: (code: string) => `it cannot be read (${code})`,
  restore: {
    door: 'Restore from a copy',
    title: 'Restore from a copy',
    intro:
      'Everything of another Postroom comes back: letters, folders, marks, address books, rules, settings. The copy is checked wholly before anything is put in place.',
    where: 'File of the copy',
    whereHint: 'Its path on this computer.',
    look: 'Look at it',
    made: (date: string, version: string) => `Made ${date} by Postroom ${version}.`,
    holds: (letters: number, size: string) =>
      `${plural(letters, '# letter', '# letters', 'No letters')}, ${size}.`,
    accounts: (names: string) => `Accounts: ${names}.`,
    passphrase: 'Passphrase of the copy',
    passphraseHint:
      'It opens the passwords in the copy. Without it you type the passwords of your accounts again.',
    noPasswords: 'There are no passwords in this copy; you type them again when the accounts connect.',
    start: 'Bring it back',
    running: 'Checking the copy',
    ready: 'The copy is whole and lies ready. Postroom goes on with it after a restart of its mail engine.',
    restart: 'Go on with the copy',
    notEmpty:
      'There is mail in this profile. A copy is brought back into an empty one: open another profile first.',
  },
  copies: {
    title: 'A copy in one file',
    about:
      'Letters, folders, marks, address books, rules, signatures and settings. It can be brought back on another computer.',
    path: 'Save the copy as',
    pathHint: 'A new file on this computer or on a disk; nothing that is there is written over.',
    withPasswords: 'With the passwords of my accounts',
    passphrase: 'Passphrase',
    passphraseHint: 'It seals the passwords. Without it they cannot be opened by anybody.',
    passphraseMissing: 'Type a passphrase.',
    pathMissing: 'Name a file.',
    make: 'Make a copy',
    making: 'Making the copy',
    made: (letters: number, size: string) =>
      `The copy is made: ${plural(letters, '# letter', '# letters', 'no letters')}, ${size}.`,
    last: 'Copies made so far',
    none: 'No copy was made yet.',
    line: (letters: number, size: string) =>
      `${plural(letters, '# letter', '# letters', 'no letters')}, ${size}`,
    sealed: 'with passwords',
    byThemselves: {
      title: 'Copies by themselves',
      about:
        'Made while you work, into a folder of another disk best of all; older ones go when a newer one is whole. Passwords are left out.',
      when: 'Copies are made',
      whens: { off: 'by hand only', daily: 'every day', quit: 'when Postroom ends' },
      at: 'At',
      atHint: 'Hours and minutes, 13:00. A day that was missed is made up for.',
      atWrong: 'Write the time as 13:00.',
      folder: 'Folder of the copies',
      folderHint: 'A folder that is there, on another disk or a USB stick.',
      choose: 'Choose…',
      keep: 'Keep',
      keeps: (n: number) => plural(n, 'the newest copy', 'the newest # copies'),
      now: 'Make one now',
      next: (when: string) => `The next copy: ${when}.`,
      last: (when: string) => `The last copy: ${when}.`,
      failed: 'The last try failed.',
    },
  },
  everything: {
    title: 'Everything as files',
    about:
      'Each folder as a file that other mail programs read, address books as vCard, rules, signatures and settings beside them. Postroom brings it back as it was.',
    dir: 'Into the folder',
    dirHint: 'A new or empty folder.',
    dirMissing: 'Name a folder.',
    layout: 'Letters as',
    layouts: {
      mbox: 'one mbox file a folder',
      maildir: 'a Maildir a folder',
      eml: 'one .eml file a letter',
    },
    start: 'Export everything',
    running: 'Writing the letters',
    done: (n: number) =>
      plural(n, '# letter is written.', '# letters are written.', 'There was no letter to write.'),
    left: (n: number) => plural(n, '# was left out:', '# were left out:', ''),
  },
};

const nothing = 'Nothing was changed.';

export const movingErrors = {
  'not-found': ({ name }: ErrorFacts): ErrorWords => ({
    title: name ? `${name} is not there.` : 'There is no such file or folder.',
    body: `${nothing} Check the path.`,
  }),
  'not-a-letter': ({ name }: ErrorFacts): ErrorWords => ({
    title: name
      ? `${name} holds no letters that Postroom knows.`
      : 'There are no letters that Postroom knows.',
    body: nothing,
  }),
  'not-readable': ({ program }: ErrorFacts): ErrorWords => ({
    title: `Postroom cannot read the mail of ${program}.`,
    body: `${nothing} Export the letters there as .eml or mbox files, then bring these.`,
  }),
  damaged: ({ name }: ErrorFacts): ErrorWords => ({
    title: name ? `${name} is damaged.` : 'The file is damaged.',
    body: `${nothing} Try an older copy of it.`,
  }),
  'old-format': (): ErrorWords => ({
    title: 'The file is of a program too old to be read.',
    body: `${nothing} Open it in Outlook Express 5 or 6 once and bring it then.`,
  }),
  encrypted: (): ErrorWords => ({
    title: 'The file is encrypted.',
    body: `${nothing} Take the encryption off in the program it comes from.`,
  }),
  'copy-folder-gone': ({ name }: ErrorFacts): ErrorWords => ({
    title: name
      ? `The folder of the copies, ${name}, is not there.`
      : 'The folder of the copies is not there.',
    body: 'No copy was made; those made before stay. Connect its disk, or choose another folder: Settings, Copies.',
  }),
  'no-copy-folder': (): ErrorWords => ({
    title: 'No folder for copies has been chosen.',
    body: 'Name a folder first.',
  }),
  'copy-disk-full': ({ name }: ErrorFacts): ErrorWords => ({
    title: name ? `There is no room for a copy in ${name}.` : 'There is no room for a copy.',
    body: 'No copy was made; those made before stay. Make room there, or keep fewer copies.',
  }),
  'copy-failed': ({ name }: ErrorFacts): ErrorWords => ({
    title: name ? `No copy could be made in ${name}.` : 'No copy could be made.',
    body: 'Those made before stay. Postroom tries again in half an hour.',
  }),
  'not-a-backup': ({ name }: ErrorFacts): ErrorWords => ({
    title: name ? `${name} is not a copy made by Postroom.` : 'This is not a copy made by Postroom.',
    body: nothing,
  }),
  'backup-damaged': (): ErrorWords => ({
    title: 'The copy is damaged or was not finished.',
    body: `${nothing} Take another copy.`,
  }),
  'backup-too-new': (): ErrorWords => ({
    title: 'The copy was made by a newer Postroom.',
    body: `${nothing} Install the new version and bring it back there.`,
  }),
  'wrong-passphrase': (): ErrorWords => ({
    title: 'The passphrase of the copy is another one.',
    body: `${nothing} Type it again, or bring the copy back without the passwords.`,
  }),
  'nothing-waits': (): ErrorWords => ({
    title: 'No copy lies ready.',
    body: `${nothing} Bring it back once more.`,
  }),
  'profile-not-empty': (): ErrorWords => ({
    title: 'There is mail in this profile already.',
    body: `${nothing} A copy is brought back into an empty profile.`,
  }),
};
