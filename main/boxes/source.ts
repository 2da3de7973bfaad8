/**
 * Turns paths that a person names into letters: `.eml` files, mbox files, Maildir folders, folders of Pegasus Mail, folders
 * of these, and all of them packed with gzip. Files are opened for reading only and read piece by piece.
 *
 * A letter that cannot be read is reported by its path and the rest goes on; nothing here throws for one bad file.
 */
import { createReadStream, createWriteStream, type Dirent } from 'node:fs';
import { type FileHandle, mkdtemp, open, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { Fault, toFault } from '../base/errors.ts';
import { MAX_MESSAGE_BYTES } from '../base/limits.ts';
import { type ImportFlag, isMaildir, maildirFiles, maildirFlags } from './maildir.ts';
import { scanMbox, unquoteMbox } from './mbox.ts';
import { isPegasusFolder, pegasusLetters } from './pegasus.ts';

export interface SourceLetter {
  /** For reports: the file, with `#n` for the n-th letter of an mbox. */
  path: string;
  size: number;
  flags: ImportFlag[];
  /** File time, ms; null where it says nothing about the letter. */
  received: number | null;
  /** Octet of an mbox at which its From_ line stands. */
  offset?: number;
  /** Levels below the target folder. */
  folder: string[];
  /** Octets read from disk up to here, for progress. */
  position: number;
  /** The letter's octets in a buffer of its own, which may be transferred. */
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

export interface SourceOptions {
  signal?: AbortSignal;
  /** Names of files that are letters in a form of their own, which the caller understands. */
  also?: RegExp;
  /** Files that somebody else reads: passed over, and not told. */
  except?(path: string): boolean;
  onProblem(path: string, reason: string): void;
}

/** Octets that readSources will read, for honest progress. Packed files count as they are. */
export async function measureSources(
  paths: readonly string[],
  except: (path: string) => boolean = () => false,
): Promise<number> {
  let total = 0;
  for (const path of paths) {
    const found = await stat(path).catch(() => null);
    if (!found) continue;
    if (!found.isDirectory()) total += found.size;
    else
      for (const entry of await readdir(path, { withFileTypes: true, recursive: true })) {
        const file = join(entry.parentPath, entry.name);
        if (entry.isFile() && !except(file)) total += (await stat(file).catch(() => null))?.size ?? 0;
      }
  }
  return total;
}

export async function* readSources(
  paths: readonly string[],
  options: SourceOptions,
): AsyncGenerator<SourceLetter> {
  const done = { octets: 0 };
  for (const path of paths) yield* readPath(path, [], options, done, true);
}

async function* readPath(
  path: string,
  folder: string[],
  options: SourceOptions,
  done: { octets: number },
  named: boolean,
): AsyncGenerator<SourceLetter> {
  options.signal?.throwIfAborted();
  try {
    const found = await stat(path);
    if (found.isDirectory()) yield* readFolder(path, folder, options, done);
    else if (found.isFile()) yield* readFile(path, folder, options, done, named);
    else options.onProblem(path, 'not-a-file');
  } catch (thrown) {
    if (options.signal?.aborted) throw toFault(options.signal.reason);
    options.onProblem(
      path,
      (thrown as NodeJS.ErrnoException).code === 'ENOENT' ? 'not-found' : toFault(thrown).code,
    );
  }
}

async function* readFolder(
  path: string,
  folder: string[],
  options: SourceOptions,
  done: { octets: number },
): AsyncGenerator<SourceLetter> {
  if (await isMaildir(path)) {
    for await (const each of maildirFiles(path)) {
      for await (const letter of readFile(
        each.path,
        [...folder, ...each.folder],
        options,
        done,
        'one-letter',
      )) {
        letter.flags = each.flags;
        yield letter;
      }
    }
    return;
  }
  const entries = (await readdir(path, { withFileTypes: true }))
    .filter((entry) => !entry.name.startsWith('.') && !entry.isSymbolicLink())
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const boxes = await mboxesIn(path, entries);
  for (const entry of entries) {
    const inner = join(path, entry.name);
    if (options.except?.(inner)) continue;
    // "Work" and "Work.sbd" are one folder: its letters, and the folders in it.
    const level = entry.isDirectory() ? entry.name.replace(BESIDE, '') : boxes.get(entry.name);
    yield* readPath(inner, level === undefined ? folder : [...folder, level], options, done, false);
  }
}

/** How a file is called that may be an mbox: no ending, as most programs name them, or its own. Not the numbers of MH. */
const MBOX_NAME = /^(?:(?!\d+$)[^.]+|.+\.(?:mbox|mbx)(?:\.gz)?)$/i;
/** More than any program keeps side by side: then they are letters that each begin with a From_ line. */
const MAX_BOXES = 200;

/**
 * Several mboxes in one folder are folders themselves, called as their files are: a program keeps "Inbox" and "Sent" side
 * by side. One alone is what its folder is, unless the folder is one of those that stand beside an mbox (".sbd").
 */
async function mboxesIn(path: string, entries: readonly Dirent[]): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const { name } of entries.filter((entry) => entry.isFile() && MBOX_NAME.test(entry.name))) {
    if (!(await isMbox(join(path, name)))) continue;
    found.set(name, name.replace(/\.gz$/i, '').replace(/\.(mbox|mbx)$/i, ''));
    if (found.size > MAX_BOXES) return new Map();
  }
  const beside = BESIDE.test(path) || entries.some((entry) => entry.isDirectory() && BESIDE.test(entry.name));
  return found.size > 1 || beside ? found : new Map();
}

