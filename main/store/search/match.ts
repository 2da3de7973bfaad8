/**
 * From a parsed query to what SQLite can run: FTS5 MATCH texts, and filters that the program answers.
 *
 * Every word that enters a MATCH text has passed words() and stands in double quotes, so no text a person
 * types can reach FTS5's own syntax.
 */
import type { ReadHandle } from '../program.ts';
import type { QueryNode } from './query.ts';
import { stemOf } from './stem.ts';
import { words } from './words.ts';

export interface MatchOptions {
  /** Operator to the index columns it searches: { subject: ['subject'], from: ['from'] }. */
  readonly columns?: Readonly<Record<string, readonly string[]>>;
  /** Other words of the index with the stem of this folded word; stemExpander(db) is one. */
  readonly expand?: (word: string) => readonly string[];
  /** The person is still typing: the last word also matches as a prefix. Default true. */
  readonly prefix?: boolean;
}

/**
 * A boolean tree whose leaves are either one MATCH text (neighbouring text terms are merged into one) or
 * an operator that is not a column and that the program answers in SQL. 'all' is everything (an empty
 * query), 'none' nothing.
 */
export type QueryPlan =
  | { readonly kind: 'all' }
  | { readonly kind: 'none' }
  | { readonly kind: 'match'; readonly match: string }
  | { readonly kind: 'filter'; readonly name: string; readonly value: string; readonly quoted: boolean }
  | { readonly kind: 'not'; readonly plan: QueryPlan }
  | { readonly kind: 'and' | 'or'; readonly plans: readonly QueryPlan[] };

/** Words of one stem that a query word is widened by; the rarest forms beyond it are not missed. */
const MOST_FORMS = 48;
/** Letters from which on a growing word is also a prefix. */
const SHORTEST_PREFIX = 2;

/**
 * The tree for a query. Terms without a letter or digit fall away beside others; a query of nothing else
 * (an emoji, a dash) finds nothing rather than everything.
 */
export function planQuery(root: QueryNode | undefined, options: MatchOptions = {}): QueryPlan {
  if (!root) return { kind: 'all' };
  return plan(root, options) ?? { kind: 'none' };
}

function plan(node: QueryNode, options: MatchOptions): QueryPlan | undefined {
  switch (node.kind) {
    case 'word':
      return leaf(termsText(node.text, { options, exact: false, growing: node.last }));
    case 'phrase':
      return leaf(termsText(node.text, { options, exact: true, growing: false }));
    case 'operator':
      return operator(node, options);
    case 'not':
      return negate(plan(node.node, options));
    case 'and':
      return conjunction(present(node.nodes, options));
    case 'or':
      return disjunction(present(node.nodes, options));
  }
}

function present(nodes: readonly QueryNode[], options: MatchOptions): QueryPlan[] {
  return nodes.map((each) => plan(each, options)).filter((each) => each !== undefined);
}

function operator(node: QueryNode & { kind: 'operator' }, options: MatchOptions): QueryPlan | undefined {
  const columns = options.columns;
  const own = columns && Object.hasOwn(columns, node.name) ? columns[node.name] : undefined;
  if (!own) return { kind: 'filter', name: node.name, value: node.value, quoted: node.quoted };
  const text = termsText(node.value, { options, exact: node.quoted, growing: node.last });
  return leaf(text === undefined ? undefined : inColumns(text, own));
}

function leaf(match: string | undefined): QueryPlan | undefined {
  return match === undefined ? undefined : { kind: 'match', match };
}

function negate(inner: QueryPlan | undefined): QueryPlan | undefined {
  if (!inner) return undefined;
  return inner.kind === 'not' ? inner.plan : { kind: 'not', plan: inner };
}

