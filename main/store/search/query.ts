/**
 * The query a person types, parsed: words, "phrases", -not, OR (ИЛИ), and operators name:value. Pure; any
 * text whatever is a query, and nothing here throws. What does not parse as anything else is words.
 *
 * OR binds tighter than the silent AND between terms: `бетон OR цемент счёт` is (бетон or цемент) and счёт.
 */
import { MAX_QUERY_CHARS, MAX_QUERY_TERMS } from '../../base/limits.ts';

/** Operator names and their aliases in lower case, to the canonical name: { from: 'from', от: 'from' }. */
export type Vocabulary = Readonly<Record<string, string>>;

/** Offsets into the typed text, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type QueryNode =
  | {
      readonly kind: 'word';
      readonly text: string;
      /** The text ends with this word: it may still be growing. */
      readonly last: boolean;
      readonly span: Span;
    }
  | { readonly kind: 'phrase'; readonly text: string; readonly span: Span }
  | {
      readonly kind: 'operator';
      /** Canonical. */
      readonly name: string;
      readonly value: string;
      readonly quoted: boolean;
      readonly last: boolean;
      readonly span: Span;
    }
  | { readonly kind: 'not'; readonly node: QueryNode }
  | { readonly kind: 'and' | 'or'; readonly nodes: readonly QueryNode[] };

/** A piece to show as a chip: an operator, a phrase or an exclusion. */
export interface Chip {
  readonly kind: 'operator' | 'phrase' | 'not';
  readonly name?: string;
  readonly value: string;
  readonly negated: boolean;
  readonly span: Span;
}

export interface Query {
  /** Undefined when nothing was asked. */
  readonly root: QueryNode | undefined;
  readonly chips: readonly Chip[];
}

type Term = { readonly node: QueryNode; readonly negated: boolean; readonly span: Span } | 'or';

const SPACE = /\s/u;
const OPEN = '"„“«';
const CLOSE = '"”“»';
const MINUS = '-−–';
const OR = new Set(['OR', 'ИЛИ', '|', '||']);
const AND = new Set(['AND', 'И', '&', '&&']);
const NAME = /^[\p{L}\p{N}_-]{1,40}$/u;

/** Parses what was typed; beyond MAX_QUERY_CHARS and MAX_QUERY_TERMS it is not looked at. */
export function parseQuery(text: string, vocabulary: Vocabulary): Query {
  const terms = readTerms(text.slice(0, MAX_QUERY_CHARS), vocabulary);
  return { root: combine(terms), chips: terms.flatMap(chip) };
}

function chip(term: Term): Chip[] {
  if (term === 'or') return [];
  const { node, negated, span } = term;
  if (node.kind === 'operator')
    return [{ kind: 'operator', name: node.name, value: node.value, negated, span }];
  if (node.kind === 'phrase') return [{ kind: 'phrase', value: node.text, negated, span }];
  if (negated && node.kind === 'word') return [{ kind: 'not', value: node.text, negated, span }];
  return [];
}

function combine(terms: readonly Term[]): QueryNode | undefined {
  const groups: QueryNode[][] = [];
  let joining = false;
  for (const term of terms) {
    if (term === 'or') {
      joining = groups.length > 0;
      continue;
    }
    const node: QueryNode = term.negated ? { kind: 'not', node: term.node } : term.node;
    const group = groups.at(-1);
    if (joining && group) group.push(node);
    else groups.push([node]);
    joining = false;
  }
  const nodes = groups.flatMap((group) =>
    group.length > 1 ? [{ kind: 'or' as const, nodes: group }] : group,
  );
  return nodes.length > 1 ? { kind: 'and', nodes } : nodes[0];
}

function readTerms(text: string, vocabulary: Vocabulary): Term[] {
  const terms: Term[] = [];
  let at = 0;
  while (at < text.length && terms.length < MAX_QUERY_TERMS) {
    if (SPACE.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    const read = readTerm(text, at, vocabulary);
    at = Math.max(read.end, at + 1);
    if (read.term) terms.push(read.term);
  }
  return terms;
}

interface Read {
  readonly end: number;
  readonly term?: Term;
}

function readTerm(text: string, start: number, vocabulary: Vocabulary): Read {
  const minus = MINUS.includes(text.charAt(start)) && start + 1 < text.length;
  const negated = minus && !SPACE.test(text.charAt(start + 1));
  const at = negated ? start + 1 : start;
  const quoted = readQuoted(text, at);
  if (quoted) {
    const span = { start, end: quoted.end };
    if (quoted.value.trim() === '') return { end: quoted.end };
    return { end: quoted.end, term: { node: { kind: 'phrase', text: quoted.value, span }, negated, span } };
  }
  const end = wordEnd(text, at);
  const operator = readOperator(text, at, end, vocabulary, { start, negated });
  if (operator) return operator;
  const word = text.slice(at, end);
  if (!negated && OR.has(word)) return { end, term: 'or' };
  if (!negated && AND.has(word)) return { end };
  const span = { start, end };
  return {
    end,
    term: { node: { kind: 'word', text: word, last: end === text.length, span }, negated, span },
  };
}

/** `name:value` of a known name; the value may be in quotes, or be missing while it is being typed. */
function readOperator(
  text: string,
  at: number,
  end: number,
  vocabulary: Vocabulary,
  from: { start: number; negated: boolean },
): Read | undefined {
  const colon = text.indexOf(':', at);
  if (colon < 0 || colon >= end) return undefined;
  const typed = text.slice(at, colon).toLowerCase();
  const name = NAME.test(typed) && Object.hasOwn(vocabulary, typed) ? vocabulary[typed] : undefined;
  if (name === undefined) return undefined;
  const quoted = readQuoted(text, colon + 1);
  const stop = quoted?.end ?? end;
  const value = quoted?.value ?? text.slice(colon + 1, end);
  const span = { start: from.start, end: stop };
  // An operator without its value narrows nothing yet.
  if (value.trim() === '') return { end: stop };
  const last = !quoted && stop === text.length;
  const node: QueryNode = { kind: 'operator', name, value, quoted: quoted !== undefined, last, span };
  return { end: stop, term: { node, negated: from.negated, span } };
}

/** Text between quotes; a quote that is never closed runs to the end of the query. */
function readQuoted(text: string, at: number): { value: string; end: number } | undefined {
  if (at >= text.length || !OPEN.includes(text.charAt(at))) return undefined;
  let end = at + 1;
  while (end < text.length && !CLOSE.includes(text.charAt(end))) end += 1;
  return { value: text.slice(at + 1, end), end: Math.min(end + 1, text.length) };
}

/** A word ends at a space, or where a quote opens after `name:`. */
function wordEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && !SPACE.test(text.charAt(end))) {
    if (end > at && text.charAt(end - 1) === ':' && OPEN.includes(text.charAt(end))) break;
    end += 1;
  }
  return end;
}
