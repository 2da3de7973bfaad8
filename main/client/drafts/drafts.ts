/**
 * Letters being written: made from other letters, journalled, copied to the Drafts folder, frozen into the
 * outbox.
 *
 * Invariants: what the person typed is durable when save() resolves; no failure of a server, a parser or the
 * pool loses a draft; a letter is frozen once, from the version the person saw. It must never send anything:
 * that is the outbox's business.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Parsed } from '../../contract/contract.ts';
import type { Draft, DraftContent, OutboxItem } from '../../contract/mail/drafts.ts';
import { isValidAddress } from '../../mail/address.ts';
import type { Pool } from '../../store/threads.ts';
import { chooseIdentity } from '../identities/choice.ts';
import type { IngestCalls } from '../messages/ingest.ts';
import type { ClientStore } from '../program.ts';
import { dsnOf, envelopeIdOf } from '../receipts/rows.ts';
import {
  asIdentity,
  contentOf,
  emptyContent,
  identityOf,
  newMessageId,
  senderOf,
  uniqueAddresses,
} from './content.ts';
import type { Composed } from './letters.ts';
import { parseMailto } from './mailto.ts';
import { type DraftRow, KEPT_MS, type Threading } from './rows.ts';
import { answerToHead } from './to-head.ts';
import type { Language } from './wording.ts';
import type { IncomingAttachment } from './writes.ts';

export interface DraftDeps {
  readonly store: ClientStore;
  readonly pool: Pool<IngestCalls>;
  readonly clock: Clock;
  readonly log: Log;
  /** Gets the octets of a letter known by its header only. */
  readonly fetchBody: (message: number) => Promise<void>;
  /** Something new stands in the outbox. */
  readonly wakeOutbox: () => void;
  readonly userAgent: string;
}

/** A draft rests this long before its copy goes to the Drafts folder. */
const COPY_AFTER_MS = 30_000;
const LOOK_EVERY_MS = 10_000;

export class Drafts {
  readonly #deps: DraftDeps;
  #stops: (() => void)[] = [];
  #copying: Promise<void> = Promise.resolve();
  #closed = false;
  #moved = true;

  constructor(deps: DraftDeps) {
    this.#deps = deps;
  }

