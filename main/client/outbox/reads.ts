/** The outbox's reads, run in a reader thread. */
import type { OutboxItem } from '../../contract/mail/drafts.ts';
import type { ReadHandle } from '../../store/program.ts';
import { type OutboxRow, outboxRow, parseOutboxRow } from './rows.ts';

/** A letter that has gone stays in the list this long, so that every window has seen it go. */
const SENT_SHOWN_MS = 60_000;
/** One whose time was missed, this long: it is said once, to the first window that hears of it. */
const MISSED_SHOWN_MS = 24 * 3_600_000;
/** Letters of mail merges that stand in the list by themselves: those with a trouble, and not all of a thousand. */
const MERGED_SHOWN = 100;

/** How the Sent copy stands: its operation knows, as long as there is one. */
function copyState(db: ReadHandle, row: OutboxRow): OutboxItem['copy'] {
  if (row.copy !== 'waiting' || row.copy_message === null) return row.copy;
  const state = db.value<string>(
    "SELECT state FROM operations WHERE kind = 'append' AND message = ?",
    row.copy_message,
  );
  if (state === undefined) return 'done';
  return state === 'stuck' ? 'failed' : 'waiting';
}

export function outboxItem(db: ReadHandle, row: OutboxRow): OutboxItem {
  return {
    id: row.id,
    account: row.account,
    state: row.state,
    subject: row.subject,
    to: row.shown_to,
    size: row.size,
    notBefore: row.not_before,
    attempts: row.attempts,
    nextTry: row.next_try,
    results: row.results.map(({ address, state, reply }) => ({ address, state, reply })),
    problem: row.problem,
    copy: copyState(db, row),
    purpose: row.purpose,
    missed: row.missed,
  };
}

export interface DueAccount {
  account: number;
  /** Wall-clock ms from which it may go. */
  due: number;
}

export const outboxReads = {
  'outbox.list'(db: ReadHandle, input: { now: number }): OutboxItem[] {
    return db
      .all(
        `SELECT * FROM outbox WHERE purpose != 'receipt' AND (merge IS NULL OR id IN
           (SELECT id FROM outbox WHERE merge IS NOT NULL AND state IN ('failed', 'unknown') ORDER BY id LIMIT ?))
         ORDER BY id`,
        MERGED_SHOWN,
      )
      .map((raw) => parseOutboxRow(raw))
      .map((row) => ({ row, item: outboxItem(db, row) }))
      .filter(
        ({ row, item }) =>
          item.state !== 'sent' ||
          item.copy === 'waiting' ||
          item.copy === 'failed' ||
          (row.done_at ?? 0) > input.now - (row.missed === null ? SENT_SHOWN_MS : MISSED_SHOWN_MS),
      )
      .map(({ item }) => item);
  },
  'outbox.item': (db: ReadHandle, input: { id: number }): OutboxItem =>
    outboxItem(db, outboxRow(db, input.id)),
  'outbox.row': (db: ReadHandle, input: { id: number }): OutboxRow => outboxRow(db, input.id),
  /** When the first letter of each account is due: a mail merge has thousands waiting. */
  'outbox.due'(db: ReadHandle): DueAccount[] {
    return db.all<{ account: number; due: number }>(
      `SELECT account, min(max(not_before, coalesce(next_try, 0))) AS due FROM outbox
         WHERE state IN ('queued', 'scheduled', 'deferred') GROUP BY account`,
    );
  },
  /** The next letter of an account that may go now, in the order of the queue, mail merges last; null: none. */
  'outbox.next'(db: ReadHandle, input: { account: number; now: number }): number | null {
    return (
      db.value<number>(
        `SELECT id FROM outbox WHERE state IN ('queued', 'scheduled', 'deferred') AND account = ?
           AND not_before <= ? AND coalesce(next_try, 0) <= ? ORDER BY merge IS NOT NULL, at, id LIMIT 1`,
        input.account,
        input.now,
        input.now,
      ) ?? null
    );
  },
  /** Letters of unknown outcome whose Message-ID stands in a Sent folder of their account on the server. */
  'outbox.found'(db: ReadHandle): { unknown: number; found: { id: number; message: number }[] } {
    const unknown = db.value<number>("SELECT count(*) FROM outbox WHERE state = 'unknown'") ?? 0;
    if (unknown === 0) return { unknown, found: [] };
    const found = db.all<{ id: number; message: number }>(
      `SELECT outbox.id AS id, messages.id AS message FROM outbox
         JOIN messages ON messages.message_id = outbox.message_id AND messages.account = outbox.account
         JOIN folders ON folders.id = messages.folder AND folders.role = 'sent'
         WHERE outbox.state = 'unknown' AND outbox.message_id != '' AND messages.uid IS NOT NULL
         GROUP BY outbox.id`,
    );
    return { unknown, found };
  },
};
