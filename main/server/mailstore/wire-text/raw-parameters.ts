/**
 * Parameters of Content-Type and Content-Disposition as BODYSTRUCTURE shows them: values as they were sent, their
 * quoting removed. Continuations of RFC 2231 section 3 are joined: `name*0*`, `name*1` become one `name*` (charset
 * and percent-coding kept for the client to read), `name*0`, `name*1` one `name`.
 */
import { unfolded } from './nstring.ts';

/** More than anybody sends; the rest is ignored. */
const MAX_PARAMETERS = 200;
const MAX_SECTIONS = 1000;

export interface RawParameter {
  /** Lower case; ends with `*` when the value is coded by RFC 2231 section 4. */
  readonly name: string;
  readonly value: string;
}

export interface RawValue {
  /** What stands before the first semicolon, comments removed, lower case. */
  readonly value: string;
  readonly parameters: readonly RawParameter[];
}

/** Passes over a quoted string or comment at `at`; gives the offset behind it, or -1 when it never closes. */
function behind(text: string, at: number): number {
  const quote = text.charCodeAt(at) === 0x22;
  let depth = 0;
  for (let i = at; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x5c) i++;
    else if (quote) {
      if (code === 0x22 && i > at) return i + 1;
    } else if (code === 0x28) depth++;
    else if (code === 0x29 && --depth === 0) return i + 1;
  }
  return -1;
}

/** A semicolon that was forgotten: a blank, then what looks like a parameter. */
const NEXT_PARAMETER = /^[ \t]+[A-Za-z][\w-]{1,40}(?:\*\d{0,4}\*?)?=/;

/** Splits at semicolons outside quotes; comments are dropped, quotes are kept. */
function split(text: string): string[] {
  const found: string[] = [];
  let piece = '';
  let noQuotes = false;
  let noComments = false;
  for (let i = 0; i < text.length && found.length <= MAX_PARAMETERS; ) {
    const char = text.charAt(i);
    if ((char === '"' && !noQuotes) || (char === '(' && !noComments)) {
      const end = behind(text, i);
      if (end < 0) {
        if (char === '"') noQuotes = true;
        else noComments = true;
        continue;
      }
      if (char === '"') piece += text.slice(i, end);
      i = end;
    } else if (char === ';') {
      found.push(piece);
      piece = '';
      i++;
    } else if (
      (char === ' ' || char === '\t') &&
      /=[ \t]*\S/.test(piece) &&
      NEXT_PARAMETER.test(text.slice(i, i + 64))
    ) {
      found.push(piece);
      piece = '';
      i++;
    } else {
      piece += char;
      i++;
    }
  }
  found.push(piece);
  return found;
}

function unquoted(text: string): string {
  const value = text.trim();
  if (!value.startsWith('"')) return value;
  const end = behind(value, 0);
  const inner = end < 0 ? value.slice(1) : value.slice(1, end - 1);
  // Only a quoted quote or backslash is unquoted: names of Windows paths come with single backslashes.
  return inner.includes('\\') ? inner.replace(/\\(["\\])/g, '$1') : inner;
}

interface Sections {
  coded: boolean;
  readonly values: Map<number, string>;
}

function joined(sections: Sections): string {
  const order = [...sections.values.keys()].sort((a, b) => a - b);
  let text = '';
  for (const [place, index] of order.entries()) {
    // RFC 2231 section 4.1: what comes after a gap belongs to nobody.
    if (index !== place && place > 0) break;
    text += sections.values.get(index);
  }
  return text;
}

/** Reads a parameterised value (binary string, folded or not). Never throws. */
export function readRawParameters(raw: string): RawValue {
  const pieces = split(unfolded(raw));
  const found = new Map<string, string>();
  const split2231 = new Map<string, Sections>();
  for (const piece of pieces.slice(1)) {
    const equals = piece.indexOf('=');
    if (equals < 1) continue;
    const name = piece.slice(0, equals).trim().toLowerCase();
    if (name === '' || name.length > 200) continue;
    const value = unquoted(piece.slice(equals + 1));
    const section = /^([^*]+)\*(\d{1,4})(\*)?$/.exec(name);
    if (!section) {
      // The first of doubled parameters wins.
      if (!found.has(name)) found.set(name, value);
      continue;
    }
    const base = section[1] as string;
    let sections = split2231.get(base);
    if (!sections) {
      sections = { coded: false, values: new Map() };
      split2231.set(base, sections);
      // Keeps the place of the first section; the name is settled below.
      if (!found.has(`${base}*`)) found.set(`${base}*`, '');
    }
    const index = Number(section[2]);
    if (sections.values.size < MAX_SECTIONS && !sections.values.has(index)) {
      sections.values.set(index, value);
      if (section[3]) sections.coded = true;
    }
  }
  const parameters: RawParameter[] = [];
  for (const [name, value] of found) {
    const sections = name.endsWith('*') ? split2231.get(name.slice(0, -1)) : undefined;
    if (!sections) parameters.push({ name, value });
    else if (sections.coded) parameters.push({ name, value: joined(sections) });
    else if (!found.has(name.slice(0, -1)))
      parameters.push({ name: name.slice(0, -1), value: joined(sections) });
  }
  return { value: (pieces[0] ?? '').trim().toLowerCase(), parameters };
}
