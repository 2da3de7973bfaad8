/**
 * Header blocks (RFC 5322 section 2.2) by offset. Finds the fields and the place where the body starts.
 *
 * Works on octets once, then on one "binary" string (a character per octet), so a value can be sliced
 * without copying and its 8-bit octets are still known. Never decodes: words.ts does.
 * Invariant: start <= bodyStart <= end, and every field lies within [start, bodyStart).
 */
import { MAX_HEADER_BYTES, MAX_HEADER_FIELDS } from '../base/limits.ts';

export interface Field {
  /** As it stands, without blanks. */
  name: string;
  /** Lower case. */
  key: string;
  /** Folded value, one character per octet, line ends inside, none at the end. */
  raw: string;
}

export interface HeaderBlock {
  fields: Field[];
  bodyStart: number;
  /** 'no-header', 'header-too-large', 'missing-separator', 'junk-in-header' */
  defects: string[];
}

const ascii = new TextDecoder('utf-8');

/** Octets as a string with one character per octet. */
export function binaryString(bytes: Uint8Array): string {
  let high = false;
  for (let i = 0; i < bytes.length; i++)
    if ((bytes[i] as number) > 127) {
      high = true;
      break;
    }
  // A mark cannot be in ASCII, so the decoder drops nothing here.
  if (!high) return ascii.decode(bytes);
  let text = '';
  for (let from = 0; from < bytes.length; from += 4096)
    text += String.fromCharCode.apply(null, bytes.subarray(from, from + 4096) as unknown as number[]);
  return text;
}

