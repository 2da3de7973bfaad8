/**
 * The rows of letters and everything that counts them: the only code that touches messages, conversations,
 * folder counters, thread_ids and to_index. Every function runs inside a write transaction, so a letter, its
 * conversation, its folder's numbers and the announcement are committed together or not at all.
 *
 * Announcements, read back by the views and by the windows' events:
 *   'message' {folder, ids, added, gone}  letters of this folder that changed; keys that came and went
 *   'folder'  {id}                        its counters changed
 *
 * It must never read a blob, parse a letter or decide what a server should hear: callers bring facts.
 */
import type { Address } from '../../mail/address.ts';
import { houseOfAddress } from '../../mail/organisation.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import { rememberSender, rememberWritten } from '../contacts/rows.ts';
import { dropThread, type ThreadMember, threadFor } from './threads.ts';

/** Bit n stands for FLAGS[n] of the contract. */
export const FLAG = {
  seen: 1,
  answered: 2,
  flagged: 4,
  deleted: 8,
  draft: 16,
  forwarded: 32,
  junk: 64,
} as const;

/** What a row needs to know of a letter: from its octets, or from what an IMAP server tells of it. */
export interface LetterFacts {
  messageId: string;
  inReplyTo: string[];
  references: string[];
  subject: string;
  from: Address;
  to: Address[];
  cc: Address[];
  /** Milliseconds; null when the letter has no believable date. */
  date: number | null;
  preview: string;
  attachments: number;
  /** Octets. */
  size: number;
  listId: string;
  /** Names of the attachments, for search results; may be left out by who knows only a header. */
  files?: string[];
}

export interface NewMessage {
  folder: number;
  /** null: only here, or on its way to the server. */
  uid: number | null;
  /** Milliseconds; INTERNALDATE or arrival. */
  received: number;
  flags: number;
  keywords: string[];
  facts: LetterFacts;
  /** Hash of the octets, for which the caller called tx.blobs.append(); null: header only. */
  blob: Uint8Array | null;
  /** Header octets of a header-only letter. */
  head: Uint8Array | null;
  serverId?: string;
}

export interface MessageRow {
  id: number;
  key: number;
  folder: number;
  account: number;
  uid: number | null;
  thread: number;
  date: number;
  received: number;
  size: number;
  flags: number;
  keywords: string;
  server_flags: number;
  server_keywords: string;
  blob: Uint8Array | null;
  body: number;
  message_id: string;
  attachments: number;
}

/** Ids announced in one change; more is "ask anew". */
const ANNOUNCED = 500;
const KEY_STEP = 2 ** 20;
const MAX_SECONDS = 2 ** 33 - 1;
const SUBJECT_CHARS = 1000;
const FILES_CHARS = 600;

const ROW =
  'id, key, folder, account, uid, thread, date, received, size, flags, keywords, server_flags, server_keywords, blob, body, message_id, attachments';

export function messageRow(db: ReadHandle, id: number): MessageRow | undefined {
  return db.get<MessageRow>(`SELECT ${ROW} FROM messages WHERE id = ?`, id);
}

export function announce(tx: WriteTx, folder: number, ids: number[], added: number[], gone: number[]): void {
  const many = ids.length > ANNOUNCED || added.length > ANNOUNCED || gone.length > ANNOUNCED;
  tx.change('message', many ? { folder, ids: null } : { folder, ids, added, gone });
}

