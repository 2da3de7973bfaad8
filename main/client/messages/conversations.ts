/** A conversation's row in a folder and the folder's numbers, kept by the transaction that changes their letters. */
import type { WriteTx } from '../../store/program.ts';
import { FLAG } from './row.ts';
import type { ThreadMember } from './threads.ts';

/** What a letter adds to, or takes from, a folder's numbers. */
export interface FolderCounts {
  total: number;
  unread: number;
  conversations: number;
}

/**
 * Adds a letter to its conversation in the folder, and to `counts`, which the caller writes when all letters are in.
 * `first`: the letter has begun its thread just now, so there is no conversation to look for.
 */
export function addToConversation(tx: WriteTx, m: ThreadMember, counts: FolderCounts, first = false): void {
  const unread = m.flags & FLAG.seen ? 0 : 1;
  const flagged = m.flags & FLAG.flagged ? 1 : 0;
  const files = m.attachments > 0 ? 1 : 0;
  counts.total += 1;
  counts.unread += unread;
  if (!first) {
    const { changes } = tx.db.run(
      `UPDATE conversations SET total = total + 1, unread = unread + ?, flagged = flagged + ?, files = files + ?,
         newest = CASE WHEN newest_key < ? THEN ? ELSE newest END, newest_key = max(newest_key, ?)
       WHERE folder = ? AND thread = ?`,
      unread,
      flagged,
      files,
      m.key,
      m.id,
      m.key,
      m.folder,
      m.thread,
    );
    if (changes > 0) return;
  }
  tx.db.run(
    'INSERT INTO conversations (folder, thread, newest_key, newest, total, unread, flagged, files) VALUES (?, ?, ?, ?, 1, ?, ?, ?)',
    m.folder,
    m.thread,
    m.key,
    m.id,
    unread,
    flagged,
    files,
  );
  counts.conversations += 1;
}

/** The same for one letter, with the folder's numbers. */
export function joinConversation(tx: WriteTx, m: ThreadMember): void {
  const counts = { total: 0, unread: 0, conversations: 0 };
  addToConversation(tx, m, counts);
  count(tx, m.folder, counts);
}

/** Takes a letter, whose row is still there, out of its conversation and out of the folder's numbers. */
export function leaveConversation(tx: WriteTx, m: ThreadMember): void {
  const { db } = tx;
  const unread = m.flags & FLAG.seen ? 0 : 1;
  const newest = db.get<{ id: number; key: number }>(
    'SELECT id, key FROM messages WHERE thread = ? AND folder = ? AND id != ? ORDER BY key DESC LIMIT 1',
    m.thread,
    m.folder,
    m.id,
  );
  if (!newest) {
    db.run('DELETE FROM conversations WHERE folder = ? AND thread = ?', m.folder, m.thread);
    count(tx, m.folder, { total: -1, unread: -unread, conversations: -1 });
    return;
  }
  db.run(
    `UPDATE conversations SET total = total - 1, unread = unread - ?, flagged = flagged - ?, files = files - ?,
       newest = ?, newest_key = ? WHERE folder = ? AND thread = ?`,
    unread,
    m.flags & FLAG.flagged ? 1 : 0,
    m.attachments > 0 ? 1 : 0,
    newest.id,
    newest.key,
    m.folder,
    m.thread,
  );
  count(tx, m.folder, { total: -1, unread: -unread, conversations: 0 });
}

/** Adds to a folder's numbers. */
export function count(tx: WriteTx, folder: number, by: FolderCounts): void {
  tx.db.run(
    'UPDATE folders SET total = total + ?, unread = unread + ?, conversations = conversations + ? WHERE id = ?',
    by.total,
    by.unread,
    by.conversations,
    folder,
  );
}
