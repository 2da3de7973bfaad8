/**
 * Address lists (RFC 5322 sections 3.4 and 4.4) as they are written by everybody: comments, groups
 * (flattened), quoted names with commas, encoded words in quotes or with raw commas, `;` between mailboxes,
 * missing or doubled angle brackets, raw 8-bit, unquoted "Surname, Name <a@b>". Never throws; what has no
 * address keeps its name with an empty address. Linear time, at most MAX_ADDRESSES results.
 */
import { MAX_ADDRESSES } from '../base/limits.ts';
import { unfold } from './header.ts';
import { decodeRaw, decodeWords } from './words.ts';

export interface Address {
  /** Decoded display name, '' when there is none. */
  name: string;
  /** Addr-spec; '' when the input has a name only. */
  address: string;
}

const ENCODED_WORD = /=\?[^?\s]{1,70}\?[bBqQ]\?[^?"<>]*\?=/y;

/** End of the quoted string that opens at `at` (offset of the closing quote), -1 when it never closes. */
function closingQuote(text: string, at: number): number {
  for (let i = at + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5c) i++;
    else if (code === 0x22) return i;
  }
  return -1;
}

/** End of the comment that opens at `at` (offset of its last parenthesis), -1 when it never closes. */
function closingParenthesis(text: string, at: number): number {
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5c) i++;
    else if (code === 0x28) depth++;
    else if (code === 0x29 && --depth === 0) return i;
  }
  return -1;
}

function resolveEscapes(text: string): string {
  return text.includes('\\') ? text.replace(/\\([\s\S])/g, '$1') : text;
}

/** An addr-spec without route, comments, blanks and stray brackets. */
function cleanAddress(raw: string): string {
  // Longer than any address; the bound also keeps the patterns below cheap.
  let text = raw.slice(0, 2000).replace(/\s+/g, ' ').trim();
  if (text.includes('(')) text = text.replace(/\([^()]*\)/g, '').trim();
  text = text.replace(/^[<\s]+|[>\s]+$/g, '');
  if (/^mailto:/i.test(text)) text = text.slice(7);
  // RFC 5322 section 4.4: a source route stands before a colon.
  if (text.startsWith('@')) {
    const colon = text.indexOf(':');
    if (colon > 0) text = text.slice(colon + 1);
  }
  if (text.includes('=?')) text = decodeWords(text);
  else text = decodeRaw(text);
  text = text.replace(/[\x00-\x1f\x7f]/g, '');
  if (/\s/.test(text)) {
    text = text.replace(/\s*([.@])\s*/g, '$1');
    if (!text.startsWith('"') && /\s/.test(text)) {
      const found = text.split(/\s+/).find((each) => each.includes('@'));
      text = found ?? text.replace(/\s+/g, '');
    }
  }
  // A pair of quotes around the whole address is a slip; around the local part it is syntax.
  const whole = /^(["'])([^"']+@[^"']+)\1$/.exec(text);
  return whole ? (whole[2] as string) : text;
}

function cleanName(raw: string): string {
  return decodeWords(raw)
    .replace(/[\r\n\t ]+/g, ' ')
    .trim();
}

/** What has been read of one mailbox. */
class Mailbox {
  /** Raw phrase, quotes resolved. */
  phrase = '';
  comment = '';
  angle: string | undefined;
  /** True when the phrase holds a quoted string. */
  quoted = false;
  /** The phrase's only quoted string, when nothing else is in the phrase (it may be an address in quotes). */
  bare = true;

  get empty(): boolean {
    return this.angle === undefined && this.phrase.trim() === '' && this.comment === '';
  }

