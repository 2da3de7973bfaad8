import type { Migration, ReadHandle, WriteHandle } from '../../store/program.ts';
import { fadingSum, wordsOf } from '../contacts/words.ts';

/**
 * The address book.
 *
 * A contact's content is one JSON text (contract ContactContent); what is asked for by an index stands beside it: its place
 * in the order of names, the words and addresses it is found by, the day of its birthday. `use` of a person is a count that
 * fades (contacts/words.ts): the larger, the sooner it is offered.
 */
export const migration040: Migration = {
  number: 40,
  name: 'contacts',
  up(db) {
    db.exec(`
      CREATE TABLE books (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL CHECK (kind IN ('own', 'collected', 'ldap')),
        name TEXT NOT NULL DEFAULT '',
        position INTEGER NOT NULL DEFAULT 0,
        ldap TEXT,                           -- JSON LdapSettings
        refreshed INTEGER                    -- ms
      );
      INSERT INTO books (kind, position) VALUES ('own', 0), ('collected', 1);

      CREATE TABLE contacts (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        book INTEGER NOT NULL REFERENCES books (id),
        uid TEXT NOT NULL,                   -- UID of a vCard; DN of a directory's entry
        kind TEXT NOT NULL,
        name TEXT NOT NULL,                  -- as it is shown
        place TEXT NOT NULL,                 -- folded: family, given, middle name
        content TEXT NOT NULL,
        birthday TEXT,                       -- MM-DD
        photo_type TEXT,
        changed INTEGER NOT NULL             -- ms
      );
      CREATE INDEX contacts_place ON contacts (place, id);
      CREATE INDEX contacts_book_place ON contacts (book, place, id);
      CREATE INDEX contacts_uid ON contacts (uid);
      CREATE INDEX contacts_birthday ON contacts (birthday) WHERE birthday IS NOT NULL;

      CREATE TABLE contact_photos (contact INTEGER PRIMARY KEY REFERENCES contacts (id) ON DELETE CASCADE, bytes BLOB NOT NULL);
      -- Addresses in lower case; a contact is found by any of them.
      CREATE TABLE contact_addresses (
        address TEXT NOT NULL, contact INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE, n INTEGER NOT NULL,
        PRIMARY KEY (address, contact)
      ) WITHOUT ROWID;
      CREATE INDEX contact_addresses_contact ON contact_addresses (contact);
      CREATE TABLE contact_words (
        word TEXT NOT NULL, contact INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
        PRIMARY KEY (word, contact)
      ) WITHOUT ROWID;
      CREATE INDEX contact_words_contact ON contact_words (contact);
      -- Telephones as digits alone, for finding doubles.
      CREATE TABLE contact_phones (
        digits TEXT NOT NULL, contact INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
        PRIMARY KEY (digits, contact)
      ) WITHOUT ROWID;
      CREATE INDEX contact_phones_contact ON contact_phones (contact);

      -- Contacts as they were before an action: one row a contact, content null where there was none. Kept for a day.
      CREATE TABLE contact_undo (
        token TEXT NOT NULL, contact INTEGER NOT NULL, at INTEGER NOT NULL,
        former TEXT, photo BLOB,
        PRIMARY KEY (token, contact)
      ) WITHOUT ROWID;

      ALTER TABLE people ADD COLUMN use REAL NOT NULL DEFAULT 0;
      CREATE INDEX people_use ON people (use DESC);
      CREATE INDEX people_written ON people (use DESC) WHERE written > 0;
      CREATE TABLE people_words (
        word TEXT NOT NULL, address TEXT NOT NULL,
        PRIMARY KEY (word, address)
      ) WITHOUT ROWID;
    `);
    rememberPeople(db);
  },
};

interface Person {
  address: string;
  folded: string;
  written: number;
  received: number;
  last: number;
}

/** Everybody who is remembered already can be found and ranked at once. */
function rememberPeople(db: WriteHandle & ReadHandle): void {
  const people = db.all<Person>('SELECT address, folded, written, received, last FROM people');
  for (const { address, folded, written, received, last } of people) {
    db.run('UPDATE people SET use = ? WHERE address = ?', fadingSum(0, written, received, last), address);
    for (const word of wordsOf(folded))
      db.run('INSERT OR IGNORE INTO people_words (word, address) VALUES (?, ?)', word, address);
  }
}
