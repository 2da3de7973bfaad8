/**
 * What is chosen in the list. Pure: every function gives a new value.
 *
 * `some`: rows by id (whoever extends a range has fetched the ids). `all`: the whole view as a query, less
 * the exceptions, so that Ctrl+A on a million letters costs nothing. The anchor is where Shift ranges begin.
 */
export interface Chosen {
  kind: 'some' | 'all';
  /** some: chosen ids in order of choosing; all: the exceptions. */
  ids: readonly number[];
  /** Position where a range begins. */
  anchor: number;
}

/** The contract takes at most this many ids in one selection. */
export const MAX_IDS = 10_000;

export const NOTHING: Chosen = { kind: 'some', ids: [], anchor: 0 };

export function only(id: number, at: number): Chosen {
  return { kind: 'some', ids: [id], anchor: at };
}

/** Ctrl+click, Ctrl+Space. */
export function toggle(chosen: Chosen, id: number, at: number): Chosen {
  const ids = chosen.ids.includes(id) ? chosen.ids.filter((other) => other !== id) : [...chosen.ids, id];
  return { kind: chosen.kind, ids: ids.slice(-MAX_IDS), anchor: at };
}

/** Shift: the ids of the rows between the anchor and the row, in the list's order. */
export function range(chosen: Chosen, ids: readonly number[]): Chosen {
  return { kind: 'some', ids: ids.slice(0, MAX_IDS), anchor: chosen.anchor };
}

export function everything(): Chosen {
  return { kind: 'all', ids: [], anchor: 0 };
}

export function has(chosen: Chosen, id: number): boolean {
  return chosen.kind === 'all' ? !chosen.ids.includes(id) : chosen.ids.includes(id);
}

export function count(chosen: Chosen, total: number): number {
  return chosen.kind === 'all' ? Math.max(0, total - chosen.ids.length) : chosen.ids.length;
}

/** The row to go to when the chosen ones leave: the first below the lowest chosen, else the last above. */
export function afterRemoval(
  chosen: Chosen,
  focus: number,
  rows: (at: number) => { id: number } | undefined,
  total: number,
): number | null {
  if (chosen.kind === 'all') return null;
  const leaves = (at: number) => {
    const row = rows(at);
    return row !== undefined && chosen.ids.includes(row.id);
  };
  let at = focus;
  while (at < total && leaves(at)) at++;
  if (at < total) return rows(at)?.id ?? null;
  at = focus;
  while (at >= 0 && leaves(at)) at--;
  return at >= 0 ? (rows(at)?.id ?? null) : null;
}
