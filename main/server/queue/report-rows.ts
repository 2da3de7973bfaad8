/** Reports that are owed, as rows: which letter, to whom, about which recipients. */
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import { dropFinished } from './relay-rows.ts';
import type { ReportKind } from './report.ts';
import type { OwedReport } from './reporter.ts';

/** Recipients that one report speaks of. */
const MOST_OUTCOMES = 500;

export const reportReads = {
  /** The oldest report that has to be written: one letter, one reverse path. */
  'queue.owedReport': (db: ReadHandle): OwedReport | null => {
    const first = db.get<{ letter: number; return_to: string | null }>(
      'SELECT letter, return_to FROM queue_recipients WHERE report IS NOT NULL ORDER BY letter, position LIMIT 1',
    );
    if (!first) return null;
    const row = db.get<{
      queue_id: string;
      hash: Uint8Array;
      size: number;
      skip: number;
      sender: string;
      envelope_id: string | null;
      ret: string | null;
      smtputf8: number;
      subject: string;
      message_id: string;
      arrived: number;
    }>('SELECT * FROM queue_letters WHERE id = ?', first.letter)!;
    const outcomes = db.all<{
      position: number;
      report: string;
      recipient: string;
      original: string | null;
      last_status: string;
      last_reply: string;
      last_host: string;
      last_attempt: number | null;
    }>(
      `SELECT * FROM queue_recipients WHERE letter = ? AND report IS NOT NULL AND return_to IS ? ORDER BY position LIMIT ?`,
      first.letter,
      first.return_to,
      MOST_OUTCOMES,
    );
    return {
      letter: first.letter,
      queueId: row.queue_id,
      hash: row.hash,
      size: row.size,
      skip: row.skip,
      sender: first.return_to ?? row.sender,
      envelopeId: row.envelope_id,
      ret: row.ret,
      smtpUtf8: row.smtputf8 === 1,
      subject: row.subject,
      messageId: row.message_id,
      arrived: row.arrived,
      outcomes: outcomes.map((each) => ({
        position: each.position,
        kind: each.report as ReportKind,
        recipient: each.recipient,
        original: each.original,
        status: each.last_status,
        reply: each.last_reply,
        host: each.last_host,
        lastAttempt: each.last_attempt,
      })),
    };
  },
};

export interface Reported {
  readonly letter: number;
  readonly positions: readonly number[];
}

export const reportWrites = {
  'queue.reported': (tx: WriteTx, input: Reported): void => markReported(tx, input),
};

/** The report about these is written; once nothing else is open, the letter leaves the queue. */
export function markReported(tx: WriteTx, { letter, positions }: Reported): void {
  for (const position of positions) {
    tx.db.run(
      'UPDATE queue_recipients SET report = NULL WHERE letter = ? AND position = ?',
      letter,
      position,
    );
  }
  dropFinished(tx, letter);
}
