/**
 * Outlook Express 4 and Internet Mail (.mbx): a header of 84 octets, then letters one behind the other, each with a head of
 * 16 octets: a mark, its number, the length of the whole and of its text. What was read and what was thrown away stands in
 * the .idx beside it, by the place of the letter; without that, letters count as read.
 *
 * Lengths are believed where the next letter begins right behind; otherwise the mark is looked for.
 */
import { open, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Fault, toFault } from '../../base/errors.ts';
import { MAX_MESSAGE_BYTES } from '../../base/limits.ts';
import { Blocks } from '../blocks.ts';
import type { ImportFlag } from '../maildir.ts';
import type { SourceLetter } from '../source.ts';
import type { StoredOptions } from '../stored.ts';

/** "JMF6" */
const MBX_SIGNATURE = 0x3646_4d4a;
/** "JMF9" */
const IDX_SIGNATURE = 0x3946_4d4a;
const MBX_HEAD = 0x54;
const COUNT_AT = 8;
const MARK = 0x7f00_7f00;
const LETTER_HEAD = 16;

const IDX_HEAD = 80;
/** Of an entry of the .idx: flags, its own place, its length, the place of its letter. */
const ENTRY_HEAD = 28;
const REMOVED = 0x01;
const UNREAD = 0x02;
const UNSENT = 0x08;
/** Entries of one .idx: it is as large as the letters it lists are many, never more than this. */
const MAX_ENTRIES = 2_000_000;

/** Whether a file begins as one of this program's, of whichever version. */
export const isMbxFamily = (head: Buffer): boolean => head.toString('latin1', 0, 3) === 'JMF';

/** Letters of one .mbx file. */
export async function* mbxLetters(
  path: string,
  folder: string[],
  options: StoredOptions,
): AsyncGenerator<SourceLetter> {
  const file = await open(path, 'r').catch((failure: unknown) => toFault(failure));
  if (file instanceof Fault) {
    options.onProblem(path, file.code);
    return;
  }
  try {
    const { size } = await file.stat();
    const blocks = new Blocks(file, size);
    const head = await blocks.read(0, MBX_HEAD);
    const known = head.length >= 4 && head.readUInt32LE(0) === MBX_SIGNATURE;
    if (!known || head.length < MBX_HEAD) {
      options.onProblem(path, known ? 'damaged' : isMbxFamily(head) ? 'old-format' : 'not-a-letter');
      return;
    }
    const flags = await flagsBeside(path, options);
    yield* lettersOf(blocks, head.readUInt32LE(COUNT_AT), flags, path, folder, options);
  } finally {
    await file.close();
  }
}

async function* lettersOf(
  blocks: Blocks,
  promised: number,
  flags: ReadonlyMap<number, number>,
  path: string,
  folder: string[],
  options: StoredOptions,
): AsyncGenerator<SourceLetter> {
  let n = 0;
  let told = false;
  const broken = (): void => {
    if (!told) options.onProblem(path, 'list-damaged');
    told = true;
  };
  let at = MBX_HEAD;
  while (at + LETTER_HEAD < blocks.size) {
    options.signal?.throwIfAborted();
    if (!(await markAt(blocks, at))) {
      broken();
      at = await nextMark(blocks, at);
      continue;
    }
    n++;
    const name = `${path}#${n}`;
    const { end, next, fits } = await extentOf(blocks, at);
    // The last letter of a file that was cut is told as such, by itself.
    const short = !fits && next === blocks.size;
    if (!fits && !short) broken();
    const known = flags.get(at);
    if (known !== undefined && known & REMOVED) options.onThrownAway?.(name);
    else yield letterAt(blocks, at + LETTER_HEAD, end, name, folder, known, short, options);
    at = next;
  }
  if (n < promised) broken();
}

const markAt = async (blocks: Blocks, at: number): Promise<boolean> => {
  const four = await blocks.read(at, 4);
  return four.length === 4 && four.readUInt32LE(0) === MARK;
};

