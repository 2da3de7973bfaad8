/**
 * Content-Transfer-Encoding (RFC 2045 section 6): encoded octets to octets. Never throws: junk inside
 * base64 is skipped, a broken `=` in quoted-printable stands for itself, a missing end is accepted.
 * Time is linear and the result is never longer than the input.
 */
const VALUES = new Int8Array(256).fill(-1);
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
for (let i = 0; i < 64; i++) VALUES[ALPHABET.charCodeAt(i)] = i;

/** Value 0-63 of a base64 octet (RFC 4648 section 4), -1 for anything else. */
export function base64Value(octet: number): number {
  return VALUES[octet] as number;
}

export interface Decoded {
  bytes: Uint8Array;
  /** True when the input was not what its encoding promises. */
  bad: boolean;
}

/** End of the base64 line that goes on at `from`, -1 when none does: a list's footer after the padding is none. */
function continuesTo(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && ((bytes[at] as number) <= 32 || bytes[at] === 0x3d)) at++;
  let count = 0;
  for (; at < end; at++) {
    const octet = bytes[at] as number;
    if (octet === 10 || octet === 13) break;
    if (VALUES[octet] === -1 && octet !== 0x3d) return -1;
    if (++count >= 1024) break;
  }
  return count > 0 && count % 4 === 0 ? at : -1;
}

/** Decodes base64 (RFC 2045 section 6.8) in [start, end). */
export function decodeBase64(bytes: Uint8Array, start = 0, end = bytes.length): Decoded {
  return decodeInto(new Uint8Array(Math.ceil(((end - start) * 3) / 4) + 3), bytes, start, end);
}

/**
 * As decodeBase64, but the result takes the place of what was read: a file of hundreds of megabytes needs no memory of its
 * own. What is written never passes what was read, for four octets give three.
 */
export function decodeBase64InPlace(bytes: Uint8Array, start = 0, end = bytes.length): Decoded {
  return decodeInto(bytes.subarray(start, end), bytes, start, end);
}

function decodeInto(out: Uint8Array, bytes: Uint8Array, start: number, end: number): Decoded {
  const values = VALUES;
  let at = 0;
  let bad = false;
  let held = 0;
  let bits = 0;
  // How far the octets after a padding were looked at: each is looked at once.
  let looked = 0;
  let i = start;
  while (i < end) {
    // The usual case, four good octets at once.
    if (held === 0) {
      while (i + 3 < end) {
        const a = values[bytes[i] as number] as number;
        const b = values[bytes[i + 1] as number] as number;
        const c = values[bytes[i + 2] as number] as number;
        const d = values[bytes[i + 3] as number] as number;
        if ((a | b | c | d) < 0) break;
        out[at] = (a << 2) | (b >> 4);
        out[at + 1] = (b << 4) | (c >> 2);
        out[at + 2] = (c << 6) | d;
        at += 3;
        i += 4;
      }
      if (i >= end) break;
    }
    const octet = bytes[i++] as number;
    const value = values[octet] as number;
    if (value >= 0) {
      bits = (bits << 6) | value;
      held++;
      if (held === 4) {
        out[at++] = bits >> 16;
        out[at++] = bits >> 8;
        out[at++] = bits;
        held = 0;
        bits = 0;
      }
    } else if (octet === 0x3d) {
      if (held === 2) out[at++] = bits >> 4;
      else if (held === 3) {
        out[at++] = bits >> 10;
        out[at++] = bits >> 2;
      } else if (held === 1) bad = true;
      held = 0;
      bits = 0;
      if (i >= looked) looked = continuesTo(bytes, i, end);
      if (looked < 0) {
        while (i < end && ((bytes[i] as number) <= 32 || bytes[i] === 0x3d)) i++;
        if (i < end) bad = true;
        return { bytes: out.subarray(0, at), bad };
      }
    } else if (octet > 32) bad = true;
  }
  if (held === 2) out[at++] = bits >> 4;
  else if (held === 3) {
    out[at++] = bits >> 10;
    out[at++] = bits >> 2;
  } else if (held === 1) bad = true;
  return { bytes: out.subarray(0, at), bad };
}

function hex(octet: number | undefined): number {
  if (octet === undefined) return -1;
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  if (octet >= 0x41 && octet <= 0x46) return octet - 0x37;
  if (octet >= 0x61 && octet <= 0x66) return octet - 0x57;
  return -1;
}

