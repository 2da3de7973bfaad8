/**
 * Mork, the text database of old Thunderbirds (abook.mab, .msf): dictionaries `<(80=value)>`, rows `[id(^80^81)(^82=text)]`,
 * tables and groups around them. Read for the cells of its rows only; later rows of the same id add to the earlier ones, a
 * row with `-` begins anew. It must never fail: what cannot be understood is passed over.
 */

export type MorkRow = Map<string, string>;
type Row = MorkRow;

/** A text of an octet file: `\)` and `\\` escape, `$E4` is an octet, a backslash at the end of a line joins lines. */
function textOf(bytes: Buffer, from: number, to: number): string {
  const out: number[] = [];
  for (let at = from; at < to; at++) {
    const octet = bytes[at] as number;
    if (octet === 0x5c) {
      at++;
      const next = bytes[at];
      if (next === undefined) break;
      if (next === 0x0d || next === 0x0a) {
        if (next === 0x0d && bytes[at + 1] === 0x0a) at++;
        continue;
      }
      out.push(next);
    } else if (octet === 0x24 && /^[0-9A-Fa-f]{2}$/.test(bytes.toString('latin1', at + 1, at + 3))) {
      out.push(Number.parseInt(bytes.toString('latin1', at + 1, at + 3), 16));
      at += 2;
    } else out.push(octet);
  }
  return Buffer.from(out).toString('utf8');
}

/** The end of a parenthesis that opens at `from`. */
function closing(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    if (bytes[at] === 0x5c) at++;
    else if (bytes[at] === 0x29) return at;
  }
  return bytes.length;
}

/** All rows, each a map from column name to text. @param only columns that are wanted; the others cost no memory */
export function morkRows(input: Uint8Array, only?: ReadonlySet<string>): Row[] {
  return [...morkTable(input, only).values()];
}

/** The same by their names, `scope/id`: other rows name them by the id. */
export function morkTable(input: Uint8Array, only?: ReadonlySet<string>): Map<string, Row> {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  const atoms = new Map<string, string>();
  const columns = new Map<string, string>();
  const rows = new Map<string, Row>();
  let inDictionary = false;
  let ofColumns = false;
  let row: Row | null = null;
  let scope = '';
  const name = (text: string): string =>
    text.startsWith('^') ? (columns.get(text.slice(1).replace(/:.*$/, '')) ?? text) : text;
  const value = (text: string): string => atoms.get(text.slice(1).replace(/:.*$/, '')) ?? '';
  for (let at = 0; at < bytes.length; at++) {
    const octet = bytes[at];
    if (octet === 0x2f && bytes[at + 1] === 0x2f) {
      // A comment, to the end of the line.
      while (at < bytes.length && bytes[at] !== 0x0a && bytes[at] !== 0x0d) at++;
    } else if (octet === 0x3c) {
      // A "<" inside a dictionary says what the dictionary is about: <(a=c)> are columns.
      if (inDictionary) {
        const end = bytes.indexOf(0x3e, at);
        ofColumns = bytes.toString('latin1', at, end < 0 ? bytes.length : end).includes('a=c');
        at = end < 0 ? bytes.length : end;
      } else {
        inDictionary = true;
        ofColumns = false;
      }
    } else if (octet === 0x3e) inDictionary = false;
    else if (octet === 0x5b) {
      const head = /^\[\s*(-?)\s*([0-9A-Fa-f]+)(?::(\^?[\w:]+))?/.exec(bytes.toString('latin1', at, at + 80));
      if (!head) continue;
      scope = head[3] ?? scope;
      const id = `${scope}/${head[2]}`;
      row = head[1] === '-' ? new Map() : (rows.get(id) ?? new Map());
      rows.set(id, row);
      at += head[0].length - 1;
    } else if (octet === 0x5d) row = null;
    else if (octet === 0x7b) {
      const head = /^\{\s*-?[0-9A-Fa-f]+:(\^?\w+)/.exec(bytes.toString('latin1', at, at + 80));
      if (head) scope = head[1] as string;
    } else if (octet === 0x28) {
      const end = closing(bytes, at + 1);
      const raw = bytes.toString('latin1', at + 1, end);
      const equals = raw.indexOf('=');
      if (inDictionary && equals > 0) {
        (ofColumns ? columns : atoms).set(
          raw.slice(0, equals).trim(),
          textOf(bytes, at + 1 + equals + 1, end),
        );
      } else if (row) {
        const second = raw.indexOf('^', 1);
        const literal = equals > 0 && (second < 0 || equals < second);
        const column = name(raw.slice(0, literal ? equals : Math.max(0, second)).trim());
        if (only && !only.has(column)) {
          // Not wanted.
        } else if (literal) row.set(column, textOf(bytes, at + 1 + equals + 1, end));
        else if (second > 0) row.set(column, value(raw.slice(second).trim()));
      }
      at = end;
    }
  }
  return rows;
}
