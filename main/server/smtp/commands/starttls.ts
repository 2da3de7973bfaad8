/** STARTTLS (RFC 3207). What was read before the handshake is thrown away by the connection. */
import { reply } from '../replies.ts';
import type { SmtpSession } from '../session.ts';
import type { Answer } from './commands.ts';

export function starttls(session: SmtpSession, argument: string): Answer {
  if (argument !== '') return reply(501, '5.5.4', 'No argument is allowed');
  if (session.secure) return reply(503, '5.5.1', 'TLS is active already');
  return { ...reply(220, '2.0.0', 'Ready to start TLS'), startTls: true };
}
