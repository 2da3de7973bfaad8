/** Letters of a Thunderbird profile, account by account, with their flags and tags. It only reads. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { toFault } from '../../base/errors.ts';
import { markedLetters, type StoredLetter, type StoredOptions } from '../stored.ts';
import { type ThunderbirdFolder, thunderbirdFolders } from './folders.ts';
import type { ThunderbirdProfile } from './profile.ts';
import { type PackedSummary, Summary } from './summary.ts';

export interface ThunderbirdOptions extends StoredOptions {
  /** Reads a folder's summary in a thread; null where it says nothing of the folder as it is. @param size see readSummary */
  summary?(file: string, size: number | null): Promise<PackedSummary | null>;
}

/** Octets that will be read, for honest progress. */
export async function measureThunderbird(profile: ThunderbirdProfile): Promise<number> {
  let total = 0;
  for (const account of profile.accounts)
    for await (const folder of thunderbirdFolders(account.dir)) total += await sizeOf(folder);
  return total;
}

async function sizeOf(folder: ThunderbirdFolder): Promise<number> {
  if (folder.kind === 'mbox') return folder.size;
  let total = 0;
  for (const name of await readdir(join(folder.path, 'cur')))
    total += (await stat(join(folder.path, 'cur', name)).catch(() => null))?.size ?? 0;
  return total;
}

export async function* thunderbirdLetters(
  profile: ThunderbirdProfile,
  options: ThunderbirdOptions,
): AsyncGenerator<StoredLetter> {
  let before = 0;
  // Thunderbird makes no difference between a and A in them, and writes both.
  const keywords = new Map(profile.tags.map(({ keyword }) => [keyword.toLowerCase(), keyword]));
  for (const account of profile.accounts) {
    // One account alone needs no level of its own.
    const above = profile.accounts.length > 1 ? [account.name] : [];
    try {
      for await (const folder of thunderbirdFolders(account.dir)) {
        options.signal?.throwIfAborted();
        const levels = [...above, ...folder.levels];
        const size = await sizeOf(folder);
        if (size > 0) {
          const path = folder.kind === 'maildir' ? join(folder.path, 'cur') : folder.path;
          const packed = await options.summary?.(`${folder.path}.msf`, folder.kind === 'mbox' ? size : null);
          const summary = packed ? new Summary(packed) : null;
          const here = { levels, summary, imap: account.kind === 'imap', keywords };
          yield* inFolder(markedLetters(path, [], before, options), here, options);
        }
        before += size;
      }
    } catch (failure) {
      if (options.signal?.aborted) throw failure;
      options.onProblem(account.dir, toFault(failure).code);
    }
  }
}

interface Folder {
  levels: string[];
  summary: Summary | null;
  /** Of the account: its letters stand on a server, and what was deleted there stays in the file without a mark. */
  imap: boolean;
  /** As the tags are called, by the same in small letters. */
  keywords: ReadonlyMap<string, string>;
}

async function* inFolder(
  letters: AsyncGenerator<StoredLetter>,
  { levels, summary, imap, keywords }: Folder,
  options: StoredOptions,
): AsyncGenerator<StoredLetter> {
  for await (const letter of letters) {
    const known = summary?.apply(letter, letter.messageId ?? '') ?? true;
    if (!known && imap) {
      options.onThrownAway?.(letter.path);
      continue;
    }
    letter.folder = levels;
    letter.keywords = [
      ...new Set(letter.keywords.map((each) => keywords.get(each.toLowerCase()) ?? each)),
    ].sort();
    yield letter;
  }
}
