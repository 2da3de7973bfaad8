/**
 * Flags and keywords between a server and the person: three values of each (C9). `base` is what the server
 * said last, `local` what the person sees, `server` what the server says now. Where local differs from base
 * the person has acted and the server has not heard of it yet: local stays, and an operation is under way.
 */
import { FLAG } from '../messages/rows.ts';

export interface Marks {
  /** Bits of FLAG. */
  flags: number;
  /** Sorted, joined by a space. */
  keywords: string;
}

/** System flags by their bit; RFC 3501 section 2.3.2. Names are compared without regard to case. */
const SYSTEM: readonly [bit: number, name: string][] = [
  [FLAG.seen, '\\Seen'],
  [FLAG.answered, '\\Answered'],
  [FLAG.flagged, '\\Flagged'],
  [FLAG.deleted, '\\Deleted'],
  [FLAG.draft, '\\Draft'],
];
/** Keywords which have a bit of their own (registered by RFC 5788); $NotJunk is the absence of junk. */
const REGISTERED: readonly [bit: number, name: string][] = [
  [FLAG.forwarded, '$Forwarded'],
  [FLAG.junk, '$Junk'],
];
const BY_NAME = new Map<string, number>(
  [...SYSTEM, ...REGISTERED].map(([bit, name]) => [name.toLowerCase(), bit]),
);
/** Marks a session makes for itself, which are nobody's. */
const IGNORED = new Set(['\\recent', '\\*', '$notjunk', 'nonjunk']);

/** An atom that may be a keyword: RFC 3501 section 9, without what would end or nest a list. */
const ATOM = /^[^\s(){%*"\\\]\u0000-\u001f\u007f]+$/;

export function splitKeywords(keywords: string): string[] {
  return keywords === '' ? [] : keywords.split(' ');
}

export function joinKeywords(keywords: Iterable<string>): string {
  return [...new Set(keywords)]
    .filter((each) => each !== '')
    .sort()
    .join(' ');
}

/** A server's FLAGS list as marks. */
export function readFlags(names: Iterable<string>): Marks {
  let flags = 0;
  const keywords: string[] = [];
  for (const name of names) {
    const lower = name.toLowerCase();
    const bit = BY_NAME.get(lower);
    if (bit !== undefined) flags |= bit;
    else if (!IGNORED.has(lower) && !name.startsWith('\\') && !/\s/.test(name)) keywords.push(name);
  }
  return { flags, keywords: keywords.length === 0 ? '' : joinKeywords(keywords) };
}

/** Names for STORE or APPEND; keywords that no server could take are left out. */
export function writeFlags(marks: Marks): string[] {
  const names: string[] = [];
  for (const [bit, name] of [...SYSTEM, ...REGISTERED]) if ((marks.flags & bit) !== 0) names.push(name);
  for (const keyword of splitKeywords(marks.keywords)) if (ATOM.test(keyword)) names.push(keyword);
  return names;
}

/** What the person shall see now that the server says `server`. */
export function mergeMarks(base: Marks, local: Marks, server: Marks): Marks {
  const acted = base.flags ^ local.flags;
  const flags = (local.flags & acted) | (server.flags & ~acted);
  if (base.keywords === local.keywords) return { flags, keywords: server.keywords };
  const was = new Set(splitKeywords(base.keywords));
  const seen = new Set(splitKeywords(local.keywords));
  const merged = new Set(splitKeywords(server.keywords));
  for (const keyword of seen) if (!was.has(keyword)) merged.add(keyword);
  for (const keyword of was) if (!seen.has(keyword)) merged.delete(keyword);
  return { flags, keywords: joinKeywords(merged) };
}

export interface Delta {
  add: number;
  remove: number;
  addKeywords: string[];
  removeKeywords: string[];
}

/** What leads from one state to another, never the state itself (C21). */
export function deltaOf(from: Marks, to: Marks): Delta {
  const had = new Set(splitKeywords(from.keywords));
  const has = new Set(splitKeywords(to.keywords));
  return {
    add: to.flags & ~from.flags,
    remove: from.flags & ~to.flags,
    addKeywords: [...has].filter((each) => !had.has(each)),
    removeKeywords: [...had].filter((each) => !has.has(each)),
  };
}

export function applyDelta(marks: Marks, delta: Delta): Marks {
  const keywords = new Set(splitKeywords(marks.keywords));
  for (const each of delta.addKeywords) keywords.add(each);
  for (const each of delta.removeKeywords) keywords.delete(each);
  return { flags: (marks.flags | delta.add) & ~delta.remove, keywords: joinKeywords(keywords) };
}

export function isEmptyDelta(delta: Delta): boolean {
  return (
    delta.add === 0 &&
    delta.remove === 0 &&
    delta.addKeywords.length === 0 &&
    delta.removeKeywords.length === 0
  );
}

/** One after the other as one: what the later one says wins, and a change taken back is no change. */
export function mergeDeltas(first: Delta, second: Delta): Delta {
  const addKeywords = new Set(first.addKeywords);
  const removeKeywords = new Set(first.removeKeywords);
  for (const each of second.addKeywords) if (!removeKeywords.delete(each)) addKeywords.add(each);
  for (const each of second.removeKeywords) if (!addKeywords.delete(each)) removeKeywords.add(each);
  // What the first set and the second cleared is as it was before both.
  return {
    add: (first.add & ~second.remove) | (second.add & ~first.remove),
    remove: (first.remove & ~second.add) | (second.remove & ~first.add),
    addKeywords: [...addKeywords],
    removeKeywords: [...removeKeywords],
  };
}

/** The STORE arguments of a delta. */
export function deltaNames(delta: Delta): { add: string[]; remove: string[] } {
  return {
    add: writeFlags({ flags: delta.add, keywords: joinKeywords(delta.addKeywords) }),
    remove: writeFlags({ flags: delta.remove, keywords: joinKeywords(delta.removeKeywords) }),
  };
}
