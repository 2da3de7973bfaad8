import type { Migration } from '../../store/program.ts';

/** When accounts connect, and what is to be done with letters that stand on an IMAP server by their headers. */
export const migration050: Migration = {
  number: 50,
  name: 'collecting',
  up(db) {
    db.exec(`
      ALTER TABLE accounts ADD COLUMN schedule TEXT;  -- JSON Schedule; null: as a new account has it

      -- Marks on letters of IMAP accounts; those of POP3 accounts stand in pop3_letters. A letter that goes takes its mark along.
      CREATE TABLE fetch_marks (
        message INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
        account INTEGER NOT NULL,
        mark TEXT NOT NULL CHECK (mark IN ('fetch', 'keep', 'delete'))
      );
      CREATE INDEX fetch_marks_account ON fetch_marks (account, mark);
      CREATE INDEX pop3_letters_marked ON pop3_letters (account) WHERE mark IS NOT NULL;
    `);
  },
};
