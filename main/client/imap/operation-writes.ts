/**
 * The life of an operation: under way, done, put off, refused, parked. Run inside write transactions; what
 * the server has confirmed and the row it concerns change together.
 */
import type { WriteTx } from '../../store/program.ts';
import { messageRow, moveMessage, removeMessages, setMarks, setServerMarks } from '../messages/rows.ts';
import { applyDelta, type Delta } from './flags.ts';
import {
  type AppendPayload,
  type CopyPayload,
  type MovePayload,
  type OperationRow,
  removeOperation,
} from './oplog.ts';
import { adoptFolder } from './role-folders.ts';
import { setUid } from './writes.ts';

function operation(tx: WriteTx, id: number): OperationRow | undefined {
  return tx.db.get<OperationRow>(
    'SELECT id, account, folder, message, uid, kind, payload, state, attempts, next_try, at, problem FROM operations WHERE id = ?',
    id,
  );
}

/** About to be sent: from here on the server may have heard of it. */
function start(tx: WriteTx, ids: number[]): void {
  for (const id of ids) {
    tx.db.run("UPDATE operations SET state = 'running', attempts = attempts + 1 WHERE id = ?", id);
  }
}

export interface Outcome {
  id: number;
  /** UID the letter has now, where the server told it. */
  uid?: number;
  /** The letter is nowhere to be found: it was erased or taken elsewhere by another program. */
  gone?: boolean;
  /** Marks the server could not keep and which stay here only. */
  kept?: Delta;
  /** Where the server has the folder that was asked for. */
  made?: { serverPath: string; delimiter: string };
}

function finish(tx: WriteTx, outcomes: Outcome[]): void {
  for (const outcome of outcomes) {
    const op = operation(tx, outcome.id);
    if (!op) continue;
    removeOperation(tx, op.id);
    settle(tx, op, outcome);
    tx.change('operations', { account: op.account });
  }
}

function settle(tx: WriteTx, op: OperationRow, outcome: Outcome): void {
  switch (op.kind) {
    case 'flags': {
      const row = op.message === null ? undefined : messageRow(tx.db, op.message);
      if (!row) return;
      const delta = outcome.kept ?? (JSON.parse(op.payload) as Delta);
      const now = applyDelta({ flags: row.server_flags, keywords: row.server_keywords }, delta);
      setServerMarks(tx, row.id, now.flags, now.keywords);
      return;
    }
    case 'move':
      arrived(tx, op.message, (JSON.parse(op.payload) as MovePayload).to, outcome);
      return;
    case 'copy': {
      const { to, copy } = JSON.parse(op.payload) as CopyPayload;
      arrived(tx, copy, to, outcome);
      return;
    }
    case 'append': {
      const { flags, keywords } = JSON.parse(op.payload) as AppendPayload;
      if (op.message === null || op.folder === null) return;
      if (messageRow(tx.db, op.message)) setServerMarks(tx, op.message, flags, keywords);
      arrived(tx, op.message, op.folder, outcome);
      return;
    }
    case 'create':
      if (outcome.made && op.folder !== null)
        adoptFolder(tx, op.folder, outcome.made.serverPath, outcome.made.delimiter);
      return;
    case 'expunge':
      return;
  }
}

/** The letter is in that folder of the server now, under this UID if the server told. */
function arrived(tx: WriteTx, message: number | null, folder: number, outcome: Outcome): void {
  if (message === null) return;
  const row = messageRow(tx.db, message);
  if (outcome.gone) {
    if (row && row.folder === folder && row.uid === null) removeMessages(tx, [row.id], 'server');
    return;
  }
  if (outcome.uid === undefined) return;
  if (row && row.folder === folder) setUid(tx, row.id, folder, outcome.uid);
  // Taken further, or erased, meanwhile: what is queued for that learns where to find it.
  tx.db.run(
    'UPDATE operations SET uid = ? WHERE message = ? AND folder = ? AND uid IS NULL',
    outcome.uid,
    message,
    folder,
  );
}

/** Not now: tried again at `at` (ms). */
function defer(tx: WriteTx, input: { ids: number[]; at: number; problem: string }): void {
  for (const id of input.ids) {
    tx.db.run(
      "UPDATE operations SET state = 'waiting', next_try = ?, problem = ? WHERE id = ?",
      input.at,
      input.problem,
      id,
    );
  }
}

/** Kept, shown, and not tried any more. */
function park(tx: WriteTx, input: { ids: number[]; problem: string }): void {
  for (const id of input.ids) {
    const op = operation(tx, id);
    if (!op) continue;
    tx.db.run("UPDATE operations SET state = 'stuck', problem = ? WHERE id = ?", input.problem, id);
    tx.change('operations', { account: op.account });
  }
}

/** The server will not have it: taken back here too (C25). A letter that exists only here is kept, and parked. */
function refuse(tx: WriteTx, input: { ids: number[]; problem: string }): void {
  for (const id of input.ids) {
    const op = operation(tx, id);
    if (!op) continue;
    if (op.kind === 'append') {
      park(tx, { ids: [id], problem: input.problem });
      continue;
    }
    removeOperation(tx, id);
    tx.change('operations', { account: op.account });
    const row = op.message === null ? undefined : messageRow(tx.db, op.message);
    if (op.kind === 'flags' && row) {
      const delta = JSON.parse(op.payload) as Delta;
      const back = applyDelta(row, {
        add: delta.remove,
        remove: delta.add,
        addKeywords: delta.removeKeywords,
        removeKeywords: delta.addKeywords,
      });
      setMarks(tx, row.id, back.flags, back.keywords);
    } else if (op.kind === 'move' && row && op.folder !== null) {
      const { to } = JSON.parse(op.payload) as MovePayload;
      if (row.folder === to && row.uid === null) moveMessage(tx, row.id, op.folder, op.uid);
    } else if (op.kind === 'copy') {
      removeMessages(tx, [(JSON.parse(op.payload) as CopyPayload).copy], 'erased');
    } else if (op.kind === 'expunge' && op.folder !== null) {
      // It is still there: the next pass over the folder brings it back.
      tx.db.run("UPDATE folders SET sync_state = '{}' WHERE id = ?", op.folder);
    }
  }
}

/** A UID found by searching, for a letter that came without one. */
function learnUid(tx: WriteTx, input: { message: number; folder: number; uid: number }): void {
  const row = messageRow(tx.db, input.message);
  if (row && row.folder === input.folder && row.uid === null) setUid(tx, row.id, input.folder, input.uid);
}

/** At start: whatever was under way when the program ended may or may not have reached the server. */
function recover(tx: WriteTx, account: number): number {
  return tx.db.run(
    "UPDATE operations SET state = 'waiting', next_try = 0 WHERE account = ? AND state = 'running'",
    account,
  ).changes;
}

export const operationWrites = {
  'imap.startOperations': start,
  'imap.finishOperations': finish,
  'imap.deferOperations': defer,
  'imap.parkOperations': park,
  'imap.refuseOperations': refuse,
  'imap.learnUid': learnUid,
  'imap.recoverOperations': recover,
};
