/** From a parsed query to what SQLite can run: FTS5 MATCH texts, and filters that the program answers. */
import type { ReadHandle } from '../program.ts';
import type { QueryNode } from './query.ts';

export interface MatchOptions {
  /** Operator to the index columns it searches: { subject: ['subject'], from: ['from'] }. */
  readonly columns?: Readonly<Record<string, readonly string[]>>;
  /** Words of the index with the same stem as this (folded) word; stemExpander(db) is one. */
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

export declare function planQuery(root: QueryNode | undefined, options?: MatchOptions): QueryPlan;
/** One MATCH text for plain terms (a person's name, a subject), or undefined when no word is in it. */
export declare function buildMatch(
  text: string,
  options?: MatchOptions & { readonly column?: string; readonly exact?: boolean },
): string | undefined;
/** Looks the stems up in the attached search database. */
export declare function stemExpander(db: ReadHandle): (word: string) => readonly string[];
