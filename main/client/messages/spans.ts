/**
 * What stands between rows of a view, for actions on a part of it: the keys of that moment, so that letters which come while
 * the action is carried out are not taken along. Runs on the views' reader thread, beside the key arrays.
 */
import type { Span, View } from '../../contract/mail/views.ts';
import type { ReadHandle } from '../../store/program.ts';
import { noSuchMessage } from './reads.ts';
import { resolveView } from './scope.ts';
import { built, placeIn } from './views.ts';

/** Places from..to, both included. */
interface Run {
  from: number;
  to: number;
}

/** Pure: the runs in order, what overlaps or touches as one. */
export function joined(runs: readonly Run[]): Run[] {
  const out: Run[] = [];
  for (const { from, to } of [...runs].sort((a, b) => a.from - b.from)) {
    const last = out.at(-1);
    if (last && from <= last.to + 1) last.to = Math.max(last.to, to);
    else out.push({ from, to });
  }
  return out;
}

export interface Between {
  /** Of the rows, in the view's order. */
  keys: Float64Array;
  /** A row stands for a conversation. */
  conversations: boolean;
}

/** null: the view's array has to be built first. `no-such-message` when an end of a span has left the view. */
function between(
  db: ReadHandle,
  { view, spans, now }: { view: View; spans: readonly Span[]; now: number },
): Between | null {
  const resolved = resolveView(db, view, now);
  const keys = built(db, view, resolved);
  if (!keys) return null;
  const placeOf = (id: number): number => {
    const at = placeIn(db, { view, resolved, keys }, id);
    if (at === null) throw noSuchMessage(id);
    return at;
  };
  const runs = joined(
    spans.map(({ first, last }) => {
      const ends = [placeOf(first), placeOf(last)];
      return { from: Math.min(...ends), to: Math.max(...ends) };
    }),
  );
  const out = new Float64Array(runs.reduce((sum, { from, to }) => sum + to - from + 1, 0));
  let length = 0;
  for (const { from, to } of runs) {
    out.set(keys.keys.subarray(from, to + 1), length);
    length += to - from + 1;
  }
  return { keys: out, conversations: resolved.conversations };
}

/** Ids of letters by their keys; those that are gone are passed over. */
function idsOfKeys(db: ReadHandle, { keys }: { keys: readonly number[] }): number[] {
  return keys.flatMap((key) => db.value<number>('SELECT id FROM messages WHERE key = ?', key) ?? []);
}

export const spanReads = {
  'views.between': between,
  'messages.idsOfKeys': idsOfKeys,
};
