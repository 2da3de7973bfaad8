/**
 * Runs a search key against one mailbox, in a reader thread. Candidates are an ascending list of UIDs that shrinks:
 * cheap questions (flags, dates, sizes: one scan of rows) come before costly ones (text), and a costly one only looks
 * at what is left (RFC 9051 section 6.4.4: the order of keys is ours).
 *
 * It must never hold a reader for long without looking whether the caller has given up.
 */
import type { ReadHandle, SqlInput } from '../../../store/program.ts';
import type { SearchKey } from '../search-key.ts';
import { needleOf, tailOf } from './fold.ts';

export type Uids = Uint32Array;

const DAY_MS = 86_400_000;
/** Messages whose text is looked at between two looks at the caller. */
const TEXT_SLICE = 2000;
/** Below this share of the mailbox, candidates are looked up one by one instead of by a scan. */
const SPARSE = 0.25;

export interface Scope {
  readonly db: ReadHandle;
  readonly mailbox: number;
  /** Wall clock in ms, for YOUNGER and OLDER. */
  readonly now: number;
  /** Messages of the mailbox, to judge how dense candidates are. */
  readonly total: number;
}

export function evaluate(scope: Scope, key: SearchKey, candidates: Uids): Uids {
  if (candidates.length === 0) return candidates;
  switch (key.key) {
    case 'all':
      return candidates;
    case 'and': {
      let left = candidates;
      for (const each of [...key.keys].sort((a, b) => costOf(a) - costOf(b)))
        left = evaluate(scope, each, left);
      return left;
    }
    case 'or': {
      let open = candidates;
      let found: Uids = new Uint32Array(0);
      for (const each of [...key.keys].sort((a, b) => costOf(a) - costOf(b))) {
        const hits = evaluate(scope, each, open);
        found = merge(found, hits);
        open = minus(open, hits);
      }
      return found;
    }
    case 'not':
      return minus(candidates, evaluate(scope, key.of, candidates));
    case 'uids':
      return within(candidates, key.uids);
    case 'header':
    case 'body':
    case 'text':
      return byText(scope, key, candidates);
    default:
      return byRow(scope, key, candidates);
  }
}

function costOf(key: SearchKey): number {
  switch (key.key) {
    case 'all':
    case 'uids':
      return 0;
    case 'and':
    case 'or':
      return Math.max(0, ...key.keys.map(costOf));
    case 'not':
      return costOf(key.of);
    case 'header':
      return 3;
    case 'body':
    case 'text':
      return 4;
    case 'emailid':
    case 'threadid':
      return 2;
    default:
      return key.key === 'date' && key.of === 'sent' ? 2 : 1;
  }
}

type RowKey = Exclude<SearchKey, { key: 'all' | 'and' | 'or' | 'not' | 'uids' | 'header' | 'body' | 'text' }>;

/** A condition over messages m and letters l. */
function condition(scope: Scope, key: RowKey): { sql: string; values: SqlInput[]; letters: boolean } {
  const row = (sql: string, ...values: SqlInput[]) => ({ sql, values, letters: false });
  const letter = (sql: string, ...values: SqlInput[]) => ({ sql, values, letters: true });
  switch (key.key) {
    case 'flags':
      return row('m.flags & ? = ?', key.flags, key.flags);
    case 'keyword':
      // Words are kept with a space between; a keyword never holds one.
      return row(
        "instr(' ' || lower(coalesce(m.keywords, '')) || ' ', ?) > 0",
        ` ${key.keyword.toLowerCase()} `,
      );
    case 'date':
      return dateCondition(key.of, key.is, key.day);
    case 'within': {
      const since = scope.now - key.seconds * 1000;
      return key.is === 'younger' ? row('m.internal_date >= ?', since) : row('m.internal_date < ?', since);
    }
    case 'size':
      return key.is === 'larger' ? row('m.size > ?', key.octets) : row('m.size < ?', key.octets);
    case 'modseq':
      return row('m.modseq >= ?', key.modseq);
    case 'emailid': {
      // RFC 8474 section 5.1; ours is M and 30 hexadecimal digits.
      const hex = /^M([0-9a-f]{30})$/i.exec(key.id)?.[1];
      return hex === undefined ? row('0') : letter('substr(l.hash, 1, 15) = ?', Buffer.from(hex, 'hex'));
    }
    case 'threadid': {
      const thread = /^T([0-9a-z]+)$/i.test(key.id) ? Number.parseInt(key.id.slice(1), 36) : Number.NaN;
      return Number.isSafeInteger(thread) ? letter('l.thread = ?', thread) : row('0');
    }
  }
}

