import type { Pop3Session } from '../session.ts';
import { maildropOf, nothing } from './arguments.ts';

/** RSET (RFC 1939 section 5): no message is marked any more. */
export function rset(session: Pop3Session, rest: string): void {
  nothing(session, 'RSET', rest);
  const maildrop = maildropOf(session);
  maildrop.unmark();
  session.ok(session.texts.maildrop(maildrop.count, maildrop.octets));
}
