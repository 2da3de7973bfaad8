/** What a mail merge would send: one letter a row, and what is wrong with which row. Pure. */
import type { DraftContent } from '../../contract/mail/drafts.ts';
import type { MergeProblem } from '../../contract/mail/sending.ts';
import { type Address, isValidAddress, parseAddressList } from '../../mail/address.ts';
import { type Field, fieldKey, fieldsOf, fill } from './fields.ts';
import type { Table } from './table.ts';

export interface Columns {
  address: string;
  name: string;
  file: string;
}

export interface PlannedLetter {
  /** 1-based row. */
  row: number;
  to: Address[];
  /** Lower-case names of its own files. */
  files: string[];
  stopped: boolean;
}

export interface MergePlan {
  columns: Columns;
  fields: Field[];
  letters: PlannedLetter[];
  problems: MergeProblem[];
}

const ADDRESS_COLUMN =
  /^(?:e-?mail.*|mail|address|адрес(?:\s*(?:почты|e-?mail))?|почта|эл.*почта|электронн.*)$/i;
const NAME_COLUMN = /^(?:(?:full\s*|display\s*)?name|имя|фио|ф\.\s*и\.\s*о\.|получатель|контакт)$/i;

function addressColumn({ columns, rows }: Table): string {
  const named = columns.find((each) => ADDRESS_COLUMN.test(each));
  if (named !== undefined) return named;
  const looked = rows.slice(0, 50);
  const counts = columns.map((_, n) => looked.filter((row) => /\S@\S/.test(row[n] ?? '')).length);
  const most = Math.max(...counts);
  return most === 0 ? '' : (columns[counts.indexOf(most)] ?? '');
}

/** The columns a person chose, or the likeliest ones; '' for none. */
export function columnsOf(
  table: Table,
  chosen: { address?: string | undefined; name?: string | undefined; file?: string | undefined },
): Columns {
  return {
    address: chosen.address ?? addressColumn(table),
    name: chosen.name ?? table.columns.find((each) => NAME_COLUMN.test(each)) ?? '',
    file: chosen.file ?? '',
  };
}

export function valuesOf(table: Table, row: number): Map<string, string> {
  const cells = table.rows[row - 1] ?? [];
  const values = new Map<string, string>();
  // Of two columns with one name the first counts.
  for (const [n, name] of table.columns.entries())
    if (name !== '' && !values.has(fieldKey(name))) values.set(fieldKey(name), cells[n] ?? '');
  return values;
}

export function planMerge(
  content: Pick<DraftContent, 'subject' | 'html' | 'text'>,
  table: Table,
  columns: Columns,
  fileNames: readonly string[],
): MergePlan {
  const problems: MergeProblem[] = [];
  const fields = new Map<string, Field>();
  const body = content.html === null ? fieldsOf(content.text, false) : fieldsOf(content.html, true);
  for (const field of [...fieldsOf(content.subject, false), ...body])
    if (!fields.has(fieldKey(field.name))) fields.set(fieldKey(field.name), field);
  const known = new Set(table.columns.map(fieldKey));
  const missing = [...fields.values()].filter((field) => !known.has(fieldKey(field.name)));
  for (const { name } of missing) problems.push({ row: 0, code: 'no-such-field', what: name, stops: true });
  if (columns.address === '') problems.push({ row: 0, code: 'no-address', what: '', stops: true });
  const files = new Set(fileNames.map((each) => each.toLowerCase()));
  const short = new Set(table.short);
  const seen = new Set<string>();
  const everyRow = missing.length > 0 || columns.address === '';
  const letters = table.rows.map((_, n): PlannedLetter => {
    const row = n + 1;
    const values = valuesOf(table, row);
    const before = problems.length;
    const add = (code: MergeProblem['code'], what: string, stops: boolean) =>
      problems.push({ row, code, what, stops });
    const cell = (values.get(fieldKey(columns.address)) ?? '').trim();
    const to = parseAddressList(cell.replaceAll(';', ','));
    if (columns.address !== '' && cell === '') add('no-address', '', true);
    const bad = to.find((each) => !isValidAddress(each.address));
    if (bad || (cell !== '' && to.length === 0)) add('bad-address', cell.slice(0, 200), true);
    for (const { address } of to) {
      if (seen.has(address.toLowerCase())) add('double-address', address, false);
      seen.add(address.toLowerCase());
    }
    if (short.has(row)) add('short-row', '', false);
    for (const field of fields.values()) {
      const value = values.get(fieldKey(field.name));
      if (value !== undefined && value.trim() === '' && field.otherwise === '')
        add('empty-field', field.name, false);
    }
    const wanted = (columns.file === '' ? '' : (values.get(fieldKey(columns.file)) ?? ''))
      .split(/[;|]/)
      .map((each) => each.trim())
      .filter(Boolean);
    for (const file of wanted) if (!files.has(file.toLowerCase())) add('no-such-file', file, true);
    const name = columns.name === '' ? '' : (values.get(fieldKey(columns.name)) ?? '').trim();
    const [only] = to;
    return {
      row,
      to: only && to.length === 1 && only.name === '' ? [{ ...only, name }] : to,
      files: wanted.map((each) => each.toLowerCase()),
      stopped: everyRow || problems.slice(before).some((each) => each.stops),
    };
  });
  return { columns, fields: [...fields.values()], letters, problems };
}

/** The draft's content with the values of a row in it, to its people. Cc and Bcc stay as they are. */
export function contentOfRow(
  content: DraftContent,
  table: Table,
  letter: Pick<PlannedLetter, 'row' | 'to'>,
): DraftContent {
  const values = valuesOf(table, letter.row);
  return {
    ...content,
    to: letter.to,
    subject: fill(content.subject, values, false).replace(/\s*[\r\n]+\s*/g, ' '),
    html: content.html === null ? null : fill(content.html, values, true),
    text: fill(content.text, values, false),
  };
}