function dateCondition(of: 'internal' | 'sent' | 'saved', is: 'before' | 'on' | 'since', day: number) {
  // RFC 9051 section 6.4.4: time and zone disregarded, so the day is the one that INTERNALDATE shows.
  const column = {
    internal: `(m.internal_date + m.zone * 60000)`,
    saved: 'm.save_date',
    sent: 'l.sent_day',
  }[of];
  const unit = of === 'sent' ? 1 : DAY_MS;
  const letters = of === 'sent';
  const from = day * unit;
  const to = (day + 1) * unit;
  if (is === 'before') return { sql: `${column} < ?`, values: [from], letters };
  if (is === 'since') return { sql: `${column} >= ?`, values: [from], letters };
  return { sql: `${column} >= ? AND ${column} < ?`, values: [from, to], letters };
}

function byRow(scope: Scope, key: RowKey, candidates: Uids): Uids {
  const { db, mailbox } = scope;
  const { sql, values, letters } = condition(scope, key);
  const join = letters ? ' JOIN letters l ON l.id = m.letter' : '';
  if (candidates.length < scope.total * SPARSE) {
    const found = db.pluck<number>(
      `SELECT m.uid FROM json_each(?) c JOIN messages m ON m.mailbox = ? AND m.uid = c.value${join} WHERE ${sql} ORDER BY m.uid`,
      JSON.stringify([...candidates]),
      mailbox,
      ...values,
    );
    return Uint32Array.from(found);
  }
  const found = db.pluck<number>(
    `SELECT m.uid FROM messages m${join} WHERE m.mailbox = ? AND m.uid BETWEEN ? AND ? AND ${sql} ORDER BY m.uid`,
    mailbox,
    candidates[0]!,
    candidates[candidates.length - 1]!,
    ...values,
  );
  return both(candidates, Uint32Array.from(found));
}

type TextKey = Extract<SearchKey, { key: 'header' | 'body' | 'text' }>;

function byText(scope: Scope, key: TextKey, candidates: Uids): Uids {
  const { db, mailbox } = scope;
  const needle = needleOf(key.text);
  const found: number[] = [];
  const dense = candidates.length >= scope.total * SPARSE;
  for (let from = 0; from < candidates.length; from += TEXT_SLICE) {
    db.checkCancelled();
    const slice = candidates.subarray(from, from + TEXT_SLICE);
    const source = dense
      ? 'messages m WHERE m.mailbox = ? AND m.uid BETWEEN ? AND ?'
      : 'json_each(?) c JOIN messages m ON m.mailbox = ? AND m.uid = c.value WHERE 1';
    const values: SqlInput[] = dense
      ? [mailbox, slice[0]!, slice[slice.length - 1]!]
      : [JSON.stringify([...slice]), mailbox];
    const hits = hitsOf(db, key, needle, source, values);
    if (dense) for (const uid of both(slice, Uint32Array.from(hits))) found.push(uid);
    else found.push(...hits);
  }
  return Uint32Array.from(found);
}

