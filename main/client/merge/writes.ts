/**
 * Mail merges as rows. The letters are held until all of them stand in the outbox and are released by one write: an end in
 * between leaves nothing that could go, and each goes once because it is an outbox letter like any other.
 */
import { Fault } from '../../base/errors.ts';
import type { WriteTx } from '../../store/program.ts';
import { parseOutboxRow, removeOutboxRow } from '../outbox/rows.ts';
import { type FreezeInput, outboxWrites } from '../outbox/writes.ts';

/** No clock comes to this: the last date there is. */
const HELD = 8.64e15;
const MINUTE = 60_000;

export interface MergeRow {
  id: number;
  account: number;
  subject: string;
  state: 'preparing' | 'sending' | 'cancelled';
  total: number;
  removed: number;
  per_minute: number;
  at: number;
}

function waitingOf(tx: WriteTx, merge: number) {
  return tx.db
    .all(
      "SELECT * FROM outbox WHERE merge = ? AND state IN ('queued', 'scheduled', 'deferred') ORDER BY id",
      merge,
    )
    .map((raw) => parseOutboxRow(raw));
}

/** Gives the letters that wait their times, one after another. */
function space(tx: WriteTx, merge: number, ids: readonly number[], from: number, perMinute: number): void {
  const gap = perMinute === 0 ? 0 : MINUTE / perMinute;
  for (const [n, id] of ids.entries())
    tx.db.run('UPDATE outbox SET not_before = ? WHERE id = ?', Math.round(from + n * gap), id);
  tx.change('merge', { id: merge });
  tx.change('outbox', { id: ids[0] ?? 0, merge });
}

export const mergeWrites = {
  'merge.create'(
    tx: WriteTx,
    input: { account: number; subject: string; total: number; perMinute: number },
  ): number {
    const { lastId } = tx.db.run(
      "INSERT INTO merges (account, subject, state, total, per_minute, at) VALUES (?, ?, 'preparing', ?, ?, ?)",
      input.account,
      input.subject,
      input.total,
      input.perMinute,
      tx.now,
    );
    return lastId;
  },

  'merge.add'(tx: WriteTx, input: { merge: number; letters: FreezeInput[] }): void {
    for (const letter of input.letters)
      outboxWrites['outbox.freeze'](tx, {
        ...letter,
        notBefore: HELD,
        scheduled: false,
        purpose: 'merge',
        merge: input.merge,
      });
  },

  /** All letters stand: from `from` on they go, `per_minute` a minute. */
  'merge.release'(tx: WriteTx, input: { merge: number; from: number }): void {
    const row = tx.db.get<MergeRow>('SELECT * FROM merges WHERE id = ?', input.merge);
    if (row?.state !== 'preparing') throw new Fault('internal', 'internal', 'This merge is not ready.');
    tx.db.run("UPDATE merges SET state = 'sending' WHERE id = ?", row.id);
    space(
      tx,
      row.id,
      waitingOf(tx, row.id).map((each) => each.id),
      input.from,
      row.per_minute,
    );
  },

  /** What could not be prepared to its end: nothing of it has gone. */
  'merge.abandon'(tx: WriteTx, input: { merge: number }): void {
    for (const row of waitingOf(tx, input.merge)) removeOutboxRow(tx, row);
    tx.db.run("DELETE FROM merges WHERE id = ? AND state = 'preparing'", input.merge);
    tx.change('merge', { id: input.merge });
  },

  /** Takes out what has not begun to leave; what somebody has already stays. */
  'merge.cancel'(tx: WriteTx, input: { merge: number }): void {
    const row = tx.db.get<MergeRow>('SELECT * FROM merges WHERE id = ?', input.merge);
    if (!row) throw new Fault('user', 'no-such-merge', 'This mail merge is over.');
    for (const letter of waitingOf(tx, row.id))
      if (!letter.results.some((each) => each.state === 'accepted')) removeOutboxRow(tx, letter);
    tx.db.run("UPDATE merges SET state = 'cancelled' WHERE id = ?", row.id);
    tx.change('merge', { id: row.id });
  },

  /** After a start: half-made merges go, and letters that were missed keep their distance to each other. */
  'merge.recover'(tx: WriteTx, input: { now: number }): number[] {
    const abandoned = tx.db.pluck<number>("SELECT id FROM merges WHERE state = 'preparing'");
    for (const merge of abandoned) mergeWrites['merge.abandon'](tx, { merge });
    for (const row of tx.db.all<MergeRow>("SELECT * FROM merges WHERE state = 'sending'")) {
      const waiting = waitingOf(tx, row.id).filter((each) => each.state === 'queued');
      if (waiting.filter((each) => each.not_before < input.now).length > 1)
        space(
          tx,
          row.id,
          waiting.map((each) => each.id),
          input.now,
          row.per_minute,
        );
    }
    return abandoned;
  },

  /** Forgets merges that ended before this time. */
  'merge.sweep'(tx: WriteTx, input: { before: number }): void {
    tx.db.run(
      "DELETE FROM merges WHERE at < ? AND state != 'preparing' AND id NOT IN (SELECT merge FROM outbox WHERE merge IS NOT NULL)",
      input.before,
    );
  },
};