/** A free place in time: descending keys are newest first. */
function allocateKey(tx: WriteTx, date: number): number {
  let seconds = Math.min(MAX_SECONDS - 1, Math.max(0, Math.floor(date / 1000) || 0));
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
export function ownOf(tx: WriteTx): Own {
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

interface Inserted {
  id: number;
  key: number;
}

function insertRow(tx: WriteTx, m: NewMessage, account: number): Inserted {
  const { db } = tx;
  const { facts } = m;
  const own = ownOf(tx);
  const date = dateOf(tx, facts, m.received);
  const key = allocateKey(tx, date);
  const keywords = [...new Set(m.keywords)].sort().join(' ');
  const onServer = m.uid !== null;
  const { lastId: id } = db.run(
    `INSERT INTO messages (key, folder, account, uid, thread, date, received, size, flags, keywords, server_flags,
       server_keywords, blob, body, message_id, from_name, from_address, recipients, subject, preview, attachments,
       to_me, outside, head, server_id, files)
     VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    key,
    m.folder,
    account,
    m.uid,
    date,
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
  );
  const thread = threadFor(tx, id, facts);
  db.run('UPDATE messages SET thread = ? WHERE id = ?', thread, id);
  joinConversation(tx, { id, key, folder: m.folder, thread, flags: m.flags, attachments: facts.attachments });
  db.run('INSERT OR IGNORE INTO to_index (message) VALUES (?)', id);
  const sender = facts.from.address.toLowerCase();
  if (own.addresses.has(sender) || (m.flags & FLAG.draft) !== 0) {
    if ((m.flags & FLAG.draft) === 0) rememberWritten(tx, [...facts.to, ...facts.cc], date);
  } else if ((m.flags & FLAG.junk) === 0) rememberSender(tx, facts.from, date);
  return { id, key };
}

/** Adds to the conversation of the folder, and to the folder's numbers. */
function joinConversation(tx: WriteTx, m: ThreadMember): void {
  const unread = m.flags & FLAG.seen ? 0 : 1;
  const flagged = m.flags & FLAG.flagged ? 1 : 0;
  const files = m.attachments > 0 ? 1 : 0;
  const { changes } = tx.db.run(
    `UPDATE conversations SET total = total + 1, unread = unread + ?, flagged = flagged + ?, files = files + ?,
       newest = CASE WHEN newest_key < ? THEN ? ELSE newest END, newest_key = max(newest_key, ?)
     WHERE folder = ? AND thread = ?`,
    unread,
    flagged,
    files,
    m.key,
    m.id,
    m.key,
    m.folder,
    m.thread,
  );
  if (changes > 0) {
    count(tx, m.folder, 1, unread, 0);
    return;
  }
  tx.db.run(
    'INSERT INTO conversations (folder, thread, newest_key, newest, total, unread, flagged, files) VALUES (?, ?, ?, ?, 1, ?, ?, ?)',
    m.folder,
    m.thread,
    m.key,
    m.id,
    unread,
    flagged,
    files,
  );
  count(tx, m.folder, 1, unread, 1);
}

function leaveConversation(tx: WriteTx, m: ThreadMember): void {
  const { db } = tx;
  const unread = m.flags & FLAG.seen ? 0 : 1;
  const newest = db.get<{ id: number; key: number }>(
    'SELECT id, key FROM messages WHERE thread = ? AND folder = ? AND id != ? ORDER BY key DESC LIMIT 1',
    m.thread,
    m.folder,
    m.id,
  );
  if (!newest) {
    db.run('DELETE FROM conversations WHERE folder = ? AND thread = ?', m.folder, m.thread);
    count(tx, m.folder, -1, -unread, -1);
    return;
  }
  db.run(
    `UPDATE conversations SET total = total - 1, unread = unread - ?, flagged = flagged - ?, files = files - ?,
       newest = ?, newest_key = ? WHERE folder = ? AND thread = ?`,
    unread,
    m.flags & FLAG.flagged ? 1 : 0,
    m.attachments > 0 ? 1 : 0,
    newest.id,
    newest.key,
    m.folder,
    m.thread,
  );
  count(tx, m.folder, -1, -unread, 0);
}

function count(tx: WriteTx, folder: number, total: number, unread: number, conversations: number): void {
  tx.db.run(
    'UPDATE folders SET total = total + ?, unread = unread + ?, conversations = conversations + ? WHERE id = ?',
    total,
    unread,
    conversations,
    folder,
  );
}

function accountOf(tx: WriteTx, folder: number): number {
  const account = tx.db.value<number>('SELECT account FROM folders WHERE id = ?', folder);
  if (account === undefined) throw new Error(`folder ${folder} is not there`);
  return account;
}

/** Adds a letter: key, thread, counters, conversation, people, queue of the index. Returns its id. */
export function insertMessage(tx: WriteTx, m: NewMessage): number {
  return insertMessages(tx, [m])[0] as number;
}

/** The same for many at once, with one announcement a folder. */
export function insertMessages(tx: WriteTx, letters: readonly NewMessage[]): number[] {
  const ids: number[] = [];
  const folders = new Map<number, { account: number; ids: number[]; keys: number[] }>();
  for (const letter of letters) {
    let place = folders.get(letter.folder);
    if (!place) {
      place = { account: accountOf(tx, letter.folder), ids: [], keys: [] };
      folders.set(letter.folder, place);
    }
    const { id, key } = insertRow(tx, letter, place.account);
    ids.push(id);
    place.ids.push(id);
    place.keys.push(key);
  }
  for (const [folder, place] of folders) {
    announce(tx, folder, place.ids, place.keys, []);
    tx.change('folder', { id: folder });
  }
  return ids;
}

/** A header-only letter gets its octets; the caller called tx.blobs.append(). Facts are read anew from them. */
export function attachBody(tx: WriteTx, id: number, facts: LetterFacts, blob: Uint8Array): void {
  const row = messageRow(tx.db, id);
  if (!row) {
    tx.blobs.release(blob);
    return;
  }
  if (row.blob) tx.blobs.release(row.blob);
  const own = ownOf(tx);
  tx.db.run(
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
    tx.db.run(
      'UPDATE conversations SET files = files + ? WHERE folder = ? AND thread = ?',
      after - before,
      row.folder,
      row.thread,
    );
  }
  tx.db.run('INSERT OR IGNORE INTO to_index (message) VALUES (?)', id);
  announce(tx, row.folder, [id], [], []);
}

/** A body that could not be had again and again: shown as damaged, not asked for any more. */
export function markDamaged(tx: WriteTx, id: number): void {
  const row = messageRow(tx.db, id);
  if (!row) return;
  tx.db.run('UPDATE messages SET body = 2 WHERE id = ?', id);
  announce(tx, row.folder, [id], [], []);
}

function writeMarks(tx: WriteTx, row: MessageRow, flags: number, keywords: string): boolean {
  if (row.flags === flags && row.keywords === keywords) return false;
  tx.db.run('UPDATE messages SET flags = ?, keywords = ? WHERE id = ?', flags, keywords, row.id);
  const unread = (flags & FLAG.seen ? 0 : 1) - (row.flags & FLAG.seen ? 0 : 1);
  const flagged = (flags & FLAG.flagged ? 1 : 0) - (row.flags & FLAG.flagged ? 1 : 0);
  if (unread !== 0 || flagged !== 0) {
    tx.db.run(
      'UPDATE conversations SET unread = unread + ?, flagged = flagged + ? WHERE folder = ? AND thread = ?',
      unread,
      flagged,
      row.folder,
      row.thread,
    );
  }
  if (unread !== 0) count(tx, row.folder, 0, unread, 0);
  return unread !== 0;
}

/** What the person sees. `keywords` are sorted and joined by a space. */
export function setMarks(tx: WriteTx, id: number, flags: number, keywords: string): void {
  setMarksOf(tx, [{ id, flags, keywords }]);
}

/** The same for many letters, with one announcement a folder. Letters that are gone are passed over. */
export function setMarksOf(
  tx: WriteTx,
  marks: readonly { id: number; flags: number; keywords: string }[],
): void {
  const changed = new Map<number, number[]>();
  const counted = new Set<number>();
  for (const { id, flags, keywords } of marks) {
    const row = messageRow(tx.db, id);
    if (!row) continue;
    if (row.flags === flags && row.keywords === keywords) continue;
    if (writeMarks(tx, row, flags, keywords)) counted.add(row.folder);
    const ids = changed.get(row.folder);
    if (ids) ids.push(id);
    else changed.set(row.folder, [id]);
  }
  for (const [folder, ids] of changed) announce(tx, folder, ids, [], []);
  for (const id of counted) tx.change('folder', { id });
}

/** What the server said; nothing visible changes by itself. */
export function setServerMarks(tx: WriteTx, id: number, flags: number, keywords: string): void {
  tx.db.run('UPDATE messages SET server_flags = ?, server_keywords = ? WHERE id = ?', flags, keywords, id);
}

/** To another folder, keeping its place in time. `uid` is what the letter has there, if that is known. */
export function moveMessage(tx: WriteTx, id: number, folder: number, uid: number | null): void {
  moveMessages(tx, [id], folder, uid);
}

/** Moves letters with one announcement a folder; `uid` belongs to a single letter. */
export function moveMessages(
  tx: WriteTx,
  ids: readonly number[],
  folder: number,
  uid: number | null = null,
): void {
  const account = accountOf(tx, folder);
  const left = new Map<number, { ids: number[]; keys: number[] }>();
  const come: { ids: number[]; keys: number[] } = { ids: [], keys: [] };
  for (const id of ids) {
    const row = messageRow(tx.db, id);
    if (!row) continue;
    if (row.folder === folder) {
      tx.db.run('UPDATE messages SET uid = ? WHERE id = ?', uid, id);
      continue;
    }
    leaveConversation(tx, row);
    tx.db.run('UPDATE messages SET folder = ?, account = ?, uid = ? WHERE id = ?', folder, account, uid, id);
    joinConversation(tx, { ...row, folder });
    const from = left.get(row.folder) ?? { ids: [], keys: [] };
    from.ids.push(id);
    from.keys.push(row.key);
    left.set(row.folder, from);
    come.ids.push(id);
    come.keys.push(row.key);
  }
  for (const [from, { ids: gone, keys }] of left) {
    announce(tx, from, gone, [], keys);
    tx.change('folder', { id: from });
  }
  if (come.ids.length > 0) {
    announce(tx, folder, come.ids, come.keys, []);
    tx.change('folder', { id: folder });
  }
}

/** Second rows of the same letters in another folder, not known to a server yet. Returns their ids in order. */
export function insertCopies(tx: WriteTx, rows: readonly MessageRow[], folder: number): number[] {
  const { db } = tx;
  const account = accountOf(tx, folder);
  const ids: number[] = [];
  const keys: number[] = [];
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
    joinConversation(tx, { ...row, id, key, folder });
    db.run('INSERT OR IGNORE INTO to_index (message) VALUES (?)', id);
    ids.push(id);
    keys.push(key);
  }
  if (ids.length > 0) {
    announce(tx, folder, ids, keys, []);
    tx.change('folder', { id: folder });
  }
  return ids;
}

/** Letters that the server dropped can be brought back for this long. */
export const PURGED_KEPT_MS = 7 * 24 * 3_600_000;

/**
 * Takes letters away. `erased`: a person asked for it; `server`: the server no longer has them, so their rows and
 * octets stay in `purged` for PURGED_KEPT_MS.
 */
export function removeMessages(tx: WriteTx, ids: number[], why: 'erased' | 'server'): void {
  const { db } = tx;
  const folders = new Map<number, { ids: number[]; keys: number[] }>();
  for (const id of ids) {
    const row = messageRow(db, id);
    if (!row) continue;
    leaveConversation(tx, row);
    if (why === 'server') {
      const whole = db.get<Record<string, unknown>>('SELECT * FROM messages WHERE id = ?', id) ?? {};
      const { blob: _blob, head: _head, ...rest } = whole;
      db.run(
        'INSERT OR REPLACE INTO purged (id, at, folder, row, blob) VALUES (?, ?, ?, ?, ?)',
        id,
        tx.now,
        row.folder,
        JSON.stringify(rest),
        row.blob,
      );
    } else if (row.blob) tx.blobs.release(row.blob);
    db.run('DELETE FROM messages WHERE id = ?', id);
    db.run('DELETE FROM to_index WHERE message = ?', id);
    db.run('INSERT OR IGNORE INTO to_unindex (key) VALUES (?)', row.key);
    dropThread(tx, row.thread);
    const place = folders.get(row.folder) ?? { ids: [], keys: [] };
    place.ids.push(id);
    place.keys.push(row.key);
    folders.set(row.folder, place);
  }
  for (const [folder, place] of folders) {
    announce(tx, folder, place.ids, [], place.keys);
    tx.change('folder', { id: folder });
  }
}

/** Forgets letters that the server dropped more than PURGED_KEPT_MS ago; at most `limit` at a time. */
export function reclaimPurged(tx: WriteTx, limit: number): number {
  const old = tx.db.all<{ id: number; blob: Uint8Array | null }>(
    'SELECT id, blob FROM purged WHERE at < ? LIMIT ?',
    tx.now - PURGED_KEPT_MS,
    limit,
  );
  for (const { id, blob } of old) {
    if (blob) tx.blobs.release(blob);
    tx.db.run('DELETE FROM purged WHERE id = ?', id);
  }
  return old.length;
}
