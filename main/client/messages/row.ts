/** What a letter's row is: the words that all code about rows shares. rows.ts is the door of this house. */
import type { Address } from '../../mail/address.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';

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
  /** A delivery report or a read receipt (multipart/report). */
  report?: boolean;
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
const ROW =
  'id, key, folder, account, uid, thread, date, received, size, flags, keywords, server_flags, server_keywords, blob, body, message_id, attachments';

export function messageRow(db: ReadHandle, id: number): MessageRow | undefined {
  return db.get<MessageRow>(`SELECT ${ROW} FROM messages WHERE id = ?`, id);
}

export function announce(tx: WriteTx, folder: number, ids: number[], added: number[], gone: number[]): void {
  const many = ids.length > ANNOUNCED || added.length > ANNOUNCED || gone.length > ANNOUNCED;
  tx.change('message', many ? { folder, ids: null } : { folder, ids, added, gone });
}

/** The account of a folder. */
export function accountOf(tx: WriteTx, folder: number): number {
  const account = tx.db.value<number>('SELECT account FROM folders WHERE id = ?', folder);
  if (account === undefined) throw new Error(`folder ${folder} is not there`);
  return account;
}
