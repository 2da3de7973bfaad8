/** What the address book is asked: plain functions run in reader threads. */
import type { Book, ContactContent, ContactRow, LdapSettings } from '../../contract/mail/contacts.ts';
import type { ReadHandle, SqlInput } from '../../store/program.ts';
import { type CardPhoto, type CardRow, cardOf, noSuchContact, photoOf } from './cards.ts';
import { type DuplicateReason, duplicateGroups } from './duplicates.ts';
import { mergeContents } from './merge.ts';
import { type Suggestion, suggest } from './suggest.ts';
import { pastPrefix, readings } from './words.ts';

function books(db: ReadHandle): Book[] {
  return db
    .all<{
      id: number;
      kind: Book['kind'];
      name: string;
      ldap: string | null;
      refreshed: number | null;
      count: number;
    }>(
      `SELECT id, kind, name, ldap, refreshed, (SELECT count(*) FROM contacts c WHERE c.book = b.id) AS count
       FROM books b ORDER BY position, id`,
    )
    .map(({ ldap, refreshed, ...book }) => ({
      ...book,
      ldap: ldap === null ? null : (JSON.parse(ldap) as LdapSettings),
      refreshedAt: refreshed,
    }));
}

interface Columns {
  id: number;
  book: number;
  name: string;
  content: string;
  photo_type: string | null;
}
const COLUMNS =
  'c.id AS id, c.book AS book, c.name AS name, c.content AS content, c.photo_type AS photo_type';

function rowOf({ id, book, name, content, photo_type }: Columns): ContactRow {
  const all = JSON.parse(content) as ContactContent;
  return {
    id,
    book,
    kind: all.kind,
    name,
    address: all.emails[0]?.value ?? '',
    phone: all.phones[0]?.value ?? '',
    organisation: all.organisation,
    department: all.department,
    room: all.room,
    photo: photo_type !== null,
    members: all.members.length,
  };
}

