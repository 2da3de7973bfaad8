/**
 * What SEARCH, SORT and THREAD ask of the mailstore, free of any wire syntax. Message numbers are mapped to UIDs by
 * the session before they come here (rule I20).
 */
import type { UidRanges } from './mailstore.ts';

export type SearchKey =
  | { readonly key: 'all' }
  | { readonly key: 'and'; readonly keys: readonly SearchKey[] }
  | { readonly key: 'or'; readonly keys: readonly SearchKey[] }
  | { readonly key: 'not'; readonly of: SearchKey }
  | { readonly key: 'uids'; readonly uids: UidRanges }
  /** Bits of mailstore.ts; true when all of them are set. */
  | { readonly key: 'flags'; readonly flags: number }
  | { readonly key: 'keyword'; readonly keyword: string }
  /** Whole days, time and zone disregarded (I58). `day`: days since 1970-01-01. */
  | {
      readonly key: 'date';
      readonly of: 'internal' | 'sent' | 'saved';
      readonly is: 'before' | 'on' | 'since';
      readonly day: number;
    }
  /** RFC 5032: internal date within / not within so many seconds of now. */
  | { readonly key: 'within'; readonly is: 'younger' | 'older'; readonly seconds: number }
  | { readonly key: 'size'; readonly is: 'larger' | 'smaller'; readonly octets: number }
  /** Substring without case over decoded text. `header` with an empty text: the field is there. */
  | { readonly key: 'header'; readonly field: string; readonly text: string }
  /** `body`: text parts; `text`: header and text parts. */
  | { readonly key: 'body' | 'text'; readonly text: string }
  | { readonly key: 'modseq'; readonly modseq: number }
  | { readonly key: 'emailid' | 'threadid'; readonly id: string };

export interface SortKey {
  readonly by: 'arrival' | 'cc' | 'date' | 'from' | 'size' | 'subject' | 'to' | 'displayfrom' | 'displayto';
  readonly reverse: boolean;
}

export type ThreadAlgorithm = 'references' | 'orderedsubject';

/**
 * Threads in the order they are shown, flat because a conversation may be very deep: a message stands `depths[i]`
 * levels below the first of its thread (depth 0). UID 0: a parent that is not there (RFC 5256).
 */
export interface ThreadList {
  readonly uids: Uint32Array;
  readonly depths: Uint32Array;
}
