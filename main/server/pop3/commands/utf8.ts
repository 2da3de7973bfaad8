import type { Pop3Session } from '../session.ts';
import { nothing } from './arguments.ts';

/** UTF8 (RFC 6856 section 2): headers are sent as they are. */
export function utf8(session: Pop3Session, rest: string): void {
  nothing(session, 'UTF8', rest);
  session.utf8 = true;
  session.ok(session.texts.utf8);
}
