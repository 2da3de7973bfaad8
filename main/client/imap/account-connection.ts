/** A connection of an account: its settings and password as they are now. */
import { Fault } from '../../base/errors.ts';
import { type Connection, openConnection } from './connection.ts';
import type { EngineParts } from './engine.ts';
import type { ImapAccount } from './reads.ts';
import type { ConnectionEvents } from './wire.ts';

/** @throws Fault `wrong-password` where no password is kept; else as openConnection. */
export async function connectAccount(
  parts: EngineParts,
  { id, server }: ImapAccount,
  signals: AbortSignal[],
  events: ConnectionEvents,
): Promise<Connection> {
  const password = await parts.secrets.get(`account:${id}:password`);
  if (password === null) {
    throw new Fault('user', 'wrong-password', 'The password is not known.', {
      detail: { host: server.host, port: server.port, missing: true },
    });
  }
  const alert = (text: string) => parts.notify.notice('warning', 'server-alert', { text, host: server.host });
  return openConnection({
    server,
    password,
    trusted: parts.trusted,
    clock: parts.clock,
    ...(parts.authorities ? { authorities: parts.authorities } : {}),
    signal: AbortSignal.any(signals),
    events: { ...events, alert },
  });
}
