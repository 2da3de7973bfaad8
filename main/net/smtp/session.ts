/**
 * One connection to a submission server: dialled, encrypted as the account says, signed in, and used for
 * one letter after another. nodemailer's SMTPConnection is the wire; this file decides what may happen on it.
 *
 * Never: a password over a connection that is not encrypted unless the person chose so; a silent fall from
 * STARTTLS to clear text (RFC 3207 section 4.1 leaves that to us: it is a failure); a credential before the
 * certificate was judged; a second answer to "did the letter go?" (see submit.ts).
 */
import type { Socket } from 'node:net';
import { isIPv6 } from 'node:net';
import type { TLSSocket } from 'node:tls';
import SMTPConnection from 'nodemailer/lib/smtp-connection';
import { Fault } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { dial } from '../dial.ts';
import { connectionFault } from '../failure.ts';
import type { AuthSetting } from '../sasl.ts';
import { type TlsTrust, type TrustedCertificates, tlsOptions, verifyPeer } from '../tls.ts';
import { setupFault } from './replies.ts';
import { signIn } from './sign-in.ts';

export interface SmtpTimeouts {
  /** ms from the name look-up to the end of the sign-in. */
  readonly setup: number;
  /** ms without a byte afterwards; RFC 5321 section 4.5.3.2.6 wants 10 minutes for the final reply. */
  readonly idle: number;
}
export const SMTP_TIMEOUTS: SmtpTimeouts = { setup: 60_000, idle: 600_000 };

export type Security = 'tls' | 'starttls' | 'none';

/** Where a letter is handed over and how. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  readonly security: Security;
  readonly user: string;
  readonly auth: AuthSetting;
}

export interface SmtpOptions {
  readonly server: SmtpServer;
  readonly password: string;
  readonly trusted: TrustedCertificates;
  readonly log: Log;
  /** Authorities instead of the system's, PEM. */
  readonly authorities?: readonly string[];
  readonly timeouts?: SmtpTimeouts;
  /** What EHLO says; a desktop has no name and gives its address. */
  readonly name?: string;
  /**
   * RFC 7435: towards an MX, TLS is taken where it is offered and its certificate is not judged: the alternative is
   * no TLS at all. Only with `security: 'none'`, never with a sign-in.
   */
  readonly opportunisticTls?: boolean;
  readonly signal?: AbortSignal;
}

/** What the server said it can do (RFC 5321 section 4.1.1.1). */
export interface Extensions {
  readonly eightBitMime: boolean;
  readonly smtpUtf8: boolean;
  readonly dsn: boolean;
  /** Octets of the largest letter; null: not said (RFC 1870). */
  readonly size: number | null;
  /** Most recipients of one letter; null: not said (RFC 9422). */
  readonly recipients: number | null;
  readonly mechanisms: readonly string[];
}

export interface SmtpSession {
  readonly connection: SMTPConnection;
  readonly extensions: Extensions;
  readonly server: SmtpServer;
  /** False once the connection cannot carry another letter. */
  readonly alive: boolean;
  /** Says goodbye if it can; never throws. */
  close(): void;
}

/** The parts of the wire that its types leave out. The exact version is pinned and a test holds these. */
interface Wire {
  _ehloLines?: string[];
  _socket: Socket | false | null;
}

/**
 * @throws Fault with a connection code; certificate faults carry the certificate under `detail.certificate`,
 *   refusals the server's own words under `detail.reply`.
 */
