/**
 * Where rows and group heads stand in the list, by arithmetic alone: rows have one height, heads another, rows of a
 * closed group none, so nothing is ever measured. Pure. Positions count from 0; offsets are CSS pixels from the list's start.
 *
 * A browser caps an element at some 33.5 million pixels (466,000 rows of 72 px); above MAX_SCROLL the
 * scrollbar is scaled: `real` is what the element scrolls, `virtual` is where the rows are.
 */
export interface Head {
  /** Position of the first row under it. */
  at: number;
}

export interface Geometry {
  total: number;
  row: number;
  head: number;
  /** Rising by `at`. */
  heads: readonly Head[];
  /** Absent: every group is open. */
  closed?: Closed;
}

/** Which groups are closed, and how many rows are hidden by those above each head. */
export interface Closed {
  at: readonly boolean[];
  hidden: Float64Array;
}

/** Pure: undefined when no group is closed. */
export function closedOf<H extends Head>(
  heads: readonly H[],
  total: number,
  isClosed: (head: H) => boolean,
): Closed | undefined {
  const at = heads.map(isClosed);
  if (!at.includes(true)) return undefined;
  const hidden = new Float64Array(heads.length + 1);
  heads.forEach((head, n) => {
    const end = heads[n + 1]?.at ?? total;
    hidden[n + 1] = (hidden[n] ?? 0) + (at[n] ? end - head.at : 0);
  });
  return { at, hidden };
}

/** Rows above this one that are hidden. */
function hiddenBefore({ heads, closed }: Geometry, at: number): number {
  if (!closed) return 0;
  const n = headsUpTo(heads, at) - 1;
  if (n < 0) return 0;
  return (closed.hidden[n] ?? 0) + (closed.at[n] ? at - (heads[n]?.at ?? 0) : 0);
}

const hiddenRows = ({ closed, heads }: Geometry): number => closed?.hidden[heads.length] ?? 0;

/** The row stands in a closed group. */
export function isHidden(g: Geometry, at: number): boolean {
  return g.closed?.at[headsUpTo(g.heads, at) - 1] ?? false;
}

/** The group that a row belongs to; -1: none. */
export const groupAt = (g: Pick<Geometry, 'heads'>, at: number): number => headsUpTo(g.heads, at) - 1;

/** The row `steps` further among those that are shown; the last one there is when there are not as many. */
export function stepTo(g: Geometry, at: number, steps: number): number {
  if (!g.closed) return Math.max(0, Math.min(g.total - 1, at + steps));
  const shown = g.total - hiddenRows(g);
  if (shown === 0) return at;
  // From a hidden row the way down begins at the first one shown below it.
  const from = at - hiddenBefore(g, at) - (isHidden(g, at) && steps > 0 ? 1 : 0);
  const wanted = Math.max(0, Math.min(shown - 1, from + steps));
  let low = 0;
  let high = g.total - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (middle + 1 - hiddenBefore(g, middle + 1) > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Runs of shown rows within from..to (exclusive). */
export function shownRuns(g: Geometry, from: number, to: number): { from: number; to: number }[] {
  if (!g.closed) return to > from ? [{ from, to }] : [];
  const runs: { from: number; to: number }[] = [];
  for (let at = from; at < to; ) {
    const n = headsUpTo(g.heads, at);
    const end = Math.min(to, g.heads[n]?.at ?? to);
    if (!(g.closed.at[n - 1] ?? false)) runs.push({ from: at, to: end });
    at = end;
  }
  return runs;
}

/** Safely under Chromium's 33,554,428 px, also with page zoom. */
export const MAX_SCROLL = 15_000_000;

/** How many heads stand above or at the row. */
function headsUpTo(heads: readonly Head[], at: number): number {
  let low = 0;
  let high = heads.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((heads[middle]?.at ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Offset of a row's upper edge; its own group head, if any, is above it. */
export function offsetOf(g: Geometry, at: number): number {
  return (at - hiddenBefore(g, at)) * g.row + headsUpTo(g.heads, at) * g.head;
}

export function heightOf(g: Geometry): number {
  return (g.total - hiddenRows(g)) * g.row + g.heads.length * g.head;
}

/** The row at an offset (the row under a head belongs to it); within 0..total-1. */
export function rowAt(g: Geometry, offset: number): number {
  let low = 0;
  let high = Math.max(0, g.total - 1);
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    const upper = offsetOf(g, middle) - (isFirstOfGroup(g, middle) ? g.head : 0);
    if (upper <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

function isFirstOfGroup(g: Geometry, at: number): boolean {
  const count = headsUpTo(g.heads, at);
  return count > 0 && g.heads[count - 1]?.at === at;
}

/** Rows to draw for a viewport, `ahead` pixels more at both ends. `to` is exclusive. */
export function visible(
  g: Geometry,
  top: number,
  height: number,
  ahead: number,
): { from: number; to: number } {
  if (g.total === 0) return { from: 0, to: 0 };
  const from = rowAt(g, Math.max(0, top - ahead));
  const to = Math.min(g.total, rowAt(g, top + height + ahead) + 1);
  return { from, to };
}

/** Offset of the n-th head; Infinity when there are not as many. */
export function headOffset(g: Geometry, n: number): number {
  const head = g.heads[n];
  if (!head) return Number.POSITIVE_INFINITY;
  return (head.at - (g.closed?.hidden[n] ?? 0)) * g.row + n * g.head;
}

/** Heads inside the range of rows, with their offsets. */
export function headsIn<H extends Head>(
  g: Geometry & { heads: readonly H[] },
  from: number,
  to: number,
): { head: H; offset: number }[] {
  const found: { head: H; offset: number }[] = [];
  for (let at = Math.max(0, headsUpTo(g.heads, from) - 1); at < g.heads.length; at++) {
    const head = g.heads[at];
    if (!head || head.at >= to) break;
    found.push({ head, offset: headOffset(g, at) });
  }
  return found;
}

/** Height given to the scrolled element. */
export function scrollHeight(g: Geometry): number {
  return Math.min(heightOf(g), MAX_SCROLL);
}

/** Virtual pixels per real pixel of the scrollbar; 1 unless the list is taller than an element may be. */
export function scale(g: Geometry, viewport: number): number {
  const virtual = heightOf(g) - viewport;
  const real = scrollHeight(g) - viewport;
  return virtual > real && real > 0 ? virtual / real : 1;
}

/** The smallest change of the virtual top that shows the whole row (and its head when it is the first). */
export function reveal(g: Geometry, at: number, top: number, viewport: number): number {
  const lower = offsetOf(g, at) + g.row;
  const upper = offsetOf(g, at) - (isFirstOfGroup(g, at) ? g.head : 0);
  if (upper < top) return upper;
  if (lower > top + viewport) return lower - viewport;
  return top;
}

export function maxTop(g: Geometry, viewport: number): number {
  return Math.max(0, heightOf(g) - viewport);
}
