/**
 * Writes letters into what other programs keep letters in: one .eml a letter with exactly its octets, one mbox (mboxrd) for
 * a folder, or a Maildir. A file that exists is never written over.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { type ImportFlag, maildirName } from './maildir.ts';
import { quoteMbox } from './mbox.ts';

export type BoxFormat = 'mbox' | 'eml' | 'maildir';

export interface BoxLetter {
  /** Unique in its folder. */
  readonly id: number;
  /** Sender's address, for the From_ line. */
  readonly from: string;
  /** ms. */
  readonly received: number;
  readonly flags: readonly ImportFlag[];
}

/**
 * `out`: file for mbox, folder (made if absent) for the others.
 * @throws the file system's errors; EEXIST when the target is taken.
 */
export async function openBox(format: BoxFormat, out: string): Promise<BoxTarget> {
  if (format === 'mbox') return mboxTarget(out);
  return format === 'eml' ? emlTarget(out) : maildirTarget(out);
}

export interface BoxTarget {
  /** A large letter comes piece by piece where the target can take it so. */
  put(letter: BoxLetter, bytes: Uint8Array | AsyncIterable<Uint8Array>): Promise<string>;
  readonly takesPieces: boolean;
  close(): Promise<void>;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

/**
 * The From_ line's date: asctime in UTC (RFC 4155) with the zone said, because most programs write their own clock's time
 * there and read it so.
 */
function asctime(ms: number): string {
  const d = new Date(ms);
  const time = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
  const date = String(d.getUTCDate()).padStart(2, ' ');
  return `${DAYS[d.getUTCDay()]} ${MONTHS[d.getUTCMonth()]} ${date} ${time} ${d.getUTCFullYear()} +0000`;
}

function mboxTarget(out: string): BoxTarget {
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

/** A new file with all of it, or none. Its time is when the letter came: that is where other programs look for it. */
async function writeWhole(
  path: string,
  bytes: Uint8Array | AsyncIterable<Uint8Array>,
  received: number,
): Promise<void> {
  try {
    await writeFile(path, bytes, { flag: 'wx', mode: 0o600 });
    await utimes(path, received / 1000, received / 1000);
  } catch (failure) {
    if ((failure as { code?: unknown }).code !== 'EEXIST') await rm(path, { force: true });
    throw failure;
  }
}

async function emlTarget(out: string): Promise<BoxTarget> {
  await mkdir(out, { recursive: true });
  return {
    takesPieces: true,
    async put(letter, bytes) {
      const path = join(out, `${letter.id}.eml`);
      await writeWhole(path, bytes, letter.received);
      return path;
    },
    async close() {},
  };
}

async function maildirTarget(out: string): Promise<BoxTarget> {
  for (const part of ['cur', 'new', 'tmp']) await mkdir(join(out, part), { recursive: true });
  return {
    takesPieces: true,
    async put(letter, bytes) {
      const unique = `${Math.floor(letter.received / 1000)}.P${letter.id}.postroom`;
      const path = join(out, 'cur', maildirName(unique, letter.flags));
      await writeWhole(path, bytes, letter.received);
      return path;
    },
    async close() {},
  };
}
