/**
 * Where rows and group heads stand in the list, by arithmetic alone: rows have one height, heads another,
 * so nothing is ever measured. Pure. Positions count from 0; offsets are CSS pixels from the list's start.
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
  return at * g.row + headsUpTo(g.heads, at) * g.head;
}

export function heightOf(g: Geometry): number {
  return g.total * g.row + g.heads.length * g.head;
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
    found.push({ head, offset: head.at * g.row + at * g.head });
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
