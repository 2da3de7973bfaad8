/**
 * Who is told that a message is recent: the first read-write session that opens the mailbox or hears of the message, and
 * nobody else (rule I28). Claims are decided here, in memory, at once; the database learns of them behind, because after
 * a crash nothing is lost when a message is recent twice.
 *
 * A claim is kept as long as the process lives, some octets a mailbox: an answer that was read before the database knew
 * may arrive after it knows, and must not undo the claim.
 */
import type { Mailbox } from './mailstore.ts';

export class RecentClaims {
  readonly #from = new Map<number, number>();
  readonly #keep: (mailbox: number, from: number) => Promise<unknown>;

  /** @param keep writes it down. */
  constructor(keep: (mailbox: number, from: number) => Promise<unknown>) {
    this.#keep = keep;
  }

  /** From which UID on messages are unclaimed. */
  from(mailbox: number, stored: number): number {
    return Math.max(stored, this.#from.get(mailbox) ?? 0);
  }

  /** A mailbox without what was claimed a moment ago and is not yet in the database. */
  shown(mailbox: Mailbox): Mailbox {
    const from = this.#from.get(mailbox.id);
    if (mailbox.recent === 0 || from === undefined) return mailbox;
    return { ...mailbox, recent: Math.min(mailbox.recent, Math.max(0, mailbox.uidNext - from)) };
  }

  /** Claims what is below `uidNext`; where it begins, or null when there is nothing left to claim. */
  claim(mailbox: number, stored: number, uidNext: number): number | null {
    const from = this.from(mailbox, stored);
    if (from >= uidNext) return null;
    this.#from.set(mailbox, uidNext);
    this.#keep(mailbox, uidNext).catch(() => {});
    return from;
  }
}
