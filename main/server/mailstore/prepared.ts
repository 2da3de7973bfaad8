/** How a PreparedMessage's contents get into a write: its record's memory is handed to the writer, not copied. */
import { Fault } from '../../base/errors.ts';
import type { LetterInput } from './letters.ts';
import type { PreparedMessage } from './mailstore.ts';

/**
 * `packed` of a PreparedMessage. Another room's write takes it like this:
 *
 *     const { letter, transfer } = takePacked(message);
 *     await store.write('queue.accept', { letter, ... }, { transfer });
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
}

/** @throws Fault internal `message-used` when it was taken or abandoned before. */
export function takePacked(message: PreparedMessage): TakenLetter {
  const { packed } = message;
  if (!(packed instanceof Packed) || !packed.take()) {
    throw new Fault('internal', 'message-used', 'A prepared message can be stored once.');
  }
  const { record } = packed.letter.blob;
  return { letter: packed.letter, transfer: typeof record === 'string' ? [] : [record.buffer] };
}
