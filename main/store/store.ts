/**
 * The storage kernel: rows in SQLite, bytes in append-only segments, one change log, one search index.
 * It knows no mail vocabulary; a program (program.ts) brings the tables and the operations.
 *
 * Invariants:
 * - A write resolves only after its segment bytes are on the disk and SQLite has committed, in that order. The commit
 *   is on the disk too, except for relaxed writes (WriteOptions), which only a loss of power can take back.
 * - A row never points at bytes that are not durable; bytes that no row points at are harmless.
 * - Every write has its own change number; changes are announced after the commit, in commit order.
 * - One process has a profile open; a second one gets `store-in-use`.
 * - node:sqlite is never touched on this thread: one writer, some readers, one keeper (check, compaction,
 *   snapshot) and, where there is a search index, one indexer, each on a worker thread.
 *
 * It must never rewrite a sealed segment in place, answer before the commit, or open a database made by a
 * newer version.
 */
import { Closers } from '../base/disposable.ts';
import { cancelled, Fault } from '../base/errors.ts';
import { Emitter } from '../base/event.ts';
import { SEGMENT_BYTES } from '../base/limits.ts';
import type { Log } from '../base/log.ts';
import type { ChangeBatch } from './changes.ts';
import type { CheckReport } from './check.ts';
import type { Compaction } from './compaction.ts';
import { indexerModule, keeperModule, readerModule } from './entries.ts';
import { noIndex, storeClosed } from './fault.ts';
import type { IndexerCalls } from './indexer.ts';
import type { KeeperCalls } from './keeper.ts';
import { spoolFolder } from './layout.ts';
import type { BlobHash, InputOf, OutputOf, Program } from './program.ts';
import type { ReaderCalls } from './reader.ts';
import { type PreparedBlob, prepareBlob } from './record.ts';
import type { SearchDoc } from './search/index.ts';
import { prepareStream } from './spool.ts';
import { type Calls, openPool, type Pool } from './threads.ts';
import { WriterLink } from './writer-link.ts';

export type { Change, ChangeBatch } from './changes.ts';
export type { CheckProblem, CheckReport } from './check.ts';
export type { PreparedBlob } from './record.ts';
export type { SearchDoc } from './search/index.ts';

export interface StoreOptions {
  /** The profile's folder; made if absent. */
  readonly dir: string;
  /** The module that exports `program`. */
  readonly program: URL;
  readonly log: Log;
  /** Reader threads; default 2. */
  readonly readers?: number;
  /** true: of the readers only the first starts at once, the others when reads have to wait. */
  readonly readersOnDemand?: boolean;
  /** false: the program has no search index, and no thread is kept for one. */
  readonly indexed?: boolean;
  /** Size at which a segment is sealed, in octets; default SEGMENT_BYTES. */
  readonly segmentBytes?: number;
  /** Ms from the call to the commit of each durable write: what a peer waits for its acknowledgement. */
  readonly onWritten?: (ms: number) => void;
}

export interface WriteOptions {
  /** Buffers of the input that are handed over instead of copied; unusable here afterwards. */
  readonly transfer?: readonly ArrayBuffer[];
  /**
   * The write resolves when it is committed, which outlives this process, but it may be lost with the power until the
   * next write without this option resolves. For what can be had again as it was, and only for that: a header or a body
   * that a server still has. Never where the outcome lets somebody else forget (docs/adr/0006).
   */
  readonly relaxed?: boolean;
}

export interface ReadOptions {
  /** Reads with the same text run on the same thread, so that the program's caches there are warm. */
  readonly affinity?: string;
  readonly signal?: AbortSignal;
}

/** The input may be left out where the operation takes none. */
export type Arguments<I, O> = undefined extends I ? [input?: I, options?: O] : [input: I, options?: O];

