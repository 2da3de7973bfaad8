/** What the search box, its facets and its saved searches ask of the database. Runs in reader threads. */
import type { Chip, Facets } from '../../contract/mail/search.ts';
import type { View } from '../../contract/mail/views.ts';
import type { ReadHandle } from '../../store/program.ts';
import { stemExpander } from '../../store/search/match.ts';
import { parseQuery } from '../../store/search/query.ts';
import { foldWords } from '../contacts/rows.ts';
import { allFolders, resolveView } from '../messages/scope.ts';
import { kindOfFile } from './file-kinds.ts';
import { operators, vocabulary } from './operators.ts';
import { savedReads, savedWrites } from './saved.ts';
import { queryWords } from './words.ts';

/** Hits looked at for facets; more are written as "5,000+". */
const COUNTED = 5000;
const PEOPLE = 8;
const TAGS = 8;
/** Forms of one word that are marked in a letter. */
const FORMS = 50;

const KNOWN = new Set(Object.values(vocabulary));

function parse(
  db: ReadHandle,
  { query }: { query: string },
): { chips: Chip[]; words: string[]; highlight: string[] } {
  const parsed = parseQuery(query, vocabulary);
  const words = queryWords(parsed.root);
  const expand = stemExpander(db);
  const forms = new Set<string>();
  for (const word of words) {
    const folded = word.toLowerCase().replace(/ё/g, 'е');
    forms.add(folded);
    for (const form of expand(folded)) if (forms.size < FORMS) forms.add(form);
  }
  const chips = parsed.chips.map(
    (chip): Chip => ({
      operator: chip.kind === 'operator' ? (chip.name ?? '') : '',
      value: chip.value,
      negated: chip.negated,
      start: chip.span.start,
      end: chip.span.end,
      known: chip.kind !== 'operator' || KNOWN.has(chip.name ?? ''),
    }),
  );
  return { chips, words, highlight: [...forms] };
}

interface Hit {
  from_name: string;
  from_address: string;
  date: number;
  keywords: string;
  files: string;
}

function hits(db: ReadHandle, view: View, now: number, limit: number): Hit[] {
  const { sql, folders } = resolveView(db, { ...view, conversations: false, sort: 'date' }, now);
  if (!sql.possible || folders.length === 0) return [];
  return db.all<Hit>(
    `SELECT m.from_name, m.from_address, m.date, m.keywords, m.files FROM ${sql.from} WHERE ${sql.where} ORDER BY ${sql.order} LIMIT ?`,
    ...sql.values,
    limit,
  );
}

function countHits(db: ReadHandle, view: View, now: number): number {
  const { sql, folders } = resolveView(db, { ...view, conversations: false, sort: 'date' }, now);
  if (!sql.possible || folders.length === 0) return 0;
  return (
    db.value<number>(
      `SELECT count(*) FROM (SELECT 1 FROM ${sql.from} WHERE ${sql.where} LIMIT ${COUNTED})`,
      ...sql.values,
    ) ?? 0
  );
}

/** Hits in Junk and Trash that this view does not show; none when it looks into them itself. */
function leftOut(db: ReadHandle, view: View, now: number): number {
  const shown = new Set(resolveView(db, view, now).folders.map((folder) => folder.id));
  const aside = allFolders(db).filter(
    (each) => (each.role === 'junk' || each.role === 'trash') && !shown.has(each.id),
  );
  return aside.reduce(
    (sum, folder) => sum + countHits(db, { ...view, scope: { in: 'folder', folder: folder.id } }, now),
    0,
  );
}

function tally<K>(values: Iterable<K>): [K, number][] {
  const counts = new Map<K, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]);
}

function facets(
  db: ReadHandle,
  { view, folder, account, now }: { view: View; folder: number | null; account: number | null; now: number },
): Facets {
  const found = hits(db, view, now, COUNTED);
  const scoped = (scope: View['scope']) => countHits(db, { ...view, scope }, now);
  const names = new Map<string, string>();
  for (const hit of found)
    if (hit.from_name !== '' && !names.has(hit.from_address.toLowerCase()))
      names.set(hit.from_address.toLowerCase(), hit.from_name);
  const tags = new Map(
    db
      .all<{ name: string; keyword: string }>('SELECT name, keyword FROM tags')
      .map((tag) => [tag.keyword, tag.name]),
  );
  const month = (ms: number) => {
    const date = new Date(ms);
    return new Date(date.getFullYear(), date.getMonth(), 1).getTime();
  };
  const kinds = found.flatMap((hit) => [
    ...new Set(
      hit.files
        .split('\n')
        .filter((name) => name !== '')
        .map((name) => kindOfFile(name)),
    ),
  ]);
  return {
    scopes: {
      folder: folder === null ? null : scoped({ in: 'folder', folder }),
      account: account === null ? null : scoped({ in: 'account', account }),
      everywhere: scoped({ in: 'everywhere' }),
    },
    people: tally(found.map((hit) => hit.from_address.toLowerCase()))
      .slice(0, PEOPLE)
      .map(([address, count]) => ({ name: names.get(address) ?? '', address, count })),
    months: tally(found.map((hit) => month(hit.date)))
      .map(([start, count]) => ({ start, count }))
      .sort((a, b) => a.start - b.start)
      .slice(-24),
    files: tally(kinds).map(([kind, count]) => ({ kind, count })),
    tags: tally(found.flatMap((hit) => hit.keywords.split(' ').flatMap((keyword) => tags.get(keyword) ?? [])))
      .slice(0, TAGS)
      .map(([name, count]) => ({ name, count })),
    leftOut: leftOut(db, view, now),
    exact: found.length < COUNTED,
  };
}

