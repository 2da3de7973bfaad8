/** The last steps before a letter goes out: canonical line ends, and no blind recipients on the wire. */

/** Every line end as CRLF (RFC 5321 section 2.3.8); the same array when nothing has to change. */
export function toCrlf(bytes: Uint8Array): Uint8Array {
  let missing = 0;
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] === 10 && bytes[i - 1] !== 13) missing++;
    else if (bytes[i] === 13 && bytes[i + 1] !== 10) missing++;
  }
  if (missing === 0) return bytes;
  const out = new Uint8Array(bytes.length + missing);
  let at = 0;
  for (let i = 0; i < bytes.length; i++) {
    const octet = bytes[i] as number;
    if (octet === 10 && bytes[i - 1] !== 13) out[at++] = 13;
    out[at++] = octet;
    if (octet === 13 && bytes[i + 1] !== 10) out[at++] = 10;
  }
  return out;
}

function startsField(bytes: Uint8Array, at: number, name: string): boolean {
  for (let i = 0; i < name.length; i++)
    if (((bytes[at + i] ?? 0) | 32) !== (name.charCodeAt(i) | 32)) return false;
  let next = at + name.length;
  while (bytes[next] === 32 || bytes[next] === 9) next++;
  return bytes[next] === 0x3a;
}

/** The letter without its Bcc and Resent-Bcc fields (RFC 5322 section 3.6.3); every other octet is the same. */
export const stripBcc = (bytes: Uint8Array): Uint8Array => stripFields(bytes, ['bcc', 'resent-bcc']);

/** The letter without these fields. Only the top header is touched; attached letters keep theirs. */
export function stripFields(bytes: Uint8Array, names: readonly string[]): Uint8Array {
  const cuts: [number, number][] = [];
  let cut = -1;
  let at = 0;
  while (at < bytes.length) {
    const newline = bytes.indexOf(10, at);
    const next = newline < 0 ? bytes.length : newline + 1;
    const first = bytes[at];
    const blank = first === 10 || (first === 13 && bytes[at + 1] === 10);
    const folded = first === 32 || first === 9;
    if (!folded || blank) {
      if (cut >= 0) cuts.push([cut, at]);
      cut = -1;
      if (blank) break;
      if (names.some((name) => startsField(bytes, at, name))) cut = at;
    }
    at = next;
  }
  if (cut >= 0) cuts.push([cut, at]);
  if (cuts.length === 0) return bytes;
  const out = new Uint8Array(bytes.length - cuts.reduce((sum, [from, to]) => sum + to - from, 0));
  let read = 0;
  let write = 0;
  for (const [from, to] of [...cuts, [bytes.length, bytes.length] as [number, number]]) {
    out.set(bytes.subarray(read, from), write);
    write += from - read;
    read = to;
  }
  return out;
}
