import type { Pop3Session } from '../session.ts';
import { nothing } from './arguments.ts';

/** CAPA (RFC 2449 section 5): differs before TLS, before and after sign-in (rule P3). */
export async function capa(session: Pop3Session, rest: string): Promise<void> {
  nothing(session, 'CAPA', rest);
  const { authenticator } = session.context;
  const lines = ['TOP', 'UIDL', 'RESP-CODES', 'AUTH-RESP-CODE', 'PIPELINING', 'EXPIRE NEVER'];
  if (session.state.name === 'authorization') {
    if (await authenticator.clearTextAllowed(session.signIn)) lines.push('USER');
    const mechanisms = await authenticator.mechanisms(session.signIn);
    if (mechanisms.length > 0) lines.push(`SASL ${mechanisms.join(' ')}`);
    if (!session.connection.encrypted && !session.utf8) lines.push('STLS');
  }
  lines.push('UTF8 USER', 'LANG', 'IMPLEMENTATION Postroom');
  session.ok(session.texts.capabilities);
  session.send(`${lines.join('\r\n')}\r\n.\r\n`);
}