export interface StoreChanges {
  /** Called after each commit, in commit order, before the write resolves. Returns the unsubscription. */
  on(listener: (batch: ChangeBatch) => void): () => void;
  /** Batches after `modseq`, oldest first, at most `limit` (default 1,000); 'too-old' when pruned. */
  since(modseq: number, limit?: number): Promise<ChangeBatch[] | 'too-old'>;
}

export interface StoreBlobs {
  /** Pure; see prepareBlob() in record.ts, which parse workers call directly. */
  prepare(bytes: Uint8Array): PreparedBlob;
  /** Any length in bounded memory: a large blob passes through a file of the spool folder. */
  prepareStream(source: AsyncIterable<Uint8Array>): Promise<PreparedBlob>;
  has(hash: BlobHash): Promise<boolean>;
  /** Raw length in octets. `blob-missing` when it is not stored. */
  size(hash: BlobHash): Promise<number>;
  /** All of it, or a short range. `blob-missing` when it is not stored, `blob-damaged` when it cannot be trusted. */
  read(hash: BlobHash, range?: { start: number; end: number }): Promise<Uint8Array>;
  /**
   * Several short ranges in one go, at most some MiB in sum; a Fault in place of what cannot be read. They lie in one buffer,
   * the caller's alone.
   */
  readMany(
    ranges: readonly { hash: BlobHash; start: number; end: number }[],
  ): Promise<(Uint8Array | Fault)[]>;
  /** Octets from `start` up to, without, `end`; pulled piece by piece. */
  stream(hash: BlobHash, range?: { start: number; end: number }): AsyncIterable<Uint8Array>;
}

/**
 * The full-text index, behind arrival and always rebuildable. A program's read finds it attached:
 * `SELECT rowid FROM search.docs WHERE docs MATCH ? ORDER BY rowid DESC LIMIT 50`, with the text from
 * planQuery() in search/match.ts.
 */
export interface StoreSearch {
  /** Adds or replaces documents; `mark`, if given, is stored in the same transaction. */
  index(docs: readonly SearchDoc[], mark?: number): Promise<void>;
  remove(keys: readonly number[], mark?: number): Promise<void>;
  /** How far the caller has indexed; 0 in a new (or rebuilt, or lost) index. */
  mark(): Promise<number>;
  setMark(mark: number): Promise<void>;
  /** Empties the index and its mark. */
  rebuild(): Promise<void>;
  /** Merges the index into few pieces; for idle time after a large import. */
  optimize(): Promise<void>;
}

export interface StoreStats {
  /** Write calls answered, groups they were committed in, and segment fsyncs, since opening. */
  readonly writes: number;
  readonly groups: number;
  readonly segmentSyncs: number;
  readonly modseq: number;
  readonly blobs: number;
  readonly rawBytes: number;
  readonly storedBytes: number;
  readonly segments: number;
  readonly unreferencedBlobs: number;
}

export interface CompactOptions {
  /** Blobs unreferenced for less than this stay; default one hour. */
  readonly graceMs?: number;
  /** Segments with at least this share of dead bytes are rewritten; default 0.25. */
  readonly deadShare?: number;
  /** Free pages of the databases are given back too: writes wait meanwhile. For a person who asks for room. */
  readonly databases?: boolean;
  readonly signal?: AbortSignal;
}

export interface CompactReport {
  readonly segments: number;
  readonly blobsDropped: number;
  readonly bytesFreed: number;
  /** Of them by the databases. */
  readonly databaseFreed: number;
}

