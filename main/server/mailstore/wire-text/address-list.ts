/**
 * Address lists as ENVELOPE wants them (RFC 9051 section 7.5.2): raw, with encoded words left alone, quoting of
 * RFC 5322 removed, groups kept by markers. Reads what people send (comments, unquoted dots and 8-bit names,
 * commas too many, brackets never closed); never throws, linear time, at most MAX_ADDRESSES results.
 *
 * A mailbox without a domain or without any address gets "" there: NIL would make a group of it.
 */
import { MAX_ADDRESSES } from '../../../base/limits.ts';
import { unfolded, wireString } from './nstring.ts';

const BLANKS = /[ \t]+/g;

/** What stands between two separators, taken apart. */
interface Pieces {
  /** Words with quoting removed. */
  phrase: string;
  /** Where the last `@` stands in the phrase (one inside quotes does not count), -1 for none. */
  at: number;
  /** Where a quoted local part begins in the phrase, -1 for none: its blanks part no words. */
  quoted: number;
  comment: string;
  angle: { local: string; host: string } | undefined;
  any: boolean;
}

function fresh(): Pieces {
  return { phrase: '', at: -1, quoted: -1, comment: '', angle: undefined, any: false };
}

/** Reads a quoted string or comment; `end` is behind its last character, the end of the text when it never closes. */
function enclosed(text: string, at: number): { inner: string; end: number } {
  const opener = text.charCodeAt(at);
  let depth = 0;
  let inner = '';
  let from = at + 1;
  for (let i = at; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5c) {
      inner += text.slice(from, i);
      from = i + 1;
      i++;
    } else if (opener === 0x22) {
      if (code === 0x22 && i > at) return { inner: inner + text.slice(from, i), end: i + 1 };
    } else if (code === 0x28) depth++;
    else if (code === 0x29 && --depth === 0) return { inner: inner + text.slice(from, i), end: i + 1 };
  }
  return { inner: inner + text.slice(from), end: -1 };
}

class Reader {
  readonly text: string;
  at = 0;
  /** A quote, comment or bracket that never closes is an ordinary character from then on. */
  noQuotes = false;
  noComments = false;

  constructor(text: string) {
    this.text = text;
  }

  /** A quoted string or comment at this place; undefined where there is none. */
  closed(): { kind: 'quoted' | 'comment'; inner: string } | undefined {
    const code = this.text.charCodeAt(this.at);
    const quoted = code === 0x22 && !this.noQuotes;
    if (!quoted && !(code === 0x28 && !this.noComments)) return undefined;
    const found = enclosed(this.text, this.at);
    if (found.end < 0) {
      if (quoted) this.noQuotes = true;
      else this.noComments = true;
      return undefined;
    }
    this.at = found.end;
    return { kind: quoted ? 'quoted' : 'comment', inner: found.inner };
  }

  /** The inside of `<...>`, its source route dropped (rule I53). Stands on `<`. */
  angle(): { local: string; host: string } {
    const { text } = this;
    this.at++;
    while (text.charCodeAt(this.at) === 0x3c) this.at++;
    let spec = '';
    let at = -1;
    const route = /^[ \t]*@/.test(text.slice(this.at, this.at + 100));
    let routed = route;
    for (; this.at < text.length; ) {
      const closed = this.closed();
      if (closed) {
        if (closed.kind === 'quoted') spec += closed.inner;
        continue;
      }
      const char = text.charAt(this.at);
      if (char === '>') {
        this.at++;
        break;
      }
      // A bracket that was forgotten: the next mailbox begins.
      if (char === '<' || (!routed && (char === ',' || char === ';'))) break;
      this.at++;
      if (routed && char === ':') {
        spec = '';
        at = -1;
        routed = false;
        continue;
      }
      if (char === '@') at = spec.length;
      if (char !== ' ' && char !== '\t') spec += char;
    }
    while (text.charCodeAt(this.at) === 0x3e) this.at++;
    return at < 0 ? { local: spec, host: '' } : { local: spec.slice(0, at), host: spec.slice(at + 1) };
  }
}

function address(name: string, local: string, host: string): string {
  return `(${name === '' ? 'NIL' : wireString(name)} NIL ${wireString(local)} ${wireString(host)})`;
}

