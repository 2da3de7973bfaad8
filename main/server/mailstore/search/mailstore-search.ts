/**
 * SEARCH, SORT and THREAD of the mailstore, in threads of the store.
 *
 * A question about words looks at every letter's text, so a large mailbox is asked part by part: some parts at a time on
 * all readers, and between two parts other sessions have their turn.
 */
import type { Clock } from '../../../base/clock.ts';
import type { OfficeStore } from '../../program.ts';
import type { Mailstore, UidRanges } from '../mailstore.ts';
import type { SearchKey } from '../search-key.ts';

export type MailstoreSearch = Pick<Mailstore, 'search' | 'sort' | 'thread'> & { close(): Promise<void> };

/** Messages whose words are looked at in one call: a few dozen milliseconds. */
const PART_MESSAGES = 5000;
/** Parts under way at a time: as many as there are readers. */
const PARTS_AT_ONCE = 2;
const LARGEST_UID = 0xffffffff;

export async function openSearch(store: OfficeStore, { clock }: { clock: Clock }): Promise<MailstoreSearch> {
  const given = (signal: AbortSignal | undefined) => (signal ? { signal } : {});
  const run = async (
    mailbox: number,
    key: SearchKey,
    within: UidRanges | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Uint32Array> => {
    const now = clock.now();
    const ask = (ranges: UidRanges | null) =>
      store.read('search.run', { mailbox, key, within: ranges, now }, given(signal));
    if (!asksForWords(key)) return ask(within ?? null);
    const extent = await store.read('search.extent', { mailbox }, given(signal));
    const parts = partsOf(extent, within);
    if (parts.length < 2) return ask(within ?? null);
    const found: Uint32Array[] = [];
    let next = 0;
    const work = async () => {
      for (let part = parts[next++]; part; part = parts[next++]) found[parts.indexOf(part)] = await ask(part);
    };
    await Promise.all(Array.from({ length: PARTS_AT_ONCE }, work));
    return joined(found);
  };
  return {
    search: run,
    sort: (mailbox, uids, keys, signal) => store.read('search.sort', { mailbox, uids, keys }, given(signal)),
    thread: (mailbox, uids, algorithm) => store.read('search.thread', { mailbox, uids, algorithm }),
    close: async () => {},
  };
}

function asksForWords(key: SearchKey): boolean {
  switch (key.key) {
    case 'and':
    case 'or':
      return key.keys.some(asksForWords);
    case 'not':
      return asksForWords(key.of);
    default:
      return key.key === 'header' || key.key === 'body' || key.key === 'text';
  }
}

export interface Extent {
  readonly first: number;
  readonly last: number;
  readonly messages: number;
}

/** Ascending parts of UIDs with some PART_MESSAGES messages each, if they lie evenly; empty ones are left out. */
export function partsOf({ first, last, messages }: Extent, within: UidRanges | undefined): UidRanges[] {
  const count = Math.ceil(messages / PART_MESSAGES);
  if (count < 2) return [];
  const step = Math.ceil((last - first + 1) / count);
  const all = within ?? [[1, LARGEST_UID] as const];
  const parts: UidRanges[] = [];
  for (let n = 0; n < count; n += 1) {
    // What came since the extent was read belongs to the last part.
    const from = n === 0 ? 1 : first + n * step;
    const to = n === count - 1 ? LARGEST_UID : first + (n + 1) * step - 1;
    const part = all
      .filter(([a, b]) => a <= to && b >= from)
      .map(([a, b]) => [Math.max(a, from), Math.min(b, to)] as const);
    if (part.length > 0) parts.push(part);
  }
  return parts;
}

function joined(lists: readonly Uint32Array[]): Uint32Array {
  const out = new Uint32Array(lists.reduce((sum, each) => sum + each.length, 0));
  let at = 0;
  for (const each of lists) {
    out.set(each, at);
    at += each.length;
  }
  return out;
}
