import { Fault } from '../../../base/errors.ts';
import type { Pop3Session } from '../session.ts';
import { requireProtection } from './sign-in.ts';

/** USER name (RFC 1939 section 7). Always +OK: who exists is nobody's business (rule P4). */
export async function user(session: Pop3Session, rest: string, line: Uint8Array): Promise<void> {
  await requireProtection(session);
  if (rest.trim() === '') throw new Fault('syntax', 'argument', session.texts.nameWanted);
  // Names are UTF-8 (RFC 6856 section 2.1); ASCII is the same octets.
  session.state = { name: 'authorization', user: Buffer.from(line.subarray(5)).toString('utf8').trim() };
  session.ok(session.texts.nameAccepted);
}
