/** What the database of a backup says of itself. Runs in a thread; opens the file for reading only. */
import { DatabaseSync } from 'node:sqlite';
import { Fault } from '../../base/errors.ts';
import { secretName } from '../accounts/rows.ts';
import { bookSecret } from '../contacts/directory.ts';

export interface SnapshotFacts {
  segments: { id: number; length: number }[];
  messages: number;
  accounts: { id: number; address: string }[];
  /** Names that secrets may have been kept under. */
  secretNames: string[];
}

/** @throws Fault user `backup-damaged` when it is not a sound database of ours */
export function snapshotFacts(file: string, whole: boolean): SnapshotFacts {
  const db = new DatabaseSync(file, { readOnly: true });
  try {
    if (whole) {
      const [row] = db.prepare('PRAGMA quick_check(1)').all() as { quick_check: string }[];
      if (row?.quick_check !== 'ok') throw new Error(row?.quick_check ?? 'no answer');
    }
    const segments = db
      .prepare("SELECT id, length FROM segments WHERE state <> 'dead' ORDER BY id")
      .all() as {
      id: number;
      length: number;
    }[];
    const accounts = db
      .prepare("SELECT id, address FROM accounts WHERE kind <> 'local' ORDER BY position, id")
      .all() as {
      id: number;
      address: string;
    }[];
    // A copy of an older program may have no such table yet.
    const tables = db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'books'").get();
    const books = tables
      ? (db.prepare("SELECT id FROM books WHERE kind = 'ldap'").all() as { id: number }[])
      : [];
    const messages = (db.prepare('SELECT count(*) AS n FROM messages').get() as { n: number }).n;
    return {
      segments,
      messages,
      accounts,
      secretNames: [...accounts.map(({ id }) => secretName(id)), ...books.map(({ id }) => bookSecret(id))],
    };
  } catch (cause) {
    throw new Fault('user', 'backup-damaged', 'The copy is damaged: its database cannot be read.', { cause });
  } finally {
    db.close();
  }
}
