/**
 * Everything a profile has as files that other programs read: letters folder by folder, with their marks, tags and what else
 * belongs to a person, and a list (postroom-export.json) by which our own import makes it again.
 *
 * The files are made in a folder that was not there or was empty; nothing is written over. A letter whose octets are not on
 * this computer is named in the result, and so is what waits in the outbox: brought back elsewhere, it could be sent twice.
 */
import { mkdir, readdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { Fault, toFault } from '../../base/errors.ts';
import { marksBlock } from '../../boxes/bookkeeping.ts';
import type { ImportFlag } from '../../boxes/maildir.ts';
import { type BoxFormat, openBox } from '../../boxes/target.ts';
import { FLAGS } from '../../contract/mail/flags.ts';
import type { Folder } from '../../contract/mail/folders.ts';
import { safeFilename } from '../../mail/filename.ts';
import type { ClientStore } from '../program.ts';
import type { RestFile } from './belongings.ts';
import { type ExportManifest, MANIFEST } from './export-manifest.ts';
import type { MarkedLetter } from './operations.ts';

export interface EverythingOptions {
  dir: string;
  layout: BoxFormat;
  signal: AbortSignal;
  checkpoint(): Promise<void>;
  progress(done: number, total: number): void;
}

export interface EverythingDeps {
  store: ClientStore;
  clock: Clock;
  /** Address book, rules, signatures, settings, each as a file. */
  rest(): Promise<RestFile[]>;
}

export interface EverythingDone {
  letters: number;
  skipped: { path: string; reason: string }[];
}

const PAGE = 500;
/** Levels of a file's name that are no folders of mail: `mail` and the account. */
const PLACES = 2;

/** @throws Fault user `file-exists` when the folder has something in it, `no-access`; transient `disk-full`; cancelled */
export async function exportEverything(
  deps: EverythingDeps,
  options: EverythingOptions,
): Promise<EverythingDone> {
  const { store, clock } = deps;
  const { dir } = options;
  const there = await readdir(dir).catch((failure: NodeJS.ErrnoException) => {
    if (failure.code === 'ENOENT') return [] as string[];
    throw toFault(failure);
  });
  if (there.length > 0)
    throw new Fault('user', 'file-exists', 'There is a file of this name already.', {
      detail: { path: dir },
    });
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const accounts = new Map((await store.read('profile.accounts')).map((each) => [each.id, each]));
    const folders = (await store.read('folders.list')).filter((each) => each.selectable);
    const total = folders.reduce((sum, each) => sum + each.total, 0);
    const result: EverythingDone = { letters: 0, skipped: [] };
    const listed: ExportManifest['folders'] = [];
    const names = new Names();
    for (const folder of folders) {
      const account = accounts.get(folder.account);
      if (account?.sample !== 0) continue;
      // Letters of an account on a server come back below its name; those of this computer where they were.
      const above = account.kind === 'local' ? [] : [account.address];
      const levels = [...above, ...folder.path.split('/')];
      const file = names.of(
        ['mail', ...(above.length > 0 ? above : ['Local']), ...folder.path.split('/')],
        options.layout,
      );
      const letters = await writeFolder(store, folder, join(dir, ...file.split('/')), options, result, total);
      listed.push({ file, levels, letters });
    }
    for (const { id, subject } of await store.read('moving.unsent')) {
      result.letters++;
      result.skipped.push({ path: `Outbox#${id} ${subject}`.trim(), reason: 'outbox' });
    }
    const rest = await deps.rest();
    for (const { name, content } of rest)
      await writeFile(join(dir, name), content, { flag: 'wx', mode: 0o600 });
    const tags = (await store.read('tags.list')).map(({ name, colour, keyword }) => ({
      name,
      colour,
      keyword,
    }));
    const manifest: ExportManifest = {
      format: 'postroom-export',
      version: 1,
      at: clock.now(),
      layout: options.layout,
      folders: listed,
      tags,
      rest: rest.map(({ name, what, book }) => ({ file: name, what, ...(book ? { book } : {}) })),
    };
    // Last, and whole or not at all: an export without its list was not finished.
    await writeFile(join(dir, `${MANIFEST}.part`), JSON.stringify(manifest, null, 1), {
      mode: 0o600,
      flush: true,
    });
    await rename(join(dir, `${MANIFEST}.part`), join(dir, MANIFEST));
    return result;
  } catch (failure) {
    throw toFault(failure);
  }
}

/** File names for folders: none twice, also where the file system makes no difference between A and a. */
class Names {
  #taken = new Set<string>();

  of(levels: readonly string[], layout: BoxFormat): string {
    // Where a folder's letters are files of their own, its subfolders lie beside it.
    const below = layout === 'mbox' ? '' : '.sbd';
    const above = levels
      .slice(0, -1)
      .map((level, n) => `${safeFilename(level, '_')}${n < PLACES ? '' : below}`);
    const last = safeFilename(levels.at(-1) ?? '_', '_');
    for (let n = 1; ; n++) {
      const name = `${last}${n === 1 ? '' : ` (${n})`}${layout === 'mbox' ? '.mbox' : ''}`;
      const path = [...above, name].join('/');
      if (this.#taken.has(path.toLowerCase())) continue;
      this.#taken.add(path.toLowerCase());
      return path;
    }
  }
}

const flagsOf = (letter: MarkedLetter): (ImportFlag | 'junk')[] =>
  FLAGS.filter((_, n) => letter.flags & (1 << n));

async function writeFolder(
  store: ClientStore,
  folder: Folder,
  out: string,
  options: EverythingOptions,
  result: EverythingDone,
  total: number,
): Promise<number> {
  await mkdir(join(out, '..'), { recursive: true, mode: 0o700 });
  const box = await openBox(options.layout, out);
  let written = 0;
  for (let after = -1; ; ) {
    await options.checkpoint();
    options.signal.throwIfAborted();
    const page = await store.read('moving.page', { folder: folder.id, after, limit: PAGE });
    for (const letter of page) {
      const reason = await writeLetter(store, letter, box);
      if (reason === null) written++;
      else result.skipped.push({ path: `${folder.path}#${letter.id}`, reason });
      options.progress(++result.letters, total);
    }
    const last = page.at(-1);
    if (!last) break;
    after = last.key;
  }
  await box.close();
  return written;
}

async function writeLetter(
  store: ClientStore,
  letter: MarkedLetter,
  box: Awaited<ReturnType<typeof openBox>>,
): Promise<string | null> {
  if (!letter.blob) return 'body-missing';
  try {
    const bytes = await store.blobs.read(letter.blob);
    const flags = flagsOf(letter);
    const { id, from, received } = letter;
    const keywords = letter.keywords.split(' ').filter((each) => each !== '');
    // A letter that had no line end, or begins with marks of another store, comes back as it was.
    const block = marksBlock({ flags, keywords, octets: bytes.length }, eolOf(bytes));
    const kept = flags.filter((flag): flag is ImportFlag => flag !== 'junk');
    await box.put({ id, from, received, flags: kept }, Buffer.concat([Buffer.from(block, 'latin1'), bytes]));
    return null;
  } catch (failure) {
    const { code } = toFault(failure);
    if (code !== 'blob-damaged' && code !== 'blob-missing') throw failure;
    return code;
  }
}

function eolOf(bytes: Uint8Array): '\r\n' | '\n' {
  const end = bytes.indexOf(10);
  return end > 0 && bytes[end - 1] === 13 ? '\r\n' : '\n';
}
