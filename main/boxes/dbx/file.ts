/**
 * Outlook Express 5 and 6 (.dbx): one file a folder. A header names the root of a tree of 636-octet nodes; each value of the
 * tree points at an "indexed info" (flags, dates, names, by number), and that at the first of a chain of 528-octet segments
 * which hold the letter's octets.
 *
 * The file is not trusted: every pointer is checked against the file, every circle ends, an object whose first four octets
 * are not its own position is not believed. It must never write.
 */
import { open } from 'node:fs/promises';
import { Fault } from '../../base/errors.ts';
import { MAX_MESSAGE_BYTES } from '../../base/limits.ts';
import { Blocks } from '../blocks.ts';

export const DBX_SIGNATURE = 0xfe12_adcf;
/** Second number of the header: what the file holds. */
export const DBX_LETTERS = 0x6f74_fdc5;
export const DBX_FOLDERS = 0x6f74_fdc6;
/** What Pop3uidl.dbx and Offline.dbx hold. */
const OTHERS: readonly number[] = [0x6f74_fdc7, 0x26fe_9d30];
/** What follows in every such file: with it, one of the two numbers may be damaged. */
const CLASS = Buffer.from('66e3d1119a4e00c04fa309d4', 'hex');
/** Where the header keeps the number of values and the root of their tree. */
const COUNT_AT = 0xc4;
const ROOT_AT = 0xe4;
/** Where the chain of segments begins that belong to removed letters. */
const REMOVED_AT = 0x48;
const NODE_HEAD = 0x18;
const NODE_SIZE = 0x27c;
const INFO_HEAD = 12;
const SEGMENT_HEAD = 16;
const SEGMENT_BODY = 0x200;
/** Levels of the tree: 50 values a node make 5 levels for any file that fits 32 bits. */
const MAX_LEVELS = 64;
/** Values of one tree: the program itself ends at 2 GiB, which hold fewer letters. More are a circle by another name. */
const MAX_PLACES = 2_000_000;
/** Octets of one list entry: subject, addresses and references of one letter. */
const MAX_INFO = 1024 * 1024;
/** Segments of one letter; those in use are full but for the last, so twice as many leave room for odd ones. */
const MAX_SEGMENTS = (2 * MAX_MESSAGE_BYTES) / SEGMENT_BODY;
/** Pointers have 32 bits: nothing lies behind. */
const MAX_SCAN = 2 ** 32;

export type DbxKind = 'letters' | 'folders' | 'other';

/** Values of one indexed info by their number; numbers stored in place, or octets up to the next value. */
export type DbxInfo = Map<number, number | Buffer>;

export interface DbxOctets {
  bytes: Uint8Array<ArrayBuffer>;
  whole: boolean;
}

export interface DbxFile {
  readonly kind: DbxKind;
  readonly size: number;
  /** Values the header promises. */
  readonly promised: number;
  /** Places of the infos, in the tree's order; `damaged`: some nodes could not be read. */
  places(): Promise<{ places: number[]; damaged: boolean }>;
  /** @throws Fault user `damaged` */
  info(at: number): Promise<DbxInfo>;
  /**
   * The octets of a chain; not `whole`: it breaks off or says an impossible length, and this is what could be had.
   * @throws Fault user `damaged` where there is nothing at all, `too-large`
   */
  octets(at: number): Promise<DbxOctets>;
  /** What the first segment of a chain holds. @throws Fault user `damaged` */
  beginning(at: number): Promise<Buffer>;
  /**
   * First segments of chains that nothing else points at, but for those of removed letters: for a file whose tree is broken.
   * Reads the whole file.
   */
  heads(): AsyncGenerator<number>;
  close(): Promise<void>;
}

const damaged = (what: string): Fault => new Fault('user', 'damaged', `A ${what} of the file is damaged.`);

/** @throws Fault user `not-a-letter` when it is not a DBX file */
export async function openDbx(path: string): Promise<DbxFile> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const blocks = new Blocks(file, size);
    const head = await blocks.read(0, ROOT_AT + 4);
    const known =
      head.length >= ROOT_AT + 4 &&
      (head.readUInt32LE(0) === DBX_SIGNATURE || head.subarray(8, 8 + CLASS.length).equals(CLASS));
    if (!known) throw new Fault('user', 'not-a-letter', 'This is not an Outlook Express 5 or 6 file.');
    const what = head.readUInt32LE(4);
    const kind = what === DBX_FOLDERS ? 'folders' : OTHERS.includes(what) ? 'other' : 'letters';
    const root = head.readUInt32LE(ROOT_AT);
    const removed = head.readUInt32LE(REMOVED_AT);
    return {
      kind,
      size,
      promised: head.readUInt32LE(COUNT_AT),
      places: () => placesOf(blocks, root),
      info: (at) => infoOf(blocks, at),
      octets: (at) => octetsOf(blocks, at),
      beginning: (at) => beginningOf(blocks, at),
      heads: () => headsOf(blocks, removed),
      close: () => file.close(),
    };
  } catch (failure) {
    await file.close();
    throw failure;
  }
}

/** A value that is a number, wherever it is stored; 0 where there is none. */
export function numberIn(info: DbxInfo, index: number): number {
  const value = info.get(index);
  if (typeof value === 'number') return value;
  return value && value.length >= 4 ? value.readUInt32LE(0) : 0;
}

