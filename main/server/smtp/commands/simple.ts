/** RSET, NOOP, QUIT (RFC 5321 section 4.1.1), and the words of RFC 821 that we know and do not offer. */
import { farewell, type Reply, reply } from '../replies.ts';
import type { SmtpSession } from '../session.ts';

const NO_ARGUMENT = reply(501, '5.5.4', 'No argument is allowed');

export function rset(session: SmtpSession, argument: string): Reply {
  if (argument !== '') return NO_ARGUMENT;
  session.reset();
  return reply(250, '2.0.0', 'OK');
}

export function noop(): Reply {
  return reply(250, '2.0.0', 'OK');
}

export function quit(session: SmtpSession, argument: string): Reply {
  if (argument !== '') return NO_ARGUMENT;
  return farewell(221, '2.0.0', `${session.hostname} Service closing transmission channel`);
}

/** SEND, SOML and SAML wrote to a terminal; TURN gave mail to whoever claimed a name (RFC 5321 appendix F). */
export function notOffered(): Reply {
  return reply(502, '5.5.1', 'Command is not offered here');
}
