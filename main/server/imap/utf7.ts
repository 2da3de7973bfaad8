/**
 * Modified UTF-7 of mailbox names (RFC 3501 section 5.1.3): printable ASCII is itself, `&` is `&-`, everything else
 * is base64 of UTF-16BE between `&` and `-`, with `,` for `/` and no padding.
 */

/** @param name any Unicode text. */
export function encodeUtf7(name: string): string {
  return name.replace(/&|[^\x20-\x7e]+/g, (run) => {
    if (run === '&') return '&-';
    const octets = Buffer.alloc(run.length * 2);
    for (let at = 0; at < run.length; at += 1) octets.writeUInt16BE(run.charCodeAt(at), at * 2);
    return `&${octets.toString('base64').replace(/=+$/, '').replaceAll('/', ',')}-`;
  });
}

/**
 * @returns undefined for octets outside printable ASCII, a shift that does not end or holds half a character, and
 *   lone surrogates. Superfluous shifts are read; isCanonical() finds them.
 */
export function decodeUtf7(text: string): string | undefined {
  if (/[^\x20-\x7e]/.test(text)) return undefined;
  let out = '';
  for (let at = 0; at < text.length; ) {
    const shift = text.indexOf('&', at);
    if (shift < 0) return out + text.slice(at);
    out += text.slice(at, shift);
    const end = text.indexOf('-', shift);
    if (end < 0) return undefined;
    if (end === shift + 1) out += '&';
    else {
      const run = decodeShift(text.slice(shift + 1, end));
      if (run === undefined) return undefined;
      out += run;
    }
    at = end + 1;
  }
  return out;
}

function decodeShift(coded: string): string | undefined {
  if (!/^[A-Za-z0-9+,]+$/.test(coded)) return undefined;
  const octets = Buffer.from(coded.replaceAll(',', '/'), 'base64');
  // At most five bits are left over, and they are zero; a whole sextet more would be half a character.
  if (octets.length === 0 || octets.length % 2 !== 0 || Math.ceil((octets.length * 8) / 6) !== coded.length)
    return undefined;
  let out = '';
  for (let at = 0; at < octets.length; at += 2) out += String.fromCharCode(octets.readUInt16BE(at));
  return out.isWellFormed() ? out : undefined;
}

/** True when the encoding is the only right one: no superfluous shift, no encoded printable ASCII (rule I34). */
export function isCanonicalUtf7(text: string): boolean {
  const name = decodeUtf7(text);
  return name !== undefined && encodeUtf7(name) === text;
}