/** The reverse of binaryString; characters above 255 lose their upper half. */
export function binaryBytes(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** Offset of the colon when [start, end) opens with a field name (RFC 5322 section 3.6.8), else -1. */
function colonOf(bytes: Uint8Array, start: number, end: number): number {
  let i = start;
  for (; i < end; i++) {
    const octet = bytes[i] as number;
    if (octet === 0x3a) return i > start ? i : -1;
    if (octet <= 32 || octet === 127) break;
    // Longer than any name in use; a URL in the first line of a body is not a field either.
    if (i - start > 127) return -1;
  }
  // RFC 5322 section 4.5.3: blanks may stand before the colon.
  while (i < end && (bytes[i] === 32 || bytes[i] === 9)) i++;
  return i < end && i > start && bytes[i] === 0x3a && bytes[start] !== 0x3a ? i : -1;
}

function isFromLine(bytes: Uint8Array, start: number): boolean {
  const at = bytes[start] === 0x3e ? start + 1 : start;
  return (
    bytes[at] === 0x46 &&
    bytes[at + 1] === 0x72 &&
    bytes[at + 2] === 0x6f &&
    bytes[at + 3] === 0x6d &&
    bytes[at + 4] === 0x20
  );
}

/** True when a field, a continuation or the blank line stands at `start`: the junk before it was an accident. */
function headerGoesOn(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start;
  for (let lines = 0; lines < 3 && at < end; lines++) {
    const stop = lineEnd(bytes, at, end);
    const last = stop > at && bytes[stop - 1] === 13 ? stop - 1 : stop;
    if (last === at) return false;
    if (bytes[at] !== 32 && bytes[at] !== 9) return colonOf(bytes, at, last) > 0;
    at = stop + 1;
  }
  return false;
}

function lineEnd(bytes: Uint8Array, from: number, end: number): number {
  const at = bytes.indexOf(10, from);
  return at < 0 || at > end ? end : at;
}

/**
 * Reads the header block at `start`. A mbox `From ` line on top is passed over. The block ends at the
 * blank line, or, where a line is no field and no field follows it, before that line.
 */
export function readHeader(bytes: Uint8Array, start: number, end: number): HeaderBlock {
  const defects: string[] = [];
  const fields: Field[] = [];
  // Pairs of offsets: start of the line, its colon.
  const starts: number[] = [];
  // Without any LF there are no lines: old Macintosh text is a body, shown as it is.
  const newline = bytes.indexOf(10, start);
  if (newline < 0 || newline >= end) {
    const cr = bytes.indexOf(13, start);
    if (cr >= 0 && cr < end - 1) return { fields, bodyStart: start, defects: ['no-header'] };
  }
  // Editors put a UTF-8 mark in front of saved letters.
  let at =
    bytes[start] === 0xef && bytes[start + 1] === 0xbb && bytes[start + 2] === 0xbf ? start + 3 : start;
  let bodyStart = end;
  let fieldsEnd = end;
  let large = false;
  while (at < end) {
    const stop = lineEnd(bytes, at, end);
    const last = stop > at && bytes[stop - 1] === 13 ? stop - 1 : stop;
    const next = Math.min(stop + 1, end);
    const first = bytes[at] as number;
    if (last === at || (first === 13 && last === at + 1)) {
      bodyStart = next;
      fieldsEnd = at;
      break;
    }
    if (first === 32 || first === 9) {
      if (starts.length === 0) {
        // A blank-looking first line is an empty header; text there is a body without a header.
        let blank = at;
        while (blank < last && (bytes[blank] === 32 || bytes[blank] === 9)) blank++;
        bodyStart = blank === last ? next : at;
        fieldsEnd = at;
        if (blank < last) defects.push('no-header');
        break;
      }
    } else {
      const colon = colonOf(bytes, at, last);
      if (colon > 0) {
        if (starts.length < MAX_HEADER_FIELDS * 2 && at - start < MAX_HEADER_BYTES) starts.push(at, colon);
        else if (!large) {
          large = true;
          starts.push(at, -1);
        }
      } else if (isFromLine(bytes, at) && (starts.length === 0 || headerGoesOn(bytes, next, end))) {
        if (starts.length > 0) starts.push(at, -1);
      } else if (
        headerGoesOn(bytes, next, end) &&
        !(last - at > 1 && bytes[at] === 0x2d && bytes[at + 1] === 0x2d)
      ) {
        // A fold that lost its blank, or junk between fields: kept out of the way, the header goes on.
        defects.push('junk-in-header');
        starts.push(at, -1);
      } else {
        bodyStart = at;
        fieldsEnd = at;
        defects.push(starts.length === 0 ? 'no-header' : 'missing-separator');
        break;
      }
    }
    at = next;
  }
  if (at >= end && bodyStart === end) fieldsEnd = end;
  if (large || fieldsEnd - start > MAX_HEADER_BYTES) defects.push('header-too-large');
  const readEnd = Math.min(fieldsEnd, start + MAX_HEADER_BYTES);
  const block = binaryString(bytes.subarray(start, readEnd));
  for (let i = 0; i < starts.length; i += 2) {
    const from = (starts[i] as number) - start;
    const colon = (starts[i + 1] as number) - start;
    if (colon < 0 || from >= block.length) continue;
    let to = Math.min(i + 2 < starts.length ? (starts[i + 2] as number) - start : block.length, block.length);
    while (to > colon + 1 && isBlank(block.charCodeAt(to - 1))) to--;
    let value = colon + 1;
    while (value < to && isBlank(block.charCodeAt(value))) value++;
    const name = block.slice(from, colon).trimEnd();
    fields.push({ name, key: name.toLowerCase(), raw: block.slice(value, to) });
  }
  return { fields, bodyStart, defects: defects.length > 1 ? [...new Set(defects)] : defects };
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 10 || code === 13;
}

/** First field of that lower-case name. */
export function fieldOf(fields: readonly Field[], key: string): Field | undefined {
  for (const field of fields) if (field.key === key) return field;
  return undefined;
}

/** RFC 5322 section 2.2.3: a line end and the blanks after it become one space. */
export function unfold(raw: string): string {
  return raw.includes('\n') || raw.includes('\r') ? raw.replace(/[\r\n]+[ \t]*/g, ' ') : raw;
}
