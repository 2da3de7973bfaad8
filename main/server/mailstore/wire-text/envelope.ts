/**
 * ENVELOPE (RFC 9051 section 7.5.2, rule I53), made once at arrival: a string of octets ready for the wire, also
 * when it holds literals. It never changes for a message, so a client may keep it for ever.
 *
 * Decided: 8-bit values (raw UTF-8 headers, old charsets) and values over 1,000 octets are literals; both are
 * right in rev1 and after UTF8=ACCEPT. Encoded words stay as they are. The first of doubled fields counts.
 */
import { type Field, fieldOf, readHeader } from '../../../mail/header.ts';
import type { Message } from '../../../mail/letter.ts';
import type { Part } from '../../../mail/part.ts';
import { wireAddresses } from './address-list.ts';
import { nstring, unfolded } from './nstring.ts';

function text(fields: readonly Field[], key: string): string {
  const field = fieldOf(fields, key);
  return nstring(field && unfolded(field.raw));
}

/** The ten fields of one header block: date subject from sender reply-to to cc bcc in-reply-to message-id. */
export function envelopeOfFields(fields: readonly Field[]): string {
  const addresses = (key: string) => wireAddresses(fieldOf(fields, key)?.raw);
  const from = addresses('from');
  // RFC 9051 section 7.5.2: Sender and Reply-To that are absent or empty are the same as From.
  const orFrom = (key: string) => {
    const list = addresses(key);
    return list === 'NIL' ? from : list;
  };
  return `(${text(fields, 'date')} ${text(fields, 'subject')} ${from} ${orFrom('sender')} ${orFrom(
    'reply-to',
  )} ${addresses('to')} ${addresses('cc')} ${addresses('bcc')} ${text(fields, 'in-reply-to')} ${text(
    fields,
    'message-id',
  )})`;
}

/** Fields of the header block that a part or letter begins with. */
export function fieldsOfPart(bytes: Uint8Array, part: Part): Field[] {
  return readHeader(bytes, part.headerStart, part.bodyStart).fields;
}

/** ENVELOPE of a whole message. */
export function envelopeOf(bytes: Uint8Array, message: Message): string {
  return envelopeOfFields(fieldsOfPart(bytes, message.tree));
}
