/** What is typed after `postroom`: a command, its words and its options; anything else is wrong usage. */
import { parseArgs } from 'node:util';
import { isLanguage, type Language, WORDS } from './sentences.ts';
import type { Words } from './words.ts';

/** Wrong usage: exit code 2. */
export class UsageError extends Error {
  readonly say: (words: Words) => string;

  constructor(say: (words: Words) => string) {
    super(say(WORDS.en));
    this.say = say;
  }
}

/** A failure of the command line's own, with a sentence in each language: exit code 1. */
export class CommandError extends Error {
  readonly say: (words: Words) => string;

  constructor(say: (words: Words) => string) {
    super(say(WORDS.en));
    this.say = say;
  }
}

/** What parseArgs found wrong. */
function wrongOption(failure: unknown): UsageError {
  const { code, message } = failure as { code?: unknown; message: string };
  const name = /'(-[^' ,]*)/.exec(message)?.[1] ?? message;
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return new UsageError((words) => words.unknownOption(name));
  return new UsageError((words) => words.badOption(name));
}

const OPTIONS = {
  profile: { type: 'string' },
  json: { type: 'boolean' },
  lang: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  folder: { type: 'string' },
  to: { type: 'string' },
  from: { type: 'string' },
  count: { type: 'string' },
  out: { type: 'string' },
  format: { type: 'string' },
  account: { type: 'string' },
  flag: { type: 'string' },
  once: { type: 'boolean' },
  name: { type: 'string' },
  address: { type: 'string' },
  user: { type: 'string' },
  keep: { type: 'string' },
  'imap-host': { type: 'string' },
  'imap-port': { type: 'string' },
  'imap-security': { type: 'string' },
  'pop3-host': { type: 'string' },
  'pop3-port': { type: 'string' },
  'pop3-security': { type: 'string' },
  leave: { type: 'string' },
  'headers-above': { type: 'string' },
  'delete-from-trash': { type: 'boolean' },
  as: { type: 'string' },
  ask: { type: 'boolean' },
  'smtp-host': { type: 'string' },
  'smtp-port': { type: 'string' },
  'smtp-security': { type: 'string' },
  trust: { type: 'string', multiple: true },
  'no-test': { type: 'boolean' },
  kind: { type: 'string' },
  everywhere: { type: 'boolean' },
  'with-passwords': { type: 'boolean' },
  table: { type: 'string' },
  'from-draft': { type: 'string' },
  subject: { type: 'string' },
  text: { type: 'string' },
  row: { type: 'string' },
  'address-column': { type: 'string' },
  'name-column': { type: 'string' },
  'file-column': { type: 'string' },
  attachments: { type: 'string' },
  'per-minute': { type: 'string' },
  days: { type: 'string' },
  end: { type: 'string' },
  least: { type: 'string' },
  yes: { type: 'boolean' },
  all: { type: 'boolean' },
  draft: { type: 'boolean' },
  phone: { type: 'string' },
  organisation: { type: 'string' },
  department: { type: 'string' },
  title: { type: 'string' },
  room: { type: 'string' },
  birthday: { type: 'string' },
  notes: { type: 'string' },
  given: { type: 'string' },
  family: { type: 'string' },
  book: { type: 'string' },
  known: { type: 'string' },
  charset: { type: 'string' },
  'dry-run': { type: 'boolean' },
  host: { type: 'string' },
  port: { type: 'string' },
  html: { type: 'string' },
  identity: { type: 'string' },
  use: { type: 'string' },
  label: { type: 'string' },
  'reply-to': { type: 'string' },
  bcc: { type: 'string' },
  'sent-folder': { type: 'string' },
  security: { type: 'string' },
  base: { type: 'string' },
  filter: { type: 'string' },
  bind: { type: 'string' },
  every: { type: 'string' },
  hours: { type: 'string' },
  at: { type: 'string' },
  never: { type: 'boolean' },
  'on-start': { type: 'string' },
} as const;

export type OptionName = keyof typeof OPTIONS;

export interface Arguments {
  /** Two words for `account add|list|remove` and `pop3 plan|mark|run`. */
  command: string;
  words: string[];
  json: boolean;
  help: boolean;
  profile: string | undefined;
  /** --lang; undefined: as the profile is set, or as the system speaks. */
  language: Language | undefined;
  text(name: OptionName): string | undefined;
  /** @throws UsageError when it is missing */
  required(name: OptionName): string;
  has(name: OptionName): boolean;
  list(name: OptionName): string[];
  /** A whole number not below `least`. */
  number(name: OptionName, otherwise: number, least?: number): number;
}

