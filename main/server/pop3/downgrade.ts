/**
 * Headers in UTF-8 for a client that did not say UTF8 (RFC 6856 section 2): display names and texts become encoded
 * words (RFC 2047), an address that cannot be written in ASCII becomes an empty group with its name (RFC 6857
 * section 3.1). A header in an unnamed 8-bit charset is left alone: it is not UTF-8, and guessing would change it.
 * The body is never touched.
 */
import { isAscii } from 'node:buffer';
import { encodeAddress, encodeWords, foldWords, parseAddressList } from '../../mail/address.ts';
import { binaryBytes, binaryString, readHeader, unfold } from '../../mail/header.ts';

const ADDRESS_FIELDS = new Set([
  'from',
  'sender',
  'reply-to',
  'to',
  'cc',
  'bcc',
  'resent-from',
  'resent-to',
  'resent-cc',
]);
const HIGH = /[\x80-\xff]/;
const NON_ASCII = /[^\x00-\x7f]/;

/** True for octets above ASCII that are valid UTF-8. */
export function needsDowngrade(header: Uint8Array): boolean {
  if (isAscii(header)) return false;
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(header);
    return true;
  } catch {
    return false;
  }
}

export function downgradeHeader(header: Uint8Array): Uint8Array {
  const { fields } = readHeader(header, 0, header.length);
  let out = '';
  for (const { name, raw } of fields) {
    if (!HIGH.test(raw)) {
      out += `${name}: ${raw}\r\n`;
      continue;
    }
    const text = new TextDecoder().decode(binaryBytes(unfold(raw))).trim();
    out += `${name}: ${ADDRESS_FIELDS.has(name.toLowerCase()) ? addresses(text) : foldWords(encodeWords(text))}\r\n`;
  }
  return binaryBytes(`${out}\r\n`);
}

function addresses(text: string): string {
  return parseAddressList(binaryString(new TextEncoder().encode(text)))
    .map((each) => {
      if (!NON_ASCII.test(each.address)) return encodeAddress(each);
      return `${encodeWords(each.name === '' ? each.address : `${each.name} ${each.address}`)} :;`;
    })
    .join(',\r\n ');
}
