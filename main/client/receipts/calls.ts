/** What receipts, reports and redirected letters cost in octets: run in the ingest pool. */
import type { Address } from '../../mail/address.ts';
import { type Report, readReport } from '../../mail/dsn.ts';
import { readMessage } from '../../mail/message.ts';
import { toCrlf } from '../../mail/outgoing.ts';
import { receiptRequest } from '../../mail/receipt.ts';
import { type Resent, redirectLetter } from '../../mail/resent.ts';
import { prepareBlob } from '../../store/record.ts';
import type { CallContext } from '../../store/threads.ts';
import type { Composed } from '../drafts/letters.ts';
import { readLetter } from '../messages/facts.ts';

export interface ReadReceiptRequest {
  to: Address;
  safe: boolean;
  subject: string;
  messageId: string;
  originalRecipient: string;
  /** Addresses it was written to, lower case: the answer comes from one of them. */
  recipients: string[];
  date: number | null;
}

export const receiptCalls = {
  /** The wish for a receipt that may be answered; null: none. */
  'receipt.read'(input: { bytes: Uint8Array }): ReadReceiptRequest | null {
    const message = readMessage(input.bytes);
    const request = receiptRequest(message);
    if (!request) return null;
    const field = message.headers.find(([name]) => name.toLowerCase() === 'original-recipient');
    return {
      ...request,
      subject: message.subject,
      messageId: message.messageId,
      originalRecipient: field?.[1].trim() ?? '',
      recipients: [...message.to, ...message.cc, ...message.bcc].map((each) => each.address.toLowerCase()),
      date: message.date,
    };
  },
  /** A delivery report or a receipt, with the time it was written; null: an ordinary letter. */
  'report.read'(input: { bytes: Uint8Array }): { report: Report; date: number | null } | null {
    const message = readMessage(input.bytes);
    const report = readReport(input.bytes, message);
    return report ? { report, date: message.date } : null;
  },
  /** A letter with Resent fields in front, ready for the outbox. */
  'redirect.freeze'(input: { bytes: Uint8Array; resent: Resent }, context: CallContext): Composed {
    const bytes = redirectLetter(toCrlf(input.bytes), input.resent);
    const blob = prepareBlob(bytes);
    if (typeof blob.record !== 'string') context.transfer(blob.record.buffer);
    return { blob, facts: readLetter(bytes).facts, eightBit: bytes.some((octet) => octet > 127) };
  },
};