/** @throws UsageError */
export function readArguments(argv: readonly string[]): Arguments {
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true, strict: true });
  } catch (failure) {
    throw wrongOption(failure);
  }
  const { values, positionals } = parsed;
  const [first = '', ...rest] = positionals;
  const double =
    first === 'account' ||
    first === 'contacts' ||
    first === 'pop3' ||
    first === 'rules' ||
    first === 'outbox' ||
    first === 'merge' ||
    first === 'receipts' ||
    first === 'tidy' ||
    first === 'signatures' ||
    first === 'identities' ||
    first === 'templates' ||
    first === 'snippets' ||
    first === 'profiles';
  const text = (name: OptionName): string | undefined => {
    const value = values[name];
    return typeof value === 'string' ? value : undefined;
  };
  const lang = text('lang');
  if (lang !== undefined && !isLanguage(lang)) throw new UsageError((words) => words.oneOf('lang', 'en, ru'));
  const language = isLanguage(lang) ? lang : undefined;
  // Empty: a variable of a script that was not set. It must not become the current folder.
  if (text('profile') === '') throw new UsageError((words) => words.missingOption('profile'));
  return {
    command: double ? `${first} ${rest[0] ?? ''}`.trim() : first,
    words: double ? rest.slice(1) : rest,
    json: values['json'] === true,
    help: values['help'] === true,
    profile: text('profile'),
    language,
    text,
    required(name) {
      const value = text(name);
      if (value === undefined || value === '') throw new UsageError((words) => words.missingOption(name));
      return value;
    },
    has: (name) => values[name] === true,
    list: (name) => (Array.isArray(values[name]) ? (values[name] as string[]) : []),
    number(name, otherwise, least = 0) {
      const value = text(name);
      if (value === undefined) return otherwise;
      if (!/^\d{1,9}$/.test(value) || Number(value) < least)
        throw new UsageError((words) => words.numberOption(name));
      return Number(value);
    },
  };
}

/** Letter numbers. @throws UsageError */
export function ids(words: readonly string[]): number[] {
  if (words.length === 0) throw new UsageError((words) => words.missingId);
  return words.map((word) => {
    if (!/^[1-9]\d{0,14}$/.test(word)) throw new UsageError((words) => words.notId(word));
    return Number(word);
  });
}

