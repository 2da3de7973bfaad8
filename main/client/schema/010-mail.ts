import type { Migration } from '../../store/program.ts';

/**
 * The first schema of the client database.
 *
 * One row of `messages` is one letter in one folder; the bytes are a blob shared by hash. `key` is the
 * letter's place in time and its search rowid at once: seconds of `date` (clamped to 0..2^33-1) times
 * 2^20 plus a tie-breaker, so descending keys are newest first everywhere and no sort is needed.
 * `flags`/`keywords` are what the person sees (base + local operations), `server_*` what the server said
 * last. Ids of letters, drafts, outgoing letters and accounts are never used again: operations, undo and
 * secrets outlive their rows. `uid` is null for a letter that exists only here (or is on its way to the server).
 */
export const migration010: Migration = {
  number: 10,
  name: 'mail',
  up(db) {
    db.exec(`
      CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

      CREATE TABLE accounts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL CHECK (kind IN ('imap', 'local')),
        address TEXT NOT NULL,
        name TEXT NOT NULL,
        incoming TEXT,                       -- JSON Server, without the password
        outgoing TEXT,
        policy TEXT NOT NULL DEFAULT '{"keep":"everything"}',
        save_sent INTEGER NOT NULL DEFAULT 1,
        position INTEGER NOT NULL DEFAULT 0,
        server TEXT NOT NULL DEFAULT '{}',   -- JSON: what is known of the server (id, capabilities, quirks)
        sample INTEGER NOT NULL DEFAULT 0,
        last_sync INTEGER
      );
      CREATE TABLE trusted_certificates (
        host TEXT NOT NULL, port INTEGER NOT NULL, fingerprint256 TEXT NOT NULL, at INTEGER NOT NULL,
        PRIMARY KEY (host, port)
      ) WITHOUT ROWID;

      CREATE TABLE folders (
        id INTEGER PRIMARY KEY,
        account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        path TEXT NOT NULL,                  -- with "/" between levels
        server_path TEXT,                    -- as the server writes it; null: local only
        name TEXT NOT NULL,
        parent INTEGER REFERENCES folders (id) ON DELETE SET NULL,
        role TEXT,
        subscribed INTEGER NOT NULL DEFAULT 1,
        selectable INTEGER NOT NULL DEFAULT 1,
        position INTEGER NOT NULL DEFAULT 0,
        total INTEGER NOT NULL DEFAULT 0,
        unread INTEGER NOT NULL DEFAULT 0,
        conversations INTEGER NOT NULL DEFAULT 0,
        uid_validity INTEGER,
        uid_next INTEGER,                    -- highest UIDNEXT whose letters are all here
        highest_modseq TEXT,                 -- decimal, 63 bits
        server_total INTEGER,
        synced REAL,
        sync_state TEXT NOT NULL DEFAULT '{}',
        UNIQUE (account, path)
      );

      CREATE TABLE messages (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        key INTEGER NOT NULL UNIQUE,
        folder INTEGER NOT NULL REFERENCES folders (id),
        account INTEGER NOT NULL REFERENCES accounts (id),
        uid INTEGER,
        thread INTEGER NOT NULL,
        date INTEGER NOT NULL,               -- ms; Date header if believable, else arrival
        received INTEGER NOT NULL,           -- ms; INTERNALDATE or arrival
        size INTEGER NOT NULL,
        flags INTEGER NOT NULL DEFAULT 0,    -- bit n = FLAGS[n] of the contract
        keywords TEXT NOT NULL DEFAULT '',   -- sorted, joined by a space; the person's tags among them
        server_flags INTEGER NOT NULL DEFAULT 0,
        server_keywords TEXT NOT NULL DEFAULT '',
        blob BLOB,                           -- SHA-256 of the octets; null: header only
        body INTEGER NOT NULL DEFAULT 0,     -- 0 header, 1 full, 2 damaged
        message_id TEXT NOT NULL DEFAULT '',
        from_name TEXT NOT NULL DEFAULT '',
        from_address TEXT NOT NULL DEFAULT '',
        recipients TEXT NOT NULL DEFAULT '[]', -- JSON [[name, address], ...] of To, at most 4, for rows
        subject TEXT NOT NULL DEFAULT '',
        preview TEXT NOT NULL DEFAULT '',
        attachments INTEGER NOT NULL DEFAULT 0,
        to_me INTEGER NOT NULL DEFAULT 0,
        outside INTEGER NOT NULL DEFAULT 0,
        head BLOB,                           -- header octets of a header-only letter
        server_id TEXT,                      -- EMAILID (RFC 8474) if the server has it
        files TEXT NOT NULL DEFAULT '',      -- names of attachments, one a line, cut at some hundred characters
        failures INTEGER NOT NULL DEFAULT 0  -- times its body could not be fetched
      );
      CREATE INDEX messages_folder_key ON messages (folder, key DESC);
      CREATE UNIQUE INDEX messages_folder_uid ON messages (folder, uid) WHERE uid IS NOT NULL;
      CREATE INDEX messages_unread ON messages (folder, key DESC) WHERE flags & 1 = 0;
      CREATE INDEX messages_flagged ON messages (folder, key DESC) WHERE flags & 4 != 0;
      CREATE INDEX messages_thread ON messages (thread, key);
      CREATE INDEX messages_message_id ON messages (message_id) WHERE message_id != '';
      CREATE INDEX messages_blob ON messages (blob) WHERE blob IS NOT NULL;
      CREATE INDEX messages_bodies_wanted ON messages (account, key DESC) WHERE body = 0 AND uid IS NOT NULL;

      -- A conversation's row in a folder, kept by the same transaction that changes its letters.
      CREATE TABLE conversations (
        folder INTEGER NOT NULL, thread INTEGER NOT NULL,
        newest_key INTEGER NOT NULL, newest INTEGER NOT NULL,
        total INTEGER NOT NULL, unread INTEGER NOT NULL, flagged INTEGER NOT NULL, files INTEGER NOT NULL,
        PRIMARY KEY (folder, thread)
      ) WITHOUT ROWID;
      CREATE INDEX conversations_newest ON conversations (folder, newest_key DESC);

      -- Message-IDs seen (as id or as reference) and the thread they belong to.
      CREATE TABLE thread_ids (message_id TEXT PRIMARY KEY, thread INTEGER NOT NULL) WITHOUT ROWID;
      CREATE INDEX thread_ids_thread ON thread_ids (thread);

      -- Letters whose text is not in the search index yet.
      CREATE TABLE to_index (message INTEGER PRIMARY KEY) WITHOUT ROWID;
      -- Places of letters that are gone but still in the search index.
      CREATE TABLE to_unindex (key INTEGER PRIMARY KEY) WITHOUT ROWID;

      -- Letters dropped here because the server dropped them; reclaimed after 7 days.
      CREATE TABLE purged (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, folder INTEGER NOT NULL, row TEXT NOT NULL, blob BLOB);
      CREATE INDEX purged_at ON purged (at);

      -- Every action of the person that a server must hear of (C20). Deltas, never states.
      CREATE TABLE operations (
        id INTEGER PRIMARY KEY,
        account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        folder INTEGER,                      -- where it happens (source)
        message INTEGER,
        uid INTEGER,
        kind TEXT NOT NULL,                  -- flags, move, copy, expunge, append, create, rename, remove, subscribe
        payload TEXT NOT NULL,               -- JSON
        state TEXT NOT NULL DEFAULT 'waiting', -- waiting, running, stuck
        attempts INTEGER NOT NULL DEFAULT 0,
        next_try INTEGER NOT NULL DEFAULT 0,
        at INTEGER NOT NULL,
        problem TEXT
      );
      CREATE INDEX operations_account ON operations (account, id);
      CREATE INDEX operations_message ON operations (message);

      -- What one action changed, so that it can be taken back; an action on many letters has many rows. Kept for a day.
      CREATE TABLE undo (
        token TEXT NOT NULL, n INTEGER NOT NULL, at INTEGER NOT NULL, steps TEXT NOT NULL,
        PRIMARY KEY (token, n)
      ) WITHOUT ROWID;

      CREATE TABLE drafts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL, of INTEGER, account INTEGER,
        content TEXT NOT NULL,               -- JSON DraftContent
        attachments TEXT NOT NULL DEFAULT '[]', -- JSON, bytes are blobs
        known_domains TEXT NOT NULL DEFAULT '[]',
        version INTEGER NOT NULL, saved_at INTEGER NOT NULL,
        message_id TEXT NOT NULL,            -- the letter's future Message-ID
        message INTEGER,                     -- its copy in a Drafts folder
        kept TEXT NOT NULL DEFAULT 'local',
        copied_version INTEGER NOT NULL DEFAULT 0, -- the version that its copy in a Drafts folder has
        threading TEXT NOT NULL DEFAULT '{}',      -- JSON {inReplyTo, references} of an answer
        discarded_at INTEGER, undo TEXT
      );
      CREATE TABLE draft_versions (
        draft INTEGER NOT NULL REFERENCES drafts (id) ON DELETE CASCADE, version INTEGER NOT NULL,
        at INTEGER NOT NULL, content TEXT NOT NULL, attachments TEXT NOT NULL,
        PRIMARY KEY (draft, version)
      ) WITHOUT ROWID;

      CREATE TABLE outbox (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account INTEGER NOT NULL REFERENCES accounts (id),
        draft INTEGER,
        state TEXT NOT NULL,                 -- contract OutboxState
        phase TEXT NOT NULL DEFAULT 'idle',  -- idle, envelope, body, waiting (body complete, reply awaited)
        blob BLOB NOT NULL,                  -- the frozen letter, Bcc included
        message_id TEXT NOT NULL, subject TEXT NOT NULL, size INTEGER NOT NULL,
        envelope TEXT NOT NULL,              -- JSON {from, to: [], dsn, smtputf8}
        shown_to TEXT NOT NULL,
        results TEXT NOT NULL DEFAULT '[]',
        not_before INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, next_try INTEGER, first_try INTEGER,
        problem TEXT, copy TEXT NOT NULL DEFAULT 'none', at INTEGER NOT NULL,
        facts TEXT NOT NULL DEFAULT '{}',    -- JSON LetterFacts of the letter, for its Sent copy
        copy_message INTEGER,                -- its row in a Sent folder
        done_at INTEGER                      -- when the server took it
      );

      CREATE TABLE people (
        address TEXT PRIMARY KEY,            -- lower case
        name TEXT NOT NULL, folded TEXT NOT NULL, -- words for prefix search
        written INTEGER NOT NULL DEFAULT 0,  -- letters sent to
        received INTEGER NOT NULL DEFAULT 0, -- letters from
        last INTEGER NOT NULL DEFAULT 0,
        pictures INTEGER NOT NULL DEFAULT 0, known INTEGER NOT NULL DEFAULT 0
      ) WITHOUT ROWID;
      CREATE TABLE picture_domains (domain TEXT PRIMARY KEY) WITHOUT ROWID;
      CREATE TABLE tags (name TEXT PRIMARY KEY, colour TEXT NOT NULL, keyword TEXT NOT NULL UNIQUE, position INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
      CREATE TABLE saved_searches (id INTEGER PRIMARY KEY, name TEXT NOT NULL, view TEXT NOT NULL, position INTEGER NOT NULL DEFAULT 0);
    `);
  },
};
