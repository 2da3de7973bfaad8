/**
 * Letters of Outlook Express: of one .dbx file, or of a store folder, whose Folders.dbx tells the names and the tree. A
 * letter that is damaged is reported and the rest goes on; where the list itself is broken, the letters are looked for in
 * the whole file.
 */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { toFault } from '../../base/errors.ts';
import type { ImportFlag } from '../maildir.ts';
import type { SourceLetter, SourceOptions } from '../source.ts';
import { type DbxFile, type DbxInfo, openDbx } from './file.ts';

/** Numbers of a letter's values. */
const FLAGS = 0x01;
const SENT_AT = 0x02;
const OCTETS = 0x04;
const RECEIVED_AT = 0x12;
/** Numbers of a folder's values. */
const FOLDER = 0x00;
const PARENT = 0x01;
const NAME = 0x02;
const FILE = 0x03;
const SPECIAL = 0x09;

const MARKED = 0x0020;
const READ = 0x0080;
const ANSWERED = 0x0008_0000;
const FORWARDED = 0x0010_0000;
/** 100 ns between 1601 and 1970. */
const EPOCH = 116_444_736_000_000_000n;

/** Text of a value: the Windows code page of the person, which is not written down; UTF-8 where it reads as that. */
export function dbxText(value: Buffer): string {
  const end = value.indexOf(0);
  const bytes = end < 0 ? value : value.subarray(0, end);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1251').decode(bytes);
  }
}

const number = (info: DbxInfo, index: number): number => {
  const value = info.get(index);
  if (typeof value === 'number') return value;
  return value && value.length >= 4 ? value.readUInt32LE(0) : 0;
};

const time = (info: DbxInfo, index: number): number | null => {
  const value = info.get(index);
  if (typeof value !== 'object' || value.length < 8) return null;
  const ms = Number((value.readBigUInt64LE(0) - EPOCH) / 10_000n);
  return ms > 0 && ms < 4_102_444_800_000 ? ms : null;
};

function flagsOf(flags: number): ImportFlag[] {
  const found: ImportFlag[] = [];
  if (flags & READ) found.push('seen');
  if (flags & ANSWERED) found.push('answered');
  if (flags & MARKED) found.push('flagged');
  if (flags & FORWARDED) found.push('forwarded');
  return found;
}

/** The folders of a store: file name (lower case) to levels; the account's own level is left out when there is one only. */
export async function dbxFolders(path: string): Promise<Map<string, { levels: string[]; special: number }>> {
  const file = await openDbx(path);
  try {
    const known = new Map<number, { name: string; parent: number; file: string; special: number }>();
    for (const place of (await file.places()).places) {
      const info = await file.info(place).catch(() => null);
      const name = info?.get(NAME);
      if (!info || typeof name !== 'object') continue;
      const stored = info.get(FILE);
      known.set(number(info, FOLDER), {
        name: dbxText(name),
        parent: number(info, PARENT),
        file: typeof stored === 'object' ? dbxText(stored).toLowerCase() : '',
        special: number(info, SPECIAL),
      });
    }
    const levelsOf = (id: number, seen: Set<number>): string[] => {
      const folder = known.get(id);
      if (!folder || seen.has(id)) return [];
      seen.add(id);
      return [...levelsOf(folder.parent, seen), folder.name];
    };
    const out = new Map<string, { levels: string[]; special: number }>();
    for (const [id, folder] of known) {
      if (folder.file === '') continue;
      // "Outlook Express" and "Local Folders" stand above everything and say nothing.
      const levels = levelsOf(id, new Set());
      out.set(folder.file, { levels: levels.slice(Math.min(levels.length - 1, 2)), special: folder.special });
    }
    return out;
  } finally {
    await file.close();
  }
}

export async function isDbxStore(path: string): Promise<boolean> {
  const names = await readdir(path).catch(() => [] as string[]);
  return (
    names.some((name) => /^folders\.dbx$/i.test(name)) ||
    names.filter((name) => /\.dbx$/i.test(name)).length > 1
  );
}

