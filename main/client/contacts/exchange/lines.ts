/**
 * Lines of a vCard (RFC 6350 section 3, RFC 2426, and 2.1 with its quoted-printable). Pure.
 *
 * Octets stay octets (one character each) until a line's charset is known, because a fold may cut a character in two.
 */
import { decodeText } from '../../../mail/charset.ts';
import { binaryBytes, binaryString } from '../../../mail/header.ts';
import { decodeBase64, decodeQuotedPrintable } from '../../../mail/transfer.ts';

export interface CardLine {
  /** Line of the file, from 1. */
  at: number;
  /** "item1" of "item1.EMAIL"; ''. */
  group: string;
  /** In upper case. */
  name: string;
  /** As it came. */
  written: string;
  /** Name and value as it stands; a bare value of 2.1 is a TYPE. Without ENCODING and CHARSET. */
  params: [string, string][];
  /** Decoded text, escapes still in it; of a binary value ''. */
  value: string;
  /** Of a binary value (base64). */
  bytes: Uint8Array | null;
}

interface Raw {
  at: number;
  text: string;
}

/** A file's text as octets; a UTF-16 file becomes UTF-8 first. */
function octetText(bytes: Uint8Array, charset: string | undefined): { text: string; charset: string } {
  const wide = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (wide || charset?.startsWith('utf-16')) {
    const { text, charset: found } = decodeText(bytes, charset);
    const utf8 = new TextEncoder().encode(text.replace(/^\ufeff/, ''));
    return { text: binaryString(utf8), charset: wide ? found : (charset ?? found) };
  }
  const found = charset ?? decodeText(bytes, undefined).charset;
  return { text: binaryString(bytes).replace(/^\u00ef\u00bb\u00bf/, ''), charset: found };
}

/** Said before the colon; a colon in quotes is none. */
const QUOTED_PRINTABLE = /^(?:"[^"]*"|[^":])*;(?:ENCODING=)?quoted-printable(?:;|:)/i;
const BASE64 = /^(?:"[^"]*"|[^":])*;(?:ENCODING=)?(?:b|base64)(?:;|:)/i;

/** Logical lines: folding, the soft breaks of quoted-printable, base64 that some programs do not indent. */
function* logical(text: string): Generator<Raw> {
  let current: Raw | null = null;
  let quoted = false;
  let binary = false;
  let at = 0;
  let from = 0;
  while (from <= text.length) {
    let end = text.indexOf('\n', from);
    if (end < 0) end = text.length;
    const line = text.slice(from, text.charCodeAt(end - 1) === 13 && end > from ? end - 1 : end);
    from = end + 1;
    at++;
    if (current && quoted) current.text = current.text.slice(0, -1) + line.replace(/^[ \t]/, '');
    else if (current && /^[ \t]/.test(line)) current.text += binary ? line.trim() : line.slice(1);
    else if (current && binary && line !== '' && /^[A-Za-z0-9+/=]+$/.test(line)) current.text += line;
    else {
      if (current) yield current;
      current = { at, text: line };
      binary = BASE64.test(line);
    }
    quoted = current.text.endsWith('=') && QUOTED_PRINTABLE.test(current.text);
  }
  if (current) yield current;
}

/** Position of the colon that ends name and parameters; quotes may hide one. */
function colonOf(text: string): number {
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) quoted = !quoted;
    else if (code === 0x3a && !quoted) return at;
  }
  return -1;
}

/** Parts at semicolons outside quotes. */
function parts(text: string): string[] {
  const out = [''];
  let quoted = false;
  for (const char of text) {
    if (char === '"') quoted = !quoted;
    if (char === ';' && !quoted) out.push('');
    else out[out.length - 1] += char;
  }
  return out;
}

/** Names of parameters in any case (RFC 6350 section 3.3). */
export const isNamed = (name: string, wanted: string): boolean => name.toUpperCase() === wanted;

/** The mark of a name that is made of its parts (RFC 9554 section 4.4), and as 3.0 has to write it. */
export const isDerived = (name: string): boolean => isNamed(name, 'DERIVED') || isNamed(name, 'X-DERIVED');

