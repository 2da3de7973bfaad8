import type { Migration } from '../../store/program.ts';

/** What was brought in and what was copied out: reports that stay until newer ones push them out, and the backups made. */
export const migration080: Migration = {
  number: 80,
  name: 'moving',
  up(db) {
    db.exec(`
      CREATE TABLE import_reports (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,                 -- ms, when it ended
        subject TEXT NOT NULL,
        report TEXT NOT NULL                 -- JSON BringReport
      );
      CREATE TABLE backups (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,                 -- ms
        path TEXT NOT NULL,
        bytes INTEGER NOT NULL,
        messages INTEGER NOT NULL,
        passwords INTEGER NOT NULL           -- 1: sealed passwords are in it
      );
    `);
  },
};
