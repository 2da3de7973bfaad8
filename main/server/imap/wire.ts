/**
 * From octets to commands: the push parser of the IMAP server. push() takes input at any packet cut, next() gives
 * what is complete; what is not yet asked for stays here, which is the queue of rule G2.
 *
 * It does no I/O and decides nothing about meaning: each literal is announced, and the session says accept(),
 * pour() or refuse() before one octet of it is taken (rule I2: sizes are checked before `+`).
 *
 * Invariants: a command is a list of segments, each a text and the literal after it; CRLF alone ends a line (I4);
 * memory is bounded by the limits, whatever is announced or sent.
 */
import {
  IMAP_LINE_BEFORE_LOGIN,
  IMAP_LINE_BYTES,
  IMAP_LINE_WITH_SETS_BYTES,
  IMAP_SWALLOWED_BYTES,
} from '../../base/limits.ts';

/** `{n}`, `{n+}` or `~{n}` at the end of a line (RFC 9051 section 4.3, RFC 7888). */
export interface Announced {
  readonly size: number;
  /** True when the peer waits for `+`. */
  readonly sync: boolean;
  /** literal8 (RFC 3516). */
  readonly binary: boolean;
}

/** A piece of a command: text without the announcement and CRLF, and the literal that follows it. */
export interface Segment {
  readonly text: Uint8Array;
  readonly literal: Announced | null;
  /** The literal's octets; null for one that was poured elsewhere or has not come yet. */
  octets: Uint8Array | null;
}

export type Violation = 'bare-lf' | 'nul' | 'line-too-long' | 'swallowed-too-much';

export type WireItem =
  /** A complete command. */
  | { readonly kind: 'command'; readonly segments: Segment[] }
  /** The last segment announces a literal: accept(), pour() or refuse() it. */
  | { readonly kind: 'literal'; readonly segments: Segment[]; readonly literal: Announced }
  /** Octets of a poured literal; after the last ones the command goes on. */
  | { readonly kind: 'octets'; readonly bytes: Uint8Array; readonly last: boolean }
  /** A refused command has been read to its end. */
  | { readonly kind: 'refused' }
  /** `fatal`: the connection cannot go on. `start`: the beginning of the command, for its tag. */
  | {
      readonly kind: 'violation';
      readonly reason: Violation;
      readonly fatal: boolean;
      readonly start: Uint8Array;
    };

const LF = 10;
const CR = 13;
const NOTHING = new Uint8Array(0);
const START_BYTES = 64;

type Mode =
  | { readonly name: 'line' }
  /** A literal has been announced and waits for its verdict. */
  | { readonly name: 'verdict'; readonly literal: Announced }
  | { readonly name: 'literal'; readonly into: Uint8Array; filled: number; readonly segment: Segment }
  | { readonly name: 'pour'; left: number }
  /** The rest of a refused command: octets of a literal, then lines. */
  | { readonly name: 'swallow'; left: number; readonly report: 'refused' | 'line-too-long' };

const LINE: Mode = { name: 'line' };

export class CommandReader {
  #buffer: Uint8Array = NOTHING;
  #from = 0;
  #to = 0;
  /** Where the search for the line end goes on. */
  #searched = 0;
  /** Octets of the line that has begun which were looked at for its length, and those that count. */
  #weighed = 0;
  #weight = 0;
  #mode: Mode = LINE;
  #segments: Segment[] = [];
  #start: Uint8Array = NOTHING;
  #swallowed = 0;
  #swallowLimit = IMAP_SWALLOWED_BYTES;
  #dead = false;
  /** The limits after login (I71) instead of those before it (I70). */
  signedIn = false;

  /** Octets that wait. */
  get buffered(): number {
    return this.#to - this.#from;
  }

  /** A command has begun and is not complete. */
  get started(): boolean {
    return this.#segments.length > 0 || this.#mode !== LINE || this.buffered > 0;
  }