interface Suggestion {
  insert: string;
  label: string;
  kind: 'operator' | 'person' | 'tag' | 'folder' | 'recent';
}

const quoted = (text: string) => (/[\s:"]/.test(text) ? `"${text.replace(/"/g, '')}"` : text);

/** `insert` replaces the word around the caret. */
function suggest(db: ReadHandle, { query, at }: { query: string; at: number }): Suggestion[] {
  const token = /\S*$/.exec(query.slice(0, at))![0].replace(/^-/, '');
  const russian = /[а-яё]/i.test(token) || (token === '' && /[а-яё]/i.test(query));
  const cut = token.indexOf(':');
  const typed = token.toLowerCase();
  if (cut < 0) {
    const names = operators.map((operator) => ({
      operator,
      alias: (russian ? operator.ru : operator.en).find((each) => each.startsWith(typed)),
    }));
    const named = names.flatMap(({ alias }): Suggestion[] =>
      alias ? [{ insert: `${alias}:`, label: `${alias}:`, kind: 'operator' }] : [],
    );
    const from = russian ? 'от' : 'from';
    return [
      ...named.slice(0, token === '' ? 8 : 4),
      ...(token.length < 2 ? [] : people(db, typed, from).slice(0, 4)),
    ].slice(0, 10);
  }
  const alias = typed.slice(0, cut);
  const value = typed.slice(cut + 1).replace(/"/g, '');
  const name = vocabulary[alias];
  if (name === 'from' || name === 'to') return people(db, value, alias);
  if (name === 'in') {
    const folders = allFolders(db).filter((folder) => folder.name.toLowerCase().includes(value));
    return folders
      .slice(0, 8)
      .map((folder) => ({ insert: `${alias}:${quoted(folder.path)}`, label: folder.path, kind: 'folder' }));
  }
  if (name === 'tag') {
    const tags = db
      .pluck<string>('SELECT name FROM tags ORDER BY position')
      .filter((tag) => tag.toLowerCase().startsWith(value));
    return tags.slice(0, 8).map((tag) => ({ insert: `${alias}:${quoted(tag)}`, label: tag, kind: 'tag' }));
  }
  const values = operators.find((operator) => operator.name === name)?.values ?? [];
  return values
    .map((each) => (russian ? each.ru : each.en))
    .filter((each) => each.startsWith(value))
    .map((each) => ({ insert: `${alias}:${each}`, label: `${alias}:${each}`, kind: 'operator' }));
}

function people(db: ReadHandle, text: string, alias: string): Suggestion[] {
  const folded = foldWords(text);
  if (folded === '') return [];
  const found = db.all<{ name: string; address: string }>(
    `SELECT name, address FROM people WHERE folded LIKE ? OR folded LIKE ? ORDER BY written * 3 + received DESC LIMIT 8`,
    `${folded}%`,
    `% ${folded}%`,
  );
  return found.map(({ name, address }) => ({
    insert: `${alias}:${quoted(name || address)}`,
    label: name ? `${name} <${address}>` : address,
    kind: 'person',
  }));
}

function state(db: ReadHandle): { indexed: number; total: number } {
  const total = db.value<number>('SELECT coalesce(sum(total), 0) FROM folders') ?? 0;
  const waiting = db.value<number>('SELECT count(*) FROM to_index') ?? 0;
  return { indexed: Math.max(0, total - waiting), total };
}

/** Blobs of the letters whose snippets are wanted. */
function snippetBlobs(db: ReadHandle, { ids }: { ids: number[] }): { id: number; blob: Uint8Array | null }[] {
  const statement = db.prepare('SELECT id, blob FROM messages WHERE id = ?');
  return ids.flatMap((id) => statement.get<{ id: number; blob: Uint8Array | null }>(id) ?? []);
}

export const searchReads = {
  'search.parse': parse,
  'search.facets': facets,
  'search.suggest': suggest,
  ...savedReads,
  'search.state': state,
  'search.snippetBlobs': snippetBlobs,
};

export const searchWrites = savedWrites;
