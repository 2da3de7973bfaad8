/**
 * The IMAP server of the office (RFC 3501 with the extensions of capabilities.ts; protocol rules section 4).
 * wire.ts turns octets into commands, states.ts lets them through, commands/ do the work, session.ts and loop.ts
 * carry one connection; this file listens and knows who is there.
 *
 * It must never read the store's tables, decide who may sign in, or keep a mailbox's content in memory.
 */
import { openListener } from '../../net/listener.ts';
import type { OfficeContext, Service, ServiceOptions } from '../context.ts';
import type { Admission } from '../guard/guard.ts';
import { Session } from './session.ts';

/** @throws Fault user `port-in-use`, `no-access` or `bad-address`. */
export async function openImap(context: OfficeContext, options: ServiceOptions): Promise<Service> {
  const sessions = new Set<Session>();
  let empty: (() => void) | null = null;
  let admitted: Admission | undefined;
  const gauge = () => context.records.meters.gauge('imap_open', sessions.size);
  const listener = await openListener({
    ...options,
    tls: context.tls,
    refuse(ip) {
      admitted = context.guard.admit(ip, 'imap');
      if (admitted.ok) return undefined;
      context.records.meters.count('imap_refused');
      // Rule G13; a banned peer learns no more than a crowded one.
      return { farewell: '* BYE [UNAVAILABLE] There is no room for you now, try later.\r\n' };
    },
    onConnection(connection) {
      // refuse() has just been asked for this very socket.
      const release = admitted?.ok ? admitted.release : () => {};
      admitted = undefined;
      const session = new Session(context, connection, context.records.open('imap', connection.ip), () => {
        sessions.delete(session);
        release();
        gauge();
        if (sessions.size === 0) empty?.();
      });
      sessions.add(session);
      gauge();
      const begin = () => session.begin().catch((failure: unknown) => session.fail(failure));
      if (options.implicitTls) connection.onSecure = begin;
      else void begin();
    },
  });
  return {
    port: listener.port,
    get sessions() {
      return sessions.size;
    },
    async close(graceMs) {
      await listener.close();
      if (sessions.size === 0) return;
      const gone = new Promise<void>((resolve) => {
        empty = resolve;
      });
      for (const session of sessions) session.shutDown();
      const stop = context.clock.after(graceMs, () => {
        for (const session of [...sessions]) session.connection.destroy();
      });
      await gone;
      stop();
    },
  };
}
