/**
 * The second step of rules that forward, redirect and answer: each decided letter is made in the rules' thread and goes to
 * the outbox in one transaction with the end of its line.
 *
 * It must never send twice: a line that is gone was carried out, and a line that cannot be made ready ends after some tries
 * with the reason in the letter's log. The next letter is made only when the last one is written, so that a sender who wrote
 * twice at once is answered once.
 */
import { Fault, toFault } from '../../base/errors.ts';
import type { Identity } from '../../contract/mail/identities.ts';
import type { Address } from '../../mail/address.ts';
import { newMessageId } from '../drafts/content.ts';
import { chooseIdentity } from '../identities/choice.ts';
import type { RuleDeps } from './arrivals.ts';
import type { Sending, Written } from './letters.ts';
import type { SendRow } from './reads.ts';

/** Lines read at a time. */
const BATCH = 100;
/** Times a letter is tried to be made ready for sending. */
const TRIES = 5;

/** Every line there is, in its order; wakes the outbox when letters have come into it. */
export async function sendLetters(deps: RuleDeps, closed: () => boolean): Promise<void> {
  const { store } = deps;
  let queued = 0;
  for (let after = 0; !closed(); ) {
    const lines = await store.read('rules.sends', { after, limit: BATCH });
    if (lines.length === 0) break;
    for (const line of lines) {
      if (closed()) return;
      after = line.id;
      try {
        if (await sendOne(deps, line)) queued++;
      } catch (failure) {
        const { code } = toFault(failure);
        if (code === 'cancelled' || code === 'store-closed') throw failure;
        await store.write('rules.sendFailed', { send: line.id, code, most: TRIES });
      }
    }
  }
  if (queued > 0) deps.wakeOutbox();
}

/** true: a letter went to the outbox. */
async function sendOne(deps: RuleDeps, line: SendRow): Promise<boolean> {
  const { store, thread, clock, language, userAgent } = deps;
  const action = JSON.parse(line.action) as Sending;
  const not = async (why: string): Promise<boolean> => {
    await store.write('rules.sent', { send: line.id, letter: null, why, answered: [] });
    return false;
  };
  const sender = await store.read('rules.sender', { message: line.message });
  if (!sender) return not('no-outgoing');
  const found = await store.read('messages.stored', { id: line.message }).catch((failure: unknown) => {
    if (failure instanceof Fault && failure.code === 'no-such-message') return null;
    throw failure;
  });
  if (!found || found.body === 2) return not('letter-gone');
  const bytes = found.blob ? await store.blobs.read(found.blob) : found.head;
  if (!bytes || (!found.blob && action.do !== 'reply')) return not('body-missing');
  const identity = await addressed(deps, sender.account, bytes);
  const from: Address = { name: sender.name, address: sender.address };
  if (identity) Object.assign(from, { name: identity.name, address: identity.address });
  let written: Written | null = null;
  if (action.do === 'reply') {
    const to = found.row.from;
    const last = await store.read('rules.answered', {
      rule: line.rule_id,
      address: to.address.toLowerCase(),
    });
    if (clock.now() - last < action.days * 86_400_000) return not('answered-lately');
    if (action.template !== undefined) {
      written = await filled(deps, action.template, identity?.id ?? null, to, found.row.subject);
      if (!written) {
        await store.write('rules.problem', { id: line.rule_id, code: 'no-such-template', detail: '' });
        return not('no-such-template');
      }
    }
  }
  const made = await thread.call('send', {
    bytes,
    action,
    from,
    organisation: identity?.organisation ?? '',
    written,
    own: sender.own,
    messageId: newMessageId(from),
    date: clock.now(),
    language: await language(),
    userAgent,
  });
  if ('refused' in made) return not(made.refused);
  const { blob, facts, eightBit, to, answered } = made;
  const id = await store.write('rules.sent', {
    send: line.id,
    why: '',
    answered,
    letter: {
      account: sender.account,
      blob,
      facts,
      envelope: { from: made.sender, to, eightBit },
      shownTo: to.map((address) => ({ name: '', address })),
    },
  });
  return id !== null;
}

/** The identity of the account that a letter came to; undefined: the account has none. */
async function addressed(
  { store, thread }: RuleDeps,
  account: number,
  bytes: Uint8Array,
): Promise<Identity | undefined> {
  const identities = (await store.read('identities.list')).filter((each) => each.account === account);
  const recipients = identities.length < 2 ? [] : await thread.call('cameTo', { bytes });
  return chooseIdentity({ identities, account, recipients });
}

/** A template for one letter; null: it is not there any more. */
async function filled(
  { store, signatures }: RuleDeps,
  id: number,
  identity: number | null,
  to: Address,
  subject: string,
): Promise<Written | null> {
  try {
    const template = await signatures.fillTemplate({ id, identity, recipients: [to], subject });
    const files = await store.read('holder.files', { holder: 'templates', id });
    return {
      subject: template.subject,
      html: template.plain ? null : template.html,
      text: template.text,
      files: await Promise.all(
        files.map(async ({ name, type, inline, contentId, hash }) => ({
          name,
          type,
          content: await store.blobs.read(Buffer.from(hash, 'hex')),
          ...(contentId === '' ? {} : { inline, contentId }),
        })),
      ),
    };
  } catch (failure) {
    if (toFault(failure).code === 'no-such-template') return null;
    throw failure;
  }
}
