/** Schedules of accounts as rows. */
import type { AccountSchedule, Schedule } from '../../contract/mail/schedule.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import { noSuchAccount } from '../accounts/rows.ts';
import { USUAL } from './timetable.ts';

/** Checked when it was written; a thread of the store loads no validator. */
const parse = (text: string | null | undefined): Schedule =>
  text === null || text === undefined ? USUAL : { ...USUAL, ...(JSON.parse(text) as Partial<Schedule>) };

export const scheduleReads = {
  /** An account that is gone has the usual one: whoever waits by it finds out by itself. */
  'schedule.of': (db: ReadHandle, id: number): Schedule =>
    parse(db.value<string | null>('SELECT schedule FROM accounts WHERE id = ?', id)),
  'schedule.all': (db: ReadHandle): Omit<AccountSchedule, 'next'>[] =>
    db
      .all<{ id: number; schedule: string | null }>(
        "SELECT id, schedule FROM accounts WHERE kind != 'local' ORDER BY position, id",
      )
      .map(({ id, schedule }) => ({ account: id, schedule: parse(schedule) })),
};

export const scheduleWrites = {
  /** @throws Fault user `no-such-account` */
  'schedule.set'(tx: WriteTx, input: { account: number; schedule: Schedule }): void {
    const { changes } = tx.db.run(
      "UPDATE accounts SET schedule = ? WHERE id = ? AND kind != 'local'",
      JSON.stringify(input.schedule),
      input.account,
    );
    if (changes === 0) throw noSuchAccount(input.account);
    tx.change('maildrop', { account: input.account });
  },
};
