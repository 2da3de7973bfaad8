/**
 * Rules made ready to be asked: once per change of the rules, not once per letter. A compiled condition answers true, false
 * or undefined ("the octets that say so are not here yet"), and on request tells which piece of the letter made it true.
 *
 * It must never look at the database or do anything to a letter.
 */
import { Fault } from '../../base/errors.ts';
import { MAX_RULE_DEPTH } from '../../base/limits.ts';
import type { Condition, Group, Question, Reason, TextTest } from '../../contract/mail/rules.ts';
import { type Facts, foldText, type Text, type TextField } from './facts.ts';
import { compilePattern } from './patterns.ts';

export type Answer = boolean | undefined;

export interface Compiled {
  answer(facts: Facts, now: number): Answer;
  /** Adds what made it true; asked only after answer() said true. */
  explain(facts: Facts, now: number, into: Reason[]): void;
}

const DAY = 86_400_000;
/** Characters shown on each side of the found words. */
const ROUND = 40;

/** @throws Fault user `bad-pattern`, `bad-rule` */
export function compileCondition(condition: Condition, depth = 0): Compiled {
  if ('match' in condition) return compileGroup(condition, depth);
  switch (condition.field) {
    case 'size':
      return fact(condition, ({ input }) =>
        condition.test === 'over' ? input.size > condition.value : input.size < condition.value,
      );
    case 'age':
      return fact(condition, ({ input }, now) =>
        condition.test === 'older'
          ? input.date < now - condition.value * DAY
          : input.date >= now - condition.value * DAY,
      );
    case 'account':
      return fact(condition, ({ input }) => input.account === condition.value);
    case 'tag':
      return fact(condition, ({ input }) => input.tags.includes(condition.value));
    case 'known':
      return fact(condition, ({ input }) => input.known);
    case 'me':
      return fact(condition, ({ input }) => input.me);
    case 'list':
      return fact(condition, (facts) => facts.list);
    case 'has-file':
      return fact(condition, (facts) => facts.hasFile);
    default:
      return compileText(condition);
  }
}

function compileGroup({ match, of }: Group, depth: number): Compiled {
  if (depth > MAX_RULE_DEPTH)
    throw new Fault('user', 'bad-rule', 'Groups stand too deep in each other.', { detail: { depth } });
  const parts = of.map((each) => compileCondition(each, depth + 1));
  // Nothing asked: "all" and "none" of nothing would be every letter, which nobody means.
  const any = (facts: Facts, now: number): Answer => {
    let unknown = false;
    for (const part of parts) {
      const answer = part.answer(facts, now);
      if (answer === true) return true;
      if (answer === undefined) unknown = true;
    }
    return unknown ? undefined : false;
  };
  const all = (facts: Facts, now: number): Answer => {
    let unknown = false;
    for (const part of parts) {
      const answer = part.answer(facts, now);
      if (answer === false) return false;
      if (answer === undefined) unknown = true;
    }
    return unknown ? undefined : parts.length > 0;
  };
  const none = (facts: Facts, now: number): Answer => {
    if (parts.length === 0) return false;
    const answer = any(facts, now);
    return answer === undefined ? undefined : !answer;
  };
  return {
    answer: match === 'all' ? all : match === 'any' ? any : none,
    explain(facts, now, into) {
      if (match === 'none') return;
      for (const part of parts) {
        if (match === 'any' && part.answer(facts, now) !== true) continue;
        part.explain(facts, now, into);
        if (match === 'any') return;
      }
    },
  };
}

const flip = (answer: Answer, not: boolean): Answer => (answer === undefined || !not ? answer : !answer);

/** A question about something that has no text to show. */
function fact(question: Question, ask: (facts: Facts, now: number) => Answer): Compiled {
  const { not } = question;
  const test = 'test' in question ? question.test : 'is';
  const value = 'value' in question ? String(question.value) : '';
  return {
    answer: (facts, now) => flip(ask(facts, now), not),
    explain(_facts, _now, into) {
      into.push({ field: question.field, test: not ? `not-${test}` : test, value, text: '', from: 0, to: 0 });
    },
  };
}

