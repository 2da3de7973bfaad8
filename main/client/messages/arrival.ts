/**
 * How rows of letters come: a letter taken in, copied, or given its octets. A first synchronisation brings tens of
 * thousands of them, so what can be asked or written for many at once is: threads, people, counters, the queue of the
 * index. Keys and ids are given out here, because nobody else writes inside the transaction.
 */
import type { Address } from '../../mail/address.ts';
import { houseOfAddress } from '../../mail/organisation.ts';
import type { WriteTx } from '../../store/program.ts';
import { People } from '../contacts/rows.ts';
import { queueReport } from '../receipts/rows.ts';
import { addToConversation, count, type FolderCounts } from './conversations.ts';
import {
  accountOf,
  announce,
  FLAG,
  type LetterFacts,
  type MessageRow,
  messageRow,
  type NewMessage,
} from './row.ts';
import { Threads } from './threads.ts';

const KEY_STEP = 2 ** 20;
const MAX_SECONDS = 2 ** 33 - 1;
const SUBJECT_CHARS = 1000;
const FILES_CHARS = 600;

/** Second of a date in ms, as keys count them. */
const secondOf = (date: number): number =>
  Math.min(MAX_SECONDS - 1, Math.max(0, Math.floor(date / 1000) || 0));

/** A free place in time: descending keys are newest first. */
function allocateKey(tx: WriteTx, date: number): number {
  let seconds = secondOf(date);
  for (;;) {
    const low = seconds * KEY_STEP;
    const highest = tx.db.value<number | null>(
      'SELECT max(key) FROM messages WHERE key >= ? AND key < ?',
      low,
      low + KEY_STEP,
    );
    if (highest === null || highest === undefined) return low;
    if (highest + 1 < low + KEY_STEP) return highest + 1;
    // More than a million letters within one second: the next ones stand a second later.
    seconds = seconds < MAX_SECONDS - 1 ? seconds + 1 : 0;
  }
}

interface Own {
  addresses: Set<string>;
  /** Domains of the firm, whatever department an account belongs to. */
  houses: Set<string>;
}
const ownCache = new WeakMap<WriteTx, Own>();

/** The person's own addresses and their domains, as the accounts stand in this transaction. */
function ownOf(tx: WriteTx): Own {
  const known = ownCache.get(tx);
  if (known) return known;
  const addresses = new Set<string>();
  const houses = new Set<string>();
  for (const address of tx.db.pluck<string>("SELECT lower(address) FROM accounts WHERE address LIKE '%@%'")) {
    addresses.add(address);
    houses.add(houseOfAddress(address));
  }
  houses.delete('');
  const own = { addresses, houses };
  ownCache.set(tx, own);
  return own;
}

const fileList = (files: readonly string[] | undefined): string =>
  (files ?? []).join('\n').slice(0, FILES_CHARS);

const recipientsText = (to: readonly Address[]): string =>
  JSON.stringify(to.slice(0, 4).map((each) => [each.name.slice(0, 100), each.address.slice(0, 320)]));

function toMe(own: Own, facts: LetterFacts): number {
  return facts.to.some((each) => own.addresses.has(each.address.toLowerCase())) ? 1 : 0;
}

function outside(own: Own, from: Address): number {
  if (own.houses.size === 0 || from.address === '') return 0;
  return own.houses.has(houseOfAddress(from.address)) ? 0 : 1;
}

/** Letters from further in the future than this are dated by their arrival: a wrong clock, or a trick to stay on top. */
const FUTURE_MS = 48 * 3_600_000;

function dateOf(tx: WriteTx, facts: LetterFacts, received: number): number {
  const { date } = facts;
  if (date === null || !Number.isFinite(date)) return received;
  return date > tx.now + FUTURE_MS ? Math.min(date, received) : date;
}

/** Letters of one folder that come in one transaction. */
interface Place extends FolderCounts {
  account: number;
  ids: number[];
  keys: number[];
}

