/** How long folders keep their letters: rules as rows. What is taken away, and when, is tidy.ts. */
import type { RetentionRule } from '../../contract/mail/tidy.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import { folderRow, noSuchFolder } from '../folders/rows.ts';

interface Stored {
  folder: number;
  days: number;
  action: RetentionRule['end'];
  confirmed: number;
  told: number;
  last_run: number | null;
  last_count: number;
}

export type StoredRule = RetentionRule & { told: number };

function rules(db: ReadHandle): StoredRule[] {
  return db
    .all<Stored>('SELECT * FROM retention ORDER BY folder')
    .map(({ folder, days, action, confirmed, told, last_run, last_count }) => ({
      folder,
      days,
      end: action,
      confirmed: confirmed !== 0,
      lastRun: last_run,
      lastCount: last_count,
      told,
    }));
}

/** A shorter time, or a harder end, has to be looked at anew. */
function set(
  tx: WriteTx,
  input: { folder: number; days: number | null; end: RetentionRule['end']; confirmed: boolean },
): void {
  if (!folderRow(tx.db, input.folder)) throw noSuchFolder(input.folder);
  tx.change('retention', {});
  if (input.days === null) {
    tx.db.run('DELETE FROM retention WHERE folder = ?', input.folder);
    return;
  }
  tx.db.run(
    `INSERT INTO retention (folder, days, action, confirmed) VALUES (?1, ?2, ?3, ?4)
     ON CONFLICT (folder) DO UPDATE SET
       confirmed = ?4 OR (confirmed AND ?2 >= days AND (action = ?3 OR ?3 = 'trash')), days = ?2, action = ?3, told = 0`,
    input.folder,
    input.days,
    input.end,
    input.confirmed ? 1 : 0,
  );
}

export const retentionReads = { 'tidy.rules': rules };

export const retentionWrites = {
  'tidy.setRule': set,
  'tidy.ran': (tx: WriteTx, input: { folder: number; count: number }): void => {
    tx.db.run(
      'UPDATE retention SET last_run = ?, last_count = ? WHERE folder = ?',
      tx.now,
      input.count,
      input.folder,
    );
    tx.change('retention', {});
  },
  'tidy.told': (tx: WriteTx, input: { folder: number }): void => {
    tx.db.run('UPDATE retention SET told = ? WHERE folder = ?', tx.now, input.folder);
  },
};
