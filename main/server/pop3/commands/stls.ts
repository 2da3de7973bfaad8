import { Fault } from '../../../base/errors.ts';
import type { Pop3Session } from '../session.ts';
import { nothing } from './arguments.ts';

/** STLS (RFC 2595 section 4). What was read in clear is forgotten (rule G5). */
export async function stls(session: Pop3Session, rest: string): Promise<void> {
  nothing(session, 'STLS', rest);
  if (session.connection.encrypted) throw new Fault('syntax', 'tls', session.texts.tlsOn);
  // RFC 6856 section 2: STLS after UTF8 may be refused; the client's order tells it is confused.
  if (session.utf8) throw new Fault('syntax', 'tls', session.texts.tlsAfterUtf8);
  session.ok(session.texts.beginTls);
  await session.startTls();
}
