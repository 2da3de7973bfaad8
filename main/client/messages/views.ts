/**
 * Windows over views, answered by position. Reads of this file run on one reader thread (affinity "views"), whose memory
 * keeps the key arrays of the views in use.
 *
 * The first page comes from an index with LIMIT and is always true; numbers come from counters kept by the writer. What is
 * far down comes from the array, or by OFFSET until the array is there. It must never read a letter's octets and never hold
 * the thread for longer than a slice.
 */
import type { Group, Row, View, Window } from '../../contract/mail/views.ts';
import type { ReadHandle } from '../../store/program.ts';
import { parseQuery } from '../../store/search/query.ts';
import { vocabulary } from '../search/operators.ts';
import { KEY_VALUE } from '../search/plan-sql.ts';
import { queryWords } from '../search/words.ts';
import { boundaries, periodsOf } from './groups.ts';
import { explain, rowsById, rowsByKey } from './rowview.ts';
import { type ResolvedView, resolveView } from './scope.ts';
import { runsOfNumbers } from './sorting.ts';
import { tally } from './tally.ts';
import { positionOf } from './viewchanges.ts';
import { type Built, beginKeys, currentKeys, formerKeys, grow } from './viewkeys.ts';

/** Rows within which a page is read straight from the index. */
const NEAR = 2000;
/** Views of at most this many letters are built at once; larger ones behind the first page. */
const SMALL = 20_000;

/** Letters in the folders of the view: an upper bound of its rows. */
const bound = (resolved: ResolvedView) => resolved.folders.reduce((sum, folder) => sum + folder.total, 0);

/** The view's keys, built now where that is short work; undefined: `views.build` has to make them. */
export function built(db: ReadHandle, view: View, resolved: ResolvedView): Built | undefined {
  const current = currentKeys(db, view, resolved);
  if (current?.complete) return current;
  if (bound(resolved) > SMALL) return undefined;
  const begun = current ?? beginKeys(db, view, resolved, bound(resolved));
  while (!grow(db, view, resolved, begun)) db.checkCancelled();
  return begun;
}

/** The number of rows as the counters know it; null where only counting tells. */
function counted(view: View, resolved: ResolvedView): number | null {
  if (!resolved.sql.possible) return resolved.searching ? null : 0;
  if (resolved.narrowed) return null;
  if (view.scope.in === 'unified' && view.scope.role === 'flagged') return null;
  if (view.scope.in === 'unified' && view.scope.role === 'unread')
    return view.filter === 'all' && !resolved.conversations ? sumOfUnread(resolved) : null;
  const one = resolved.folders.length === 1;
  if (view.filter === 'all') {
    if (!resolved.conversations) return bound(resolved);
    return one ? resolved.folders[0]!.conversations : null;
  }
  return view.filter === 'unread' && !resolved.conversations ? sumOfUnread(resolved) : null;
}

const sumOfUnread = (resolved: ResolvedView) =>
  resolved.folders.reduce((sum, folder) => sum + folder.unread, 0);

/** Keys of a page straight from an index. null: this view has no order that an index keeps. */
function nearKeys(
  db: ReadHandle,
  view: View,
  resolved: ResolvedView,
  from: number,
  count: number,
): number[] | null {
  if (view.sort !== 'date') return null;
  const direction = view.descending ? 'DESC' : 'ASC';
  if (resolved.plainConversations && resolved.folders.length === 1) {
    return db.pluck<number>(
      `SELECT newest_key FROM conversations WHERE folder = ? ORDER BY newest_key ${direction} LIMIT ? OFFSET ?`,
      resolved.folders[0]!.id,
      count,
      from,
    );
  }
  if (resolved.conversations) return null;
  const { from: tables, where, values, order } = resolved.sql;
  return db.pluck<number>(
    `SELECT m.key FROM ${tables} WHERE ${where} ORDER BY ${view.descending ? order : order.replace('DESC', 'ASC')} LIMIT ? OFFSET ?`,
    ...values,
    count,
    from,
  );
}

/** The first conversations over several folders or under a filter, without building the view: newest letters, each conversation once. */
function nearConversations(
  db: ReadHandle,
  view: View,
  resolved: ResolvedView,
  from: number,
  count: number,
): number[] | null {
  if (!resolved.conversations || !view.descending) return null;
  const { from: tables, where, values, order } = resolved.sql;
  const seen = new Set<number>();
  const keys: number[] = [];
  for (const row of db.iterate<{ key: number; thread: number }>(
    `SELECT m.key AS key, m.thread AS thread FROM ${tables} WHERE ${where} ORDER BY ${order} LIMIT ${NEAR * 10}`,
    ...values,
  )) {
    if (seen.has(row.thread)) continue;
    seen.add(row.thread);
    if (seen.size > from) keys.push(row.key);
    if (keys.length === count) break;
  }
  return keys;
}

