/**
 * Drafts as rows: the text as it stands, its older versions, its files as blobs, and its copy in a Drafts
 * folder. Every function runs inside a write transaction.
 *
 * Invariants: a save never destroys what another window wrote (an older base makes a second draft); each
 * attachment of a draft holds one reference to its blob for as long as the draft or any of its versions
 * names it; a discarded draft is whole for KEPT_MS.
 */
import { Fault } from '../../base/errors.ts';
import type { Draft, DraftAttachment, DraftContent } from '../../contract/mail/drafts.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import { queueOperation } from '../imap/oplog.ts';
import { roleFolderFor } from '../imap/role-folders.ts';
import { FLAG, insertMessage, type LetterFacts, messageRow, removeMessages } from '../messages/rows.ts';

export interface StoredAttachment extends DraftAttachment {
  /** Hexadecimal SHA-256 of its octets. */
  hash: string;
}
/** What an answer refers to (RFC 5322 section 3.6.4). */
export interface Threading {
  inReplyTo?: string;
  references?: string[];
}
export interface DraftRow {
  id: number;
  kind: Draft['kind'];
  of: number | null;
  account: number | null;
  content: DraftContent;
  attachments: StoredAttachment[];
  known_domains: string[];
  version: number;
  saved_at: number;
  message_id: string;
  message: number | null;
  copied_version: number;
  threading: Threading;
  discarded_at: number | null;
  undo: string | null;
}
export interface NewDraft {
  kind: Draft['kind'];
  of: number | null;
  content: DraftContent;
  /** The caller has appended or retained their blobs. */
  attachments: StoredAttachment[];
  knownDomains: string[];
  messageId: string;
  threading: Threading;
  /** The letter in a Drafts folder that it stands for. */
  message?: number;
}

/** A discarded draft can be had back for this long. */
export const KEPT_MS = 30 * 24 * 3_600_000;
/** A version is put aside at most this often, ms: the journal itself is the current text. */
const VERSION_EVERY_MS = 60_000;
/** Versions kept of one draft. */
const MAX_VERSIONS = 50;
/** Losing more than this share of a longer text at once puts the old one aside whatever the time. */
const LOSS_SHARE = 0.5;
const LONGER_TEXT = 200;

export function parseDraftRow(raw: Record<string, unknown>): DraftRow {
  const json = (name: string) => JSON.parse(raw[name] as string);
  return {
    ...(raw as unknown as DraftRow),
    content: json('content'),
    attachments: json('attachments'),
    known_domains: json('known_domains'),
    threading: json('threading'),
  };
}

export function draftRow(db: ReadHandle, id: number): DraftRow {
  const raw = db.get('SELECT * FROM drafts WHERE id = ?', id);
  if (!raw) throw noSuchDraft(id);
  return parseDraftRow(raw);
}

/** A draft that can be worked on. */
export function liveDraft(db: ReadHandle, id: number): DraftRow {
  const row = draftRow(db, id);
  if (row.discarded_at !== null) throw noSuchDraft(id);
  return row;
}

export function noSuchDraft(id: number): Fault {
  return new Fault('user', 'no-such-draft', 'This draft no longer exists.', { detail: { id } });
}

export function insertDraft(tx: WriteTx, draft: NewDraft): number {
  const { lastId } = tx.db.run(
    `INSERT INTO drafts (kind, of, account, content, attachments, known_domains, version, saved_at, message_id, threading,
       message, copied_version) VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?)`,
    draft.kind,
    draft.of,
    draft.content.account,
    JSON.stringify(draft.content),
    JSON.stringify(draft.attachments),
    JSON.stringify(draft.knownDomains),
    tx.now,
    draft.messageId,
    JSON.stringify(draft.threading),
    draft.message ?? null,
    draft.message === undefined ? 0 : 1,
  );
  tx.change('draft', { id: lastId });
  return lastId;
}

/** The next version of a draft; the former is put aside when it is time, or when much would be lost. */
export function writeDraft(
  tx: WriteTx,
  row: DraftRow,
  next: { content?: DraftContent; attachments?: StoredAttachment[] },
  keepFormer = false,
): void {
  const content = next.content ?? row.content;
  const attachments = next.attachments ?? row.attachments;
  const last =
    tx.db.value<number | null>('SELECT max(at) FROM draft_versions WHERE draft = ?', row.id) ?? null;
  const before = lengthOf(row.content);
  const loss = before > LONGER_TEXT && lengthOf(content) < before * LOSS_SHARE;
  if (keepFormer || loss || last === null || row.saved_at - last >= VERSION_EVERY_MS) {
    tx.db.run(
      'INSERT OR REPLACE INTO draft_versions (draft, version, at, content, attachments) VALUES (?, ?, ?, ?, ?)',
      row.id,
      row.version,
      row.saved_at,
      JSON.stringify(row.content),
      JSON.stringify(row.attachments),
    );
  }
  tx.db.run(
    'UPDATE drafts SET content = ?, attachments = ?, account = ?, version = version + 1, saved_at = ? WHERE id = ?',
    JSON.stringify(content),
    JSON.stringify(attachments),
    content.account,
    tx.now,
    row.id,
  );
  pruneVersions(tx, row.id);
  tx.change('draft', { id: row.id });
}

const lengthOf = (content: DraftContent): number => content.text.length + (content.html?.length ?? 0);