/** Adds a letter: key, thread, counters, conversation, people, queue of the index. Returns its id. */
export function insertMessage(tx: WriteTx, m: NewMessage): number {
  return insertMessages(tx, [m])[0] as number;
}

/** The same for many at once, with one announcement a folder. */
export function insertMessages(tx: WriteTx, letters: readonly NewMessage[]): number[] {
  if (letters.length === 0) return [];
  const { db } = tx;
  const threads = new Threads(
    tx,
    letters.map((letter) => letter.facts),
  );
  const people = new People();
  const folders = new Map<number, Place>();
  // Ids are never used again (AUTOINCREMENT), so the next one is known before its row is there.
  const last = db.value<number>("SELECT seq FROM sqlite_sequence WHERE name = 'messages'") ?? 0;
  const ids = letters.map((letter, n) => {
    let place = folders.get(letter.folder);
    if (!place) {
      const account = accountOf(tx, letter.folder);
      place = { account, ids: [], keys: [], total: 0, unread: 0, conversations: 0 };
      folders.set(letter.folder, place);
    }
    const id = last + 1 + n;
    const thread = threads.of(id, letter.facts);
    const date = dateOf(tx, letter.facts, letter.received);
    const key = insertRow(tx, letter, { id, account: place.account, thread, date });
    const { folder, flags } = letter;
    const member = { id, key, folder, thread, flags, attachments: letter.facts.attachments };
    addToConversation(tx, member, place, thread === id);
    meet(tx, people, letter, date);
    if (letter.facts.report && letter.blob) queueReport(tx, id);
    place.ids.push(id);
    place.keys.push(key);
    return id;
  });
  threads.write();
  people.write(tx);
  db.run(
    'INSERT OR IGNORE INTO to_index (message) SELECT id FROM messages WHERE id BETWEEN ? AND ?',
    last + 1,
    last + letters.length,
  );
  for (const [folder, place] of folders) {
    count(tx, folder, place);
    announce(tx, folder, place.ids, place.keys, []);
    tx.change('folder', { id: folder });
  }
  return ids;
}

/** Remembers who wrote, or to whom the person wrote. */
function meet(tx: WriteTx, people: People, { facts, flags }: NewMessage, date: number): void {
  const mine = ownOf(tx).addresses.has(facts.from.address.toLowerCase());
  if (mine || (flags & FLAG.draft) !== 0) {
    if ((flags & FLAG.draft) === 0) people.written([...facts.to, ...facts.cc], date);
  } else if ((flags & FLAG.junk) === 0) people.sender(facts.from, date);
}

