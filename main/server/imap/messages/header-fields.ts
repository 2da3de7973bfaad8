/**
 * HEADER.FIELDS and HEADER.FIELDS.NOT (RFC 9051 section 6.4.5.1): fields of a header block by name, folded lines
 * with them, the blank line at the end always. Octets are never changed; names match without case.
 */
const LF = 10;
const CR = 13;
const COLON = 58;
const CRLF = Uint8Array.from([CR, LF]);

/** Lower-case name of the field on the line [start, end); '' when it is none. */
function nameOf(header: Uint8Array, start: number, end: number): string {
  let at = start;
  while (at < end && header[at] !== COLON) {
    const octet = header[at] as number;
    // RFC 5322 section 4.5.3: blanks may stand before the colon.
    if (octet <= 32 || octet === 127) break;
    at += 1;
  }
  let colon = at;
  while (colon < end && (header[colon] === 32 || header[colon] === 9)) colon += 1;
  if (colon >= end || header[colon] !== COLON || at - start > 200) return '';
  return Buffer.from(header.buffer, header.byteOffset + start, at - start)
    .toString('latin1')
    .toLowerCase();
}

/**
 * The chosen fields of a header block, in their order, and a blank line.
 * @param names lower case. @param not true: all fields but these.
 */
export function headerFields(header: Uint8Array, names: readonly string[], not: boolean): Uint8Array {
  const wanted = new Set(names);
  const pieces: Uint8Array[] = [];
  let from = -1;
  let taking = false;
  let at = 0;
  while (at < header.length) {
    const newline = header.indexOf(LF, at);
    const next = newline < 0 ? header.length : newline + 1;
    const last = newline > at && header[newline - 1] === CR ? newline - 1 : newline < 0 ? next : newline;
    const first = header[at];
    if (last <= at) break;
    if (first !== 32 && first !== 9) {
      const take = wanted.has(nameOf(header, at, last)) !== not;
      if (take && !taking) from = at;
      if (!take && taking) pieces.push(header.subarray(from, at));
      taking = take;
    }
    at = next;
  }
  if (taking) pieces.push(header.subarray(from, at));
  const before = pieces.at(-1);
  // A block that was cut off within a line.
  if (before && before[before.length - 1] !== LF) pieces.push(CRLF);
  pieces.push(CRLF);
  return Buffer.concat(pieces);
}