function pruneVersions(tx: WriteTx, id: number): void {
  const excess = tx.db.pluck<number>(
    'SELECT version FROM draft_versions WHERE draft = ? ORDER BY version DESC LIMIT -1 OFFSET ?',
    id,
    MAX_VERSIONS,
  );
  if (excess.length === 0) return;
  const before = heldBy(tx, id);
  for (const version of excess) {
    tx.db.run('DELETE FROM draft_versions WHERE draft = ? AND version = ?', id, version);
  }
  const after = heldBy(tx, id);
  for (const [each, hash] of before) if (!after.has(each)) tx.blobs.release(hash);
}

/** Attachment id -> blob, of the draft and all its versions: each is one reference. */
function heldBy(tx: WriteTx, id: number): Map<string, string> {
  const held = new Map<string, string>();
  const lists = [
    ...tx.db.pluck<string>('SELECT attachments FROM drafts WHERE id = ?', id),
    ...tx.db.pluck<string>('SELECT attachments FROM draft_versions WHERE draft = ?', id),
  ];
  for (const list of lists) {
    for (const each of JSON.parse(list) as StoredAttachment[]) held.set(each.id, each.hash);
  }
  return held;
}

/** A second draft beside the first, with the same files. */
export function copyDraft(tx: WriteTx, row: DraftRow, content: DraftContent, messageId: string): number {
  for (const each of row.attachments) tx.blobs.retain(each.hash);
  return insertDraft(tx, {
    kind: row.kind,
    of: row.of,
    content,
    attachments: row.attachments,
    knownDomains: row.known_domains,
    messageId,
    threading: row.threading,
  });
}

/** Back from the outbox: without recipients who have it, under a new identity if the old one went out. */
export function reviseDraft(
  tx: WriteTx,
  id: number,
  changes: { without?: readonly string[]; messageId?: string },
): void {
  const row = draftRow(tx.db, id);
  if (changes.messageId) tx.db.run('UPDATE drafts SET message_id = ? WHERE id = ?', changes.messageId, id);
  if (changes.without && changes.without.length > 0) {
    const gone = new Set(changes.without.map((each) => each.toLowerCase()));
    const left = (list: DraftContent['to']) => list.filter((each) => !gone.has(each.address.toLowerCase()));
    const { to, cc, bcc } = row.content;
    writeDraft(tx, row, { content: { ...row.content, to: left(to), cc: left(cc), bcc: left(bcc) } }, true);
  } else tx.change('draft', { id });
}

/** Put away: its copy leaves the Drafts folder, the draft itself can be had back for KEPT_MS. */
export function discardDraft(tx: WriteTx, id: number, undo: string): void {
  const row = draftRow(tx.db, id);
  removeCopy(tx, row);
  tx.db.run('UPDATE drafts SET discarded_at = ?, undo = ? WHERE id = ?', tx.now, undo, id);
  tx.change('draft', { id, gone: true });
}

/** Gone for good: sent, or discarded long ago. */
export function forgetDraft(tx: WriteTx, id: number): void {
  const raw = tx.db.get('SELECT * FROM drafts WHERE id = ?', id);
  if (!raw) return;
  removeCopy(tx, parseDraftRow(raw));
  for (const hash of heldBy(tx, id).values()) tx.blobs.release(hash);
  tx.db.run('DELETE FROM draft_versions WHERE draft = ?', id);
  tx.db.run('DELETE FROM drafts WHERE id = ?', id);
  tx.change('draft', { id, gone: true });
}

/** The letter in the Drafts folder goes, here and on the server. One that somebody moved away stays. */
export function removeCopy(tx: WriteTx, row: DraftRow): void {
  if (row.message === null) return;
  const copy = messageRow(tx.db, row.message);
  tx.db.run('UPDATE drafts SET message = NULL, copied_version = 0 WHERE id = ?', row.id);
  if (!copy || !inDraftsFolder(tx.db, copy.folder)) return;
  removeMessages(tx, [copy.id], 'erased');
  const { id: message, account, folder, uid, message_id: messageId } = copy;
  queueOperation(tx, { kind: 'expunge', account, message, folder, uid, messageId });
}

export function inDraftsFolder(db: ReadHandle, folder: number): boolean {
  return db.value<string | null>('SELECT role FROM folders WHERE id = ?', folder) === 'drafts';
}

/** A fresh copy in the Drafts folder of the draft's account, in place of the former one. */
export function fileCopy(
  tx: WriteTx,
  row: DraftRow,
  letter: { facts: LetterFacts; hash: Uint8Array },
): boolean {
  const folder = row.account === null ? undefined : roleFolderFor(tx, row.account, 'drafts');
  if (!folder || row.account === null) return false;
  const flags = FLAG.seen | FLAG.draft;
  const message = insertMessage(tx, {
    folder: folder.id,
    uid: null,
    received: tx.now,
    flags,
    keywords: [],
    facts: letter.facts,
    blob: letter.hash,
    head: null,
  });
  queueOperation(tx, {
    kind: 'append',
    account: row.account,
    folder: folder.id,
    message,
    blob: letter.hash,
    flags,
    keywords: '',
    date: tx.now,
    messageId: letter.facts.messageId,
  });
  // The new one stands before the old one goes: there is always a copy.
  removeCopy(tx, row);
  tx.db.run('UPDATE drafts SET message = ?, copied_version = ? WHERE id = ?', message, row.version, row.id);
  tx.change('draft', { id: row.id });
  return true;
}