/** Decodes quoted-printable (RFC 2045 section 6.7) in [start, end): soft breaks, spaces before a line end. */
export function decodeQuotedPrintable(bytes: Uint8Array, start = 0, end = bytes.length): Decoded {
  const out = new Uint8Array(end - start);
  let at = 0;
  let bad = false;
  let i = start;
  while (i < end) {
    const octet = bytes[i] as number;
    if (octet === 0x3d) {
      const high = i + 1 < end ? hex(bytes[i + 1]) : -1;
      const low = i + 2 < end ? hex(bytes[i + 2]) : -1;
      if (high >= 0 && low >= 0) {
        out[at++] = (high << 4) | low;
        i += 3;
        continue;
      }
      // A soft break; gateways leave blanks before the line end.
      let next = i + 1;
      while (next < end && (bytes[next] === 32 || bytes[next] === 9)) next++;
      if (next >= end) {
        i = next;
        continue;
      }
      if (bytes[next] === 13 && bytes[next + 1] === 10) {
        i = next + 2;
        continue;
      }
      if (bytes[next] === 10 || bytes[next] === 13) {
        i = next + 1;
        continue;
      }
      bad = true;
      out[at++] = octet;
      i++;
    } else if (octet === 10 || octet === 13) {
      // Rule 3: blanks at the end of an encoded line were added on the way. Encoded ones (=20) are data,
      // and a coded octet before the blanks is recognised by looking at the input, not at the output.
      let back = i - 1;
      while (back >= start && (bytes[back] === 32 || bytes[back] === 9)) back--;
      at -= i - 1 - back;
      out[at++] = octet;
      i++;
      if (octet === 13 && i < end && bytes[i] === 10) {
        out[at++] = 10;
        i++;
      }
    } else {
      out[at++] = octet;
      i++;
    }
  }
  return { bytes: out.subarray(0, at), bad };
}

/**
 * Decodes the x-uuencode body lines in [start, end), from after `begin` (or the line itself) to `end`.
 * Reads POSIX uuencode with the space or the grave accent for zero.
 */
export function decodeUuencode(bytes: Uint8Array, start = 0, end = bytes.length): Decoded {
  const out = new Uint8Array(end - start + 3);
  let at = 0;
  let bad = false;
  let i = start;
  while (i < end) {
    let stop = bytes.indexOf(10, i);
    if (stop < 0 || stop > end) stop = end;
    let last = stop;
    if (last > i && bytes[last - 1] === 13) last--;
    const count = ((bytes[i] as number) - 32) & 63;
    const word = last - i;
    const begins = word > 6 && bytes[i] === 0x62 && bytes[i + 1] === 0x65 && bytes[i + 2] === 0x67;
    const ends = word === 3 && bytes[i] === 0x65 && bytes[i + 1] === 0x6e && bytes[i + 2] === 0x64;
    if (ends) break;
    if (!begins && word > 0 && count > 0) {
      if ((bytes[i] as number) < 32 || (bytes[i] as number) > 96) bad = true;
      const stopAt = at + count;
      for (let j = i + 1; at < stopAt; j += 4) {
        if (j >= last) {
          // Trailing spaces (zeros) were stripped on the way; more than one group missing is damage.
          if (stopAt - at > 3) bad = true;
          at = Math.min(stopAt, out.length);
          break;
        }
        const a = j < last ? ((bytes[j] as number) - 32) & 63 : 0;
        const b = j + 1 < last ? ((bytes[j + 1] as number) - 32) & 63 : 0;
        const c = j + 2 < last ? ((bytes[j + 2] as number) - 32) & 63 : 0;
        const d = j + 3 < last ? ((bytes[j + 3] as number) - 32) & 63 : 0;
        out[at++] = (a << 2) | (b >> 4);
        if (at < stopAt) out[at++] = (b << 4) | (c >> 2);
        if (at < stopAt) out[at++] = (c << 6) | d;
      }
    }
    i = stop + 1;
  }
  return { bytes: out.subarray(0, Math.min(at, out.length)), bad };
}

/** Decodes [start, end) by the name of its encoding; an unknown name means the octets as they are. */
export function decodeTransfer(bytes: Uint8Array, encoding: string, start = 0, end = bytes.length): Decoded {
  switch (encoding) {
    case 'base64':
      return decodeBase64(bytes, start, end);
    case 'quoted-printable':
      return decodeQuotedPrintable(bytes, start, end);
    case 'x-uuencode':
    case 'x-uue':
    case 'uuencode':
      return decodeUuencode(bytes, start, end);
    default:
      return { bytes: bytes.subarray(start, end), bad: false };
  }
}

/** Octets that decodeBase64 would give for [start, end), without making them. */
export function base64Length(
  bytes: Uint8Array,
  start: number,
  end: number,
): { length: number; bad: boolean } {
  const values = VALUES;
  let count = 0;
  let bad = false;
  for (let line = start; line < end; ) {
    const newline = bytes.indexOf(10, line);
    const stop = newline < 0 || newline > end ? end : newline;
    const last = stop > line && bytes[stop - 1] === 13 ? stop - 1 : stop;
    // A whole line at once: its values joined are negative when any of them is.
    let joined = 0;
    for (let i = line; i < last; i++) joined |= values[bytes[i] as number] as number;
    if (joined >= 0) count += last - line;
    else
      for (let i = line; i < last; i++) {
        const octet = bytes[i] as number;
        if ((values[octet] as number) >= 0) count++;
        else if (octet === 0x3d) {
          // Padding is last in all but odd cases; those are decoded for real.
          let at = i;
          while (at < end && ((bytes[at] as number) <= 32 || bytes[at] === 0x3d)) at++;
          if (at >= end) return { length: Math.floor((count * 3) / 4), bad: bad || count % 4 === 1 };
          const whole = decodeBase64(bytes, start, end);
          return { length: whole.bytes.length, bad: whole.bad };
        } else if (octet > 32) bad = true;
      }
    line = stop + 1;
  }
  return { length: Math.floor((count * 3) / 4), bad: bad || count % 4 === 1 };
}
