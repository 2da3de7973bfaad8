/**
 * The SMTP and submission server (RFC 5321, RFC 6409), on npm's smtp-server with a wire, a session and commands of our
 * own. Port 25 takes letters for the office from anybody and relays for those who may; 587 and 465 take letters from
 * people who have signed in.
 *
 * It must never say 250 to a message that is not durable, never relay for strangers, never let what one host reads as
 * one message be two for another (smuggling), and never tell a stranger who lives here beyond the answer to RCPT.
 *
 * Invariants:
 * - wire.ts frames octets and knows no command; states.ts alone says what is allowed now; commands/ answer;
 *   connection.ts is the only file that touches a socket.
 * - After 250 the queue owns the letter; after anything else nothing of it is kept.
 * - Every reply but greeting, HELO, EHLO and 3xx has an enhanced status code (RFC 2034).
 */
import { Fault } from '../../base/errors.ts';
import { listenFault } from '../../net/listener.ts';
import type { OfficeContext, Service, ServiceOptions } from '../context.ts';
import { OfficeSmtpServer } from './server.ts';

export interface SmtpOptions extends ServiceOptions {
  readonly kind: 'smtp' | 'submission';
  /** Names of an address in DNS, for Received (rule S56); without it none is looked up. */
  readonly reverse?: (ip: string) => Promise<string[]>;
  /** Ms that a silent peer is waited for; default SMTP_IDLE_MS. */
  readonly idleMs?: number;
}

/** Ms that a farewell may need to leave this host. */
const LINGER_MS = 500;

/** @throws Fault user `port-in-use`, `no-access` or `bad-address`; `no-postmaster` when nobody answers for the office. */
export async function openSmtp(context: OfficeContext, options: SmtpOptions): Promise<Service> {
  const { kind, implicitTls, reverse, idleMs } = options;
  await requirePostmaster(context);
  const server = new OfficeSmtpServer({ context, kind, implicitTls, reverse, idleMs });
  const port = await listening(server, options.host, options.port);
  return {
    port,
    get sessions() {
      return server.live.size;
    },
    close: (graceMs) => close(server, graceMs),
  };
}

/** Rule S8: who writes to the postmaster of an office must be heard (RFC 5321 section 4.5.1). */
async function requirePostmaster({ directory }: OfficeContext): Promise<void> {
  const route = await directory.route('postmaster', { sender: '', personId: null });
  if (route.kind === 'local') return;
  throw new Fault('user', 'no-postmaster', 'The office needs somebody who gets the mail for postmaster.');
}

function listening(server: OfficeSmtpServer, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const failed = (failure: Error) => reject(listenFault(failure, host, port));
    server.server.once('error', failed);
    server.listen({ host, port, backlog: 511 }, () => {
      server.server.off('error', failed);
      const address = server.server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** Rule G15: idle peers hear 421, running messages are finished, then everything is closed. */
async function close(server: OfficeSmtpServer, graceMs: number): Promise<void> {
  server.server.close();
  for (const socket of server._pendingSockets.values()) socket.destroy();
  for (const connection of server.live) connection.drain();
  await waitFor(server, graceMs, () => [...server.live].every(({ ending }) => ending));
  await waitFor(server, LINGER_MS, () => server.live.size === 0);
  for (const connection of server.live) connection.destroy('shutdown');
  await waitFor(server, LINGER_MS, () => server.live.size === 0);
}

/** Resolves when `done` is true, asked whenever a connection is ending or gone, or after `ms`. */
function waitFor(server: OfficeSmtpServer, ms: number, done: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const finish = () => {
      cancel();
      server.onEnding = () => {};
      resolve();
    };
    const cancel = server.context.clock.after(ms, finish);
    server.onEnding = () => {
      if (done()) finish();
    };
    server.onEnding();
  });
}
