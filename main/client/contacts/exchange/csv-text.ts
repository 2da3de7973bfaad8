/** CSV as octets and as rows of cells (RFC 4180, with the separators that Excel writes in other countries). Pure. */
import { decodeText } from '../../../mail/charset.ts';

export type Separator = ',' | ';' | '\t';

export interface CsvRow {
  /** Line of the file where it begins, from 1. */
  line: number;
  cells: string[];
  /** Its last cell began with a quote that nothing closes: the rest of the file is in it. */
  unfinished?: true;
}

export interface CsvText {
  charset: string;
  separator: Separator;
  rows: CsvRow[];
}

/** Cells of a text; a quoted one may hold separators, line breaks and doubled quotes. */
export function csvRows(text: string, separator: Separator, most = Number.POSITIVE_INFINITY): CsvRow[] {
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let line = 1;
  let began = 1;
  const end = (): void => {
    cells.push(cell);
    cell = '';
    if (cells.length > 1 || cells[0] !== '') rows.push({ line: began, cells });
    cells = [];
  };
  for (let at = 0; at < text.length && rows.length < most; at++) {
    const char = text[at] as string;
    if (char === '\n') line++;
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') cell += text[++at];
      else quoted = false;
    } else if (char === '"' && cell.trim() === '') {
      quoted = true;
      cell = '';
    } else if (char === separator) {
      cells.push(cell);
      cell = '';
    } else if (char === '\n' || char === '\r') {
      if (char === '\r' && text[at + 1] === '\n') continue;
      end();
      began = line;
    } else cell += char;
  }
  if ((cell !== '' || cells.length > 0) && rows.length < most) {
    end();
    const last = rows.at(-1);
    if (quoted && last) last.unfinished = true;
  }
  return rows;
}

/** The separator that makes the same number of columns in the first rows. */
function separatorOf(text: string): Separator {
  const head = text.slice(0, 20_000);
  const scored = ([',', ';', '\t'] as const).map((separator) => {
    const counts = csvRows(head, separator, 6).map((row) => row.cells.length);
    const [first = 1] = counts;
    const even = counts.slice(0, -1).filter((each) => each === first).length;
    return { separator, score: first < 2 ? 0 : first + even * 2 };
  });
  scored.sort((a, b) => b.score - a.score);
  return scored[0]?.separator ?? ',';
}

export function readCsvText(
  bytes: Uint8Array,
  options: { charset?: string | undefined; separator?: Separator | undefined } = {},
): CsvText {
  const wide =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : undefined;
  const label = options.charset ?? wide ?? (looksWide(bytes) ? 'utf-16le' : undefined);
  const { text: whole, charset } = decodeText(bytes, label, label !== undefined);
  const text = whole.replace(/^\ufeff/, '');
  // "sep=;" is Excel's own word about the file.
  const said = /^sep=([,;\t])\r?\n/i.exec(text);
  const separator = options.separator ?? (said?.[1] as Separator | undefined) ?? separatorOf(text);
  const rows = csvRows(said ? text.slice(said[0].length) : text, separator);
  return { charset, separator, rows };
}

/** Every second octet of plain Latin in UTF-16 is zero. */
function looksWide(bytes: Uint8Array): boolean {
  const head = bytes.subarray(0, 400);
  let zeros = 0;
  for (let at = 1; at < head.length; at += 2) if (head[at] === 0) zeros++;
  return head.length >= 8 && zeros > head.length / 6;
}

/** One row with its line end. */
export function writeCsvRow(cells: readonly string[], separator: Separator): string {
  const text = cells.map((cell) => {
    // A spreadsheet would run these as a formula; a quote before it is what programs agree on.
    const safe = /^[=@\t\r]/.test(cell) ? `'${cell}` : cell;
    return /["\r\n]/.test(safe) || safe.includes(separator) ? `"${safe.replaceAll('"', '""')}"` : safe;
  });
  return `${text.join(separator)}\r\n`;
}