export interface Store<P extends Program> {
  /** Runs one of the program's writes in a transaction; resolves when it is durable. */
  write<K extends keyof P['writes'] & string>(
    name: K,
    ...rest: Arguments<InputOf<P['writes'][K]>, WriteOptions>
  ): Promise<OutputOf<P['writes'][K]>>;
  /** Runs one of the program's reads on a snapshot. */
  read<K extends keyof P['reads'] & string>(
    name: K,
    ...rest: Arguments<InputOf<P['reads'][K]>, ReadOptions>
  ): Promise<OutputOf<P['reads'][K]>>;
  readonly blobs: StoreBlobs;
  readonly changes: StoreChanges;
  readonly search: StoreSearch;
  stats(): Promise<StoreStats>;
  /** Reads every record and compares it with its checksums, its hash and the index, both ways. */
  check(): Promise<CheckReport>;
  /** Gives the bytes of unreferenced blobs back. May be killed at any moment. */
  compact(options?: CompactOptions): Promise<CompactReport>;
  /** Runs `action` while no segment is rewritten or removed; it may take a snapshot, as below. */
  quiet<T>(action: (snapshot: (file: string) => Promise<void>) => Promise<T>): Promise<T>;
  /** A consistent copy of the database (rows and index; the segments are copied beside it). */
  snapshot(file: string): Promise<void>;
  /** Waits for the writes under way; later calls get `store-closed`. */
  close(): Promise<void>;
}

/** Octets that a stream pulls at a time. */
const PIECE_BYTES = 1024 * 1024;
const DEFAULT_READERS = 2;
const DEFAULT_SINCE = 1000;
const DEFAULT_GRACE_MS = 60 * 60 * 1000;
const DEFAULT_DEAD_SHARE = 0.25;

/**
 * Opens (or makes) a profile: locks it, recovers, migrates, starts the threads.
 * @throws Fault user `store-in-use`, `store-too-new`, `store-wrong-kind`, `no-access`; internal
 *   `migration-failed`, `database-damaged`; transient `disk-full`.
 */
export async function openStore<P extends Program>(options: StoreOptions): Promise<Store<P>> {
  const { dir, log } = options;
  const program = options.program.href;
  const closers = new Closers();
  try {
    const changes = new Emitter<ChangeBatch>((cause) => log.error('store-listener-failed', { cause }));
    const segmentBytes = options.segmentBytes ?? SEGMENT_BYTES;
    const writer = closers.add(new WriterLink({ dir, program, segmentBytes }, changes, log));
    const opened = writer.start();
    // The threads start while the writer recovers and migrates, and open the files when it is done.
    const onDemand = options.readersOnDemand ?? false;
    const pool = <C extends Calls>(name: string, module: URL, size: number, data: Promise<unknown>) =>
      openPool<C>({ module, size, log, name, data, onDemand }).then((each) => closers.add(each));
    const index = () => {
      const fields = opened.then((names) => ({ dir, fields: names }));
      return pool<IndexerCalls>('store-indexer', indexerModule, 1, fields);
    };
    const indexing = options.indexed === false ? null : index();
    // The readers attach what the indexer has made.
    const readable = (indexing ?? opened).then(() => ({ dir, program }));
    const reading = pool<ReaderCalls>(
      'store-reader',
      readerModule,
      options.readers ?? DEFAULT_READERS,
      readable,
    );
    await settled([opened, reading, ...(indexing ? [indexing] : [])]);
    const [indexer, readers] = [await indexing, await reading];
    const keeper = () =>
      openPool<KeeperCalls>({ module: keeperModule, size: 1, log, name: 'store-keeper', data: { dir } });
    const { onWritten } = options;
    return new OpenStore<P>({ dir, log, closers, changes, writer, keeper, indexer, readers, onWritten });
  } catch (failure) {
    await closers.close();
    throw failure;
  }
}

/** Waits for all; then throws the first failure, so that nothing is left starting behind the caller. */
async function settled(all: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(all);
  for (const each of results) if (each.status === 'rejected') throw each.reason;
}

interface Parts {
  readonly dir: string;
  readonly log: Log;
  readonly closers: Closers;
  readonly changes: Emitter<ChangeBatch>;
  readonly writer: WriterLink;
  /** Starts the keeper thread, which most days are never asked for. */
  readonly keeper: () => Promise<Pool<KeeperCalls>>;
  readonly indexer: Pool<IndexerCalls> | null;
  readonly readers: Pool<ReaderCalls>;
  readonly onWritten: StoreOptions['onWritten'] | undefined;
}

