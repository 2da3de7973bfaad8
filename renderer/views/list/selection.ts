/**
 * What is chosen in the list. Pure: every function gives a new value.
 *
 * `some`: rows by id. `all`: the whole view as a query, less the exceptions, so that Ctrl+A on a million letters costs
 * nothing. `range`: runs of the view from row to row, less the exceptions; it takes rows along that were never loaded.
 * The anchor is where Shift ranges begin.
 */
export interface Chosen {
  kind: 'some' | 'all' | 'range';
  /** some: chosen ids in order of choosing; otherwise the exceptions. */
  ids: readonly number[];
  /** Position where a range begins. */
  anchor: number;
  /** range: rising, without overlaps. */
  runs: readonly Run[];
}

/** Rows from one position to another, both included, and the letters that stand there. */
export interface Run {
  from: number;
  to: number;
  first: number;
  last: number;
}

/** The contract takes at most this many ids in one selection. */
export const MAX_IDS = 10_000;

/** Rows of a range that are chosen by id, if all of them are here; more are asked for by where the range ends. */
export const MAX_BY_ID = 500;

export const NOTHING: Chosen = { kind: 'some', ids: [], anchor: 0, runs: [] };

export function only(id: number, at: number): Chosen {
  return { kind: 'some', ids: [id], anchor: at, runs: [] };
}

const holds = (runs: readonly Run[], at: number) => runs.some((run) => at >= run.from && at <= run.to);

/** Ctrl+click, Ctrl+Space. */
export function toggle(chosen: Chosen, id: number, at: number): Chosen {
  if (chosen.kind === 'range' && !holds(chosen.runs, at)) {
    const runs = [...chosen.runs, { from: at, to: at, first: id, last: id }].sort((a, b) => a.from - b.from);
    return { ...chosen, runs, anchor: at };
  }
  const ids = chosen.ids.includes(id) ? chosen.ids.filter((other) => other !== id) : [...chosen.ids, id];
  return { ...chosen, ids: ids.slice(-MAX_IDS), anchor: at };
}

/** Shift: the ids of the rows between the anchor and the row, in the list's order. */
export function range(chosen: Chosen, ids: readonly number[]): Chosen {
  return { kind: 'some', ids: ids.slice(0, MAX_IDS), anchor: chosen.anchor, runs: [] };
}

/** The same for rows that are not all here. */
export function between(chosen: Chosen, runs: readonly Run[]): Chosen {
  return { kind: 'range', ids: [], anchor: chosen.anchor, runs };
}

export function everything(): Chosen {
  return { kind: 'all', ids: [], anchor: 0, runs: [] };
}

/** @param at the row's position, which a range goes by. */
export function has(chosen: Chosen, id: number, at: number): boolean {
  if (chosen.kind === 'some') return chosen.ids.includes(id);
  return (chosen.kind === 'all' || holds(chosen.runs, at)) && !chosen.ids.includes(id);
}

export function count(chosen: Chosen, total: number): number {
  if (chosen.kind === 'some') return chosen.ids.length;
  const whole =
    chosen.kind === 'all' ? total : chosen.runs.reduce((sum, { from, to }) => sum + to - from + 1, 0);
  return Math.max(0, whole - chosen.ids.length);
}

/** More than the one letter that is read. */
export const several = (chosen: Chosen): boolean => chosen.kind !== 'some' || chosen.ids.length > 1;

/** After rows came or went: the range at its new places; the anchor keeps its place in it. */
export function moved(chosen: Chosen, runs: readonly Run[]): Chosen {
  const first = chosen.runs[0];
  const last = chosen.runs.at(-1);
  const anchor =
    last && chosen.anchor === last.to
      ? (runs.at(-1)?.to ?? 0)
      : chosen.anchor + (runs[0]?.from ?? 0) - (first?.from ?? 0);
  return { ...chosen, runs, anchor };
}

/** Where to go when a range leaves: the row below its lowest one, else the one above its highest; null: all of it leaves. */
export function besideRange(chosen: Chosen, total: number): number | null {
  const below = (chosen.runs.at(-1)?.to ?? -1) + 1;
  if (below < total) return below;
  const above = (chosen.runs[0]?.from ?? 0) - 1;
  return above >= 0 ? above : null;
}

/** The row to go to when the chosen ones leave: the first below the lowest chosen, else the last above. */
export function afterRemoval(
  chosen: Chosen,
  focus: number,
  rows: (at: number) => { id: number } | undefined,
  total: number,
): number | null {
  if (chosen.kind !== 'some') return null;
  const leaving = new Set(chosen.ids);
  const leaves = (at: number) => {
    const row = rows(at);
    return row !== undefined && leaving.has(row.id);
  };
  let at = focus;
  while (at < total && leaves(at)) at++;
  if (at < total) return rows(at)?.id ?? null;
  at = focus;
  while (at >= 0 && leaves(at)) at--;
  return at >= 0 ? (rows(at)?.id ?? null) : null;
}