/** One mailbox on the wire, '' when there is nothing. */
function finished(pieces: Pieces): string {
  if (!pieces.any) return '';
  const phrase = pieces.phrase.replace(BLANKS, ' ').trim();
  const comment = pieces.comment.trim();
  if (pieces.angle) {
    const { local, host } = pieces.angle;
    if (local === '' && host === '' && phrase === '' && comment === '') return '';
    return address(phrase === '' ? comment : phrase, local, host);
  }
  // A comment alone is nobody.
  if (phrase === '') return '';
  if (pieces.at >= 0) {
    const local = pieces.phrase.slice(0, pieces.at);
    if (pieces.quoted >= 0) {
      const name = pieces.phrase.slice(0, pieces.quoted).replace(BLANKS, ' ').trim();
      const host = pieces.phrase.slice(pieces.at + 1).trim();
      return address(name === '' ? comment : name, local.slice(pieces.quoted), host.split(/[ \t]+/)[0] ?? '');
    }
    const words = local.trim().split(/[ \t]+/);
    const tail = pieces.phrase
      .slice(pieces.at + 1)
      .trim()
      .split(/[ \t]+/);
    if (words.length === 1 || /[ \t]$/.test(local)) return address(comment, words.join(''), tail[0] ?? '');
    // Two addresses with a blank between them: the first one counts.
    const first = words.find((word) => /.@./.test(word));
    if (first)
      return address(comment, first.slice(0, first.indexOf('@')), first.slice(first.indexOf('@') + 1));
    // `Name name@host` without brackets: the last word of the left side is the local part.
    const last = words.pop() as string;
    return address(words.join(' '), last, tail[0] ?? '');
  }
  // A name alone, or a local part alone: one word is taken for a user of the machine that sent it.
  return /[ \t]/.test(phrase) ? address(phrase, '', '') : address(comment, phrase, '');
}

/**
 * A header value (binary string, folded or not) as the list of ENVELOPE: `((name NIL mailbox host)...)`, NIL when
 * there is no address. A group is `(NIL NIL "name" NIL)`, its members, `(NIL NIL NIL NIL)`.
 */
export function wireAddresses(raw: string | undefined): string {
  if (raw === undefined || raw === '') return 'NIL';
  const reader = new Reader(unfolded(raw));
  const { text } = reader;
  let out = '';
  let count = 0;
  let inGroup = false;
  let pieces = fresh();
  // The last quoted string of the phrase, by its place there.
  let quoted = -1;
  let quotedEnd = -1;
  const flush = () => {
    const text = finished(pieces);
    if (text !== '') {
      out += text;
      count++;
    }
    quotedEnd = -1;
    pieces = fresh();
  };
  while (reader.at < text.length && count < MAX_ADDRESSES) {
    const closed = reader.closed();
    if (closed) {
      pieces.any = true;
      if (closed.kind === 'quoted') {
        quoted = pieces.phrase.length;
        pieces.phrase += closed.inner;
        quotedEnd = pieces.phrase.length;
      } else if (pieces.comment === '') pieces.comment = closed.inner;
      continue;
    }
    const char = text.charAt(reader.at);
    if (char === '<') {
      const angle = reader.angle();
      pieces.any = true;
      // `Name <Name> <a@b>`: the one with a domain counts.
      if (pieces.angle === undefined || pieces.angle.host === '') pieces.angle = angle;
      continue;
    }
    reader.at++;
    // A closing bracket that was never opened.
    if (char === '>') continue;
    if (char === ',') flush();
    else if (char === ';') {
      flush();
      if (inGroup) out += '(NIL NIL NIL NIL)';
      inGroup = false;
    } else if (char === ':' && !inGroup && pieces.at < 0 && pieces.angle === undefined) {
      const name = pieces.phrase.replace(BLANKS, ' ').trim();
      pieces = fresh();
      // `To: To: a@b` is a slip, not a group; so is a colon with nothing before it.
      if (name === '' || /^(?:to|cc|mailto|from)$/i.test(name)) continue;
      out += `(NIL NIL ${wireString(name)} NIL)`;
      inGroup = true;
      count++;
    } else {
      // Blanks around a dot or an at sign are obsolete syntax of addresses (RFC 5322 section 4.4).
      if (char === '@' && pieces.angle === undefined) {
        pieces.phrase = pieces.phrase.trimEnd();
        pieces.at = pieces.phrase.length;
        pieces.quoted = quotedEnd === pieces.at && pieces.at > 0 ? quoted : -1;
      }
      if (char !== ' ' && char !== '\t') pieces.any = true;
      if (pieces.angle === undefined) pieces.phrase += char;
    }
  }
  flush();
  if (inGroup) out += '(NIL NIL NIL NIL)';
  return out === '' ? 'NIL' : `(${out})`;
}
