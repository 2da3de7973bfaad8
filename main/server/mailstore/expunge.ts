/**
 * Messages leave a mailbox. Their rows move to `expunged`, where sessions that have not been told still find them
 * (rule G12); the letters go when sweep.ts lets them go.
 */
import { WRITE_SLICE } from '../../base/limits.ts';
import type { WriteTx } from '../../store/program.ts';
import { extend, pairs, recordMailbox } from './change-record.ts';
import { count, type MailboxRow, requiredRow, Tally } from './mailbox-rows.ts';
import { DELETED, type UidRanges } from './mailstore.ts';

export interface ExpungeInput {
  readonly mailbox: number;
  /** Flat ranges; null: the whole mailbox. */
  readonly uids: Uint32Array | null;
  /** True: only what has \Deleted. */
  readonly marked: boolean;
  /** True: all in this transaction; else a slice. */
  readonly whole: boolean;
  readonly now: number;
  readonly from: number;
}

export interface ExpungeOutput {
  /** Flat ranges. */
  readonly uids: readonly number[];
  readonly modseq: number;
  readonly next: number | null;
}

const COLUMNS = 'uid, letter, flags, keywords, size, internal_date, zone, save_date';

/** Moves the rows between two UIDs to `expunged`; counters are the caller's. */
export function expungeBetween(
  tx: WriteTx,
  input: { mailbox: number; first: number; last: number; marked: boolean; now: number },
): void {
  const where = `mailbox = ? AND uid BETWEEN ? AND ?${input.marked ? ` AND flags & ${DELETED}` : ''}`;
  tx.db.run(
    `INSERT INTO expunged (mailbox, ${COLUMNS}, modseq, uidl, at)
     SELECT mailbox, ${COLUMNS}, ?, uidl, ? FROM messages WHERE ${where}`,
    tx.modseq,
    input.now,
    input.mailbox,
    input.first,
    input.last,
  );
  tx.db.run(`DELETE FROM messages WHERE ${where}`, input.mailbox, input.first, input.last);
}

/** @throws Fault user `no-mailbox`. */
export function expunge(tx: WriteTx, input: ExpungeInput): ExpungeOutput {
  const mailbox = requiredRow(tx.db, input.mailbox);
  const nothing = input.marked && mailbox.deleted === 0;
  const ranges = nothing ? [] : pairs(input.uids ?? [1, mailbox.uidnext - 1]);
  const taken = takeOut(tx, mailbox, ranges, input);
  if (taken.uids.length === 0) return { ...taken, modseq: mailbox.modseq };
  recordMailbox(tx, { m: mailbox.id, n: mailbox.uidnext, v: taken.uids });
  return { ...taken, modseq: tx.modseq };
}

function takeOut(
  tx: WriteTx,
  mailbox: MailboxRow,
  ranges: UidRanges,
  input: ExpungeInput,
): { uids: number[]; next: number | null } {
  const tally = new Tally();
  const uids: number[] = [];
  const marked = input.marked ? `AND flags & ${DELETED}` : '';
  let left = input.whole ? Number.MAX_SAFE_INTEGER : WRITE_SLICE;
  let next: number | null = null;
  for (const [first, last] of ranges) {
    const start = Math.max(first, input.from);
    const end = Math.min(last, mailbox.uidnext - 1);
    if (start > end) continue;
    if (left <= 0) {
      next = start;
      break;
    }
    const rows = tx.db.all<{ uid: number; flags: number; size: number }>(
      `SELECT uid, flags, size FROM messages WHERE mailbox = ? AND uid BETWEEN ? AND ? ${marked} ORDER BY uid LIMIT ?`,
      mailbox.id,
      start,
      end,
      left,
    );
    left -= rows.length;
    const reached = left <= 0 ? (rows.at(-1)?.uid ?? end) : end;
    if (rows.length > 0) {
      for (const { uid, flags, size } of rows) {
        tally.add(flags, size);
        extend(uids, uid);
      }
      const { marked, now } = input;
      expungeBetween(tx, { mailbox: mailbox.id, first: start, last: reached, marked, now });
    }
    if (reached < end) {
      next = reached + 1;
      break;
    }
  }
  if (tally.messages > 0) count(tx, mailbox, tally, -1);
  return { uids, next };
}
