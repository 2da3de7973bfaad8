/** The writes of receipts, run in the writer thread. */
import type { Report } from '../../mail/dsn.ts';
import type { WriteTx } from '../../store/program.ts';
import { joinKeywords, splitKeywords } from '../imap/flags.ts';
import { queueOperation } from '../imap/oplog.ts';
import { messageRow, setMarks } from '../messages/rows.ts';
import { type FreezeInput, outboxWrites } from '../outbox/writes.ts';
import { takeReport } from './rows.ts';

/** RFC 3503: no other program shall answer either. */
export const MDN_SENT = '$MDNSent';

/** Tries of reading one report; a letter that cannot be read will not be read later either. */
const MAX_TRIES = 5;

export const receiptWrites = {
  /** What a report said; it is not looked at again. */
  'receipts.take'(
    tx: WriteTx,
    input: { message: number; report: Report | null; at: number },
  ): { letter: string | null } {
    tx.db.run('DELETE FROM to_track WHERE message = ?', input.message);
    const { report } = input;
    return { letter: report ? takeReport(tx, { ...input, report }) : null };
  },

  /** Letters that went before this time and were never heard of again are no longer waited for. */
  'receipts.sweep'(tx: WriteTx, input: { before: number }): void {
    tx.db.run(
      'DELETE FROM sent_letters WHERE at < ? AND message_id NOT IN (SELECT message_id FROM tracking)',
      input.before,
    );
  },

  'receipts.failed'(tx: WriteTx, input: { message: number }): void {
    tx.db.run('UPDATE to_track SET tries = tries + 1 WHERE message = ?', input.message);
    tx.db.run('DELETE FROM to_track WHERE message = ? AND tries >= ?', input.message, MAX_TRIES);
  },

  /**
   * The one answer to a letter's wish for a receipt: a letter in the outbox, or a refusal. false: it has its answer
   * already, and nothing was done.
   */
  'receipts.answer'(tx: WriteTx, input: { message: number; letter: FreezeInput | null }): boolean {
    const row = messageRow(tx.db, input.message);
    if (!row) return false;
    const key = row.message_id || `#${row.id}`;
    const { changes } = tx.db.run(
      'INSERT OR IGNORE INTO receipts_answered (letter, answer, at) VALUES (?, ?, ?)',
      key,
      input.letter ? 'sent' : 'refused',
      tx.now,
    );
    const keywords = splitKeywords(row.keywords);
    if (changes !== 1 || keywords.includes(MDN_SENT)) return false;
    setMarks(tx, row.id, row.flags, joinKeywords([...keywords, MDN_SENT]));
    const { account, id: message, folder, uid } = row;
    queueOperation(tx, { kind: 'flags', account, message, folder, uid, addKeywords: [MDN_SENT] });
    if (input.letter) outboxWrites['outbox.freeze'](tx, { ...input.letter, purpose: 'receipt' });
    return true;
  },
};
