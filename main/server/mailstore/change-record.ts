/**
 * What a write says about a mailbox in the change log, packed: messages with the same flags and keywords are one run of
 * UID ranges, so that marking 100,000 messages read is a line and not a book. events.ts unpacks it.
 */
import type { WriteTx } from '../../store/program.ts';
import type { UidRanges } from './mailstore.ts';

/** Messages that have these flags now: flags, keywords with a space between, ranges as first, last, first, last ... */
export type FlagRun = readonly [flags: number, keywords: string, ranges: readonly number[]];

/** Kind `mailbox`. The modseq is that of the batch. */
export interface MailboxChange {
  readonly m: number;
  /** UIDNEXT. */
  readonly n: number;
  readonly a?: readonly FlagRun[];
  readonly c?: readonly FlagRun[];
  /** Ranges that vanished. */
  readonly v?: readonly number[];
  /** The mailbox itself is gone. */
  readonly d?: 1;
}

/** Kind `tree`. */
export interface TreeChange {
  readonly p: number;
  readonly k: 'created' | 'renamed' | 'deleted' | 'subscribed';
  readonly name: string;
  readonly old?: string;
  readonly id: number;
}

export const MAILBOX_CHANGE = 'mailbox';
export const TREE_CHANGE = 'tree';

/** Adds a UID to flat ranges; UIDs come in ascending order. */
export function extend(ranges: number[], uid: number): void {
  const last = ranges.length - 1;
  if (last > 0 && ranges[last] === uid - 1) ranges[last] = uid;
  else ranges.push(uid, uid);
}

/** Collects flag states in ascending UID order into runs. */
export class FlagRuns {
  readonly #runs = new Map<string, [number, string, number[]]>();

  add(uid: number, flags: number, keywords: string | null): void {
    const words = keywords ?? '';
    const name = `${flags} ${words}`;
    let run = this.#runs.get(name);
    if (!run) {
      run = [flags, words, []];
      this.#runs.set(name, run);
    }
    extend(run[2], uid);
  }

  get size(): number {
    return this.#runs.size;
  }

  toRuns(): FlagRun[] {
    return [...this.#runs.values()];
  }
}

export function recordMailbox(tx: WriteTx, change: MailboxChange): void {
  tx.change(MAILBOX_CHANGE, change);
}

export function recordTree(tx: WriteTx, change: TreeChange): void {
  tx.change(TREE_CHANGE, change);
}

/** Flat ranges as pairs. */
export function pairs(flat: ArrayLike<number>): [number, number][] {
  const found: [number, number][] = [];
  for (let at = 0; at + 1 < flat.length; at += 2) found.push([flat[at] as number, flat[at + 1] as number]);
  return found;
}

/** What is above it is no UID: `*` of a client. */
const LAST_UID = 0xffff_ffff;

/**
 * Ranges as one array of numbers, which crosses threads as a piece of memory and not as an object a range.
 * @param from index of the first range, and how many at most.
 */
export function packRanges(uids: UidRanges, from = 0, most = uids.length): Uint32Array {
  const count = Math.max(0, Math.min(most, uids.length - from));
  const flat = new Uint32Array(count * 2);
  for (let n = 0; n < count; n += 1) {
    const [first, last] = uids[from + n] as readonly [number, number];
    flat[n * 2] = Math.min(first, LAST_UID);
    flat[n * 2 + 1] = Math.min(last, LAST_UID);
  }
  return flat;
}

/** Ascending UIDs as ranges. */
export function rangesOf(uids: Iterable<number>): UidRanges {
  const flat: number[] = [];
  for (const uid of uids) extend(flat, uid);
  return pairs(flat);
}
