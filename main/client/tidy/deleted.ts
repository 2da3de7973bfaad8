/**
 * What was deleted for ever and can still be had back: the letter's octets and what its row knew, kept for KEPT_MS on this
 * computer. The server has lost the letter; had back, it is appended there as a new one.
 *
 * Invariant: a row here owns one reference to its blob, taken over from the letter's row and handed on when it comes back.
 * A letter of which only the header was here has nothing to be had back and is not kept.
 */
import type { DeletedItem } from '../../contract/mail/tidy.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import { forgetDraft } from '../drafts/rows.ts';
import { ensureLocalAccount, type FolderRow, folderByRole, folderRow } from '../folders/rows.ts';
import { queueOperation } from '../imap/oplog.ts';
import { FLAG, type LetterFacts } from '../messages/row.ts';
import { insertMessage } from '../messages/rows.ts';

/** As long as a discarded draft (drafts/rows.ts). */
export const KEPT_MS = 30 * 24 * 3_600_000;

interface Kept {
  id: number;
  at: number;
  account: number;
  folder: number;
  path: string;
  sender: string;
  subject: string;
  date: number;
  received: number;
  size: number;
  flags: number;
  keywords: string;
  message_id: string;
  blob: Uint8Array;
}

/** Letters and drafts together, the newest first. */
const ALL = `
  SELECT 'letter' AS kind, id, at, sender, subject, date, size, path, NULL AS undo FROM deleted_letters
  UNION ALL
  SELECT 'draft', id, discarded_at, '', content ->> '$.subject', saved_at, length(content), '', undo FROM drafts
  WHERE discarded_at IS NOT NULL AND (content ->> '$.subject') || (content ->> '$.text') != ''`;

interface Listed {
  kind: DeletedItem['kind'];
  id: number;
  at: number;
  sender: string;
  subject: string;
  date: number;
  size: number;
  path: string;
}

function list(
  db: ReadHandle,
  input: { from: number; count: number },
): { items: DeletedItem[]; total: number; size: number } {
  const rows = db.all<Listed>(
    `SELECT * FROM (${ALL}) ORDER BY at DESC, id DESC LIMIT ? OFFSET ?`,
    input.count,
    input.from,
  );
  const sum = db.get<{ total: number; size: number }>(
    `SELECT count(*) AS total, coalesce(sum(size), 0) AS size FROM (${ALL})`,
  );
  return {
    items: rows.map(({ kind, id, at, sender, subject, date, size, path }) => ({
      kind,
      id,
      from: sender,
      subject: subject ?? '',
      date,
      size,
      path,
      deletedAt: at,
      until: at + KEPT_MS,
    })),
    total: sum?.total ?? 0,
    size: sum?.size ?? 0,
  };
}

/** Where a letter goes back to: its folder, the inbox if it was thrown away there, this computer if its account has gone. */
function placeFor(tx: WriteTx, kept: Kept): FolderRow | undefined {
  const former = folderRow(tx.db, kept.folder);
  const thrown = former?.role === 'trash' || former?.role === 'junk';
  if (former && !thrown && former.account === kept.account && former.selectable !== 0) return former;
  const lives = tx.db.value('SELECT 1 FROM accounts WHERE id = ?', kept.account) !== undefined;
  const account = lives ? kept.account : ensureLocalAccount(tx);
  return folderByRole(tx.db, account, 'inbox') ?? folderByRole(tx.db, ensureLocalAccount(tx), 'inbox');
}

/** Brings one letter back, with what was read from its octets. null: it is not kept (any more). */
function bringBack(tx: WriteTx, input: { id: number; facts: LetterFacts }): number | null {
  const kept = tx.db.get<Kept>('SELECT * FROM deleted_letters WHERE id = ?', input.id);
  if (!kept) return null;
  const folder = placeFor(tx, kept);
  if (!folder) return null;
  const flags = kept.flags & ~FLAG.deleted & ~FLAG.junk;
  const keywords = kept.keywords.split(' ').filter((each) => each !== '');
  tx.db.run('DELETE FROM deleted_letters WHERE id = ?', kept.id);
  const message = insertMessage(tx, {
    folder: folder.id,
    uid: null,
    received: kept.received,
    flags,
    keywords,
    facts: input.facts,
    // The reference goes over to the new row.
    blob: kept.blob,
    head: null,
  });
  queueOperation(tx, {
    kind: 'append',
    account: folder.account,
    folder: folder.id,
    message,
    blob: kept.blob,
    flags,
    keywords: kept.keywords,
    date: kept.received,
    messageId: input.facts.messageId,
  });
  tx.change('deleted', {});
  return message;
}

function forgetLetter(tx: WriteTx, id: number): boolean {
  const kept = tx.db.get<{ blob: Uint8Array }>('SELECT blob FROM deleted_letters WHERE id = ?', id);
  if (!kept) return false;
  tx.blobs.release(kept.blob);
  tx.db.run('DELETE FROM deleted_letters WHERE id = ?', id);
  return true;
}

function forgetDiscarded(tx: WriteTx, id: number): boolean {
  const there = tx.db.value('SELECT 1 FROM drafts WHERE id = ? AND discarded_at IS NOT NULL', id);
  if (there === undefined) return false;
  forgetDraft(tx, id);
  return true;
}

/** For good. Returns how many there were. */
function forget(tx: WriteTx, input: { items: { kind: 'letter' | 'draft'; id: number }[] }): number {
  const gone = input.items.filter(({ kind, id }) =>
    kind === 'letter' ? forgetLetter(tx, id) : forgetDiscarded(tx, id),
  );
  if (gone.length > 0) tx.change('deleted', {});
  return gone.length;
}

/** Forgets letters deleted longer ago than KEPT_MS; at most `limit` at a time. */
export function reclaimDeleted(tx: WriteTx, limit: number): number {
  const old = tx.db.pluck<number>(
    'SELECT id FROM deleted_letters WHERE at < ? ORDER BY at LIMIT ?',
    tx.now - KEPT_MS,
    limit,
  );
  for (const id of old) forgetLetter(tx, id);
  if (old.length > 0) tx.change('deleted', {});
  return old.length;
}

export const deletedReads = {
  'tidy.deleted': list,
  'tidy.deletedBlob': (db: ReadHandle, input: { id: number }): Uint8Array | null =>
    db.value<Uint8Array>('SELECT blob FROM deleted_letters WHERE id = ?', input.id) ?? null,
  'tidy.discarded': (db: ReadHandle, input: { id: number }): string | null =>
    db.value<string | null>('SELECT undo FROM drafts WHERE id = ? AND discarded_at IS NOT NULL', input.id) ??
    null,
};

export const deletedWrites = { 'tidy.bringBack': bringBack, 'tidy.forget': forget };
