/**
 * After a restore from a backup (rule I32): numbers that were given out after the backup was taken will be given out
 * again, so every mailbox gets a greater UIDVALIDITY and no mailbox id returns. POP3's unique ids stay what they were.
 */
import type { WriteTx } from '../../store/program.ts';
import { leaveName, nextValidity, requiredRow } from './mailbox-rows.ts';

/** More than were given out between a backup and its restore, should the clock have gone back as well. */
const MARGIN = 100_000;

export function raiseValidity(tx: WriteTx, input: { mailbox: number; now: number }): number {
  const row = requiredRow(tx.db, input.mailbox);
  tx.db.run(
    "UPDATE messages SET uidl = printf('%x.%x', ?, uid) WHERE mailbox = ? AND uidl IS NULL",
    row.uidvalidity,
    row.id,
  );
  const validity = nextValidity(tx, row.person, input.now, row.uidvalidity + MARGIN);
  tx.db.run(
    'UPDATE mailboxes SET uidvalidity = ?, modseq = ?, expunged_floor = ? WHERE id = ?',
    validity,
    tx.modseq,
    tx.modseq,
    row.id,
  );
  leaveName(tx, row.person, row.name, validity);
  return validity;
}

/** Ids of mailboxes made since are not given to others. */
export function skipIds(tx: WriteTx): void {
  tx.db.run("UPDATE sqlite_sequence SET seq = seq + ? WHERE name IN ('mailboxes', 'letters')", MARGIN);
}
