/** What a reader thread answers: the program's reads, each on one snapshot, and blobs piece by piece. */
import { existsSync } from 'node:fs';
import { Fault, type FaultData } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { BlobReader } from './blobs.ts';
import { changesSince } from './changes.ts';
import { Connection } from './database.ts';
import { databaseFile, searchFile } from './layout.ts';
import type { BlobHash, Program, ReadHandle } from './program.ts';
import type { CallContext } from './threads.ts';

export interface ReaderData {
  readonly dir: string;
  readonly program: string;
}

type AnyRead = (db: ReadHandle, input: unknown) => unknown;

interface Thread {
  readonly db: Connection;
  readonly blobs: BlobReader;
  readonly reads: Readonly<Record<string, AnyRead>>;
}

let thread: Thread | undefined;

export async function start(data: ReaderData, log: Log): Promise<void> {
  const { program } = (await import(data.program)) as { program: Program };
  const db = new Connection(databaseFile(data.dir), {
    readOnly: true,
    onSlow: (sql, ms) => log.warn('store-slow-read', { sql, ms: Math.round(ms) }),
  });
  const index = searchFile(data.dir);
  if (existsSync(index)) db.run('ATTACH DATABASE ? AS search', index);
  thread = {
    db,
    blobs: new BlobReader(db, data.dir),
    reads: program.reads as unknown as Readonly<Record<string, AnyRead>>,
  };
}

/** Pages are read again from the system's own cache. */
export const rest = (): void => thread?.db.exec('PRAGMA shrink_memory');

function current(): Thread {
  if (!thread) throw new Fault('internal', 'not-started', 'The reader has not started.');
  return thread;
}

/** Every query inside sees the same commit. */
function snapshot<T>(db: Connection, context: CallContext, action: () => T): T {
  db.isCancelled = () => context.cancelled();
  db.onTransfer = context.transfer;
  db.checkCancelled();
  db.exec('BEGIN');
  try {
    return action();
  } finally {
    db.exec('COMMIT');
  }
}

export const calls = {
  read({ name, input }: { name: string; input: unknown }, context: CallContext): unknown {
    const { db, reads } = current();
    const read = Object.hasOwn(reads, name) ? reads[name] : undefined;
    if (!read)
      throw new Fault('internal', 'no-such-read', 'The store has no such read.', { detail: { name } });
    return snapshot(db, context, () => read(db.reading, input));
  },
  changes({ modseq, limit }: { modseq: number; limit: number }, context: CallContext) {
    const { db } = current();
    return snapshot(db, context, () => changesSince(db.reading, modseq, limit));
  },
  hasBlob: (hash: BlobHash): boolean => current().blobs.has(hash),
  blobSize: (hash: BlobHash): number => current().blobs.size(hash),
  readBlob(
    { hash, start, end }: { hash: BlobHash; start?: number; end?: number },
    context: CallContext,
  ): Uint8Array<ArrayBuffer> {
    const bytes = current().blobs.read(hash, start, end);
    context.transfer(bytes.buffer);
    return bytes;
  },
  /** Several ranges in one go, laid end to end; what cannot be read is a fault by its place. */
  readBlobs(
    ranges: readonly { hash: BlobHash; start: number; end: number }[],
    context: CallContext,
  ): { bytes: Uint8Array<ArrayBuffer>; lengths: Float64Array; faults: [number, FaultData][] } {
    const { bytes, lengths, faults } = current().blobs.readMany(ranges);
    context.transfer(bytes.buffer);
    return { bytes, lengths, faults: faults.map(([n, fault]) => [n, fault.toData()]) };
  },
};

export type ReaderCalls = typeof calls;