/** The folder that holds the folders below an mbox. */
const BESIDE = /\.sbd$/i;

async function isMbox(path: string): Promise<boolean> {
  // What is packed shows when it is unpacked; its name is word enough here.
  if (/\.gz$/i.test(path)) return true;
  const file = await open(path, 'r').catch(() => null);
  if (!file) return false;
  try {
    const start = Buffer.alloc(512);
    const { bytesRead } = await file.read(start, 0, 512, 0);
    return beginsAsMbox(start.toString('latin1', 0, bytesRead));
  } catch {
    return false;
  } finally {
    await file.close().catch(() => {});
  }
}

const beginsAsMbox = (head: string): boolean => /^\s*From [^\n]*\n/.test(head) && !/^From:/.test(head);

/**
 * @param named the person named this very file, so it is read whatever its name looks like; 'one-letter': its place says
 *   that it is one letter, also when it begins with a From_ line
 */
async function* readFile(
  path: string,
  folder: string[],
  options: SourceOptions,
  done: { octets: number },
  named: boolean | 'one-letter',
): AsyncGenerator<SourceLetter> {
  const scratch: { dir?: string } = {};
  let file: FileHandle | undefined;
  const before = done.octets;
  try {
    file = await open(path, 'r');
    const packedSize = (await file.stat()).size;
    const start = Buffer.alloc(512);
    let { bytesRead } = await file.read(start, 0, 512, 0);
    const packed = bytesRead > 2 && start[0] === 0x1f && start[1] === 0x8b;
    if (packed) {
      await file.close();
      scratch.dir = await mkdtemp(join(tmpdir(), 'postroom-import-'));
      const plain = join(scratch.dir, 'plain');
      await pipeline(createReadStream(path), createGunzip(), createWriteStream(plain, { mode: 0o600 }), {
        signal: options.signal,
      });
      file = await open(plain, 'r');
      ({ bytesRead } = await file.read(start, 0, 512, 0));
    }
    const { size, mtimeMs } = await file.stat();
    if (isPegasusFolder(path, start.subarray(0, bytesRead))) {
      for await (const letter of pegasusLetters(path, file, size, folder, options))
        yield { ...letter, position: before + letter.position };
      done.octets = before + packedSize;
      return;
    }
    const head = start.toString('latin1', 0, bytesRead);
    const mbox = named !== 'one-letter' && beginsAsMbox(head);
    // A person who names a file means it, but not a damaged store or a picture as one letter.
    const meant = named && !CONTROL.test(head);
    if (!mbox && !meant && !options.also?.test(path) && !looksLikeLetter(path, head)) {
      done.octets = before + packedSize;
      const reason = size === 0 ? 'empty-file' : FOREIGN.test(path) ? 'other-program' : 'not-a-letter';
      options.onProblem(path, reason);
      return;
    }
    if (size === 0) options.onProblem(path, 'empty-file');
    else if (mbox && !(await oneLetter(path, file, size)))
      yield* lettersOfMbox(path, file, size, folder, options, done, packed ? packedSize / size : 1);
    else yield whole(path, file, size, folder, mtimeMs, before + packedSize, options);
    done.octets = before + packedSize;
  } finally {
    await file?.close().catch(() => {});
    if (scratch.dir) await rm(scratch.dir, { recursive: true, force: true });
  }
}

