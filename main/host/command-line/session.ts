/** An opened profile as the commands use it: the contract's requests, folders by their names, output in two forms. */
import type { Profile } from '../../client/profile.ts';
import type { EntryName, Input, Output } from '../../contract/contract.ts';
import { callHandler } from '../../contract/door.ts';
import type { Account } from '../../contract/mail/accounts.ts';
import type { Folder } from '../../contract/mail/folders.ts';
import type { Row } from '../../contract/mail/views.ts';
import { formatAddress } from '../../mail/address.ts';
import { type Arguments, CommandError } from './arguments.ts';
import { type Language, WORDS } from './sentences.ts';
import type { Words } from './words.ts';

export interface Session {
  readonly profile: Profile;
  readonly args: Arguments;
  call<N extends EntryName>(
    name: N,
    input: Input<N>,
    chunk?: (bytes: Uint8Array) => void,
  ): Promise<Output<N>>;
  /** One JSON value, or lines for a person. */
  print(value: unknown, lines: () => string[]): Promise<void>;
  write(bytes: Uint8Array): Promise<void>;
  readonly language: Language;
  readonly words: Words;
  /** Said on standard error; the exit code becomes 1. */
  fail(sentence: string): void;
}

export function openSession(
  profile: Profile,
  args: Arguments,
  language: Language,
): Session & { exitCode(): number } {
  let failed = false;
  const write = (bytes: Uint8Array | string): Promise<void> =>
    new Promise((resolve, reject) => {
      process.stdout.write(bytes, (failure) => (failure ? reject(failure) : resolve()));
    });
  return {
    profile,
    args,
    language,
    words: WORDS[language],
    call: (name, input, chunk = () => {}) =>
      callHandler(profile.handlers, name, input, { signal: new AbortController().signal, chunk }),
    async print(value, lines) {
      await write(
        args.json
          ? `${JSON.stringify(value)}\n`
          : lines()
              .map((line) => `${line}\n`)
              .join(''),
      );
    },
    write,
    fail(sentence) {
      failed = true;
      process.stderr.write(`postroom: ${sentence}\n`);
    },
    exitCode: () => (failed ? 1 : 0),
  };
}

export interface NamedFolder extends Folder {
  /** Account and path. */
  full: string;
  accountName: string;
}

export const accountName = (account: Pick<Account, 'kind' | 'address' | 'name'>): string => account.address;

/** Every folder by its full name. */
export async function namedFolders(session: Session): Promise<NamedFolder[]> {
  const accounts = new Map(
    (await session.profile.store.read('profile.accounts')).map((each) => [each.id, each.address]),
  );
  return (await session.call('folders.list', {})).map((folder) => {
    const name = accounts.get(folder.account) ?? String(folder.account);
    return { ...folder, accountName: name, full: `${name}/${folder.path}` };
  });
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** @throws Fault user `no-such-folder` */
export async function folderNamed(session: Session, name: string): Promise<NamedFolder> {
  const all = await namedFolders(session);
  const found =
    all.find((each) => each.full === name) ??
    all.find((each) => same(each.full, name)) ??
    all.find((each) => String(each.id) === name);
  if (found) return found;
  throw new CommandError((words) => words.noFolder(name));
}

/** The folder of this name, made where it belongs to a local account and is not there yet. */
export async function folderForImport(session: Session, name: string): Promise<NamedFolder> {
  const { store } = session.profile;
  const [first = '', ...path] = name.split('/');
  if (same(first, 'Local')) await store.write('folders.ensureLocal');
  const all = await namedFolders(session);
  const found = all.find((each) => each.full === name) ?? all.find((each) => same(each.full, name));
  if (found) return found;
  const account = (await store.read('profile.accounts')).find(
    (each) => each.kind === 'local' && same(each.address, first),
  );
  if (!account || path.length === 0) return folderNamed(session, name);
  await store.write('folders.ensurePath', { account: account.id, path: path.join('/') });
  return folderNamed(session, `${account.address}/${path.join('/')}`);
}

/** For a person: the minute by the clock of this computer, `2026-11-21 16:05`. Values of --json are in UTC. */
export function localMinute(at: number | string): string {
  const date = new Date(typeof at === 'number' ? isoDate(at) : at);
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = `${String(date.getFullYear()).padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The day of it. */
export const localDay = (at: number | string): string => localMinute(at).slice(0, -6);

export interface ListedItem {
  id: number;
  folder: string;
  from: string;
  subject: string;
  date: string;
  size: number;
  flags: string[];
  attachments: number;
  /** Where it has some. */
  tags?: string[];
  /** Where the letter is not whole here: its header alone, or what cannot be read. */
  body?: 'header' | 'damaged';
  /** What the next connection is to do with it, where it stands on a server by its header. */
  mark?: 'fetch' | 'keep' | 'delete';
}

/** ISO 8601 in UTC; a date out of the calendar's range becomes the nearest one in it. */
export const isoDate = (ms: number): string =>
  new Date(Math.min(8.64e15, Math.max(-8.64e15, ms))).toISOString();

export function listed(row: Row, names: ReadonlyMap<number, string>): ListedItem {
  return {
    id: row.id,
    folder: names.get(row.folder) ?? String(row.folder),
    from: formatAddress(row.from),
    subject: row.subject,
    date: isoDate(row.date),
    size: row.size,
    flags: row.flags,
    attachments: row.attachments,
    ...(row.tags.length > 0 ? { tags: row.tags } : {}),
    ...(row.body === 'full' ? {} : { body: row.body }),
    ...(row.server?.mark ? { mark: row.server.mark } : {}),
  };
}

export const itemLine = (item: ListedItem): string =>
  `${item.id}\t${localMinute(item.date)}\t${item.flags.includes('seen') ? ' ' : '*'}\t${item.from}\t${item.subject}`;
