/**
 * The numbers of one selected mailbox as this session has been told them (rule I20): message n is the n-th UID.
 *
 * It changes by append() and remove() alone, which the session calls exactly when it sends EXISTS, EXPUNGE or
 * VANISHED; it never looks at the store. UIDs are kept as runs, so that 100,000 messages cost some bytes.
 */
import type { UidRanges } from '../mailstore/mailstore.ts';
import { bad } from './faults.ts';
import { common, countOf, normalised, type SequenceSet, without } from './sequence-set.ts';

export class View {
  /** Ascending runs of consecutive UIDs. */
  #runs: (readonly [number, number])[];
  /** Messages before run i; made when it is needed. */
  #before: number[] | null = null;
  #exists: number;

  constructor(uids: UidRanges) {
    this.#runs = [...uids];
    this.#exists = countOf(uids);
  }

  /** Number of messages the client knows of. */
  get exists(): number {
    return this.#exists;
  }
  /** All told UIDs. */
  get uids(): UidRanges {
    return this.#runs;
  }
  /** The largest told UID; 0 when there is none. */
  get lastUid(): number {
    return this.#runs.at(-1)?.[1] ?? 0;
  }

  /** UID of message number `seq`. @throws Fault syntax above EXISTS (I56). */
  uidAt(seq: number): number {
    if (seq < 1 || seq > this.#exists) throw bad('There is no message of that number.');
    const before = this.#offsets();
    const run = lastAtMost(before, seq - 1);
    return this.#runs[run]![0] + (seq - 1 - before[run]!);
  }
  /** Message number of a UID; 0 when the client does not know it. */
  seqOf(uid: number): number {
    const run = this.#runOf(uid);
    return run < 0 ? 0 : this.#offsets()[run]! + uid - this.#runs[run]![0] + 1;
  }
  has(uid: number): boolean {
    return this.#runOf(uid) >= 0;
  }

  /**
   * The UIDs a set stands for, told ones only, ascending.
   * @param byUid true for UID commands: unknown numbers are ignored, `n:*` includes the last message (I56).
   * @param saved what `$` stands for (RFC 5182).
   * @throws Fault syntax for a message number above EXISTS.
   */
  resolve(set: SequenceSet, byUid: boolean, saved: UidRanges = []): UidRanges {
    if (set === '$') return common(this.#runs, saved);
    if (byUid) return common(this.#runs, normalised(set, this.lastUid));
    const numbers = normalised(set, this.#exists);
    const first = numbers[0]?.[0] ?? 0;
    const last = numbers.at(-1)?.[1] ?? 0;
    if (first < 1 || last > this.#exists) throw bad('There is no message of that number.');
    const out: [number, number][] = [];
    for (const [from, to] of numbers) this.#uidsOf(from, to, out);
    return out;
  }

  /** New messages have been announced; UIDs above lastUid, ascending. */
  append(uids: UidRanges): void {
    for (const [first, last] of uids) {
      const previous = this.#runs.at(-1);
      if (previous && previous[1] + 1 === first) this.#runs[this.#runs.length - 1] = [previous[0], last];
      else this.#runs.push([first, last]);
      this.#exists += last - first + 1;
    }
    this.#before = null;
  }

  /**
   * Messages go; the numbers of EXPUNGE in the order they are to be sent (I23), as `[number, times]`: a run of
   * neighbours is the same number over and over.
   */
  remove(uids: UidRanges): [number: number, times: number][] {
    const gone = common(this.#runs, uids);
    let removed = 0;
    const numbers = gone.map(([first, last]): [number, number] => {
      const times = last - first + 1;
      const number = this.seqOf(first) - removed;
      removed += times;
      return [number, times];
    });
    if (removed > 0) {
      this.#runs = without(this.#runs, gone);
      this.#exists -= removed;
      this.#before = null;
    }
    return numbers;
  }

  #offsets(): number[] {
    if (this.#before) return this.#before;
    const before: number[] = [];
    let count = 0;
    for (const [first, last] of this.#runs) {
      before.push(count);
      count += last - first + 1;
    }
    this.#before = before;
    return before;
  }

  #runOf(uid: number): number {
    let low = 0;
    let high = this.#runs.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const [first, last] = this.#runs[middle]!;
      if (uid < first) high = middle - 1;
      else if (uid > last) low = middle + 1;
      else return middle;
    }
    return -1;
  }

  /** Adds the UIDs of message numbers `from` to `to`. */
  #uidsOf(from: number, to: number, out: [number, number][]): void {
    const before = this.#offsets();
    for (let run = lastAtMost(before, from - 1), seq = from; seq <= to; run += 1) {
      const [first, last] = this.#runs[run]!;
      const start = first + (seq - 1 - before[run]!);
      const end = Math.min(last, start + (to - seq));
      const previous = out.at(-1);
      if (previous && previous[1] + 1 === start) previous[1] = end;
      else out.push([start, end]);
      seq += end - start + 1;
    }
  }
}

/** Index of the last number that is at most `value` in an ascending list that begins with 0. */
function lastAtMost(list: readonly number[], value: number): number {
  let low = 0;
  let high = list.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (list[middle]! <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
