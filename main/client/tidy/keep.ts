/** A letter that a person erases is kept for a while (deleted.ts). Run inside the write that takes its row away. */
import type { WriteTx } from '../../store/program.ts';

/** Takes the reference over from a letter's row, which is still there. false: its octets are not here. */
export function keepDeleted(tx: WriteTx, id: number): boolean {
  return (
    tx.db.run(
      `INSERT OR IGNORE INTO deleted_letters
         (id, at, account, folder, path, sender, subject, date, received, size, flags, keywords, message_id, blob)
       SELECT m.id, ?, m.account, m.folder, a.address || '/' || f.path,
         CASE m.from_name WHEN '' THEN m.from_address ELSE m.from_name END, m.subject, m.date, m.received, m.size, m.flags,
         m.keywords, m.message_id, m.blob
       FROM messages m JOIN folders f ON f.id = m.folder JOIN accounts a ON a.id = m.account
       WHERE m.id = ? AND m.blob IS NOT NULL`,
      tx.now,
      id,
    ).changes === 1
  );
}
