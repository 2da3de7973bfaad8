/**
 * Works the change log into the keys of a view, so that a list of a hundred thousand letters is not read again because one
 * of them was flagged. A changed letter is asked the view's own question; a conversation is asked for its newest letter.
 *
 * It answers false whenever it is not sure; the view is then built anew. It must never guess.
 */
import type { View } from '../../contract/mail/views.ts';
import type { ReadHandle } from '../../store/program.ts';
import { KEY_VALUE } from '../search/plan-sql.ts';
import type { ResolvedView } from './scope.ts';
import type { Built } from './viewkeys.ts';

/** Letters worked in one by one; more than this and the view is built anew. */
const PATCHED = 2000;
/** Changes looked at. */
const LOOKED_AT = 5000;
/** Values in one statement. */
const AT_ONCE = 200;

interface ChangeRow {
  kind: string;
  data: string;
}
interface MessageChange {
  folder: number;
  ids: number[] | null;
  added?: number[];
  gone?: number[];
}
interface Touched {
  ids: Set<number>;
  keys: Set<number>;
  gone: Set<number>;
}

/** What happened to the view's letters since it was built; null: too much, or something that is not a letter. */
function touched(db: ReadHandle, resolved: ResolvedView, built: Built, modseq: number): Touched | null {
  const rows = db.all<ChangeRow>(
    `SELECT kind, data FROM changes WHERE modseq > ? AND modseq <= ? AND kind IN ('message', 'indexed', 'tags')
     ORDER BY modseq, n LIMIT ${LOOKED_AT}`,
    built.modseq,
    modseq,
  );
  if (rows.length === LOOKED_AT) return null;
  const found: Touched = { ids: new Set(), keys: new Set(), gone: new Set() };
  for (const { kind, data } of rows) {
    if (kind !== 'message' && !resolved.narrowed) continue;
    if (kind === 'tags') return null;
    const change = JSON.parse(data) as MessageChange;
    // Words that came into the index concern letters wherever they are.
    if (kind === 'message' && !built.folders.has(change.folder)) continue;
    if (change.ids === null) return null;
    for (const id of change.ids) found.ids.add(id);
    for (const key of change.added ?? []) found.keys.add(key);
    for (const key of change.gone ?? []) found.gone.add(key);
    if (found.ids.size + found.gone.size > PATCHED) return null;
  }
  return found;
}

/** Makes the keys true at the present change number; false: they have to be built anew. */
export function catchUp(db: ReadHandle, view: View, resolved: ResolvedView, built: Built): boolean {
  const modseq = db.modseq();
  const { folders } = resolved;
  if (built.day !== resolved.day) return false;
  if (folders.length !== built.folders.size || folders.some(({ id }) => !built.folders.has(id))) return false;
  if (built.modseq === modseq) return true;
  const found = touched(db, resolved, built, modseq);
  if (!found) return false;
  if (found.ids.size + found.keys.size + found.gone.size > 0) {
    if (!built.complete || view.sort !== 'date' || !resolved.sql.possible) return false;
    const worked = resolved.conversations
      ? conversations(db, view, resolved, built, found)
      : letters(db, view, resolved, built, found);
    if (!worked) return false;
  }
  built.modseq = modseq;
  return true;
}

function* pieces(values: Iterable<number>): Generator<number[]> {
  const all = [...values];
  for (let at = 0; at < all.length; at += AT_ONCE) yield all.slice(at, at + AT_ONCE);
}

const marks = (values: readonly number[]) => values.map(() => '?').join(',');

/** Those of the keys that the view holds now. */
function matching(db: ReadHandle, resolved: ResolvedView, keys: Iterable<number>): number[] {
  const { from, where, values, order } = resolved.sql;
  const column = order.split(' ')[0];
  const found: number[] = [];
  for (const piece of pieces(keys))
    found.push(
      ...db.pluck<number>(
        `SELECT m.key FROM ${from} WHERE ${where} AND ${column} IN (${piece.map(() => KEY_VALUE).join(',')})`,
        ...values,
        ...piece,
      ),
    );
  return found;
}

