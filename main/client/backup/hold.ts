/**
 * Letters that were still to leave when a copy was made. Where the copy is brought back, nobody knows whether they have left
 * since: the other computer may have sent them a minute later. They are held like any letter of unknown outcome, found again
 * in Sent if they are there, and sent only by a person. Runs in a thread, on a database that nobody has open.
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
    db.exec('COMMIT');
    return rows.length;
  } finally {
    db.close();
  }
}
