/**
 * Giving free pages of a database back to the disk. SQLite writes the database anew beside it and takes it over in one commit:
 * killed anywhere, the old one is in force. Readers go on; whoever writes waits, so it is done only when a person asks for
 * room, and only where there is some to be had.
 */
import type { Connection } from './database.ts';

/** Free octets below which it is not worth writing a database anew. */
export const WORTH_BYTES = 1024 * 1024;
/** And the least share of free pages. */
const WORTH_SHARE = 0.02;

/** @returns octets given back. @throws SQLite's errors; a full disk leaves everything as it was */
export function vacuum(db: Connection): number {
  const size = db.value<number>('PRAGMA page_size') ?? 0;
  const pages = db.value<number>('PRAGMA page_count') ?? 0;
  const free = db.value<number>('PRAGMA freelist_count') ?? 0;
  if (free * size < WORTH_BYTES || free < pages * WORTH_SHARE) return 0;
  db.forget();
  // The copy is as large as the database: beside it on the disk, not in memory, where this connection keeps what is passing.
  db.exec('PRAGMA temp_store = FILE');
  try {
    db.exec('VACUUM');
    // The file shrinks when the log is carried over; where a reader is in the way, the next one does it.
    db.get('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    db.exec('PRAGMA temp_store = MEMORY');
  }
  return Math.max(0, pages - (db.value<number>('PRAGMA page_count') ?? pages)) * size;
}
