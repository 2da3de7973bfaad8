/** Where ranges end: the letters that stand there, so that a range needs no other row of it to be here. */
import { engine } from '../../state/engine.ts';
import type { Rows } from './rows.ts';
import type { Run } from './selection.ts';

/** Places, both included. */
export interface Places {
  from: number;
  to: number;
}

/** Pure: shown runs (`to` excluded); groups that are open side by side make one run. */
export function wholeRuns(shown: readonly Places[]): Places[] {
  const runs: Places[] = [];
  for (const { from, to } of shown) {
    const last = runs.at(-1);
    if (last && last.to + 1 === from) last.to = to - 1;
    else runs.push({ from, to: to - 1 });
  }
  return runs;
}

/** Who stands at the ends; a run that the view does not reach any more is left out. */
export async function withEnds(rows: Rows, places: readonly Places[]): Promise<Run[]> {
  const runs = await Promise.all(
    places.map(async ({ from, to }): Promise<Run | null> => {
      const [first] = await rows.ids(from, from, 1);
      const last = to === from ? first : (await rows.ids(to, to, 1))[0];
      return first === undefined || last === undefined ? null : { from, to, first, last };
    }),
  );
  return runs.filter((run) => run !== null);
}

/** Where the ends stand now; null: one of them has left the view. */
export async function placedAnew(rows: Rows, runs: readonly Run[]): Promise<Run[] | null> {
  const placeOf = async (id: number) =>
    (await engine().request('messages.locate', { view: rows.view, id })).at;
  const placed = await Promise.all(
    runs.map(async (run): Promise<Run | null> => {
      const [a, b] = await Promise.all([placeOf(run.first), placeOf(run.last)]);
      return a === null || b === null ? null : { ...run, from: Math.min(a, b), to: Math.max(a, b) };
    }),
  );
  const whole = placed.filter((run) => run !== null);
  return whole.length < runs.length ? null : whole;
}
