/** Rows of a CSV file as contacts, by what its columns are about. Pure; what cannot be read is told by line. */
import { CONTACTS_IN_FILE } from '../../../base/limits.ts';
import type { ContactContent, ContactValue, CsvField, NotRead } from '../../../contract/mail/contacts.ts';
import { birthdayKey, emptyContent, isEmpty, spokenName } from '../content.ts';
import { foldWords } from '../words.ts';
import { fieldOfColumn } from './csv-columns.ts';
import type { CsvRow, CsvText } from './csv-text.ts';
import type { ReadCard } from './vcard-reader.ts';

export interface CsvColumn {
  name: string;
  field: CsvField | null;
}

export interface CsvContacts {
  columns: CsvColumn[];
  cards: ReadCard[];
  notRead: NotRead[];
}

/** In Outlook's English file "Title" is the honorific; where there is a job title beside it. In others it is the job. */
function guessColumns(names: readonly string[]): CsvColumn[] {
  const folded = names.map(foldWords);
  const russianParts = folded.includes('фамилия') || folded.includes('отчество');
  return names.map((name, at) => {
    if (folded[at] === 'title') return { name, field: folded.includes('job title') ? 'prefix' : 'title' };
    // A table with one column of names calls it so.
    if (folded[at] === 'имя' && !russianParts) return { name, field: 'name' };
    // Outlook Express: "Адрес" of a person beside "Адрес электронной почты" is a street.
    if (folded[at] === 'адрес' && folded.some((each) => each.includes('почт')))
      return { name, field: 'address.home.street' };
    return { name, field: fieldOfColumn(name) };
  });
}

/** A first row that names no column at all is a person. */
function withoutHead(row: CsvRow): boolean {
  return row.cells.some((cell) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(cell.trim()));
}

const GOOGLE_TYPES: readonly [RegExp, ContactValue['type']][] = [
  [/fax|факс/i, 'fax'],
  [/mobile|cell|мобил|сотов/i, 'mobile'],
  [/pager|пейдж/i, 'pager'],
  [/work|раб/i, 'work'],
  [/home|дом/i, 'home'],
];

export function readCsvContacts(text: CsvText, given?: readonly (CsvField | null)[]): CsvContacts {
  const [head, ...rest] = text.rows;
  if (!head) return { columns: [], cards: [], notRead: [] };
  const bare = withoutHead(head);
  const names = bare ? head.cells.map(() => '') : head.cells.map((each) => each.trim());
  const guessed = bare ? bareColumns(head) : guessColumns(names);
  const columns = guessed.map(({ name, field }, at) => ({
    name,
    field: given?.[at] === undefined ? field : given[at],
  }));
  const out: CsvContacts = { columns, cards: [], notRead: [] };
  const lost = new Map<number, number>();
  for (const row of bare ? text.rows : rest) {
    if (row.cells.every((cell) => cell.trim() === '')) continue;
    if (out.cards.length >= CONTACTS_IN_FILE) {
      out.notRead.push({ line: row.line, reason: 'too-many', text: '' });
      break;
    }
    // Whoever stands below the quote would become one person's name or notes.
    if (row.unfinished) {
      const text = row.cells.join(' ').trim().slice(0, 100);
      out.notRead.push({ line: row.line, reason: 'unfinished', text });
      continue;
    }
    const content = contentOf(row, columns, out.notRead, lost);
    if (isEmpty(content))
      out.notRead.push({ line: row.line, reason: 'no-name', text: row.cells.join(' ').trim().slice(0, 100) });
    else out.cards.push({ uid: null, content, photo: null });
  }
  for (const [at, line] of lost)
    out.notRead.push({ line, reason: 'unknown-column', text: columns[at]?.name || String(at + 1) });
  return out;
}

/** Columns of a table without heads, by what stands in its first row. */
const bareColumns = (head: CsvRow): CsvColumn[] =>
  head.cells.map((cell, at) => ({
    name: '',
    field: cell.includes('@')
      ? 'email'
      : /^\+?[\d\s()-]{6,}$/.test(cell.trim())
        ? 'phone.other'
        : at === 0
          ? 'name'
          : null,
  }));

