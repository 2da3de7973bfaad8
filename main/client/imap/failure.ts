/** A server's refusals and a library's errors as Faults: the one table for IMAP (C25, RFC 5530). */
import { Fault } from '../../base/errors.ts';
import { connectionFault, type Endpoint, socketFault } from '../../net/failure.ts';

export interface Refusal {
  status: 'NO' | 'BAD' | 'BYE';
  /** Response code, upper case; '' if there was none. */
  code: string;
  text: string;
}

interface LibraryError {
  code?: string;
  message?: string;
  responseStatus?: string;
  responseText?: string;
  serverResponseCode?: string;
  tlsFailed?: boolean;
  response?: { attributes?: { section?: { value?: unknown }[] }[] } | string;
}

/** The tagged NO or BAD inside a library error, if that is what it is. */
export function refusalOf(failure: unknown): Refusal | undefined {
  const error = failure as LibraryError | null;
  const status = error?.responseStatus;
  if (status !== 'NO' && status !== 'BAD' && status !== 'BYE') return undefined;
  const response = typeof error?.response === 'object' ? error.response : undefined;
  const section = response?.attributes?.[0]?.section?.[0]?.value;
  const code = typeof section === 'string' ? section : (error?.serverResponseCode ?? '');
  return { status, code: code.toUpperCase(), text: error?.responseText ?? '' };
}

const TOO_MANY = /too many|maximum number of connections|connection limit|simultaneous/i;
/** The server's trouble, not ours: worth another try (RFC 5530 section 3). */
const PASSING = new Set(['UNAVAILABLE', 'INUSE', 'SERVERBUG', 'LIMIT', 'CONTACTADMIN', 'EXPIRED']);
const ABSENT = new Set(['NONEXISTENT', 'TRYCREATE']);

/**
 * A refusal as a Fault with the server's own words in `detail.reply`.
 * Codes besides CONNECTION_ERRORS: `refused` (NO), `folder-exists`, `no-such-folder`, `over-quota`,
 * `not-allowed`, `bad-command` (BAD: our mistake).
 */
export function commandFault(refusal: Refusal, endpoint: Endpoint, phase: 'sign-in' | 'command'): Fault {
  const { status, code, text } = refusal;
  const detail = { reply: text, response: code };
  if (TOO_MANY.test(text)) return connectionFault('too-many-connections', endpoint, { detail });
  if (status === 'BYE') return connectionFault('server-error', endpoint, { detail });
  if (phase === 'sign-in') {
    if (code === 'PRIVACYREQUIRED') return connectionFault('login-disabled', endpoint, { detail });
    if (code === 'UNAVAILABLE' || code === 'SERVERBUG' || code === 'INUSE' || code === 'LIMIT') {
      return connectionFault('server-error', endpoint, { detail });
    }
    return connectionFault('wrong-password', endpoint, { detail });
  }
  if (code === 'ALREADYEXISTS') {
    return new Fault('user', 'folder-exists', 'There is a folder of this name already.', { detail });
  }
  if (ABSENT.has(code)) {
    return new Fault('remote', 'no-such-folder', 'The server does not have this folder.', { detail });
  }
  if (code === 'OVERQUOTA') {
    return new Fault('remote', 'over-quota', 'There is no room left on the server.', { detail });
  }
  if (code === 'NOPERM' || code === 'CANNOT') {
    return new Fault('user', 'not-allowed', 'The server does not allow this.', { detail });
  }
  if (PASSING.has(code))
    return new Fault('transient', 'server-error', 'The server cannot do this now.', { detail });
  if (status === 'BAD') {
    return new Fault('internal', 'bad-command', 'The server did not understand a command.', { detail });
  }
  return new Fault('remote', 'refused', `The server refused: ${text}`, { detail });
}

/** Whatever ended a connection or kept it from being made. Faults pass unchanged. */
export function connectionFailure(failure: unknown, endpoint: Endpoint, security?: string): Fault {
  if (failure instanceof Fault) return failure;
  const refusal = refusalOf(failure);
  if (refusal) return commandFault(refusal, endpoint, 'command');
  const { code = '', message = '', tlsFailed } = (failure ?? {}) as LibraryError;
  const make = (which: Parameters<typeof connectionFault>[0]) =>
    connectionFault(which, endpoint, { cause: failure });
  if (tlsFailed && security === 'starttls' && /does not support STARTTLS/i.test(message)) {
    return make('no-tls-offered');
  }
  if (tlsFailed) return make('tls-failed');
  if (code === 'CONNECT_TIMEOUT' || code === 'GREETING_TIMEOUT' || code === 'ETIMEOUT')
    return make('timed-out');
  return socketFault(failure, endpoint);
}
