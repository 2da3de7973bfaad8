/**
 * Gives letters back as files: one .eml a letter with exactly its octets, one mbox (mboxrd) for a folder, or a Maildir.
 * A letter whose octets are not here is listed with the reason; the rest goes on.
 */
import { Fault, toFault } from '../../base/errors.ts';
import { SPOOL_ABOVE_BYTES } from '../../base/limits.ts';
import type { ImportFlag } from '../../boxes/maildir.ts';
import { type BoxFormat, type BoxTarget, openBox } from '../../boxes/target.ts';
import { FLAGS } from '../../contract/mail/views.ts';
import type { ExportLetter } from '../messages/reads.ts';
import type { ClientStore } from '../program.ts';

export type ExportFormat = BoxFormat;

export interface ExportResult {
  exported: { id: number; path: string }[];
  skipped: { id: number; reason: string }[];
}

const PAGE = 500;

function exportFault(failure: unknown, path: string): Fault {
  const { code } = (failure ?? {}) as { code?: unknown };
  const detail = { path };
  if (code === 'EEXIST')
    return new Fault('user', 'file-exists', 'There is a file of this name already.', { detail });
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new Fault('user', 'not-found', 'There is no such file or folder.', { detail });
  return toFault(failure);
}

/**
 * `out`: file for mbox, folder (made if absent) for the others.
 * @throws Fault user `file-exists` when the target is taken, `not-found` when its folder is not there, `no-access`
 */
export async function exportFolder(
  store: ClientStore,
  folder: number,
  format: ExportFormat,
  out: string,
  signal?: AbortSignal,
): Promise<ExportResult> {
  const result: ExportResult = { exported: [], skipped: [] };
  let target: BoxTarget | undefined;
  try {
    target = await openBox(format, out);
    for (let after = -1; ; ) {
      signal?.throwIfAborted();
      const page = await store.read('messages.exportPage', { folder, after, limit: PAGE });
      for (const letter of page) {
        await one(store, target, letter, result);
      }
      const last = page.at(-1);
      if (!last) break;
      after = last.key;
    }
    await target.close();
  } catch (failure) {
    throw exportFault(failure, out);
  }
  return result;
}

async function one(
  store: ClientStore,
  target: BoxTarget,
  letter: ExportLetter,
  result: ExportResult,
): Promise<void> {
  if (!letter.blob) {
    result.skipped.push({ id: letter.id, reason: 'body-missing' });
    return;
  }
  const { id, blob, size, from, received } = letter;
  try {
    const whole = size <= SPOOL_ABOVE_BYTES || !target.takesPieces;
    const path = await target.put(
      { id, from, received, flags: flagsOf(letter) },
      whole ? await store.blobs.read(blob) : store.blobs.stream(blob),
    );
    result.exported.push({ id, path });
  } catch (failure) {
    const { code } = toFault(failure);
    if (code !== 'blob-damaged' && code !== 'blob-missing') throw failure;
    result.skipped.push({ id, reason: code });
  }
}

function flagsOf(letter: ExportLetter): ImportFlag[] {
  return FLAGS.filter((_, n) => letter.flags & (1 << n)).filter(
    (flag): flag is ImportFlag => flag !== 'junk',
  );
}
