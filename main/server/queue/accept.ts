/**
 * Taking letters over: one write a letter, durable when it resolves (rule G10). The relay, the reports and everything
 * an administrator does with the queue work on the rows that are left here.
 *
 * It must never answer before the commit, and never read a letter's octets: what is kept of it was made at arrival.
 */
import { createHash } from 'node:crypto';
import { domainToASCII } from 'node:url';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Migration } from '../../store/program.ts';
import type { Store } from '../../store/store.ts';
import { takePacked } from '../mailstore/prepared.ts';
import type { AcceptInput, acceptWrites } from './accept-rows.ts';
import type { Acceptance, Accepted, AcceptingQueue } from './queue.ts';
import { addStep, type traceReads } from './steps.ts';

export { addStep };

/** What this room needs of the office's program. */
export interface AcceptProgram {
  readonly schemaName: string;
  readonly migrations: readonly Migration[];
  readonly writes: typeof acceptWrites;
  readonly reads: typeof traceReads;
}

export interface AcceptParts {
  readonly store: Store<AcceptProgram>;
  readonly clock: Clock;
  readonly log: Log;
  /** Told after a commit that left something for the relay or a report to write. */
  readonly onQueued?: () => void;
}

export function openAcceptance({ store, clock, log, onQueued }: AcceptParts): AcceptingQueue {
  return {
    async accept(acceptance) {
      const { letter, transfer, settled } = takePacked(acceptance.message);
      const now = clock.now();
      const input: AcceptInput = {
        ...factsOf(acceptance),
        letter,
        now,
        zone: -new Date(now).getTimezoneOffset(),
      };
      const { queued, ...accepted } = await store.write('queue.accept', input, { transfer }).finally(settled);
      tell(log, acceptance, accepted);
      // The relay and the reports look by writing: a letter that only went into mailboxes must not cost that.
      if (queued) onQueued?.();
      return accepted;
    },
    trace: (filter) => store.read('queue.trace', filter),
  };
}

function tell(log: Log, { queueId, session, envelope, local, remote }: Acceptance, accepted: Accepted): void {
  if (accepted.repeated) log.info('repeated', { session, queueId, first: accepted.queueId });
  else {
    const { sender } = envelope;
    log.info('accepted', { session, queueId, sender, local: local.length, remote: remote.length });
  }
}

function factsOf(acceptance: Acceptance): Omit<AcceptInput, 'letter' | 'now' | 'zone'> {
  const { message, envelope } = acceptance;
  return {
    queueId: acceptance.queueId,
    skip: acceptance.skip,
    sender: envelope.sender,
    envelopeId: envelope.envelopeId,
    return: envelope.return,
    smtpUtf8: envelope.smtpUtf8,
    eightBit: message.eightBit,
    longestLine: message.longestLine,
    subject: message.subject,
    messageId: message.messageId,
    person: acceptance.personId,
    session: acceptance.session,
    local: acceptance.local,
    remote: acceptance.remote.map((each) => ({ ...each, domain: destinationOf(each.address) })),
    reported: acceptance.reported ?? null,
    seen: acceptance.idempotent ? fingerprint(acceptance) : null,
  };
}

/** One destination for all spellings of a domain. */
function destinationOf(address: string): string {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return (domain.startsWith('[') ? domain : domainToASCII(domain) || domain).toLowerCase();
}

/** Rule S58. Without a Message-ID nothing can be known again. */
function fingerprint({ message, envelope, personId, local, remote }: Acceptance): Uint8Array | null {
  if (message.messageId === '' || personId === null) return null;
  const recipients = [
    ...new Set([...local.map(({ recipient }) => recipient), ...remote.map(({ address }) => address)]),
  ];
  const text = JSON.stringify([
    personId,
    message.messageId,
    envelope.sender.toLowerCase(),
    recipients.map((each) => each.toLowerCase()).sort(),
  ]);
  return createHash('sha256').update(text).digest();
}
