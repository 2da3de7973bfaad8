/**
 * What keeps programs from writing to each other for ever: whom a rule does not answer (RFC 3834 section 2, RFC 5230
 * section 4.6) and what it does not send on. Pure. A refusal is a stable code; the log of the letter tells it in words.
 *
 * A letter that a rule sends carries X-Loop with the address that sent it, behind those it came with, so a ring of any
 * number of computers ends where it began.
 */
import { RULE_MOST_HOPS } from '../../base/limits.ts';
import { type Address, isValidAddress, parseAddressList } from '../../mail/address.ts';
import type { MessageHead } from '../../mail/message.ts';

const LOOP = 'x-loop';
/** Names that programs write under (RFC 3834 section 2, RFC 2142). */
const DAEMON =
  /^(mailer-daemon|postmaster|listserv|majordomo|no-?reply|do-?not-?reply|bounces?([+-].*)?|owner-.*|.*-(request|owner|bounces?|relay))@/i;

const values = (head: MessageHead, wanted: string): string[] =>
  head.headers.filter(([name]) => name.toLowerCase() === wanted).map(([, value]) => value.trim());

const first = (head: MessageHead, wanted: string): string => values(head, wanted)[0] ?? '';

/** The marks of those who sent it on, as they stand in the letter. */
export const loopMarks = (head: MessageHead): string[] => values(head, LOOP);

/** Where a delivery failure of this letter goes (RFC 5321 section 4.4): '' for nobody; null: the letter does not say. */
export function returnPath(head: MessageHead): string | null {
  const [last] = values(head, 'return-path');
  if (last === undefined) return null;
  const address = last.replace(/^\s*<|>\s*$/g, '').trim();
  return address === '' || isValidAddress(address) ? address : null;
}

/** A delivery failure, by what it is or by who wrote it. */
function isBounce(head: MessageHead): boolean {
  const type = first(head, 'content-type').toLowerCase();
  if (type.startsWith('multipart/report') && !type.includes('disposition-notification')) return true;
  return (
    returnPath(head) === '' && head.from.some((each) => /^(mailer-daemon|postmaster)@/i.test(each.address))
  );
}

/** Why a letter is not sent on; null: it is. */
export function whyNotSentOn(head: MessageHead, own: readonly string[]): string | null {
  if (loopMarks(head).some((value) => own.includes(value.toLowerCase()))) return 'loop';
  if (values(head, 'received').length > RULE_MOST_HOPS) return 'loop';
  // The failure of what was sent on would be sent on to where it failed.
  return isBounce(head) ? 'bounce' : null;
}

/** Why a letter is not answered by a program; null: it is. */
export function whyNotAnswered(head: MessageHead, own: readonly string[]): string | null {
  const sender = (head.from[0]?.address ?? '').toLowerCase();
  if (!isValidAddress(sender)) return 'no-sender';
  if (own.includes(sender)) return 'own';
  const path = returnPath(head);
  const people = [sender, ...(path === null ? [] : [path]), ...head.sender.map((each) => each.address)];
  if (path === '' || isBounce(head) || people.some((each) => DAEMON.test(each))) return 'automatic';
  if (head.headers.some(([name]) => /^(list-.|x-mailing-list$|mailing-list$)/i.test(name))) return 'list';
  if (/^(bulk|list|junk)\b/i.test(first(head, 'precedence'))) return 'list';
  if (head.autoSubmitted || head.headers.some(([name]) => /^x-auto-?(reply|respond)/i.test(name)))
    return 'automatic';
  if (!/^(none)?$/i.test(first(head, 'x-auto-response-suppress'))) return 'automatic';
  // Who was only copied in blindly, or reads a list, is not whom the writer waits to hear from.
  const resent = ['resent-to', 'resent-cc'].flatMap((name) => values(head, name).flatMap(parseAddressList));
  const named = [...head.to, ...head.cc, ...resent].some((each) => own.includes(each.address.toLowerCase()));
  return named ? whyNotSentOn(head, own) : 'not-to-me';
}

/**
 * Where an answer goes: to whom the letter's failures go, never to Reply-To, which its writer set for people (RFC 3834
 * section 4). The From field stands in where the server keeps no Return-Path.
 */
export function answerTo(head: MessageHead): Address {
  const [from = { name: '', address: '' }] = head.from;
  const path = returnPath(head);
  if (path === null || path === '' || path.toLowerCase() === from.address.toLowerCase()) return from;
  return { name: '', address: path };
}
