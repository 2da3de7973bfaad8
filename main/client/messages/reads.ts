/** Named reads of single letters and of what surrounds them. Lists are views.ts. */

import { Fault } from '../../base/errors.ts';
import type { Banner } from '../../contract/mail/messages.ts';
import type { Row } from '../../contract/mail/views.ts';
import { houseOfAddress } from '../../mail/organisation.ts';
import type { ReadHandle } from '../../store/program.ts';
import { rowsById } from './rowview.ts';

export interface StoredLetter {
  row: Row;
  account: number;
  /** Is there a server that could have its octets? */
  remote: boolean;
  blob: Uint8Array | null;
  /** Header octets, while the rest is not here. */
  head: Uint8Array | null;
  /** 0 header, 1 full, 2 damaged. */
  body: number;
  received: number;
  messageId: string;
}

export interface ExportLetter {
  id: number;
  key: number;
  blob: Uint8Array | null;
  date: number;
  received: number;
  size: number;
  flags: number;
  from: string;
}

export const noSuchMessage = (id: number): Fault =>
  new Fault('user', 'no-such-message', 'This letter is not here any more.', { detail: { id } });

function stored(db: ReadHandle, input: { id: number }): StoredLetter {
  const [row] = rowsById(db, [input.id]);
  const rest = db.get<{
    account: number;
    kind: string;
    blob: Uint8Array | null;
    head: Uint8Array | null;
    body: number;
    uid: number | null;
    received: number;
    message_id: string;
  }>(
    `SELECT m.account AS account, a.kind AS kind, blob, head, body, uid, received, message_id FROM messages m
     JOIN accounts a ON a.id = m.account WHERE m.id = ?`,
    input.id,
  );
  if (!row || !rest) throw noSuchMessage(input.id);
  return {
    row,
    account: rest.account,
    remote: rest.kind === 'imap' && rest.uid !== null,
    blob: rest.blob,
    head: rest.head,
    body: rest.body,
    received: rest.received,
    messageId: rest.message_id,
  };
}

const fold = (text: string): string => text.toLowerCase().replace(/ё/g, 'е').replace(/\s+/g, ' ').trim();

/** What other letters and people say about the sender. */
function senderBanners(db: ReadHandle, input: { id: number; name: string; address: string }): Banner[] {
  const address = input.address.toLowerCase();
  if (address === '') return [];
  const own = db.pluck<string>("SELECT lower(address) FROM accounts WHERE address LIKE '%@%'");
  if (own.length === 0 || own.includes(address)) return [];
  const houses = new Set(own.map(houseOfAddress).filter((house) => house !== ''));
  const domain = address.slice(address.lastIndexOf('@') + 1);
  if (houses.has(houseOfAddress(address))) return [];
  const banners: Banner[] = [];
  const name = fold(input.name);
  if (name.includes(' ')) {
    const colleague = db
      .all<{ name: string; address: string }>(
        "SELECT name, address FROM people WHERE address != ? AND folded LIKE ? || '%' LIMIT 50",
        address,
        name.split(' ')[0] ?? '',
      )
      .find((each) => fold(each.name) === name && houses.has(houseOfAddress(each.address)));
    if (colleague) banners.push({ kind: 'colleague-name', name: input.name, address: colleague.address });
  }
  const known = db.get<{ written: number; received: number; known: number }>(
    'SELECT written, received, known FROM people WHERE address = ?',
    address,
  );
  if (!known || (known.known === 0 && known.written === 0 && known.received <= 1)) {
    banners.push({ kind: 'first-letter', address });
  }
  if (houses.size > 0) banners.push({ kind: 'outside', domain });
  return banners;
}

/** Are pictures of this sender loaded without asking? */
function picturesAllowed(db: ReadHandle, input: { address: string }): boolean {
  const address = input.address.toLowerCase();
  if (db.value<number>('SELECT pictures FROM people WHERE address = ?', address) === 1) return true;
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return db.value('SELECT 1 FROM picture_domains WHERE domain = ?', domain) !== undefined;
}

/** Letters of a conversation kept of a very long one; the newest are the ones that are read. */
const CONVERSATION = 500;

/** Oldest first, in all folders of the account but Trash and Junk (unless the letter itself lies there). */
function conversation(db: ReadHandle, input: { id: number }): Row[] {
  const of = db.get<{ thread: number; account: number; folder: number }>(
    'SELECT thread, account, folder FROM messages WHERE id = ?',
    input.id,
  );
  if (!of) throw noSuchMessage(input.id);
  const ids = db.pluck<number>(
    `SELECT m.id FROM messages m JOIN folders f ON f.id = m.folder
     WHERE m.thread = ? AND m.account = ? AND (m.folder = ? OR coalesce(f.role, '') NOT IN ('junk', 'trash'))
     ORDER BY m.key DESC LIMIT ?`,
    of.thread,
    of.account,
    of.folder,
    CONVERSATION,
  );
  if (!ids.includes(input.id)) ids.push(input.id);
  return rowsById(db, ids.reverse());
}

/** With every letter of the same conversation in the same folder. */
function expand(db: ReadHandle, input: { ids: number[] }): number[] {
  const all = new Set<number>();
  for (const id of input.ids) {
    all.add(id);
    const ids = db.pluck<number>(
      'SELECT o.id FROM messages m JOIN messages o ON o.thread = m.thread AND o.folder = m.folder WHERE m.id = ?',
      id,
    );
    for (const each of ids) all.add(each);
  }
  return [...all];
}

function sizes(db: ReadHandle, input: { ids: number[] }): { count: number; size: number } {
  let count = 0;
  let size = 0;
  for (const id of input.ids) {
    const octets = db.value<number>('SELECT size FROM messages WHERE id = ?', id);
    if (octets === undefined) continue;
    count++;
    size += octets;
  }
  return { count, size };
}

/** A folder's letters by their place in time, oldest first, after `after`. */
function exportPage(db: ReadHandle, input: { folder: number; after: number; limit: number }): ExportLetter[] {
  return db.all<ExportLetter>(
    `SELECT id, key, blob, date, received, size, flags, from_address AS "from" FROM messages
     WHERE folder = ? AND key > ? ORDER BY key LIMIT ?`,
    input.folder,
    input.after,
    input.limit,
  );
}

/** Header-only letters among these that belong to another account than the folder. */
function foreignHeaders(db: ReadHandle, input: { ids: number[]; folder: number }): number[] {
  const account = db.value<number>('SELECT account FROM folders WHERE id = ?', input.folder);
  return input.ids.filter((id) => {
    const row = db.get<{ account: number; body: number }>(
      'SELECT account, body FROM messages WHERE id = ?',
      id,
    );
    return row !== undefined && row.account !== account && row.body === 0;
  });
}

export const messageReads = {
  'messages.stored': stored,
  'messages.senderBanners': senderBanners,
  'messages.picturesAllowed': picturesAllowed,
  'messages.conversation': conversation,
  'messages.expand': expand,
  'messages.sizes': sizes,
  'messages.exportPage': exportPage,
  'messages.foreignHeaders': foreignHeaders,
};
