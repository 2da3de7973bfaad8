/**
 * The moving thread: other programs' stores that only a blocking reader can read (Outlook's files, SQLite and Mork address
 * books). Open files are kept by their path until they are closed. It must never touch our own database or write anything.
 */
import { toFault } from '../../base/errors.ts';
import type { CallContext } from '../../store/threads.ts';
import { type SnapshotFacts, snapshotFacts } from '../backup/snapshot-facts.ts';
import { addressBooksOf, type FoundBook } from './address-books.ts';
import { type MsgLetter, readMsg } from './outlook/msg.ts';
import { PstBox, type PstFolder, type PstPage } from './outlook/pst.ts';

const boxes = new Map<string, PstBox>();

/** pst-extractor tells a terminal what it stumbles over; a thread has none, and the report says it already. */
export function start(): void {
  console.log = () => {};
  console.error = () => {};
}

export const calls = {
  pstOpen({ path }: { path: string }): PstFolder[] {
    boxes.get(path)?.close();
    const box = new PstBox(path);
    boxes.set(path, box);
    return box.folders;
  },
  pstPage(
    input: { path: string; folder: number; from: number; items?: number },
    context: CallContext,
  ): PstPage {
    const { path, ...rest } = input;
    let box = boxes.get(path);
    if (!box) {
      // Another call closed it, or the thread is a new one.
      box = new PstBox(path);
      boxes.set(path, box);
    }
    const page = box.page(rest);
    context.transfer(...page.letters.map(({ letter }) => letter.bytes.buffer));
    return page;
  },
  pstClose({ path }: { path: string }): void {
    boxes.get(path)?.close();
    boxes.delete(path);
  },
  msg({ bytes }: { bytes: Uint8Array }, context: CallContext): MsgLetter {
    const letter = readMsg(bytes);
    context.transfer(letter.bytes.buffer);
    return letter;
  },
  snapshotFacts({ file, whole }: { file: string; whole: boolean }): SnapshotFacts {
    return snapshotFacts(file, whole);
  },
  addressBooks({ dir }: { dir: string }): FoundBook[] {
    try {
      return addressBooksOf(dir);
    } catch (failure) {
      throw toFault(failure);
    }
  },
};

export type MovingCalls = typeof calls;
