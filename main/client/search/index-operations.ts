/** Named reads and writes of the queue between the rows and the search index. */
import type { ReadHandle, WriteTx } from '../../store/program.ts';

export interface Unindexed {
  id: number;
  key: number;
  blob: Uint8Array | null;
  head: Uint8Array | null;
  size: number;
  /** Words known without the octets. */
  subject: string;
  from: string;
}

function queue(db: ReadHandle, input: { limit: number }): { add: Unindexed[]; gone: number[] } {
  return {
    add: db.all<Unindexed>(
      `SELECT m.id AS id, m.key AS key, m.blob AS blob, m.head AS head, m.size AS size, m.subject AS subject,
         m.from_name || ' ' || m.from_address AS "from"
       FROM to_index t JOIN messages m ON m.id = t.message ORDER BY t.message DESC LIMIT ?`,
      input.limit,
    ),
    gone: db.pluck<number>('SELECT key FROM to_unindex LIMIT ?', input.limit),
  };
}

export const indexReads = { 'index.queue': queue };

export const indexWrites = {
  /** The index has these letters. */
  'search.indexed': (tx: WriteTx, input: { ids: number[] }): void => {
    for (const id of input.ids) tx.db.run('DELETE FROM to_index WHERE message = ?', id);
  },
  /** The index has them. `gone`: keys whose words are out of it. */
  'index.done': (tx: WriteTx, input: { ids: number[]; gone: number[] }): void => {
    for (const id of input.ids) tx.db.run('DELETE FROM to_index WHERE message = ?', id);
    for (const key of input.gone) tx.db.run('DELETE FROM to_unindex WHERE key = ?', key);
    // Views that look for words have these letters to ask about.
    if (input.ids.length > 0) tx.change('indexed', { ids: input.ids });
  },
  /** Everything again: the index is new. */
  'index.all': (tx: WriteTx): void => {
    tx.db.run('INSERT OR IGNORE INTO to_index (message) SELECT id FROM messages');
    tx.db.run('DELETE FROM to_unindex');
  },
};
