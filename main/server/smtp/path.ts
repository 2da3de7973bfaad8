/**
 * Paths and parameters of MAIL and RCPT (RFC 5321 section 4.1.2), from the text behind `FROM:` and `TO:`. Pure.
 *
 * It takes what RFC 5321 allows and the blank after the colon that Outlook sends; a source route is read and
 * forgotten (appendix C). It never guesses: what is not a path is refused with the reply of rules S5-S7 and S21.
 */
import { isIPv4, isIPv6 } from 'node:net';
import { SMTP_PATH_BYTES } from '../../base/limits.ts';
import { type Reply, reply } from './replies.ts';

export interface Mailbox {
  /** Quotes and backslashes removed. */
  readonly local: string;
  /** As written, without a trailing dot; an address literal keeps its brackets; empty for a lone postmaster. */
  readonly domain: string;
}

export interface Path {
  /** null is the null reverse path `<>`. */
  readonly mailbox: Mailbox | null;
  /** True when an octet beyond ASCII is in it (RFC 6531 section 3.3). */
  readonly nonAscii: boolean;
}

export interface PathAndParameters {
  readonly path: Path;
  /** Keywords in upper case; null for one without a value. */
  readonly parameters: ReadonlyMap<string, string | null>;
}

export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly reply: Reply };

type Side = 'sender' | 'recipient';

/** @param text what stands behind `MAIL FROM:` or `RCPT TO:`. */
export function parsePathCommand(
  text: string,
  side: Side,
  known: ReadonlySet<string>,
): Parsed<PathAndParameters> {
  const from = skipBlanks(text, 0);
  const end = text[from] === '<' ? pathEnd(text, from + 1) : -1;
  if (end < 0) return refused(side, 'Syntax error in the address');
  const inside = text.slice(from + 1, end);
  const path = parsePath(inside, side);
  if (!path.ok) return path;
  const rest = text.slice(end + 1);
  if (rest !== '' && !/^[ \t]/.test(rest)) return refused(side, 'Syntax error in the address');
  const parameters = parseParameters(rest, known);
  if (!parameters.ok) return parameters;
  return { ok: true, value: { path: path.value, parameters: parameters.value } };
}

/** `local@domain` for the directory, the quotes of the local part removed; or a lone `postmaster`. */
export function plainAddress({ local, domain }: Mailbox): string {
  return domain === '' ? local : `${local}@${domain}`;
}

const ATEXT = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\u{10ffff}]+$/u;

/** The mailbox as it is written on the wire: the local part quoted where it has to be. */
export function wireAddress({ local, domain }: Mailbox): string {
  if (domain === '') return local;
  const plain = local.split('.').every((atom) => ATEXT.test(atom));
  return `${plain ? local : `"${local.replace(/["\\]/g, '\\$&')}"`}@${domain}`;
}

/** A mailbox that stands without brackets: VRFY, AUTH=, ORCPT. */
export function parseMailbox(text: string): Mailbox | undefined {
  const at = localEnd(text);
  if (at <= 0 || text[at] !== '@') return undefined;
  const local = localPart(text.slice(0, at));
  const domain = domainPart(text.slice(at + 1));
  return local === undefined || domain === undefined ? undefined : { local, domain };
}

function refused(side: Side, text: string): { ok: false; reply: Reply } {
  return { ok: false, reply: reply(501, side === 'sender' ? '5.1.7' : '5.1.3', text) };
}

function skipBlanks(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at += 1;
  return at;
}

/** Position of the closing bracket, quotes respected; -1 when there is none. */
function pathEnd(text: string, from: number): number {
  let quoted = false;
  for (let at = from; at < text.length; at += 1) {
    const char = text[at];
    if (quoted && char === '\\') at += 1;
    else if (char === '"') quoted = !quoted;
    else if (char === '>' && !quoted) return at;
    else if (char === '<' && !quoted) return -1;
  }
  return -1;
}

