/**
 * BDAT (RFC 3030): the message in chunks of a told length, without dots. Every chunk is read to its end, also one that
 * is refused: its octets must never be taken for commands.
 */
import { Receiver } from '../receive.ts';
import { farewell, type Reply, reply } from '../replies.ts';
import type { SmtpSession } from '../session.ts';
import type { Sink } from '../wire.ts';
import type { Answer } from './commands.ts';
import { overRate } from './data.ts';

export function bdat(session: SmtpSession, argument: string, refusal?: Reply): Answer {
  const [, digits, last] = /^(\d{1,20})(?:[ \t]+(LAST))?$/i.exec(argument) ?? [];
  const octets = Number(digits);
  // Without a length nobody can tell where the next command begins.
  if (digits === undefined || !Number.isSafeInteger(octets)) {
    return farewell(501, '5.5.4', 'Syntax: BDAT octets [LAST]');
  }
  if (octets > session.context.policy().maxMessageBytes * 2) {
    return farewell(421, '4.3.2', 'Too much mail data, closing');
  }
  const refused = refusal ?? begin(session);
  const sink = refused ? swallow(session, refused) : chunk(session, octets, last !== undefined);
  session.carrier.startChunk(octets, sink);
  // The reply comes behind the chunk.
  return { code: 0, status: null, lines: [], silent: true };
}

function begin(session: SmtpSession): Reply | undefined {
  if (session.state.kind !== 'mail') return undefined;
  const { transaction } = session.state;
  const refusal = overRate(session, transaction);
  if (refusal) return refusal;
  session.state = { kind: 'chunks', transaction, receiver: new Receiver(session, transaction) };
  return undefined;
}

function swallow(session: SmtpSession, refusal: Reply): Sink {
  return {
    write: () => undefined,
    async end() {
      session.record.command('BDAT', String(refusal.code));
      await session.carrier.send(await session.pace(refusal));
    },
  };
}

function chunk(session: SmtpSession, octets: number, last: boolean): Sink {
  const state = session.state.kind === 'chunks' ? session.state : undefined;
  const receiver = state?.receiver;
  if (!state || !receiver) return swallow(session, reply(503, '5.5.1', 'A chunk failed, send RSET'));
  return {
    write(piece) {
      const answer = receiver.write(piece);
      return answer instanceof Promise || answer === undefined ? answer : session.carrier.send(answer);
    },
    async end() {
      const answer = last
        ? await receiver.end()
        : (receiver.refusal ?? reply(250, '2.0.0', `${octets} octets`));
      if (last) session.state = { kind: 'ready' };
      else if (answer.code >= 400) session.state = { ...state, receiver: null };
      session.record.command('BDAT', String(answer.code), answer.lines[0]);
      await session.carrier.send(await session.pace(answer));
    },
  };
}
