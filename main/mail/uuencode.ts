/** uuencoded files inside the text of a letter, as mail had them before MIME and some gateways still do. */
import { decodeBase64, decodeUuencode } from './transfer.ts';

export interface UuBlock {
  /** Offset of `begin`. */
  start: number;
  /** Offset after the line `end` (or after the last good line). */
  end: number;
  /** Raw octets of the name. */
  name: Uint8Array;
  base64: boolean;
  bodyStart: number;
  bodyEnd: number;
}

/** Blocks of one text that are taken out; more stay in the text. */
const MAX_BLOCKS = 1000;

function isUuLine(bytes: Uint8Array, start: number, end: number): boolean {
  const length = end - start;
  if (length === 0) return false;
  const first = bytes[start] as number;
  if (first < 32 || first > 96) return false;
  const count = (first - 32) & 63;
  const expected = 1 + Math.ceil(count / 3) * 4;
  // Blanks at the end may be lost on the way, some encoders add a checksum.
  if (
    length > expected + 2 ||
    (length < expected - 3 && !(count > 0 && length > 1 && expected - length < 40))
  )
    return false;
  for (let i = start + 1; i < end; i++)
    if ((bytes[i] as number) < 32 || (bytes[i] as number) > 96) return false;
  return true;
}

/** Finds complete and cut-off blocks in [start, end). One pass. */
export function findUuencode(bytes: Uint8Array, start = 0, end = bytes.length): UuBlock[] {
  const blocks: UuBlock[] = [];
  let at = start;
  while (at < end && blocks.length < MAX_BLOCKS) {
    if (bytes[at] === 0x62 && bytes[at + 1] === 0x65 && bytes[at + 2] === 0x67) {
      const block = readBlock(bytes, at, end);
      if (block) {
        blocks.push(block);
        at = block.end;
        continue;
      }
    }
    const newline = bytes.indexOf(10, at);
    if (newline < 0) break;
    at = newline + 1;
  }
  return blocks;
}

function readBlock(bytes: Uint8Array, start: number, end: number): UuBlock | undefined {
  let stop = bytes.indexOf(10, start);
  if (stop < 0 || stop >= end || stop - start > 300) return undefined;
  const bodyStart = stop + 1;
  if (bytes[stop - 1] === 13) stop--;
  let line = '';
  for (let i = start; i < stop; i++) line += String.fromCharCode(bytes[i] as number);
  const match = /^begin(-base64)? [0-7]{3,4} (\S.*)$/.exec(line);
  if (!match) return undefined;
  const base64 = match[1] !== undefined;
  const name = bytes.subarray(stop - (match[2] as string).length, stop);
  let good = 0;
  for (let at = bodyStart; at < end; ) {
    let newline = bytes.indexOf(10, at);
    if (newline < 0 || newline > end) newline = end;
    const last = newline > at && bytes[newline - 1] === 13 ? newline - 1 : newline;
    const next = Math.min(newline + 1, end);
    const closing = base64
      ? last - at === 4 && bytes[at] === 0x3d && bytes[at + 3] === 0x3d
      : last - at === 3 && bytes[at] === 0x65 && bytes[at + 1] === 0x6e && bytes[at + 2] === 0x64;
    if (closing) return good > 0 ? { start, end: next, name, base64, bodyStart, bodyEnd: at } : undefined;
    if (base64 ? last - at > 80 : !isUuLine(bytes, at, last)) {
      // A lone blank line happens before `end`; anything else ends a block that was cut off.
      if (last > at || next >= end)
        return good >= 2 ? { start, end: at, name, base64, bodyStart, bodyEnd: at } : undefined;
    } else good++;
    at = next;
  }
  return good >= 2 ? { start, end, name, base64, bodyStart, bodyEnd: end } : undefined;
}

/** The file inside a block. */
export function readUuBlock(bytes: Uint8Array, block: UuBlock): Uint8Array {
  const { bodyStart, bodyEnd } = block;
  return (block.base64 ? decodeBase64(bytes, bodyStart, bodyEnd) : decodeUuencode(bytes, bodyStart, bodyEnd))
    .bytes;
}
