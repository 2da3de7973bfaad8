/** Fields in signatures, templates and snippets: `{{name}}`, «{{имя}}». Pure. */
import type { Filled } from '../../contract/mail/signatures.ts';
import type { Address } from '../../mail/address.ts';
import { htmlToText } from '../../mail/message.ts';

/** Where the cursor goes, and where the quoted letter; the composer takes both out again. */
export const CURSOR_HTML = '<span class="postroom-cursor"></span>';
export const QUOTE_HTML = '<div class="postroom-quote"></div>';
/** The same in plain text, until their places are known. */
const CURSOR_MARK = '\ue000';
const QUOTE_MARK = '\ue001';

export interface FieldValues {
  name: string;
  address: string;
  organisation: string;
  recipient: Address | undefined;
  subject: string;
  now: Date;
  language: 'en' | 'ru';
}

const NAMES: Readonly<Record<string, keyof typeof VALUES>> = {
  name: 'name',
  имя: 'name',
  address: 'address',
  адрес: 'address',
  organisation: 'organisation',
  organization: 'organisation',
  организация: 'organisation',
  date: 'date',
  дата: 'date',
  time: 'time',
  время: 'time',
  recipient: 'recipient',
  получатель: 'recipient',
  'first-name': 'firstName',
  'имя-получателя': 'firstName',
  subject: 'subject',
  тема: 'subject',
};

const locale = (language: 'en' | 'ru'): string => (language === 'ru' ? 'ru-RU' : 'en-GB');

const VALUES = {
  name: (values: FieldValues) => values.name,
  address: (values: FieldValues) => values.address,
  organisation: (values: FieldValues) => values.organisation,
  date: ({ now, language }: FieldValues) =>
    new Intl.DateTimeFormat(locale(language), { dateStyle: 'long' }).format(now),
  time: ({ now, language }: FieldValues) =>
    new Intl.DateTimeFormat(locale(language), { timeStyle: 'short' }).format(now),
  recipient: ({ recipient }: FieldValues) => recipient?.name || recipient?.address || '',
  firstName: ({ recipient }: FieldValues) => firstName(recipient?.name ?? ''),
  subject: (values: FieldValues) => values.subject,
} as const;

/** "Kuznetsova, Irina", "Irina Kuznetsova", "Кузнецова Ирина Павловна": Irina in all of them. */
export function firstName(name: string): string {
  const text = name.trim();
  const turned = /^[^,]+,\s*(\S+)/.exec(text)?.[1];
  if (turned) return turned;
  const words = text.split(/\s+/);
  const patronymic = words.findIndex((word) => /(вич|вна|ична|инична|оглы|кызы)$/iu.test(word));
  return (patronymic > 0 ? words[patronymic - 1] : words[0]) ?? '';
}

const FIELD = /( ?)\{\{\s*([\p{L}-]+)\s*\}\}/gu;

function fill(
  source: string,
  values: FieldValues,
  write: (text: string) => string,
  marks: { cursor: string; quote: string },
): string {
  return source.replace(FIELD, (all, space: string, written: string) => {
    const name = written.toLocaleLowerCase();
    if (name === 'cursor' || name === 'курсор') return space + marks.cursor;
    if (name === 'quote' || name === 'цитата') return space + marks.quote;
    const known = Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
    // What is no field of ours was meant as it stands.
    if (known === undefined) return all;
    const value = VALUES[known](values);
    // "Hello {{first-name}}," without a name is "Hello,".
    return value === '' ? '' : space + write(value);
  });
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

/** A rich text with its fields filled; what people are called cannot become markup. */
export function fillHtml(html: string, values: FieldValues): string {
  return fill(html, values, escapeHtml, { cursor: CURSOR_HTML, quote: QUOTE_HTML });
}

/** A plain text with its fields filled, and where the cursor and the quote belong. */
export function fillText(text: string, values: FieldValues): Pick<Filled, 'text' | 'cursor' | 'quote'> {
  const marked = fill(text, values, (value) => value, { cursor: CURSOR_MARK, quote: QUOTE_MARK });
  const place = (mark: string, other: string): number | null => {
    const at = marked.replaceAll(other, '').indexOf(mark);
    return at < 0 ? null : at;
  };
  const cursor = place(CURSOR_MARK, QUOTE_MARK);
  const quote = place(QUOTE_MARK, CURSOR_MARK);
  return { text: marked.replaceAll(CURSOR_MARK, '').replaceAll(QUOTE_MARK, ''), cursor, quote };
}

/** Both forms. A text that has no plain form of its own gets the words of its markup. */
export function fillBoth(source: { html: string; text: string }, values: FieldValues): Filled {
  return {
    html: fillHtml(source.html, values),
    ...fillText(source.text === '' ? htmlToText(source.html) : source.text, values),
  };
}
