/** The change log as read back: what happened after a change number. */
import type { ReadHandle } from './program.ts';

export interface Change {
  readonly kind: string;
  /** Plain JSON, as the program gave it. */
  readonly data: unknown;
}

/** What one write changed. */
export interface ChangeBatch {
  readonly modseq: number;
  readonly changes: readonly Change[];
}

/** Whole batches, oldest first, at most `limit` of them; 'too-old' when some were pruned already. */
export function changesSince(db: ReadHandle, modseq: number, limit: number): ChangeBatch[] | 'too-old' {
  const floor = db.value<number>("SELECT value FROM meta WHERE name = 'changes-floor'") ?? 0;
  if (modseq < floor) return 'too-old';
  const batches: { modseq: number; changes: Change[] }[] = [];
  const sql = 'SELECT modseq, kind, data FROM changes WHERE modseq > ? ORDER BY modseq, n';
  for (const row of db.iterate<{ modseq: number; kind: string; data: string }>(sql, modseq)) {
    let batch = batches.at(-1);
    if (batch?.modseq !== row.modseq) {
      if (batches.length >= limit) break;
      batch = { modseq: row.modseq, changes: [] };
      batches.push(batch);
    }
    batch.changes.push({ kind: row.kind, data: JSON.parse(row.data) });
  }
  return batches;
}
