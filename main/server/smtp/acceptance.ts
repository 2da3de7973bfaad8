/** A finished transaction as the queue takes it: each person once, each outside address once. */
import type { LocalTarget } from '../directory/directory.ts';
import type { PreparedMessage } from '../mailstore/mailstore.ts';
import type { Acceptance, LocalRecipient, RemoteRecipient } from '../queue/queue.ts';
import type { SmtpSession } from './session.ts';
import type { Transaction } from './states.ts';

export function acceptanceOf(
  session: SmtpSession,
  transaction: Transaction,
  message: PreparedMessage,
  queueId: string,
  skip: number,
): Acceptance {
  const local: LocalRecipient[] = [];
  const remote: RemoteRecipient[] = [];
  const people = new Set<string>();
  const addresses = new Set<string>();
  for (const each of transaction.recipients.values()) {
    const options = { notify: each.notify, originalRecipient: each.original };
    const targets = each.targets.filter((target) => fresh(people, keyOf(target)));
    if (targets.length > 0) local.push({ recipient: each.address, targets, ...options });
    // RFC 5321 section 3.9.2: reports about members of a list go to who looks after it, not to who wrote.
    const owner = each.list?.owners[0];
    for (const address of each.relayed ? [each.address] : each.remote) {
      if (!fresh(addresses, address.toLowerCase())) continue;
      remote.push({ recipient: each.address, address, ...(owner ? { returnTo: owner } : {}), ...options });
    }
  }
  return {
    message,
    skip,
    envelope: {
      sender: transaction.sender,
      envelopeId: transaction.envelopeId,
      return: transaction.return,
      smtpUtf8: transaction.smtpUtf8,
    },
    local,
    remote,
    queueId,
    personId: session.person?.id ?? null,
    idempotent: session.kind === 'submission',
    session: session.record.id,
  };
}

/** The same person under two folders is one copy: the first recipient named decides the folder. */
function keyOf(target: LocalTarget): string {
  return String(target.personId);
}

function fresh(seen: Set<string>, key: string): boolean {
  if (seen.has(key)) return false;
  seen.add(key);
  return true;
}