export const HELP = `Usage: postroom COMMAND --profile DIR [--json] [--lang en|ru]

  account add --address A --name N --imap-host H [--imap-port P] [--imap-security tls|starttls|none]
              [--smtp-host H] [--smtp-port P] [--smtp-security tls|starttls|none] [--user U]
              [--keep everything|headers|MONTHS] [--trust HOST:PORT=SHA256]
                                          the password is read from standard input; sync asks the servers first
  account add --pop3-host H [--pop3-port P] [--pop3-security tls|starttls|none]
              [--leave never|DAYS|until-deleted|always] [--headers-above KB] [--delete-from-trash]
                                          the other options as above; 0 KB: headers of all letters
  account list
  account remove ADDRESS
  account schedule ADDRESS [--every MINUTES | --at 9:00,13:00 | --never] [--hours 9:00-18:00|all]
              [--days mon-fri|all] [--on-start yes|no]
                                          when it connects by itself; every 0: as the settings say
  sync [--once] [--account A]             bring mail, carry out what waits, send what is due
  pop3 plan --account A [--ask]           what the next connection will do; --ask: by the server's list now
  pop3 mark ID... --as fetch|keep|delete|none
  pop3 run --account A                    do it now
  folders
  list --folder F [--from N] [--count N]
  show ID...
  attachment ID N --out FILE
  raw ID                                  the letter's octets on standard output
  search QUERY [--count N] [--folder F]
  flag|unflag ID... [--flag seen|flagged|answered|forwarded|draft|junk]
  move ID... --folder F
  delete ID...                            to Trash; in Trash for ever
  import PATH... [--folder F] [--kind auto|files|thunderbird|dbx|pst|msg|postroom] [--dry-run] [--everywhere]
                                          eml, mbox, Maildir, folders of these, gzip of these; stores of other
                                          programs; without --folder into folders of their own
  import-find                             stores of other programs on this computer
  export --folder F --format mbox|eml|maildir --out PATH
  export --all --out DIR [--format mbox|eml|maildir]
                                          every folder with marks, address books, rules, signatures, settings
  backup FILE [--with-passwords]          one file with everything; the passphrase is read from standard input
  restore FILE --profile DIR [--with-passwords]
                                          into a folder without a profile
  send FILE.eml --account A
  outbox list                             letters that wait, were put off, or did not go
  outbox undo ID                          back to a draft
  outbox send-now ID
  outbox cancel ID...                     not sent; kept with the drafts for 30 days
  merge preview|start --table FILE.csv (--from-draft ID | --account A --subject S --text FILE)
              [--address-column C] [--name-column C] [--file-column C --attachments DIR]
              [--per-minute N] [--row N]
                                          one letter a row; {{column}} in the subject and the text
  merge list
  merge cancel ID
  receipts list [--count N]               what became of sent letters
  receipts show ID
  receipts answer ID --as sent|refused    a letter that asks for a read receipt
  contacts books
  contacts list|search TEXT [--book B] [--from N] [--count N]
  contacts show ID
  contacts add|change ID [--name N] [--given G --family F] [--address A,A] [--phone P,P] [--organisation O]
              [--department D] [--title T] [--room R] [--birthday 1980-05-17|--05-17] [--notes T] [--book B]
  contacts remove ID...
  contacts duplicates                     people who seem to be one
  contacts merge ID ID...                 the first one stays
  contacts undo TOKEN                     takes back a change, a removal, a merge, an import
  contacts import FILE [--dry-run] [--known skip|complete|add] [--book B] [--charset C]
                                          vCard 2.1, 3.0, 4.0; CSV of Outlook, Thunderbird, Google
  contacts export [ID...] --out FILE [--format vcard4|vcard3|vcard21|csv-outlook-en|csv-outlook-ru|
              csv-thunderbird|csv-google] [--charset utf-8|utf-16|windows-1251] [--book B]
  contacts ldap add --name N --host H [--port P] [--security tls|starttls|none] [--base DN] [--filter F]
              [--bind DN] [--trust HOST:PORT=SHA256]
                                          a directory as an address book; the password is read from standard input
  contacts ldap test --host H ...         signs in and shows three people
  contacts ldap refresh --book B          copies it for the time without a network
  identities list                         who letters may come from; * is an account's own
  identities add ADDRESS --account A [--name N] [--label L] [--organisation O] [--reply-to A,A] [--bcc A,A]
              [--sent-folder F]
  identities change ADDRESS [--address A] [options as above]
  identities remove ADDRESS
  signatures list
  signatures add|change NAME [--name NEW] [--html FILE] [--text FILE]
                                          {{name}} {{date}} {{recipient}} ... are filled in each letter
  signatures remove NAME
  signatures assign NAME|none|default --identity ADDRESS [--use new|reply|new-inside|reply-inside]
  templates list
  templates show|remove NAME
  templates add NAME (--html FILE | --text FILE) [--kind template|stationery] [--subject S] [--to A,A] [--bcc A,A]
  snippets list
  snippets add KEYWORD (--html FILE | --text FILE)
  snippets remove KEYWORD                 ;KEYWORD and Tab in a letter
  rules list
  rules add|import FILE|-                 a rule, several, or an exported file (JSON); folders as ACCOUNT/PATH
  rules change ID FILE|-
  rules remove|on|off ID...
  rules move ID --to N
  rules preview [ID...] [--folder F] [--count N]   what they would catch of the newest 5,000 letters, and why
  rules run [ID...] --folder F            now; nothing is sent by it
  rules undo [RUN]                        takes the last run back, or the one named
  rules log [ID] [--count N]              what rules did, with one letter or with all
  rules export [--out FILE] [--format json|sieve]
  check                                   verify every stored letter, row and the index
  compact                                 give the room of letters that are gone back to the disk
  tidy duplicates [--folder F | --account A] [--count N] [--yes]
  tidy large [--folder F | --account A] [--least KB] [--count N]
  tidy archive --folder F --days N [--yes]  letters older than N days, into the archive
  tidy retention [--folder F --days N [--end trash|erase]] [--yes]
                                          without --yes nothing goes; 0 days: letters are kept
  tidy deleted [--from N] [--count N]     deleted for ever within 30 days
  tidy restore ID... [--draft]
  tidy forget ID... [--draft] | --all
  profiles list                           of the people who use this computer
  profiles add NAME
  profiles rename PROFILE NAME
  profiles remove PROFILE                 with all its letters that are on no server
  profiles start PROFILE                  opened when nobody names one

A folder is named by account and path: Local/Inbox, o.belova@otd1.constr.org/INBOX.
Exit codes: 0 done, 1 failed (a sentence on standard error), 2 wrong usage.
`;
