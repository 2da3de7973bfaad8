/**
 * Read receipts (RFC 8098): whether a letter asks for one and may be answered, and the answer's octets. Pure.
 *
 * It must never answer a list, a program or another report, and never say more than that the letter was shown.
 */
import { type Address, encodeAddress, encodeWords, foldWords, isValidAddress } from './address.ts';
import { bytesOf, encodedText, headerDate, identifierLine } from './field-lines.ts';
import type { Message } from './letter.ts';

export interface ReceiptRequest {
  /** Whom the answer goes to; one address, the first of the field. */
  to: Address;
  /**
   * RFC 8098 section 2.1: without a person's word only where the answer goes back to where the letter came from: one
   * address, and the same as Return-Path.
   */
  safe: boolean;
}

const header = (message: Message, name: string): string =>
  message.headers.find(([key]) => key.toLowerCase() === name)?.[1].trim() ?? '';

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** Written to many or by a program: such a letter is never answered (RFC 3834 section 2, RFC 8098 section 2.1). */
export function isBulk(message: Message): boolean {
  return (
    message.listId !== '' ||
    message.listUnsubscribe !== '' ||
    message.autoSubmitted ||
    /^(?:bulk|list|junk)$/i.test(header(message, 'precedence')) ||
    message.tree.type === 'multipart/report'
  );
}

/** The receipt a letter asks for; null when it asks for none or may not be answered. */
export function receiptRequest(message: Message): ReceiptRequest | null {
  const [to, ...more] = message.dispositionNotificationTo.filter((each) => isValidAddress(each.address));
  if (!to || isBulk(message)) return null;
  const field = header(message, 'return-path');
  // RFC 5321 section 4.5.5: an empty one is a bounce's, and nothing is ever sent back about it.
  if (/^<\s*>$/.test(field)) return null;
  const path = field.replace(/^<|>$/g, '').trim();
  return { to, safe: more.length === 0 && path !== '' && same(path, to.address) };
}

export interface ReceiptFacts {
  from: Address;
  to: Address;
  /** Of the answer, without angle brackets. */
  messageId: string;
  /** Milliseconds since 1970 UTC. */
  date: number;
  /** A sentence for a person, and the subject, in the answerer's language. */
  subject: string;
  text: string;
  /** Of the letter that was read, without angle brackets; '' when it has none. */
  originalMessageId: string;
  /** Its Original-Recipient field, if a server wrote one (RFC 8098 section 2.3). */
  originalRecipient: string;
  userAgent: string;
  /** A person said so; false: the settings did (RFC 8098 section 3.2.6). */
  byHand: boolean;
  /** For the parts' border; random. */
  boundary: string;
}

const token = (text: string): string => text.replace(/[^\x20-\x7e]/g, '').trim();

/** RFC 2047 section 2: no line with an encoded word is longer than 76 octets, so the words begin a line of their own. */
function subjectLine(subject: string): string {
  const words = encodeWords(subject.replace(/[\x00-\x1f\x7f]+/g, ' ').trim());
  return words.startsWith('=?') ? `Subject:\r\n ${foldWords(words)}` : `Subject: ${words}`;
}

/** The octets of an answer: multipart/report with the sentence and the machine's lines. CRLF, 7bit. */
export function buildReceipt(facts: ReceiptFacts): Uint8Array {
  const border = `=_receipt_${facts.boundary.replace(/[^A-Za-z0-9]/g, '')}`;
  const about = identifierLine(facts.originalMessageId);
  const person = (address: string): string =>
    /[^\x00-\x7f]/.test(address) ? `utf-8;${encodeURI(address)}` : `rfc822;${token(address)}`;
  const lines = [
    `From: ${encodeAddress(facts.from)}`,
    `To: ${encodeAddress(facts.to)}`,
    subjectLine(facts.subject),
    `Date: ${headerDate(facts.date)}`,
    `Message-ID: ${identifierLine(facts.messageId)}`,
    ...(about === '' ? [] : [`In-Reply-To: ${about}`, `References: ${about}`]),
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=disposition-notification;',
    `\tboundary="${border}"`,
    '',
    `--${border}`,
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...encodedText(facts.text),
    '',
    `--${border}`,
    'Content-Type: message/disposition-notification',
    '',
    `Reporting-UA: ${token(facts.userAgent)}`,
    ...(facts.originalRecipient === '' ? [] : [`Original-Recipient: ${token(facts.originalRecipient)}`]),
    `Final-Recipient: ${person(facts.from.address)}`,
    ...(about === '' ? [] : [`Original-Message-ID: ${about}`]),
    facts.byHand
      ? 'Disposition: manual-action/MDN-sent-manually; displayed'
      : 'Disposition: automatic-action/MDN-sent-automatically; displayed',
    '',
    `--${border}--`,
    '',
  ];
  return bytesOf(lines.join('\r\n'));
}
