/**
 * Letters sent on as they are. The octets behind the Resent fields are those that came; who gets them stands in the
 * envelope. Each is an outbox letter of its own and can be called back until its delay is over.
 */
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import type { Parsed } from '../../contract/contract.ts';
import type { OutboxItem } from '../../contract/mail/drafts.ts';
import { isValidAddress } from '../../mail/address.ts';
import type { Pool } from '../../store/threads.ts';
import { newMessageId, uniqueAddresses } from '../drafts/content.ts';
import { chooseIdentity } from '../identities/choice.ts';
import type { IngestCalls } from '../messages/ingest.ts';
import type { ClientStore } from '../program.ts';
import { dsnOf, envelopeIdOf } from '../receipts/rows.ts';

export interface RedirectDeps {
  readonly store: ClientStore;
  readonly pool: Pool<IngestCalls>;
  readonly clock: Clock;
  readonly fetchBody: (message: number) => Promise<void>;
  readonly wakeOutbox: () => void;
}

/** @throws Fault user `no-such-message`, `no-recipients`, `bad-recipient`, `no-account`; transient `body-missing` */
export async function redirect(
  deps: RedirectDeps,
  input: Parsed<'messages.redirect'>,
): Promise<OutboxItem[]> {
  const { store, pool, clock, wakeOutbox } = deps;
  const people = [...input.to, ...input.cc, ...input.bcc];
  if (people.length === 0) throw new Fault('user', 'no-recipients', 'The letter has no recipients.');
  const bad = people.find((each) => !isValidAddress(each.address));
  if (bad)
    throw new Fault('user', 'bad-recipient', 'An address cannot be right.', {
      detail: { address: bad.address || bad.name },
    });
  const identities = await store.read('identities.list');
  const items: OutboxItem[] = [];
  for (const id of input.ids) {
    const { blob, account } = await octetsOf(deps, id);
    const sender = chooseIdentity({ identities, account: input.account, holder: account, recipients: [] });
    if (!sender?.sends)
      throw new Fault('user', 'no-account', 'There is no account that this letter can be sent by.');
    const from = { name: sender.name, address: sender.address };
    const now = clock.now();
    const messageId = newMessageId(from);
    const { eightBit, ...composed } = await pool.call('redirect.freeze', {
      bytes: await store.blobs.read(blob),
      resent: { from, to: input.to, cc: input.cc, bcc: input.bcc, date: now, messageId },
    });
    const envid = envelopeIdOf(messageId);
    const made = await store.write('outbox.freeze', {
      account: sender.account,
      sentFolder: sender.sentFolder,
      draft: null,
      ...composed,
      envelope: {
        from: from.address,
        to: uniqueAddresses(people),
        eightBit,
        ...(envid ? { dsn: dsnOf(false, envid) } : {}),
      },
      shownTo: people.slice(0, 1000),
      notBefore: now + input.delay * 1000,
      scheduled: false,
      purpose: 'redirect',
      messageId,
    });
    items.push(await store.read('outbox.item', { id: made }));
  }
  wakeOutbox();
  return items;
}

async function octetsOf({ store, fetchBody }: RedirectDeps, id: number) {
  for (const last of [false, true]) {
    const found = await store.read('drafts.original', { message: id });
    if (!found)
      throw new Fault('user', 'no-such-message', 'This letter no longer exists.', { detail: { id } });
    if (found.blob) return { account: found.account, blob: found.blob };
    if (!last) await fetchBody(id);
  }
  throw new Fault('transient', 'body-missing', 'The text of this letter is not here yet.', {
    detail: { id },
  });
}