class OpenStore<P extends Program> implements Store<P> {
  readonly blobs: StoreBlobs;
  readonly changes: StoreChanges;
  readonly search: StoreSearch;
  readonly #parts: Parts;
  #keeping: Promise<Pool<KeeperCalls>> | undefined;
  /** Check, compaction and snapshot never overlap. */
  #upkeep: Promise<unknown> = Promise.resolve();

  constructor(parts: Parts) {
    this.#parts = parts;
    this.blobs = this.#makeBlobs();
    this.changes = {
      on: (listener) => parts.changes.on(listener),
      since: (modseq, limit = DEFAULT_SINCE) => this.#read('changes', { modseq, limit }),
    };
    this.search = this.#makeSearch();
  }

  write<K extends keyof P['writes'] & string>(
    name: K,
    ...[input, options]: Arguments<InputOf<P['writes'][K]>, WriteOptions>
  ): Promise<OutputOf<P['writes'][K]>> {
    const how = options?.relaxed ? { relaxed: true } : {};
    const { writer, onWritten } = this.#parts;
    const began = performance.now();
    const written = writer.write(name, input, options?.transfer ?? [], how);
    if (onWritten && !how.relaxed)
      written.then(
        () => onWritten(performance.now() - began),
        () => {},
      );
    return written as Promise<OutputOf<P['writes'][K]>>;
  }

  read<K extends keyof P['reads'] & string>(
    name: K,
    ...[input, options]: Arguments<InputOf<P['reads'][K]>, ReadOptions>
  ): Promise<OutputOf<P['reads'][K]>> {
    return this.#read('read', { name, input }, options) as Promise<OutputOf<P['reads'][K]>>;
  }