function readWindow(
  db: ReadHandle,
  { view, from, count, now }: { view: View; from: number; count: number; now: number },
): Window {
  const resolved = resolveView(db, view, now);
  const keys = built(db, view, resolved);
  let page: number[];
  let total: number;
  let exact = true;
  if (keys) {
    page = pageOf(keys, from, count);
    total = keys.length;
  } else {
    const near = !resolved.sql.possible
      ? []
      : (nearKeys(db, view, resolved, from, count) ??
        (from + count <= NEAR ? nearConversations(db, view, resolved, from, count) : null));
    // Of an order that no index keeps, what was true a moment ago stays in sight; who is gone is passed over.
    const former = near === null ? formerKeys(view) : undefined;
    page = near ?? (former ? pageOf(former, from, count) : []);
    const known = counted(view, resolved);
    const seen = near !== null && near.length < count ? from + near.length : null;
    total =
      known ??
      seen ??
      Math.max(
        from + page.length,
        former?.length ?? 0,
        near === null && !former ? bound(resolved) : from + page.length + count,
      );
    exact = known !== null || seen !== null;
  }
  const rows =
    count === 0
      ? []
      : rowsByKey(db, page, {
          paths: resolved.folders.length > 1,
          conversations: resolved.conversations ? resolved.folders.map((folder) => folder.id) : null,
        });
  if (resolved.searching) explain(db, rows, queryWords(parseQuery(view.query ?? '', vocabulary).root));
  return { total, exact, from, rows, modseq: db.modseq() };
}

const pageOf = (built: Built, from: number, count: number): number[] =>
  Array.from(built.keys.subarray(Math.min(from, built.length), Math.min(from + count, built.length)));

/**
 * One slice of a view's array; `complete` when there is nothing more to do, `already` when there was nothing to do at all:
 * nobody has to be told then.
 */
function build(
  db: ReadHandle,
  { view, now }: { view: View; now: number },
): { complete: boolean; already: boolean; length: number } {
  const resolved = resolveView(db, view, now);
  const known = currentKeys(db, view, resolved);
  const already = known?.complete ?? false;
  const current = known ?? beginKeys(db, view, resolved, Math.min(bound(resolved), 5_000_000));
  return { complete: grow(db, view, resolved, current), already, length: current.length };
}

function groups(db: ReadHandle, { view, zone, now }: { view: View; zone: number; now: number }): Group[] {
  const resolved = resolveView(db, view, now);
  if (!resolved.sql.possible || resolved.folders.length === 0) return [];
  if (view.sort !== 'date') return groupsOfValues(db, view, resolved, zone, now);
  const keys = built(db, view, resolved);
  const total = keys?.length ?? counted(view, resolved);
  if (total === 0) return [];
  const above = keys ? undefined : countingDown(db, resolved);
  const positions = (key: number): number => (keys ? positionOf(keys, key, true) : above!(key));
  const oldest = keys ? keys.keys[view.descending ? keys.length - 1 : 0] : undefined;
  const newest = keys ? keys.keys[view.descending ? 0 : keys.length - 1] : undefined;
  const out: Group[] = [];
  // Heads are found newest first and turned round for a list that runs the other way.
  const ascending = keys && !view.descending ? reversed(keys) : null;
  let at = 0;
  for (const { key, start } of boundaries(
    now,
    zone,
    oldest === undefined ? now - 40 * 365 * 86_400_000 : secondsOf(oldest) * 1000,
    newest === undefined ? now : secondsOf(newest) * 1000,
  )) {
    const end = ascending
      ? positionOf(ascending, secondsKey(start), true)
      : Math.min(positions(secondsKey(start)), total ?? Number.MAX_SAFE_INTEGER);
    if (end > at) out.push({ at, count: end - at, key, start });
    at = Math.max(at, end);
    if (total !== null && at >= total) break;
  }
  if (view.descending || total === null) return out;
  return out.map((group) => ({ ...group, at: total - group.at - group.count })).reverse();
}

/** Groups of a list in another order: known when its array is there. */
function groupsOfValues(
  db: ReadHandle,
  view: View,
  resolved: ResolvedView,
  zone: number,
  now: number,
): Group[] {
  const keys = built(db, view, resolved) ?? formerKeys(view);
  if (!keys?.complete || keys.length === 0) return [];
  if (keys.runs) return keys.runs;
  if (!keys.numbers) return [];
  return view.sort === 'received'
    ? periodsOf(keys.numbers, view.descending, zone, now)
    : runsOfNumbers(view.sort as 'size', keys.numbers, view.descending);
}

const reversed = (keys: Built): Built => ({ ...keys, keys: keys.keys.slice(0, keys.length).reverse() });
const secondsKey = (ms: number) => Math.max(0, Math.floor(ms / 1000)) * 2 ** 20 - 1;
const secondsOf = (key: number) => Math.floor(key / 2 ** 20);

/**
 * Rows newer than a moment, asked from the newest moment down: each answer goes on from the one before, so that all of
 * them together pass over the index once.
 */
