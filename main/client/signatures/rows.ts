/**
 * Signatures and templates as rows: what they say, and their files as blobs.
 *
 * Invariants: each attachment of a row holds one reference to its blob for as long as the row exists; a removed row is
 * whole for KEPT_MS and is not listed meanwhile; names are unique among what is listed.
 * It never fills a field and never touches a draft but to put files into it.
 */
import { Fault } from '../../base/errors.ts';
import type { DraftAttachment } from '../../contract/mail/drafts.ts';
import type { Signature, Template, TemplateContent } from '../../contract/mail/signatures.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import type { PreparedBlob } from '../../store/record.ts';
import { KEPT_MS, liveDraft, type StoredAttachment, writeDraft } from '../drafts/rows.ts';

export type Holder = 'signatures' | 'templates';

/** A picture of a signature leaves with the signature: in a letter that no longer shows it, it is no file to be sent. */
export const SIGNATURE_PICTURE = '@signature.postroom';

const shown = ({ hash: _hash, ...attachment }: StoredAttachment): DraftAttachment => attachment;

export function noSuch(holder: Holder, id: number): Fault {
  return holder === 'signatures'
    ? new Fault('user', 'no-such-signature', 'This signature no longer exists.', { detail: { id } })
    : new Fault('user', 'no-such-template', 'This template no longer exists.', { detail: { id } });
}

export function nameTaken(name: string): Fault {
  return new Fault('user', 'name-taken', 'There is one of this name already.', { detail: { name } });
}

/** Files of a row, a removed one's too. */
export function storedFiles(db: ReadHandle, holder: Holder, id: number): StoredAttachment[] {
  const files = db.value<string>(`SELECT attachments FROM ${holder} WHERE id = ?`, id);
  if (files === undefined) throw noSuch(holder, id);
  return JSON.parse(files) as StoredAttachment[];
}

interface SignatureRaw {
  id: number;
  name: string;
  html: string;
  text: string;
  attachments: string;
}
interface TemplateRaw {
  id: number;
  name: string;
  kind: Template['kind'];
  content: string;
  attachments: string;
}

const signatureOf = (raw: SignatureRaw): Signature => ({
  ...raw,
  attachments: (JSON.parse(raw.attachments) as StoredAttachment[]).map(shown),
});
const templateOf = ({ content, attachments, ...raw }: TemplateRaw): Template => ({
  ...raw,
  ...(JSON.parse(content) as TemplateContent),
  attachments: (JSON.parse(attachments) as StoredAttachment[]).map(shown),
});

export function allSignatures(db: ReadHandle): Signature[] {
  return db
    .all<SignatureRaw>(
      'SELECT id, name, html, text, attachments FROM signatures WHERE removed IS NULL ORDER BY position, id',
    )
    .map(signatureOf);
}

export function allTemplates(db: ReadHandle): Template[] {
  return db
    .all<TemplateRaw>('SELECT id, name, kind, content, attachments FROM templates WHERE removed IS NULL')
    .map(templateOf)
    .sort((a, b) => a.name.localeCompare(b.name));
}

export function signatureById(db: ReadHandle, id: number): Signature {
  const found = allSignatures(db).find((each) => each.id === id);
  if (!found) throw noSuch('signatures', id);
  return found;
}

export function templateById(db: ReadHandle, id: number): Template {
  const found = allTemplates(db).find((each) => each.id === id);
  if (!found) throw noSuch('templates', id);
  return found;
}

/** @throws Fault user `name-taken` */
export function demandName(db: ReadHandle, holder: Holder, name: string, id: number | undefined): string {
  const wanted = name.trim().toLocaleLowerCase();
  const others = db.all<{ id: number; name: string }>(
    `SELECT id, name FROM ${holder} WHERE removed IS NULL AND id IS NOT ?`,
    id ?? null,
  );
  if (wanted === '' || others.some((each) => each.name.toLocaleLowerCase() === wanted)) throw nameTaken(name);
  return name.trim();
}

/** Puts away, or brings back. A name that was given away meanwhile gets a mark. */
export function setRemoved(tx: WriteTx, holder: Holder, id: number, removed: boolean): void {
  const row = tx.db.get<{ name: string; removed: number | null }>(
    `SELECT name, removed FROM ${holder} WHERE id = ?`,
    id,
  );
  if (!row || (row.removed === null) !== removed) throw noSuch(holder, id);
  let { name } = row;
  if (!removed) {
    const taken = new Set(
      tx.db
        .pluck<string>(`SELECT name FROM ${holder} WHERE removed IS NULL`)
        .map((each) => each.toLowerCase()),
    );
    for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${row.name} (${n})`;
  }
  tx.db.run(`UPDATE ${holder} SET removed = ?, name = ? WHERE id = ?`, removed ? tx.now : null, name, id);
  forgetOld(tx, holder);
  tx.change(holder, { id });
}

/** What was put away long ago goes for good. */
function forgetOld(tx: WriteTx, holder: Holder): void {
  for (const id of tx.db.pluck<number>(`SELECT id FROM ${holder} WHERE removed < ?`, tx.now - KEPT_MS)) {
    for (const file of storedFiles(tx.db, holder, id)) tx.blobs.release(file.hash);
    tx.db.run(`DELETE FROM ${holder} WHERE id = ?`, id);
  }
}

export function setFiles(tx: WriteTx, holder: Holder, id: number, files: readonly StoredAttachment[]): void {
  tx.db.run(`UPDATE ${holder} SET attachments = ? WHERE id = ?`, JSON.stringify(files), id);
  tx.change(holder, { id });
}

export function addFile(
  tx: WriteTx,
  holder: Holder,
  id: number,
  file: DraftAttachment & { blob: PreparedBlob },
): StoredAttachment {
  const files = storedFiles(tx.db, holder, id);
  const { blob, ...facts } = file;
  tx.blobs.append(blob);
  const stored = { ...facts, hash: Buffer.from(blob.hash).toString('hex') };
  setFiles(tx, holder, id, [...files, stored]);
  return stored;
}

/** The files of a row become files of a draft; those the draft has already are left. */
export function carryFiles(
  tx: WriteTx,
  holder: Holder,
  input: { id: number; draft: number; ids: readonly string[] },
): void {
  const draft = liveDraft(tx.db, input.draft);
  const there = new Set(draft.attachments.map((each) => each.contentId).filter((each) => each !== ''));
  const files = storedFiles(tx.db, holder, input.id).filter((each) => !there.has(each.contentId));
  if (files.length === 0) return;
  const added = files.map((file, n) => {
    tx.blobs.retain(file.hash);
    return { ...file, id: input.ids[n] ?? file.id };
  });
  writeDraft(tx, draft, { attachments: [...draft.attachments, ...added] });
}
