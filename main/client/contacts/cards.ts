/**
 * Contacts as rows: the only place that writes them, so that words, addresses and telephones never disagree with the
 * content. Every change can keep what was before under a token.
 */
import { randomUUID } from 'node:crypto';
import { Fault } from '../../base/errors.ts';
import type { ContactContent } from '../../contract/mail/contacts.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import { addressesOf, birthdayKey, contactWords, phoneDigits, placeOf, shownName } from './content.ts';

export interface CardPhoto {
  type: string;
  bytes: Uint8Array;
}

export interface CardRow {
  id: number;
  book: number;
  uid: string;
  content: ContactContent;
  changed: number;
  photoType: string | null;
}

interface Columns {
  id: number;
  book: number;
  uid: string;
  content: string;
  changed: number;
  photo_type: string | null;
}

export const noSuchContact = (id: number): Fault =>
  new Fault('user', 'no-such-contact', 'This person is not in the address book any more.', {
    detail: { id },
  });
export const noSuchBook = (id: number): Fault =>
  new Fault('user', 'no-such-book', 'There is no such address book.', { detail: { id } });

/** @throws Fault user `no-such-contact` */
export function cardOf(db: ReadHandle, id: number): CardRow {
  const row = db.get<Columns>(
    'SELECT id, book, uid, content, changed, photo_type FROM contacts WHERE id = ?',
    id,
  );
  if (!row) throw noSuchContact(id);
  const { photo_type: photoType, content, ...rest } = row;
  return { ...rest, photoType, content: JSON.parse(content) as ContactContent };
}

/** @throws Fault user `no-such-book`, `book-is-read-only` */
export function writableBook(db: ReadHandle, id: number): void {
  const kind = db.value<string>('SELECT kind FROM books WHERE id = ?', id);
  if (kind === undefined) throw noSuchBook(id);
  if (kind === 'ldap')
    throw new Fault(
      'user',
      'book-is-read-only',
      'This address book belongs to a directory and can only be read.',
    );
}

/** Where what has no other place goes: the first own book. */
export const ownBook = (db: ReadHandle): number =>
  db.value<number>("SELECT id FROM books WHERE kind = 'own' ORDER BY position, id LIMIT 1") as number;

/** Writes a contact, new where `id` is null. `photo` undefined: as it is. @returns its id */
export function putCard(
  tx: WriteTx,
  card: {
    id: number | null;
    book: number;
    uid?: string;
    content: ContactContent;
    photo?: CardPhoto | null | undefined;
  },
): number {
  const { content } = card;
  const name = shownName(content);
  const values = [card.book, content.kind, name, placeOf(content), JSON.stringify(content)] as const;
  const birthday = birthdayKey(content.birthday);
  let id = card.id;
  if (id !== null) {
    const changed = tx.db.run(
      'UPDATE contacts SET book = ?, kind = ?, name = ?, place = ?, content = ?, birthday = ?, changed = ? WHERE id = ?',
      ...values,
      birthday,
      tx.now,
      id,
    );
    if (changed.changes === 0) throw noSuchContact(id);
    forgetTraces(tx, id);
    if (card.uid !== undefined) tx.db.run('UPDATE contacts SET uid = ? WHERE id = ?', card.uid, id);
  } else {
    id = tx.db.run(
      'INSERT INTO contacts (book, kind, name, place, content, birthday, changed, uid) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      ...values,
      birthday,
      tx.now,
      card.uid ?? `urn:uuid:${randomUUID()}`,
    ).lastId;
  }
  addTraces(tx, id, content);
  if (card.photo !== undefined) putPhoto(tx, id, card.photo);
  return id;
}

function addTraces(tx: WriteTx, id: number, content: ContactContent): void {
  for (const [n, address] of addressesOf(content).entries())
    tx.db.run('INSERT INTO contact_addresses (address, contact, n) VALUES (?, ?, ?)', address, id, n);
  for (const word of contactWords(content))
    tx.db.run('INSERT INTO contact_words (word, contact) VALUES (?, ?)', word, id);
  const digits = new Set(
    content.phones.map((each) => phoneDigits(each.value)).filter((each) => each !== null),
  );
  for (const each of digits)
    tx.db.run('INSERT INTO contact_phones (digits, contact) VALUES (?, ?)', each, id);
}

