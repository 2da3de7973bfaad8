/**
 * "Arrived, not yet ruled": a mark beside the letter, written by the transaction that brings it. Whatever is cut off
 * afterwards, the mark is still there and the letter is ruled once.
 *
 * Only letters that are new to the person are marked: not the old mailbox of a first synchronisation, not what another
 * program has moved into a folder, never what the person wrote.
 */
import type { WriteTx } from '../../store/program.ts';

/** A letter that lay on the server this long before the last full pass was moved, it did not arrive. ms */
const MOVED_SLACK_MS = 24 * 3_600_000;

interface Place {
  role: string | null;
  kind: string;
  synced: number | null;
  complete: number | null;
  last_sync: number | null;
}

/** Marks letters that have just come into a folder. Runs inside the transaction that inserts them. */
export function markArrived(tx: WriteTx, folder: number, ids: readonly number[]): void {
  if (ids.length === 0 || !isWatched(tx, folder)) return;
  const place = tx.db.get<Place>(
    `SELECT f.role, a.kind, f.synced, a.last_sync, json_extract(f.sync_state, '$.complete') IS NOT NULL AS complete
     FROM folders f JOIN accounts a ON a.id = f.account WHERE f.id = ?`,
    folder,
  );
  if (!place || place.last_sync === null) return;
  const imap = place.kind === 'imap';
  // A folder that is read for the first time, or was numbered anew, shows old letters as if they were new.
  if (imap && (place.synced !== 1 || !place.complete)) return;
  tx.db.run(
    `INSERT OR IGNORE INTO rule_marks (message, folder, at)
     SELECT m.id, m.folder, ? FROM json_each(?) j CROSS JOIN messages m ON m.id = j.value
     WHERE m.received >= ?`,
    tx.now,
    JSON.stringify(ids),
    imap ? place.last_sync - MOVED_SLACK_MS : 0,
  );
  tx.change('rule-marks', {});
}

/** Some rule that is switched on looks at letters that arrive here. */
function isWatched(tx: WriteTx, folder: number): boolean {
  const role = tx.db.value<string | null>('SELECT role FROM folders WHERE id = ?', folder);
  if (role === 'sent' || role === 'drafts' || role === 'trash') return false;
  return (
    tx.db.value(
      `SELECT 1 FROM rules WHERE enabled = 1 AND problem IS NULL AND CASE json_array_length(body, '$.folders')
         WHEN 0 THEN ? ELSE EXISTS (SELECT 1 FROM json_each(rules.body, '$.folders') WHERE value = ?) END LIMIT 1`,
      role === 'inbox' ? 1 : 0,
      folder,
    ) !== undefined
  );
}