const ENCODING = /^(?:quoted-printable|base64|b|8bit|7bit)$/i;

function parse({ at, text }: Raw, charset: string): CardLine | null {
  const colon = colonOf(text);
  if (colon < 1) return null;
  const [whole = '', ...rest] = parts(text.slice(0, colon));
  const dot = whole.lastIndexOf('.');
  let encoding = '';
  let own: string | undefined;
  const params: [string, string][] = [];
  for (const each of rest) {
    const equals = each.indexOf('=');
    const name = equals < 0 ? 'TYPE' : each.slice(0, equals).trim();
    const value = equals < 0 ? each.trim() : each.slice(equals + 1).trim();
    if (isNamed(name, 'ENCODING') || (equals < 0 && ENCODING.test(value))) encoding = value.toLowerCase();
    else if (isNamed(name, 'CHARSET')) own = value.replace(/"/g, '');
    else if (value !== '') params.push([name, decodeText(binaryBytes(value), charset).text]);
  }
  const raw = binaryBytes(text.slice(colon + 1));
  const written = whole.slice(dot + 1).trim();
  const base = {
    at,
    group: whole.slice(0, Math.max(0, dot)),
    name: written.toUpperCase(),
    written,
    params,
  };
  if (base.name === '' || !/^[A-Z0-9-]+$/.test(base.name)) return null;
  if (encoding === 'b' || encoding === 'base64')
    return { ...base, value: '', bytes: decodeBase64(raw).bytes };
  if (encoding === 'quoted-printable') {
    const { text: decoded } = decodeText(decodeQuotedPrintable(raw).bytes, own ?? charset);
    // 2.1 knows no escape for a line break; from here on it is one of 3.0 and 4.0.
    return { ...base, value: decoded.replace(/\r\n|\r|\n/g, '\\n'), bytes: null };
  }
  return { ...base, value: decodeText(raw, own ?? charset).text, bytes: null };
}

/** Lines of a file, one at a time; what is no line of a vCard is left out. */
export function* cardLines(bytes: Uint8Array, charset?: string): Generator<CardLine, void, undefined> {
  const { text, charset: found } = octetText(bytes, charset);
  for (const raw of logical(text)) {
    const line = parse(raw, found.startsWith('utf-16') ? 'utf-8' : found);
    if (line) yield line;
  }
}

/** The charset in which the file's texts are read where a line says nothing. */
export const cardCharset = (bytes: Uint8Array, charset?: string): string => octetText(bytes, charset).charset;

/** Escapes resolved (RFC 6350 section 3.4). */
export const unescaped = (value: string): string =>
  value.replace(/\\([nN,;:\\])/g, (_, char: string) => (char === 'n' || char === 'N' ? '\n' : char));

/** Components at unescaped separators, escapes resolved. */
export function components(value: string, separator: ';' | ','): string[] {
  const out = [''];
  for (let at = 0; at < value.length; at++) {
    const char = value[at] as string;
    if (char === '\\' && at + 1 < value.length) out[out.length - 1] += char + (value[++at] as string);
    else if (char === separator) out.push('');
    else out[out.length - 1] += char;
  }
  return out.map((each) => unescaped(each).trim());
}

export const escaped = (text: string): string =>
  text.replace(/[\\;,]/g, '\\$&').replace(/\r\n|\r|\n/g, '\\n');

/** Parameters as they stand in a line: ";TYPE=work;PREF=1". */
export const writeParams = (params: readonly (readonly [string, string])[]): string =>
  params.map(([name, value]) => `;${name}=${value}`).join('');

/** The reverse of writeParams with a group before it, as kept beside a value: "item1.;TYPE=work". */
export function readRest(rest: string): { group: string; params: [string, string][] } {
  const cut = /^([A-Za-z0-9-]+)\.(?=;|$)/.exec(rest);
  const params = parts(rest.slice(cut?.[0].length ?? 0))
    .filter((each) => each !== '')
    .map((each): [string, string] => {
      const equals = each.indexOf('=');
      return [each.slice(0, equals), each.slice(equals + 1)];
    });
  return { group: cut?.[1] ?? '', params };
}
