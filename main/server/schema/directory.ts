/** Tables of the directory. Addresses are kept as written beside their key (lower case, U-label domain). */
import type { WriteHandle } from '../../store/program.ts';

/**
 * `scram` is the verifier in the notation of RFC 5803, `hash` a PHC string, `legacy` a sealed secret. The id of a
 * person is never used again: mailboxes, records and grants outlive the row.
 */
export function createDirectoryTables(db: WriteHandle): void {
  db.exec(`
    CREATE TABLE directory_settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE sealed_secrets (name TEXT PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;

    CREATE TABLE domains (
      name TEXT PRIMARY KEY,               -- U-label, lower case, NFC
      position INTEGER NOT NULL,           -- the first completes an address without a domain
      catch_all TEXT
    ) WITHOUT ROWID;

    CREATE TABLE people (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      key TEXT NOT NULL UNIQUE,
      address TEXT NOT NULL,
      name TEXT NOT NULL,
      disabled INTEGER NOT NULL DEFAULT 0,
      quota INTEGER,                       -- octets
      scram TEXT,
      hash TEXT,
      legacy BLOB,
      created INTEGER NOT NULL             -- ms
    );
    CREATE TABLE aliases (
      key TEXT PRIMARY KEY,
      address TEXT NOT NULL,
      targets TEXT NOT NULL                -- JSON array of addresses
    ) WITHOUT ROWID;
    CREATE TABLE lists (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      key TEXT NOT NULL UNIQUE,
      address TEXT NOT NULL,
      name TEXT NOT NULL,
      who TEXT NOT NULL CHECK (who IN ('anyone', 'members', 'owners')),
      members TEXT NOT NULL,               -- JSON array of addresses
      owners TEXT NOT NULL
    );
    CREATE TABLE grants (
      person INTEGER NOT NULL REFERENCES people (id) ON DELETE CASCADE,
      key TEXT NOT NULL,
      address TEXT NOT NULL,
      PRIMARY KEY (person, key)
    ) WITHOUT ROWID;
  `);
}
