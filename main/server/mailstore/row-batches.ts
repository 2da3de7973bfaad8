/** Batches of rows one after the other: the next is read while its reader works on the one before. */
import { cancelled } from '../../base/errors.ts';
import { ROW_BATCH } from '../../base/limits.ts';
import type { OfficeStore } from '../program.ts';
import { packRanges } from './change-record.ts';
import type { Columns, UidRanges } from './mailstore.ts';
import type { RowsOutput } from './row-reads.ts';

export interface Wanted {
  readonly mailbox: number;
  readonly uids: UidRanges;
  readonly columns: Columns;
}

/** Where a batch begins: the range, and the UID within it or after it. */
interface Place {
  readonly range: number;
  readonly from: number;
}

/** Of many ranges only as many as one batch can use cross the threads each time. */
const RANGES_A_BATCH = ROW_BATCH * 2;

/** Where to go on; undefined when all is read. */
function after(wanted: Wanted, { range }: Place, next: number | null): Place | undefined {
  const { uids } = wanted;
  if (next === null) {
    const at = range + RANGES_A_BATCH;
    return at < uids.length ? { range: at, from: 1 } : undefined;
  }
  let at = range;
  while (at < uids.length && (uids[at] as readonly [number, number])[1] < next) at += 1;
  return at < uids.length ? { range: at, from: next } : undefined;
}

/** @throws Fault cancelled when the signal says so. */
export async function* readAhead(
  store: OfficeStore,
  wanted: Wanted,
  signal: AbortSignal | undefined,
): AsyncGenerator<RowsOutput> {
  const { mailbox, columns } = wanted;
  const ask = ({ range, from }: Place): Promise<RowsOutput> => {
    const uids = packRanges(wanted.uids, range, RANGES_A_BATCH);
    const read = store.read('mailstore.rows', { mailbox, uids, columns, from }, signal ? { signal } : {});
    // Asked for ahead: its failure is told when it is waited for, or never.
    read.catch(() => {});
    return read;
  };
  let place: Place | undefined = { range: 0, from: 1 };
  let pending: Promise<RowsOutput> | undefined = ask(place);
  while (pending && place) {
    const output: RowsOutput = await pending;
    if (signal?.aborted) throw cancelled();
    place = after(wanted, place, output.next);
    pending = place && ask(place);
    yield output;
  }
}
