/**
 * What is asked of a result and how it is answered: SEARCH and SORT as lists of numbers, ESEARCH (RFC 4731), saved
 * results (RFC 5182), windows of results (RFC 9394).
 */
import type { UidRanges } from '../../mailstore/mailstore.ts';
import { bad } from '../faults.ts';
import type { Scanner } from '../scanner.ts';
import { rangesOf, rangesText } from '../sequence-set.ts';
import type { Session } from '../session.ts';

export interface ReturnOptions {
  readonly min: boolean;
  readonly max: boolean;
  readonly all: boolean;
  readonly count: boolean;
  readonly save: boolean;
  /** First and last place, from 1, or from the end where negative. */
  readonly partial: readonly [number, number] | null;
}

const MINUS = 45;
const COLON = 58;

/** `RETURN (...)` and the space behind it; null where it does not stand. */
export function readReturn(scanner: Scanner): ReturnOptions | null {
  if (!scanner.maybeAtom('RETURN')) return null;
  scanner.space();
  const options = { min: false, max: false, all: false, count: false, save: false };
  let partial: [number, number] | null = null;
  scanner.list(
    () => {
      const word = scanner.atom().toUpperCase();
      switch (word) {
        case 'MIN':
          options.min = true;
          break;
        case 'MAX':
          options.max = true;
          break;
        case 'ALL':
          options.all = true;
          break;
        case 'COUNT':
          options.count = true;
          break;
        case 'SAVE':
          options.save = true;
          break;
        case 'PARTIAL':
          if (partial) throw bad('PARTIAL stands once.');
          scanner.space();
          partial = readPartial(scanner);
          break;
        default:
          throw bad(`RETURN knows no ${word}.`);
      }
    },
    { empty: true },
  );
  scanner.space();
  // RFC 9394 section 3.1: one of them says it all.
  if (partial && options.all) throw bad('PARTIAL and ALL do not go together.');
  const asked =
    options.min || options.max || options.all || options.count || options.save || partial !== null;
  // RFC 4731 section 3.1: RETURN () is RETURN (ALL).
  return { ...options, all: options.all || !asked, partial };
}

function readPartial(scanner: Scanner): [number, number] {
  const place = () => (scanner.maybe(MINUS) ? -scanner.nzNumber() : scanner.nzNumber());
  const first = place();
  scanner.expect(COLON, 'A colon is missing.');
  const last = place();
  if (first < 0 !== last < 0) throw bad('Both ends of PARTIAL are counted from the same side.');
  return [first, last];
}

/** A result in the order it is to be told: message numbers or UIDs. */
export interface Result {
  readonly numbers: Uint32Array;
  readonly uids: Uint32Array;
  /** Highest mod-sequence of all of them; null when it was not asked for. */
  readonly modseq: number | null;
}

/** Numbers written between two looks at the reader. */
const SLICE = 5000;

/** `* SEARCH 1 2` or `* SORT 2 1`; an empty result is told too (rule I58). */
export async function tellNumbers(session: Session, word: 'SEARCH' | 'SORT', result: Result): Promise<void> {
  const { numbers, modseq } = result;
  let line = `* ${word}`;
  for (let at = 0; at < numbers.length; at += SLICE) {
    line += ` ${numbers.subarray(at, at + SLICE).join(' ')}`;
    session.out.part(line);
    line = '';
    if (session.out.full) await session.drained();
  }
  session.out.close(`${line}${modseq === null || numbers.length === 0 ? '' : ` (MODSEQ ${modseq})`}\r\n`);
}

/** `* ESEARCH (TAG "A1") UID ALL 1:3`. @param sorted SORT's order counts: the set keeps it (RFC 5267 section 3.1). */
export function tellExtended(
  session: Session,
  options: ReturnOptions,
  result: Result,
  how: { readonly byUid: boolean; readonly sorted: boolean },
): void {
  const { numbers, modseq } = result;
  const tag = session.tag.replace(/["\\]/g, '\\$&');
  const words = [`ESEARCH (TAG "${tag}")`];
  if (how.byUid) words.push('UID');
  if (numbers.length > 0) {
    if (options.min) words.push(`MIN ${numbers[0]}`);
    if (options.max) words.push(`MAX ${numbers[numbers.length - 1]}`);
    if (options.all) words.push(`ALL ${setText(numbers, how.sorted)}`);
  }
  if (options.count) words.push(`COUNT ${numbers.length}`);
  if (options.partial) {
    const [first, last] = options.partial;
    const part = windowOf(numbers, first, last);
    words.push(`PARTIAL (${first}:${last} ${part.length === 0 ? 'NIL' : setText(part, how.sorted)})`);
  }
  if (modseq !== null && numbers.length > 0) words.push(`MODSEQ ${modseq}`);
  session.out.untagged(words.join(' '));
}

/** RFC 5182 section 2.1: MIN and MAX alone save only those messages. */
export function saved(options: ReturnOptions, uids: Uint32Array): UidRanges {
  if (uids.length === 0) return [];
  const only = (options.min || options.max) && !options.all && !options.count && !options.partial;
  if (!only) return rangesOf([...uids].sort((a, b) => a - b));
  const kept = new Set<number>();
  if (options.min) kept.add(uids[0]!);
  if (options.max) kept.add(uids[uids.length - 1]!);
  return rangesOf([...kept].sort((a, b) => a - b));
}

/** Places are counted from 1, from the end where negative (RFC 9394 section 3.1). */
function windowOf(numbers: Uint32Array, first: number, last: number): Uint32Array {
  if (first > 0) return numbers.subarray(Math.min(first, last) - 1, Math.max(first, last));
  const from = numbers.length + Math.min(first, last);
  const to = numbers.length + Math.max(first, last) + 1;
  return numbers.subarray(Math.max(0, from), Math.max(0, to));
}

/** A set that keeps the order where it counts: only neighbours that ascend become ranges. */
function setText(numbers: Uint32Array, sorted: boolean): string {
  if (!sorted) return rangesText(rangesOf(numbers));
  const parts: string[] = [];
  for (let at = 0; at < numbers.length; ) {
    let end = at;
    while (end + 1 < numbers.length && numbers[end + 1] === numbers[end]! + 1) end += 1;
    parts.push(end === at ? `${numbers[at]}` : `${numbers[at]}:${numbers[end]}`);
    at = end + 1;
  }
  return parts.join(',');
}
