/** A table of a mail merge: CSV (RFC 4180) as Excel, LibreOffice and 1C write it, in UTF-8, UTF-16 or windows-1251. Pure. */
import { Fault } from '../../base/errors.ts';
import { MAX_MERGE_LETTERS, MAX_MERGE_TABLE_BYTES } from '../../base/limits.ts';
import { decodeText } from '../../mail/charset.ts';

export interface Table {
  charset: string;
  delimiter: string;
  columns: string[];
  /** Each as long as `columns`. */
  rows: string[][];
  /** 1-based rows that had fewer cells than the head. */
  short: number[];
}

const DELIMITERS = [';', '\t', ','] as const;

function decode(bytes: Uint8Array, charset: 'auto' | 'utf-8' | 'windows-1251') {
  const [a, b, c] = bytes;
  if (a === 0xff && b === 0xfe)
    return { charset: 'utf-16le', text: new TextDecoder('utf-16le').decode(bytes) };
  if (a === 0xef && b === 0xbb && c === 0xbf)
    return { charset: 'utf-8', text: new TextDecoder().decode(bytes) };
  if (charset !== 'auto') {
    return { charset, text: new TextDecoder(charset).decode(bytes) };
  }
  try {
    return { charset: 'utf-8', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    const { text, charset: found } = decodeText(bytes, undefined);
    return { charset: found, text };
  }
}

/** What parts the cells of the first line, outside quotes. */
function delimiterOf(text: string): string {
  const counts = new Map<string, number>();
  let quoted = false;
  for (const letter of text.slice(0, 100_000)) {
    if (letter === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (letter === '\n' || letter === '\r') {
      // Empty lines above the head are none.
      if (counts.size > 0) break;
    } else counts.set(letter, (counts.get(letter) ?? 0) + 1);
  }
  const best = DELIMITERS.map((each) => ({ each, n: counts.get(each) ?? 0 })).sort((x, y) => y.n - x.n)[0];
  return best && best.n > 0 ? best.each : ';';
}

function* lines(text: string, delimiter: string): Generator<string[]> {
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let wasQuoted = false;
  const end = () => {
    cells.push(wasQuoted ? cell : cell.trim());
    cell = '';
    wasQuoted = false;
  };
  for (let at = 0; at < text.length; at++) {
    const letter = text[at] as string;
    if (quoted) {
      if (letter !== '"') cell += letter;
      else if (text[at + 1] === '"') {
        cell += '"';
        at++;
      } else quoted = false;
    } else if (letter === '"' && cell.trim() === '') {
      quoted = true;
      wasQuoted = true;
      cell = '';
    } else if (letter === delimiter) end();
    else if (letter === '\n' || letter === '\r') {
      if (letter === '\r' && text[at + 1] === '\n') at++;
      end();
      yield cells;
      cells = [];
    } else cell += letter;
  }
  if (cell !== '' || cells.length > 0) {
    end();
    yield cells;
  }
}

/**
 * @throws Fault user `bad-table` (no head or no row), `table-too-long` (with `limit`)
 */
export function readTable(
  bytes: Uint8Array,
  options: { charset: 'auto' | 'utf-8' | 'windows-1251'; delimiter: 'auto' | ';' | ',' | '\t' },
): Table {
  if (bytes.length > MAX_MERGE_TABLE_BYTES) throw tooLong();
  const { charset, text: whole } = decode(bytes, options.charset);
  let text = whole.replace(/^\ufeff/, '');
  // Excel's own first line.
  const said = /^sep=(.)\r?\n/i.exec(text);
  if (said) text = text.slice(said[0].length);
  const delimiter = options.delimiter !== 'auto' ? options.delimiter : (said?.[1] ?? delimiterOf(text));
  let columns: string[] | null = null;
  const rows: string[][] = [];
  const short: number[] = [];
  for (const cells of lines(text, delimiter)) {
    if (cells.every((each) => each.trim() === '')) continue;
    if (!columns) {
      columns = cells.map((each) => each.replace(/\s+/g, ' ').trim());
      continue;
    }
    if (rows.length >= MAX_MERGE_LETTERS) throw tooLong();
    const { length } = columns;
    if (cells.length < length) short.push(rows.length + 1);
    rows.push(columns.map((_, n) => cells[n] ?? ''));
  }
  if (!columns || columns.every((each) => each === '') || rows.length === 0)
    throw new Fault('user', 'bad-table', 'The table has no head or no row.');
  return { charset, delimiter, columns, rows, short };
}

function tooLong(): Fault {
  return new Fault('user', 'table-too-long', 'The table is too long for one mail merge.', {
    detail: { limit: String(MAX_MERGE_LETTERS) },
  });
}
