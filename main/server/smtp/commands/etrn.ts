/** ETRN (RFC 1985): starts what waits for a domain. The mail goes where the queue sends it, never down this connection. */
import { type Reply, reply } from '../replies.ts';
import type { SmtpSession } from '../session.ts';

export async function etrn(session: SmtpSession, argument: string): Promise<Reply> {
  const node = /^[@#]?([A-Za-z0-9._-]{1,255})$/.exec(argument)?.[1];
  if (node === undefined) return reply(501, '5.5.4', 'Syntax: ETRN domain');
  if (!session.known) return reply(459, '4.7.1', `Node ${node} not allowed`);
  try {
    const started = await session.context.queue.flush(node);
    if (started === 0) return reply(251, '2.0.0', `OK, no messages waiting for node ${node}`);
    return reply(253, '2.0.0', `OK, ${started} pending messages for node ${node} started`);
  } catch (failure) {
    session.failed('etrn', failure);
    return reply(458, '4.3.0', `Unable to queue messages for node ${node}`);
  }
}
