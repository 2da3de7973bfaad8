/**
 * Address books of Thunderbird: `abook.sqlite` and its sisters (one row a property of a card), and the older `abook.mab`
 * (Mork). Runs in the moving thread. It reads only: SQLite keeps a log beside a database that it has open, so what it opens is a
 * copy.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Fault } from '../../base/errors.ts';
import { type MorkRow, morkTable } from '../../boxes/mork.ts';
import { groupOf, nobody, type Person } from './outlook/person.ts';

export interface FoundBook {
  file: string;
  /** Collected by Thunderbird by itself. */
  collected: boolean;
  /** Lists among them, as groups. */
  people: Person[];
  problem: string | null;
}

const BOOK = /^(abook(-\d+)?|history|impab)\.(sqlite|mab)$/i;
/** Mork files larger than this are not an address book of a person. */
const MAX_MORK = 64 * 1024 * 1024;

export function addressBooksOf(dir: string): FoundBook[] {
  const names = readdirSync(dir).filter((name) => BOOK.test(name));
  // A book that was carried over to SQLite leaves its Mork file behind.
  const kept = names.filter(
    (name) => !/\.mab$/i.test(name) || !names.includes(name.replace(/\.mab$/i, '.sqlite')),
  );
  return kept.sort().map((name) => {
    const path = join(dir, name);
    const book: FoundBook = {
      file: path,
      collected: /^(history|impab)/i.test(name),
      people: [],
      problem: null,
    };
    try {
      if (/\.mab$/i.test(name)) fromMork(path, book);
      else fromSqlite(path, book);
      if (book.collected) for (const person of book.people) person.book = { kind: 'collected', name: '' };
    } catch (failure) {
      book.problem = failure instanceof Fault ? failure.code : 'damaged';
    }
    return book;
  });
}

function fromSqlite(path: string, book: FoundBook): void {
  const dir = mkdtempSync(join(tmpdir(), 'postroom-book-'));
  const copy = join(dir, 'book.sqlite');
  let db: DatabaseSync | undefined;
  try {
    copyFileSync(path, copy);
    if (statSync(`${path}-wal`, { throwIfNoEntry: false })) copyFileSync(`${path}-wal`, `${copy}-wal`);
    db = new DatabaseSync(copy);
    const cards = new Map<string, Map<string, string>>();
    const rows = db.prepare('SELECT card, name, value FROM properties').iterate() as Iterable<{
      card: string;
      name: string;
      value: string;
    }>;
    for (const { card, name, value } of rows) {
      let found = cards.get(card);
      if (!found) {
        found = new Map();
        cards.set(card, found);
      }
      found.set(name, String(value ?? ''));
    }
    const emails = new Map<string, string>();
    for (const [card, fields] of cards) {
      const person = personOf(fields);
      if (!person) continue;
      emails.set(card, person.emails[0] ?? '');
      book.people.push(person);
    }
    const tables = db.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as {
      name: string;
    }[];
    if (!tables.some(({ name }) => name === 'lists')) return;
    const members = tables.some(({ name }) => name === 'list_cards')
      ? (db.prepare('SELECT list, card FROM list_cards').all() as { list: string; card: string }[])
      : [];
    const lists = db.prepare('SELECT uid, name, nickName, description FROM lists').all() as {
      uid: string;
      name: string;
      nickName: string | null;
      description: string | null;
    }[];
    for (const { uid, name, nickName, description } of lists) {
      const own = members.filter((each) => each.list === uid).map((each) => emails.get(each.card) ?? '');
      book.people.push(
        groupOf({ name, uid, nickname: nickName ?? '', note: description ?? '', members: own }),
      );
    }
  } finally {
    db?.close();
    rmSync(dir, { recursive: true, force: true });
  }
}

function fromMork(path: string, book: FoundBook): void {
  if (statSync(path).size > MAX_MORK) throw new Fault('user', 'too-large', 'The address book is too large.');
  const rows = morkTable(readFileSync(path));
  const cards = new Map<string, MorkRow>();
  for (const [id, row] of rows) if (row.has('PrimaryEmail')) cards.set(id.replace(/^.*\//, ''), row);
  for (const row of rows.values()) {
    const name = row.get('ListName');
    if (name === undefined) {
      const person = personOf(row);
      if (person) book.people.push(person);
      continue;
    }
    // Members are named by their rows: Address1, Address2, ...
    const emails = [...row]
      .filter(([column]) => /^Address\d+$/.test(column))
      .map(([, id]) => cards.get(id)?.get('PrimaryEmail') ?? '');
    const uid = createHash('sha256')
      .update(`${basename(path)}/${name}`)
      .digest('hex')
      .slice(0, 32);
    book.people.push(
      groupOf({
        name,
        uid,
        nickname: row.get('ListNickName') ?? '',
        note: row.get('ListDescription') ?? '',
        members: emails,
      }),
    );
  }
}

/** Thunderbird's names of properties; a newer card keeps all of itself as a vCard in `_vCard`. */
function personOf(fields: ReadonlyMap<string, string>): Person | null {
  const text = (name: string): string => (fields.get(name) ?? '').trim();
  const person = nobody();
  const card = text('_vCard');
  if (card !== '') person.card = card;
  person.name = text('DisplayName');
  person.given = text('FirstName');
  person.family = text('LastName');
  person.nickname = text('NickName');
  person.emails = [text('PrimaryEmail'), text('SecondEmail')].filter((each) => each.includes('@'));
  const phones = [
    ['work', 'WorkPhone'],
    ['home', 'HomePhone'],
    ['cell', 'CellularNumber'],
    ['fax', 'FaxNumber'],
  ] as const;
  for (const [kind, name] of phones) if (text(name) !== '') person.phones.push({ kind, number: text(name) });
  person.organisation = text('Company');
  person.department = text('Department');
  person.title = text('JobTitle');
  person.address = [
    text('WorkAddress'),
    text('WorkAddress2'),
    text('WorkCity'),
    text('WorkZipCode'),
    text('WorkCountry'),
  ]
    .filter((each) => each !== '')
    .join(', ');
  person.url = text('WebPage1') || text('WebPage2');
  person.note = text('Notes');
  const [year, month, day] = [text('BirthYear'), text('BirthMonth'), text('BirthDay')];
  if (year && month && day)
    person.birthday = `${year.padStart(4, '0')}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  const empty =
    person.emails.length === 0 && person.phones.length === 0 && person.name === '' && person.card === '';
  return empty ? null : person;
}