function forgetTraces(tx: WriteTx, id: number): void {
  tx.db.run('DELETE FROM contact_addresses WHERE contact = ?', id);
  tx.db.run('DELETE FROM contact_words WHERE contact = ?', id);
  tx.db.run('DELETE FROM contact_phones WHERE contact = ?', id);
}

function putPhoto(tx: WriteTx, id: number, photo: CardPhoto | null): void {
  tx.db.run('UPDATE contacts SET photo_type = ? WHERE id = ?', photo?.type ?? null, id);
  if (photo)
    tx.db.run('INSERT OR REPLACE INTO contact_photos (contact, bytes) VALUES (?, ?)', id, photo.bytes);
  else tx.db.run('DELETE FROM contact_photos WHERE contact = ?', id);
}

export function dropCard(tx: WriteTx, id: number): void {
  forgetTraces(tx, id);
  tx.db.run('DELETE FROM contact_photos WHERE contact = ?', id);
  if (tx.db.run('DELETE FROM contacts WHERE id = ?', id).changes === 0) throw noSuchContact(id);
}

/** What `former` of an undo row holds. */
interface Former {
  book: number;
  uid: string;
  content: ContactContent;
  photoType: string | null;
}

/** One action's memory of what was before. */
export class CardUndo {
  readonly token: string;
  readonly #tx: WriteTx;
  count = 0;

  /** @param token of an action that began in an earlier transaction */
  constructor(tx: WriteTx, token: string = randomUUID()) {
    this.token = token;
    this.#tx = tx;
    const day = 24 * 60 * 60 * 1000;
    tx.db.run('DELETE FROM contact_undo WHERE at < ?', tx.now - day);
  }

  /** Before this one is changed or dropped. */
  keep(id: number): CardRow {
    const card = cardOf(this.#tx.db, id);
    const { book, uid, content, photoType } = card;
    const photo = photoOf(this.#tx.db, id)?.bytes ?? null;
    const former: Former = { book, uid, content, photoType };
    this.#save(id, JSON.stringify(former), photo);
    return card;
  }

  /** This one was not there before. */
  made(id: number): void {
    this.#save(id, null, null);
  }

  #save(id: number, former: string | null, photo: Uint8Array | null): void {
    this.count++;
    this.#tx.db.run(
      'INSERT OR IGNORE INTO contact_undo (token, contact, at, former, photo) VALUES (?, ?, ?, ?, ?)',
      this.token,
      id,
      this.#tx.now,
      former,
      photo,
    );
  }
}

export function photoOf(db: ReadHandle, id: number): CardPhoto | null {
  const row = db.get<{ type: string; bytes: Uint8Array }>(
    `SELECT c.photo_type AS type, p.bytes AS bytes FROM contacts c JOIN contact_photos p ON p.contact = c.id WHERE c.id = ?`,
    id,
  );
  return row ? { type: row.type, bytes: row.bytes } : null;
}

/** Everything as it was before the action of this token. @throws Fault user `nothing-to-undo` */
export function undoCards(tx: WriteTx, token: string): number {
  const rows = tx.db.all<{ contact: number; former: string | null; photo: Uint8Array | null }>(
    'SELECT contact, former, photo FROM contact_undo WHERE token = ? ORDER BY contact',
    token,
  );
  if (rows.length === 0) throw new Fault('user', 'nothing-to-undo', 'There is nothing to take back.');
  for (const { contact, former, photo } of rows) {
    const there = tx.db.value('SELECT 1 FROM contacts WHERE id = ?', contact) !== undefined;
    if (there) dropCard(tx, contact);
    if (former === null) continue;
    const { book, uid, content, photoType } = JSON.parse(former) as Former;
    if (tx.db.value('SELECT 1 FROM books WHERE id = ?', book) === undefined) throw noSuchBook(book);
    // Under its former id: groups, windows and other actions' memory know it by that.
    tx.db.run(
      "INSERT INTO contacts (id, book, uid, kind, name, place, content, changed) VALUES (?, ?, ?, '', '', '', '', 0)",
      contact,
      book,
      uid,
    );
    const shown = photo && photoType ? { type: photoType, bytes: photo } : null;
    putCard(tx, { id: contact, book, content, photo: shown });
  }
  tx.db.run('DELETE FROM contact_undo WHERE token = ?', token);
  announceContacts(tx);
  return rows.length;
}

/** Heard by windows as `contacts.changed`. */
export function announceContacts(tx: WriteTx, books = false): void {
  tx.change(books ? 'books' : 'contacts', {});
}
