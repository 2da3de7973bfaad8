/**
 * What arrival does for the search: the ingest worker takes a letter's words while its tree is at hand, and the write
 * that stores the letter keeps them, or notes that they are wanted.
 */
import type { Content } from '../../../mail/content.ts';
import type { Message } from '../../../mail/letter.ts';
import type { WriteTx } from '../../../store/program.ts';

/** Crosses from the ingest worker to the writer by structured clone; keep it small. */
export interface ArrivalText {
  readonly text: string;
}

/** In the ingest worker, once a letter. Must not throw. null: nothing is kept. */
export function arrivalText(_bytes: Uint8Array, _message: Message, _content: Content): ArrivalText | null {
  return null;
}

/** In the write that stores a new letter; `letter` is its row. */
export function keepArrival(_tx: WriteTx, _letter: number, _arrival: ArrivalText | null): void {}

/** In the write that drops a letter for good. */
export function forgetArrival(_tx: WriteTx, _letter: number): void {}