function contentOf(
  row: CsvRow,
  columns: readonly CsvColumn[],
  notRead: NotRead[],
  lost: Map<number, number>,
): ContactContent {
  const content = emptyContent();
  const day = { year: '', month: '', day: '' };
  for (const [at, { name, field }] of columns.entries()) {
    // A quote keeps a spreadsheet from taking the value for a formula.
    const value = (row.cells[at] ?? '')
      .trim()
      .replace(/^'(?=[=@\t])/, '')
      .replace(/\r\n?/g, '\n');
    if (value === '') continue;
    if (field === null) {
      const said =
        /[-–] (?:label|type)$/i.test(name) ||
        /^(?:e-mail|email) .*(?:type|display)|тип эл|краткое имя эл|краткое имя \d эл/i.test(name);
      if (!said && !lost.has(at)) lost.set(at, row.line);
    } else if (field === 'birthday') {
      const read = birthdayOf(value);
      if (read === null) notRead.push({ line: row.line, reason: 'bad-birthday', text: value.slice(0, 100) });
      else content.birthday = read;
    } else if (field.startsWith('birthday.')) day[field.slice(9) as keyof typeof day] = value;
    else put(content, field, value, row, columns, at, notRead);
  }
  if (day.month !== '' && day.day !== '') {
    const year = /^\d{4}$/.test(day.year) && day.year !== '0000' ? day.year : '-';
    const whole = `${year}-${day.month.padStart(2, '0')}-${day.day.padStart(2, '0')}`;
    if (birthdayKey(whole) !== null) content.birthday = whole;
    else notRead.push({ line: row.line, reason: 'bad-birthday', text: whole });
  }
  // A name that only repeats its parts is made of them again when it is shown.
  if (foldWords(content.name) === foldWords(spokenName(content))) content.name = '';
  return content;
}

function put(
  content: ContactContent,
  field: CsvField,
  value: string,
  row: CsvRow,
  columns: readonly CsvColumn[],
  at: number,
  notRead: NotRead[],
): void {
  const [first, second, third] = field.split('.') as [string, string | undefined, string | undefined];
  if (first === 'email') {
    // Outlook writes an address of Exchange as "/o=..."; nobody can write there from outside.
    for (const each of value.split(/\s*:::\s*|[;,]\s*/).filter((part) => part !== '')) {
      if (!/^[^\s@]+@[^\s@]+$/.test(each))
        notRead.push({ line: row.line, reason: 'bad-address', text: each.slice(0, 100) });
      else if (!content.emails.some((known) => known.value === each) && content.emails.length < 200)
        content.emails.push({ value: each, type: typeBeside(row, columns, at) });
    }
  } else if (first === 'phone') {
    const type = second === 'other' ? typeBeside(row, columns, at) : (second as ContactValue['type']);
    for (const each of value.split(/\s*:::\s*/))
      if (content.phones.length < 200) content.phones.push({ value: each.slice(0, 1000), type });
  } else if (first === 'address') {
    const type = second as 'work' | 'home';
    let address = content.addresses.find((each) => each.type === type);
    if (!address) {
      address = { type, street: '', city: '', region: '', code: '', country: '' };
      content.addresses.push(address);
    }
    const part = third as 'street' | 'city' | 'region' | 'code' | 'country';
    address[part] = [address[part], value]
      .filter((each) => each !== '')
      .join(', ')
      .slice(0, part === 'code' ? 100 : 500);
  } else if (first === 'url') content.urls.push(value.slice(0, 2000));
  else if (first === 'categories')
    content.categories = value
      .split(/\s*:::\s*|[;,]\s*/)
      .filter((each) => each !== '' && !each.startsWith('* '))
      .map((each) => each.slice(0, 200));
  else if (first === 'notes')
    content.notes = [content.notes, value]
      .filter((each) => each !== '')
      .join('\n')
      .slice(0, 100_000);
  else {
    const single = first as 'name' | 'given' | 'family';
    if (content[single] === '')
      content[single] = value.slice(0, first === 'prefix' || first === 'suffix' ? 200 : 500);
  }
}

/** Google says the kind of a value in the column before it. */
function typeBeside(row: CsvRow, columns: readonly CsvColumn[], at: number): ContactValue['type'] {
  const name = columns[at]?.name ?? '';
  const before = columns[at - 1]?.name ?? '';
  if (!/ - Value$/i.test(name) || !/ - (?:Label|Type)$/i.test(before)) return 'other';
  const said = row.cells[at - 1] ?? '';
  return GOOGLE_TYPES.find(([pattern]) => pattern.test(said))?.[1] ?? 'other';
}

/** ISO, Russian (17.05.1980) and American order (5/17/1980); Outlook's "0.0.00" is nothing: ''. null: no date. */
export function birthdayOf(text: string): string | null {
  const plain = text.trim().replace(/[ T]\d\d?:.*$/, '');
  if (/^0+[./-]0+[./-]0+$/.test(plain)) return '';
  const iso = /^(\d{4}|-)-(\d\d?)-(\d\d?)$/.exec(plain);
  const dotted = /^(\d\d?)\.(\d\d?)\.(\d{4})?$/.exec(plain);
  const slashed = /^(\d\d?)\/(\d\d?)\/(\d{4})$/.exec(plain);
  let parts: [string, string, string] | null = null;
  if (iso) parts = [iso[1] as string, iso[2] as string, iso[3] as string];
  else if (dotted) parts = [dotted[3] ?? '-', dotted[2] as string, dotted[1] as string];
  else if (slashed) {
    const [, one, two, year] = slashed as unknown as [string, string, string, string];
    parts = Number(one) > 12 ? [year, two, one] : [year, one, two];
  }
  if (!parts) return null;
  const whole = `${parts[0]}-${parts[1].padStart(2, '0')}-${parts[2].padStart(2, '0')}`;
  return birthdayKey(whole) === null ? null : whole;
}
