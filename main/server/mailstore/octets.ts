/**
 * What a letter's octets look like on the wire: line ends, length of lines, NUL, 8-bit. And line ends made right where
 * that is wanted (rules S31, I39, P12).
 */
import { isAscii } from 'node:buffer';

const CR = 13;
const LF = 10;

export interface OctetFacts {
  readonly eightBit: boolean;
  /** A CR or LF that is not part of a CRLF. */
  readonly bareLineEnds: boolean;
  readonly nul: boolean;
  /** Octets with the CRLF. */
  readonly longestLine: number;
}

export function octetFacts(bytes: Uint8Array): OctetFacts {
  let bare = false;
  let longest = 0;
  let start = 0;
  let cr = bytes.indexOf(CR);
  for (let at = bytes.indexOf(LF); at >= 0; at = bytes.indexOf(LF, start)) {
    // The next CR has to be the one before this LF.
    if (cr !== at - 1 || cr < 0) bare = true;
    while (cr >= 0 && cr < at) cr = bytes.indexOf(CR, cr + 1);
    if (at + 1 - start > longest) longest = at + 1 - start;
    start = at + 1;
  }
  if (cr >= 0) bare = true;
  return {
    eightBit: !isAscii(bytes),
    bareLineEnds: bare,
    nul: bytes.includes(0),
    longestLine: Math.max(longest, bytes.length - start),
  };
}

/** Every bare CR or LF as CRLF; the same array when there is none. */
export function withCrlf(bytes: Uint8Array): Uint8Array {
  let missing = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const octet = bytes[at];
    if (octet === LF && bytes[at - 1] !== CR) missing += 1;
    if (octet === CR && bytes[at + 1] !== LF) missing += 1;
  }
  if (missing === 0) return bytes;
  const out = new Uint8Array(bytes.length + missing);
  let to = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const octet = bytes[at] as number;
    if (octet === LF && bytes[at - 1] !== CR) out[to++] = CR;
    out[to++] = octet;
    if (octet === CR && bytes[at + 1] !== LF) out[to++] = LF;
  }
  return out;
}

/**
 * A letter ends with a line end, so that POP3's framing changes no octet of it (rule P12). Room behind the octets, in
 * the same buffer, is used for it: nobody else may be there.
 */
export function ended(bytes: Uint8Array): Uint8Array {
  const { length } = bytes;
  if (length === 0 || (bytes[length - 1] === LF && bytes[length - 2] === CR)) return bytes;
  const spare = bytes.buffer.byteLength - bytes.byteOffset - length;
  const out =
    spare >= 2 ? new Uint8Array(bytes.buffer, bytes.byteOffset, length + 2) : new Uint8Array(length + 2);
  if (spare < 2) out.set(bytes);
  out.set([CR, LF], length);
  return out;
}