export async function openSession(options: SmtpOptions): Promise<SmtpSession> {
  const { server } = options;
  const endpoint = { host: server.host, port: server.port };
  const timeouts = options.timeouts ?? SMTP_TIMEOUTS;
  const trust: TlsTrust = {
    endpoint,
    trusted: options.trusted,
    ...(options.authorities ? { authorities: options.authorities } : {}),
  };
  const started = performance.now();
  const left = () => Math.max(1, timeouts.setup - (performance.now() - started));
  const socket = await dial({
    endpoint,
    timeout: timeouts.setup,
    ...(server.security === 'tls' ? { tls: trust } : {}),
    ...(options.signal ? { signal: options.signal } : {}),
  });
  const connection = new SMTPConnection({
    host: server.host,
    port: server.port,
    connection: socket,
    secure: server.security === 'tls',
    secured: server.security === 'tls',
    requireTLS: server.security === 'starttls',
    ignoreTLS: server.security === 'none' && !options.opportunisticTls,
    // Judged below, before anything secret is said, so that the certificate can be shown.
    tls: { ...tlsOptions(trust), rejectUnauthorized: false },
    name: options.name ?? addressLiteral(socket.localAddress),
    connectionTimeout: timeouts.setup,
    // Shorter than the whole, so that a silent server is told from a slow one.
    greetingTimeout: Math.ceil(timeouts.setup / 2),
    socketTimeout: timeouts.idle,
    socketCloseTimeout: 2000,
    customAuth: { POSTROOM: (context) => signIn(context, options, extensionsOf(connection).mechanisms) },
    logger: false,
  });
  const wire = connection as unknown as Wire;
  let alive = true;
  connection.on('error', () => {
    alive = false;
  });
  connection.once('end', () => {
    alive = false;
  });
  try {
    await deadline(left(), endpoint, options.signal, connection, (done) => connection.connect(done));
    if (server.security === 'starttls') {
      // RFC 3207 section 4.1: what the peer proved is judged before the session goes on.
      if (!connection.secure || !wire._socket) throw connectionFault('no-tls-offered', endpoint);
      verifyPeer(wire._socket as TLSSocket, trust);
    }
    const extensions = extensionsOf(connection);
    if (server.auth !== 'none' && server.user !== '' && extensions.mechanisms.length > 0) {
      await deadline(left(), endpoint, options.signal, connection, (done) =>
        connection.login({ method: 'POSTROOM', user: server.user, pass: options.password }, done),
      );
    } else if (server.auth !== 'none' && server.auth !== 'auto') {
      throw connectionFault('login-disabled', endpoint);
    }
    return {
      connection,
      extensions,
      server,
      get alive() {
        return alive;
      },
      close() {
        if (alive) connection.quit();
        else connection.close();
        alive = false;
      },
    };
  } catch (failure) {
    connection.close();
    throw setupFault(failure, endpoint, server.security);
  }
}

/** One step of the set-up with the errors the wire reports beside its callback. */
function deadline(
  ms: number,
  endpoint: { host: string; port: number },
  signal: AbortSignal | undefined,
  connection: SMTPConnection,
  step: (done: (failure?: Error | null) => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (failure?: unknown) => {
      clearTimeout(timer);
      connection.removeListener('error', finish);
      connection.removeListener('end', ended);
      signal?.removeEventListener('abort', abort);
      if (failure) reject(failure);
      else resolve();
    };
    const ended = () => finish(new Fault('transient', 'server-error', 'The server closed the connection.'));
    const abort = () => finish(signal?.reason);
    const timer = setTimeout(() => finish(connectionFault('timed-out', endpoint)), ms);
    if (signal?.aborted) return abort();
    signal?.addEventListener('abort', abort, { once: true });
    connection.once('error', finish);
    // A silent close is announced as an end a moment before its error; the error knows more.
    connection.once('end', () => setImmediate(ended));
    step((failure) => finish(failure ?? undefined));
  });
}

function extensionsOf(connection: SMTPConnection): Extensions {
  const lines = ((connection as unknown as Wire)._ehloLines ?? []).map((line) => line.trim());
  const find = (name: string) => lines.find((line) => line.toUpperCase().split(/[ =]/)[0] === name);
  const number = (text: string | undefined) => {
    const value = Number(text);
    return text !== undefined && Number.isSafeInteger(value) && value > 0 ? value : null;
  };
  const mechanisms = lines
    .filter((line) => /^AUTH[ =]/i.test(line))
    .flatMap((line) => line.toUpperCase().split(/[ =]+/).slice(1))
    .filter((name) => name !== '');
  return {
    eightBitMime: find('8BITMIME') !== undefined,
    smtpUtf8: find('SMTPUTF8') !== undefined,
    dsn: find('DSN') !== undefined,
    size: number(find('SIZE')?.split(/\s+/)[1]),
    recipients: number(/\bRCPTMAX=(\d+)/i.exec(find('LIMITS') ?? '')?.[1]),
    mechanisms: [...new Set(mechanisms)],
  };
}

/** RFC 5321 section 4.1.3: a desktop has no name of its own to give; its address says no more than the socket does. */
function addressLiteral(address: string | undefined): string {
  if (!address) return '[127.0.0.1]';
  const plain = address.replace(/^::ffff:/i, '').replace(/%.*$/, '');
  return isIPv6(plain) ? `[IPv6:${plain}]` : `[${plain}]`;
}
