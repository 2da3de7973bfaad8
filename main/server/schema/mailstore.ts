/**
 * Tables of the mailstore. What a FETCH of flags and envelopes reads lies close together (messages, letters); what is
 * asked for rarely has tables of its own, so that a page holds many rows of the first kind.
 */
import type { WriteHandle } from '../../store/program.ts';

export function createMailstoreTables(db: WriteHandle): void {
  db.exec(`
    -- One row a person: counters that quota answers from, and the last UIDVALIDITY given out.
    CREATE TABLE mailstores (
      person INTEGER PRIMARY KEY,
      validity INTEGER NOT NULL,
      bytes INTEGER NOT NULL DEFAULT 0,
      messages INTEGER NOT NULL DEFAULT 0
    );

    CREATE TABLE mailboxes (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      person INTEGER NOT NULL,
      name TEXT,                            -- NULL: deleted, its letters are kept for a while
      special_use TEXT,
      uidvalidity INTEGER NOT NULL,
      uidnext INTEGER NOT NULL DEFAULT 1,
      modseq INTEGER NOT NULL,
      messages INTEGER NOT NULL DEFAULT 0,
      unseen INTEGER NOT NULL DEFAULT 0,
      deleted INTEGER NOT NULL DEFAULT 0,
      size INTEGER NOT NULL DEFAULT 0,
      recent_from INTEGER NOT NULL DEFAULT 1,
      expunged_floor INTEGER NOT NULL DEFAULT 0, -- what was expunged up to this modseq may be forgotten
      gone INTEGER,                         -- ms when it was deleted
      UNIQUE (person, name)
    );
    CREATE INDEX mailboxes_gone ON mailboxes (gone) WHERE gone IS NOT NULL;

    -- Highest UIDVALIDITY a name had before it was deleted or renamed (RFC 9051 section 2.3.1.1).
    CREATE TABLE former_names (
      person INTEGER NOT NULL,
      name TEXT NOT NULL,
      validity INTEGER NOT NULL,
      PRIMARY KEY (person, name)
    ) WITHOUT ROWID;

    -- By name: a subscription outlives its mailbox (RFC 9051 section 6.3.7).
    CREATE TABLE subscriptions (
      person INTEGER NOT NULL,
      name TEXT NOT NULL,
      PRIMARY KEY (person, name)
    ) WITHOUT ROWID;

    -- Keywords a mailbox has used; a word is compared by its lower-case key.
    CREATE TABLE mailbox_keywords (
      mailbox INTEGER NOT NULL,
      key TEXT NOT NULL,
      word TEXT NOT NULL,
      PRIMARY KEY (mailbox, key)
    ) WITHOUT ROWID;

    CREATE TABLE messages (
      mailbox INTEGER NOT NULL,
      uid INTEGER NOT NULL,
      letter INTEGER NOT NULL,
      flags INTEGER NOT NULL,
      keywords TEXT,                        -- words with a space between
      size INTEGER NOT NULL,
      internal_date INTEGER NOT NULL,       -- ms since 1970 UTC
      zone INTEGER NOT NULL,                -- minutes east
      save_date INTEGER NOT NULL,
      modseq INTEGER NOT NULL,
      uidl TEXT,                            -- NULL: made of UIDVALIDITY and UID
      PRIMARY KEY (mailbox, uid)
    ) WITHOUT ROWID;
    CREATE INDEX messages_modseq ON messages (mailbox, modseq);
    CREATE UNIQUE INDEX messages_uidl ON messages (mailbox, uidl) WHERE uidl IS NOT NULL;

    -- The same columns: an expunged message can be shown to a session that has not been told (rule G12).
    CREATE TABLE expunged (
      mailbox INTEGER NOT NULL,
      uid INTEGER NOT NULL,
      letter INTEGER,                       -- NULL: given back, only QRESYNC remembers
      flags INTEGER NOT NULL,
      keywords TEXT,
      size INTEGER NOT NULL,
      internal_date INTEGER NOT NULL,
      zone INTEGER NOT NULL,
      save_date INTEGER NOT NULL,
      modseq INTEGER NOT NULL,              -- of the expunge
      uidl TEXT,
      at INTEGER NOT NULL,
      PRIMARY KEY (mailbox, uid)
    ) WITHOUT ROWID;
    CREATE INDEX expunged_modseq ON expunged (mailbox, modseq);
    CREATE INDEX expunged_held ON expunged (at) WHERE letter IS NOT NULL;
    CREATE INDEX expunged_remembered ON expunged (at) WHERE letter IS NULL;

    -- One row a distinct message, however many people have it. Texts hold one character an octet.
    CREATE TABLE letters (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      hash BLOB NOT NULL UNIQUE,
      size INTEGER NOT NULL,
      uses INTEGER NOT NULL,                -- rows of messages and expunged that mean it
      thread INTEGER NOT NULL,
      sent INTEGER,                         -- Date in ms; NULL when it says nothing usable
      sent_day INTEGER,                     -- days since 1970 as written, zone disregarded
      envelope TEXT NOT NULL
    );
    CREATE TABLE letter_texts (
      letter INTEGER PRIMARY KEY,
      body TEXT NOT NULL,
      structure TEXT NOT NULL,
      parts BLOB NOT NULL,
      preview TEXT NOT NULL
    );
    -- What SORT and THREAD compare (RFC 5256).
    CREATE TABLE letter_sort (
      letter INTEGER PRIMARY KEY,
      message_id TEXT NOT NULL,
      parents TEXT NOT NULL,                -- message ids, oldest first, a line each
      subject TEXT NOT NULL,                -- base subject as it stands
      reply INTEGER NOT NULL,               -- 1: the subject says reply or forward
      from_key TEXT NOT NULL,
      to_key TEXT NOT NULL,
      cc_key TEXT NOT NULL,
      display_from TEXT NOT NULL,
      display_to TEXT NOT NULL
    );
    -- Message ids by a hash of theirs, to the thread they were first seen in.
    CREATE TABLE thread_keys (
      key INTEGER PRIMARY KEY,
      thread INTEGER NOT NULL
    );
  `);
}