async function placesOf(blocks: Blocks, root: number): Promise<{ places: number[]; damaged: boolean }> {
  const places: number[] = [];
  const seen = new Set<number>();
  let broken = false;
  const visit = async (at: number, level: number): Promise<void> => {
    if (at === 0) return;
    const node = await blocks.read(at, NODE_SIZE);
    if (seen.has(at) || level > MAX_LEVELS || node.length < NODE_HEAD || node.readUInt32LE(0) !== at) {
      broken = true;
      return;
    }
    if (places.length > MAX_PLACES) {
      broken = true;
      return;
    }
    seen.add(at);
    const entries = node[0x11] as number;
    // A left-over pointer stays behind where a child was emptied: only a count above 0 says that there is one.
    if (node.readUInt32LE(0x14) > 0) await visit(node.readUInt32LE(8), level + 1);
    for (let n = 0; n < entries; n++) {
      const entry = NODE_HEAD + n * 12;
      if (entry + 12 > node.length) {
        broken = true;
        return;
      }
      const value = node.readUInt32LE(entry);
      if (value !== 0) places.push(value);
      if (node.readUInt32LE(entry + 8) > 0) await visit(node.readUInt32LE(entry + 4), level + 1);
    }
  };
  await visit(root, 0);
  return { places, damaged: broken };
}

async function infoOf(blocks: Blocks, at: number): Promise<DbxInfo> {
  const head = await blocks.read(at, INFO_HEAD);
  if (head.length < INFO_HEAD || head.readUInt32LE(0) !== at) throw damaged('list entry');
  const length = head.readUInt32LE(4);
  const entries = head[10] as number;
  if (length > MAX_INFO || length < entries * 4) throw damaged('list entry');
  const body = await blocks.read(at + INFO_HEAD, length);
  if (body.length < length) throw damaged('list entry');
  const data = body.subarray(entries * 4);
  const found: { index: number; from: number }[] = [];
  const info: DbxInfo = new Map();
  for (let n = 0; n < entries; n++) {
    const value = body.readUInt32LE(n * 4);
    const index = value & 0x7f;
    const number = value >>> 8;
    if (value & 0x80) info.set(index, number);
    else if (number < data.length) found.push({ index, from: number });
  }
  found.sort((a, b) => a.from - b.from);
  for (const [n, { index, from }] of found.entries())
    info.set(index, data.subarray(from, found[n + 1]?.from ?? data.length));
  return info;
}

/** One segment as far as the file holds it. @throws Fault user `damaged` */
async function segmentAt(blocks: Blocks, at: number): Promise<Buffer> {
  const segment = await blocks.read(at, SEGMENT_HEAD + SEGMENT_BODY);
  if (segment.length < SEGMENT_HEAD || segment.readUInt32LE(0) !== at) throw damaged('part of a letter');
  return segment;
}

async function beginningOf(blocks: Blocks, at: number): Promise<Buffer> {
  const segment = await segmentAt(blocks, at);
  return segment.subarray(SEGMENT_HEAD, SEGMENT_HEAD + segment.readUInt32LE(8));
}

async function octetsOf(blocks: Blocks, at: number): Promise<DbxOctets> {
  const parts: Buffer[] = [];
  const seen = new Set<number>();
  let total = 0;
  let whole = true;
  for (let next = at; next !== 0; ) {
    const segment: Buffer | null = seen.has(next)
      ? null
      : await segmentAt(blocks, next).catch((failure: unknown) => {
          if (failure instanceof Fault && seen.size > 0) return null;
          throw failure;
        });
    if (!segment) {
      whole = false;
      break;
    }
    seen.add(next);
    const used = segment.readUInt32LE(8);
    // A length that cannot be, or a file that ends before: what stands there is the letter's all the same.
    if (used > segment.length - SEGMENT_HEAD) whole = false;
    // A copy: the segment is a view of a block of 512 times its size, which would stay in memory as long as the letter.
    const part = Buffer.from(segment.subarray(SEGMENT_HEAD, SEGMENT_HEAD + used));
    parts.push(part);
    total += part.length;
    if (total > MAX_MESSAGE_BYTES || seen.size > MAX_SEGMENTS)
      throw new Fault('user', 'too-large', 'The letter is too large.');
    next = segment.readUInt32LE(12);
  }
  const bytes = new Uint8Array(total);
  let to = 0;
  for (const part of parts) {
    bytes.set(part, to);
    to += part.length;
  }
  return { bytes, whole };
}

const STEP = 1024 * 1024;

/** Numbers of 32 bits without a wrapper for each: a damaged file of 2 GiB has millions of segments. */
class Numbers {
  #held = new Uint32Array(1024);
  #count = 0;

  push(value: number): void {
    if (this.#count === this.#held.length) {
      const larger = new Uint32Array(this.#count * 2);
      larger.set(this.#held);
      this.#held = larger;
    }
    this.#held[this.#count++] = value;
  }
  sorted(): Uint32Array {
    return this.#held.subarray(0, this.#count).sort();
  }
}

async function* headsOf(blocks: Blocks, removed: number): AsyncGenerator<number> {
  const starts = new Numbers();
  const pointed = new Numbers();
  pointed.push(removed);
  for (let from = 0; from < Math.min(blocks.size, MAX_SCAN); from += STEP) {
    const block = await blocks.read(from, STEP + SEGMENT_HEAD);
    const end = Math.min(STEP - 4, block.length - SEGMENT_HEAD);
    for (let at = 0; at <= end; at += 4) {
      const place = from + at;
      if (place === 0 || block.readUInt32LE(at) !== place || block.readUInt32LE(at + 4) !== SEGMENT_BODY)
        continue;
      starts.push(place);
      const next = block.readUInt32LE(at + 12);
      if (next !== 0) pointed.push(next);
    }
  }
  const taken = pointed.sorted();
  let n = 0;
  for (const start of starts.sorted()) {
    while (n < taken.length && (taken[n] as number) < start) n++;
    if (taken[n] !== start) yield start;
  }
}
