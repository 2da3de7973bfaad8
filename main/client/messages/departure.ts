/** How rows of letters go: erased by a person, or dropped by the server and kept for a while. */

import type { WriteTx } from '../../store/program.ts';
import { letterErased } from '../pop3/erased.ts';
import { keepDeleted } from '../tidy/keep.ts';
import { leaveConversation } from './conversations.ts';
import { announce, messageRow } from './row.ts';
import { dropThread } from './threads.ts';

export type Removal = 'erased' | 'recoverable' | 'server';

/** Letters that the server dropped can be brought back for this long. */
export const PURGED_KEPT_MS = 7 * 24 * 3_600_000;

/**
 * Takes letters away. `erased`: nobody needs them back; `recoverable`: a person asked for it and may want them back, so their
 * octets stay for a while (tidy/deleted.ts); `server`: the server no longer has them, so their rows and
 * octets stay in `purged` for PURGED_KEPT_MS.
 */
export function removeMessages(tx: WriteTx, ids: number[], why: Removal): void {
  const { db } = tx;
  const folders = new Map<number, { ids: number[]; keys: number[] }>();
  for (const id of ids) {
    const row = messageRow(db, id);
    if (!row) continue;
    leaveConversation(tx, row);
    if (why === 'server') {
      const whole = db.get<Record<string, unknown>>('SELECT * FROM messages WHERE id = ?', id) ?? {};
      const { blob: _blob, head: _head, ...rest } = whole;
      db.run(
        'INSERT OR REPLACE INTO purged (id, at, folder, row, blob) VALUES (?, ?, ?, ?, ?)',
        id,
        tx.now,
        row.folder,
        JSON.stringify(rest),
        row.blob,
      );
    } else {
      if (row.blob && !(why === 'recoverable' && keepDeleted(tx, id))) tx.blobs.release(row.blob);
      letterErased(tx, id);
    }
    db.run('DELETE FROM messages WHERE id = ?', id);
    db.run('DELETE FROM to_index WHERE message = ?', id);
    db.run('INSERT OR IGNORE INTO to_unindex (key) VALUES (?)', row.key);
    dropThread(tx, row.thread);
    const place = folders.get(row.folder) ?? { ids: [], keys: [] };
    place.ids.push(id);
    place.keys.push(row.key);
    folders.set(row.folder, place);
  }
  for (const [folder, place] of folders) {
    announce(tx, folder, place.ids, [], place.keys);
    tx.change('folder', { id: folder });
  }
}

/** Forgets letters that the server dropped more than PURGED_KEPT_MS ago; at most `limit` at a time. */
export function reclaimPurged(tx: WriteTx, limit: number): number {
  const old = tx.db.all<{ id: number; blob: Uint8Array | null }>(
    'SELECT id, blob FROM purged WHERE at < ? LIMIT ?',
    tx.now - PURGED_KEPT_MS,
    limit,
  );
  for (const { id, blob } of old) {
    if (blob) tx.blobs.release(blob);
    tx.db.run('DELETE FROM purged WHERE id = ?', id);
  }
  return old.length;
}
