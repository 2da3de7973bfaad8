/**
 * The operators of a search, one row each: their names in both languages and what they mean. An operator with `columns`
 * looks for words in those fields of the index; one with `filter` is a condition on rows. To add one, add a row here, a line
 * to its test table and to both guides.
 */
import type { Vocabulary } from '../../store/search/query.ts';
import { parsePeriod, parseSize } from './dates.ts';
import { FILE_KINDS, namedKind } from './file-kinds.ts';

/** A condition on `m` (messages), with its values. */
export interface Condition {
  sql: string;
  values: (string | number)[];
}

/** What a filter may look at. */
export interface FilterContext {
  now: number;
  folders: readonly { id: number; path: string; name: string; role: string | null }[];
  tags: readonly { name: string; keyword: string }[];
}

export interface Operator {
  name: string;
  en: readonly string[];
  ru: readonly string[];
  columns?: readonly string[];
  /** null: the value means nothing, and nothing is found. */
  filter?(value: string, context: FilterContext): Condition | null;
  /** Values offered while typing. */
  values?: readonly { en: string; ru: string }[];
}

const NEVER: Condition = { sql: '0', values: [] };
const fold = (text: string) => text.toLowerCase().replace(/ё/g, 'е').normalize('NFC').trim();

/** Names by which a person may call a folder of a role, whatever the server calls it. */
const ROLE_NAMES: Record<string, readonly string[]> = {
  inbox: ['inbox', 'входящие'],
  drafts: ['drafts', 'черновики'],
  sent: ['sent', 'отправленные'],
  archive: ['archive', 'архив'],
  junk: ['junk', 'spam', 'спам'],
  trash: ['trash', 'корзина'],
};

/** What the next connection is to do something with (client/collecting). */
const MARKED = `(EXISTS (SELECT 1 FROM pop3_letters p WHERE p.message = m.id AND p.mark IS NOT NULL)
  OR EXISTS (SELECT 1 FROM fetch_marks f WHERE f.message = m.id))`;

const STATES: readonly { names: readonly string[]; sql: string }[] = [
  { names: ['unread', 'new', 'новое', 'непрочитанное', 'новые', 'непрочитанные'], sql: 'm.flags & 1 = 0' },
  { names: ['read', 'seen', 'прочитанное', 'прочитанные'], sql: 'm.flags & 1 != 0' },
  { names: ['flagged', 'starred', 'с-флажком', 'флажок', 'сфлажком'], sql: 'm.flags & 4 != 0' },
  { names: ['answered', 'replied', 'отвеченное', 'отвеченные'], sql: 'm.flags & 2 != 0' },
  { names: ['forwarded', 'пересланное', 'пересланные'], sql: 'm.flags & 32 != 0' },
  { names: ['draft', 'черновик'], sql: 'm.flags & 16 != 0' },
  { names: ['outside', 'внешнее', 'внешние'], sql: 'm.outside != 0' },
  { names: ['header', 'headers', 'заголовок', 'заголовки'], sql: 'm.body = 0' },
  { names: ['marked', 'отмеченное', 'с-отметкой'], sql: MARKED },
];

