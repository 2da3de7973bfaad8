/** From what crosses threads to what a session is given. */
import { setImmediate } from 'node:timers/promises';
import type { PackedChanges } from './change-reads.ts';
import { pairs } from './change-record.ts';
import { keywordsOf } from './keywords.ts';
import type { FlagState, RowBatch } from './mailstore.ts';
import type { PackedRows } from './row-reads.ts';

/** States made between two turns of the event loop: a millisecond or so. */
const STATES_A_TURN = 5000;

export function batchOf({ keywords, ...rows }: PackedRows): RowBatch {
  if (!keywords) return rows;
  return { ...rows, keywords: new Map([...keywords].map(([n, text]) => [n, keywordsOf(text)])) };
}

/** Flag states in ascending UID order; others' turns come in between when there are many. */
export async function statesOf({ uids, flags, modseqs, keywords }: PackedChanges): Promise<FlagState[]> {
  const found: FlagState[] = [];
  for (let n = 0; n < uids.length; n += 1) {
    const words = keywords.get(n);
    found.push({
      uid: uids[n] as number,
      flags: flags[n] as number,
      keywords: words === undefined ? [] : keywordsOf(words),
      modseq: modseqs[n] as number,
    });
    if (n % STATES_A_TURN === STATES_A_TURN - 1) await setImmediate();
  }
  return found;
}

/** Every UID of flat ranges. */
export function everyUid(flat: readonly number[], into: number[]): void {
  for (const [first, last] of pairs(flat)) for (let uid = first; uid <= last; uid += 1) into.push(uid);
}
