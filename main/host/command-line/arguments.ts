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
    first === 'accounts' ||
    first === 'contacts' ||
    first === 'pop3' ||
    first === 'rules' ||
    first === 'outbox' ||
    first === 'merge' ||
    first === 'receipts' ||
    first === 'tidy' ||
    first === 'settings' ||
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
    command: double ? `${first === 'accounts' ? 'account' : first} ${rest[0] ?? ''}`.trim() : first,
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
