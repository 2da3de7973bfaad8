import type { Pop3Session } from '../session.ts';
import { nothing } from './arguments.ts';

/** NOOP (RFC 1939 section 5). */
export function noop(session: Pop3Session, rest: string): void {
  nothing(session, 'NOOP', rest);
  session.ok();
}
