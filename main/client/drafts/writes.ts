/** The drafts' writes, run in the writer thread. */
import { Fault } from '../../base/errors.ts';
import type { DraftAttachment, DraftContent } from '../../contract/mail/drafts.ts';
import type { WriteTx } from '../../store/program.ts';
import type { PreparedBlob } from '../../store/record.ts';
import { type LetterFacts, messageRow } from '../messages/rows.ts';
import {
  copyDraft,
  discardDraft,
  draftRow,
  fileCopy,
  forgetDraft,
  inDraftsFolder,
  insertDraft,
  liveDraft,
  type NewDraft,
  parseDraftRow,
  type StoredAttachment,
  writeDraft,
} from './rows.ts';

/** An attachment on its way in: new octets, or the hash of octets that are stored already. */
export type IncomingAttachment = DraftAttachment & ({ blob: PreparedBlob } | { hash: string });

export interface CreateDraftInput extends Omit<NewDraft, 'attachments'> {
  attachments: IncomingAttachment[];
}

function take(tx: WriteTx, attachment: IncomingAttachment): StoredAttachment {
  const { id, name, type, size, inline, contentId } = attachment;
  const facts = { id, name, type, size, inline, contentId };
  if ('blob' in attachment) {
    tx.blobs.append(attachment.blob);
    return { ...facts, hash: Buffer.from(attachment.blob.hash).toString('hex') };
  }
  tx.blobs.retain(attachment.hash);
  return { ...facts, hash: attachment.hash };
}

export const draftWrites = {
  'drafts.create'(tx: WriteTx, input: CreateDraftInput): number {
    return insertDraft(tx, { ...input, attachments: input.attachments.map((each) => take(tx, each)) });
  },

  /** Journals the text. An older base means that somebody else wrote meanwhile: both texts are kept. */
  'drafts.save'(
    tx: WriteTx,
    input: { id: number; base: number; content: DraftContent; spareMessageId: string },
  ): number {
    const row = liveDraft(tx.db, input.id);
    if (input.base < row.version) return copyDraft(tx, row, input.content, input.spareMessageId);
    if (JSON.stringify(row.content) === JSON.stringify(input.content)) return row.id;
    writeDraft(tx, row, { content: input.content });
    return row.id;
  },

  'drafts.attach'(tx: WriteTx, input: { id: number; attachment: IncomingAttachment }): StoredAttachment {
    const row = liveDraft(tx.db, input.id);
    const stored = take(tx, input.attachment);
    writeDraft(tx, row, { attachments: [...row.attachments, stored] });
    return stored;
  },

  'drafts.detach'(tx: WriteTx, input: { id: number; attachment: string }): void {
    const row = liveDraft(tx.db, input.id);
    const attachments = row.attachments.filter((each) => each.id !== input.attachment);
    // The former version keeps naming the file, so its octets stay for "versions".
    if (attachments.length < row.attachments.length) writeDraft(tx, row, { attachments }, true);
  },

  'drafts.restore'(tx: WriteTx, input: { id: number; version: number }): void {
    const row = liveDraft(tx.db, input.id);
    if (input.version === row.version) return;
    const old = tx.db.get<{ content: string; attachments: string }>(
      'SELECT content, attachments FROM draft_versions WHERE draft = ? AND version = ?',
      input.id,
      input.version,
    );
    if (!old) throw new Fault('user', 'no-such-draft', 'This version no longer exists.');
    const next = { content: JSON.parse(old.content), attachments: JSON.parse(old.attachments) };
    writeDraft(tx, row, next, true);
  },

  'drafts.discard'(tx: WriteTx, input: { id: number; undo: string }): void {
    liveDraft(tx.db, input.id);
    discardDraft(tx, input.id, input.undo);
  },

  'drafts.keep'(tx: WriteTx, input: { undo: string }): number {
    const raw = tx.db.get('SELECT * FROM drafts WHERE undo = ? AND discarded_at IS NOT NULL', input.undo);
    if (!raw) throw new Fault('user', 'undo-too-late', 'This draft can no longer be had back.');
    const { id } = parseDraftRow(raw);
    tx.db.run('UPDATE drafts SET discarded_at = NULL, undo = NULL WHERE id = ?', id);
    tx.change('draft', { id });
    return id;
  },

  /** The copy in the Drafts folder; not for a draft that has changed since it was composed. */
  'drafts.file'(
    tx: WriteTx,
    input: { id: number; version: number; facts: LetterFacts; blob: PreparedBlob },
  ): boolean {
    const raw = tx.db.get('SELECT * FROM drafts WHERE id = ?', input.id);
    if (!raw) return false;
    const row = parseDraftRow(raw);
    if (row.discarded_at !== null || row.version !== input.version) return false;
    tx.blobs.append(input.blob);
    if (fileCopy(tx, row, { facts: input.facts, hash: input.blob.hash })) return true;
    tx.blobs.release(input.blob.hash);
    return false;
  },

  /**
   * A copy that was deleted or moved away, here or on another computer, takes its draft along; one that was
   * edited here since stays and gets a new copy.
   */
  'drafts.follow'(tx: WriteTx, input: { undo: string }): number[] {
    const gone: number[] = [];
    const filed = tx.db.all(
      `SELECT * FROM drafts WHERE message IS NOT NULL AND discarded_at IS NULL AND copied_version = version
         AND id NOT IN (SELECT draft FROM outbox WHERE draft IS NOT NULL)`,
    );
    for (const raw of filed) {
      const row = parseDraftRow(raw);
      const copy = row.message === null ? undefined : messageRow(tx.db, row.message);
      if (copy && inDraftsFolder(tx.db, copy.folder)) continue;
      discardDraft(tx, row.id, `${input.undo}-${row.id}`);
      gone.push(row.id);
    }
    return gone;
  },

  /** Forgets drafts discarded before this time, some at a time. */
  'drafts.sweep'(tx: WriteTx, input: { before: number }): number {
    const old = tx.db.pluck<number>('SELECT id FROM drafts WHERE discarded_at < ? LIMIT 100', input.before);
    for (const id of old) forgetDraft(tx, draftRow(tx.db, id).id);
    return old.length;
  },
};
