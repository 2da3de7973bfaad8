/**
 * A message on its way in: octets from the wire through the header filter into the mailstore's intake, and at its end
 * one verdict. A letter is accepted by one call of queue.accept(), which answers for it from then on (rule S37).
 *
 * It never keeps the message in memory, never stops reading when it has refused (the peer listens only at the end),
 * and never says 250 before accept() has resolved.
 */
import { toFault } from '../../base/errors.ts';
import { LONGEST_LOCAL_LINE_BYTES, RECEIVED_LINES, SMTP_TEXT_LINE_BYTES } from '../../base/limits.ts';
import type { Intake, PreparedMessage } from '../mailstore/mailstore.ts';
import { acceptanceOf } from './acceptance.ts';
import { HeaderFilter } from './header-filter.ts';
import { DISK_FULL, farewell, INTERNAL, type Reply, reply } from './replies.ts';
import type { SmtpSession } from './session.ts';
import type { Transaction } from './states.ts';
import { mailDate, newQueueId, receivedField, returnPathField } from './trace-header.ts';

const TOO_MUCH = reply(552, '5.3.4', 'Too much mail data');
/** Octets that are laid together from pieces of less than a quarter of it. */
const GATHER_BYTES = 16 * 1024;
const CR = 13;
const LF = 10;

export class Receiver {
  readonly #session: SmtpSession;
  readonly #transaction: Transaction;
  readonly #filter: HeaderFilter;
  readonly #limit: number;
  #intake: Intake | undefined;
  #octets = 0;
  #gathering: Uint8Array | undefined;
  #gathered = 0;
  /** The last two octets, to see whether the last line is complete (chunks may end anywhere). */
  #lastTwo: [number, number] = [CR, LF];
  /** Why the message cannot be taken; it is discarded from then on. */
  #refusal: Reply | undefined;

