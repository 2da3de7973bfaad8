/**
 * The keys of a view in its order: what makes "row 500,000" a look-up instead of a count. Lives in the memory of the reader
 * thread that serves views; at most a few views are kept.
 *
 * A view is built in slices of some ten thousand keys, so that no single read holds the thread for long, and is thrown away
 * when its folders change in a way that viewchanges.ts cannot follow. The first page never waits for it.
 */
import type { View } from '../../contract/mail/views.ts';
import type { ReadHandle } from '../../store/program.ts';
import { KEY_VALUE } from '../search/plan-sql.ts';
import type { ResolvedView } from './scope.ts';
import { ordered, type Run, SORT_VALUE } from './sorting.ts';
import { catchUp } from './viewchanges.ts';

/** Keys read by the first slice; the next ones follow how long it took. */
const FIRST_SLICE = 1000;
const LARGEST_SLICE = 50_000;
/** A slice is to take about this long, ms, so that a window asked meanwhile waits no longer. */
const SLICE_MS = 8;

/** Views kept; each costs 8 octets a row. */
const KEPT = 6;

export interface Built {
  /** Filled up to `length`, in the view's order. */
  keys: Float64Array;
  length: number;
  complete: boolean;
  /** The change number the keys belong to. */
  modseq: number;
  folders: ReadonlySet<number>;
  /** ResolvedView's day. */
  day: number;
  /** Keys to read by the next slice. */
  slice: number;
  /** Smallest key read so far: where the next slice goes on. */
  next: number;
  /** Threads already seen, while a conversation view over several folders or a filter is built. */
  seen: Set<number> | null;
  /** Sort values beside the keys while a view that is not by date is read. */
  values: (string | number)[] | null;
  /** Of a complete view by a number: the values in its order. */
  numbers: Float64Array | null;
  /** Of a complete view by something else that groups: its groups. */
  runs: Run[] | null;
}

export type Cache = Map<string, Built>;

const cache: Cache = new Map();
/** What was true a moment ago of views that have to be built anew: shown until they are. */
const stale: Cache = new Map();

export const viewName = (view: View): string =>
  JSON.stringify([
    view.scope,
    view.query?.trim() ?? '',
    view.narrow?.trim() ?? '',
    view.filter,
    view.sort,
    view.descending,
    view.conversations,
  ]);

/** The view's keys if they are true now, after small changes were worked in; otherwise undefined. */
export function currentKeys(
  db: ReadHandle,
  view: View,
  resolved: ResolvedView,
  from: Cache = cache,
): Built | undefined {
  const name = viewName(view);
  const built = from.get(name);
  if (!built) return undefined;
  from.delete(name);
  if (!catchUp(db, view, resolved, built)) {
    if (built.complete && from === cache) {
      stale.set(name, built);
      while (stale.size > KEPT) stale.delete(stale.keys().next().value!);
    }
    return undefined;
  }
  from.set(name, built);
  return built;
}

/** The keys as they were before the view had to be built anew. */
export const formerKeys = (view: View): Built | undefined => stale.get(viewName(view));

/** Begins a view; slices follow by `grow`. */
export function beginKeys(
  db: ReadHandle,
  view: View,
  resolved: ResolvedView,
  expected: number,
  into: Cache = cache,
): Built {
  const several = resolved.conversations && !(resolved.plainConversations && resolved.folders.length === 1);
  const built: Built = {
    keys: new Float64Array(Math.max(1024, expected)),
    length: 0,
    complete: false,
    modseq: db.modseq(),
    folders: new Set(resolved.folders.map((folder) => folder.id)),
    day: resolved.day,
    slice: FIRST_SLICE,
    next: Number.MAX_SAFE_INTEGER,
    seen: several ? new Set() : null,
    values: view.sort === 'date' ? null : [],
    numbers: null,
    runs: null,
  };
  into.set(viewName(view), built);
  while (into === cache && into.size > KEPT) into.delete(into.keys().next().value!);
  return built;
}

function push(built: Built, key: number): void {
  if (built.length === built.keys.length) {
    const larger = new Float64Array(built.keys.length * 2);
    larger.set(built.keys);
    built.keys = larger;
  }
  built.keys[built.length++] = key;
}

interface SliceRow {
  key: number;
  thread?: number;
  value?: string | number;
}

/** Reads one more slice; true when the view is complete. */
export function grow(db: ReadHandle, view: View, resolved: ResolvedView, built: Built): boolean {
  if (built.complete) return true;
  const limit = built.slice;
  const start = performance.now();
  const rows = slice(db, view, resolved, built);
  const took = performance.now() - start;
  if (took > SLICE_MS * 2) built.slice = Math.max(FIRST_SLICE / 4, limit >> 1);
  else if (took < SLICE_MS) built.slice = Math.min(LARGEST_SLICE, limit * 2);
  for (const row of rows) {
    if (built.seen) {
      if (built.seen.has(row.thread!)) continue;
      built.seen.add(row.thread!);
    }
    push(built, row.key);
    built.values?.push(row.value!);
  }
  const last = rows.at(-1);
  if (last && rows.length === limit) {
    built.next = last.key;
    return false;
  }
  finish(db, view, built);
  return true;
}

function slice(db: ReadHandle, view: View, resolved: ResolvedView, built: Built): SliceRow[] {
  if (!resolved.sql.possible || resolved.folders.length === 0) return [];
  if (resolved.plainConversations) {
    const marks = resolved.folders.map(() => '?').join(',');
    const where = resolved.folders.length === 1 ? 'folder = ?' : `folder IN (${marks})`;
    return db.all<SliceRow>(
      `SELECT newest_key AS key, thread FROM conversations WHERE ${where} AND newest_key < ? ORDER BY newest_key DESC LIMIT ?`,
      ...resolved.folders.map((folder) => folder.id),
      built.next,
      built.slice,
    );
  }
  const { from, where, values, order } = resolved.sql;
  const value = view.sort === 'date' ? '' : `, ${SORT_VALUE[view.sort]} AS value`;
  const column = order.split(' ')[0]!;
  return db.all<SliceRow>(
    `SELECT m.key AS key, m.thread AS thread${value} FROM ${from} WHERE ${where} AND ${column} < ${KEY_VALUE} ORDER BY ${order} LIMIT ?`,
    ...values,
    built.next,
    built.slice,
  );
}

/** Sorts where the order is not by date, and turns round what is wanted ascending. */
function finish(db: ReadHandle, view: View, built: Built): void {
  const { values } = built;
  if (values && view.sort !== 'date') {
    // Equal values stay newest first, whichever way the list runs.
    const { order, numbers, runs } = ordered(db, view.sort, values, view.descending);
    built.keys = Float64Array.from(order, (place) => built.keys[place]!);
    built.numbers = numbers;
    built.runs = runs;
  } else if (!view.descending) built.keys = built.keys.slice(0, built.length).reverse();
  built.values = null;
  built.seen = null;
  built.complete = true;
  stale.delete(viewName(view));
}
