import type { Migration } from '../../store/program.ts';

/**
 * Identities, signatures, templates, snippets, own words.
 *
 * Every account that has an address has one main identity, made with it by a trigger: whoever adds an account need not
 * know of identities. Name and address of a main identity are null here and read from the account.
 */
export const migration060: Migration = {
  number: 60,
  name: 'identities',
  up(db) {
    db.exec(`
      CREATE TABLE identities (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        account INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
        main INTEGER NOT NULL DEFAULT 0,
        position INTEGER NOT NULL DEFAULT 0,
        label TEXT NOT NULL DEFAULT '',
        name TEXT, address TEXT,             -- null: the account's
        reply_to TEXT NOT NULL DEFAULT '[]', -- JSON Address[]
        organisation TEXT NOT NULL DEFAULT '',
        bcc TEXT NOT NULL DEFAULT '[]',
        sent_folder INTEGER REFERENCES folders (id) ON DELETE SET NULL,
        signatures TEXT NOT NULL DEFAULT '{}' -- JSON, some of SignatureChoices; what is left out is "default"
      );
      CREATE INDEX identities_account ON identities (account, main DESC, position, id);
      CREATE UNIQUE INDEX identities_main ON identities (account) WHERE main = 1;
      INSERT INTO identities (account, main) SELECT id, 1 FROM accounts WHERE address LIKE '%@%';
      CREATE TRIGGER identity_of_account AFTER INSERT ON accounts WHEN NEW.address LIKE '%@%' BEGIN
        INSERT INTO identities (account, main) VALUES (NEW.id, 1);
      END;

      CREATE TABLE signatures (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL, html TEXT NOT NULL, text TEXT NOT NULL DEFAULT '',
        attachments TEXT NOT NULL DEFAULT '[]', -- JSON StoredAttachment[]: its pictures, a reference to each blob
        position INTEGER NOT NULL DEFAULT 0,
        removed INTEGER                      -- ms; it can be had back for a time
      );
      CREATE TABLE templates (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('template', 'stationery')),
        content TEXT NOT NULL,               -- JSON TemplateContent
        attachments TEXT NOT NULL DEFAULT '[]',
        removed INTEGER
      );
      CREATE TABLE snippets (
        id INTEGER PRIMARY KEY, keyword TEXT NOT NULL, folded TEXT NOT NULL UNIQUE, html TEXT NOT NULL, text TEXT NOT NULL
      );
      CREATE TABLE spelling_words (folded TEXT PRIMARY KEY, word TEXT NOT NULL) WITHOUT ROWID;

      -- The one signature of the settings becomes the first of the list.
      INSERT INTO signatures (name, html)
        SELECT CASE (SELECT value FROM settings WHERE name = 'language') WHEN '"ru"' THEN 'Подпись' ELSE 'Signature' END,
               json_extract(value, '$') FROM settings WHERE name = 'signature' AND json_extract(value, '$') != '';
      DELETE FROM settings WHERE name = 'signature';

      ALTER TABLE outbox ADD COLUMN sent_folder INTEGER; -- null: the account's own Sent
    `);
  },
};
