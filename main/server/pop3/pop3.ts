/**
 * The POP3 server (RFC 1939, 2449, 2595, 5034, 6856): one person's INBOX as a maildrop.
 *
 * Folder: wire (octets to lines), states (one gate), session (socket, order, deadlines), maildrop (the snapshot),
 * framing (dots and ends), commands/ (one file a command), texts, faults.
 *
 * Invariants:
 * - One POP3 session a maildrop; IMAP sessions and deliveries are never held up by it.
 * - Numbers and sizes of a session never change; messages are removed only by QUIT, all in one transaction.
 * - A size that is said is the number of octets that are sent.
 *
 * It must never tell who exists, take a password in clear where policy forbids it, or keep a message in memory.
 */
import { type Connection, openListener } from '../../net/listener.ts';
import type { OfficeContext, Service, ServiceOptions } from '../context.ts';
import { Pop3Session } from './session.ts';
import { DEFAULT_TEXTS } from './texts.ts';

/** @throws Fault user `port-in-use`, `no-access`, `bad-address`. */
export async function openPop3(context: OfficeContext, options: ServiceOptions): Promise<Service> {
  const { hostname } = await context.directory.office();
  const sessions = new Set<Pop3Session>();
  const accept = (connection: Connection) => {
    const admission = context.guard.admit(connection.ip, 'pop3');
    if (!admission.ok) {
      if (options.implicitTls) connection.destroy('ours');
      else connection.end(`-ERR [SYS/TEMP] ${DEFAULT_TEXTS.busy}\r\n`);
      return;
    }
    const session = new Pop3Session(context, connection, hostname, () => {
      sessions.delete(session);
      admission.release();
    });
    sessions.add(session);
    const greet = () => {
      session.greet().catch((failure: unknown) => {
        context.log.error('pop3-greeting', { failure });
        connection.destroy('error');
      });
    };
    if (options.implicitTls) connection.onSecure = greet;
    else greet();
  };
  const listener = await openListener({
    host: options.host,
    port: options.port,
    implicitTls: options.implicitTls,
    tls: context.tls,
    onConnection: accept,
  });
  return {
    port: listener.port,
    get sessions() {
      return sessions.size;
    },
    async close(graceMs) {
      await listener.close();
      await Promise.all([...sessions].map((session) => session.stop(graceMs)));
    },
  };
}
