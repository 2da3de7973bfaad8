/**
 * Rows of FETCH read straight from their line. The library's parser makes a tree of every answer, some forty
 * microseconds a letter, which is most of the event loop's part in a first synchronisation.
 *
 * Only the plain shape is read here: one header or body as a literal, and the items this room asks for. Anything
 * else (quoted sections, several literals, items nobody asked for, broken syntax) is left to the library, so this
 * must never guess: what it cannot read for certain it does not read.
 */
import { type Fetched, readInternalDate } from './answers.ts';

/** A longer line is not one of ours. */
const MAX_LINE = 4096;
const DIGITS = /\d{1,15}(?=[ )])/y;
const LONG = /\d{1,20}(?=[ )])/y;
const MODSEQ = /\((\d{1,19})\)/y;
const FLAGS = /\(([^()"{}\r\n]*)\)/y;
const DATE = /"([^"\\\r\n]{1,40})"/y;
const OBJECT_ID = /\(([A-Za-z0-9_-]{1,255})\)/y;
/** The section as the server repeats it, then the mark of the literal that the stream has cut out. */
const SECTION = /\[[^\]"{}\r\n]*\](?:<\d+>)? \{\d+\}\r?\n/y;

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

/** `* 7 FETCH (UID 9 FLAGS (\Seen) BODY[] {5}` CRLF `)`; undefined: the library shall read it. */
export function readFetchLine(payload: Buffer, literals: readonly Buffer[]): Fetched | undefined {
  const body = literals[0];
  if (literals.length !== 1 || body === undefined || payload.length > MAX_LINE) return undefined;
  const text = payload.toString('latin1');
  const open = /^\* \d{1,10} FETCH \(/i.exec(text);
  if (!open) return undefined;
  const row: Fetched = { uid: 0 };
  for (let at = open[0].length; ; ) {
    const space = text.indexOf(' ', at);
    const bracket = text.indexOf('[', at);
    const section = bracket >= 0 && (space < 0 || bracket < space);
    const end = section ? bracket : space;
    if (end < 0) return undefined;
    const key = text.slice(at, end).toUpperCase();
    const value = section ? end : end + 1;
    let found: RegExpExecArray | null;
    if (section) {
      if (key !== 'BODY' || row.body !== undefined) return undefined;
      found = match(SECTION, text, value);
      row.body = body;
    } else if (key === 'UID' || key === 'RFC822.SIZE') {
      found = match(DIGITS, text, value);
      if (found) row[key === 'UID' ? 'uid' : 'size'] = Number(found[0]);
    } else if (key === 'FLAGS') {
      found = match(FLAGS, text, value);
      if (found) row.flags = (found[1] as string).split(' ').filter((each) => each !== '');
    } else if (key === 'INTERNALDATE') {
      found = match(DATE, text, value);
      const time = found ? readInternalDate(found[1] as string) : undefined;
      if (time !== undefined) row.received = time;
    } else if (key === 'MODSEQ') {
      found = match(MODSEQ, text, value);
      if (found) row.modseq = BigInt(found[1] as string);
    } else if (key === 'EMAILID') {
      found = match(OBJECT_ID, text, value);
      if (found) row.serverId = found[1] as string;
    } else if (key === 'X-GM-MSGID') {
      found = match(LONG, text, value);
      if (found) row.serverId = found[0];
    } else return undefined;
    if (!found) return undefined;
    at = value + found[0].length;
    if (text.charCodeAt(at) === 0x29) return at === text.length - 1 && row.body ? row : undefined;
    if (text.charCodeAt(at) !== 0x20) return undefined;
    at += 1;
  }
}
