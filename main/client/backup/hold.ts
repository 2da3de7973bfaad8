/**
 * What was still to leave when a copy was made. Where the copy is brought back, nobody knows whether it has left since: the
 * other computer may have sent it a minute later. Letters are held like any letter of unknown outcome, found again in Sent if
 * they are there, and sent only by a person. What rules had decided to send is not sent, and the letter's log says so. What a
 * server was to be told is checked there first, as after a line that was cut.
 *
 * Runs in a thread, on a database that nobody has open.
 */
import { DatabaseSync } from 'node:sqlite';

/** What the interface says of them. */
export const RESTORED = 'restored';

/** @returns letters held */
export function holdOutgoing(file: string): number {
  const db = new DatabaseSync(file);
  try {
    const rows = db
      .prepare("SELECT id, results FROM outbox WHERE state IN ('scheduled', 'queued', 'sending', 'deferred')")
      .all() as { id: number; results: string }[];
    const problem = JSON.stringify({
      code: RESTORED,
      message: 'It was waiting when the copy was made.',
      reply: '',
    });
    const hold = db.prepare(
      "UPDATE outbox SET state = 'unknown', phase = 'idle', next_try = NULL, problem = ?, results = ? WHERE id = ?",
    );
    db.exec('BEGIN IMMEDIATE');
    for (const { id, results } of rows) {
      const now = (JSON.parse(results) as { state: string }[]).map((each) =>
        each.state === 'waiting' || each.state === 'deferred' ? { ...each, state: 'unknown' } : each,
      );
      hold.run(problem, JSON.stringify(now), id);
    }
    db.prepare(
      `INSERT INTO rule_log (message, rule, at, subject, did, reasons)
       SELECT s.message, s.rule, s.at, coalesce(m.subject, ''),
         json_array(json_object('do', 'not-' || json_extract(s.action, '$.do'), 'what', ?)), '[]'
       FROM rule_sends s LEFT JOIN messages m ON m.id = s.message`,
    ).run(RESTORED);
    db.exec('DELETE FROM rule_sends; UPDATE operations SET attempts = max(attempts, 1); COMMIT');
    return rows.length;
  } finally {
    db.close();
  }
}
