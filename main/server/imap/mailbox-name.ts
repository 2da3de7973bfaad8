/**
 * Mailbox names between the wire and the store (rule I34): inside NFC Unicode with `/` between levels, on the wire
 * modified UTF-7, or plain UTF-8 once the client has said ENABLE UTF8=ACCEPT (RFC 6855).
 */
import { MAILBOX_LEVEL_BYTES, MAILBOX_LEVELS } from '../../base/limits.ts';
import { bad, no } from './faults.ts';
import { decodeUtf7, encodeUtf7, isCanonicalUtf7 } from './utf7.ts';

export const DELIMITER = '/';

const fatalUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * @param pattern true for LIST, where INBOX is no name of its own.
 * @throws Fault syntax for octets that are no UTF-8 in UTF-8 mode; user CANNOT for broken modified UTF-7.
 */
export function decodeMailboxName(octets: Uint8Array, utf8: boolean, pattern = false): string {
  let name: string | undefined;
  if (utf8) {
    try {
      name = fatalUtf8.decode(octets);
    } catch {
      throw bad('A mailbox name is not UTF-8.');
    }
  } else name = decodeUtf7(latin(octets));
  if (name === undefined) throw no('CANNOT', 'The mailbox name is not valid modified UTF-7.');
  return pattern ? name.normalize('NFC') : canonical(name);
}

/** NFC, and INBOX in capitals, also as the first level (RFC 9051 section 5.1). */
export function canonical(name: string): string {
  const plain = name.normalize('NFC');
  return /^inbox(?=\/|$)/i.test(plain) ? `INBOX${plain.slice(5)}` : plain;
}

/**
 * A name to be made by CREATE or RENAME. A trailing delimiter only says that children will follow (I33).
 * Wildcards are ordinary characters of a name (RFC 9051 section 5.1): "100 %" is a name that people give.
 * @throws Fault user CANNOT for encodings that are not the only right one, control characters, empty, too long or
 *   too many levels.
 */
export function newMailboxName(octets: Uint8Array, utf8: boolean): string {
  if (!utf8 && !isCanonicalUtf7(latin(octets)))
    throw no('CANNOT', 'The mailbox name is not valid modified UTF-7.');
  const name = decodeMailboxName(octets, utf8).replace(/\/$/, '');
  if (/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(name))
    throw no('CANNOT', 'A mailbox name must not hold control characters.');
  const levels = name.split(DELIMITER);
  if (levels.length > MAILBOX_LEVELS) throw no('CANNOT', 'The mailbox name has too many levels.');
  for (const level of levels) {
    if (level === '') throw no('CANNOT', 'A level of the mailbox name is empty.');
    if (Buffer.byteLength(level) > MAILBOX_LEVEL_BYTES)
      throw no('CANNOT', 'A level of the mailbox name is too long.');
  }
  return name;
}

/** A name on the wire: an atom where it is one, else quoted, else (above 1,000 octets, rule I3) a literal. */
export function mailboxText(name: string, utf8: boolean): string {
  const coded = utf8 ? name : encodeUtf7(name);
  if (/^[A-Za-z0-9._/#$+=-]+$/.test(coded) && !/^nil$/i.test(coded)) return coded;
  return stringText(coded);
}

/** A string on the wire: quoted, or a literal where a quoted string must not hold it (rule I3). UTF-8 stays. */
export function stringText(text: string): string {
  const length = Buffer.byteLength(text);
  if (length > 1000 || /[\r\n\0]/.test(text)) return `{${length}}\r\n${text}`;
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

function latin(octets: Uint8Array): string {
  return Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString('latin1');
}
