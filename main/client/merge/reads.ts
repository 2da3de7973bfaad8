/** The reads of mail merges, run in a reader thread. */
import type { MergeState } from '../../contract/mail/sending.ts';
import type { ReadHandle } from '../../store/program.ts';
import type { MergeRow } from './writes.ts';

export const mergeReads = {
  'merge.list'(db: ReadHandle): MergeState[] {
    return db.all<MergeRow>('SELECT * FROM merges ORDER BY id').map((row) => {
      const counts = new Map(
        db
          .all<{ state: string; n: number }>(
            'SELECT state, count(*) AS n FROM outbox WHERE merge = ? GROUP BY state',
            row.id,
          )
          .map(({ state, n }) => [state, n]),
      );
      const of = (...states: string[]): number =>
        states.reduce((sum, state) => sum + (counts.get(state) ?? 0), 0);
      const waiting = of('queued', 'scheduled', 'deferred', 'sending');
      const failed = of('failed', 'unknown');
      return {
        id: row.id,
        account: row.account,
        subject: row.subject,
        state: row.state,
        total: row.total,
        // Letters that went are forgotten after some days; what is left out is counted apart.
        sent: row.state === 'preparing' ? 0 : Math.max(0, row.total - row.removed - waiting - failed),
        waiting,
        failed,
        perMinute: row.per_minute,
        at: row.at,
      };
    });
  },
};