/** Text terms become one MATCH; excluded text joins it by FTS5's own NOT, which needs a left side. */
function conjunction(plans: readonly QueryPlan[]): QueryPlan | undefined {
  const wanted: string[] = [];
  const unwanted: string[] = [];
  const others: QueryPlan[] = [];
  for (const each of plans) {
    if (each.kind === 'match') wanted.push(each.match);
    else if (each.kind === 'not' && each.plan.kind === 'match') unwanted.push(each.plan.match);
    else others.push(each);
  }
  if (wanted.length > 0) {
    const left = wanted.map(bracket).join(' AND ');
    const match = unwanted.length > 0 ? `(${left}) NOT (${unwanted.map(bracket).join(' OR ')})` : left;
    others.unshift({
      kind: 'match',
      match: wanted.length === 1 && unwanted.length === 0 ? (wanted[0] ?? '') : match,
    });
  } else if (unwanted.length > 0) {
    others.push({ kind: 'not', plan: { kind: 'match', match: unwanted.map(bracket).join(' OR ') } });
  }
  return others.length > 1 ? { kind: 'and', plans: others } : others[0];
}

function disjunction(plans: readonly QueryPlan[]): QueryPlan | undefined {
  const texts = plans.filter((each) => each.kind === 'match').map((each) => each.match);
  const others: QueryPlan[] = plans.filter((each) => each.kind !== 'match');
  if (texts.length > 0) others.unshift({ kind: 'match', match: texts.map(bracket).join(' OR ') });
  return others.length > 1 ? { kind: 'or', plans: others } : others[0];
}

/**
 * A word that a dot or comma already ends is not growing any more. One letter is not taken as a prefix: it
 * would mean half of the mailbox, at a hundred times the cost (the index keeps prefixes of 2).
 */
function grows(text: string, pieces: readonly string[]): boolean {
  return (pieces.at(-1)?.length ?? 0) >= SHORTEST_PREFIX && /[\p{L}\p{N}\p{M}]$/u.test(text);
}

interface Terms {
  readonly options: MatchOptions;
  readonly exact: boolean;
  readonly growing: boolean;
}

/** What was typed between two spaces, or a phrase: one word is widened, several pieces are a phrase. */
function termsText(text: string, { options, exact, growing }: Terms): string | undefined {
  const pieces = words(text);
  const [first] = pieces;
  if (first === undefined) return undefined;
  const prefix = growing && (options.prefix ?? true) && grows(text, pieces);
  if (pieces.length > 1) return `${quote(pieces.join(' '))}${prefix ? ' *' : ''}`;
  if (exact) return quote(first);
  return anyForm(first, prefix, options);
}

function anyForm(word: string, prefix: boolean, options: MatchOptions): string {
  const forms = new Set([word]);
  if (options.expand) {
    forms.add(stemOf(word));
    for (const form of options.expand(word)) {
      if (forms.size >= MOST_FORMS) break;
      forms.add(form);
    }
  }
  if (!prefix) return [...forms].map(quote).join(' OR ');
  // What the prefix finds by itself need not be asked for again.
  const others = [...forms].filter((form) => !form.startsWith(word)).map(quote);
  return [`${quote(word)} *`, ...others].join(' OR ');
}

export interface BuildOptions extends MatchOptions {
  /** Index columns to look in; all of them when left out. */
  readonly in?: readonly string[];
  /** All words in this order, without other forms. */
  readonly exact?: boolean;
}

/**
 * One MATCH text for plain words, all of which must be there (names, subjects: not the query syntax).
 * Undefined when there is no word in it. Unlike a typed query, nothing is a prefix unless asked for.
 */
export function buildMatch(text: string, options: BuildOptions = {}): string | undefined {
  const found = words(text);
  if (found.length === 0) return undefined;
  const growing = options.prefix === true && grows(text, found);
  const match = options.exact
    ? `${quote(found.join(' '))}${growing ? ' *' : ''}`
    : found
        .map((word, at) => bracket(anyForm(word, growing && at === found.length - 1, options)))
        .join(' AND ');
  return options.in ? inColumns(match, options.in) : match;
}

/** Looks the stems up in the attached search database. */
export function stemExpander(db: ReadHandle): (word: string) => readonly string[] {
  return (word) =>
    db.pluck<string>('SELECT word FROM search.stems WHERE stem = ? LIMIT ?', stemOf(word), MOST_FORMS);
}

function inColumns(match: string, columns: readonly string[]): string {
  return `{${columns.map(quote).join(' ')}} : ${bracket(match)}`;
}

function bracket(match: string): string {
  return `(${match})`;
}

/** words() leaves no quote in a word; columns come from the program. */
function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
