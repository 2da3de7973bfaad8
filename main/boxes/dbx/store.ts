/**
 * A store folder of Outlook Express: .dbx files of version 5 and 6 with Folders.dbx, which tells the names and the tree, or
 * .mbx files of version 4, which are called as their folders are. Files that hold no letters are passed over and named.
 */
import { open, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { toFault } from '../../base/errors.ts';
import type { SourceLetter } from '../source.ts';
import type { StoredOptions } from '../stored.ts';
import { foldName } from './code-page.ts';
import { DBX_SIGNATURE } from './file.ts';
import { type DbxFolderList, dbxFolders } from './folders.ts';
import { dbxLetters } from './letters.ts';
import { isMbxFamily, mbxLetters } from './mbx.ts';

export interface ExpressStore {
  /** Its mailboxes on the disk. */
  files: string[];
  /** Folders that the person made, also those with no letter in them. */
  folders: string[][];
  letters(options: StoredOptions): AsyncGenerator<SourceLetter>;
}

const MAILBOX = /\.(dbx|mbx)$/i;
const FOLDERS = /^folders\.dbx$/i;
/** What the program remembers of servers: nothing a person would miss. */
const BOOKKEEPING = /^(pop3uidl\.dbx|cleanup\.log)$/i;
/** What such a folder has besides mailboxes: lists beside them, news, traces of the program. */
const BELONGS = /\.(dbx|mbx|idx|nch|bak|log)$/i;
/** Files looked into before it is said what a folder is. */
const MAX_LOOKED = 32;
/** Entries and levels that are walked for stores below a folder: "Documents and Settings" is nine above one. */
const MAX_ENTRIES = 50_000;
const MAX_LEVELS = 10;

/** What a file of Outlook Express is by its first octets; null: none. */
async function formOf(path: string): Promise<'dbx' | 'mbx' | null> {
  const file = await open(path, 'r').catch(() => null);
  if (!file) return null;
  try {
    const head = Buffer.alloc(4);
    const { bytesRead } = await file.read(head, 0, 4, 0);
    if (bytesRead < 4) return null;
    if (head.readUInt32LE(0) === DBX_SIGNATURE) return 'dbx';
    return isMbxFamily(head) ? 'mbx' : null;
  } catch {
    return null;
  } finally {
    await file.close();
  }
}

/** Whether a folder is a store: it has the list of folders, several .dbx files, or one that is a mailbox by its octets. */
export async function isExpressStore(path: string): Promise<boolean> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
  if (names.some((name) => FOLDERS.test(name))) return true;
  if (names.filter((name) => /\.dbx$/i.test(name)).length > 1) return true;
  for (const name of names.filter((each) => MAILBOX.test(each)).slice(0, MAX_LOOKED))
    if (await formOf(join(path, name))) return true;
  return false;
}

/** Whether a file is part of one of these stores. */
export const belongsTo = (stores: readonly string[], file: string): boolean =>
  stores.includes(dirname(file)) && BELONGS.test(file);

/** Stores in a folder and below it, for somebody who names a home or a copy of a disk. Links are not followed. */
export async function expressStoresBelow(top: string): Promise<string[]> {
  const found: string[] = [];
  const open: { dir: string; level: number }[] = [{ dir: top, level: 0 }];
  let left = MAX_ENTRIES;
  for (let next = open.shift(); next && left > 0; next = open.shift()) {
    const entries = await readdir(next.dir, { withFileTypes: true }).catch(() => []);
    left -= entries.length;
    for (const entry of entries)
      if (entry.isDirectory() && next.level < MAX_LEVELS)
        open.push({ dir: join(next.dir, entry.name), level: next.level + 1 });
    if (entries.some((entry) => MAILBOX.test(entry.name)) && (await isExpressStore(next.dir)))
      found.push(next.dir);
  }
  // Of several the first keeps the plain name: the same each time.
  return found.sort();
}

export async function openExpressStore(path: string): Promise<ExpressStore> {
  const entries = await readdir(path, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && MAILBOX.test(entry.name))
    .map((entry) => entry.name)
    .sort();
  const list = names.find((name) => FOLDERS.test(name));
  let known: DbxFolderList = { folders: new Map(), damaged: false };
  let problem = '';
  if (list !== undefined)
    try {
      known = await dbxFolders(join(path, list), new Set(names.map(foldName)));
      if (known.damaged) problem = 'folder-list-damaged';
    } catch (failure) {
      problem = toFault(failure).code === 'not-a-letter' ? 'folder-list-damaged' : toFault(failure).code;
    }
  const boxes = names.filter((name) => name !== list && !BOOKKEEPING.test(name));
  return {
    files: boxes.map((name) => join(path, name)),
    folders: [...known.folders.values()].filter(({ special }) => !special).map(({ levels }) => levels),
    async *letters(options) {
      if (problem !== '' && list !== undefined) options.onProblem(join(path, list), problem);
      let before = 0;
      for (const name of boxes) {
        const levels = known.folders.get(foldName(name))?.levels ?? [expressTitle(name)];
        let last = before;
        for await (const letter of expressLetters(join(path, name), levels, options)) {
          letter.position += before;
          last = letter.position;
          yield letter;
        }
        before = last;
      }
    },
  };
}

/** Letters of one file, whichever version wrote it: the name says little, some wrote .dbx in the old form. */
export async function* expressLetters(
  path: string,
  folder: string[],
  options: StoredOptions,
): AsyncGenerator<SourceLetter> {
  yield* (await formOf(path)) === 'mbx'
    ? mbxLetters(path, folder, options)
    : dbxLetters(path, folder, options);
}

/** What a single file is called where nothing else names it. */
export const expressTitle = (path: string): string => basename(path).replace(MAILBOX, '');
