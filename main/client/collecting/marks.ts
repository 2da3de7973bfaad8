/**
 * A person's marks on letters that stand on a server by their headers: fetch, keep, delete there. Plain functions run inside
 * write transactions.
 *
 * Invariants: a mark does nothing by itself, it is carried out by the next connection and can be taken back until then; a
 * letter whose text is here is marked on a POP3 server only (on an IMAP server, deleting it is an action like any other).
 */
import type { FetchMark } from '../../contract/mail/accounts.ts';
import type { WriteTx } from '../../store/program.ts';
import { act } from '../messages/act.ts';
import { announce, messageRow } from '../messages/rows.ts';

/** Marks letters, or with null takes their marks away. Returns how many have it now. */
export function markLetters(tx: WriteTx, messages: readonly number[], mark: FetchMark | null): number {
  const folders = new Map<number, number[]>();
  const accounts = new Set<number>();
  let count = 0;
  for (const id of messages) {
    const row = messageRow(tx.db, id);
    if (!row || !(markOnMaildrop(tx, id, mark) || markOnImap(tx, id, row, mark))) continue;
    count += 1;
    accounts.add(row.account);
    const changed = folders.get(row.folder);
    if (changed) changed.push(id);
    else folders.set(row.folder, [id]);
  }
  for (const [folder, ids] of folders) announce(tx, folder, ids, [], []);
  for (const account of accounts) tx.change('maildrop', { account });
  return count;
}

function markOnMaildrop(tx: WriteTx, message: number, mark: FetchMark | null): boolean {
  const { changes } = tx.db.run(
    `UPDATE pop3_letters SET mark = ?, failures = 0 WHERE message = ? AND missing_since IS NULL
       AND (state = 'header' OR (state = 'whole' AND ? IS NOT 'fetch'))`,
    mark,
    message,
    mark,
  );
  return changes > 0;
}

function markOnImap(
  tx: WriteTx,
  message: number,
  { account, body, uid }: { account: number; body: number; uid: number | null },
  mark: FetchMark | null,
): boolean {
  if (uid === null || body !== 0) return false;
  if (mark === null) tx.db.run('DELETE FROM fetch_marks WHERE message = ?', message);
  else {
    tx.db.run(
      `INSERT INTO fetch_marks (message, account, mark) VALUES (?, ?, ?)
       ON CONFLICT (message) DO UPDATE SET mark = excluded.mark`,
      message,
      account,
      mark,
    );
  }
  return true;
}

/** Letters erased in one transaction. */
const BATCH = 200;

/**
 * The deletions marked on an IMAP account become erasures, which the pass then tells the server. Marks of letters that have
 * come meanwhile are forgotten. Returns how many were erased; repeat until 0.
 */
function carryOut(tx: WriteTx, account: number): number {
  tx.db.run(
    'DELETE FROM fetch_marks WHERE account = ? AND message IN (SELECT id FROM messages WHERE account = ? AND body != 0)',
    account,
    account,
  );
  const ids = tx.db.pluck<number>(
    "SELECT message FROM fetch_marks WHERE account = ? AND mark = 'delete' LIMIT ?",
    account,
    BATCH,
  );
  if (ids.length === 0) return 0;
  act(tx, { ids, action: { do: 'erase' }, token: null, n: 0 });
  tx.db.run(`DELETE FROM fetch_marks WHERE message IN (${ids.map(() => '?').join(',')})`, ...ids);
  tx.change('maildrop', { account });
  return ids.length;
}

export const markWrites = {
  'maildrop.mark': (tx: WriteTx, input: { messages: number[]; mark: FetchMark | null }): number =>
    markLetters(tx, input.messages, input.mark),
  'maildrop.carryOut': carryOut,
};
