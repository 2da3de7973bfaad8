/**
 * The storage kernel: rows in SQLite, bytes in append-only segments, one change log, one search index.
 * It knows no mail vocabulary; a program (program.ts) brings the tables and the operations.
 *
 * Invariants:
 * - A write resolves only after its segment bytes are on the disk and SQLite has committed, in that order.
 * - A row never points at bytes that are not durable; bytes that no row points at are harmless.
 * - Every write has its own change number; changes are announced after the commit, in commit order.
 * - One process has a profile open; a second one gets `store-in-use`.
 * - node:sqlite is never touched on this thread: one writer, some readers, one keeper (check, compaction,
 *   snapshot) and one indexer, each on a worker thread.
 *
 * It must never rewrite a sealed segment in place, answer before the commit, or open a database made by a
 * newer version.
 */
import type { Log } from '../base/log.ts';
import type { BlobHash, InputOf, OutputOf, Program } from './program.ts';
import type { PreparedBlob } from './record.ts';

export interface StoreOptions {
  /** The profile's folder; made if absent. */
  readonly dir: string;
  /** The module that exports `program`. */
  readonly program: URL;
  readonly log: Log;
  /** Reader threads; default 2. */
  readonly readers?: number;
  /** Size at which a segment is sealed, in octets; default SEGMENT_BYTES. */
  readonly segmentBytes?: number;
}

export interface WriteOptions {
  /** Buffers of the input that are handed over instead of copied; unusable here afterwards. */
  readonly transfer?: readonly ArrayBuffer[];
}

export interface ReadOptions {
  /** Reads with the same text run on the same thread, so that the program's caches there are warm. */
  readonly affinity?: string;
  readonly signal?: AbortSignal;
}

/** The input may be left out where the operation takes none. */
export type Arguments<I, O> = undefined extends I ? [input?: I, options?: O] : [input: I, options?: O];

export interface Change {
  readonly kind: string;
  /** Plain JSON, as the program gave it. */
  readonly data: unknown;
}

/** What one write changed. */
export interface ChangeBatch {
  readonly modseq: number;
  readonly changes: readonly Change[];
}

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
  /** All of it. `blob-missing` when it is not stored, `blob-damaged` when it cannot be trusted. */
  read(hash: BlobHash): Promise<Uint8Array>;
  /** Octets from `start` up to, without, `end`; pulled piece by piece. */
  stream(hash: BlobHash, range?: { start: number; end: number }): AsyncIterable<Uint8Array>;
}

export interface SearchDoc {
  /** The index's rowid, chosen by the caller so that ORDER BY rowid DESC is newest first. */
  readonly key: number;
  /** Text by field; fields that the program did not name are an error. */
  readonly fields: Readonly<Record<string, string>>;
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

export interface CheckProblem {
  readonly code:
    | 'database-damaged'
    | 'segment-missing'
    | 'segment-short'
    | 'segment-unknown'
    | 'record-damaged'
    | 'record-unindexed';
  readonly message: string;
  readonly hash?: string;
  readonly segment?: number;
}

export interface CheckReport {
  readonly ok: boolean;
  /** Blobs verified. */
  readonly blobs: number;
  readonly problems: readonly CheckProblem[];
}

export interface CompactOptions {
  /** Blobs unreferenced for less than this stay; default one hour. */
  readonly graceMs?: number;
  /** Segments with at least this share of dead bytes are rewritten; default 0.25. */
  readonly deadShare?: number;
  readonly signal?: AbortSignal;
}

export interface CompactReport {
  readonly segments: number;
  readonly blobsDropped: number;
  readonly bytesFreed: number;
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
  /** A consistent copy of the database (rows and index; the segments are copied beside it). */
  snapshot(file: string): Promise<void>;
  /** Waits for the writes under way; later calls get `store-closed`. */
  close(): Promise<void>;
}

export declare function openStore<P extends Program>(options: StoreOptions): Promise<Store<P>>;
