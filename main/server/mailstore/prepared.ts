/** How a PreparedMessage's contents get into a write: its record's memory is handed to the writer, not copied. */
import { rm } from 'node:fs/promises';
import { Fault } from '../../base/errors.ts';
import type { LetterInput } from './letters.ts';
import type { PreparedMessage } from './mailstore.ts';
import { emailId } from './row-reads.ts';

/**
 * `packed` of a PreparedMessage. Another room's write takes it like this:
 *
 *     const { letter, transfer, settled } = takePacked(message);
 *     await store.write('queue.accept', { letter, ... }, { transfer }).finally(settled);
 *
 * and inside the write, for each local target, `appendDelivered(tx, { letter, ... })`. A letter may be used for many
 * rows of one write; blobs of its own the queue keeps by `tx.blobs.append(letter.blob)`.
 */
export class Packed {
  readonly letter: LetterInput;
  #taken = false;

  constructor(letter: LetterInput) {
    this.letter = letter;
  }

  /** True once; a letter whose memory was handed over is not there a second time. */
  take(): boolean {
    const first = !this.#taken;
    this.#taken = true;
    return first;
  }
}

export interface TakenLetter {
  readonly letter: LetterInput;
  /** For WriteOptions. */
  readonly transfer: readonly ArrayBuffer[];
  /** When the write has ended, however it did: clears the file of a large letter away if it was not taken in. */
  readonly settled: () => void;
}

/** @throws Fault internal `message-used` when it was taken or abandoned before. */
export function takePacked(message: PreparedMessage): TakenLetter {
  const { packed } = message;
  if (!(packed instanceof Packed) || !packed.take()) {
    throw new Fault('internal', 'message-used', 'A prepared message can be stored once.');
  }
  const { letter } = packed;
  const { record } = letter.blob;
  if (typeof record !== 'string') return { letter, transfer: [record.buffer], settled: () => {} };
  return { letter, transfer: [], settled: () => dropFile(record) };
}

/** A file of the spool that the store has not taken over; one that it has is there under another name. */
export function dropFile(path: string): void {
  void rm(path, { force: true }).catch(() => {});
}

/** The EMAILID the message will have, whoever stores it. */
export function emailIdOf({ packed }: PreparedMessage): string {
  if (packed instanceof Packed) return emailId(packed.letter.blob.hash);
  throw new Fault('internal', 'message-used', 'This is no prepared message.');
}
