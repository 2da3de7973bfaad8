/**
 * The query a person types, parsed: words, "phrases", -not, OR (ИЛИ), and operators name:value. Pure; any
 * text whatever is a query, and nothing here throws.
 */

/** Operator names and their aliases in lower case, to the canonical name: { from: 'from', от: 'from' }. */
export type Vocabulary = Readonly<Record<string, string>>;

/** Offsets into the typed text, end exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type QueryNode =
  | { readonly kind: 'word'; readonly text: string; readonly last: boolean; readonly span: Span }
  | { readonly kind: 'phrase'; readonly text: string; readonly span: Span }
  | {
      readonly kind: 'operator';
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

export declare function parseQuery(text: string, vocabulary: Vocabulary): Query;