function countingDown(db: ReadHandle, resolved: ResolvedView): (key: number) => number {
  // A conversation of a filtered view is counted by any of its letters: such counts cannot be added up.
  if (resolved.conversations && !(resolved.plainConversations && resolved.folders.length === 1))
    return (key) => countAbove(db, resolved, key);
  let last = Number.MAX_SAFE_INTEGER;
  let total = 0;
  return (key) => {
    total += countAbove(db, resolved, key, last);
    last = key;
    return total;
  };
}

/** Rows newer than `key`, up to `most`, counted over an index; for the time until the array is there. */
function countAbove(
  db: ReadHandle,
  resolved: ResolvedView,
  key: number,
  most = Number.MAX_SAFE_INTEGER,
): number {
  if (resolved.plainConversations && resolved.folders.length === 1) {
    return (
      db.value<number>(
        'SELECT count(*) FROM conversations WHERE folder = ? AND newest_key > ? AND newest_key <= ?',
        resolved.folders[0]!.id,
        key,
        most,
      ) ?? 0
    );
  }
  const { from, where, values, order } = resolved.sql;
  const what = resolved.conversations ? 'count(DISTINCT m.thread)' : 'count(*)';
  const column = order.split(' ')[0];
  return (
    db.value<number>(
      `SELECT ${what} FROM ${from} WHERE ${where} AND ${column} > ${KEY_VALUE} AND ${column} <= ${KEY_VALUE}`,
      ...values,
      key,
      most,
    ) ?? 0
  );
}

/** The key that a letter's row has in the view; null: the letter is not here. */
function rowOf(db: ReadHandle, resolved: ResolvedView, id: number): { key: number; folder: number } | null {
  const row = db.get<{ key: number; thread: number; folder: number }>(
    'SELECT key, thread, folder FROM messages WHERE id = ?',
    id,
  );
  if (!row || !resolved.conversations) return row ?? null;
  const marks = resolved.folders.map(() => '?').join(',') || '0';
  const newest = db.value<number | null>(
    `SELECT max(newest_key) FROM conversations WHERE thread = ? AND folder IN (${marks})`,
    row.thread,
    ...resolved.folders.map((folder) => folder.id),
  );
  return { key: newest ?? row.key, folder: row.folder };
}

/** Where a letter's row stands in a view that is built; null: it has none there. */
export function placeIn(
  db: ReadHandle,
  { view, resolved, keys }: { view: View; resolved: ResolvedView; keys: Built },
  id: number,
): number | null {
  const row = rowOf(db, resolved, id);
  if (!row) return null;
  const at =
    view.sort === 'date'
      ? positionOf(keys, row.key, view.descending)
      : keys.keys.subarray(0, keys.length).indexOf(row.key);
  return at >= 0 && at < keys.length && keys.keys[at] === row.key ? at : null;
}

function locate(db: ReadHandle, { view, id, now }: { view: View; id: number; now: number }): number | null {
  const resolved = resolveView(db, view, now);
  const keys = built(db, view, resolved);
  if (keys) return placeIn(db, { view, resolved, keys }, id);
  const row = rowOf(db, resolved, id);
  if (!row || view.sort !== 'date' || !resolved.folders.some((folder) => folder.id === row.folder))
    return null;
  const above = countAbove(db, resolved, row.key);
  return view.descending ? above : (counted(view, resolved) ?? 0) - above - 1;
}

/** Ids of a view's letters below a key, for actions on the whole view; conversations count as all their letters. */
function selection(
  db: ReadHandle,
  { view, below, limit, now }: { view: View; below: number; limit: number; now: number },
): { id: number; key: number }[] {
  const resolved = resolveView(db, { ...view, conversations: false, sort: 'date' }, now);
  if (!resolved.sql.possible || resolved.folders.length === 0) return [];
  const { from, where, values, order } = resolved.sql;
  return db.all<{ id: number; key: number }>(
    `SELECT m.id AS id, m.key AS key FROM ${from} WHERE ${where} AND ${order.split(' ')[0]} < ${KEY_VALUE} ORDER BY ${order} LIMIT ?`,
    ...values,
    below,
    limit,
  );
}

function rows(db: ReadHandle, { ids }: { ids: number[] }): Row[] {
  return rowsById(db, ids);
}

/** Octets and number of a view's letters. */
function measure(
  db: ReadHandle,
  { view, now }: { view: View; now: number },
): { count: number; size: number } {
  const resolved = resolveView(db, { ...view, conversations: false, sort: 'date' }, now);
  if (!resolved.sql.possible || resolved.folders.length === 0) return { count: 0, size: 0 };
  const { from, where, values } = resolved.sql;
  const found = db.get<{ count: number; size: number | null }>(
    `SELECT count(*) AS count, sum(m.size) AS size FROM ${from} WHERE ${where}`,
    ...values,
  );
  return { count: found?.count ?? 0, size: found?.size ?? 0 };
}

export const viewReads = {
  'views.window': readWindow,
  'views.build': build,
  'views.groups': groups,
  'views.locate': locate,
  'views.rows': rows,
  'views.selection': selection,
  'views.measure': measure,
  'views.count': tally,
};
