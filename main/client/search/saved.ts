/** Saved searches as rows: their names, views, order, and what they held when they were last counted. */
import { Fault } from '../../base/errors.ts';
import type { SavedSearch } from '../../contract/mail/search.ts';
import type { View } from '../../contract/mail/views.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';

function saved(db: ReadHandle): SavedSearch[] {
  return db
    .all<Omit<SavedSearch, 'view'> & { view: string }>(
      'SELECT id, name, view, total, unread FROM saved_searches ORDER BY position, id',
    )
    .map((row) => ({ ...row, view: JSON.parse(row.view) as View }));
}

export const savedReads = { 'search.saved': saved };

export const savedWrites = {
  'search.save'(tx: WriteTx, { name, view }: { name: string; view: View }): number {
    tx.change('searches', {});
    return tx.db.run(
      `INSERT INTO saved_searches (name, view, position)
       VALUES (?, ?, coalesce((SELECT max(position) + 1 FROM saved_searches), 0))`,
      name,
      JSON.stringify(view),
    ).lastId;
  },
  /** @throws Fault user `no-such-search` */
  'search.update'(
    tx: WriteTx,
    { id, name, view }: { id: number; name?: string | undefined; view?: View | undefined },
  ): void {
    const { changes } = tx.db.run(
      'UPDATE saved_searches SET name = coalesce(?, name), view = coalesce(?, view) WHERE id = ?',
      name ?? null,
      view ? JSON.stringify(view) : null,
      id,
    );
    if (changes === 0) throw new Fault('user', 'no-such-search', 'This search does not exist.');
    // Other letters are found now: the old number would be a lie.
    if (view) tx.db.run('UPDATE saved_searches SET total = NULL, unread = NULL WHERE id = ?', id);
    tx.change('searches', {});
  },
  'search.arrange'(tx: WriteTx, { ids }: { ids: number[] }): void {
    const rest = tx.db
      .pluck<number>('SELECT id FROM saved_searches ORDER BY position, id')
      .filter((id) => !ids.includes(id));
    [...ids, ...rest].forEach((id, position) => {
      tx.db.run('UPDATE saved_searches SET position = ? WHERE id = ?', position, id);
    });
    tx.change('searches', {});
  },
  'search.forget'(tx: WriteTx, { id }: { id: number }): void {
    tx.db.run('DELETE FROM saved_searches WHERE id = ?', id);
    tx.change('searches', {});
  },
  /** What a search holds. Nobody is told here: who counts tells it. */
  'search.counted'(
    tx: WriteTx,
    { counts }: { counts: readonly { id: number; total: number; unread: number }[] },
  ): void {
    for (const { id, total, unread } of counts)
      tx.db.run('UPDATE saved_searches SET total = ?, unread = ? WHERE id = ?', total, unread, id);
  },
};
