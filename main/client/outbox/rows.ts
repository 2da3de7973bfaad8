/**
 * Letters on their way out, as rows. Every function runs inside a write transaction.
 *
 * Invariants: a row's octets, Message-ID and envelope never change once it stands here; whatever an attempt
 * teaches is committed before anything else happens to the letter; a draft leaves with the commit that says
 * "sent", together with its copy in Sent and the mark on the letter it answered.
 */
import { Fault } from '../../base/errors.ts';
import type { OutboxItem } from '../../contract/mail/drafts.ts';
import type { Address } from '../../mail/address.ts';
import type { Envelope, RecipientResult } from '../../net/smtp/submit.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import { collect } from '../contacts/collected.ts';
import { rememberWritten } from '../contacts/rows.ts';
import { forgetDraft } from '../drafts/rows.ts';
import { ensureLocalAccount, type FolderRow, folderByRole, folderRow } from '../folders/rows.ts';
import { queueOperation } from '../imap/oplog.ts';
import { roleFolderFor } from '../imap/role-folders.ts';
import { FLAG, insertMessage, type LetterFacts, messageRow, setMarks } from '../messages/rows.ts';
import { rememberSent } from '../receipts/rows.ts';
import type { OutboxState, Problem, Settled } from './outcome.ts';

export interface OutboxEnvelope extends Envelope {
  /** The letter has octets above 127. */
  eightBit: boolean;
  /** It asks its readers for a receipt. */
  askedReceipt?: boolean;
}

export interface OutboxRow {
  id: number;
  account: number;
  draft: number | null;
  state: OutboxState;
  phase: 'idle' | 'envelope' | 'waiting';
  blob: Uint8Array;
  message_id: string;
  subject: string;
  size: number;
  envelope: OutboxEnvelope;
  shown_to: Address[];
  results: RecipientResult[];
  not_before: number;
  attempts: number;
  next_try: number | null;
  first_try: number | null;
  problem: Problem | null;
  copy: 'none' | 'waiting' | 'done' | 'failed';
  copy_message: number | null;
  /** Chosen by its identity; null: the account's own Sent. */
  sent_folder: number | null;
  facts: LetterFacts;
  at: number;
  done_at: number | null;
  purpose: OutboxItem['purpose'];
  /** The mail merge it belongs to. */
  merge: number | null;
  missed: number | null;
}

type Raw = Record<keyof OutboxRow, never> &
  Record<'envelope' | 'shown_to' | 'results' | 'facts', string> & {
    problem: string | null;
  };

export function parseOutboxRow(raw: Record<string, unknown>): OutboxRow {
  const row = raw as unknown as Raw;
  return {
    ...(raw as unknown as OutboxRow),
    envelope: JSON.parse(row.envelope),
    shown_to: JSON.parse(row.shown_to),
    results: JSON.parse(row.results),
    facts: JSON.parse(row.facts),
    problem: row.problem === null ? null : JSON.parse(row.problem),
  };
}

export function outboxRow(db: ReadHandle, id: number): OutboxRow {
  const raw = db.get('SELECT * FROM outbox WHERE id = ?', id);
  if (!raw)
    throw new Fault('user', 'no-such-letter', 'This letter is no longer in the outbox.', { detail: { id } });
  return parseOutboxRow(raw);
}

/**
 * Writes what an attempt taught, and what follows from it. `notices`: the server reports what becomes of a letter; `now`: by
 * the clock that lists are read with, ms.
 */
export function applySettled(
  tx: WriteTx,
  row: OutboxRow,
  settled: Settled,
  { notices = true, now = tx.now }: { notices?: boolean; now?: number } = {},
): void {
  tx.db.run(
    `UPDATE outbox SET state = ?, phase = 'idle', results = ?, next_try = ?, problem = ?, done_at = ? WHERE id = ?`,
    settled.state,
    JSON.stringify(settled.results),
    settled.nextTry,
    settled.problem ? JSON.stringify(settled.problem) : null,
    settled.state === 'sent' ? now : null,
    row.id,
  );
  if (settled.taken) rememberSent(tx, row, notices);
  if (settled.taken && row.copy === 'none' && row.copy_message === null) fileSentCopy(tx, row);
  if (settled.taken) collect(tx, row.shown_to);
  if (settled.state === 'sent') finishDraft(tx, row);
  tx.change('outbox', { id: row.id, merge: row.merge });
}

/**
 * The copy in Sent: shown here at once, and an append operation of its own towards the server (C45). Bcc
 * stays in it. Nothing that happens to the copy can turn "sent" into anything else.
 */
export function fileSentCopy(tx: WriteTx, row: OutboxRow): void {
  const account = tx.db.get<{ kind: string; save_sent: number }>(
    'SELECT kind, save_sent FROM accounts WHERE id = ?',
    row.account,
  );
  if (!account) return;
  if (!account.save_sent) {
    rememberWritten(tx, row.shown_to, tx.now);
    return;
  }
  const folder =
    chosenSent(tx, row) ??
    roleFolderFor(tx, row.account, 'sent') ??
    folderByRole(tx.db, ensureLocalAccount(tx), 'sent');
  if (!folder) return;
  tx.blobs.retain(row.blob);
  const message = insertMessage(tx, {
    folder: folder.id,
    uid: null,
    received: tx.now,
    flags: FLAG.seen,
    keywords: [],
    facts: row.facts,
    blob: row.blob,
    head: null,
  });
  const onServer = folder.account === row.account && account.kind === 'imap';
  if (onServer) {
    queueOperation(tx, {
      kind: 'append',
      account: row.account,
      folder: folder.id,
      message,
      blob: row.blob,
      flags: FLAG.seen,
      keywords: '',
      date: tx.now,
      messageId: row.message_id,
    });
  }
  tx.db.run(
    'UPDATE outbox SET copy = ?, copy_message = ? WHERE id = ?',
    onServer ? 'waiting' : 'done',
    message,
    row.id,
  );
}

/** The folder the identity keeps its sent letters in, while there is such a folder. */
function chosenSent(tx: WriteTx, row: OutboxRow): FolderRow | undefined {
  const folder = row.sent_folder === null ? undefined : folderRow(tx.db, row.sent_folder);
  return folder?.selectable ? folder : undefined;
}

/** The letter that was answered gets its mark, and the draft goes. */
function finishDraft(tx: WriteTx, row: OutboxRow): void {
  if (row.draft === null) return;
  const draft = tx.db.get<{ kind: string; of: number | null }>(
    'SELECT kind, of FROM drafts WHERE id = ?',
    row.draft,
  );
  if (!draft) return;
  if (draft.of !== null) {
    const answered = messageRow(tx.db, draft.of);
    const flag = draft.kind.startsWith('reply')
      ? FLAG.answered
      : draft.kind.startsWith('forward')
        ? FLAG.forwarded
        : 0;
    if (answered && flag !== 0 && (answered.flags & flag) === 0) {
      setMarks(tx, answered.id, answered.flags | flag, answered.keywords);
      const { account, id: message, folder, uid } = answered;
      queueOperation(tx, { kind: 'flags', account, message, folder, uid, add: flag });
    }
  }
  forgetDraft(tx, row.draft);
}

/** Takes the row out; its octets stay only if something else holds them. */
export function removeOutboxRow(tx: WriteTx, row: OutboxRow): void {
  tx.db.run('DELETE FROM outbox WHERE id = ?', row.id);
  tx.blobs.release(row.blob);
  if (row.merge !== null && row.state !== 'sent')
    tx.db.run('UPDATE merges SET removed = removed + 1 WHERE id = ?', row.merge);
  tx.change('outbox', { id: row.id, merge: row.merge });
}