/** UIDs, ascending. `instr` on octets runs inside SQLite: no text crosses into JavaScript but for one header field. */
function hitsOf(
  db: ReadHandle,
  key: TextKey,
  needle: Uint8Array,
  source: string,
  values: SqlInput[],
): number[] {
  const inHead = '(SELECT instr(h.text, ?) FROM letter_heads h WHERE h.letter = m.letter) > 0';
  if (key.key !== 'header') {
    const tail = tailOf(needle);
    // As terms of a WHERE: only there the second is not looked at where the first is not met.
    const holds = (table: string) =>
      `EXISTS (SELECT 1 FROM ${table} t WHERE t.letter = m.letter AND instr(t.text, ?) > 0 AND instr(t.text, ?) > 0)`;
    const inBody = holds('letter_bodies');
    const where = key.key === 'body' ? inBody : `(${holds('letter_heads')} OR ${inBody})`;
    const needles = key.key === 'body' ? [tail, needle] : [tail, needle, tail, needle];
    return db.pluck<number>(`SELECT m.uid FROM ${source} AND ${where} ORDER BY m.uid`, ...values, ...needles);
  }
  const mark = Buffer.from(`\n${key.field.toLowerCase()}:`, 'utf8');
  // HEADER name "": the field is there (RFC 9051 section 6.4.4).
  if (key.text === '') {
    return db.pluck<number>(`SELECT m.uid FROM ${source} AND ${inHead} ORDER BY m.uid`, ...values, mark);
  }
  const rows = db.all<{ uid: number; text: Uint8Array }>(
    `SELECT m.uid AS uid, (SELECT h.text FROM letter_heads h WHERE h.letter = m.letter) AS text FROM ${source}
       AND ${inHead} AND ${inHead} ORDER BY m.uid`,
    ...values,
    needle,
    mark,
  );
  return rows.filter(({ text }) => inField(text, mark, needle)).map(({ uid }) => uid);
}

/** True when one of the fields of this name holds the needle. */
function inField(text: Uint8Array, mark: Uint8Array, needle: Uint8Array): boolean {
  const bytes = Buffer.from(text.buffer, text.byteOffset, text.length);
  for (let at = bytes.indexOf(mark); at >= 0; at = bytes.indexOf(mark, at + 1)) {
    const start = at + mark.length;
    const end = bytes.indexOf(10, start);
    if (bytes.subarray(start, end < 0 ? bytes.length : end).indexOf(needle) >= 0) return true;
  }
  return false;
}

/** What is in both; ascending lists. */
function both(one: Uids, other: Uids): Uids {
  const out = new Uint32Array(Math.min(one.length, other.length));
  let length = 0;
  for (let a = 0, b = 0; a < one.length && b < other.length; ) {
    const x = one[a]!;
    const y = other[b]!;
    if (x === y) {
      out[length] = x;
      length += 1;
    }
    if (x <= y) a += 1;
    if (y <= x) b += 1;
  }
  return out.subarray(0, length);
}

function minus(all: Uids, gone: Uids): Uids {
  if (gone.length === 0) return all;
  const out = new Uint32Array(all.length);
  let length = 0;
  for (let a = 0, b = 0; a < all.length; a += 1) {
    while (b < gone.length && gone[b]! < all[a]!) b += 1;
    if (gone[b] === all[a]) continue;
    out[length] = all[a]!;
    length += 1;
  }
  return out.subarray(0, length);
}

function merge(one: Uids, other: Uids): Uids {
  if (one.length === 0) return other;
  if (other.length === 0) return one;
  const out = new Uint32Array(one.length + other.length);
  out.set(one);
  out.set(other, one.length);
  return out.sort();
}

function within(candidates: Uids, ranges: readonly (readonly [number, number])[]): Uids {
  const sorted = [...ranges].sort((a, b) => a[0] - b[0]);
  const out = new Uint32Array(candidates.length);
  let length = 0;
  let range = 0;
  for (const uid of candidates) {
    while (range < sorted.length && sorted[range]![1] < uid) range += 1;
    if (range === sorted.length) break;
    if (uid >= sorted[range]![0]) {
      out[length] = uid;
      length += 1;
    }
  }
  return out.subarray(0, length);
}
