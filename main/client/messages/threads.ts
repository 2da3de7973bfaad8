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

interface Named {
  messageId: string;
  references: string[];
  inReplyTo: string[];
}

/** Finds the threads of letters that come in one transaction: asks for all their names at once, and writes the new ones at once. */
export class Threads {
  readonly #tx: WriteTx;
  readonly #known = new Map<string, number>();
  readonly #fresh = new Set<string>();
  readonly #names = new Map<Named, string[]>();

  constructor(tx: WriteTx, letters: readonly Named[]) {
    this.#tx = tx;
    const asked = new Set<string>();
    for (const letter of letters) {
      const names = namesOf(letter);
      this.#names.set(letter, names);
      for (const name of names) asked.add(name);
    }
    if (asked.size === 0) return;
    const rows = tx.db.all<{ name: string; thread: number }>(
      'SELECT t.message_id AS name, t.thread AS thread FROM json_each(?) j CROSS JOIN thread_ids t ON t.message_id = j.value',
      JSON.stringify([...asked]),
    );
    for (const { name, thread } of rows) this.#known.set(name, thread);
  }

  /** The thread of a letter that gets the id `id`; joins threads which this letter proves to be one. */
  of(id: number, letter: Named): number {
    const unknown: string[] = [];
    let thread = 0;
    for (const name of this.#names.get(letter) ?? []) {
      const found = this.#known.get(name);
      if (found === undefined) unknown.push(name);
      else if (thread === 0) thread = found;
      else if (found !== thread) thread = this.#join(thread, found);
    }
    if (thread === 0) thread = id;
    for (const name of unknown) {
      this.#known.set(name, thread);
      this.#fresh.add(name);
    }
    return thread;
  }

  #join(a: number, b: number): number {
    const kept = join(this.#tx, a, b);
    const gone = a + b - kept;
    for (const [name, thread] of this.#known) if (thread === gone) this.#known.set(name, kept);
    return kept;
  }

  /** After the last letter. */
  write(): void {
    if (this.#fresh.size === 0) return;
    const named = [...this.#fresh].sort().map((name) => [name, this.#known.get(name)]);
    this.#tx.db.run(
      'INSERT OR IGNORE INTO thread_ids (message_id, thread) SELECT value ->> 0, value ->> 1 FROM json_each(?)',
      JSON.stringify(named),
    );
  }
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
