/**
 * Read receipts asked of the person (RFC 8098): whether a letter may be answered, what the settings say, and the answer.
 *
 * It must never answer twice, never answer a list or a program, never answer without a person's word where the answer would
 * go elsewhere than the letter came from, and never wait for a server: the answer is a letter of the outbox.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import type { Identity } from '../../contract/mail/identities.ts';
import type { ReceiptState } from '../../contract/mail/sending.ts';
import { houseOfAddress } from '../../mail/organisation.ts';
import { buildReceipt } from '../../mail/receipt.ts';
import type { Pool } from '../../store/threads.ts';
import { newMessageId } from '../drafts/content.ts';
import type { Language } from '../drafts/wording.ts';
import { chooseIdentity } from '../identities/choice.ts';
import type { IngestCalls } from '../messages/ingest.ts';
import type { ClientStore } from '../program.ts';
import { readSettings } from '../settings.ts';
import type { ReadReceiptRequest } from './calls.ts';
import { receiptWords } from './wording.ts';
import { MDN_SENT } from './writes.ts';

export interface ReceiptDeps {
  readonly store: ClientStore;
  readonly pool: Pool<IngestCalls>;
  readonly clock: Clock;
  readonly fetchBody: (message: number) => Promise<void>;
  readonly wakeOutbox: () => void;
  readonly language: () => Promise<Language>;
  readonly userAgent: string;
}

/** Where a letter's wish is no wish to the person. */
const SILENT: ReadonlySet<string | null> = new Set([
  'sent',
  'drafts',
  'junk',
  'trash',
  'outbox',
  'scheduled',
]);

interface Looked {
  state: ReceiptState;
  request: ReadReceiptRequest | null;
  account: number;
  identities: Identity[];
}

export class Receipts {
  readonly #deps: ReceiptDeps;

  constructor(deps: ReceiptDeps) {
    this.#deps = deps;
  }

  /** @throws Fault user `no-such-message` */
  async state(id: number): Promise<ReceiptState> {
    return (await this.#look(id)).state;
  }

  /**
   * Answers or refuses. A second call finds the first one's answer and does nothing.
   * @throws Fault user `no-such-message`, `no-account`
   */
  async answer(id: number, send: boolean, byHand: boolean): Promise<ReceiptState> {
    const { store, wakeOutbox } = this.#deps;
    const looked = await this.#look(id);
    const { state, request } = looked;
    const open = state.state === 'ask' || state.state === 'send' || (byHand && state.state === 'never');
    // What was not asked by a person goes only where the settings say so.
    if (!open || !request || (send && !byHand && state.state !== 'send')) return state;
    const letter = send ? await this.#letter(request, looked, byHand) : null;
    const first = await store.write('receipts.answer', { message: id, letter });
    if (first && letter) wakeOutbox();
    return this.state(id);
  }

  async #look(id: number): Promise<Looked> {
    const { store, pool } = this.#deps;
    const facts = await store.read('receipts.facts', { message: id });
    if (!facts)
      throw new Fault('user', 'no-such-message', 'This letter no longer exists.', { detail: { id } });
    const identities = await store.read('identities.list');
    const none: Looked = {
      state: { state: 'none', to: '' },
      request: null,
      account: facts.account,
      identities,
    };
    const own = new Set(identities.map((each) => each.address.toLowerCase()));
    if (SILENT.has(facts.role) || own.has(facts.fromAddress.toLowerCase())) return none;
    const found = await store.read('drafts.original', { message: id });
    if (!found?.blob) return none;
    const request = await pool.call('receipt.read', { bytes: await store.blobs.read(found.blob) });
    if (!request) return none;
    const said = (state: ReceiptState['state']): Looked => ({
      ...none,
      state: { state, to: request.to.address },
      request,
    });
    if (facts.answer) return said(facts.answer);
    if (facts.keywords.split(' ').includes(MDN_SENT)) return said('sent');
    const houses = new Set([...own].map(houseOfAddress).filter(Boolean));
    const inside = !facts.outside && houses.has(houseOfAddress(request.to.address));
    const settings = await readSettings(store);
    const policy = inside ? settings.receiptsInside : settings.receiptsOutside;
    if (policy === 'never') return said('never');
    return said(policy === 'always' && request.safe ? 'send' : 'ask');
  }

  async #letter(request: ReadReceiptRequest, { identities, account }: Looked, byHand: boolean) {
    const { clock, pool, userAgent } = this.#deps;
    const { recipients } = request;
    const sender = chooseIdentity({ identities, holder: account, recipients });
    if (!sender?.sends)
      throw new Fault('user', 'no-account', 'There is no account that this letter can be sent by.');
    const from = { name: sender.name, address: sender.address };
    const now = clock.now();
    const bytes = buildReceipt({
      from,
      to: request.to,
      messageId: newMessageId(from),
      date: now,
      ...receiptWords(await this.#deps.language(), { ...request, to: sender.address }),
      originalMessageId: request.messageId,
      originalRecipient: request.originalRecipient,
      userAgent,
      byHand,
      boundary: randomUUID(),
    });
    const { head: _head, eightBit, ...composed } = await pool.call('draft.freeze', { bytes });
    return {
      account: sender.account,
      draft: null,
      ...composed,
      // RFC 8098 section 3: nothing comes back about an answer.
      envelope: { from: '', to: [request.to.address], eightBit },
      shownTo: [request.to],
      notBefore: now,
      scheduled: false,
    };
  }
}
