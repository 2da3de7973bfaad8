/**
 * A letter sent on as it is (RFC 5322 section 3.6.6): the Resent fields of one sending stand together in front of
 * everything, and every octet behind them is as it came, signatures included. Pure.
 */
import { type Address, encodeAddress } from './address.ts';
import { bytesOf, headerDate, identifierLine } from './field-lines.ts';

export interface Resent {
  from: Address;
  to: readonly Address[];
  cc: readonly Address[];
  /** Stands in the copy kept in Sent and is taken out on the way (stripBcc). */
  bcc: readonly Address[];
  /** Milliseconds since 1970 UTC. */
  date: number;
  /** Without angle brackets. */
  messageId: string;
}

const people = (name: string, list: readonly Address[]): string[] =>
  list.length === 0 ? [] : [`${name}: ${list.map(encodeAddress).join(',\r\n ')}`];

/** The letter with the fields of this sending in front. `bytes` has CRLF line ends (toCrlf). */
export function redirectLetter(bytes: Uint8Array, resent: Resent): Uint8Array {
  const fields = [
    `Resent-Date: ${headerDate(resent.date)}`,
    `Resent-From: ${encodeAddress(resent.from)}`,
    ...people('Resent-To', resent.to),
    ...people('Resent-Cc', resent.cc),
    ...people('Resent-Bcc', resent.bcc),
    `Resent-Message-ID: ${identifierLine(resent.messageId)}`,
    '',
  ];
  const head = bytesOf(fields.join('\r\n'));
  const out = new Uint8Array(head.length + bytes.length);
  out.set(head);
  out.set(bytes, head.length);
  return out;
}
