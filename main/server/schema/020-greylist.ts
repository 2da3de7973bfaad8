/** The guard's second table: who was asked to come again, and who did. */
import type { Migration } from '../../store/program.ts';

export const migration020: Migration = {
  number: 20,
  name: 'greylist',
  up(db) {
    // `triple`: a digest of network, sender and recipient. `passed` 0 or 1. Times in ms of the wall clock.
    db.exec(`
      CREATE TABLE greylist (
        triple BLOB PRIMARY KEY,
        since INTEGER NOT NULL,
        passed INTEGER NOT NULL,
        until INTEGER NOT NULL
      ) WITHOUT ROWID;
      CREATE INDEX greylist_until ON greylist (until);
    `);
  },
};