const INSERT = `(id, key, folder, account, uid, thread, date, received, size, flags, keywords, server_flags,
    server_keywords, blob, body, message_id, from_name, from_address, recipients, subject, preview, attachments,
    to_me, outside, head, server_id, files)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const INSERT_IF_FREE = `INSERT OR IGNORE INTO messages ${INSERT}`;
const INSERT_ROW = `INSERT INTO messages ${INSERT}`;

/** Writes the row; returns its key. */
function insertRow(
  tx: WriteTx,
  m: NewMessage,
  known: { id: number; account: number; thread: number; date: number },
): number {
  const { facts } = m;
  const own = ownOf(tx);
  const keywords = [...new Set(m.keywords)].sort().join(' ');
  const onServer = m.uid !== null;
  const write = (sql: string, key: number): number =>
    tx.db.run(
      sql,
      known.id,
      key,
      m.folder,
      known.account,
      m.uid,
      known.thread,
      known.date,
      m.received,
      facts.size,
      m.flags,
      keywords,
      onServer ? m.flags : 0,
      onServer ? keywords : '',
      m.blob,
      m.blob ? 1 : 0,
      facts.messageId.slice(0, 1000),
      facts.from.name.slice(0, 200),
      facts.from.address.slice(0, 320),
      recipientsText(facts.to),
      facts.subject.slice(0, SUBJECT_CHARS),
      facts.preview,
      facts.attachments,
      toMe(own, facts),
      outside(own, facts.from),
      m.head,
      m.serverId ?? null,
      fileList(facts.files),
    ).changes;
  // Nearly every letter is the first of its second; only the others have to look for a place.
  const first = secondOf(known.date) * KEY_STEP;
  if (write(INSERT_IF_FREE, first) === 1) return first;
  const key = allocateKey(tx, known.date);
  write(INSERT_ROW, key);
  return key;
}

/** A header-only letter's octets, for which the caller called tx.blobs.append(), and the facts read from them. */
export interface Attached {
  id: number;
  facts: LetterFacts;
  /** Hash. */
  blob: Uint8Array;
}

/** Header-only letters get their octets, with one announcement a folder. Letters that are gone are passed over. */
export function attachBodies(tx: WriteTx, bodies: readonly Attached[]): void {
  const changed = new Map<number, number[]>();
  const { db } = tx;
  const own = ownOf(tx);
  for (const { id, facts, blob } of bodies) {
    const row = messageRow(db, id);
    if (!row) {
      tx.blobs.release(blob);
      continue;
    }
    if (row.blob) tx.blobs.release(row.blob);
    db.run(
      `UPDATE messages SET blob = ?, body = 1, failures = 0, head = NULL, size = ?, preview = ?, attachments = ?, files = ?,
         subject = ?, from_name = ?, from_address = ?, recipients = ?, to_me = ?, outside = ?,
         message_id = CASE message_id WHEN '' THEN ? ELSE message_id END WHERE id = ?`,
      blob,
      facts.size,
      facts.preview,
      facts.attachments,
      fileList(facts.files),
      facts.subject.slice(0, SUBJECT_CHARS),
      facts.from.name.slice(0, 200),
      facts.from.address.slice(0, 320),
      recipientsText(facts.to),
      toMe(own, facts),
      outside(own, facts.from),
      facts.messageId.slice(0, 1000),
      id,
    );
    const before = row.attachments > 0 ? 1 : 0;
    const after = facts.attachments > 0 ? 1 : 0;
    if (before !== after) {
      db.run(
        'UPDATE conversations SET files = files + ? WHERE folder = ? AND thread = ?',
        after - before,
        row.folder,
        row.thread,
      );
    }
    db.run('INSERT OR IGNORE INTO to_index (message) VALUES (?)', id);
    if (facts.report) queueReport(tx, id);
    const ids = changed.get(row.folder);
    if (ids) ids.push(id);
    else changed.set(row.folder, [id]);
  }
  for (const [folder, ids] of changed) announce(tx, folder, ids, [], []);
}

/** Second rows of the same letters in another folder, not known to a server yet. Returns their ids in order. */
export function insertCopies(tx: WriteTx, rows: readonly MessageRow[], folder: number): number[] {
  const { db } = tx;
  const account = accountOf(tx, folder);
  const place: Place = { account, ids: [], keys: [], total: 0, unread: 0, conversations: 0 };
  for (const row of rows) {
    const key = allocateKey(tx, row.date);
    const { lastId: id } = db.run(
      `INSERT INTO messages (key, folder, account, thread, date, received, size, flags, keywords, blob, body, message_id,
         from_name, from_address, recipients, subject, preview, attachments, to_me, outside, head, files)
       SELECT ?, ?, ?, thread, date, received, size, flags, keywords, blob, body, message_id, from_name, from_address,
         recipients, subject, preview, attachments, to_me, outside, head, files FROM messages WHERE id = ?`,
      key,
      folder,
      account,
      row.id,
    );
    if (row.blob) tx.blobs.retain(row.blob);
    addToConversation(tx, { ...row, id, key, folder }, place);
    db.run('INSERT OR IGNORE INTO to_index (message) VALUES (?)', id);
    place.ids.push(id);
    place.keys.push(key);
  }
  if (place.ids.length > 0) {
    count(tx, folder, place);
    announce(tx, folder, place.ids, place.keys, []);
    tx.change('folder', { id: folder });
  }
  return place.ids;
}
