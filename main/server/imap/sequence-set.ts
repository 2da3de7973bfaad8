/**
 * Sequence sets (RFC 9051 section 9, `sequence-set`): reversed ranges, `*`, duplicates and overlaps are all legal
 * (rule I56). Kept as pairs, however long the text is.
 */
import type { UidRanges } from '../mailstore/mailstore.ts';

/** `*`: the largest number in use. */
export const STAR = Number.POSITIVE_INFINITY;

/** Pairs as written, in any order, STAR for `*`; or the saved search result `$` (RFC 5182). */
export type SequenceSet = readonly (readonly [number, number])[] | '$';

/** @returns undefined when the text is no sequence set. Numbers are 1 to 4294967295. */
export function parseSequenceSet(text: string): SequenceSet | undefined {
  if (text === '$') return '$';
  const pairs: [number, number][] = [];
  let at = 0;
  const number = (): number | undefined => {
    if (text.charCodeAt(at) === 42) {
      at += 1;
      return STAR;
    }
    const first = text.charCodeAt(at);
    if (!(first >= 49 && first <= 57)) return undefined;
    let value = 0;
    for (let code = first; code >= 48 && code <= 57; code = text.charCodeAt(at)) {
      value = value * 10 + code - 48;
      if (value > 0xffffffff) return undefined;
      at += 1;
    }
    return value;
  };
  for (;;) {
    const first = number();
    if (first === undefined) return undefined;
    let last = first;
    if (text.charCodeAt(at) === 58) {
      at += 1;
      const second = number();
      if (second === undefined) return undefined;
      last = second;
    }
    pairs.push([first, last]);
    if (at === text.length) return pairs;
    if (text.charCodeAt(at) !== 44) return undefined;
    at += 1;
  }
}

/** Ascending ranges apart from each other, `*` being `largest`. */
export function normalised(
  pairs: readonly (readonly [number, number])[],
  largest: number,
): [number, number][] {
  const ordered = pairs
    .map(([a, b]): [number, number] => {
      const first = a === STAR ? largest : a;
      const last = b === STAR ? largest : b;
      return first <= last ? [first, last] : [last, first];
    })
    .sort((a, b) => a[0] - b[0]);
  const out: [number, number][] = [];
  for (const [first, last] of ordered) {
    const previous = out.at(-1);
    if (previous && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else out.push([first, last]);
  }
  return out;
}

/** `1:3,7` of ascending ranges; empty for none. */
export function rangesText(ranges: UidRanges): string {
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}:${last}`)).join(',');
}

/** Ascending numbers as ranges. */
export function rangesOf(numbers: Iterable<number>): [number, number][] {
  const out: [number, number][] = [];
  for (const each of numbers) {
    const previous = out.at(-1);
    if (previous && each === previous[1] + 1) previous[1] = each;
    else out.push([each, each]);
  }
  return out;
}

/** What two lists of ascending ranges share. */
export function common(left: UidRanges, right: UidRanges): [number, number][] {
  const out: [number, number][] = [];
  for (let a = 0, b = 0; a < left.length && b < right.length; ) {
    const [leftFirst, leftLast] = left[a]!;
    const [rightFirst, rightLast] = right[b]!;
    const first = Math.max(leftFirst, rightFirst);
    const last = Math.min(leftLast, rightLast);
    if (first <= last) out.push([first, last]);
    if (leftLast < rightLast) a += 1;
    else b += 1;
  }
  return out;
}

/** The numbers of `left` that are not in `right`. */
export function without(left: UidRanges, right: UidRanges): [number, number][] {
  const out: [number, number][] = [];
  let b = 0;
  for (const [first, last] of left) {
    let from = first;
    while (b < right.length && right[b]![1] < from) b += 1;
    for (let each = b; each < right.length && right[each]![0] <= last; each += 1) {
      if (right[each]![0] > from) out.push([from, right[each]![0] - 1]);
      from = Math.max(from, right[each]![1] + 1);
    }
    if (from <= last) out.push([from, last]);
  }
  return out;
}

/** How many numbers the ranges hold. */
export function countOf(ranges: UidRanges): number {
  return ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
}
