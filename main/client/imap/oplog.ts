/**
 * The operation log: what the person did and a server has yet to hear of (C20, C21). A row is written in the
 * same transaction as the change the person sees, so neither is ever without the other.
 *
 * Rows hold deltas, never states. Those not yet under way are merged: opposite marks cancel, a second move
 * rewrites the first, erasing beats everything before it. A row that may have reached the server (`running`,
 * or tried before) is never rewritten; the new wish is queued behind it.
 *
 * `folder` and `uid` say where the letter will be on the server when the operation's turn comes: rows are
 * ahead of that while moves wait. A UID that an earlier operation has yet to earn is null and filled in then.
 */
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import { moveMessage } from '../messages/rows.ts';
import { applyDelta, type Delta, isEmptyDelta, mergeDeltas } from './flags.ts';

interface OfMessage {
  account: number;
  /** The letter's row. */
  message: number;
  /** Where the letter is on the server: its folder and UID before this action; null: not there yet. */
  folder: number;
  uid: number | null;
}

/** An action of the person as the room of messages, drafts or the outbox reports it. */
export type NewOperation =
  | ({ kind: 'flags' } & OfMessage & Partial<Delta>)
  | ({ kind: 'move' /** folder id */; to: number } & OfMessage)
  /** `copy`: the row made here for the copy, whose UID will be learned. */
  | ({ kind: 'copy'; to: number; copy: number } & OfMessage)
  /** For ever. The row may be gone already; `messageId` helps where the UID is not known. */
  | ({ kind: 'expunge'; messageId?: string } & OfMessage)
  /** A folder made here for a role, to be made on the server; with a `parent` (id), a plain folder below that one. */
  | { kind: 'create'; account: number; folder: number; role: string; name: string; parent?: number }
  | {
      kind: 'append';
      account: number;
      /** Target. */
      folder: number;
      /** The row made here, whose UID will be learned; null: none was made. */
      message: number | null;
      /** Hash of the octets. The log holds a reference to the blob until the operation is over. */
      blob: Uint8Array;
      flags: number;
      keywords: string;
      /** ms; becomes INTERNALDATE. */
      date: number;
      /** Without angle brackets; looked for before a second try. */
      messageId: string;
    };

export type OperationKind = NewOperation['kind'];
export type OperationState = 'waiting' | 'running' | 'stuck';

export interface OperationRow {
  id: number;
  account: number;
  folder: number | null;
  message: number | null;
  uid: number | null;
  kind: OperationKind;
  /** JSON; see the payload types. */
  payload: string;
  state: OperationState;
  attempts: number;
  next_try: number;
  at: number;
  problem: string | null;
}

export interface MovePayload {
  to: number;
}
export interface CopyPayload {
  to: number;
  copy: number;
}
export interface ExpungePayload {
  messageId: string;
}
export interface CreatePayload {
  role: string;
  /** Last level of the path, if the server has no folder of this role by then. */
  name: string;
  /** Id of the folder it stands in; absent: it has a role and stands at the top. */
  parent?: number;
}
export interface AppendPayload {
  /** Hexadecimal. */
  blob: string;
  flags: number;
  keywords: string;
  date: number;
  messageId: string;
}

const COLUMNS = 'id, account, folder, message, uid, kind, payload, state, attempts, next_try, at, problem';

/** Operations of an account in the order of the person's actions. */
export function operationsOf(db: ReadHandle, account: number, limit: number): OperationRow[] {
  return db.all<OperationRow>(
    `SELECT ${COLUMNS} FROM operations WHERE account = ? ORDER BY id LIMIT ?`,
    account,
    limit,
  );
}

/**
 * Queues an action for the server, merged with what waits already. Call it in the transaction of the change
 * and after the rows have been changed. A local account has no server: nothing happens then.
 */
