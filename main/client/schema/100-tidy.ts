import type { Migration } from '../../store/program.ts';

/**
 * Letters that a person deleted for ever, kept with their octets for a while, and how long folders keep their letters.
 * A row of `deleted_letters` holds the reference to its blob that the letter's row held before.
 */
export const migration100: Migration = {
  number: 100,
  name: 'tidy',
  up(db) {
    db.exec(`
      CREATE TABLE deleted_letters (
        id INTEGER PRIMARY KEY,              -- of the letter's former row
        at INTEGER NOT NULL,                 -- ms
        account INTEGER NOT NULL, folder INTEGER NOT NULL,
        path TEXT NOT NULL,                  -- account and folder as a person knew them
        sender TEXT NOT NULL, subject TEXT NOT NULL,
        date INTEGER NOT NULL, received INTEGER NOT NULL, size INTEGER NOT NULL,
        flags INTEGER NOT NULL, keywords TEXT NOT NULL, message_id TEXT NOT NULL,
        blob BLOB NOT NULL
      );
      CREATE INDEX deleted_letters_at ON deleted_letters (at);

      CREATE TABLE retention (
        folder INTEGER PRIMARY KEY REFERENCES folders (id) ON DELETE CASCADE,
        days INTEGER NOT NULL,
        action TEXT NOT NULL CHECK (action IN ('trash', 'erase')),
        confirmed INTEGER NOT NULL DEFAULT 0, -- a person has seen what goes
        told INTEGER NOT NULL DEFAULT 0,      -- ms; when it was last said that it waits for that
        last_run INTEGER,                     -- ms
        last_count INTEGER NOT NULL DEFAULT 0
      );
    `);
  },
};