  finish(): Address | undefined {
    if (this.empty) return undefined;
    const phrase = this.phrase
      .slice(0, 10_000)
      .replace(/[\t ]+/g, ' ')
      .trim();
    if (this.angle !== undefined) {
      const address = cleanAddress(this.angle);
      // `<> name@host` and the like: the address stands outside.
      if (address === '' && phrase.includes('@')) return { name: '', address: cleanAddress(phrase) };
      if (!address.includes('@') && /\S\s+\S/.test(this.angle))
        return { name: cleanName(phrase === '' ? this.angle : phrase), address: '' };
      return { name: cleanName(phrase === '' ? this.comment : phrase), address };
    }
    if (phrase.includes('@')) {
      if (!/\s/.test(phrase) || /^"[^"]*"@\S+$/.test(phrase))
        return { name: cleanName(this.comment), address: cleanAddress(phrase) };
      const compact = phrase.replace(/\s*([.@])\s*/g, '$1');
      if (!/\s/.test(compact)) return { name: cleanName(this.comment), address: cleanAddress(compact) };
      // A name and an address without brackets.
      const words = compact.split(/\s+/);
      // Addresses with blanks between them: the first one counts.
      const all = words.every((each) => each.includes('@'));
      if (all) return { name: '', address: cleanAddress(words[0] as string) };
      const at = words.findLastIndex((each) => each.includes('@'));
      const name = words.filter((_, i) => i !== at).join(' ');
      return { name: cleanName(name), address: cleanAddress(words[at] as string) };
    }
    if (phrase === '') return { name: cleanName(this.comment), address: '' };
    if (!this.quoted && !/\s/.test(phrase) && !phrase.includes('=?') && !/[\x80-\uffff]/.test(phrase))
      return { name: cleanName(this.comment), address: phrase };
    return { name: cleanName(phrase), address: '' };
  }
}

/** Mailboxes of a header value, in order; groups are flattened. */
export function parseAddressList(raw: string): Address[] {
  const text = unfold(raw);
  const found: Address[] = [];
  let box = new Mailbox();
  // A phrase before an unquoted comma: "Surname, Name <a@b>" is one mailbox.
  let before = '';
  let groups = 0;
  let colons = 0;
  let noMoreQuotes = false;
  let noMoreComments = false;
  let plainFrom = -1;

  const flushPlain = (to: number) => {
    if (plainFrom >= 0) box.phrase += text.slice(plainFrom, to);
    plainFrom = -1;
  };
  const end = (separator: string) => {
    const lone =
      box.angle === undefined && !box.quoted && box.comment === '' && !box.phrase.includes('@')
        ? box.phrase.trim()
        : '';
    if (before !== '') {
      if (box.angle !== undefined && box.phrase.trim() !== '') box.phrase = `${before}, ${box.phrase.trim()}`;
      else {
        const earlier = new Mailbox();
        earlier.phrase = before;
        const address = earlier.finish();
        if (address) found.push(address);
      }
      before = '';
    }
    if (separator === ',' && lone !== '') before = lone;
    else {
      const address = box.finish();
      if (address && (address.name !== '' || address.address !== '')) found.push(address);
    }
    box = new Mailbox();
  };

  let i = 0;
  while (i < text.length && found.length < MAX_ADDRESSES) {
    const char = text.charAt(i);
    if (char === '"' && !noMoreQuotes) {
      const close = closingQuote(text, i);
      if (close < 0) {
        noMoreQuotes = true;
        continue;
      }
      flushPlain(i);
      const inner = text.slice(i + 1, close);
      // A quoted local part keeps its quotes (RFC 5321 section 4.1.2).
      if (text.charAt(close + 1) === '@') box.phrase += `"${inner}"`;
      else {
        box.phrase += resolveEscapes(inner);
        box.quoted = true;
      }
      i = close + 1;
      continue;
    }
    if (char === '(' && !noMoreComments) {
      const close = closingParenthesis(text, i);
      if (close < 0) {
        noMoreComments = true;
        continue;
      }
      flushPlain(i);
      if (box.comment === '') box.comment = resolveEscapes(text.slice(i + 1, close));
      i = close + 1;
      continue;
    }
    if (char === '=' && text.charAt(i + 1) === '?') {
      ENCODED_WORD.lastIndex = i;
      const word = ENCODED_WORD.exec(text);
      if (word) {
        if (plainFrom < 0) plainFrom = i;
        i += word[0].length;
        continue;
      }
    }
    if (char === '<') {
      flushPlain(i);
      let close = i + 1;
      while (text.charAt(close) === '<' || text.charAt(close) === ' ') close++;
      const from = close;
      for (; close < text.length; close++) {
        const each = text.charAt(close);
        if (each === '"') {
          const quote = closingQuote(text, close);
          if (quote > 0 && text.charAt(quote + 1) === '@') close = quote;
        } else if (each === '>' || (each === ',' && !text.startsWith('@', from)) || each === '<') break;
      }
      const inner = text.slice(from, close);
      while (text.charAt(close) === '>') close++;
      if (box.angle === undefined || (inner.includes('@') && !box.angle.includes('@'))) {
        // `Name <Name> <a@b>`: what looked like an address was a part of the name.
        if (box.angle !== undefined) box.phrase += box.angle;
        box.angle = inner;
      }
      i = Math.max(close, i + 1);
      continue;
    }
    if (char === ',' || char === ';') {
      flushPlain(i);
      end(char);
      if (char === ';' && groups > 0) groups--;
      i++;
      continue;
    }
    if (char === ':' && groups === 0 && colons++ < 100) {
      const here = (plainFrom >= 0 ? box.phrase + text.slice(plainFrom, i) : box.phrase).trim();
      if (!here.includes('@') && !here.includes('[') && box.angle === undefined) {
        // A group's name; `mailto:` and a repeated `To:` fall here too.
        plainFrom = -1;
        box = new Mailbox();
        before = '';
        groups++;
        i++;
        continue;
      }
    }
    if (plainFrom < 0) plainFrom = i;
    i++;
  }
  flushPlain(i);
  if (found.length < MAX_ADDRESSES) end('');
  return found;
}

