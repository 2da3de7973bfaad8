/** Bans and the greylist as rows. */
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import { greylistWrites } from './greylist.ts';

export interface BanRow {
  readonly peer: string;
  readonly since: number;
  readonly until: number;
  readonly reason: string;
}

export const guardWrites = {
  ...greylistWrites,
  /** Also forgets the bans that have ended, so that the table stays as small as the trouble. */
  'guard.ban'(tx: WriteTx, { peer, since, until, reason }: BanRow): void {
    tx.db.run('DELETE FROM bans WHERE until <= ?', since);
    tx.db.run(
      'INSERT OR REPLACE INTO bans (peer, since, until, reason) VALUES (?, ?, ?, ?)',
      peer,
      since,
      until,
      reason,
    );
  },
  'guard.lift'(tx: WriteTx, { peer }: { peer: string }): void {
    tx.db.run('DELETE FROM bans WHERE peer = ?', peer);
  },
};

export const guardReads = {
  'guard.bans': (db: ReadHandle): BanRow[] =>
    db.all<BanRow>('SELECT peer, since, until, reason FROM bans ORDER BY since'),
};
