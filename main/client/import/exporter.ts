/**
 * Gives letters back as files: one .eml a letter with exactly its octets, one mbox (mboxrd) for a folder, or a Maildir.
 * A letter whose octets are not here is listed with the reason; the rest goes on.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { Fault, toFault } from '../../base/errors.ts';
import { SPOOL_ABOVE_BYTES } from '../../base/limits.ts';
import { FLAGS } from '../../contract/mail/views.ts';
import type { ExportLetter } from '../messages/reads.ts';
import type { ClientStore } from '../program.ts';
import { type ImportFlag, maildirName } from './maildir.ts';
import { quoteMbox } from './mbox.ts';

export type ExportFormat = 'mbox' | 'eml' | 'maildir';

export interface ExportResult {
  exported: { id: number; path: string }[];
  skipped: { id: number; reason: string }[];
}

interface Target {
  /** A large letter comes piece by piece where the target can take it so. */
  put(letter: ExportLetter, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<string>;
  readonly takesPieces: boolean;
  close(): Promise<void>;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

/** The From_ line's date: RFC 4155, asctime in UTC. */
function asctime(ms: number): string {
  const d = new Date(ms);
  const time = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
  const date = String(d.getUTCDate()).padStart(2, ' ');
  return `${DAYS[d.getUTCDay()]} ${MONTHS[d.getUTCMonth()]} ${date} ${time} ${d.getUTCFullYear()}`;
}

function mboxTarget(out: string): Target {
  const stream = createWriteStream(out, { flags: 'wx', mode: 0o600 });
  const failure = new Promise<never>((_, reject) => stream.once('error', reject));
  failure.catch(() => {});
  return {
    takesPieces: false,
    async put(letter, bytes) {
      if (!(bytes instanceof Uint8Array)) throw new Error('an mbox is written letter by letter');
      const from = letter.from.replace(/[^!-~]/g, '') || 'MAILER-DAEMON';
      let room = true;
      stream.cork();
      for (const piece of quoteMbox(bytes, `From ${from} ${asctime(letter.received)}`))
        room = stream.write(piece);
      stream.uncork();
      if (!room) await Promise.race([new Promise<void>((go) => stream.once('drain', () => go())), failure]);
      return out;
    },
    async close() {
      stream.end();
      await finished(stream);
    },
  };
}

/** A new file with all of it, or none. */
async function writeWhole(path: string, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
  try {
    await writeFile(path, bytes, { flag: 'wx', mode: 0o600 });
  } catch (failure) {
    if ((failure as { code?: unknown }).code !== 'EEXIST') await rm(path, { force: true });
    throw failure;
  }
}

async function emlTarget(out: string): Promise<Target> {
  await mkdir(out, { recursive: true });
  return {
    takesPieces: true,
    async put(letter, bytes) {
      const path = join(out, `${letter.id}.eml`);
      await writeWhole(path, bytes);
      return path;
    },
    async close() {},
  };
}

async function maildirTarget(out: string): Promise<Target> {
  for (const part of ['cur', 'new', 'tmp']) await mkdir(join(out, part), { recursive: true });
  return {
    takesPieces: true,
    async put(letter, bytes) {
      const flags = FLAGS.filter((_, n) => letter.flags & (1 << n)).filter(
        (flag): flag is ImportFlag => flag !== 'junk',
      );
      const unique = `${Math.floor(letter.received / 1000)}.P${letter.id}.postroom`;
      const path = join(out, 'cur', maildirName(unique, flags));
      await writeWhole(path, bytes);
      return path;
    },
    async close() {},
  };
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
  const target =
    format === 'mbox' ? mboxTarget(out) : await (format === 'eml' ? emlTarget(out) : maildirTarget(out));
  try {
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
  target: Target,
  letter: ExportLetter,
  result: ExportResult,
): Promise<void> {
  if (!letter.blob) {
    result.skipped.push({ id: letter.id, reason: 'body-missing' });
    return;
  }
  const { id, blob, size } = letter;
  try {
    const whole = size <= SPOOL_ABOVE_BYTES || !target.takesPieces;
    const path = await target.put(letter, whole ? await store.blobs.read(blob) : store.blobs.stream(blob));
    result.exported.push({ id, path });
  } catch (failure) {
    const { code } = toFault(failure);
    if (code !== 'blob-damaged' && code !== 'blob-missing') throw failure;
    result.skipped.push({ id, reason: code });
  }
}
