/**
 * The keys of a view in its order: what makes "row 500,000" a look-up instead of a count. Lives in the memory of the reader
 * thread that serves views; at most a few views are kept.
 *
 * A view is built in slices of some ten thousand keys, so that no single read holds the thread for long, and is thrown away
 * when its folders change in a way that could move its rows. The first page never waits for it.
 */
import type { View } from '../../contract/mail/views.ts';
import type { ReadHandle } from '../../store/program.ts';
import type { ResolvedView } from './scope.ts';

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
  /** Keys to read by the next slice. */
  slice: number;
  /** Smallest key read so far: where the next slice goes on. */
  next: number;
  /** Threads already seen, while a conversation view over several folders or a filter is built. */
  seen: Set<number> | null;
  /** Sort values beside the keys while a view that is not by date is read. */
  values: (string | number)[] | null;
}

const cache = new Map<string, Built>();

export const viewName = (view: View): string =>
  JSON.stringify([
    view.scope,
    view.query?.trim() ?? '',
    view.filter,
    view.sort,
    view.descending,
    view.conversations,
  ]);

/** The view's keys if they are true at `modseq`, after small changes were worked in; otherwise undefined. */
export function currentKeys(db: ReadHandle, view: View): Built | undefined {
  const name = viewName(view);
  const built = cache.get(name);
  if (!built) return undefined;
  const modseq = db.modseq();
  if (built.modseq !== modseq && !catchUp(db, view, built, modseq)) {
    cache.delete(name);
    return undefined;
  }
  cache.delete(name);
  cache.set(name, built);
  return built;
}

/** Begins a view; slices follow by `grow`. */
export function beginKeys(db: ReadHandle, view: View, resolved: ResolvedView, expected: number): Built {
  const several = resolved.conversations && !(resolved.plainConversations && resolved.folders.length === 1);
  const built: Built = {
    keys: new Float64Array(Math.max(1024, expected)),
    length: 0,
    complete: false,
    modseq: db.modseq(),
    folders: new Set(resolved.folders.map((folder) => folder.id)),
    slice: FIRST_SLICE,
    next: Number.MAX_SAFE_INTEGER,
    seen: several ? new Set() : null,
    values: view.sort === 'date' ? null : [],
  };
  cache.set(viewName(view), built);
  while (cache.size > KEPT) cache.delete(cache.keys().next().value!);
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

const SORT_VALUE: Record<Exclude<View['sort'], 'date'>, string> = {
  from: "CASE WHEN m.from_name = '' THEN m.from_address ELSE m.from_name END",
  subject: 'm.subject',
  size: 'm.size',
};

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
  finish(view, built);
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
    `SELECT m.key AS key, m.thread AS thread${value} FROM ${from} WHERE ${where} AND ${column} < ? ORDER BY ${order} LIMIT ?`,
    ...values,
    built.next,
    built.slice,
  );
}

/** Sorts where the order is not by date, and turns round what is wanted ascending. */
function finish(view: View, built: Built): void {
  const { values } = built;
  if (values && view.sort !== 'date') {
    const compare =
      view.sort === 'size'
        ? (a: number, b: number) => (values[a] as number) - (values[b] as number)
        : byText(values as string[]);
    // Equal values stay newest first, whichever way the list runs.
    const order = Array.from({ length: built.length }, (_, index) => index);
    order.sort((a, b) => (view.descending ? compare(b, a) : compare(a, b)) || a - b);
    built.keys = Float64Array.from(order, (index) => built.keys[index]!);
  } else if (!view.descending) built.keys = built.keys.slice(0, built.length).reverse();
  built.values = null;
  built.seen = null;
  built.complete = true;
}

/** By the alphabets of both languages, ё beside е, reply marks passed over. */
function byText(values: readonly string[]): (a: number, b: number) => number {
  const collator = new Intl.Collator(['ru', 'en'], { sensitivity: 'base', numeric: true });
  const plain = values.map((value) =>
    value.replace(/^(?:\s*(?:re|fwd?|fw|отв|на|пересл)(?:\[\d+\])?:\s*)+/i, '').trim(),
  );
  return (a, b) => collator.compare(plain[a]!, plain[b]!);
}

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

/** Changes worked in one by one; more than this and the view is built anew. */
const PATCHED = 2000;

/** Works the changes since the view was built into it; false: it has to be built anew. */
function catchUp(db: ReadHandle, view: View, built: Built, modseq: number): boolean {
  const rows = db.all<ChangeRow>(
    "SELECT kind, data FROM changes WHERE modseq > ? AND modseq <= ? AND kind = 'message' ORDER BY modseq, n LIMIT 5000",
    built.modseq,
    modseq,
  );
  if (rows.length === 5000) return false;
  const touching: MessageChange[] = [];
  for (const row of rows) {
    const change = JSON.parse(row.data) as MessageChange;
    if (built.folders.has(change.folder)) touching.push(change);
  }
  if (touching.length === 0) {
    built.modseq = modseq;
    return true;
  }
  const simple =
    view.scope.in === 'folder' &&
    view.filter === 'all' &&
    view.sort === 'date' &&
    !view.conversations &&
    !view.query?.trim() &&
    built.complete;
  if (!simple) return false;
  const added: number[] = [];
  const gone = new Set<number>();
  for (const change of touching) {
    if (change.ids === null) return false;
    for (const key of change.added ?? []) added.push(key);
    for (const key of change.gone ?? []) gone.add(key);
  }
  if (added.length + gone.size > PATCHED) return false;
  // A letter that came and went again within the changes is told by the table itself.
  const arrived = added.filter(
    (key) =>
      db.value<number>('SELECT folder FROM messages WHERE key = ?', key) ===
      (view.scope as { folder: number }).folder,
  );
  patch(built, arrived, gone, view.descending);
  built.modseq = modseq;
  return true;
}

function patch(built: Built, added: readonly number[], gone: ReadonlySet<number>, descending: boolean): void {
  if (added.length === 0 && gone.size === 0) return;
  const fresh = new Set(added);
  const merged = [...fresh].sort((a, b) => (descending ? b - a : a - b));
  const out = new Float64Array(built.length + merged.length);
  let length = 0;
  let at = 0;
  const before = (a: number, b: number) => (descending ? a > b : a < b);
  for (let index = 0; index < built.length; index++) {
    const key = built.keys[index]!;
    while (at < merged.length && before(merged[at]!, key)) out[length++] = merged[at++]!;
    if (!gone.has(key) && !fresh.has(key)) out[length++] = key;
  }
  while (at < merged.length) out[length++] = merged[at++]!;
  built.keys = out;
  built.length = length;
}

/** Position of the first row at or after `key` in a view by date. */
export function positionOf(built: Built, key: number, descending: boolean): number {
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
