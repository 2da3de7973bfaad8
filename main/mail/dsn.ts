/** Delivery reports (RFC 3464) and read receipts (RFC 8098) recognised and read. Never throws. */

import { readHead, readMessageIds } from './head.ts';
import { type Field, fieldOf, readHeader } from './header.ts';
import type { Message } from './letter.ts';
import type { Part } from './part.ts';
import { decodeTransfer } from './transfer.ts';
import { decodeWords } from './words.ts';

export interface ReportedRecipient {
  /** Address the report is about, as the sender wrote it where that is known. */
  address: string;
  finalAddress: string;
  /** Lower case: failed, delayed, delivered, relayed, expanded; '' when missing. */
  action: string;
  /** Enhanced status code, 5.1.1; '' when missing. */
  status: string;
  /** The other server's words. */
  diagnostic: string;
  remoteMta: string;
}

export interface Report {
  kind: 'delivery' | 'receipt';
  reportingMta: string;
  recipients: ReportedRecipient[];
  /** Lower case: displayed, deleted, dispatched, processed, denied, failed; '' for a delivery report. */
  disposition: string;
  /** Message-ID of the letter it is about; '' when the report does not say. */
  originalMessageId: string;
  /** Original-Envelope-Id (RFC 3464 section 2.2.1): the ENVID its sender gave; '' when missing. */
  envelopeId: string;
}

const MAX_RECIPIENTS = 10_000;

function find(part: Part, types: readonly string[]): Part | undefined {
  if (types.includes(part.type)) return part;
  for (const child of part.children) {
    if (part.type.startsWith('message/')) continue;
    const found = find(child, types);
    if (found) return found;
  }
  return undefined;
}

/** Blocks of fields parted by blank lines (RFC 3464 section 2.1). */
function blocks(bytes: Uint8Array): Field[][] {
  const found: Field[][] = [];
  let at = 0;
  while (at < bytes.length && found.length < MAX_RECIPIENTS) {
    const { fields, bodyStart } = readHeader(bytes, at, bytes.length);
    if (fields.length > 0) found.push(fields);
    at = bodyStart > at ? bodyStart : bytes.indexOf(10, at) < 0 ? bytes.length : bytes.indexOf(10, at) + 1;
  }
  return found;
}

function text(fields: readonly Field[], key: string): string {
  return decodeWords(fieldOf(fields, key)?.raw ?? '').trim();
}

/** Drops the `rfc822;` and `dns;` in front of a value. */
function untyped(value: string): string {
  const semicolon = value.indexOf(';');
  return (semicolon >= 0 && semicolon < 30 ? value.slice(semicolon + 1) : value).trim().replace(/^<|>$/g, '');
}

function originalId(bytes: Uint8Array, message: Message): string {
  const returned = find(message.tree, [
    'message/rfc822',
    'message/global',
    'text/rfc822-headers',
    'message/rfc822-headers',
    'message/global-headers',
  ]);
  if (!returned) return '';
  if (returned.message) return returned.message.messageId;
  return readHead(decodeTransfer(bytes, returned.encoding, returned.bodyStart, returned.end).bytes).messageId;
}

/** The report inside a letter; undefined when it is an ordinary letter. */
export function readReport(bytes: Uint8Array, message: Message): Report | undefined {
  const part = find(message.tree, [
    'message/delivery-status',
    'message/global-delivery-status',
    'message/disposition-notification',
    'message/global-disposition-notification',
  ]);
  if (!part) return undefined;
  const found = blocks(decodeTransfer(bytes, part.encoding, part.bodyStart, part.end).bytes);
  if (part.type.includes('disposition')) {
    const fields = found.flat();
    const address = untyped(text(fields, 'final-recipient'));
    const disposition =
      text(fields, 'disposition').split(';').at(-1)?.split('/')[0]?.trim().toLowerCase() ?? '';
    return {
      kind: 'receipt',
      reportingMta: text(fields, 'reporting-ua'),
      recipients: [
        {
          address: untyped(text(fields, 'original-recipient')) || address,
          finalAddress: address,
          action: '',
          status: '',
          diagnostic: text(fields, 'error'),
          remoteMta: '',
        },
      ],
      disposition,
      originalMessageId: readMessageIds(text(fields, 'original-message-id'))[0] ?? originalId(bytes, message),
      envelopeId: '',
    };
  }
  const recipients = found
    .filter(
      (fields) =>
        fieldOf(fields, 'final-recipient') ||
        fieldOf(fields, 'original-recipient') ||
        fieldOf(fields, 'action'),
    )
    .map((fields) => {
      const finalAddress = untyped(text(fields, 'final-recipient'));
      return {
        address: untyped(text(fields, 'original-recipient')) || finalAddress,
        finalAddress,
        action: text(fields, 'action').toLowerCase(),
        status: /\d\.\d{1,3}\.\d{1,3}/.exec(text(fields, 'status'))?.[0] ?? '',
        diagnostic: untyped(text(fields, 'diagnostic-code')),
        remoteMta: untyped(text(fields, 'remote-mta')),
      };
    });
  const own =
    found.find((fields) => fieldOf(fields, 'reporting-mta') || fieldOf(fields, 'original-envelope-id')) ?? [];
  return {
    kind: 'delivery',
    reportingMta: untyped(text(own, 'reporting-mta')),
    recipients,
    disposition: '',
    originalMessageId: originalId(bytes, message),
    envelopeId: text(own, 'original-envelope-id'),
  };
}
