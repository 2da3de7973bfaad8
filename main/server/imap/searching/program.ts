/**
 * The grammar of search programs (RFC 9051 section 6.4.4, RFC 3501 section 6.4.4; WITHIN RFC 5032, CONDSTORE RFC 7162
 * section 3.1.5, OBJECTID RFC 8474, SAVEDATE RFC 8514): words of the wire become keys of the mailstore. Message numbers are
 * looked up in the session's own view at once (rule I20).
 */
import { IMAP_NESTING, IMAP_SEARCH_KEYS } from '../../../base/limits.ts';
import { decodeText } from '../../../mail/charset.ts';
import { ANSWERED, DELETED, DRAFT, FLAGGED, SEEN } from '../../mailstore/mailstore.ts';
import type { SearchKey } from '../../mailstore/search-key.ts';
import { bad, no } from '../faults.ts';
import type { Scanner } from '../scanner.ts';
import type { Session } from '../session.ts';

export interface SearchProgram {
  readonly key: SearchKey;
  /** MODSEQ was asked for: answers carry the highest one (RFC 7162 section 3.1.6). */
  readonly modseq: boolean;
}

const FLAG_WORDS: Readonly<Record<string, number>> = {
  ANSWERED,
  DELETED,
  DRAFT,
  FLAGGED,
  SEEN,
};
const NOT_WORDS: Readonly<Record<string, number>> = {
  UNANSWERED: ANSWERED,
  UNDELETED: DELETED,
  UNDRAFT: DRAFT,
  UNFLAGGED: FLAGGED,
  UNSEEN: SEEN,
};
const FIELD_WORDS = new Set(['BCC', 'CC', 'FROM', 'SUBJECT', 'TO']);

type DateOf = 'internal' | 'sent' | 'saved';
type DateIs = 'before' | 'on' | 'since';
const DATE_WORDS: Readonly<Record<string, readonly [DateOf, DateIs]>> = {
  BEFORE: ['internal', 'before'],
  ON: ['internal', 'on'],
  SINCE: ['internal', 'since'],
  SENTBEFORE: ['sent', 'before'],
  SENTON: ['sent', 'on'],
  SENTSINCE: ['sent', 'since'],
  SAVEDBEFORE: ['saved', 'before'],
  SAVEDON: ['saved', 'on'],
  SAVEDSINCE: ['saved', 'since'],
};

const OPEN = 40;
const SPACE = 32;
const all: SearchKey = { key: 'all' };
const not = (of: SearchKey): SearchKey => ({ key: 'not', of });
const none: SearchKey = not(all);

/**
 * `CHARSET` where it stands, then keys up to the end of the command. The scanner stands before the first of them.
 * @throws Fault syntax; user with [BADCHARSET] (rule I58).
 */
export function readProgram(scanner: Scanner, session: Session): SearchProgram {
  if (scanner.maybeAtom('CHARSET')) {
    scanner.space();
    requireCharset(scanner.astring());
    scanner.space();
  }
  return new ProgramReader(scanner, session).read();
}

/** @throws Fault user with [BADCHARSET]. */
export function requireCharset(charset: string): void {
  if (/^(us-ascii|utf-8)$/i.test(charset)) return;
  throw no('BADCHARSET (UTF-8 US-ASCII)', 'This charset is not known here.');
}

class ProgramReader {
  readonly #scanner: Scanner;
  readonly #session: Session;
  #keys = 0;
  #depth = 0;
  #modseq = false;

  constructor(scanner: Scanner, session: Session) {
    this.#scanner = scanner;
    this.#session = session;
  }