type TextQuestion = Extract<Question, { test: TextTest }>;
type Find = (text: Text) => { from: number; to: number } | null;

function compileText(question: TextQuestion): Compiled {
  const field: TextField =
    question.field === 'header' ? `header:${question.name.toLowerCase()}` : question.field;
  const { has, find } = finder(question.test, question.value);
  const ask = (facts: Facts): Answer => {
    const texts = facts.texts(field);
    if (!texts) return undefined;
    for (const text of texts) if (has(text)) return true;
    return false;
  };
  return {
    answer: (facts) => flip(ask(facts), question.not),
    explain(facts, _now, into) {
      const named = question.field === 'header' ? question.name : question.field;
      const base = {
        field: named,
        test: question.not ? `not-${question.test}` : question.test,
        value: question.value,
      };
      for (const text of facts.texts(field) ?? []) {
        const found = question.not ? null : find(text);
        if (found) {
          into.push({ ...base, ...excerpt(text, found) });
          return;
        }
      }
      into.push({ ...base, text: '', from: 0, to: 0 });
    },
  };
}

/** Whether words are there, and where. */
function finder(test: TextTest, value: string): { has(text: Text): boolean; find: Find } {
  if (test === 'regex') {
    const pattern = compilePattern(value);
    return { has: ({ shown }) => pattern.matches(shown), find: ({ shown }) => pattern.find(shown) };
  }
  const find = finderOf(test, value);
  return { has: (text) => find(text) !== null, find };
}

function finderOf(test: Exclude<TextTest, 'regex'>, value: string): Find {
  const wanted = foldText(value.trim());
  const at = (from: number): { from: number; to: number } | null =>
    from < 0 ? null : { from, to: from + wanted.length };
  switch (test) {
    case 'contains':
      return wanted === '' ? () => null : ({ folded }) => at(folded.indexOf(wanted));
    case 'is':
      return ({ folded, address }) =>
        folded === wanted
          ? at(0)
          : address !== undefined && address === wanted
            ? at(folded.lastIndexOf(wanted))
            : null;
    case 'begins':
      return wanted === ''
        ? () => null
        : ({ folded, address }) =>
            folded.startsWith(wanted)
              ? at(0)
              : address?.startsWith(wanted)
                ? at(folded.lastIndexOf(address))
                : null;
    case 'ends':
      return wanted === ''
        ? () => null
        : ({ folded, address }) =>
            folded.endsWith(wanted)
              ? at(folded.length - wanted.length)
              : address?.endsWith(wanted)
                ? at(folded.lastIndexOf(wanted))
                : null;
    case 'domain': {
      const domain = wanted.replace(/^@/, '');
      const below = `.${domain}`;
      return ({ folded, domain: own }) => {
        if (domain === '' || own === undefined || !(own === domain || own.endsWith(below))) return null;
        const from = folded.lastIndexOf(domain);
        return { from, to: from + domain.length };
      };
    }
  }
}

/** The found words with some of their line on both sides. */
function excerpt(
  text: Text,
  found: { from: number; to: number },
): { text: string; from: number; to: number } {
  // Folding may have changed the length (İ): then nothing is marked.
  const same = text.shown.length === text.folded.length;
  if (!same) return { text: text.shown.slice(0, ROUND * 2), from: 0, to: 0 };
  const to = Math.min(found.to, found.from + 200);
  let start = Math.max(0, found.from - ROUND);
  let end = Math.min(text.shown.length, to + ROUND);
  const line = text.shown.lastIndexOf('\n', Math.max(0, found.from - 1));
  if (line >= start && line < found.from) start = line + 1;
  const next = text.shown.indexOf('\n', to);
  if (next >= 0 && next < end) end = next;
  return {
    text: text.shown.slice(start, end).replace(/[\r\n\t]/g, ' '),
    from: found.from - start,
    to: to - start,
  };
}