/** Letters of every .dbx of a store folder, with the names of Folders.dbx where it can be read. */
export async function* dbxStoreLetters(path: string, options: SourceOptions): AsyncGenerator<SourceLetter> {
  const names = (await readdir(path)).filter((name) => /\.dbx$/i.test(name)).sort();
  const list = names.find((name) => /^folders\.dbx$/i.test(name));
  let folders = new Map<string, { levels: string[]; special: number }>();
  if (list) {
    try {
      folders = await dbxFolders(join(path, list));
    } catch (failure) {
      options.onProblem(join(path, list), toFault(failure).code);
    }
  }
  let before = 0;
  for (const name of names) {
    if (name === list || /^(pop3uidl|offline|cleanup)\.(dbx|log)$/i.test(name)) continue;
    const levels = folders.get(name.toLowerCase())?.levels ?? [name.replace(/\.dbx$/i, '')];
    let last = before;
    for await (const letter of dbxLetters(join(path, name), levels, options)) {
      letter.position += before;
      last = letter.position;
      yield letter;
    }
    before = last;
  }
}

/** Letters of one .dbx file. */
export async function* dbxLetters(
  path: string,
  folder: string[],
  options: SourceOptions,
): AsyncGenerator<SourceLetter> {
  let file: DbxFile;
  try {
    file = await openDbx(path);
  } catch (failure) {
    options.onProblem(path, toFault(failure).code);
    return;
  }
  try {
    if (file.kind !== 'letters') {
      if (file.kind === 'folders') options.onProblem(path, 'no-letters-inside');
      return;
    }
    const { places, damaged } = await file.places();
    const taken = new Set<number>();
    let n = 0;
    let broken = damaged;
    for (const place of places) {
      options.signal?.throwIfAborted();
      n++;
      const name = `${path}#${n}`;
      try {
        const info = await file.info(place);
        const at = number(info, OCTETS);
        if (at === 0) {
          options.onProblem(name, 'only-headers');
          continue;
        }
        taken.add(at);
        yield letterAt(file, at, name, folder, (file.size * n) / places.length, {
          flags: flagsOf(number(info, FLAGS)),
          received: time(info, RECEIVED_AT) ?? time(info, SENT_AT),
        });
      } catch (failure) {
        broken = true;
        options.onProblem(name, toFault(failure).code);
      }
    }
    if (broken || places.length < file.promised) yield* recovered(path, file, taken, folder, options);
  } finally {
    await file.close();
  }
}

/** Letters that the broken list does not name, found by the form of their first segment. */
async function* recovered(
  path: string,
  file: DbxFile,
  taken: ReadonlySet<number>,
  folder: string[],
  options: SourceOptions,
): AsyncGenerator<SourceLetter> {
  options.onProblem(path, 'list-damaged');
  let n = 0;
  for await (const at of file.heads()) {
    options.signal?.throwIfAborted();
    if (taken.has(at)) continue;
    const bytes = await file.octets(at).catch(() => null);
    // A space where a letter was removed begins in the middle of nowhere.
    if (
      !bytes ||
      !/^[!-9;-~]{2,76}:[ \t]?/.test(
        Buffer.from(bytes.buffer, 0, Math.min(200, bytes.length)).toString('latin1'),
      )
    )
      continue;
    n++;
    yield letterAt(file, at, `${path}#recovered-${n}`, folder, file.size, {
      flags: ['seen'],
      received: null,
    });
  }
}

function letterAt(
  file: DbxFile,
  at: number,
  path: string,
  folder: string[],
  position: number,
  rest: Pick<SourceLetter, 'flags' | 'received'>,
): SourceLetter {
  return { path, size: 0, folder, position, ...rest, read: () => file.octets(at) };
}

/** What a single file is called where nothing else names it. */
export const dbxTitle = (path: string): string => basename(path).replace(/\.dbx$/i, '');
