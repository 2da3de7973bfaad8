/**
 * The moving thread: other programs' stores that only a blocking reader can read (Outlook's files, SQLite and Mork address
 * books). Open files are kept by their path until they are closed. It must never touch our own database or write anything.
 */
import { readFileSync, statSync } from 'node:fs';
import { toFault } from '../../base/errors.ts';
import { MAX_SUMMARY_BYTES, type PackedSummary, readSummary } from '../../boxes/thunderbird/summary.ts';
import type { CallContext } from '../../store/threads.ts';
import { holdOutgoing } from '../backup/hold.ts';
import { type SnapshotFacts, snapshotFacts } from '../backup/snapshot-facts.ts';
import { addressBooksOf, type FoundBook } from './address-books.ts';
import type { MsgLetter } from './outlook/msg.ts';
import type { PstBox, PstFolder, PstPage } from './outlook/pst.ts';

const boxes = new Map<string, PstBox>();

/** pst-extractor tells a terminal what it stumbles over; a thread has none, and the report says it already. */
export function start(): void {
  console.log = () => {};
  console.error = () => {};
}

/** The readers are large: each is loaded when its kind of file comes. */
async function open(path: string): Promise<PstBox> {
  const { PstBox: Box } = await import('./outlook/pst.ts');
  const box = new Box(path);
  boxes.set(path, box);
  return box;
}

export const calls = {
  async pstOpen({ path }: { path: string }): Promise<PstFolder[]> {
    boxes.get(path)?.close();
    return (await open(path)).folders;
  },
  async pstPage(
    input: { path: string; folder: number; from: number; items?: number },
    context: CallContext,
  ): Promise<PstPage> {
    const { path, ...rest } = input;
    // Another call closed it, or the thread is a new one.
    const box = boxes.get(path) ?? (await open(path));
    const page = box.page(rest);
    context.transfer(...page.letters.map(({ letter }) => letter.bytes.buffer));
    return page;
  },
  pstClose({ path }: { path: string }): void {
    boxes.get(path)?.close();
    boxes.delete(path);
  },
  async msg({ bytes }: { bytes: Uint8Array }, context: CallContext): Promise<MsgLetter> {
    const { readMsg } = await import('./outlook/msg.ts');
    const letter = readMsg(bytes);
    context.transfer(letter.bytes.buffer);
    return letter;
  },
  /** null also where there is none, or none that can be read: the letters' own marks count then. */
  summary({ file, size }: { file: string; size: number | null }, context: CallContext): PackedSummary | null {
    try {
      if (statSync(file).size > MAX_SUMMARY_BYTES) return null;
      const packed = readSummary(readFileSync(file), size);
      if (packed) context.transfer(packed.flags.buffer, packed.keywords.buffer);
      return packed;
    } catch {
      return null;
    }
  },
  snapshotFacts({ file, whole }: { file: string; whole: boolean }): SnapshotFacts {
    return snapshotFacts(file, whole);
  },
  holdOutgoing({ file }: { file: string }): number {
    return holdOutgoing(file);
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
