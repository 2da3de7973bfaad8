/**
 * What went wrong between this computer and a mail server, as one Fault with a code of the contract's
 * CONNECTION_ERRORS: each has a sentence of its own for the person, so the codes here are a closed list.
 */
import { Fault, type FaultKind } from '../base/errors.ts';

export type ConnectionCode =
  | 'wrong-password'
  | 'no-route'
  | 'name-not-found'
  | 'connection-refused'
  | 'timed-out'
  | 'wrong-port'
  | 'tls-failed'
  | 'certificate-unknown'
  | 'certificate-changed'
  | 'certificate-antivirus'
  | 'no-tls-offered'
  | 'login-disabled'
  | 'too-many-connections'
  | 'mailbox-in-use'
  | 'login-too-soon'
  | 'server-error'
  | 'offline';

/** Where the connection was going; goes into the Fault's detail for the sentence. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Kind (and so: whether trying again by itself makes sense) and English sentence by code. */
const TABLE: Record<ConnectionCode, { kind: FaultKind; message: (at: string) => string }> = {
  'wrong-password': { kind: 'user', message: (at) => `${at} did not accept the name or the password.` },
  'no-route': { kind: 'transient', message: (at) => `There is no network path to ${at}.` },
  'name-not-found': { kind: 'transient', message: (at) => `The server name in ${at} was not found.` },
  'connection-refused': { kind: 'transient', message: (at) => `${at} refused the connection.` },
  'timed-out': { kind: 'transient', message: (at) => `${at} did not answer in time.` },
  'wrong-port': { kind: 'remote', message: (at) => `${at} does not speak the expected protocol.` },
  'tls-failed': { kind: 'transient', message: (at) => `A secure connection to ${at} could not be made.` },
  'certificate-unknown': { kind: 'user', message: (at) => `The certificate of ${at} is not known.` },
  'certificate-changed': { kind: 'user', message: (at) => `The certificate of ${at} has changed.` },
  'certificate-antivirus': {
    kind: 'user',
    message: (at) => `A program on this computer stands in the secure connection to ${at}.`,
  },
  'no-tls-offered': { kind: 'remote', message: (at) => `${at} does not offer encryption.` },
  'login-disabled': { kind: 'remote', message: (at) => `${at} offers no way to sign in that can be used.` },
  'too-many-connections': { kind: 'transient', message: (at) => `${at} has too many connections.` },
  'mailbox-in-use': { kind: 'transient', message: (at) => `Another program is using the mailbox at ${at}.` },
  'login-too-soon': { kind: 'transient', message: (at) => `${at} asks to wait before the next sign-in.` },
  'server-error': { kind: 'transient', message: (at) => `${at} reported an error.` },
  offline: { kind: 'transient', message: () => 'Postroom is working offline.' },
};

export interface ConnectionFaultOptions {
  /** More facts for the sentence, such as the server's own words under `reply`. */
  detail?: Record<string, unknown>;
  cause?: unknown;
  retryable?: boolean;
}

/** A Fault for one of the codes, naming the server in its sentence and in `detail`. */
export function connectionFault(
  code: ConnectionCode,
  endpoint: Endpoint,
  options: ConnectionFaultOptions = {},
): Fault {
  const { kind, message } = TABLE[code];
  const at = `${endpoint.host}:${endpoint.port}`;
  return new Fault(kind, code, message(at), {
    detail: { host: endpoint.host, port: endpoint.port, ...options.detail },
    ...(options.cause === undefined ? {} : { cause: options.cause }),
    ...(options.retryable === undefined ? {} : { retryable: options.retryable }),
  });
}

const NO_ROUTE = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'ENETDOWN', 'EADDRNOTAVAIL', 'EAI_AGAIN', 'EACCES']);

/** OpenSSL's words for "these bytes are not TLS": a plain-text server behind a TLS setting. */
const NOT_TLS = /WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|RECORD_OVERFLOW|HTTP_REQUEST|UNKNOWN_PROTOCOL/;

/** Any failure of a socket or of a TLS handshake, by its system or OpenSSL code. Faults pass unchanged. */
export function socketFault(failure: unknown, endpoint: Endpoint): Fault {
  if (failure instanceof Fault) return failure;
  // Several addresses were tried: the first one's failure speaks for all.
  const errors = (failure as { errors?: unknown } | null)?.errors;
  const first = Array.isArray(errors) && errors.length > 0 ? errors[0] : failure;
  const {
    code = '',
    message = '',
    originalCode,
  } = (first ?? {}) as {
    code?: string;
    message?: string;
    originalCode?: string;
  };
  const system = originalCode ?? code;
  const fault = (which: ConnectionCode) => connectionFault(which, endpoint, { cause: failure });
  if (system === 'ENOTFOUND' || system === 'ENODATA') return fault('name-not-found');
  if (system === 'ECONNREFUSED') return fault('connection-refused');
  if (NO_ROUTE.has(system)) return fault('no-route');
  if (system === 'ETIMEDOUT' || system === 'ESOCKETTIMEDOUT') return fault('timed-out');
  if (NOT_TLS.test(system) || NOT_TLS.test(message) || /wrong version number/i.test(message)) {
    return fault('wrong-port');
  }
  if (/^ERR_(SSL|TLS)|^EPROTO$/.test(system) || system === 'ETLS') return fault('tls-failed');
  return fault('server-error');
}
