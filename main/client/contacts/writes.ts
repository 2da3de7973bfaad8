/** Changes of the address book, each one transaction that can be taken back. */
import { Fault } from '../../base/errors.ts';
import type { ContactContent, LdapSettings } from '../../contract/mail/contacts.ts';
import type { WriteTx } from '../../store/program.ts';
import {
  announceContacts,
  type CardPhoto,
  CardUndo,
  cardOf,
  dropCard,
  noSuchBook,
  noSuchContact,
  ownBook,
  photoOf,
  putCard,
  undoCards,
  writableBook,
} from './cards.ts';
import { addressesOf, isEmpty } from './content.ts';
import { mergeContents } from './merge.ts';

export interface Undoable {
  undo: string;
  count: number;
}

function saveBook(
  tx: WriteTx,
  input: { id: number | null; name: string; ldap: LdapSettings | null },
): { id: number } {
  const { name } = input;
  const taken = tx.db.value<number>('SELECT id FROM books WHERE lower(name) = lower(?)', name);
  if (taken !== undefined && taken !== input.id)
    throw new Fault('user', 'book-name-taken', 'There is an address book of this name already.', {
      detail: { name },
    });
  const ldap = input.ldap ? JSON.stringify(input.ldap) : null;
  let id = input.id;
  if (id === null) {
    id = tx.db.run(
      `INSERT INTO books (kind, name, ldap, position) VALUES (?, ?, ?, (SELECT coalesce(max(position), 0) + 1 FROM books))`,
      ldap ? 'ldap' : 'own',
      name,
      ldap,
    ).lastId;
  } else if (
    tx.db.run('UPDATE books SET name = ?, ldap = coalesce(?, ldap) WHERE id = ?', name, ldap, id).changes ===
    0
  )
    throw noSuchBook(id);
  announceContacts(tx, true);
  return { id };
}

function removeBook(tx: WriteTx, { id }: { id: number }): void {
  const kind = tx.db.value<string>('SELECT kind FROM books WHERE id = ?', id);
  if (kind === undefined) throw noSuchBook(id);
  if (kind === 'collected' || (kind === 'own' && id === ownBook(tx.db)))
    throw new Fault(
      'user',
      'book-is-needed',
      'This address book is needed; only what is in it can be removed.',
    );
  for (const contact of tx.db.pluck<number>('SELECT id FROM contacts WHERE book = ?', id))
    dropCard(tx, contact);
  tx.db.run('DELETE FROM books WHERE id = ?', id);
  announceContacts(tx, true);
}

export interface SaveInput {
  id: number | null;
  book: number | null;
  content: ContactContent;
  photo?: CardPhoto | null | undefined;
}

function save(tx: WriteTx, input: SaveInput): { id: number; undo: string } {
  if (isEmpty(input.content)) throw new Fault('user', 'contact-empty', 'A name or an address is needed.');
  const undo = new CardUndo(tx);
  const book = input.book ?? (input.id === null ? ownBook(tx.db) : cardOf(tx.db, input.id).book);
  writableBook(tx.db, book);
  if (input.id !== null) writableBook(tx.db, undo.keep(input.id).book);
  const id = putCard(tx, { ...input, book });
  if (input.id === null) undo.made(id);
  announceContacts(tx);
  return { id, undo: undo.token };
}

function remove(tx: WriteTx, { ids }: { ids: readonly number[] }): Undoable {
  const undo = new CardUndo(tx);
  for (const id of new Set(ids)) {
    writableBook(tx.db, undo.keep(id).book);
    dropCard(tx, id);
  }
  announceContacts(tx);
  return { undo: undo.token, count: undo.count };
}

function move(tx: WriteTx, { ids, book }: { ids: readonly number[]; book: number }): Undoable {
  writableBook(tx.db, book);
  const undo = new CardUndo(tx);
  for (const id of new Set(ids)) {
    const card = undo.keep(id);
    writableBook(tx.db, card.book);
    putCard(tx, { id, book, content: card.content });
  }
  announceContacts(tx);
  return { undo: undo.token, count: undo.count };
}

function merge(tx: WriteTx, input: { ids: readonly number[] }): Undoable & { id: number } {
  const ids = [...new Set(input.ids)];
  const [first] = ids;
  if (first === undefined || ids.length < 2) throw noSuchContact(first ?? 0);
  const undo = new CardUndo(tx);
  const cards = ids.map((id) => {
    const card = undo.keep(id);
    writableBook(tx.db, card.book);
    return card;
  });
  const photo = ids.map((id) => photoOf(tx.db, id)).find((each) => each !== null);
  const content = mergeContents(cards.map((each) => each.content));
  for (const id of ids.slice(1)) dropCard(tx, id);
  // Written down by hand goes before collected: the one that stays keeps the better place.
  const own = cards.find((each) => tx.db.value('SELECT kind FROM books WHERE id = ?', each.book) === 'own');
  putCard(tx, { id: first, book: (own ?? (cards[0] as (typeof cards)[0])).book, content, photo });
  announceContacts(tx);
  return { id: first, undo: undo.token, count: ids.length };
}