function parsePath(inside: string, side: Side): Parsed<Path> {
  const nonAscii = /[^\0-\x7f]/.test(inside);
  if (inside === '' && side === 'sender') return { ok: true, value: { mailbox: null, nonAscii } };
  if (Buffer.byteLength(inside) + 2 > SMTP_PATH_BYTES) return refused(side, 'Path too long');
  const route = /^@[^\s,:@<>"]+(?:,@[^\s,:@<>"]+)*:/.exec(inside);
  const text = route ? inside.slice(route[0].length) : inside;
  // RFC 5321 section 4.1.1.3: the one recipient that needs no domain.
  if (side === 'recipient' && /^postmaster$/i.test(text)) {
    return { ok: true, value: { mailbox: { local: text, domain: '' }, nonAscii } };
  }
  const mailbox = parseMailbox(text);
  if (!mailbox) return refused(side, 'Syntax error in the address');
  // A longer local part is refused for recipients only: VERP and SRS make long senders (rule S21).
  if (side === 'recipient' && Buffer.byteLength(mailbox.local) > 64) return refused(side, 'Path too long');
  return { ok: true, value: { mailbox, nonAscii } };
}

/** Position behind the local part: of the @ that ends it. */
function localEnd(text: string): number {
  if (text[0] !== '"') return text.indexOf('@');
  for (let at = 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === '"') return at + 1;
  }
  return -1;
}

function localPart(text: string): string | undefined {
  if (text[0] === '"') {
    // RFC 5321 section 4.1.2: qtextSMTP and quoted pairs are printable ASCII and blanks; RFC 6531 adds UTF-8.
    const inner = text.slice(1, -1);
    return /^(?:[^\0-\x1f\x7f"\\]|\\[ -~])*$/.test(inner) && inner !== ''
      ? inner.replace(/\\(.)/g, '$1')
      : undefined;
  }
  return text.split('.').every((atom) => ATEXT.test(atom)) ? text : undefined;
}

function domainPart(written: string): string | undefined {
  if (written.startsWith('[')) return literal(written) ? written : undefined;
  const text = written.endsWith('.') ? written.slice(0, -1) : written;
  if (text === '' || Buffer.byteLength(text) > 255) return undefined;
  // The underscore is no letter of a host name, but Windows networks are full of it.
  const label = /^[\p{L}\p{N}\p{M}_](?:(?:[\p{L}\p{N}\p{M}\u00b7_-]|\u200c|\u200d)*[\p{L}\p{N}\p{M}_])?$/u;
  return text.split('.').every((each) => each.length <= 63 && label.test(each)) ? text : undefined;
}

/** An address literal (RFC 5321 section 4.1.3). */
function literal(text: string): boolean {
  const inner = /^\[(.*)\]$/.exec(text)?.[1];
  if (inner === undefined) return false;
  return /^ipv6:/i.test(inner) ? isIPv6(inner.slice(5)) : isIPv4(inner);
}

function parseParameters(text: string, known: ReadonlySet<string>): Parsed<Map<string, string | null>> {
  const parameters = new Map<string, string | null>();
  for (const word of text.split(/[ \t]+/)) {
    if (word === '') continue;
    const equals = word.indexOf('=');
    const key = (equals < 0 ? word : word.slice(0, equals)).toUpperCase();
    const value = equals < 0 ? null : word.slice(equals + 1);
    const fail = (code: number, what: string) => ({ ok: false, reply: reply(code, '5.5.4', what) }) as const;
    if (!/^[A-Z0-9][A-Z0-9-]*$/.test(key)) return fail(555, 'Parameter not understood');
    if (!known.has(key)) return fail(555, `Parameter ${key.slice(0, 40)} is not known here`);
    if (value === '' || value?.includes('=')) return fail(501, `Parameter ${key} has a wrong value`);
    if (parameters.has(key)) return fail(501, `Parameter ${key} is given twice`);
    parameters.set(key, value);
  }
  return { ok: true, value: parameters };
}

/** RFC 3461 section 4: `+` and two upper-case hexadecimal digits. undefined for what is no xtext. */
export function decodeXtext(text: string): string | undefined {
  if (!/^(?:[!-*,-<>-~]|\+[0-9A-F]{2})*$/.test(text)) return undefined;
  const octets = text.replace(/\+([0-9A-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  // What is decoded is printed in headers and reports.
  return /[\0-\x1f\x7f]/.test(octets) ? undefined : octets;
}