  async stats(): Promise<StoreStats> {
    const [counts, rows] = await Promise.all([
      this.#parts.writer.counts(),
      (await this.#keeper()).call('stats', undefined),
    ]);
    return { ...counts, ...rows };
  }

  check(): Promise<CheckReport> {
    return this.#alone(async () => (await this.#keeper()).call('check', undefined));
  }

  quiet<T>(action: (snapshot: (file: string) => Promise<void>) => Promise<T>): Promise<T> {
    return this.#alone(() => action(async (file) => (await this.#keeper()).call('snapshot', file)));
  }

  snapshot(file: string): Promise<void> {
    return this.#alone(async () => (await this.#keeper()).call('snapshot', file));
  }

  compact(options: CompactOptions = {}): Promise<CompactReport> {
    return this.#alone(async () => {
      const { writer } = this.#parts;
      const keeper = await this.#keeper();
      const { graceMs = DEFAULT_GRACE_MS, deadShare = DEFAULT_DEAD_SHARE, signal } = options;
      const freedBefore = Date.now() - graceMs + 1;
      let report = { segments: 0, blobsDropped: 0, bytesFreed: 0, databaseFreed: 0 };
      for (const segment of await keeper.call('compactable', { freedBefore, deadShare, state: 'active' }))
        await writer.seal(segment);
      for (const segment of await keeper.call('compactable', { freedBefore, deadShare })) {
        if (signal?.aborted) throw cancelled();
        const work: Compaction = await keeper.call('copyLive', { segment, freedBefore });
        const done = (await writer.write('compaction', work, [], { kernel: true })) as {
          dropped: number;
          freed: number;
        };
        report = {
          ...report,
          segments: report.segments + 1,
          blobsDropped: report.blobsDropped + done.dropped,
          bytesFreed: report.bytesFreed + done.freed,
        };
      }
      if (!options.databases) return report;
      if (signal?.aborted) throw cancelled();
      const { indexer } = this.#parts;
      const databaseFreed = (await writer.vacuum()) + ((await indexer?.call('vacuum', undefined)) ?? 0);
      return { ...report, databaseFreed, bytesFreed: report.bytesFreed + databaseFreed };
    });
  }

  async close(): Promise<void> {
    // Readers go first; the writer, added first, answers what it was given and closes last.
    await this.#parts.closers.close();
  }

  async #read<K extends keyof ReaderCalls & string>(
    name: K,
    input: Parameters<ReaderCalls[K]>[0],
    options: ReadOptions = {},
  ): Promise<Awaited<ReturnType<ReaderCalls[K]>>> {
    if (this.#parts.closers.closed) throw storeClosed();
    return this.#parts.readers.call(name, input, options);
  }

  #keeper(): Promise<Pool<KeeperCalls>> {
    this.#keeping ??= this.#parts.keeper().then((each) => this.#parts.closers.add(each));
    // One that could not start is tried again next time.
    this.#keeping.catch(() => {
      this.#keeping = undefined;
    });
    return this.#keeping;
  }

  #alone<T>(action: () => Promise<T>): Promise<T> {
    if (this.#parts.closers.closed) return Promise.reject(storeClosed());
    const turn = this.#upkeep.then(action, action);
    this.#upkeep = turn.catch(() => {});
    return turn;
  }

  #makeBlobs(): StoreBlobs {
    const piece = async (hash: BlobHash, start?: number, end?: number) => {
      try {
        const range = { ...(start === undefined ? {} : { start }), ...(end === undefined ? {} : { end }) };
        return await this.#read('readBlob', { hash, ...range });
      } catch (failure) {
        // Marked so that the same bytes, should they come in again, are stored anew.
        if (failure instanceof Fault && failure.code === 'blob-damaged') this.#markDamaged(hash);
        throw failure;
      }
    };
    const size = (hash: BlobHash) => this.#read('blobSize', hash);
    return {
      prepare: prepareBlob,
      prepareStream: (source) => prepareStream(spoolFolder(this.#parts.dir), source),
      has: (hash) => this.#read('hasBlob', hash),
      size,
      read: (hash, range) => piece(hash, range?.start, range?.end),
      readMany: async (ranges) => {
        const { bytes, lengths, faults } = await this.#read('readBlobs', ranges);
        const failed = new Map(faults);
        let at = 0;
        return ranges.map(({ hash }, n) => {
          const failure = failed.get(n);
          if (failure) {
            if (failure.code === 'blob-damaged') this.#markDamaged(hash);
            return Fault.fromData(failure);
          }
          at += lengths[n] as number;
          return bytes.subarray(at - (lengths[n] as number), at);
        });
      },
      async *stream(hash, range) {
        const end = Math.min(range?.end ?? Number.POSITIVE_INFINITY, await size(hash));
        for (let at = range?.start ?? 0; at < end; at += PIECE_BYTES) {
          yield await piece(hash, at, Math.min(end, at + PIECE_BYTES));
        }
      },
    };
  }

  #markDamaged(hash: BlobHash): void {
    this.#parts.writer.write('damaged', hash, [], { kernel: true }).catch((cause) => {
      this.#parts.log.warn('store-mark-damaged-failed', { cause });
    });
  }

  #makeSearch(): StoreSearch {
    const call = async <K extends keyof IndexerCalls & string>(
      name: K,
      input: Parameters<IndexerCalls[K]>[0],
    ) => {
      const { indexer, closers } = this.#parts;
      if (closers.closed) throw storeClosed();
      if (!indexer) throw noIndex();
      return indexer.call(name, input);
    };
    return {
      index: (docs: readonly SearchDoc[], mark) => call('index', { docs, mark }),
      remove: (keys, mark) => call('remove', { keys, mark }),
      mark: () => call('mark', undefined),
      setMark: (mark) => call('setMark', mark),
      rebuild: () => call('rebuild', undefined),
      optimize: () => call('optimize', undefined),
    };
  }
}
