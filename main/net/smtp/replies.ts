/** What SMTP replies and the wire's errors mean to us. Pure. */
import { Fault } from '../../base/errors.ts';
import { connectionFault, type Endpoint, socketFault } from '../failure.ts';
import type { Security } from './session.ts';

/** The fields nodemailer adds to its errors. */
export interface WireError extends Error {
  code?: string;
  originalCode?: string;
  command?: string;
  response?: string;
  responseCode?: number;
  recipient?: string;
  rejectedErrors?: WireError[];
  timeoutType?: string;
}

/** Three digits at the start of a reply; 0: there are none. */
export function replyCode(reply: string | undefined): number {
  const code = Number(/^([2-5]\d\d)(?:[ -]|$)/.exec(reply ?? '')?.[1]);
  return Number.isInteger(code) ? code : 0;
}

/** A multi-line reply as the person reads it: codes once, lines joined. */
export function replyText(reply: string | undefined): string {
  return (reply ?? '')
    .split(/\r?\n/)
    .map((line, at) => (at === 0 ? line.replace(/^(\d{3})-/, '$1 ') : line.replace(/^\d{3}[ -]/, '')))
    .join(' ')
    .trim()
    .slice(0, 2000);
}

/** RFC 5321 section 4.2.1. 552 to a recipient means "too many", as 452 does (section 4.5.3.1.10). */
export function isTemporary(code: number, toRecipient = false): boolean {
  return (code >= 400 && code < 500) || (toRecipient && code === 552);
}

/** Sign-in refused for good: RFC 4954 section 6. 454 and 4xx are troubles of the server. */
export function isWrongPassword(code: number): boolean {
  return code === 535 || code === 534 || code === 530 || code === 550;
}

/** A failure between dialling and the end of the sign-in. */
export function setupFault(failure: unknown, endpoint: Endpoint, security: Security): Fault {
  if (failure instanceof Fault) return failure;
  const error = failure as WireError;
  // The sign-in throws Faults, which the wire hands on as they are or wraps as a cause.
  if (error?.cause instanceof Fault) return error.cause;
  const reply = replyText(error?.response);
  const code = error?.responseCode ?? replyCode(error?.response);
  const fault = (which: Parameters<typeof connectionFault>[0]) =>
    connectionFault(which, endpoint, { cause: failure, ...(reply ? { detail: { reply } } : {}) });
  if (error?.timeoutType === 'GREETING_TIMEOUT') {
    // A server that waits for TLS says nothing to a client that waits for a greeting.
    return fault(security === 'tls' ? 'timed-out' : 'wrong-port');
  }
  if (error?.code === 'ETIMEDOUT') return fault('timed-out');
  if (code === 421 || (isTemporary(code) && /too many|connection/i.test(reply))) {
    return fault(/too many|limit|concurren/i.test(reply) ? 'too-many-connections' : 'server-error');
  }
  if (error?.command === 'STARTTLS' && code > 0) return fault('no-tls-offered');
  if (error?.command === 'EHLO' && security === 'starttls') return fault('no-tls-offered');
  if (error?.code === 'ETLS') {
    const inner = socketFault({ code: error.originalCode, message: error.message }, endpoint);
    return inner.code === 'server-error' ? fault('tls-failed') : inner;
  }
  // Not a greeting of SMTP: another service listens there ("* OK", "+OK", "HTTP/1.1 400").
  if (error?.code === 'EPROTOCOL' && code === 0) return fault('wrong-port');
  if (code > 0) return fault('server-error');
  return socketFault(failure, endpoint);
}