/** `Name <address>` for people and for plain text, quoted where the name needs it. */
export function formatAddress({ name, address }: Address): string {
  if (name === '') return address;
  const shown = /[",;:<>@()[\]\\]/.test(name) ? `"${name.replace(/(["\\])/g, '\\$1')}"` : name;
  return address === '' ? shown : `${shown} <${address}>`;
}

const ATOMS =
  /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\u{10ffff}-]+)*$/u;
const QUOTED = /^"(?:[^"\\\r\n\x00-\x1f]|\\[\x20-\x7e])*"$/;
const LABEL = /^(?!-)[A-Za-z0-9\u0080-\u{10ffff}_-]{1,63}(?<!-)$/u;
const LITERAL = /^\[(?:IPv6:[0-9a-fA-F:.]+|\d{1,3}(?:\.\d{1,3}){3})\]$/;

/** True for an addr-spec that can be put into an envelope (RFC 5321 section 4.1.2, RFC 6531 letters allowed). */
export function isValidAddress(address: string): boolean {
  const at = address.lastIndexOf('@');
  if (at < 1 || address.length > 254) return false;
  const local = address.slice(0, at);
  const domain = address.slice(at + 1);
  if (local.length > 64 || !(ATOMS.test(local) || QUOTED.test(local))) return false;
  return (
    LITERAL.test(domain) || (domain.length <= 253 && domain.split('.').every((label) => LABEL.test(label)))
  );
}

/** Lower-case domain of an address, '' when it has none. */
export function domainOf(address: string): string {
  const at = address.lastIndexOf('@');
  return at < 0 ? '' : address.slice(at + 1).toLowerCase();
}

const utf8 = new TextEncoder();

/** Text as encoded words (RFC 2047 section 2: 75 octets each, no character cut), or as it is when ASCII. */
export function encodeWords(text: string): string {
  const clean = text.replace(/[\x00-\x1f\x7f]+/g, ' ');
  if (/^[\x20-\x7e]*$/.test(clean) && !clean.includes('=?')) return clean;
  const words: string[] = [];
  let octets: number[] = [];
  const flush = () => {
    if (octets.length > 0) words.push(`=?UTF-8?B?${btoa(String.fromCharCode(...octets))}?=`);
    octets = [];
  };
  for (const char of clean) {
    const bytes = utf8.encode(char);
    if (octets.length + bytes.length > 45) flush();
    octets.push(...bytes);
  }
  flush();
  return words.join(' ');
}

/** Encoded words of a header field on lines of their own (RFC 2047 section 2: 76 octets a line). */
export function foldWords(text: string): string {
  return text.replace(/\?= =\?/g, '?=\r\n =?');
}

/** A mailbox for a header field: encoded words or a quoted string, and nothing that could start a new field. */
export function encodeAddress({ name, address }: Address): string {
  const spec = address.replace(/[\x00-\x20<>\x7f]/g, '');
  const clean = name.replace(/[\x00-\x1f\x7f]+/g, ' ').trim();
  if (clean === '') return spec;
  const encoded = encodeWords(clean);
  if (encoded !== clean) return `${encoded} <${spec}>`;
  const plain = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]+$/.test(clean);
  return `${plain ? clean : `"${clean.replace(/(["\\])/g, '\\$1')}"`} <${spec}>`;
}