/** Which contacts: of a book, with every word of one reading of the text. */
function condition(book: number | null, words: readonly string[]): { where: string; values: SqlInput[] } {
  const parts = words.map(() => 'c.id IN (SELECT contact FROM contact_words WHERE word >= ? AND word < ?)');
  const values: SqlInput[] = words.flatMap((word) => [word, pastPrefix(word)]);
  if (book !== null) {
    parts.unshift('c.book = ?');
    values.unshift(book);
  }
  return { where: parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`, values };
}

export interface WindowInput {
  book: number | null;
  text: string;
  from: number;
  count: number;
}

function window(db: ReadHandle, input: WindowInput): { total: number; from: number; rows: ContactRow[] } {
  const { book, text, from, count } = input;
  const tried = text.trim() === '' ? [[]] : readings(text);
  for (const words of tried) {
    const { where, values } = condition(book, words);
    const total = db.value<number>(`SELECT count(*) FROM contacts c ${where}`, ...values) ?? 0;
    if (total === 0) continue;
    const rows = db.all<Columns>(
      `SELECT ${COLUMNS} FROM contacts c ${where} ORDER BY c.place, c.id LIMIT ? OFFSET ?`,
      ...values,
      count,
      from,
    );
    return { total, from, rows: rows.map(rowOf) };
  }
  return { total: 0, from, rows: [] };
}

/** Rows of these, in the order asked for. */
export function contactRows(db: ReadHandle, ids: readonly number[]): ContactRow[] {
  return ids.flatMap((id) => {
    const row = db.get<Columns>(`SELECT ${COLUMNS} FROM contacts c WHERE c.id = ?`, id);
    return row ? [rowOf(row)] : [];
  });
}

/** Which of these addresses stand in a book, in lower case. One index look-up each. */
export function knownAddresses(db: ReadHandle, { addresses }: { addresses: readonly string[] }): string[] {
  const asked = [...new Set(addresses.map((each) => each.trim().toLowerCase()))];
  return asked.filter(
    (each) => db.value('SELECT 1 FROM contact_addresses WHERE address = ? LIMIT 1', each) !== undefined,
  );
}

export interface FoundContact {
  address: string;
  contact: number;
  name: string;
  photo: boolean;
}

function find(db: ReadHandle, { addresses }: { addresses: readonly string[] }): FoundContact[] {
  return knownAddresses(db, { addresses }).flatMap((address) => {
    // One's own book before the collected one before a directory; whoever has a photograph shows it.
    const rows = db.all<{ contact: number; name: string; photo: number }>(
      `SELECT c.id AS contact, c.name AS name, c.photo_type IS NOT NULL AS photo FROM contact_addresses a
       JOIN contacts c ON c.id = a.contact JOIN books b ON b.id = c.book
       WHERE a.address = ? ORDER BY b.kind = 'ldap', b.kind = 'collected', b.position, c.id LIMIT 10`,
      address,
    );
    const [first] = rows;
    if (!first) return [];
    const { contact, name } = first;
    return [{ address, contact, name, photo: first.photo !== 0 }];
  });
}

export interface Birthday {
  id: number;
  name: string;
  /** As it is kept. */
  birthday: string;
  /** MM-DD. */
  day: string;
}

/** Those of these days (MM-DD); the handler knows what day it is. */
function birthdays(db: ReadHandle, { days }: { days: readonly string[] }): Birthday[] {
  return days.flatMap((day) =>
    db
      .all<{ id: number; name: string; content: string }>(
        `SELECT c.id AS id, c.name AS name, c.content AS content FROM contacts c WHERE c.birthday = ? ORDER BY c.place LIMIT 200`,
        day,
      )
      .map(({ id, name, content }) => ({
        id,
        name,
        day,
        birthday: (JSON.parse(content) as ContactContent).birthday,
      })),
  );
}

export interface DuplicateRows {
  total: number;
  groups: { reason: DuplicateReason; rows: ContactRow[] }[];
}

/** Cards of a book, or of all own books, in the order of names: what is exported. */
function cards(
  db: ReadHandle,
  input: { book: number | null; ids: readonly number[] | null; after: number; count: number },
): { cards: (CardRow & { photo: CardPhoto | null })[]; next: number | null } {
  const { after, count } = input;
  const ids =
    input.ids?.slice(after, after + count) ??
    db.pluck<number>(
      `SELECT id FROM contacts WHERE ${input.book === null ? "book IN (SELECT id FROM books WHERE kind != 'ldap')" : 'book = ?'}
       ORDER BY place, id LIMIT ? OFFSET ?`,
      ...(input.book === null ? [] : [input.book]),
      count,
      after,
    );
  const found = ids.map((id) => ({ ...cardOf(db, id), photo: photoOf(db, id) }));
  return { cards: found, next: ids.length < count ? null : after + ids.length };
}

export const contactReads = {
  'contacts.books': books,
  'contacts.window': window,
  'contacts.rows': (db: ReadHandle, ids: readonly number[]): ContactRow[] => contactRows(db, ids),
  'contacts.known': knownAddresses,
  'contacts.find': find,
  /** Which of these addresses stand in this book, in lower case. */
  'contacts.knownIn': (db: ReadHandle, input: { book: number; addresses: readonly string[] }): string[] =>
    [...new Set(input.addresses.map((each) => each.trim().toLowerCase()))].filter(
      (each) =>
        // By the address, not by walking the book (writes.ts: alreadyIn).
        db.value(
          'SELECT 1 FROM contact_addresses a JOIN contacts c ON c.id = a.contact WHERE a.address = ? AND +c.book = ? LIMIT 1',
          each,
          input.book,
        ) !== undefined,
    ),
  'contacts.card': (db: ReadHandle, id: number): CardRow & { readOnly: boolean } => {
    const card = cardOf(db, id);
    const readOnly = db.value('SELECT kind FROM books WHERE id = ?', card.book) === 'ldap';
    return { ...card, readOnly };
  },
  'contacts.photo': (db: ReadHandle, id: number): CardPhoto | null => {
    if (db.value('SELECT 1 FROM contacts WHERE id = ?', id) === undefined) throw noSuchContact(id);
    return photoOf(db, id);
  },
  'contacts.cards': cards,
  'contacts.birthdays': birthdays,
  'contacts.duplicates': (db: ReadHandle, { limit }: { limit: number }): DuplicateRows => {
    const groups = duplicateGroups(db);
    const shown = groups.slice(0, limit);
    return {
      total: groups.length,
      groups: shown.map(({ reason, ids }) => ({ reason, rows: contactRows(db, ids) })),
    };
  },
  'contacts.merged': (db: ReadHandle, { ids }: { ids: readonly number[] }): ContactContent =>
    mergeContents(ids.map((id) => cardOf(db, id).content)),
  'people.suggest': (db: ReadHandle, input: { text: string; limit: number }): Suggestion[] =>
    suggest(db, input),
};
