/**
 * A cursor over the octets and literals of one command (grammar of RFC 9051 section 9, RFC 3501 section 9).
 * Whatever does not fit is a Fault syntax with the sentence for BAD. It reads no further than it is asked, and it
 * never copies a literal.
 */
import { IMAP_NESTING } from '../../base/limits.ts';
import { bad } from './faults.ts';
import { decodeMailboxName } from './mailbox-name.ts';
import { parseSequenceSet, type SequenceSet } from './sequence-set.ts';
import { type DateTime, parseDate, parseDateTime } from './times.ts';
import type { Segment } from './wire.ts';

const END = -1;
const SPACE = 32;
const QUOTE = 34;
const OPEN = 40;
const CLOSE = 41;
const BACKSLASH = 92;

/** Classes of octets (RFC 9051 section 9: ATOM-CHAR, ASTRING-CHAR, list-char, tag). */
const ATOM = 1;
const ASTRING = 2;
const LIST = 4;
const TAG = 8;
const CLASS = new Uint8Array(256);
for (let octet = 0x21; octet < 0x7f; octet += 1) {
  const char = String.fromCharCode(octet);
  if (!'(){%*"\\]'.includes(char)) CLASS[octet] = ATOM | ASTRING | LIST | (char === '+' ? 0 : TAG);
  else if (char === ']') CLASS[octet] = ASTRING | LIST | TAG;
  else if (char === '%' || char === '*') CLASS[octet] = LIST;
}

const fatalUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class Scanner {
  readonly #segments: readonly Segment[];
  /** True once the client has said ENABLE UTF8=ACCEPT: names are UTF-8 on the wire (rule I34). */
  readonly utf8: boolean;
  #segment = 0;
  #at = 0;
  #depth = 0;

  constructor(segments: readonly Segment[], utf8 = false) {
    this.#segments = segments;
    this.utf8 = utf8;
  }

  /** The octet at the cursor; -1 at the end of a text, which is the end of the command or a literal. */
  peek(): number {
    return this.#text[this.#at] ?? END;
  }
  /** True when a space and then this octet follow; nothing is taken. */
  peekSecond(octet: number): boolean {
    return this.peek() === SPACE && this.#text[this.#at + 1] === octet;
  }
  /** True when the next thing is a literal. */
  get atLiteral(): boolean {
    return this.peek() === END && this.#segments[this.#segment]?.literal != null;
  }
  get atEnd(): boolean {
    return this.peek() === END && !this.atLiteral;
  }

  /** @throws Fault syntax when something is left. */
  end(): void {
    if (!this.atEnd) throw bad('There is more than this command takes.');
  }
  /** Exactly one space. */
  space(): void {
    this.expect(SPACE, 'A space is missing.');
  }
  /** Takes the octet if it is the next one. */
  maybe(octet: number): boolean {
    if (this.peek() !== octet) return false;
    this.#at += 1;
    return true;
  }
  expect(octet: number, text: string): void {
    if (!this.maybe(octet)) throw bad(text);
  }
  /** True when a `(` follows; nothing is taken. */
  get atList(): boolean {
    return this.peek() === OPEN;
  }

  tag(): string {
    return this.#run(TAG, 'A tag is missing.');
  }
  atom(): string {
    return this.#run(ATOM, 'A word is missing.');
  }
  /** The next atom in upper case without taking it; empty when there is none. */
  peekAtom(): string {
    const start = this.#at;
    while (CLASS[this.peek()]! & ATOM) this.#at += 1;
    const word = this.#latin(start, this.#at).toUpperCase();
    this.#at = start;
    return word;
  }
  /** Takes this word, in any case, if it is the next atom. */
  maybeAtom(word: string): boolean {
    if (this.peekAtom() !== word) return false;
    this.#at += word.length;
    return true;
  }

  /** Takes exactly these octets, in any case, if they come next. @param text upper case. */
  maybeText(text: string): boolean {
    if (this.#latin(this.#at, Math.min(this.#at + text.length, this.#text.length)).toUpperCase() !== text)
      return false;
    this.#at += text.length;
    return true;
  }

  /** Octets of an astring: an atom that may hold `]`, a quoted string or a literal. */
  astringOctets(): Uint8Array {
    if (CLASS[this.peek()]! & ASTRING) {
      const start = this.#at;
      while (CLASS[this.peek()]! & ASTRING) this.#at += 1;
      return this.#text.subarray(start, this.#at);
    }
    return this.stringOctets();
  }
  /** An astring as text. @throws Fault syntax when it is not UTF-8. */
  astring(): string {
    return text(this.astringOctets());
  }
  /** A quoted string or a literal. */
  stringOctets(): Uint8Array {
    if (this.peek() === QUOTE) return this.#quoted();
    if (this.atLiteral) return this.literal();
    throw bad('A string is missing.');
  }
  string(): string {
    return text(this.stringOctets());
  }
  /** A string, or null for NIL. */
  nstring(): string | null {
    if (this.peek() !== QUOTE && !this.atLiteral && this.maybeAtom('NIL')) return null;
    return this.string();
  }
  /** The octets of the literal at the cursor, which have been kept. */
  literal(): Uint8Array {
    const segment = this.#segments[this.#segment];
    if (!this.atLiteral || !segment) throw bad('A literal is missing.');
    this.passLiteral();
    return segment.octets ?? new Uint8Array(0);
  }
  /** Goes past a literal whose octets went elsewhere. */
  passLiteral(): void {
    this.#segment += 1;
    this.#at = 0;
  }

  /** 0 to 4294967295 (RFC 9051 `number`). */
  number(): number {
    const value = this.#digits();
    if (value > 0xffffffff) throw bad('A number is too large.');
    return value;
  }
  /** 1 to 4294967295 (`nz-number`). */
  nzNumber(): number {
    const value = this.number();
    if (value === 0) throw bad('A number must not be 0.');
    return value;
  }
  /** 63-bit numbers (`number64`, `mod-sequence-valzer`); beyond 2^53 they count as the largest that is exact. */
  number64(): number {
    return Math.min(this.#digits(), Number.MAX_SAFE_INTEGER);
  }

  /** `1:3,7,*` or `$`. */
  sequenceSet(): SequenceSet {
    const start = this.#at;
    for (let octet = this.peek(); isOfSet(octet); octet = this.peek()) this.#at += 1;
    const set = parseSequenceSet(this.#latin(start, this.#at));
    if (set === undefined) throw bad('A set of numbers is missing or broken.');
    return set;
  }

  /**
   * `(item SP item ...)`; an empty list only where `item` may be missing altogether.
   * @throws Fault syntax for nesting above IMAP_NESTING (rule I71).
   */
  list<T>(item: () => T, options: { empty?: boolean } = {}): T[] {
    this.open();
    const items: T[] = [];
    if (options.empty && this.maybe(CLOSE)) {
      this.#depth -= 1;
      return items;
    }
    do items.push(item());
    while (this.maybe(SPACE));
    this.close();
    return items;
  }
  open(): void {
    this.expect(OPEN, 'A parenthesis is missing.');
    this.#depth += 1;
    if (this.#depth > IMAP_NESTING) throw bad('Parentheses are nested too deep.', 'LIMIT');
  }
  close(): void {
    this.expect(CLOSE, 'A closing parenthesis is missing.');
    this.#depth -= 1;
  }

  /** `\Seen`, `$Junk`, `keyword`, as written. */
  flag(): string {
    const system = this.maybe(BACKSLASH);
    const word = this.#run(ATOM, 'A flag is missing.');
    return system ? `\\${word}` : word;
  }
  /** `dd-Mon-yyyy`, quoted or not, as days since 1970-01-01. */
  date(): number {
    const quoted = this.peek() === QUOTE;
    const day = parseDate(quoted ? this.string() : this.atom());
    if (day === undefined) throw bad('A date is missing or broken.');
    return day;
  }
  /** `"dd-Mon-yyyy hh:mm:ss +zzzz"`. */
  dateTime(): DateTime {
    if (this.peek() !== QUOTE) throw bad('A date and time in quotes is missing.');
    const time = parseDateTime(this.string());
    if (time === undefined) throw bad('The date and time is broken.');
    return time;
  }

  /** A mailbox name as the store knows it: NFC, INBOX in capitals. @throws Fault syntax for a broken encoding. */
  mailbox(): string {
    return decodeMailboxName(this.astringOctets(), this.utf8);
  }
  /** A name or pattern of LIST (`list-mailbox`), decoded like mailbox() but with its wildcards. */
  listMailbox(): string {
    if (!(CLASS[this.peek()]! & LIST)) return decodeMailboxName(this.stringOctets(), this.utf8, true);
    const start = this.#at;
    while (CLASS[this.peek()]! & LIST || (this.utf8 && this.peek() >= 0x80)) this.#at += 1;
    return decodeMailboxName(this.#text.subarray(start, this.#at), this.utf8, true);
  }
  /** The rest of the line as it stands (base64 of SASL-IR). */
  rest(): string {
    const start = this.#at;
    this.#at = this.#text.length;
    return this.#latin(start, this.#at);
  }

  get #text(): Uint8Array {
    return this.#segments[this.#segment]?.text ?? NOTHING;
  }
  #latin(start: number, end: number): string {
    const text = this.#text;
    return Buffer.from(text.buffer, text.byteOffset + start, end - start).toString('latin1');
  }
  #run(kind: number, missing: string): string {
    const start = this.#at;
    while (CLASS[this.peek()]! & kind) this.#at += 1;
    if (this.#at === start) throw bad(missing);
    return this.#latin(start, this.#at);
  }
  #digits(): number {
    let value = 0;
    const start = this.#at;
    for (let octet = this.peek(); octet >= 48 && octet <= 57; octet = this.peek()) {
      value = value * 10 + octet - 48;
      this.#at += 1;
    }
    if (this.#at === start) throw bad('A number is missing.');
    if (this.#at - start > 20) throw bad('A number is too long.');
    return value;
  }
  #quoted(): Uint8Array {
    const whole = this.#text;
    const start = this.#at + 1;
    let escaped = 0;
    let at = start;
    for (; whole[at] !== QUOTE; at += 1) {
      if (at >= whole.length) throw bad('A quoted string does not end.');
      if (whole[at] === 13) throw bad('A quoted string must not hold a line end.');
      if (whole[at] === BACKSLASH) {
        at += 1;
        escaped += 1;
        // RFC 9051 section 9: only quoted-specials may be escaped.
        if (whole[at] !== QUOTE && whole[at] !== BACKSLASH) throw bad('A backslash stands alone.');
      }
    }
    this.#at = at + 1;
    if (escaped === 0) return whole.subarray(start, at);
    const out = new Uint8Array(at - start - escaped);
    for (let from = start, to = 0; from < at; from += 1, to += 1) {
      if (whole[from] === BACKSLASH) from += 1;
      out[to] = whole[from]!;
    }
    return out;
  }
}

const NOTHING = new Uint8Array(0);

function isOfSet(octet: number): boolean {
  // Digits, colon, comma, star, dollar.
  return (octet >= 48 && octet <= 58) || octet === 44 || octet === 42 || octet === 36;
}

function text(octets: Uint8Array): string {
  try {
    return fatalUtf8.decode(octets);
  } catch {
    throw bad('A string is not UTF-8.');
  }
}