/** Mailboxes of The Bat!, which have a form of their own. */
const FOREIGN = /\.(tbb|tbn)$/i;

/** Octets that stand in no letter and no text of an 8-bit charset. */
const CONTROL = /[\x00-\x08\x0e-\x1a\x1c-\x1f]/;

function looksLikeLetter(path: string, head: string): boolean {
  return (
    /\.(eml|mbox|mbx|msg822|mime|rfc822|txt)(\.gz)?$/i.test(path) ||
    maildirFlags(path).length > 0 ||
    /^[!-9;-~]{2,76}:[ \t]/.test(head)
  );
}

/** An .eml that begins with a From_ line is one letter, its octets kept as they stand, unless a second one follows. */
async function oneLetter(path: string, file: FileHandle, size: number): Promise<boolean> {
  if (!/\.eml(\.gz)?$/i.test(path)) return false;
  let count = 0;
  for await (const _ of scanMbox(file, size)) if (++count > 1) return false;
  return true;
}

async function load(file: FileHandle, start: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  if (end - start > MAX_MESSAGE_BYTES) throw new Fault('user', 'too-large', 'The letter is too large.');
  const bytes = new Uint8Array(end - start);
  for (let at = 0; at < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, at, bytes.length - at, start + at);
    if (bytesRead === 0)
      throw new Fault('transient', 'file-changed', 'The file became shorter while it was read.');
    at += bytesRead;
  }
  return bytes;
}

function whole(
  path: string,
  file: FileHandle,
  size: number,
  folder: string[],
  mtimeMs: number,
  position: number,
  _options: SourceOptions,
): SourceLetter {
  return {
    path,
    size,
    flags: maildirFlags(basename(path)),
    received: mtimeMs,
    folder,
    position,
    read: () => load(file, 0, size),
  };
}

async function* lettersOfMbox(
  path: string,
  file: FileHandle,
  size: number,
  folder: string[],
  options: SourceOptions,
  done: { octets: number },
  share: number,
): AsyncGenerator<SourceLetter> {
  let n = 0;
  const before = done.octets;
  for await (const each of scanMbox(file, size)) {
    options.signal?.throwIfAborted();
    n++;
    yield {
      path: `${path}#${n}`,
      offset: each.from,
      size: each.end - each.start,
      flags: [],
      received: separatorDate(each.separator),
      folder,
      position: before + each.end * share,
      async read() {
        const bytes = await load(file, each.start, each.end);
        const plain = each.quoted ? unquoteMbox(bytes) : bytes;
        this.flags = mboxFlags(plain);
        return plain as Uint8Array<ArrayBuffer>;
      },
    };
  }
}

/** The date of a From_ line, written by asctime() in the zone of whoever wrote it; null where it cannot be read. */
function separatorDate(separator: string): number | null {
  const text = /\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\b.*$/.exec(separator)?.[0];
  const date = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isFinite(date) ? date : null;
}

/** Marks that mail programs keep in the header of an mbox letter: Status, X-Status (mutt, pine), X-Mozilla-Status. */
export function mboxFlags(bytes: Uint8Array): ImportFlag[] {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 32 * 1024));
  const text = source.toString('latin1');
  const end = text.search(/\r?\n\r?\n/);
  const head = end < 0 ? text : text.slice(0, end);
  const field = (name: string) => new RegExp(`^${name}:[ \\t]*(\\S+)`, 'im').exec(head)?.[1] ?? '';
  const flags = new Set<ImportFlag>();
  if (/R/.test(field('Status'))) flags.add('seen');
  const marks = field('X-Status');
  if (marks.includes('A')) flags.add('answered');
  if (marks.includes('F')) flags.add('flagged');
  if (marks.includes('T')) flags.add('draft');
  const mozilla = Number.parseInt(field('X-Mozilla-Status') || '0', 16);
  if (mozilla & 0x0001) flags.add('seen');
  if (mozilla & 0x0002) flags.add('answered');
  if (mozilla & 0x0004) flags.add('flagged');
  if (mozilla & 0x1000) flags.add('forwarded');
  return [...flags];
}