  constructor(session: SmtpSession, transaction: Transaction) {
    this.#session = session;
    this.#transaction = transaction;
    const local = [...transaction.recipients.values()].some(({ targets }) => targets.length > 0);
    this.#filter = new HeaderFilter([
      ...(local ? ['return-path'] : []),
      ...(session.completesHeaders ? ['bcc'] : []),
    ]);
    this.#limit = session.context.policy().maxMessageBytes;
    this.#intake = session.context.mailstore.intake();
  }

  /** Why the message will not be taken, as far as it is known yet. */
  get refusal(): Reply | undefined {
    return this.#refusal;
  }

  /** @returns the farewell of a peer that has sent twice the limit (rule S24). */
  write(piece: Uint8Array): Promise<void> | Reply | undefined {
    this.#octets += piece.length;
    if (this.#octets > this.#limit * 2) {
      this.abandon();
      return farewell(421, '4.3.2', 'Too much mail data, closing');
    }
    if (this.#octets > this.#limit) this.#refuse(TOO_MUCH);
    if (this.#refusal) return undefined;
    const last = piece.length;
    this.#lastTwo = last > 1 ? [piece[last - 2]!, piece[last - 1]!] : [this.#lastTwo[1], piece[0]!];
    return this.#store(this.#filter.push(piece));
  }

  /** The verdict about the whole message. Never throws. */
  async end(): Promise<Reply> {
    try {
      const [before, last] = this.#lastTwo;
      const tail = [this.#filter.finish()];
      if (before !== CR || last !== LF) tail.push(Buffer.from('\r\n'));
      if (!this.#refusal) {
        await this.#store(tail);
        await this.#hand(this.#gather());
      }
      if (this.#refusal || !this.#intake) return this.#refusal ?? INTERNAL;
      return await this.#accept(this.#intake);
    } catch (failure) {
      this.#session.failed('message', failure);
      return refusalOf(failure);
    } finally {
      this.abandon();
    }
  }

  /** Forgets everything; safe at any time. */
  abandon(): void {
    this.#intake?.abandon();
    this.#intake = undefined;
  }

  #refuse(refusal: Reply): void {
    this.#refusal ??= refusal;
    this.abandon();
  }

  /** Small pieces are laid together first: a message of stuffed dots must not become a million objects. */
  #store(pieces: readonly Uint8Array[]): Promise<void> | undefined {
    const ready: Uint8Array[] = [];
    for (const piece of pieces) {
      if (piece.length + this.#gathered > GATHER_BYTES) ready.push(...this.#gather());
      if (piece.length > GATHER_BYTES / 4) {
        ready.push(...this.#gather(), piece);
        continue;
      }
      this.#gathering ??= new Uint8Array(GATHER_BYTES);
      this.#gathering.set(piece, this.#gathered);
      this.#gathered += piece.length;
    }
    return ready.length === 0 ? undefined : this.#hand(ready);
  }

  #gather(): Uint8Array[] {
    const gathered = this.#gathering?.subarray(0, this.#gathered);
    this.#gathering = undefined;
    this.#gathered = 0;
    return gathered && gathered.length > 0 ? [gathered] : [];
  }

  async #hand(pieces: readonly Uint8Array[]): Promise<void> {
    try {
      for (const piece of pieces) await this.#intake?.write(piece);
    } catch (failure) {
      this.#session.failed('intake', failure);
      this.#refuse(refusalOf(failure));
    }
  }

  async #accept(intake: Intake): Promise<Reply> {
    const { context } = this.#session;
    const now = context.clock.now();
    const queueId = newQueueId(now);
    const returnPath = this.#returnPath();
    const head = Buffer.from(returnPath + (await this.#headLines(queueId, now)));
    this.#intake = undefined;
    const message = await intake.finish(head, { normalise: this.#session.oldDevice });
    const refusal = this.#inspect(message);
    if (refusal) {
      message.abandon();
      return refusal;
    }
    const started = context.clock.ticks();
    try {
      const acceptance = acceptanceOf(
        this.#session,
        this.#transaction,
        message,
        queueId,
        Buffer.byteLength(returnPath),
      );
      const accepted = await context.queue.accept(acceptance);
      context.records.meters.count('messages_accepted');
      context.records.meters.time('accept_ms', context.clock.ticks() - started);
      return reply(250, '2.6.0', `OK, queued as ${accepted.queueId}`);
    } catch (failure) {
      message.abandon();
      throw failure;
    }
  }

  /** Only copies in our own mailboxes carry it; `acceptance.skip` keeps it out of what is relayed. */
  #returnPath(): string {
    const { recipients, sender } = this.#transaction;
    const local = [...recipients.values()].some(({ targets }) => targets.length > 0);
    return local ? returnPathField(sender) : '';
  }

  async #headLines(queueId: string, now: number): Promise<string> {
    const session = this.#session;
    const { recipients, smtpUtf8 } = this.#transaction;
    const [only, ...others] = recipients.values();
    const received = receivedField({
      hello: session.hello ?? { verb: 'HELO', name: 'unknown' },
      ip: session.ip,
      reverseName: session.reverseName,
      hostname: session.hostname,
      secure: session.secure,
      tlsName: session.tlsName,
      signedIn: session.person !== null,
      smtpUtf8,
      queueId,
      soleRecipient: others.length === 0 && only ? only.address : null,
      now,
    });
    if (!session.completesHeaders) return received;
    // RFC 6409 sections 8.2 and 8.3.
    const date = this.#filter.hasDate ? '' : `Date: ${mailDate(now)}\r\n`;
    const id = this.#filter.hasMessageId ? '' : `Message-ID: <${queueId}@${session.hostname}>\r\n`;
    return received + date + id + (this.#filter.headless ? '\r\n' : '');
  }

  #inspect(message: PreparedMessage): Reply | undefined {
    const { recipients } = this.#transaction;
    const all = [...recipients.values()];
    if (message.nul) return reply(554, '5.6.0', 'NUL is not allowed in a message');
    if (message.bareLineEnds && !this.#session.oldDevice) {
      return reply(554, '5.6.0', 'bare LF/CR is not allowed in a message');
    }
    const leaves = all.some(({ remote, relayed }) => relayed || remote.length > 0);
    const strict = leaves || this.#session.context.policy().strictLines;
    if (message.longestLine > (strict ? SMTP_TEXT_LINE_BYTES : LONGEST_LOCAL_LINE_BYTES)) {
      return reply(500, '5.5.2', 'Line too long');
    }
    const delivered = new Set(message.deliveredTo.map((each) => bare(each)));
    if (this.#filter.received > RECEIVED_LINES || all.some(({ address }) => delivered.has(bare(address)))) {
      return reply(554, '5.4.6', 'Routing loop');
    }
    return undefined;
  }
}

function bare(address: string): string {
  return address.replace(/^<|>$/g, '').toLowerCase();
}

/** Nothing was stored and nothing was queued (rule S37). */
function refusalOf(failure: unknown): Reply {
  const fault = toFault(failure);
  if (fault.code === 'disk-full') return DISK_FULL;
  if (fault.code === 'over-quota') return reply(552, '5.2.2', 'Mailbox full');
  if (fault.code === 'blob-too-large') return TOO_MUCH;
  return INTERNAL;
}
