/**
 * The digest of what a letter says, without what its ways added: the octets after the header, with line ends and the space
 * before them made alike (servers change both). Runs in the ingest pool.
 */
import { createHash } from 'node:crypto';

const LF = 10;
const CR = 13;

/** Where the body begins (RFC 5322 section 2.1): after the first empty line, or at the end. */
function bodyStart(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, at + 1)) {
    const next = bytes[at + 1];
    if (next === LF) return at + 2;
    if (next === CR && bytes[at + 2] === LF) return at + 3;
  }
  return bytes.length;
}

/** Hexadecimal SHA-256. */
export function contentDigest(bytes: Uint8Array): string {
  const hash = createHash('sha256');
  let end = bytes.length;
  const blank = (octet: number | undefined) => octet === LF || octet === CR || octet === 32 || octet === 9;
  while (end > 0 && blank(bytes[end - 1])) end -= 1;
  for (let at = bodyStart(bytes); at < end; ) {
    const found = bytes.indexOf(LF, at);
    const next = found < 0 || found >= end ? end : found;
    let last = next;
    while (last > at && blank(bytes[last - 1])) last -= 1;
    hash.update(bytes.subarray(at, last));
    hash.update('\n');
    at = next + 1;
  }
  return hash.digest('hex');
}

export const tidyCalls = {
  contentDigests: (input: { letters: Uint8Array[] }): string[] => input.letters.map(contentDigest),
};
