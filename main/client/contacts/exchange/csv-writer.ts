/** Contacts as CSV with the columns of the program that will read it. What has no column is counted, not hidden. Pure. */
import type { ContactContent } from '../../../contract/mail/contacts.ts';
import { shownName, spokenName } from '../content.ts';
import { COLUMNS, type CsvKind, type WrittenColumn } from './csv-columns.ts';
import { type Separator, writeCsvRow } from './csv-text.ts';

/** The separator each program expects. */
export const SEPARATORS: Readonly<Record<CsvKind, Separator>> = {
  'csv-outlook-en': ',',
  'csv-outlook-ru': ';',
  'csv-thunderbird': ',',
  'csv-google': ',',
};

export const csvHead = (kind: CsvKind, separator: Separator): string =>
  writeCsvRow(
    COLUMNS[kind].map(([name]) => name),
    separator,
  );

/** One row. @param lost names of what this person has and the format has no column for */
export function csvRow(
  content: ContactContent,
  kind: CsvKind,
  separator: Separator,
  lost: Set<string>,
): string {
  const columns = COLUMNS[kind];
  for (const each of lostOf(content, columns)) lost.add(each);
  return writeCsvRow(
    columns.map((column) => cell(content, column, kind)),
    separator,
  );
}

/** Google has one list of telephones; the others have one column or two for each kind. */
const allPhones = (kind: CsvKind): boolean => kind === 'csv-google';

function cell(content: ContactContent, [, field, n = 0]: WrittenColumn, kind: CsvKind): string {
  if (field === '') return '';
  const [first, second, third] = field.split('.') as [string, string | undefined, string | undefined];
  if (field === 'email.type') return content.emails[n]?.type ?? '';
  if (field === 'phone.type') return content.phones[n]?.type ?? '';
  if (first === 'email') return content.emails[n]?.value ?? '';
  if (first === 'phone') {
    const phones = allPhones(kind) ? content.phones : content.phones.filter((each) => each.type === second);
    return phones[n]?.value ?? '';
  }
  if (first === 'address') {
    const address = content.addresses.find((each) => (each.type === 'other' ? 'home' : each.type) === second);
    return address?.[third as 'street'] ?? '';
  }
  if (first === 'url') return content.urls[n] ?? '';
  if (first === 'categories') return content.categories.join(kind === 'csv-google' ? ' ::: ' : ';');
  if (first === 'birthday') return birthday(content.birthday, second, kind);
  if (first === 'name') return shownName(content);
  // Without a column for the whole name the first one takes it; an organisation is its own name.
  if (first === 'given' && !COLUMNS[kind].some(([, each]) => each === 'name') && spokenName(content) === '')
    return shownName(content) === content.organisation ? '' : shownName(content);
  return content[first as 'given'];
}

function birthday(text: string, part: string | undefined, kind: CsvKind): string {
  const [, year = '', month = '', day = ''] = /^(\d{4}|-)-(\d\d)-(\d\d)$/.exec(text) ?? [];
  if (month === '') return '';
  if (part === 'year') return year === '-' ? '' : year;
  if (part === 'month') return String(Number(month));
  if (part === 'day') return String(Number(day));
  if (kind === 'csv-google') return year === '-' ? `--${month}-${day}` : text;
  if (year === '-') return '';
  return kind === 'csv-outlook-ru' ? `${day}.${month}.${year}` : `${Number(month)}/${Number(day)}/${year}`;
}

function lostOf(content: ContactContent, columns: readonly WrittenColumn[]): string[] {
  const fields = new Set<string>(columns.map(([, field]) => field));
  const count = (name: string): number => columns.filter(([, field]) => field === name).length;
  const lost: string[] = [];
  // A whole name that its parts do not say; without parts the first one takes it.
  const spoken = spokenName(content);
  if (!fields.has('name') && content.name !== '' && spoken !== '' && content.name !== spoken)
    lost.push('name');
  if (content.emails.length > count('email')) lost.push('emails');
  const google = fields.has('phone.type');
  const tooMany = google
    ? content.phones.length > count('phone.other')
    : content.phones.some(
        (each) =>
          content.phones.filter(({ type }) => type === each.type).length > count(`phone.${each.type}`),
      );
  if (tooMany) lost.push('phones');
  for (const field of [
    'middle',
    'prefix',
    'suffix',
    'nickname',
    'room',
    'categories',
    'department',
    'title',
  ] as const)
    if (content[field].length > 0 && !fields.has(field)) lost.push(field);
  if (content.urls.length > count('url')) lost.push('urls');
  if (content.birthday.startsWith('--') && !google && !fields.has('birthday.day')) lost.push('birthday');
  const places = content.addresses.map((each) => (each.type === 'other' ? 'home' : each.type));
  if (new Set(places).size < places.length || places.some((each) => !fields.has(`address.${each}.street`)))
    lost.push('addresses');
  if (content.extra.length > 0) lost.push('extra');
  if (content.members.length > 0) lost.push('members');
  return lost;
}
