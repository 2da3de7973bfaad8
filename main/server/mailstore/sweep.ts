/**
 * Giving back, behind everybody: letters of messages expunged long enough ago, mailboxes that were deleted, and what
 * QRESYNC need no longer remember. Each step is a short write; a crash between two of them costs nothing.
 */
import {
  EXPUNGED_KEPT_MS,
  EXPUNGED_REMEMBERED,
  EXPUNGED_REMEMBERED_MS,
  SWEEP_SLICE,
} from '../../base/limits.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import { dropLetter } from './letters.ts';

export interface SweepReport {
  /** Rows whose letter was let go, mailboxes that went for good, UIDs forgotten. */
  readonly letters: number;
  readonly mailboxes: number;
  readonly forgotten: number;
}

export interface SweepInput {
  readonly now: number;
}

export interface SweepOutput extends SweepReport {
  /** Call again. */
  readonly more: boolean;
}

/** One slice of everything there is to do. */
export function sweep(tx: WriteTx, input: SweepInput): SweepOutput {
  const letters = letGo(tx, input.now - EXPUNGED_KEPT_MS);
  const gone =
    letters < SWEEP_SLICE ? dismantle(tx, input.now - EXPUNGED_KEPT_MS) : { rows: 0, mailboxes: 0 };
  const forgotten = forget(tx, input.now - EXPUNGED_REMEMBERED_MS);
  const more = letters >= SWEEP_SLICE || gone.rows >= SWEEP_SLICE || forgotten >= SWEEP_SLICE;
  return { letters: letters + gone.rows, mailboxes: gone.mailboxes, forgotten, more };
}

interface Held {
  readonly mailbox: number;
  readonly uid: number;
  readonly letter: number;
}

function letGo(tx: WriteTx, before: number): number {
  const rows = tx.db.all<Held>(
    'SELECT mailbox, uid, letter FROM expunged WHERE letter IS NOT NULL AND at < ? ORDER BY at LIMIT ?',
    before,
    SWEEP_SLICE,
  );
  for (const { mailbox, uid, letter } of rows) {
    dropLetter(tx, letter);
    tx.db.run('UPDATE expunged SET letter = NULL WHERE mailbox = ? AND uid = ?', mailbox, uid);
  }
  return rows.length;
}

/** Takes a deleted mailbox to pieces; its row goes last. */
function dismantle(tx: WriteTx, before: number): { rows: number; mailboxes: number } {
  const id = tx.db.value<number>('SELECT id FROM mailboxes WHERE gone < ? ORDER BY gone LIMIT 1', before);
  if (id === undefined) return { rows: 0, mailboxes: 0 };
  let rows = 0;
  for (const table of ['messages', 'expunged']) {
    const held = tx.db.all<{ uid: number; letter: number | null }>(
      `SELECT uid, letter FROM ${table} WHERE mailbox = ? ORDER BY uid LIMIT ?`,
      id,
      SWEEP_SLICE - rows,
    );
    for (const { uid, letter } of held) {
      if (letter !== null) dropLetter(tx, letter);
      tx.db.run(`DELETE FROM ${table} WHERE mailbox = ? AND uid = ?`, id, uid);
    }
    rows += held.length;
    if (rows >= SWEEP_SLICE) return { rows, mailboxes: 0 };
  }
  tx.db.run('DELETE FROM mailbox_keywords WHERE mailbox = ?', id);
  tx.db.run('DELETE FROM mailboxes WHERE id = ?', id);
  // A full slice says that there may be another mailbox.
  return { rows: SWEEP_SLICE, mailboxes: 1 };
}

function forgetRow(tx: WriteTx, row: { mailbox: number; uid: number; modseq: number }): void {
  tx.db.run('DELETE FROM expunged WHERE mailbox = ? AND uid = ?', row.mailbox, row.uid);
  tx.db.run(
    'UPDATE mailboxes SET expunged_floor = max(expunged_floor, ?) WHERE id = ?',
    row.modseq,
    row.mailbox,
  );
}

function forget(tx: WriteTx, before: number): number {
  const rows = tx.db.all<{ mailbox: number; uid: number; modseq: number }>(
    'SELECT mailbox, uid, modseq FROM expunged WHERE letter IS NULL AND at < ? ORDER BY at LIMIT ?',
    before,
    SWEEP_SLICE,
  );
  for (const row of rows) forgetRow(tx, row);
  return rows.length;
}

/** Mailboxes that remember more than EXPUNGED_REMEMBERED UIDs, with how many too many. */
export function overfull(db: ReadHandle): { mailbox: number; over: number }[] {
  return db.all(
    `SELECT mailbox, count(*) - ${EXPUNGED_REMEMBERED} AS over FROM expunged WHERE letter IS NULL
     GROUP BY mailbox HAVING count(*) > ${EXPUNGED_REMEMBERED}`,
  );
}

/** Forgets the oldest of one mailbox; how many. */
export function forgetOldest(tx: WriteTx, input: { mailbox: number; over: number }): number {
  const rows = tx.db.all<{ mailbox: number; uid: number; modseq: number }>(
    'SELECT mailbox, uid, modseq FROM expunged WHERE mailbox = ? AND letter IS NULL ORDER BY modseq, uid LIMIT ?',
    input.mailbox,
    Math.min(input.over, SWEEP_SLICE),
  );
  for (const row of rows) forgetRow(tx, row);
  return rows.length;
}
