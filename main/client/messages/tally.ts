/** How many letters a view holds, and how many of them are unread: counted once, then kept by the change log. */
import { Fault } from '../../base/errors.ts';
import { MAX_COUNTED_KEYS } from '../../base/limits.ts';
import type { View } from '../../contract/mail/views.ts';
import type { ReadHandle } from '../../store/program.ts';
import { type ResolvedView, resolveView } from './scope.ts';
import { beginKeys, type Cache, currentKeys, grow } from './viewkeys.ts';

/** Room for keys at the beginning; it grows. */
const FIRST_KEYS = 1024;

/** Keys of views that are counted all the time (saved searches), oldest use first. */
const tallies: Cache = new Map();

/** Letters of a view and unread ones among them, a slice at a time; the numbers are true when `complete`. */
export function tally(
  db: ReadHandle,
  { view, now }: { view: View; now: number },
): { complete: boolean; total: number; unread: number } {
  const sum = { complete: true, total: 0, unread: 0 };
  for (const filter of ['all', 'unread'] as const) {
    const part: View = {
      ...view,
      filter: filter === 'all' ? view.filter : 'unread',
      conversations: false,
      sort: 'date',
      descending: true,
    };
    let resolved: ResolvedView;
    try {
      resolved = resolveView(db, part, now);
    } catch (failure) {
      // Its folder is gone: nothing is found there any more.
      if (failure instanceof Fault && failure.code === 'no-such-folder') return sum;
      throw failure;
    }
    // Unread ones of a search for flagged letters are counted without keys: no filter says both.
    if (filter === 'unread' && view.filter !== 'all' && view.filter !== 'unread') {
      const { from, where, values } = resolveView(db, { ...part, filter: view.filter }, now).sql;
      sum.unread =
        db.value<number>(`SELECT count(*) FROM ${from} WHERE ${where} AND m.flags & 1 = 0`, ...values) ?? 0;
      continue;
    }
    const keys =
      currentKeys(db, part, resolved, tallies) ?? beginKeys(db, part, resolved, FIRST_KEYS, tallies);
    const complete = grow(db, part, resolved, keys);
    if (filter === 'all') sum.total = keys.length;
    else sum.unread = keys.length;
    if (!complete) return { ...sum, complete: false };
  }
  forgetTallies();
  return sum;
}

/** Gives back the memory of views that have not been counted for the longest time. */
function forgetTallies(): void {
  let held = 0;
  for (const [name, keys] of [...tallies].reverse()) {
    held += keys.keys.length;
    if (held > MAX_COUNTED_KEYS) tallies.delete(name);
  }
}
