/**
 * The maildrop of one session: INBOX as it was at login (rule P9). Numbers, sizes and unique ids never change while it
 * is open; marks are kept here and reach the mailstore only by update(), in one transaction (rule P16).
 */
import { Fault } from '../../base/errors.ts';
import type { Letter, MaildropLock, Mailstore, UidRanges } from '../mailstore/mailstore.ts';
import { ReadAhead } from './read-ahead.ts';

export class Maildrop {
  readonly #mailstore: Mailstore;
  readonly #mailboxId: number;
  readonly #lock: MaildropLock;
  readonly #uids: Uint32Array;
  readonly #sizes: Float64Array;
  readonly #uidls: readonly string[];
  readonly #ahead: ReadAhead;
  readonly #deleted = new Set<number>();
  #octets: number;
  #total: number;

  constructor(mailstore: Mailstore, mailboxId: number, lock: MaildropLock, snapshot: Snapshot) {
    this.#mailstore = mailstore;
    this.#mailboxId = mailboxId;
    this.#lock = lock;
    this.#uids = snapshot.uids;
    this.#sizes = snapshot.sizes;
    this.#uidls = snapshot.uidls;
    this.#ahead = new ReadAhead(mailstore, mailboxId, snapshot.uids, snapshot.sizes);
    this.#total = 0;
    for (const size of this.#sizes) this.#total += size;
    this.#octets = this.#total;
  }

  /** Messages at login; numbers run from 1 to here. */
  get length(): number {
    return this.#uids.length;
  }
  /** Messages without a mark. */
  get count(): number {
    return this.#uids.length - this.#deleted.size;
  }
  /** Octets of the messages without a mark. */
  get octets(): number {
    return this.#octets;
  }
  /** Octets as they are stored, without byte-stuffing (rule P11). */
  size(number: number): number {
    return this.#sizes[number - 1]!;
  }
  uidl(number: number): string {
    return this.#uidls[number - 1]!;
  }
  isDeleted(number: number): boolean {
    return this.#deleted.has(number);
  }
  has(number: number): boolean {
    return number >= 1 && number <= this.#uids.length;
  }
  mark(number: number): void {
    if (this.#deleted.has(number)) return;
    this.#deleted.add(number);
    this.#octets -= this.size(number);
  }
  /** RSET. */
  unmark(): void {
    this.#deleted.clear();
    this.#octets = this.#total;
  }
  /** Bytes of a message, also of one that was expunged elsewhere meanwhile (rule P9). */
  async letter(number: number): Promise<Letter> {
    const letter = await this.#ahead.letter(number);
    if (!letter) throw new Fault('internal', 'blob-missing', 'The message cannot be read.');
    return letter;
  }
  /** Nothing of a message asked for before the last one is on its way any more. */
  sent(): void {
    this.#ahead.sent();
  }
  /** Removes what is marked, all in one transaction; what is gone already is no error. */
  async update(): Promise<void> {
    if (this.#deleted.size === 0) return;
    const uids = [...this.#deleted].map((number) => this.#uids[number - 1]!).sort((a, b) => a - b);
    await this.#mailstore.removeMessages(this.#mailboxId, rangesOf(uids));
  }
  /** Gives the lock back; the marks are forgotten. */
  release(): Promise<void> {
    this.#ahead.close();
    return this.#lock.release();
  }
}

interface Snapshot {
  readonly uids: Uint32Array;
  readonly sizes: Float64Array;
  readonly uidls: readonly string[];
}

/**
 * Takes the exclusive lock and the snapshot (RFC 1939 section 4). No blob is opened (rule P22).
 * @throws Fault user `maildrop-locked`.
 */
export async function openMaildrop(mailstore: Mailstore, personId: number): Promise<Maildrop> {
  const lock = await mailstore.lockMaildrop(personId);
  try {
    const inbox = await mailstore.mailbox(personId, 'INBOX');
    if (!inbox) throw new Fault('internal', 'no-mailbox', 'The inbox is missing.');
    // A POP3 login is no IMAP session: it does not take \Recent away from one.
    const opened = await mailstore.open(inbox.id, false);
    const uids: number[] = [];
    const sizes: number[] = [];
    const uidls: string[] = [];
    for await (const batch of mailstore.rows(inbox.id, opened.uids, { size: true, uidl: true })) {
      for (let row = 0; row < batch.uids.length; row += 1) {
        uids.push(batch.uids[row]!);
        sizes.push(batch.sizes![row]!);
        uidls.push(batch.uidls![row]!);
      }
    }
    const snapshot = { uids: Uint32Array.from(uids), sizes: Float64Array.from(sizes), uidls };
    return new Maildrop(mailstore, inbox.id, lock, snapshot);
  } catch (failure) {
    await lock.release();
    throw failure;
  }
}

function rangesOf(sorted: readonly number[]): UidRanges {
  const ranges: [number, number][] = [];
  for (const uid of sorted) {
    const last = ranges[ranges.length - 1];
    if (last && last[1] + 1 === uid) last[1] = uid;
    else ranges.push([uid, uid]);
  }
  return ranges;
}
