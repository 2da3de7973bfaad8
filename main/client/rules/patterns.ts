/**
 * Patterns of rules: RE2 syntax, matched in time linear in the text (re2js). Linear still is "length of the program times
 * length of the text", so both are bounded: the product is, whatever a person types, some milliseconds. What a matcher
 * learns of a pattern is bounded as well: where it learns too much, it goes on without.
 */
import { RE2JS, RE2Set } from 're2js';
import { Fault } from '../../base/errors.ts';
import {
  RULE_PATTERN_CHARS,
  RULE_PATTERN_MEMORY,
  RULE_PATTERN_SIZE,
  RULE_PATTERN_STEPS,
  RULE_PATTERN_TEXT,
} from '../../base/limits.ts';

export interface Pattern {
  /** Characters of a text that are looked at. */
  readonly reach: number;
  /** Instructions of its program: a step for each of them and each character is the most that a match costs. */
  readonly size: number;
  /** Whether it matches in its reach: much cheaper than where. */
  matches(text: string): boolean;
  /** Where it matches first; null: nowhere in its reach. */
  find(text: string): { from: number; to: number } | null;
}

type Refusal = 'bad-pattern' | 'pattern-too-large';

const refused = (code: Refusal, pattern: string, detail: string, cause?: unknown): Fault =>
  new Fault('user', code, `The pattern cannot be used: ${detail}.`, {
    detail: { pattern: pattern.slice(0, 100), reason: detail },
    ...(cause === undefined ? {} : { cause }),
  });

/**
 * Upper and lower case alike.
 * @throws Fault user `bad-pattern`: no RE2 pattern; `pattern-too-large`: too long, or it repeats too much too often.
 */
export function compilePattern(text: string): Pattern {
  if (text === '') throw refused('bad-pattern', text, 'it is empty');
  if (text.length > RULE_PATTERN_CHARS) throw refused('pattern-too-large', text, 'it is too long');
  // Counted repeats multiply before anything can be measured.
  if (estimate(text) > RULE_PATTERN_SIZE * 4)
    throw refused('pattern-too-large', text, 'it repeats too often');
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(text, RE2JS.CASE_INSENSITIVE);
  } catch (cause) {
    const reason = reasonOf(cause);
    throw refused(TOO_LARGE.test(reason) ? 'pattern-too-large' : 'bad-pattern', text, reason, cause);
  }
  const size = compiled.programSize();
  if (size > RULE_PATTERN_SIZE) throw refused('pattern-too-large', text, 'it repeats too often');
  const reach = Math.min(RULE_PATTERN_TEXT, Math.max(256, Math.floor(RULE_PATTERN_STEPS / size)));
  const set = new RE2Set(RE2Set.UNANCHORED, RE2JS.CASE_INSENSITIVE, RULE_PATTERN_MEMORY);
  set.add(text);
  set.compile();
  const within = (whole: string): string => (whole.length > reach ? whole.slice(0, reach) : whole);
  return {
    reach,
    size,
    matches: (whole) => set.match(within(whole)).length > 0,
    find(whole) {
      const matcher = compiled.matcher(within(whole));
      return matcher.find() ? { from: matcher.start(), to: matcher.end() } : null;
    },
  };
}

/** What RE2 says of a pattern that is one, but too much of it. */
const TOO_LARGE = /^(invalid repeat count|expression (too large|nests too deeply))/;

/** About how many instructions a pattern comes to, told from its text alone: counted repeats multiply what they repeat. */
function estimate(text: string): number {
  const outer: { total: number; last: number }[] = [];
  let here = { total: 0, last: 0 };
  const add = (cost: number): void => {
    here.total += cost;
    here.last = cost;
  };
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    if (sign === '\\') at++;
    if (sign === '[') at = endOfClass(text, at);
    if (sign === '(') {
      outer.push(here);
      here = { total: 2, last: 0 };
    } else if (sign === ')') {
      const inner = here.total;
      here = outer.pop() ?? { total: 0, last: 0 };
      add(inner);
    } else if (sign === '{') {
      const counted = /^\{(\d{1,9})(?:,(\d{0,9}))?\}/.exec(text.slice(at, at + 24));
      if (!counted) {
        add(1);
        continue;
      }
      const times = Math.max(1, Number(counted[1]), Number(counted[2] ?? 0));
      here.total += here.last * (times - 1);
      here.last *= times;
      at += counted[0].length - 1;
    } else add(1);
  }
  // A group that is not closed is no pattern, and is refused as that.
  return outer.reduce((sum, each) => sum + each.total, here.total);
}

/** Where a class that opens at `at` is closed; its end where it is not. */
function endOfClass(text: string, at: number): number {
  let end = text[at + 1] === '^' ? at + 2 : at + 1;
  if (text[end] === ']') end++;
  for (; end < text.length && text[end] !== ']'; end++) if (text[end] === '\\') end++;
  return end;
}

function reasonOf(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  return message
    .replace(/^error parsing regexp: /, '')
    .replace(/[\r\n]+/g, ' ')
    .slice(0, 120);
}
