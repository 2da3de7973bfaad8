/**
 * Reads mbox files of every dialect by position, so that a file of any size costs one block of memory.
 *
 * There is no standard (RFC 4155 describes one use): mboxo and mboxrd quote `From ` lines with `>`, mboxcl adds
 * Content-Length and quotes, mboxcl2 adds Content-Length and does not quote. A `From ` line separates letters when it
 * looks like one a mail program wrote and stands where one may stand; ordinary sentences that begin with "From" do not.
 */
import type { FileHandle } from 'node:fs/promises';

/** Where one letter lies in the file, without its From_ line and the blank line that ends it. */
export interface MboxLetter {
  /** Of its From_ line. */
  from: number;
  start: number;
  end: number;
  /** false: Content-Length told where it ends and its lines were never quoted (mboxcl2). */
  quoted: boolean;
  /** The address and date of the From_ line. */
  separator: string;
}

const BLOCK = 4 * 1024 * 1024;
/** Octets around a candidate that are looked at: the line before, the From_ line, the line after. */
const AROUND = 1024;
/** Header octets in which Content-Length is looked for. */
const HEAD = 64 * 1024;

const LF = 10;
const CR = 13;
const DATED =
  /^From .*\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),?\s+(?:(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\s+\d{1,2}|\d{1,2}\s+(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec))\b.*\d{4}/;
const ADDRESSED = /^From (?:\S+@\S*|MAILER-DAEMON|-|\?\?\?@\?\?\?|nobody|root)(?:\s|$)/;
const FIELD = /^[!-9;-~]+[ \t]*:/;

class Reader {
  #block: Buffer = Buffer.alloc(0);
  #at = 0;
  readonly #file: FileHandle;
  readonly size: number;

  constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.size = size;
  }
  /** Octets from `start` to `end` (cut at the file's ends), from the block in memory where it has them. */
  async read(start: number, end: number): Promise<Buffer> {
    const from = Math.max(0, start);
    const to = Math.min(this.size, end);
    if (to <= from) return Buffer.alloc(0);
    if (from >= this.#at && to <= this.#at + this.#block.length)
      return this.#block.subarray(from - this.#at, to - this.#at);
    return this.#load(from, to - from);
  }
  /** What is in memory from `at` on; reads the next block only when little of this one is left. */
  async block(at: number): Promise<Buffer> {
    const here = at - this.#at;
    const rest = this.#block.length - here;
    const last = this.#at + this.#block.length >= this.size;
    if (here >= 0 && rest > 0 && (last || rest > 2 * AROUND)) return this.#block.subarray(here);
    this.#block = await this.#load(at, Math.min(BLOCK, this.size - at));
    this.#at = at;
    return this.#block;
  }
  async #load(at: number, length: number): Promise<Buffer> {
    const bytes = Buffer.allocUnsafe(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await this.#file.read(bytes, done, length - done, at + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return bytes.subarray(0, done);
  }
}

const lineAt = (bytes: Buffer, start: number): string => {
  const end = bytes.indexOf(LF, start);
  return bytes.toString('latin1', start, end < 0 ? bytes.length : end).replace(/\r$/, '');
};

/** Does a letter begin at `at` ("F" of the From_ line, at a line's start)? Answers the line, or null. */
async function separatorAt(reader: Reader, at: number): Promise<string | null> {
  const before = await reader.read(at - 2, at);
  const around = await reader.read(at, at + AROUND);
  const line = lineAt(around, 0);
  const next = around.indexOf(LF) < 0 ? '' : lineAt(around, around.indexOf(LF) + 1);
  const field = FIELD.test(next) || />From /.test(next);
  const blank =
    at === 0 ||
    before.length < 2 ||
    before[0] === LF ||
    (before[0] === CR && (await reader.read(at - 3, at - 2))[0] === LF);
  if (DATED.test(line)) return blank || field ? line : null;
  return at === 0 || (blank && field && ADDRESSED.test(line)) ? line : null;
}

/** Octet after the From_ line that starts at `at`. */
async function afterLine(reader: Reader, at: number): Promise<number> {
  for (let from = at; from < reader.size; from += AROUND) {
    const found = (await reader.read(from, from + AROUND)).indexOf(LF);
    if (found >= 0) return from + found + 1;
  }
  return reader.size;
}

/** Where Content-Length says the letter ends, if what follows there proves it right; else null. */
async function declaredEnd(reader: Reader, start: number): Promise<number | null> {
  const head = (await reader.read(start, start + HEAD)).toString('latin1');
  const blank = /\r?\n\r?\n/.exec(head);
  if (!blank) return null;
  const length = /^Content-Length:[ \t]*(\d{1,12})[ \t]*\r?$/im.exec(head.slice(0, blank.index + 1))?.[1];
  if (length === undefined) return null;
  const end = start + blank.index + blank[0].length + Number(length);
  if (end > reader.size) return null;
  if (end === reader.size) return end;
  const rest = (await reader.read(end, end + 8)).toString('latin1');
  return /^(?:\r?\n){0,2}(?:From |$)/.test(rest) ? end : null;
}

/** Drops the line end that separates a letter from the next From_ line. */
async function withoutBlank(reader: Reader, start: number, end: number): Promise<number> {
  const tail = await reader.read(Math.max(start, end - 4), end);
  const text = tail.toString('latin1');
  if (text.endsWith('\r\n\r\n')) return end - 2;
  if (text.endsWith('\n\n')) return end - 1;
  return end;
}

/** The letters of a file in order. A file that does not begin with a From_ line is one letter. */
export async function* scanMbox(file: FileHandle, size: number): AsyncGenerator<MboxLetter> {
  const reader = new Reader(file, size);
  let position = 0;
  // Blank lines before the first letter occur in hand-joined files.
  const first = await reader.read(0, AROUND);
  while (position < first.length && (first[position] === LF || first[position] === CR)) position++;
  let line = first.toString('latin1', position, position + 5) === 'From ' ? lineAt(first, position) : null;
  if (line === null) {
    if (size > 0) yield { from: 0, start: 0, end: size, quoted: false, separator: '' };
    return;
  }
  let at = position;
  while (line !== null) {
    const start = await afterLine(reader, at);
    const declared = await declaredEnd(reader, start);
    const next =
      declared === null ? await nextSeparator(reader, start) : await nextAfterDeclared(reader, declared);
    let quoted = true;
    if (declared !== null) quoted = !(await hasBareFrom(reader, start, declared));
    const end = declared ?? (await withoutBlank(reader, start, next?.at ?? size));
    yield { from: at, start, end, quoted, separator: line };
    line = next?.line ?? null;
    at = next?.at ?? size;
  }
}

async function nextAfterDeclared(reader: Reader, end: number): Promise<{ at: number; line: string } | null> {
  const rest = await reader.read(end, end + AROUND);
  let skip = 0;
  while (skip < rest.length && (rest[skip] === LF || rest[skip] === CR)) skip++;
  return end + skip >= reader.size ? null : { at: end + skip, line: lineAt(rest, skip) };
}

async function nextSeparator(reader: Reader, start: number): Promise<{ at: number; line: string } | null> {
  // One octet back: a letter without any line may be followed by the next From_ line at once.
  for (let from = Math.max(0, start - 1); from < reader.size; ) {
    const block = await reader.block(from);
    const whole = from + block.length >= reader.size;
    for (let found = block.indexOf('\nFrom '); found >= 0; found = block.indexOf('\nFrom ', found + 1)) {
      const line = await separatorAt(reader, from + found + 1);
      if (line !== null) return { at: from + found + 1, line };
    }
    if (whole) return null;
    from += block.length - 6;
  }
  return null;
}

async function hasBareFrom(reader: Reader, start: number, end: number): Promise<boolean> {
  for (let from = start; from < end; from += BLOCK - 6) {
    if ((await reader.read(from, Math.min(end, from + BLOCK))).includes('\nFrom ')) return true;
  }
  return false;
}

/** Takes one `>` from each line of `>`s before `From ` (mboxrd; of mboxo the same is the best guess). */
export function unquoteMbox(bytes: Uint8Array): Uint8Array {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const cuts: number[] = [];
  for (let at = source.indexOf('>From '); at >= 0; at = source.indexOf('>From ', at + 6)) {
    let first = at;
    while (first > 0 && source[first - 1] === 62) first--;
    if (first === 0 || source[first - 1] === LF) cuts.push(first);
  }
  if (cuts.length === 0) return bytes;
  const out = new Uint8Array(bytes.length - cuts.length);
  let from = 0;
  let to = 0;
  for (const cut of [...cuts, bytes.length]) {
    out.set(bytes.subarray(from, cut), to);
    to += cut - from;
    from = cut + 1;
  }
  return out;
}

/** The mboxrd form of a letter: From_ line, quoted lines, a blank line at the end. Pieces of its octets, not copies. */
export function quoteMbox(bytes: Uint8Array, separator: string): Uint8Array[] {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const parts: Uint8Array[] = [Buffer.from(`${separator}\n`, 'latin1')];
  let from = 0;
  for (let at = source.indexOf('From '); at >= 0; at = source.indexOf('From ', at + 5)) {
    let first = at;
    while (first > from && source[first - 1] === 62) first--;
    if (first !== 0 && source[first - 1] !== LF) continue;
    parts.push(source.subarray(from, first), Buffer.from('>'));
    from = first;
  }
  parts.push(source.subarray(from));
  // The blank line is one line end after the letter's last line, which gets one if it has none.
  parts.push(Buffer.from(source.at(-1) === LF ? '\n' : '\n\n'));
  return parts;
}