function letters(db: ReadHandle, view: View, resolved: ResolvedView, built: Built, found: Touched): true {
  const asked = new Set<number>([...found.keys, ...found.gone]);
  for (const piece of pieces(found.ids))
    for (const key of db.pluck<number>(`SELECT key FROM messages WHERE id IN (${marks(piece)})`, ...piece))
      asked.add(key);
  patch(built, matching(db, resolved, asked), asked, view.descending);
  return true;
}

function conversations(
  db: ReadHandle,
  view: View,
  resolved: ResolvedView,
  built: Built,
  found: Touched,
): boolean {
  const threads = new Set<number>();
  const known = new Set<number>();
  for (const column of ['id', 'key'] as const)
    for (const piece of pieces(column === 'id' ? found.ids : [...found.keys, ...found.gone]))
      for (const row of db.all<{ key: number; thread: number }>(
        `SELECT key, thread FROM messages WHERE ${column} IN (${marks(piece)})`,
        ...piece,
      )) {
        threads.add(row.thread);
        known.add(row.key);
      }
  // A letter that is gone from the table may have stood for others of its conversation, which nobody names any more.
  for (const key of found.gone) {
    if (known.has(key)) continue;
    const at = positionOf(built, key, view.descending);
    if (built.keys[at] === key && at < built.length) return false;
  }
  if (threads.size > PATCHED) return false;
  const former = new Set<number>();
  for (const piece of pieces(threads)) {
    for (const key of db.pluck<number>(
      `SELECT key FROM messages WHERE thread IN (${marks(piece)})`,
      ...piece,
    ))
      former.add(key);
    if (former.size > PATCHED * 10) return false;
  }
  patch(built, newestOf(db, resolved, threads, former), former, view.descending);
  return true;
}

/** The newest letter of each conversation that the view holds now; `keys`: all letters of these conversations. */
function newestOf(
  db: ReadHandle,
  resolved: ResolvedView,
  threads: ReadonlySet<number>,
  keys: ReadonlySet<number>,
): number[] {
  const ids = resolved.folders.map(({ id }) => id);
  if (resolved.plainConversations)
    return [...pieces(threads)].flatMap((piece) =>
      db.pluck<number>(
        `SELECT max(newest_key) FROM conversations WHERE thread IN (${marks(piece)}) AND folder IN (${marks(ids)}) GROUP BY thread`,
        ...piece,
        ...ids,
      ),
    );
  const threadOf = db.prepare('SELECT thread FROM messages WHERE key = ?');
  const newest = new Map<number, number>();
  for (const key of matching(db, resolved, keys)) {
    const thread = threadOf.get<{ thread: number }>(key)?.thread ?? 0;
    if (key > (newest.get(thread) ?? 0)) newest.set(thread, key);
  }
  return [...newest.values()];
}

/** Takes `without` out and puts `fresh` where they belong. */
function patch(
  built: Built,
  fresh: readonly number[],
  without: ReadonlySet<number>,
  descending: boolean,
): void {
  if (fresh.length === 0 && without.size === 0) return;
  const merged = [...new Set(fresh)].sort((a, b) => (descending ? b - a : a - b));
  const again = new Set(merged);
  const out = new Float64Array(built.length + merged.length);
  let length = 0;
  let at = 0;
  const before = (a: number, b: number) => (descending ? a > b : a < b);
  for (let index = 0; index < built.length; index++) {
    const key = built.keys[index]!;
    while (at < merged.length && before(merged[at]!, key)) out[length++] = merged[at++]!;
    if (!without.has(key) && !again.has(key)) out[length++] = key;
  }
  while (at < merged.length) out[length++] = merged[at++]!;
  built.keys = out;
  built.length = length;
}

/** Position of the first row at or after `key` in a view by date. */
export function positionOf(built: Pick<Built, 'keys' | 'length'>, key: number, descending: boolean): number {
  let low = 0;
  let high = built.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const here = built.keys[middle]!;
    if (descending ? here > key : here < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
