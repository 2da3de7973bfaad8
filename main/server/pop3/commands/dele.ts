import type { Pop3Session } from '../session.ts';
import { maildropOf, messageNumber } from './arguments.ts';

/** DELE n (RFC 1939 section 5): a mark; QUIT carries it out. */
export function dele(session: Pop3Session, rest: string): void {
  const number = messageNumber(session, rest);
  maildropOf(session).mark(number);
  session.ok(session.texts.deleted(number));
}
