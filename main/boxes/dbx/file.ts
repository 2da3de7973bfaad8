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
/** Where the header keeps the number of values and the root of their tree. */
const COUNT_AT = 0xc4;
const ROOT_AT = 0xe4;
const NODE_HEAD = 0x18;
const NODE_SIZE = 0x27c;
const INFO_HEAD = 12;
const SEGMENT_HEAD = 16;
const SEGMENT_BODY = 0x200;
/** Levels of the tree: 50 values a node make 5 levels for any file that fits 32 bits. */
const MAX_LEVELS = 64;

export type DbxKind = 'letters' | 'folders' | 'other';

/** Values of one indexed info by their number; numbers stored in place, or octets up to the next value. */
export type DbxInfo = Map<number, number | Buffer>;

export interface DbxFile {
  readonly kind: DbxKind;
  readonly size: number;
  /** Values the header promises. */
  readonly promised: number;
  /** Places of the infos, in the tree's order; `damaged`: some nodes could not be read. */
  places(): Promise<{ places: number[]; damaged: boolean }>;
  /** @throws Fault user `damaged` */
  info(at: number): Promise<DbxInfo>;
  /** The octets of a chain. @throws Fault user `damaged`, `too-large` */
  octets(at: number): Promise<Uint8Array<ArrayBuffer>>;
  /** First segments of chains that nothing else points at: for a file whose tree is broken. Reads the whole file. */
  heads(): AsyncGenerator<number>;
  close(): Promise<void>;
}

const damaged = (what: string): Fault => new Fault('user', 'damaged', `A ${what} of the file is damaged.`);

/** @throws Fault user `not-a-letter` when it is not a DBX file, `old-format` for Outlook Express 4 */
export async function openDbx(path: string): Promise<DbxFile> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const blocks = new Blocks(file, size);
    const head = await blocks.read(0, ROOT_AT + 4);
    if (head.length < ROOT_AT + 4 || head.readUInt32LE(0) !== DBX_SIGNATURE) {
      const old = head.toString('latin1', 0, 3) === 'JMF';
      throw new Fault(
        'user',
        old ? 'old-format' : 'not-a-letter',
        'This is not an Outlook Express 5 or 6 file.',
      );
    }
    const what = head.readUInt32LE(4);
    const kind = what === DBX_LETTERS ? 'letters' : what === DBX_FOLDERS ? 'folders' : 'other';
    const root = head.readUInt32LE(ROOT_AT);
    return {
      kind,
      size,
      promised: head.readUInt32LE(COUNT_AT),
      places: () => placesOf(blocks, root),
      info: (at) => infoOf(blocks, at),
      octets: (at) => octetsOf(blocks, at),
      heads: () => headsOf(blocks),
      close: () => file.close(),
    };
  } catch (failure) {
    await file.close();
    throw failure;
  }
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
  if (length > 16 * 1024 * 1024 || length < entries * 4) throw damaged('list entry');
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

async function octetsOf(blocks: Blocks, at: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Buffer[] = [];
  const seen = new Set<number>();
  let total = 0;
  for (let next = at; next !== 0; ) {
    const segment = await blocks.read(next, SEGMENT_HEAD + SEGMENT_BODY);
    if (segment.length < SEGMENT_HEAD || segment.readUInt32LE(0) !== next || seen.has(next))
      throw damaged('part of a letter');
    seen.add(next);
    const used = segment.readUInt32LE(8);
    if (used > segment.length - SEGMENT_HEAD) throw damaged('part of a letter');
    parts.push(segment.subarray(SEGMENT_HEAD, SEGMENT_HEAD + used));
    total += used;
    if (total > MAX_MESSAGE_BYTES) throw new Fault('user', 'too-large', 'The letter is too large.');
    next = segment.readUInt32LE(12);
  }
  const out = new Uint8Array(total);
  let to = 0;
  for (const part of parts) {
    out.set(part, to);
    to += part.length;
  }
  return out;
}

const STEP = 1024 * 1024;

async function* headsOf(blocks: Blocks): AsyncGenerator<number> {
  const starts: number[] = [];
  const pointedAt = new Set<number>();
  for (let from = 0; from < blocks.size; from += STEP) {
    const block = await blocks.read(from, STEP + SEGMENT_HEAD);
    const end = Math.min(STEP, block.length - SEGMENT_HEAD);
    for (let at = 0; at <= end; at += 4) {
      const place = from + at;
      if (place === 0 || block.readUInt32LE(at) !== place || block.readUInt32LE(at + 4) !== SEGMENT_BODY)
        continue;
      starts.push(place);
      const next = block.readUInt32LE(at + 12);
      if (next !== 0) pointedAt.add(next);
    }
  }
  for (const start of starts) if (!pointedAt.has(start)) yield start;
}
