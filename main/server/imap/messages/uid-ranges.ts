/** Parts of UID ranges for commands on messages, and what a session has changed by itself. */
import type { FlagOutcome, UidRanges } from '../../mailstore/mailstore.ts';
import type { SelectedMailbox } from '../selected.ts';
import { countOf } from '../sequence-set.ts';

/**
 * The UIDs at places `first` to `last` of ascending ranges (RFC 9394 section 3.1): from 1, or negative from the end,
 * in either order. Places beyond the end are none.
 */
export function pickRange(ranges: UidRanges, [first, last]: readonly [number, number]): [number, number][] {
  const total = countOf(ranges);
  const place = (value: number) => (value < 0 ? total + value : value - 1);
  const low = Math.max(0, Math.min(place(first), place(last)));
  const high = Math.min(total - 1, Math.max(place(first), place(last)));
  const out: [number, number][] = [];
  let before = 0;
  for (const [from, to] of ranges) {
    const start = Math.max(low, before);
    const end = Math.min(high, before + to - from);
    if (start <= end) out.push([from + start - before, from + end - before]);
    before += to - from + 1;
  }
  return out;
}

/** Ranges in groups of at most `most` UIDs, in order. */
export function* groupsOf(ranges: UidRanges, most: number): Generator<[number, number][]> {
  let group: [number, number][] = [];
  let room = most;
  for (const [first, last] of ranges) {
    for (let from = first; from <= last; ) {
      const to = Math.min(last, from + room - 1);
      group.push([from, to]);
      room -= to - from + 1;
      from = to + 1;
      if (room === 0) {
        yield group;
        group = [];
        room = most;
      }
    }
  }
  if (group.length > 0) yield group;
}

/**
 * Marks changes as this session's own. A large change is made in slices, each with a modseq of its own.
 * @param told their new flags are in the answer of the command (rule I24).
 */
export function ownChanges(selected: SelectedMailbox, outcome: FlagOutcome, told: boolean): void {
  let last = -1;
  for (const { modseq } of outcome.changed) {
    if (modseq !== last) selected.own(modseq, told);
    last = modseq;
  }
}
