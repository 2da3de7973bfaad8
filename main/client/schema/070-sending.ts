import type { Migration } from '../../store/program.ts';

/**
 * What goes with sending: receipts asked and answered, what became of a letter at its recipients, letters sent on, mail
 * merges.
 *
 * `sent_letters` is a letter that a server took, by its Message-ID, for as long as reports may come; `tracking` what reports
 * and receipts said of it, the last word per recipient. `to_track` are letters here that are reports and were not read yet.
 */
export const migration070: Migration = {
  number: 70,
  name: 'sending',
  up(db) {
    db.exec(`
      -- letter, receipt (an answer of ours, leaves no trace in Sent), redirect, merge
      ALTER TABLE outbox ADD COLUMN purpose TEXT NOT NULL DEFAULT 'letter';
      ALTER TABLE outbox ADD COLUMN merge INTEGER;
      ALTER TABLE outbox ADD COLUMN missed INTEGER;   -- ms; its chosen time, when the program was not running then
      CREATE INDEX outbox_merge ON outbox (merge) WHERE merge IS NOT NULL;
      CREATE INDEX outbox_waiting ON outbox (account, (merge IS NOT NULL), at) WHERE state IN ('queued', 'scheduled', 'deferred');

      CREATE TABLE sent_letters (
        message_id TEXT PRIMARY KEY,
        envid TEXT,                          -- ENVID given to the server (RFC 3461); null: none
        account INTEGER NOT NULL,
        at INTEGER NOT NULL,                 -- ms
        asked_receipt INTEGER NOT NULL,
        asked_notice INTEGER NOT NULL,       -- 1 asked, 2 asked of a server that gives none
        recipients TEXT NOT NULL             -- JSON: addresses of the envelope
      ) WITHOUT ROWID;
      CREATE INDEX sent_letters_at ON sent_letters (at);
      CREATE INDEX sent_letters_envid ON sent_letters (envid) WHERE envid IS NOT NULL;

      CREATE TABLE tracking (
        message_id TEXT NOT NULL,
        address TEXT NOT NULL,               -- lower case
        kind TEXT NOT NULL CHECK (kind IN ('delivery', 'receipt')),
        state TEXT NOT NULL,
        at INTEGER NOT NULL,                 -- ms
        words TEXT NOT NULL DEFAULT '',      -- the other server's
        report INTEGER,                      -- the letter here that said it
        PRIMARY KEY (message_id, address, kind)
      ) WITHOUT ROWID;
      CREATE TABLE to_track (message INTEGER PRIMARY KEY, tries INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;

      -- One answer a letter, whatever it was, for ever: the primary key is the promise.
      CREATE TABLE receipts_answered (
        letter TEXT PRIMARY KEY,             -- Message-ID, or "#" and the row of a letter without one
        answer TEXT NOT NULL CHECK (answer IN ('sent', 'refused')),
        at INTEGER NOT NULL
      ) WITHOUT ROWID;

      CREATE TABLE merges (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        subject TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('preparing', 'sending', 'cancelled')),
        total INTEGER NOT NULL,
        removed INTEGER NOT NULL DEFAULT 0,  -- letters of it that were taken out and will not go
        per_minute INTEGER NOT NULL,         -- 0: as fast as it goes
        at INTEGER NOT NULL
      );
    `);
  },
};
