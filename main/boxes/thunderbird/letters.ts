/** Letters of a Thunderbird profile, account by account, with their flags and tags. It only reads. */
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { toFault } from '../../base/errors.ts';
import { markedLetters, type StoredLetter, type StoredOptions } from '../stored.ts';
import { type ThunderbirdFolder, thunderbirdFolders } from './folders.ts';
import type { ThunderbirdProfile } from './profile.ts';

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
  options: StoredOptions,
): AsyncGenerator<StoredLetter> {
  let before = 0;
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
          yield* inFolder(markedLetters(path, [], before, options), levels);
        }
        before += size;
      }
    } catch (failure) {
      if (options.signal?.aborted) throw failure;
      options.onProblem(account.dir, toFault(failure).code);
    }
  }
}

async function* inFolder(
  letters: AsyncGenerator<StoredLetter>,
  levels: string[],
): AsyncGenerator<StoredLetter> {
  for await (const letter of letters) {
    letter.folder = levels;
    yield letter;
  }
}