export function queueOperation(tx: WriteTx, operation: NewOperation): void {
  const kind = tx.db.value<string>('SELECT kind FROM accounts WHERE id = ?', operation.account);
  if (kind !== 'imap') return;
  switch (operation.kind) {
    case 'flags':
      queueFlags(tx, operation);
      break;
    case 'move':
      queueMove(tx, operation);
      break;
    case 'copy':
      insert(tx, operation, { to: operation.to, copy: operation.copy } satisfies CopyPayload);
      break;
    case 'expunge':
      queueExpunge(tx, operation);
      break;
    case 'create': {
      const { role, name, parent } = operation;
      const payload: CreatePayload = { role, name, ...(parent === undefined ? {} : { parent }) };
      insert(tx, { ...operation, message: null, uid: null }, payload);
      break;
    }
    case 'append': {
      const { blob, flags, keywords, date, messageId } = operation;
      tx.blobs.retain(blob);
      const hex = Buffer.from(blob).toString('hex');
      const payload: AppendPayload = { blob: hex, flags, keywords, date, messageId };
      insert(tx, { ...operation, uid: null }, payload);
      break;
    }
  }
  tx.change('operations', { account: operation.account });
}

/** Takes an operation off the log, whatever became of it. */
export function removeOperation(tx: WriteTx, id: number): void {
  const row = tx.db.get<{ kind: string; payload: string }>(
    'SELECT kind, payload FROM operations WHERE id = ?',
    id,
  );
  if (!row) return;
  if (row.kind === 'append') tx.blobs.release((JSON.parse(row.payload) as AppendPayload).blob);
  tx.db.run('DELETE FROM operations WHERE id = ?', id);
}

function insert(
  tx: WriteTx,
  op: { account: number; folder: number; message: number | null; uid: number | null; kind: OperationKind },
  payload: object,
): void {
  tx.db.run(
    'INSERT INTO operations (account, folder, message, uid, kind, payload, at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    op.account,
    op.folder,
    op.message,
    op.uid,
    op.kind,
    JSON.stringify(payload),
    tx.now,
  );
}

/** What waits for this letter and has surely not reached the server. Newest first. */
function untried(tx: WriteTx, message: number): OperationRow[] {
  return tx.db.all<OperationRow>(
    `SELECT ${COLUMNS} FROM operations WHERE message = ? AND state = 'waiting' AND attempts = 0 ORDER BY id DESC`,
    message,
  );
}

function setPayload(tx: WriteTx, id: number, payload: object): void {
  tx.db.run('UPDATE operations SET payload = ? WHERE id = ?', JSON.stringify(payload), id);
}

function queueFlags(tx: WriteTx, op: Extract<NewOperation, { kind: 'flags' }>): void {
  const delta: Delta = {
    add: op.add ?? 0,
    remove: op.remove ?? 0,
    addKeywords: op.addKeywords ?? [],
    removeKeywords: op.removeKeywords ?? [],
  };
  if (isEmptyDelta(delta)) return;
  for (const row of untried(tx, op.message)) {
    if (row.kind === 'append') {
      const payload = JSON.parse(row.payload) as AppendPayload;
      setPayload(tx, row.id, { ...payload, ...applyDelta(payload, delta) });
      return;
    }
    if (row.kind === 'flags') {
      const merged = mergeDeltas(JSON.parse(row.payload) as Delta, delta);
      if (isEmptyDelta(merged)) removeOperation(tx, row.id);
      else setPayload(tx, row.id, merged);
      return;
    }
  }
  insert(tx, op, delta);
}

function queueMove(tx: WriteTx, op: Extract<NewOperation, { kind: 'move' }>): void {
  if (op.folder === op.to) return;
  for (const row of untried(tx, op.message)) {
    if (row.kind === 'append') {
      tx.db.run('UPDATE operations SET folder = ? WHERE id = ?', op.to, row.id);
      return;
    }
    if (row.kind !== 'move') continue;
    if (row.folder === op.to) {
      // Back where it is for the server: it never left, and has its UID again.
      removeOperation(tx, row.id);
      moveMessage(tx, op.message, op.to, row.uid);
    } else setPayload(tx, row.id, { to: op.to } satisfies MovePayload);
    return;
  }
  insert(tx, op, { to: op.to } satisfies MovePayload);
}

function queueExpunge(tx: WriteTx, op: Extract<NewOperation, { kind: 'expunge' }>): void {
  let { folder, uid } = op;
  for (const row of untried(tx, op.message)) {
    // A copy asked for before is a letter of its own and must still be made.
    if (row.kind === 'copy') continue;
    removeOperation(tx, row.id);
    if (row.kind === 'append') return;
    if (row.kind === 'move' && row.folder !== null) {
      folder = row.folder;
      uid = row.uid;
    }
  }
  insert(tx, { ...op, folder, uid }, { messageId: op.messageId ?? '' } satisfies ExpungePayload);
}
