/** Named writes on letters: what rows.ts offers, in the shape that other threads can ask for. */
import type { WriteTx } from '../../store/program.ts';
import type { PreparedBlob } from '../../store/record.ts';
import { type ActInput, type ActOutput, act, forgetUndo, type UndoInput, undo } from './act.ts';
import {
  attachBodies,
  insertMessages,
  type LetterFacts,
  markDamaged,
  type NewMessage,
  reclaimPurged,
} from './rows.ts';

/** A letter with its octets ready to be stored; `blob` of the row is taken from them. */
export interface IncomingLetter extends Omit<NewMessage, 'blob' | 'head'> {
  prepared: PreparedBlob;
}

export interface InsertInput {
  letters: IncomingLetter[];
  /** A letter whose octets are in the folder already is passed over. */
  unique: boolean;
}

/** One an input letter, in order; null: it was there already. */
export type InsertOutput = ({ id: number; key: number } | null)[];

function insert(tx: WriteTx, input: InsertInput): InsertOutput {
  const seen = new Set<string>();
  const kept: (NewMessage | null)[] = input.letters.map(({ prepared, ...letter }) => {
    const name = `${letter.folder}:${Buffer.from(prepared.hash).toString('hex')}`;
    if (input.unique && (seen.has(name) || isThere(tx, letter.folder, prepared.hash))) return null;
    seen.add(name);
    tx.blobs.append(prepared);
    return { ...letter, blob: prepared.hash, head: null };
  });
  const ids = insertMessages(
    tx,
    kept.filter((each) => each !== null),
  );
  let next = 0;
  return kept.map((each) => {
    if (!each) return null;
    const id = ids[next++] as number;
    return { id, key: tx.db.value<number>('SELECT key FROM messages WHERE id = ?', id) ?? 0 };
  });
}

function isThere(tx: WriteTx, folder: number, hash: Uint8Array): boolean {
  return (
    tx.db.value('SELECT 1 FROM messages WHERE blob = ? AND folder = ? LIMIT 1', hash, folder) !== undefined
  );
}

export const messageWrites = {
  'messages.insert': insert,
  'messages.attachBody'(
    tx: WriteTx,
    input: { id: number; facts: LetterFacts; prepared: PreparedBlob },
  ): void {
    tx.blobs.append(input.prepared);
    attachBodies(tx, [{ id: input.id, facts: input.facts, blob: input.prepared.hash }]);
  },
  'messages.damaged': (tx: WriteTx, input: { id: number }): void => markDamaged(tx, input.id),
  'messages.act': (tx: WriteTx, input: ActInput): ActOutput => act(tx, input),
  'messages.undo': (tx: WriteTx, input: UndoInput): ActOutput & { more: boolean } => undo(tx, input),
  /** Housekeeping, a little at a time. Returns whether there is more. */
  'messages.reclaim': (tx: WriteTx): boolean => {
    forgetUndo(tx);
    return reclaimPurged(tx, 200) === 200;
  },
};
