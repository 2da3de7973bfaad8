/** Lines of a header written by hand, for the letters that no composer makes: receipts and redirected ones. Pure. */
const utf8 = new TextEncoder();

export const bytesOf = (text: string): Uint8Array => utf8.encode(text);

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** RFC 5322 section 3.3, in UTC: where a person sits is nobody's business. */
export function headerDate(at: number): string {
  const date = new Date(at);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${DAYS[date.getUTCDay()]}, ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}

/** `<id>` without anything that could end it or the field; '' for none. */
export function identifierLine(id: string): string {
  const clean = id.replace(/[^\x21-\x7e]/g, '').replace(/[<>]/g, '');
  return clean === '' ? '' : `<${clean}>`;
}

/** Text as lines of base64, 76 characters each (RFC 2045 section 6.8). */
export function encodedText(text: string): string[] {
  const octets = utf8.encode(text.replace(/\r\n?|\n/g, '\r\n'));
  return btoa(Array.from(octets, (octet) => String.fromCharCode(octet)).join('')).match(/.{1,76}/g) ?? [];
}