export interface BroughtCard {
  uid: string | null;
  content: ContactContent;
  photo: CardPhoto | null;
}

export interface BringInput {
  book: number | null;
  known: 'skip' | 'complete' | 'add';
  cards: readonly BroughtCard[];
  /** Of the earlier parts of the same file. */
  undo?: string;
}

export interface BroughtReport {
  imported: number;
  completed: number;
  /** Of these two together: lists of people. */
  lists: number;
  skipped: number;
  undo: string;
}

/** Cards of a file, or of a part of it, into a book. */
function bring(tx: WriteTx, { book: asked, known, cards, undo: token }: BringInput): BroughtReport {
  const book = asked ?? ownBook(tx.db);
  writableBook(tx.db, book);
  const undo = new CardUndo(tx, token);
  const report = { imported: 0, completed: 0, lists: 0, skipped: 0 };
  for (const { uid, content, photo } of cards) {
    const there = known === 'add' ? undefined : alreadyIn(tx, book, uid, content);
    if (there === undefined) {
      undo.made(putCard(tx, { id: null, book, content, photo, ...(uid === null ? {} : { uid }) }));
      report.imported++;
      if (content.kind === 'group') report.lists++;
      continue;
    }
    const before = cardOf(tx.db, there);
    const whole = mergeContents([before.content, content]);
    const newPhoto = photo && before.photoType === null ? photo : undefined;
    if (
      known === 'skip' ||
      (newPhoto === undefined && JSON.stringify(whole) === JSON.stringify(before.content))
    ) {
      report.skipped++;
      continue;
    }
    undo.keep(there);
    putCard(tx, { id: there, book, content: whole, photo: newPhoto });
    report.completed++;
    if (content.kind === 'group') report.lists++;
  }
  announceContacts(tx);
  return { ...report, undo: undo.token };
}

/** Somebody of the book who is this one: by the card's own id, or by an address. */
export function alreadyIn(
  { db }: Pick<WriteTx, 'db'>,
  book: number,
  uid: string | null,
  content: ContactContent,
): number | undefined {
  if (uid !== null) {
    const same = db.value<number>('SELECT id FROM contacts WHERE uid = ? AND book = ?', uid, book);
    if (same !== undefined) return same;
  }
  for (const address of addressesOf(content)) {
    // The plus keeps the planner from walking the whole book: 50,000 cards of a file would be quadratic.
    const same = db.value<number>(
      'SELECT a.contact FROM contact_addresses a JOIN contacts c ON c.id = a.contact WHERE a.address = ? AND +c.book = ? LIMIT 1',
      address,
      book,
    );
    if (same !== undefined) return same;
  }
  return undefined;
}

/** What a directory says now, some entries at a time; `seen` of the last call is everybody there is. */
function refresh(
  tx: WriteTx,
  input: { book: number; cards: readonly BroughtCard[]; seen: readonly string[] | null },
): { changed: number; gone: number } {
  const { book } = input;
  if (tx.db.value('SELECT kind FROM books WHERE id = ?', book) !== 'ldap') throw noSuchBook(book);
  let changed = 0;
  for (const { uid, content, photo } of input.cards) {
    const row = tx.db.get<{ id: number; content: string; photo_type: string | null }>(
      'SELECT id, content, photo_type FROM contacts WHERE uid = ? AND book = ?',
      uid as string,
      book,
    );
    if (row && row.content === JSON.stringify(content) && (row.photo_type !== null) === (photo !== null))
      continue;
    putCard(tx, { id: row?.id ?? null, book, uid: uid as string, content, photo });
    changed++;
  }
  let gone = 0;
  if (input.seen !== null) {
    const there = new Set(input.seen);
    for (const row of tx.db.all<{ id: number; uid: string }>(
      'SELECT id, uid FROM contacts WHERE book = ?',
      book,
    )) {
      if (there.has(row.uid)) continue;
      dropCard(tx, row.id);
      gone++;
    }
    tx.db.run('UPDATE books SET refreshed = ? WHERE id = ?', tx.now, book);
  }
  if (changed > 0 || gone > 0 || input.seen !== null) announceContacts(tx, true);
  return { changed, gone };
}

export const contactWrites = {
  'contacts.saveBook': saveBook,
  'contacts.removeBook': removeBook,
  'contacts.save': save,
  'contacts.remove': remove,
  'contacts.move': move,
  'contacts.merge': merge,
  'contacts.bring': bring,
  'contacts.refresh': refresh,
  'contacts.undo': (tx: WriteTx, token: string): number => undoCards(tx, token),
};