  read(): SearchProgram {
    const keys: SearchKey[] = [];
    do keys.push(this.#key());
    while (this.#scanner.maybe(SPACE));
    return { key: together(keys), modseq: this.#modseq };
  }

  /** One key; a key after OR or NOT may be a key again, so depth is counted here and not only at parentheses. */
  #key(): SearchKey {
    this.#keys += 1;
    if (this.#keys > IMAP_SEARCH_KEYS) throw bad('The search has too many keys.', 'LIMIT');
    this.#depth += 1;
    if (this.#depth > IMAP_NESTING) throw bad('The search is nested too deep.', 'LIMIT');
    try {
      return this.#scanner.peek() === OPEN ? together(this.#scanner.list(() => this.#key())) : this.#word();
    } finally {
      this.#depth -= 1;
    }
  }

  #word(): SearchKey {
    const scanner = this.#scanner;
    const { selected } = this.#session;
    const octet = scanner.peek();
    // A set of message numbers begins with a digit, a star or the saved result.
    if ((octet >= 48 && octet <= 57) || octet === 42 || octet === 36) {
      const set = scanner.sequenceSet();
      return { key: 'uids', uids: selected.view.resolve(set, false, selected.saved) };
    }
    const word = scanner.atom().toUpperCase();
    if (FLAG_WORDS[word] !== undefined) return { key: 'flags', flags: FLAG_WORDS[word] };
    if (NOT_WORDS[word] !== undefined) return not({ key: 'flags', flags: NOT_WORDS[word] });
    if (FIELD_WORDS.has(word)) return { key: 'header', field: word, text: this.#text() };
    const date = DATE_WORDS[word];
    if (date) {
      scanner.space();
      return { key: 'date', of: date[0], is: date[1], day: scanner.date() };
    }
    switch (word) {
      case 'ALL':
        return all;
      // \Recent belongs to this session alone (I28).
      case 'RECENT':
        return { key: 'uids', uids: selected.recentUids };
      case 'NEW':
        return {
          key: 'and',
          keys: [{ key: 'uids', uids: selected.recentUids }, not({ key: 'flags', flags: SEEN })],
        };
      case 'OLD':
        return not({ key: 'uids', uids: selected.recentUids });
      case 'KEYWORD':
        return this.#keyword();
      case 'UNKEYWORD':
        return not(this.#keyword());
      case 'BODY':
      case 'TEXT':
        return this.#inText(word === 'BODY' ? 'body' : 'text');
      case 'HEADER': {
        scanner.space();
        const field = scanner.astring();
        return { key: 'header', field, text: this.#text() };
      }
      case 'LARGER':
      case 'SMALLER':
        scanner.space();
        return { key: 'size', is: word === 'LARGER' ? 'larger' : 'smaller', octets: scanner.number64() };
      case 'NOT':
        scanner.space();
        return not(this.#key());
      case 'OR': {
        scanner.space();
        const first = this.#key();
        scanner.space();
        return { key: 'or', keys: [first, this.#key()] };
      }
      case 'UID': {
        scanner.space();
        return { key: 'uids', uids: selected.view.resolve(scanner.sequenceSet(), true, selected.saved) };
      }
      case 'YOUNGER':
      case 'OLDER':
        scanner.space();
        return { key: 'within', is: word === 'YOUNGER' ? 'younger' : 'older', seconds: scanner.nzNumber() };
      case 'SAVEDATESUPPORTED':
        return all;
      case 'MODSEQ':
        return this.#modseqKey();
      case 'EMAILID':
      case 'THREADID':
        scanner.space();
        return { key: word === 'EMAILID' ? 'emailid' : 'threadid', id: scanner.astring() };
      default:
        throw bad(`SEARCH knows no key ${word}.`);
    }
  }

  /** RFC 7162 section 3.1.5: `MODSEQ [entry type] n`; entries of flags all have the message's own. */
  #modseqKey(): SearchKey {
    const scanner = this.#scanner;
    scanner.space();
    if (scanner.peek() === 34) {
      scanner.string();
      scanner.space();
      if (!/^(priv|shared|all)$/i.test(scanner.atom())) throw bad('MODSEQ: priv, shared or all is missing.');
      scanner.space();
    }
    this.#modseq = true;
    this.#session.condstore = true;
    return { key: 'modseq', modseq: scanner.number64() };
  }

  #keyword(): SearchKey {
    this.#scanner.space();
    return { key: 'keyword', keyword: this.#scanner.atom() };
  }

  #inText(key: 'body' | 'text'): SearchKey {
    const text = this.#text();
    // Every letter holds the empty text.
    return text === '' ? all : { key, text };
  }

  /** Clients send Cyrillic without CHARSET too: octets that are no UTF-8 are guessed, never refused. */
  #text(): string {
    this.#scanner.space();
    const octets = this.#scanner.astringOctets();
    return decodeText(octets, 'utf-8').text;
  }
}

function together(keys: readonly SearchKey[]): SearchKey {
  if (keys.length === 0) return none;
  return keys.length === 1 ? keys[0]! : { key: 'and', keys };
}