export const operators: readonly Operator[] = [
  { name: 'from', en: ['from'], ru: ['от'], columns: ['from'] },
  { name: 'to', en: ['to', 'cc'], ru: ['кому', 'копия'], columns: ['to'] },
  { name: 'subject', en: ['subject'], ru: ['тема'], columns: ['subject'] },
  { name: 'body', en: ['body', 'text'], ru: ['текст'], columns: ['body'] },
  { name: 'file', en: ['file', 'filename'], ru: ['файл'], columns: ['files'] },
  {
    name: 'has',
    en: ['has'],
    ru: ['есть'],
    values: [{ en: 'attachment', ru: 'файлы' }],
    filter(value, { tags }) {
      const asked = fold(value);
      if (/^(attachments?|files?|файлы?|вложени[яе])$/.test(asked))
        return { sql: 'm.attachments > 0', values: [] };
      if (/^(flag|флажок)$/.test(asked)) return { sql: 'm.flags & 4 != 0', values: [] };
      if (/^(tags?|метк[аи])$/.test(asked))
        return tags.length === 0 ? NEVER : anyKeyword(tags.map((tag) => tag.keyword));
      return null;
    },
  },
  {
    name: 'type',
    en: ['type', 'kind'],
    ru: ['тип', 'вид'],
    values: FILE_KINDS.map(({ en, ru }) => ({ en: en[0] ?? '', ru: ru[0] ?? '' })),
    filter(value) {
      const kind = namedKind(fold(value));
      // Names of files are kept one a line; LIKE looks past case.
      return (
        kind && {
          sql: `(${kind.extensions.map(() => "m.files || char(10) LIKE '%.' || ? || char(10) || '%'").join(' OR ')})`,
          values: [...kind.extensions],
        }
      );
    },
  },
  {
    name: 'in',
    en: ['in', 'folder'],
    ru: ['в', 'папка'],
    filter(value, { folders }) {
      const asked = fold(value);
      const found = folders.filter(({ path, name, role }) => {
        const whole = fold(path);
        return (
          fold(name) === asked ||
          whole === asked ||
          whole.endsWith(`/${asked}`) ||
          (role !== null && ROLE_NAMES[role]?.includes(asked))
        );
      });
      const near =
        found.length > 0 ? found : folders.filter(({ name }) => asked !== '' && fold(name).startsWith(asked));
      return near.length === 0
        ? null
        : { sql: `m.folder IN (${near.map(() => '?').join(',')})`, values: near.map((folder) => folder.id) };
    },
  },
  {
    name: 'tag',
    en: ['tag', 'label'],
    ru: ['метка'],
    filter(value, { tags }) {
      const asked = fold(value);
      const found = tags.filter((tag) => fold(tag.name) === asked || fold(tag.keyword) === asked);
      return found.length === 0 ? null : anyKeyword(found.map((tag) => tag.keyword));
    },
  },
  {
    name: 'before',
    en: ['before'],
    ru: ['до'],
    filter: (value, { now }) =>
      dated(value, now, (period) => ({ sql: 'm.date < ?', values: [period.start] })),
  },
  {
    name: 'after',
    en: ['after', 'since'],
    ru: ['после', 'с'],
    filter: (value, { now }) =>
      dated(value, now, (period) => ({ sql: 'm.date >= ?', values: [period.start] })),
  },
  {
    name: 'on',
    en: ['on', 'date'],
    ru: ['дата', 'когда'],
    filter: (value, { now }) =>
      dated(value, now, (period) => ({
        sql: 'm.date >= ? AND m.date < ?',
        values: [period.start, period.end],
      })),
  },
  { name: 'larger', en: ['larger', 'bigger'], ru: ['больше'], filter: (value) => sized(value, '>') },
  { name: 'smaller', en: ['smaller'], ru: ['меньше'], filter: (value) => sized(value, '<') },
  {
    name: 'is',
    en: ['is'],
    ru: ['это'],
    values: [
      { en: 'unread', ru: 'новое' },
      { en: 'flagged', ru: 'с-флажком' },
    ],
    filter(value) {
      const state = STATES.find(({ names }) => names.includes(fold(value)));
      return state ? { sql: state.sql, values: [] } : null;
    },
  },
];

function dated(
  value: string,
  now: number,
  make: (period: { start: number; end: number }) => Condition,
): Condition | null {
  const period = parsePeriod(value, now);
  return period && make(period);
}

function sized(value: string, sign: '<' | '>'): Condition | null {
  const octets = parseSize(value);
  return octets === null ? null : { sql: `m.size ${sign} ?`, values: [octets] };
}

/** Keywords are kept joined by spaces; a whole word is compared. */
function anyKeyword(keywords: readonly string[]): Condition {
  return {
    sql: `(${keywords.map(() => "instr(' ' || m.keywords || ' ', ' ' || ? || ' ') > 0").join(' OR ')})`,
    values: [...keywords],
  };
}

/** Every alias to its operator's name, for the parser. */
export const vocabulary: Vocabulary = Object.fromEntries(
  operators.flatMap(({ name, en, ru }) => [...en, ...ru].map((alias) => [alias, name] as const)),
);

/** Operators that are columns of the index, for planQuery. */
export const columns: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  operators.flatMap(({ name, columns: fields }) => (fields ? [[name, fields] as const] : [])),
);

/** The condition of a filter operator; an unknown name or a value without meaning finds nothing. */
export function filterCondition(name: string, value: string, context: FilterContext): Condition {
  return operators.find((operator) => operator.name === name)?.filter?.(value, context) ?? NEVER;
}

/** Does the query itself name folders? Then Junk and Trash are not left out. */
export const namesFolders = (chips: readonly { name?: string | undefined }[]) =>
  chips.some((chip) => chip.name === 'in');