  /** Begins to copy resting drafts to their Drafts folders. */
  async start(): Promise<void> {
    const { store, clock } = this.#deps;
    await store.write('drafts.sweep', { before: clock.now() - KEPT_MS });
    this.#stops.push(
      store.changes.on((batch) => {
        if (batch.changes.some((each) => each.kind === 'message')) this.#moved = true;
      }),
    );
    const tick = () => {
      if (this.#closed) return;
      this.copyResting(COPY_AFTER_MS).finally(() => {
        if (!this.#closed) this.#stops.push(clock.after(LOOK_EVERY_MS, tick));
      });
    };
    this.#stops.push(clock.after(LOOK_EVERY_MS, tick));
    // What an end without closing left behind has rested long enough.
    void this.copyResting(0);
  }

  /** Copies every draft that was not touched for `restMs`; failures are logged and tried again later. */
  copyResting(restMs: number): Promise<void> {
    this.#copying = this.#copying.then(async () => {
      const { store, clock, log } = this.#deps;
      try {
        if (this.#moved && (await store.read('drafts.filed')) > 0) {
          this.#moved = false;
          await store.write('drafts.follow', { undo: randomUUID() });
        }
        for (const { id } of await store.read('drafts.uncopied', { before: clock.now() - restMs }))
          await this.#file(id);
      } catch (failure) {
        log.warn('drafts.copy', { failure });
      }
    });
    return this.#copying;
  }

  /** Copies one draft now, if its copy is older than it is. Throws `no-such-draft`. */
  file(id: number): Promise<void> {
    const filed = this.#copying.then(async () => {
      const waiting = await this.#deps.store.read('drafts.uncopied', { before: this.#deps.clock.now() });
      if (waiting.some((each) => each.id === id)) await this.#file(id);
    });
    this.#copying = filed.catch(() => undefined);
    return filed;
  }

  async #file(id: number): Promise<void> {
    const { store } = this.#deps;
    const row = await store.read('drafts.row', { id });
    const { blob, facts } = await this.#compose(row);
    await store.write('drafts.file', { id, version: row.version, blob, facts });
  }

  /** Leaves a copy of every draft behind, as far as that can be done. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const stop of this.#stops.splice(0)) stop();
    await this.copyResting(0);
  }

  async create(input: Parsed<'drafts.create'>): Promise<Draft> {
    const { store } = this.#deps;
    const identities = await store.read('identities.list');
    const first = input.of[0];
    if (input.kind === 'new' || first === undefined) {
      const mailto = parseMailto(input.mailto ?? '');
      const { account, identity } = input;
      const sender = chooseIdentity({ identities, account, identity, recipients: [] });
      const content: DraftContent = {
        ...emptyContent(sender),
        to: mailto.to,
        cc: mailto.cc,
        bcc: mailto.bcc,
        subject: mailto.subject,
        text: mailto.body,
      };
      const threading: Threading = mailto.inReplyTo
        ? { inReplyTo: mailto.inReplyTo, references: [mailto.inReplyTo] }
        : {};
      return this.#insert(input.kind, null, content, [], threading, []);
    }
    const answers = input.kind === 'reply' || input.kind === 'reply-all';
    const own = identities.map((each) => each.address);
    const language = await this.language();
    const head = answers
      ? await answerToHead(this.#deps, { id: first, kind: input.kind, own, language })
      : null;
    if (head) {
      const { material, holder } = head;
      const { recipients, threading, knownDomains } = material;
      const { account, identity } = input;
      const sender = chooseIdentity({ identities, account, identity, holder, recipients });
      return this.#insert(input.kind, first, contentOf(material, sender), [], threading, knownDomains);
    }
    const originals = await Promise.all(input.of.map((id) => this.#original(id)));
    const kind = input.kind === 'forward' && originals.length > 1 ? 'forward-attached' : input.kind;
    const original = originals[0]!;
    const bytes = await store.blobs.read(original.blob);
    if (kind === 'resend') {
      const material = await this.#deps.pool.call('draft.parse', { bytes });
      const sender = senderOf(material, identities, input.account ?? original.account);
      return this.#insert(
        kind,
        null,
        contentOf(material, sender),
        material.attachments,
        material.threading,
        [],
      );
    }
    const material = await this.#deps.pool.call('draft.answer', {
      bytes,
      kind,
      own,
      language,
      ...(input.quote === undefined ? {} : { quote: input.quote }),
      ...(input.attribution === undefined ? {} : { attribution: input.attribution }),
    });
    const { recipients } = material;
    const { account, identity } = input;
    const sender = chooseIdentity({ identities, account, identity, holder: original.account, recipients });
    const attachments: IncomingAttachment[] =
      kind === 'forward-attached' ? await this.#asAttachments(originals) : material.attachments;
    const threading = kind === 'reply' || kind === 'reply-all' ? material.threading : {};
    return this.#insert(
      kind,
      original.id,
      contentOf(material, sender),
      attachments,
      threading,
      material.knownDomains,
    );
  }

  /** The draft behind a letter of a Drafts folder; a letter from elsewhere becomes one. */
  async open(message: number): Promise<Draft> {
    const { store } = this.#deps;
    const known = await store.read('drafts.behind', { message });
    if (known !== null) return store.read('drafts.get', { id: known });
    const original = await this.#original(message);
    const bytes = await store.blobs.read(original.blob);
    const material = await this.#deps.pool.call('draft.parse', { bytes });
    const identities = await store.read('identities.list');
    const sender = senderOf(material, identities, original.account);
    const behind = original.role === 'drafts' ? message : undefined;
    const content = contentOf(material, sender);
    const { attachments, threading, knownDomains } = material;
    return this.#insert(
      'new',
      null,
      content,
      attachments,
      threading,
      knownDomains,
      behind,
      material.messageId,
    );
  }

  async save(input: { id: number; base: number; content: DraftContent }): Promise<Draft> {
    const { store } = this.#deps;
    const spareMessageId = newMessageId(input.content.from);
    const id = await store.write('drafts.save', { ...input, spareMessageId });
    return store.read('drafts.get', { id });
  }

  /** Freezes the letter into the outbox: octets, Message-ID and envelope never change from here on. */
  async send(input: Parsed<'drafts.send'>): Promise<OutboxItem> {
    const { store, clock, wakeOutbox } = this.#deps;
    const { id } = await this.save(input);
    const row = await store.read('drafts.row', { id });
    const { content } = row;
    const recipients = [...content.to, ...content.cc, ...content.bcc];
    if (recipients.length === 0) throw new Fault('user', 'no-recipients', 'The letter has no recipients.');
    const bad = recipients.find((each) => !isValidAddress(each.address));
    if (bad) {
      const address = bad.address || bad.name;
      throw new Fault('user', 'bad-recipient', 'An address cannot be right.', { detail: { address } });
    }
    const sender = await this.#sender(row);
    const from = content.from ?? { name: sender.name, address: sender.address };
    const composed = await this.#compose(row);
    const envid = envelopeIdOf(row.message_id);
    const now = clock.now();
    const notBefore = input.at ?? now + input.delay * 1000;
    const item = await store.write('outbox.freeze', {
      account: sender.account,
      sentFolder: sender.sentFolder,
      draft: { id, version: row.version },
      blob: composed.blob,
      facts: composed.facts,
      envelope: {
        from: from.address,
        to: uniqueAddresses([...recipients, ...sender.bcc]),
        eightBit: composed.eightBit,
        askedReceipt: content.requestReadReceipt,
        ...(envid ? { dsn: dsnOf(content.requestDeliveryNotice ?? false, envid) } : {}),
      },
      shownTo: [...content.to, ...content.cc, ...content.bcc].slice(0, 1000),
      notBefore,
      scheduled: input.at !== undefined && input.at > now,
    });
    wakeOutbox();
    return store.read('outbox.item', { id: item });
  }

  /**
   * A ready letter from a file, as it is (line ends aside), to the recipients of its header.
   * @throws Fault user `no-recipients`, `no-account`.
   */
  async sendLetter(account: number, bytes: Uint8Array): Promise<OutboxItem> {
    const { store, pool, clock, wakeOutbox } = this.#deps;
    const { head, ...composed } = await pool.call('draft.freeze', { bytes });
    const to = uniqueAddresses(head.recipients.filter((each) => isValidAddress(each.address)));
    if (to.length === 0) throw new Fault('user', 'no-recipients', 'The letter has no recipients.');
    const row = await store.read('accounts.row', { id: account });
    if (!row.outgoing) throw noAccount();
    const id = await store.write('outbox.freeze', {
      account,
      draft: null,
      ...composed,
      envelope: { from: head.from[0]?.address || row.address, to, eightBit: composed.eightBit },
      shownTo: head.recipients.slice(0, 1000),
      notBefore: clock.now(),
      scheduled: false,
    });
    wakeOutbox();
    return store.read('outbox.item', { id });
  }

  /** A letter of the outbox back as a draft. */
  async edit(input: { id: number; remaining: boolean }): Promise<Draft> {
    const { store, pool } = this.#deps;
    const row = await store.read('outbox.row', { id: input.id });
    if (row.draft === null) {
      const material = await pool.call('draft.parse', { bytes: await store.blobs.read(row.blob) });
      const identities = await store.read('identities.list');
      const content = contentOf(material, senderOf(material, identities, row.account));
      const { id: draft } = await this.#insert(
        'new',
        null,
        content,
        material.attachments,
        material.threading,
        [],
      );
      await store.write('outbox.adopt', { id: row.id, draft });
    }
    const messageId = newMessageId({ name: '', address: row.envelope.from });
    const id = await store.write('outbox.edit', { ...input, messageId });
    return store.read('drafts.get', { id });
  }

  async attach(input: Parsed<'drafts.attach'>) {
    const { store, pool } = this.#deps;
    const { id, name, type, bytes, inline } = input;
    const blob = await pool.call('draft.blob', { bytes });
    const attachment = randomUUID();
    const facts = {
      name: name || 'attachment',
      type: type || 'application/octet-stream',
      size: blob.raw,
      inline,
    };
    const contentId = inline ? `${attachment}@postroom` : '';
    const stored = await store.write('drafts.attach', {
      id,
      attachment: { ...facts, id: attachment, contentId, blob },
    });
    const { hash: _hash, ...shown } = stored;
    return shown;
  }

  async #insert(
    kind: Draft['kind'],
    of: number | null,
    content: DraftContent,
    attachments: IncomingAttachment[],
    threading: Threading,
    knownDomains: string[],
    message?: number,
    messageId?: string,
  ): Promise<Draft> {
    const { store } = this.#deps;
    const id = await store.write('drafts.create', {
      kind,
      of,
      content,
      attachments,
      knownDomains,
      threading,
      messageId: messageId || newMessageId(content.from),
      ...(message === undefined ? {} : { message }),
    });
    return store.read('drafts.get', { id });
  }

  async #original(id: number) {
    const { store, fetchBody } = this.#deps;
    const look = async () => {
      const found = await store.read('drafts.original', { message: id });
      if (!found)
        throw new Fault('user', 'no-such-message', 'This letter no longer exists.', { detail: { id } });
      return found;
    };
    let found = await look();
    if (!found.blob) {
      await fetchBody(id);
      found = await look();
    }
    const { blob } = found;
    if (!blob)
      throw new Fault('transient', 'body-missing', 'The text of this letter is not here yet.', {
        detail: { id },
      });
    return { ...found, blob };
  }

  /** Letters attached whole: their octets are stored already. */
  async #asAttachments(originals: { id: number; blob: Uint8Array }[]): Promise<IncomingAttachment[]> {
    const { store } = this.#deps;
    return Promise.all(
      originals.map(async ({ id, blob }) => {
        const subject = (await store.read('drafts.subject', { message: id }))
          .replace(/[\\/:*?"<>|\s\x00-\x1f]+/g, ' ')
          .trim();
        return {
          id: randomUUID(),
          name: `${subject.slice(0, 80) || 'letter'}.eml`,
          type: 'message/rfc822',
          size: await store.blobs.size(blob),
          inline: false,
          contentId: '',
          hash: Buffer.from(blob).toString('hex'),
        };
      }),
    );
  }

  async #sender(row: DraftRow) {
    const identity = identityOf(row, await this.#deps.store.read('identities.list'));
    if (!identity?.sends) throw noAccount();
    return identity;
  }

  async #compose(row: DraftRow): Promise<Composed> {
    const { store, pool, clock, userAgent } = this.#deps;
    const identity = identityOf(row, await store.read('identities.list'));
    const from = row.content.from ?? { name: identity?.name ?? '', address: identity?.address ?? '' };
    const attachments = await Promise.all(
      row.attachments.map(async ({ name, type, inline, contentId, hash }) => ({
        name,
        type,
        inline,
        contentId,
        bytes: await store.blobs.read(hash),
      })),
    );
    const { content, message_id: messageId, threading } = row;
    return pool.call('draft.compose', {
      content: asIdentity(content, identity),
      organisation: identity?.organisation ?? '',
      from,
      attachments,
      messageId,
      threading,
      date: clock.now(),
      userAgent,
    });
  }

  /** The language in which the person writes, as far as that is set. */
  async language(): Promise<Language> {
    const chosen = JSON.parse(await this.#deps.store.read('drafts.language')) as unknown;
    const language = chosen === 'system' ? Intl.DateTimeFormat().resolvedOptions().locale : String(chosen);
    return language.startsWith('ru') ? 'ru' : 'en';
  }
}

function noAccount(): Fault {
  return new Fault('user', 'no-account', 'There is no account that this letter can be sent by.');
}
