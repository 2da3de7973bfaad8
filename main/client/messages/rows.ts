/**
 * The rows of letters and everything that counts them: the only code that touches messages, conversations,
 * folder counters, thread_ids and to_index. Letters come by arrival.ts, go by departure.ts, and change here.
 * Other rooms use this door only. Every function runs inside a write transaction, so a letter, its
 * conversation, its folder's numbers and the announcement are committed together or not at all.
 *
 * Announcements, read back by the views and by the windows' events:
 *   'message' {folder, ids, added, gone}  letters of this folder that changed; keys that came and went
 *   'folder'  {id}                        its counters changed
 *
 * It must never read a blob, parse a letter or decide what a server should hear: callers bring facts.
 */
import type { WriteTx } from '../../store/program.ts';
import { count, joinConversation, leaveConversation } from './conversations.ts';
import { accountOf, announce, FLAG, type MessageRow, messageRow } from './row.ts';

export { type Attached, attachBodies, insertCopies, insertMessage, insertMessages } from './arrival.ts';
export { PURGED_KEPT_MS, type Removal, reclaimPurged, removeMessages } from './departure.ts';
export { announce, FLAG, type LetterFacts, type MessageRow, messageRow, type NewMessage } from './row.ts';

/** A body that could not be had again and again: shown as damaged, not asked for any more. */
export function markDamaged(tx: WriteTx, id: number): void {
  const row = messageRow(tx.db, id);
  if (!row) return;
  tx.db.run('UPDATE messages SET body = 2 WHERE id = ?', id);
  announce(tx, row.folder, [id], [], []);
}

function writeMarks(tx: WriteTx, row: MessageRow, flags: number, keywords: string): boolean {
  if (row.flags === flags && row.keywords === keywords) return false;
  tx.db.run('UPDATE messages SET flags = ?, keywords = ? WHERE id = ?', flags, keywords, row.id);
  const unread = (flags & FLAG.seen ? 0 : 1) - (row.flags & FLAG.seen ? 0 : 1);
  const flagged = (flags & FLAG.flagged ? 1 : 0) - (row.flags & FLAG.flagged ? 1 : 0);
  if (unread !== 0 || flagged !== 0) {
    tx.db.run(
      'UPDATE conversations SET unread = unread + ?, flagged = flagged + ? WHERE folder = ? AND thread = ?',
      unread,
      flagged,
      row.folder,
      row.thread,
    );
  }
  if (unread !== 0) count(tx, row.folder, { total: 0, unread, conversations: 0 });
  return unread !== 0;
}

/** What the person sees. `keywords` are sorted and joined by a space. */
export function setMarks(tx: WriteTx, id: number, flags: number, keywords: string): void {
  setMarksOf(tx, [{ id, flags, keywords }]);
}

/** The same for many letters, with one announcement a folder. Letters that are gone are passed over. */
export function setMarksOf(
  tx: WriteTx,
  marks: readonly { id: number; flags: number; keywords: string }[],
): void {
  const changed = new Map<number, number[]>();
  const counted = new Set<number>();
  for (const { id, flags, keywords } of marks) {
    const row = messageRow(tx.db, id);
    if (!row) continue;
    if (row.flags === flags && row.keywords === keywords) continue;
    if (writeMarks(tx, row, flags, keywords)) counted.add(row.folder);
    const ids = changed.get(row.folder);
    if (ids) ids.push(id);
    else changed.set(row.folder, [id]);
  }
  for (const [folder, ids] of changed) announce(tx, folder, ids, [], []);
  for (const id of counted) tx.change('folder', { id });
}

/** What the server said; nothing visible changes by itself. */
export function setServerMarks(tx: WriteTx, id: number, flags: number, keywords: string): void {
  tx.db.run('UPDATE messages SET server_flags = ?, server_keywords = ? WHERE id = ?', flags, keywords, id);
}

/** To another folder, keeping its place in time. `uid` is what the letter has there, if that is known. */
export function moveMessage(tx: WriteTx, id: number, folder: number, uid: number | null): void {
  moveMessages(tx, [id], folder, uid);
}

/** Moves letters with one announcement a folder; `uid` belongs to a single letter. */
export function moveMessages(
  tx: WriteTx,
  ids: readonly number[],
  folder: number,
  uid: number | null = null,
): void {
  const account = accountOf(tx, folder);
  const left = new Map<number, { ids: number[]; keys: number[] }>();
  const come: { ids: number[]; keys: number[] } = { ids: [], keys: [] };
  for (const id of ids) {
    const row = messageRow(tx.db, id);
    if (!row) continue;
    if (row.folder === folder) {
      tx.db.run('UPDATE messages SET uid = ? WHERE id = ?', uid, id);
      continue;
    }
    leaveConversation(tx, row);
    tx.db.run('UPDATE messages SET folder = ?, account = ?, uid = ? WHERE id = ?', folder, account, uid, id);
    joinConversation(tx, { ...row, folder });
    const from = left.get(row.folder) ?? { ids: [], keys: [] };
    from.ids.push(id);
    from.keys.push(row.key);
    left.set(row.folder, from);
    come.ids.push(id);
    come.keys.push(row.key);
  }
  for (const [from, { ids: gone, keys }] of left) {
    announce(tx, from, gone, [], keys);
    tx.change('folder', { id: from });
  }
  if (come.ids.length > 0) {
    announce(tx, folder, come.ids, come.keys, []);
    tx.change('folder', { id: folder });
  }
}
