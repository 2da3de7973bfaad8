import type { Pop3Session } from '../session.ts';
import { maildropOf, nothing } from './arguments.ts';

/** STAT (RFC 1939 section 5): two numbers and nothing else. */
export function stat(session: Pop3Session, rest: string): void {
  nothing(session, 'STAT', rest);
  const maildrop = maildropOf(session);
  session.ok(`${maildrop.count} ${maildrop.octets}`);
}
