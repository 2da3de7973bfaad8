/**
 * `value; name=value; ...` of Content-Type and Content-Disposition (RFC 2045 section 5.1), with
 * continuations, charsets and percent-coding of RFC 2231, and what real programs write instead:
 * encoded words in quotes, raw 8-bit, unquoted blanks, doubled semicolons.
 */
import { decodeText } from './charset.ts';
import { binaryBytes, unfold } from './header.ts';
import { decodeRaw, decodeWords } from './words.ts';

export interface Parameterised {
  /** What stands before the first semicolon, lower case, comments removed. */
  value: string;
  /** Lower-case names. */
  params: Record<string, string>;
}

/** More sections than this in one RFC 2231 value are ignored. */
const MAX_SECTIONS = 1000;
const MAX_PARAMETERS = 1000;

interface Section {
  index: number;
  coded: boolean;
  value: string;
}

/** Splits at semicolons outside quotes and comments; a quote that never closes ends at the value's end. */
function pieces(text: string): string[] {
  const found: string[] = [];
  let from = 0;
  let quoted = false;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5c) i++;
    else if (code === 0x22 && depth === 0) quoted = !quoted;
    else if (!quoted && code === 0x28) depth++;
    else if (!quoted && code === 0x29 && depth > 0) depth--;
    else if (code === 0x3b && !quoted && depth === 0) {
      found.push(text.slice(from, i));
      from = i + 1;
      if (found.length > MAX_PARAMETERS) return found;
    }
  }
  if (quoted || depth > 0) {
    // The quote or comment was a slip: what follows is split again without regard to it.
    for (const each of text.slice(from).split(';', MAX_PARAMETERS)) found.push(each);
  } else found.push(text.slice(from));
  return found;
}

function dropComments(text: string): string {
  if (!text.includes('(')) return text;
  let out = '';
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === '"' && depth === 0) quoted = !quoted;
    if (!quoted && char === '(') depth++;
    else if (!quoted && char === ')' && depth > 0) depth--;
    else if (depth === 0) out += char;
  }
  return depth > 0 ? text : out;
}

function unquote(text: string): string {
  const value = text.trim();
  if (!value.startsWith('"')) return value;
  let out = '';
  for (let i = 1; i < value.length; i++) {
    const char = value.charAt(i);
    if (char === '"') {
      // Text after the closing quote belongs to nobody, unless the quotes were nested by mistake.
      break;
    }
    // Windows paths come with single backslashes: only a quote or a backslash is really quoted.
    if (char === '\\' && i + 1 < value.length && /["\\]/.test(value.charAt(i + 1))) {
      i++;
      out += value.charAt(i);
    } else out += char;
  }
  return out;
}

function percentBytes(value: string): Uint8Array {
  const bytes = new Uint8Array(value.length);
  let at = 0;
  for (let i = 0; i < value.length; i++) {
    if (value.charCodeAt(i) === 0x25 && /^[0-9A-Fa-f]{2}/.test(value.slice(i + 1, i + 3))) {
      bytes[at++] = Number.parseInt(value.slice(i + 1, i + 3), 16);
      i += 2;
    } else bytes[at++] = value.charCodeAt(i);
  }
  return bytes.subarray(0, at);
}

/** RFC 2231 section 3 and 4: sections in the order of their numbers, coded ones by the first one's charset. */
function joinSections(sections: Section[]): string {
  sections.sort((a, b) => a.index - b.index);
  const first = sections[0] as Section;
  let charset: string | undefined;
  if (first.coded) {
    const marks = /^([^']*)'([^']*)'/.exec(first.value);
    if (marks) {
      charset = marks[1];
      first.value = first.value.slice(marks[0].length);
    }
  }
  if (!sections.some((each) => each.coded)) {
    const whole = sections.map((each) => each.value).join('');
    return decodeWords(whole);
  }
  const bytes: Uint8Array[] = sections.map((each) =>
    each.coded ? percentBytes(each.value) : binaryBytes(each.value),
  );
  const whole = new Uint8Array(bytes.reduce((sum, each) => sum + each.length, 0));
  let at = 0;
  for (const each of bytes) {
    whole.set(each, at);
    at += each.length;
  }
  const text = decodeText(whole, charset || undefined).text;
  return text.includes('=?') ? decodeWords(text) : text;
}

/** Reads a parameterised value from a binary string (folded or not). Never throws. */
export function readParameters(raw: string): Parameterised {
  const parts = pieces(unfold(raw));
  const value = decodeRaw(
    dropComments(parts[0] ?? '')
      .trim()
      .toLowerCase(),
  );
  const params: Record<string, string> = Object.create(null);
  const sections = new Map<string, Section[]>();
  for (let i = 1; i < parts.length; i++) {
    const part = parts[i] as string;
    const equals = part.indexOf('=');
    if (equals < 0) continue;
    let name = dropComments(part.slice(0, equals)).trim().toLowerCase();
    if (name === '' || name.length > 200) continue;
    const body = part.slice(equals + 1);
    const plain = body.trimStart().startsWith('"') ? unquote(body) : dropComments(body).trim();
    const star = name.indexOf('*');
    if (star > 0) {
      const match = /^\*(?:(\d{1,4})(\*)?)?$/.exec(name.slice(star));
      if (match) {
        name = name.slice(0, star);
        const list = sections.get(name) ?? [];
        const index = match[1] === undefined ? 0 : Number(match[1]);
        const coded = match[1] === undefined || match[2] !== undefined;
        if (list.length < MAX_SECTIONS && !list.some((each) => each.index === index))
          list.push({ index, coded, value: plain });
        sections.set(name, list);
        continue;
      }
    }
    // The first of doubled parameters wins.
    if (!(name in params)) params[name] = plain;
  }
  for (const name of Object.keys(params)) {
    const plain = params[name] as string;
    params[name] = plain.includes('=?') ? decodeWords(plain) : decodeRaw(plain);
  }
  // RFC 2231 values win over the plain ones that old programs are given beside them.
  for (const [name, list] of sections) params[name] = joinSections(list);
  return { value, params: { ...params } };
}
