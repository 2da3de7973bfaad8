/**
 * Orders of a list that are not by date: the value of a row in SQL, how two values compare, and where equal values make a
 * group. Pure but for the names of accounts, folders and tags that are read beside.
 *
 * Texts are compared by a folded key and not by a collator: both alphabets stand in their order there, and a hundred
 * thousand subjects are sorted within a slice's patience.
 */
import { MAX_GROUP_HEADS } from '../../base/limits.ts';
import { SIZE_STEPS } from '../../contract/mail/size-steps.ts';
import type { Sort } from '../../contract/mail/views.ts';
import type { ReadHandle } from '../../store/program.ts';

export type Value = string | number;

type Other = Exclude<Sort, 'date'>;

const NAMED = (name: string, address: string) => `CASE WHEN ${name} = '' THEN ${address} ELSE ${name} END`;

/** The value of a row `m`. */
export const SORT_VALUE: Record<Other, string> = {
  from: NAMED('m.from_name', 'm.from_address'),
  to: `coalesce(${NAMED("json_extract(m.recipients, '$[0][0]')", "json_extract(m.recipients, '$[0][1]')")}, '')`,
  subject: 'm.subject',
  received: 'm.received',
  size: 'm.size',
  account: 'm.account',
  folder: 'm.folder',
  tags: 'm.keywords',
  flag: '(m.flags >> 2) & 1',
  files: 'm.attachments',
};

const NUMERIC: ReadonlySet<Sort> = new Set<Sort>(['received', 'size', 'flag', 'files']);

const ANSWERS = /^(?:\s*(?:re|fwd?|fw|отв|на|пересл)(?:\[\d+\])?:\s*)+/i;

/** What stands for a text when it is compared: without case and marks, ё as е, numbers by their worth. */
export function folded(text: string): string {
  const lower = text.replace(ANSWERS, '').trim().toLowerCase().replaceAll('ё', 'е');
  // Letters of other alphabets lose their marks; й is a letter of its own.
  const plain = /[\u00c0-\u024f]/.test(lower)
    ? lower.normalize('NFD').replace(/[\u0300-\u036f]/g, '')
    : lower;
  const counted = plain.replace(/\d+/g, (digits) => digits.replace(/^0+(?=\d)/, '').padStart(12, '0'));
  // "«Contract»" stands beside "contract".
  const bare = counted.replace(/^["'«“„([]+/, '');
  return bare === '' ? '' : alphabetOf(bare.charCodeAt(0)) + bare;
}

/** What begins with a sign or a number comes first, then the Cyrillic alphabet, the Latin one, all others. */
const alphabetOf = (code: number) =>
  code < 0x61 ? '0' : code >= 0x400 && code < 0x530 ? '1' : code < 0x7b ? '2' : '3';

export interface Run {
  at: number;
  count: number;
  key: string;
}

export interface Ordered {
  /** Places of the values in their order; equal ones keep theirs. */
  order: Uint32Array;
  /** Sort values in the order, where they are numbers. */
  numbers: Float64Array | null;
  /** Groups of equal values; null: this order has none, or they are made from `numbers`. */
  runs: Run[] | null;
}

/** Names that stand for numbers or keywords in this order. */
function naming(db: ReadHandle, sort: Other): ((value: Value) => string) | null {
  if (sort === 'account' || sort === 'folder') {
    const rows = db.all<{ id: number; name: string }>(
      sort === 'account'
        ? 'SELECT id, address AS name FROM accounts'
        : 'SELECT id, path AS name FROM folders',
    );
    const names = new Map<Value, string>(rows.map(({ id, name }) => [id, name]));
    return (value) => names.get(value) ?? '';
  }
  if (sort !== 'tags') return null;
  const tags = db.all<{ name: string; keyword: string }>(
    'SELECT name, keyword FROM tags ORDER BY position, name',
  );
  return (value) => {
    const worn = String(value).split(' ');
    return tags
      .filter(({ keyword }) => worn.includes(keyword))
      .map(({ name }) => name)
      .join(', ');
  };
}

/** Sorts the values of a view whose rows stand newest first. */
export function ordered(db: ReadHandle, sort: Other, values: readonly Value[], descending: boolean): Ordered {
  const { length } = values;
  const order = new Uint32Array(length).map((_, place) => place);
  if (NUMERIC.has(sort)) {
    const numbers = Float64Array.from(values as readonly number[]);
    order.sort((a, b) => (descending ? numbers[b]! - numbers[a]! : numbers[a]! - numbers[b]!) || a - b);
    return { order, numbers: numbers.map((_, place) => numbers[order[place]!]!), runs: null };
  }
  const name = naming(db, sort);
  // Ranks of distinct values: most orders have few of them.
  const texts = new Map<Value, string>();
  for (const value of values) if (!texts.has(value)) texts.set(value, name ? name(value) : String(value));
  const keys = new Map<Value, string>();
  for (const [value, text] of texts) keys.set(value, folded(text));
  const distinct = [...new Set(keys.values())].sort((a, b) => {
    // What has no value comes last, whichever way the list runs.
    if (a === '' || b === '') return a === b ? 0 : (a === '') === descending ? -1 : 1;
    return a < b ? -1 : a > b ? 1 : 0;
  });
  const rankOf = new Map(distinct.map((key, rank) => [key, rank]));
  const ranks = Uint32Array.from(values, (value) => rankOf.get(keys.get(value) ?? '') ?? 0);
  order.sort((a, b) => (descending ? ranks[b]! - ranks[a]! : ranks[a]! - ranks[b]!) || a - b);
  if (sort === 'subject') return { order, numbers: null, runs: null };
  const label = (value: Value) => texts.get(value) || 'none';
  const byValue = runsOf(
    order,
    (place) => ranks[place]!,
    (place) => label(values[place]!),
  );
  if (byValue.length <= MAX_GROUP_HEADS) return { order, numbers: null, runs: byValue };
  const initial = (place: number) => (keys.get(values[place]!) ?? '').charAt(1).toUpperCase() || 'none';
  return { order, numbers: null, runs: runsOf(order, initial, initial) };
}

function runsOf<T>(order: Uint32Array, same: (place: number) => T, label: (place: number) => string): Run[] {
  const runs: Run[] = [];
  let last: T | undefined;
  order.forEach((place, at) => {
    const value = same(place);
    const run = runs.at(-1);
    if (run && value === last) run.count++;
    else runs.push({ at, count: 1, key: label(place) });
    last = value;
  });
  return runs;
}

/** Groups of a list by size, by flag or by files, from its values in their order. */
export function runsOfNumbers(sort: Other, numbers: Float64Array, descending: boolean): Run[] {
  const steps: readonly number[] = sort === 'size' ? SIZE_STEPS : [0, 1];
  const nameOf = (step: number) => (sort === 'size' ? `size:${step}` : step === 1 ? 'yes' : 'no');
  const runs: Run[] = [];
  let at = 0;
  const places = steps.map((_, step) => step);
  for (const step of descending ? places.reverse() : places) {
    const end = descending
      ? firstWhere(numbers, (value) => value < steps[step]!)
      : step + 1 < steps.length
        ? firstWhere(numbers, (value) => value >= steps[step + 1]!)
        : numbers.length;
    if (end > at) runs.push({ at, count: end - at, key: nameOf(step) });
    at = Math.max(at, end);
  }
  return runs;
}

/** The first place from which on the condition holds. */
export function firstWhere(numbers: Float64Array, holds: (value: number) => boolean): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (holds(numbers[middle]!)) high = middle;
    else low = middle + 1;
  }
  return low;
}
