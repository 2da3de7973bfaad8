/** Named reads of the search; they run in the reader threads. */
import type { ReadHandle } from '../../../store/program.ts';
import type { UidRanges } from '../mailstore.ts';
import type { SearchKey, SortKey, ThreadAlgorithm, ThreadList } from '../search-key.ts';
import { evaluate, type Uids } from './evaluate.ts';
import type { Extent } from './mailstore-search.ts';
import { sortUids } from './order.ts';
import { orderedSubject, references, type ThreadRow } from './threading.ts';

export interface SearchInput {
  readonly mailbox: number;
  readonly key: SearchKey;
  /** null: all of the mailbox. */
  readonly within: UidRanges | null;
  readonly now: number;
}

/** UIDs that exist in these ranges, ascending. */
function candidatesOf(db: ReadHandle, mailbox: number, within: UidRanges | null): Uids {
  const ranges = within ?? [[1, 0xffffffff] as const];
  const found: number[] = [];
  for (const [first, last] of ranges) {
    for (const uid of db.pluck<number>(
      'SELECT uid FROM messages WHERE mailbox = ? AND uid BETWEEN ? AND ? ORDER BY uid',
      mailbox,
      first,
      last,
    )) {
      found.push(uid);
    }
  }
  return Uint32Array.from(found);
}

function search(db: ReadHandle, { mailbox, key, within, now }: SearchInput): Uids {
  const candidates = candidatesOf(db, mailbox, within);
  const found = evaluate({ db, mailbox, now, total: candidates.length }, key, candidates);
  return found.slice();
}

/** Between which UIDs a mailbox's messages lie, and how many there are. */
function extent(db: ReadHandle, { mailbox }: { mailbox: number }): Extent {
  const uid = (order: 'ASC' | 'DESC') =>
    db.value<number>(`SELECT uid FROM messages WHERE mailbox = ? ORDER BY uid ${order} LIMIT 1`, mailbox) ??
    1;
  const messages = db.value<number>('SELECT messages FROM mailboxes WHERE id = ?', mailbox) ?? 0;
  return { first: uid('ASC'), last: uid('DESC'), messages };
}

interface ThreadDbRow {
  uid: number;
  date: number;
  subject: string;
  reply: number;
  message_id: string;
  parents: string;
}

function thread(
  db: ReadHandle,
  input: { mailbox: number; uids: Uids; algorithm: ThreadAlgorithm },
): ThreadList {
  const rows: ThreadRow[] = [];
  const read = db.iterate<ThreadDbRow>(
    `SELECT m.uid AS uid, coalesce(l.sent, m.internal_date) AS date, s.subject AS subject, s.reply AS reply,
       s.message_id AS message_id, s.parents AS parents
     FROM json_each(?) c JOIN messages m ON m.mailbox = ? AND m.uid = c.value
       JOIN letters l ON l.id = m.letter JOIN letter_sort s ON s.letter = m.letter`,
    JSON.stringify([...input.uids]),
    input.mailbox,
  );
  for (const { uid, date, subject, reply, message_id, parents } of read) {
    const ids = parents === '' ? [] : parents.split('\n');
    rows.push({ uid, date, subject, reply: reply === 1, messageId: message_id, parents: ids });
  }
  return input.algorithm === 'orderedsubject' ? orderedSubject(rows) : references(rows);
}

export const searchReads = {
  'search.run': search,
  'search.extent': extent,
  'search.sort': (db: ReadHandle, input: { mailbox: number; uids: Uids; keys: readonly SortKey[] }): Uids =>
    sortUids(db, input.mailbox, input.uids, input.keys),
  'search.thread': thread,
};
export const searchWrites = {};
