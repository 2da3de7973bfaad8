/**
 * Encoded words (RFC 2047) and raw 8-bit octets in header values. Input is a binary string (one character
 * per octet), output is text. Neighbouring words of one charset are decoded together, so a character cut
 * in two by the sender is whole again. What is no encoded word stays as it stands. Linear time.
 */
import { decodeText } from './charset.ts';
import { binaryBytes, unfold } from './header.ts';
import { decodeBase64 } from './transfer.ts';

interface Word {
  charset: string;
  encoding: 'b' | 'q';
  payload: string;
  /** Offset after `?=`. */
  end: number;
}

/** The next `?=` from any offset; asked with rising offsets it costs one pass over the text. */
class Ends {
  readonly #text: string;
  #found = -2;

  constructor(text: string) {
    this.#text = text;
  }
  after(from: number): number {
    if (this.#found !== -1 && this.#found < from) this.#found = this.#text.indexOf('?=', from);
    return this.#found;
  }
}

/** How far the end of a broken word is looked for. */
const MAX_AHEAD = 300;

const HEX = /^[0-9A-Fa-f]{2}/;

/** The encoded word at `at` (which points at `=?`), tolerant: blanks and `?` inside, a missing last `=`. */
function wordAt(text: string, at: number, ends: Ends): Word | undefined {
  const mark = text.indexOf('?', at + 2);
  if (mark < 0 || mark - at > 80 || mark === at + 2) return undefined;
  const charset = text.slice(at + 2, mark);
  if (/[\s()<>@,;:"/[\].=]/.test(charset.replace(/\./g, ''))) return undefined;
  const letter = text.charAt(mark + 1);
  if (text.charAt(mark + 2) !== '?') return undefined;
  const encoding =
    letter === 'b' || letter === 'B' ? 'b' : letter === 'q' || letter === 'Q' ? 'q' : undefined;
  if (!encoding) return undefined;
  const from = mark + 3;
  let end = ends.after(from);
  if (end < 0) {
    // The last `=` was cut off.
    if (text.endsWith('?') && text.length - 1 >= from)
      return { charset, encoding, payload: text.slice(from, -1), end: text.length };
    return undefined;
  }
  // An unclosed word before a good one.
  const inner = text.slice(from, end);
  if (inner.includes('=?') && /=\?[^?]{1,70}\?[bBqQ]\?/.test(inner)) return undefined;
  if (encoding === 'q') {
    // A raw question mark before a coded octet looks like the end; the word goes on when another end follows.
    for (let tries = 0; tries < 8 && HEX.test(text.slice(end + 2, end + 4)); tries++) {
      const ahead = text.slice(end + 2, end + 2 + MAX_AHEAD);
      const next = ahead.indexOf('?=');
      const open = ahead.indexOf('=?');
      if (next < 0 || (open >= 0 && open < next)) break;
      end += 2 + next;
    }
  }
  const payload = text.slice(from, end);
  return { charset, encoding, payload, end: end + 2 };
}

/** Octets of a Q word (RFC 2047 section 4.2): underscore is a space; broken `=` stands for itself. */
function decodeQ(payload: string): Uint8Array {
  const bytes = new Uint8Array(payload.length);
  let at = 0;
  for (let i = 0; i < payload.length; i++) {
    const code = payload.charCodeAt(i);
    if (code === 0x5f) bytes[at++] = 32;
    else if (code === 0x3d && HEX.test(payload.slice(i + 1, i + 3))) {
      bytes[at++] = Number.parseInt(payload.slice(i + 1, i + 3), 16);
      i += 2;
    } else bytes[at++] = code;
  }
  return bytes.subarray(0, at);
}

function join(pieces: Uint8Array[]): Uint8Array {
  if (pieces.length === 1) return pieces[0] as Uint8Array;
  const whole = new Uint8Array(pieces.reduce((sum, each) => sum + each.length, 0));
  let at = 0;
  for (const each of pieces) {
    whole.set(each, at);
    at += each.length;
  }
  return whole;
}

/** Consecutive words of one charset as text. */
function decodeRun(words: Word[]): string {
  const pieces: Uint8Array[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] as Word;
    if (word.encoding === 'q') {
      pieces.push(decodeQ(word.payload));
      continue;
    }
    // A base64 text cut at any place across words is one text again (a padded word is always complete).
    const parts = [word.payload];
    let length = word.payload.replace(/\s/g, '').length;
    let padded = word.payload.endsWith('=');
    while (length % 4 !== 0 && !padded && words[i + 1]?.encoding === 'b') {
      i++;
      const next = (words[i] as Word).payload;
      parts.push(next);
      length += next.length;
      padded = next.endsWith('=');
    }
    pieces.push(decodeBase64(binaryBytes(parts.join('').replace(/-/g, '+').replace(/_/g, '/'))).bytes);
  }
  return decodeText(join(pieces), (words[0] as Word).charset).text;
}

/** Raw octets above 127 as text: UTF-8, else a guess. A string without them is returned as it is. */
export function decodeRaw(raw: string, charset?: string): string {
  if (!/[\x80-\xff]/.test(raw))
    return raw.includes('\x1b') ? decodeText(binaryBytes(raw), undefined).text : raw;
  // Text that was decoded before holds characters no octet has.
  if (/[^\x00-\xff]/.test(raw)) return raw;
  return decodeText(binaryBytes(raw), charset).text;
}

/**
 * Text of an unstructured value, or of a phrase. Control characters other than a tab are removed.
 * @param raw binary string, may be folded
 */
export function decodeWords(raw: string): string {
  const flat = unfold(raw);
  const text = flat.includes('=?') ? decodeEncoded(flat) : decodeRaw(flat);
  return /[\x00-\x08\x0a-\x1f\x7f]/.test(text)
    ? text.replace(/[\r\n]+/g, ' ').replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/g, '')
    : text;
}

function decodeEncoded(text: string): string {
  const out: string[] = [];
  let at = 0;
  let run: Word[] = [];
  // Where the text after the last word starts; blanks from here to the next word are dropped (section 6.2).
  const flush = () => {
    if (run.length > 0) out.push(decodeRun(run));
    run = [];
  };
  // Raw octets between the words are judged together: the more of them, the better the guess.
  const eight = /[\x80-\xff]/.test(text) ? decodeText(binaryBytes(text), undefined).charset : undefined;
  const ends = new Ends(text);
  let from = 0;
  for (;;) {
    const open = text.indexOf('=?', from);
    if (open < 0) break;
    const word = wordAt(text, open, ends);
    if (!word) {
      from = open + 2;
      continue;
    }
    const between = text.slice(at, open);
    const adjacent = run.length > 0 && (between === '' || /^\s+$/.test(between));
    if (!adjacent) {
      flush();
      out.push(decodeRaw(between, eight));
    } else if ((run[0] as Word).charset.toLowerCase() !== word.charset.toLowerCase()) flush();
    run.push(word);
    at = word.end;
    from = at;
  }
  flush();
  out.push(decodeRaw(text.slice(at), eight));
  return out.join('');
}
