/** What is typed after `office`: a command, its words and options. Anything else is wrong usage (exit code 2). */
import { parseArgs } from 'node:util';
import { isLanguage, type Language, systemLanguage } from '../command-line/sentences.ts';

export const HELP = `npm run -s office -- COMMAND --data DIR [--json] [--lang en|ru]

  status
  people list | add ADDRESS | change ADDRESS | remove ADDRESS
      --name TEXT  --quota MIB|none  --disable  --enable  --legacy  --no-legacy  --rename ADDRESS
      --password TEXT (or "-" to read it from standard input; add reads it there by itself)
  aliases list | add ADDRESS TO... | change ADDRESS TO... | remove ADDRESS
  lists list | add ADDRESS MEMBER... | change ADDRESS [MEMBER...] | remove ADDRESS
      --name TEXT  --who anyone|members|owners  --owner ADDRESS (more than once)
  domains list | add NAME | change NAME --catch-all ADDRESS|none | remove NAME
  queue list [--from N --count N] | show ID | retry [ID] | hold ID | release ID | delete ID
  bans list | lift ADDRESS
  trace [--person ADDRESS] [--subject TEXT] [--id ID] [--count N]
  record ADDRESS on|off         writes what is said in this account's sessions to the log
  check [--no-repair]
  restored                      after the folder came back from a backup, before the next start
  export --person ADDRESS --format mbox|maildir|eml --out DIR
  import --person ADDRESS --folder NAME PATH...
  ca export [--out FILE]
`;

/** Wrong usage, in both languages. */
export class UsageError extends Error {
  readonly sentences: Readonly<Record<Language, string>>;

  constructor(en: string, ru: string) {
    super(en);
    this.sentences = { en, ru };
  }
}

const OPTIONS = {
  data: { type: 'string' },
  json: { type: 'boolean' },
  lang: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  address: { type: 'string' },
  name: { type: 'string' },
  password: { type: 'string' },
  quota: { type: 'string' },
  disable: { type: 'boolean' },
  disabled: { type: 'boolean' },
  enable: { type: 'boolean' },
  legacy: { type: 'boolean' },
  'no-legacy': { type: 'boolean' },
  rename: { type: 'string' },
  to: { type: 'string', multiple: true },
  member: { type: 'string', multiple: true },
  members: { type: 'string', multiple: true },
  owner: { type: 'string', multiple: true },
  owners: { type: 'string', multiple: true },
  who: { type: 'string' },
  'catch-all': { type: 'string' },
  from: { type: 'string' },
  count: { type: 'string' },
  person: { type: 'string' },
  subject: { type: 'string' },
  id: { type: 'string' },
  repair: { type: 'boolean' },
  'no-repair': { type: 'boolean' },
  format: { type: 'string' },
  out: { type: 'string' },
  folder: { type: 'string' },
} as const;

export type OptionName = keyof typeof OPTIONS;

export interface Arguments {
  /** One or two words: `people add`, `trace`. */
  readonly command: string;
  readonly words: readonly string[];
  readonly json: boolean;
  readonly help: boolean;
  readonly language: Language;
  text(name: OptionName): string | undefined;
  required(name: OptionName): string;
  has(name: OptionName): boolean;
  /** Values given one by one or with commas between. */
  list(...names: OptionName[]): string[];
  number(name: OptionName, otherwise: number, least: number): number;
}

/** Commands of one word; all others have two. */
const SINGLE = new Set(['status', 'trace', 'check', 'restored', 'export', 'import', 'record']);

/** @throws UsageError */
export function readArguments(argv: readonly string[]): Arguments {
  let read: { values: Record<string, unknown>; positionals: string[] };
  try {
    read = parseArgs({ args: [...argv], options: OPTIONS, allowPositionals: true });
  } catch (failure) {
    const name = /'(-[^' ,]*)/.exec((failure as Error).message)?.[1] ?? (failure as Error).message;
    throw new UsageError(`The option ${name} cannot be used so.`, `Параметр ${name} так не пишется.`);
  }
  const { values, positionals } = read;
  const language = values['lang'];
  if (language !== undefined && !isLanguage(language as string)) {
    throw new UsageError('--lang is en or ru.', '--lang: en или ru.');
  }
  const [first = '', ...rest] = positionals;
  const single = SINGLE.has(first) || first === '';
  const text = (name: OptionName) => values[name] as string | undefined;
  return {
    command: single ? first : `${first} ${rest[0] ?? ''}`.trim(),
    words: single ? rest : rest.slice(1),
    json: values['json'] === true,
    help: values['help'] === true,
    language: (language as Language | undefined) ?? systemLanguage(),
    text,
    required(name) {
      const value = text(name);
      if (value !== undefined && value !== '') return value;
      throw new UsageError(`--${name} is missing.`, `Не хватает --${name}.`);
    },
    has: (name) => values[name] === true,
    list: (...names) =>
      names
        .flatMap((name) => (values[name] as string[] | undefined) ?? [])
        .flatMap((each) => each.split(','))
        .map((each) => each.trim())
        .filter((each) => each !== ''),
    number(name, otherwise, least) {
      const value = text(name);
      if (value === undefined) return otherwise;
      const number = Number(value);
      if (Number.isSafeInteger(number) && number >= least) return number;
      throw new UsageError(`--${name} is a number from ${least} up.`, `--${name}: число не меньше ${least}.`);
    },
  };
}
