import type { Migration } from '../../store/program.ts';

/**
 * Accounts that collect by POP3, and what is known of their maildrops.
 *
 * One row of `pop3_letters` is one letter of a server's maildrop, by its unique-id (RFC 1939 section 7). It is written in the
 * transaction that brings the letter, outlives the letter here (a letter erased here must not be fetched again), and goes
 * when the server has long ceased to list it.
 */
export const migration020: Migration = {
  number: 20,
  name: 'pop3',
  up(db) {
    db.exec(`
      -- SQLite cannot widen a CHECK: the column is made anew under its name. The table itself stays, and with it what
      -- refers to it.
      ALTER TABLE accounts ADD COLUMN wider_kind TEXT NOT NULL DEFAULT 'local' CHECK (wider_kind IN ('imap', 'pop3', 'local'));
      UPDATE accounts SET wider_kind = kind;
      ALTER TABLE accounts DROP COLUMN kind;
      ALTER TABLE accounts RENAME COLUMN wider_kind TO kind;
      ALTER TABLE accounts ADD COLUMN pop3 TEXT;          -- JSON Pop3Policy; null: not a POP3 account

      CREATE TABLE pop3_letters (
        account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        uidl TEXT NOT NULL,                  -- "~..." for a server that gives none
        octets INTEGER NOT NULL,             -- as LIST said
        state TEXT NOT NULL CHECK (state IN ('header', 'whole', 'erased', 'failed')),
        mark TEXT CHECK (mark IN ('fetch', 'keep', 'delete')),
        message INTEGER,                     -- its row here
        first_seen INTEGER NOT NULL,         -- ms
        missing_since INTEGER,               -- ms; the server does not list it any more
        failures INTEGER NOT NULL DEFAULT 0,
        tried INTEGER NOT NULL DEFAULT 0,    -- ms of the last refusal
        likeness TEXT NOT NULL DEFAULT '',   -- digest of Message-ID and Date, to know it again under another id
        PRIMARY KEY (account, uidl)
      ) WITHOUT ROWID;
      CREATE INDEX pop3_letters_missing ON pop3_letters (account, likeness) WHERE missing_since IS NOT NULL;
      CREATE INDEX pop3_letters_message ON pop3_letters (message) WHERE message IS NOT NULL;
    `);
  },
};
