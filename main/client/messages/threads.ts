/**
 * Which conversation a letter belongs to (RFC 5322 section 3.6.4): letters that name a common Message-ID, as their own
 * or as a reference, are one thread, in whatever order they come. A thread is named by the id of its first letter.
 */
import { threadKeys } from '../../mail/thread.ts';
import type { WriteTx } from '../../store/program.ts';

export interface ThreadMember {
  id: number;
  key: number;
  folder: number;
  thread: number;
  flags: number;
  attachments: number;
}

/** References looked at: the oldest, which names the thread, and the nearest. A long list adds nothing but rows. */
const NEAREST = 8;

function namesOf(facts: { messageId: string; references: string[]; inReplyTo: string[] }): string[] {
  const { id, parents } = threadKeys(facts);
  const near = parents.length > NEAREST + 1 ? [parents[0] as string, ...parents.slice(-NEAREST)] : parents;
  const names = id === '' ? near : [...near, id];
  return names.map((name) => name.slice(0, 1000));
}

/** The thread of a letter that has just got the id `id`; joins threads which this letter proves to be one. */
export function threadFor(
  tx: WriteTx,
  id: number,
  facts: { messageId: string; references: string[]; inReplyTo: string[] },
): number {
  const names = namesOf(facts);
  const unknown: string[] = [];
  let thread = 0;
  for (const name of names) {
    const found = tx.db.value<number>('SELECT thread FROM thread_ids WHERE message_id = ?', name);
    if (found === undefined) unknown.push(name);
    else if (thread === 0) thread = found;
    else if (found !== thread) thread = join(tx, thread, found);
  }
  if (thread === 0) thread = id;
  for (const name of unknown) {
    tx.db.run('INSERT OR IGNORE INTO thread_ids (message_id, thread) VALUES (?, ?)', name, thread);
  }
  return thread;
}

/** Makes one thread of two and returns its name: the older one. */
function join(tx: WriteTx, a: number, b: number): number {
  const kept = Math.min(a, b);
  const gone = Math.max(a, b);
  const { db } = tx;
  db.run('UPDATE thread_ids SET thread = ? WHERE thread = ?', kept, gone);
  const folders = db.pluck<number>('SELECT DISTINCT folder FROM messages WHERE thread = ?', gone);
  db.run('UPDATE messages SET thread = ? WHERE thread = ?', kept, gone);
  for (const folder of folders) {
    type Sums = {
      newest_key: number;
      newest: number;
      total: number;
      unread: number;
      flagged: number;
      files: number;
    };
    const select =
      'SELECT newest_key, newest, total, unread, flagged, files FROM conversations WHERE folder = ? AND thread = ?';
    const one = db.get<Sums>(select, folder, kept);
    const other = db.get<Sums>(select, folder, gone);
    if (!other) continue;
    db.run('DELETE FROM conversations WHERE folder = ? AND thread = ?', folder, gone);
    if (one) db.run('UPDATE folders SET conversations = conversations - 1 WHERE id = ?', folder);
    const newer = one && one.newest_key > other.newest_key ? one : other;
    db.run(
      'INSERT OR REPLACE INTO conversations (folder, thread, newest_key, newest, total, unread, flagged, files) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      folder,
      kept,
      newer.newest_key,
      newer.newest,
      other.total + (one?.total ?? 0),
      other.unread + (one?.unread ?? 0),
      other.flagged + (one?.flagged ?? 0),
      other.files + (one?.files ?? 0),
    );
  }
  return kept;
}

/** Forgets the identifiers of a thread that has no letter any more. */
export function dropThread(tx: WriteTx, thread: number): void {
  if (tx.db.value<number>('SELECT 1 FROM messages WHERE thread = ? LIMIT 1', thread) !== undefined) return;
  tx.db.run('DELETE FROM thread_ids WHERE thread = ?', thread);
}