/** Where the letter at `at` ends and the next begins; `fits`: its own lengths say so. */
async function extentOf(blocks: Blocks, at: number): Promise<{ end: number; next: number; fits: boolean }> {
  const head = await blocks.read(at, LETTER_HEAD);
  const whole = head.readUInt32LE(8);
  const text = head.readUInt32LE(12);
  const end = at + LETTER_HEAD + text;
  const next = at + whole;
  if (whole >= LETTER_HEAD && end <= next && (next === blocks.size || (await markAt(blocks, next))))
    return { end, next, fits: true };
  const found = await nextMark(blocks, at + LETTER_HEAD);
  // Two lengths that agree are believed before what stands behind the letter.
  const agree = text > 0 && whole === LETTER_HEAD + Math.ceil(text / 4) * 4 && end <= found;
  return {
    end: agree ? end : await withoutFilling(blocks, at + LETTER_HEAD, found),
    next: found,
    fits: false,
  };
}

/** Letters are filled up to four octets. */
async function withoutFilling(blocks: Blocks, from: number, end: number): Promise<number> {
  const last = await blocks.read(Math.max(from, end - 4), Math.min(4, end - from));
  let zeros = 0;
  while (zeros < last.length && last[last.length - 1 - zeros] === 0) zeros++;
  return end - zeros;
}

const STEP = 256 * 1024;

/** The place of the first mark at or behind `from`; the end of the file where there is none. */
async function nextMark(blocks: Blocks, from: number): Promise<number> {
  const mark = Buffer.alloc(4);
  mark.writeUInt32LE(MARK);
  for (let at = from; at < blocks.size; at += STEP) {
    const found = (await blocks.read(at, STEP + 3)).indexOf(mark);
    if (found >= 0) return at + found;
  }
  return blocks.size;
}

function letterAt(
  blocks: Blocks,
  start: number,
  end: number,
  path: string,
  folder: string[],
  flags: number | undefined,
  short: boolean,
  options: StoredOptions,
): SourceLetter {
  let told = false;
  return {
    path,
    size: end - start,
    flags: flagsOf(flags),
    received: null,
    folder,
    position: end,
    async read() {
      if (end - start > MAX_MESSAGE_BYTES) throw new Fault('user', 'too-large', 'The letter is too large.');
      const bytes = new Uint8Array(await blocks.read(start, end - start));
      if (bytes.length === 0) throw new Fault('user', 'damaged', 'There is nothing left of the letter.');
      if (short && !told) options.onProblem(path, 'cut-short');
      told ||= short;
      return bytes;
    },
  };
}

function flagsOf(flags: number | undefined): ImportFlag[] {
  const found: ImportFlag[] = [];
  if (flags === undefined || !(flags & UNREAD)) found.push('seen');
  if (flags !== undefined && flags & UNSENT) found.push('draft');
  return found;
}

/** Flags of the .idx of the same name, by the place of the letter. A list that breaks off is told, and so far believed. */
async function flagsBeside(path: string, options: StoredOptions): Promise<Map<number, number>> {
  const flags = new Map<number, number>();
  const wanted = basename(path)
    .replace(/\.[^.]*$/, '.idx')
    .toLowerCase();
  const name = (await readdir(dirname(path)).catch(() => [])).find((each) => each.toLowerCase() === wanted);
  if (name === undefined) return flags;
  const beside = join(dirname(path), name);
  const file = await open(beside, 'r').catch((failure: unknown) => toFault(failure));
  if (file instanceof Fault) {
    options.onProblem(beside, file.code);
    return flags;
  }
  try {
    const { size } = await file.stat();
    const blocks = new Blocks(file, size);
    const head = await blocks.read(0, IDX_HEAD);
    let whole = head.length === IDX_HEAD && head.readUInt32LE(0) === IDX_SIGNATURE;
    for (let at = IDX_HEAD; whole && at < size; ) {
      const entry = await blocks.read(at, ENTRY_HEAD);
      const length = entry.length < ENTRY_HEAD ? 0 : entry.readUInt32LE(16);
      whole = length >= ENTRY_HEAD && entry.readUInt32LE(12) === at && flags.size < MAX_ENTRIES;
      if (whole) flags.set(entry.readUInt32LE(20), entry.readUInt32LE(0));
      at += length;
      whole &&= at <= size;
    }
    if (!whole) options.onProblem(beside, 'marks-damaged');
    return flags;
  } finally {
    await file.close();
  }
}