  push(input: Uint8Array): void {
    if (this.#dead || input.length === 0) return;
    // No Buffer inside: its slice() shares memory where a Uint8Array's copies.
    const piece = new Uint8Array(input.buffer, input.byteOffset, input.length);
    if (this.#from === this.#to) {
      // The piece is the socket's, which makes a new one for each read: it can be kept as it is.
      this.#buffer = piece;
      this.#searched = 0;
      this.#from = 0;
      this.#to = piece.length;
      return;
    }
    const needed = this.buffered + piece.length;
    if (this.#to + piece.length > this.#buffer.length) this.#grow(needed);
    this.#buffer.set(piece, this.#to);
    this.#to += piece.length;
  }

  /** Throws away everything that waits and all of a started command (STARTTLS, rule G5). */
  reset(): void {
    this.#release();
    this.#mode = LINE;
    this.#segments = [];
    this.#swallowed = 0;
  }

  /** Puts a line back in front of what waits, its CRLF added (rule I10: a command in place of DONE). */
  unread(line: Uint8Array): void {
    const rest = this.#buffer.slice(this.#from, this.#to);
    const all = new Uint8Array(line.length + 2 + rest.length);
    all.set(line);
    all.set([CR, LF], line.length);
    all.set(rest, line.length + 2);
    this.#buffer = all;
    this.#from = 0;
    this.#to = all.length;
    this.#searched = 0;
  }

  /** The announced literal becomes part of the command. */
  accept(): void {
    const { literal } = this.#verdict();
    const segment = this.#segments.at(-1)!;
    this.#mode = { name: 'literal', into: new Uint8Array(literal.size), filled: 0, segment };
  }

  /** The announced literal comes as `octets` items. */
  pour(): void {
    this.#mode = { name: 'pour', left: this.#verdict().literal.size };
  }

  /**
   * The command is not wanted, at an announced literal or in the middle of a poured one: a synchronising literal is
   * never read, any other is swallowed up to `limit` octets; next() says `refused` at the end of the command.
   */
  refuse(limit: number = IMAP_SWALLOWED_BYTES): void {
    const mode = this.#mode;
    this.#segments = [];
    this.#swallowed = 0;
    this.#swallowLimit = Math.max(limit, IMAP_SWALLOWED_BYTES);
    if (mode.name === 'verdict' && mode.literal.sync)
      this.#mode = { name: 'swallow', left: -1, report: 'refused' };
    else {
      const left = mode.name === 'verdict' ? mode.literal.size : mode.name === 'pour' ? mode.left : 0;
      this.#mode = { name: 'swallow', left, report: 'refused' };
    }
  }

  /** The next complete thing, undefined when more input is needed. */
  next(): WireItem | undefined {
    if (this.#dead) return undefined;
    for (;;) {
      const mode = this.#mode;
      switch (mode.name) {
        case 'verdict':
          return undefined;
        case 'line':
          return this.#line();
        case 'literal': {
          const taken = this.#take(mode.into.length - mode.filled);
          mode.into.set(taken, mode.filled);
          mode.filled += taken.length;
          if (mode.filled < mode.into.length) return undefined;
          mode.segment.octets = mode.into;
          this.#mode = LINE;
          continue;
        }
        case 'pour': {
          const bytes = this.#take(mode.left);
          if (bytes.length === 0 && mode.left > 0) return undefined;
          mode.left -= bytes.length;
          const last = mode.left === 0;
          if (last) this.#mode = LINE;
          return { kind: 'octets', bytes, last };
        }
        case 'swallow':
          return this.#swallow(mode);
      }
    }
  }

  /**
   * One line as it is, for SASL answers and DONE: no literal is looked for.
   * @param limit octets; a longer one is a violation.
   */
  line(limit: number): Uint8Array | Extract<WireItem, { kind: 'violation' }> | undefined {
    if (this.#dead) return undefined;
    const end = this.#lineEnd();
    if (end === undefined)
      return this.buffered > limit + 1 ? this.#violation('line-too-long', true) : undefined;
    if (typeof end !== 'number') return end;
    if (end - this.#from > limit) return this.#violation('line-too-long', true);
    return this.#cut(end);
  }

  #verdict(): Extract<Mode, { name: 'verdict' }> {
    if (this.#mode.name !== 'verdict') throw new Error('no literal waits for a verdict');
    return this.#mode;
  }

  #line(): WireItem | undefined {
    const end = this.#lineEnd();
    if (end !== undefined && typeof end !== 'number') return end;
    const length = (end ?? this.#to) - this.#from;
    if (this.#segments.length === 0) this.#start = NOTHING;
    if (this.#tooLong(length)) {
      this.#remember();
      this.#segments = [];
      this.#swallowed = 0;
      this.#swallowLimit = IMAP_SWALLOWED_BYTES;
      this.#weighed = 0;
      this.#weight = 0;
      this.#mode = { name: 'swallow', left: 0, report: 'line-too-long' };
      return this.#swallow(this.#mode);
    }
    if (end === undefined) return undefined;
    if (this.#segments.length === 0) this.#remember();
    const line = this.#cut(end);
    const literal = announced(line);
    const text = literal ? line.subarray(0, line.lastIndexOf(123) - (literal.binary ? 1 : 0)) : line;
    this.#segments.push({ text, literal, octets: null });
    if (literal) {
      this.#mode = { name: 'verdict', literal };
      return { kind: 'literal', segments: this.#segments, literal };
    }
    const segments = this.#segments;
    this.#segments = [];
    return { kind: 'command', segments };
  }

  /** Octet of the CR of the next line end; undefined when there is none yet. */
  #lineEnd(): number | Extract<WireItem, { kind: 'violation' }> | undefined {
    const at = this.#buffer.subarray(0, this.#to).indexOf(LF, Math.max(this.#searched, this.#from));
    const end = at < 0 ? this.#to : at;
    const zero = this.#buffer.subarray(this.#from, end).indexOf(0, Math.max(0, this.#searched - this.#from));
    if (zero >= 0) return this.#violation('nul', true);
    this.#searched = end;
    if (at < 0) return undefined;
    if (at === this.#from || this.#buffer[at - 1] !== CR) return this.#violation('bare-lf', true);
    return at - 1;
  }

  /** I70, I71; the octets of sequence sets are not counted, for sets of 100 KiB have to work (I56). */
  #tooLong(length: number): boolean {
    if (!this.signedIn) return length > IMAP_LINE_BEFORE_LOGIN;
    if (length <= IMAP_LINE_BYTES) return false;
    if (length > IMAP_LINE_WITH_SETS_BYTES) return true;
    // Each octet is looked at once, however small the packets are.
    for (; this.#weighed < length; this.#weighed += 1)
      if (!OF_A_SET[this.#buffer[this.#from + this.#weighed]!]) this.#weight += 1;
    return this.#weight > IMAP_LINE_BYTES;
  }

  #swallow(mode: Extract<Mode, { name: 'swallow' }>): WireItem | undefined {
    while (mode.left >= 0) {
      if (mode.left > 0) {
        if (this.#swallowed + mode.left > this.#swallowLimit)
          return this.#violation('swallowed-too-much', true);
        const taken = this.#take(mode.left);
        mode.left -= taken.length;
        this.#swallowed += taken.length;
        if (mode.left > 0) return undefined;
      }
      const end = this.#lineEnd();
      if (end !== undefined && typeof end !== 'number') return end;
      if (end === undefined) {
        // The last octets stay: a CR or an announcement may be cut there.
        const spare = Math.max(0, this.buffered - START_BYTES);
        this.#swallowed += this.#take(spare).length;
        if (this.#swallowed > this.#swallowLimit) return this.#violation('swallowed-too-much', true);
        return undefined;
      }
      const literal = announced(this.#cut(end));
      mode.left = literal && !literal.sync ? literal.size : -1;
      if (mode.left === 0) continue;
    }
    this.#mode = LINE;
    const start = this.#start;
    return mode.report === 'refused'
      ? { kind: 'refused' }
      : { kind: 'violation', reason: 'line-too-long', fatal: false, start };
  }

  #violation(reason: Violation, fatal: boolean): Extract<WireItem, { kind: 'violation' }> {
    if (this.#segments.length === 0 && this.#mode.name === 'line') this.#remember();
    const start = this.#start;
    if (fatal) {
      this.#dead = true;
      this.#release();
      this.#segments = [];
    }
    return { kind: 'violation', reason, fatal, start };
  }

  /** Keeps the beginning of the command for its tag. */
  #remember(): void {
    if (this.#segments.length > 0) return;
    this.#start = this.#buffer.slice(this.#from, Math.min(this.#to, this.#from + START_BYTES));
  }

  /** Takes the line that ends with the CR at `end`. */
  #cut(end: number): Uint8Array {
    const line = this.#buffer.slice(this.#from, end);
    this.#from = end + 2;
    this.#searched = this.#from;
    this.#weighed = 0;
    this.#weight = 0;
    if (this.#from === this.#to) this.#release();
    return line;
  }

  #take(most: number): Uint8Array {
    const length = Math.min(most, this.buffered);
    if (length === 0) return NOTHING;
    const bytes = this.#buffer.subarray(this.#from, this.#from + length);
    this.#from += length;
    this.#searched = this.#from;
    // The buffer is never written below #to once it was given out; with nothing left it is let go.
    if (this.#from === this.#to) this.#release();
    return bytes;
  }

  #grow(needed: number): void {
    const larger = new Uint8Array(Math.max(256, needed * 2));
    larger.set(this.#buffer.subarray(this.#from, this.#to));
    this.#searched -= this.#from;
    this.#to -= this.#from;
    this.#from = 0;
    this.#buffer = larger;
  }

  #release(): void {
    this.#buffer = NOTHING;
    this.#from = 0;
    this.#to = 0;
    this.#searched = 0;
    this.#weighed = 0;
    this.#weight = 0;
  }
}

const OF_A_SET = new Uint8Array(256);
for (const char of '0123456789:,*') OF_A_SET[char.charCodeAt(0)] = 1;

/** The literal that a line announces at its end. Sizes beyond 2^53 count as the largest number there is. */
export function announced(line: Uint8Array): Announced | null {
  let at = line.length - 1;
  if (line[at] !== 125) return null;
  at -= 1;
  const sync = line[at] !== 43;
  if (!sync) at -= 1;
  const lastDigit = at;
  while (at >= 0 && line[at]! >= 48 && line[at]! <= 57) at -= 1;
  if (at === lastDigit || at < 0 || line[at] !== 123) return null;
  let size = 0;
  for (let digit = at + 1; digit <= lastDigit; digit += 1) size = size * 10 + line[digit]! - 48;
  return { size: Math.min(size, Number.MAX_SAFE_INTEGER), sync, binary: at > 0 && line[at - 1] === 126 };
}
