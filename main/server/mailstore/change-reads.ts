/** What happened to a mailbox since a modseq (RFC 7162), in arrays that are handed over between threads. */
import type { ReadHandle } from '../../store/program.ts';
import { extend, pairs } from './change-record.ts';
import { type MailboxRow, rowById } from './mailbox-rows.ts';

export interface ChangesInput {
  readonly mailbox: number;
  readonly modseq: number;
  /** Flat ranges; null: all. */
  readonly uids: Uint32Array | null;
}

export interface PackedChanges {
  readonly highestModseq: number;
  /** Flat ranges. */
  readonly vanished: readonly number[];
  readonly uids: Uint32Array<ArrayBuffer>;
  readonly flags: Uint8Array<ArrayBuffer>;
  readonly modseqs: Float64Array<ArrayBuffer>;
  /** Words of the rows that have any. */
  readonly keywords: ReadonlyMap<number, string>;
}

function inside(flat: Uint32Array | null): (uid: number) => boolean {
  if (!flat) return () => true;
  const uids = pairs(flat);
  let at = 0;
  // Asked in ascending order.
  return (uid) => {
    while (at < uids.length && (uids[at] as readonly [number, number])[1] < uid) at += 1;
    const range = uids[at];
    return range !== undefined && range[0] <= uid;
  };
}

/** UIDs of the set that are not there: all that may be said when the memory does not reach back (rule I62). */
function missing(db: ReadHandle, row: MailboxRow, uids: Uint32Array | null): number[] {
  const there = db.prepare('SELECT uid FROM messages WHERE mailbox = ? AND uid BETWEEN ? AND ? ORDER BY uid');
  const flat: number[] = [];
  const gap = (first: number, last: number): void => {
    if (first > last) return;
    const end = flat.length - 1;
    if (end > 0 && flat[end] === first - 1) flat[end] = last;
    else flat.push(first, last);
  };
  for (const [first, last] of pairs(uids ?? [1, row.uidnext - 1])) {
    let next = first;
    const end = Math.min(last, row.uidnext - 1);
    for (const { uid } of there.all<{ uid: number }>(row.id, first, end)) {
      gap(next, uid - 1);
      next = uid + 1;
    }
    gap(next, end);
  }
  return flat;
}

function expungedSince(db: ReadHandle, row: MailboxRow, input: ChangesInput): number[] {
  const wanted = inside(input.uids);
  const flat: number[] = [];
  const sql = 'SELECT uid FROM expunged WHERE mailbox = ? AND modseq > ? ORDER BY uid';
  for (const uid of db.pluck<number>(sql, row.id, input.modseq)) if (wanted(uid)) extend(flat, uid);
  return flat;
}

export function changesOf(db: ReadHandle, input: ChangesInput): PackedChanges | undefined {
  const row = rowById(db, input.mailbox);
  if (!row) return undefined;
  const sql =
    'SELECT uid, flags, keywords, modseq FROM messages WHERE mailbox = ? AND modseq > ? ORDER BY uid';
  const wanted = inside(input.uids);
  const rows =
    row.modseq <= input.modseq
      ? []
      : db
          .all<{ uid: number; flags: number; keywords: string | null; modseq: number }>(
            sql,
            row.id,
            input.modseq,
          )
          .filter(({ uid }) => wanted(uid));
  const uids = new Uint32Array(rows.length);
  const flags = new Uint8Array(rows.length);
  const modseqs = new Float64Array(rows.length);
  const keywords = new Map<number, string>();
  rows.forEach((each, n) => {
    uids[n] = each.uid;
    flags[n] = each.flags;
    modseqs[n] = each.modseq;
    if (each.keywords !== null) keywords.set(n, each.keywords);
  });
  db.transfer(uids.buffer, flags.buffer, modseqs.buffer);
  const vanished =
    input.modseq < row.expunged_floor ? missing(db, row, input.uids) : expungedSince(db, row, input);
  return { highestModseq: row.modseq, vanished, uids, flags, modseqs, keywords };
}
