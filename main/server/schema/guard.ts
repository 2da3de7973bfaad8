/** Tables of the guard: bans outlive a restart, counters do not. */
import type { WriteHandle } from '../../store/program.ts';

/** `peer` is an IPv4 address or an IPv6 network of 64 bits. Times in ms of the wall clock. */
export function createGuardTables(db: WriteHandle): void {
  db.exec(`
    CREATE TABLE bans (
      peer TEXT PRIMARY KEY,
      since INTEGER NOT NULL,
      until INTEGER NOT NULL,
      reason TEXT NOT NULL
    ) WITHOUT ROWID;
  `);
}
