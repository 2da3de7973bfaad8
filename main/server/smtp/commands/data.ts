/** DATA (RFC 5321 section 4.1.1.4). The gate has seen that there is a recipient. */
import { Receiver } from '../receive.ts';
import { INTERNAL, type Reply, reply } from '../replies.ts';
import type { SmtpSession } from '../session.ts';
import type { Transaction } from '../states.ts';
import { comeAgain } from './rcpt.ts';

export function data(session: SmtpSession, argument: string): Reply {
  if (argument !== '') return reply(501, '5.5.4', 'No argument is allowed');
  if (session.state.kind !== 'mail') return INTERNAL;
  const { transaction } = session.state;
  const refusal = overRate(session, transaction);
  if (refusal) return refusal;
  const receiver = new Receiver(session, transaction);
  session.state = { kind: 'chunks', transaction, receiver };
  session.carrier.startMessage({
    write(piece) {
      const answer = receiver.write(piece);
      return answer instanceof Promise || answer === undefined ? answer : session.carrier.send(answer);
    },
    async end() {
      const answer = await receiver.end();
      session.state = { kind: 'ready' };
      session.record.command('message', String(answer.code), answer.lines[0]);
      await session.carrier.send(await session.pace(answer));
    },
  });
  return reply(354, null, 'Start mail input; end with <CRLF>.<CRLF>');
}

/** Rule S54, for a person: counted once a message, when its recipients are known; rule S55 for a stranger's notices. */
export function overRate(session: SmtpSession, transaction: Transaction): Reply | undefined {
  if (transaction.deferred > 0) {
    session.reset();
    return comeAgain(transaction.deferred);
  }
  if (!session.person) return undefined;
  const verdict = session.context.guard.submission(session.person.id, transaction.recipients.size);
  if (verdict.ok) return undefined;
  session.reset();
  return reply(450, '4.7.1', `Too many messages or recipients, try again in ${verdict.retrySeconds} s`);
}
