/**
 * What the kernel needs to know of the house that lives in it: its tables, its writes and its reads.
 *
 * A program is a module, given to openStore() by URL, that exports `program`. It is loaded once in the
 * writer thread and once in every reader thread, so its module level must be free of side effects; a
 * cache at module level lives as long as its thread (see the `affinity` of a read).
 *
 * Writes and reads are synchronous functions: they run inside a transaction on a worker thread, where
 * waiting for anything would hold everybody up. Inputs and outputs cross threads by structured clone.
 * They announce failure by throwing a Fault, which reaches the caller as the same Fault.
 *
 * Table names taken by the kernel: meta, blobs, segments, changes. The attached search database is
 * called `search` (tables docs, stems, state).
 */
import type { PackedBlob, PreparedBlob } from './record.ts';

/** What can be bound to a statement. There is no boolean in SQLite: bind 0 or 1. */
export type SqlInput = null | number | bigint | string | Uint8Array;
export type SqlOutput = null | number | bigint | string | Uint8Array;
export type Row = Record<string, SqlOutput>;

declare const reading: unique symbol;
declare const writing: unique symbol;

/** A prepared statement, cached by its SQL text for the life of the connection. */
export interface Statement {
  get<T = Row>(...values: SqlInput[]): T | undefined;
  all<T = Row>(...values: SqlInput[]): T[];
  run(...values: SqlInput[]): RunResult;
}

export interface RunResult {
  /** Rows inserted, changed or deleted by this statement alone. */
  readonly changes: number;
  /** rowid of the last insert on this connection. */
  readonly lastId: number;
}

/**
 * A connection that may only read. `T` is the row's shape and is trusted, not verified: write it beside
 * its SQL. Every statement is prepared once per connection.
 */
export interface ReadHandle {
  readonly [reading]: true;
  prepare(sql: string): Statement;
  /** The first row. */
  get<T = Row>(sql: string, ...values: SqlInput[]): T | undefined;
  /** Every row; ask for no more than a window. */
  all<T = Row>(sql: string, ...values: SqlInput[]): T[];
  /** Rows one by one; stops with a `cancelled` Fault when the caller has given up. */
  iterate<T = Row>(sql: string, ...values: SqlInput[]): IterableIterator<T>;
  /** The first column of the first row. */
  value<T extends SqlOutput = SqlOutput>(sql: string, ...values: SqlInput[]): T | undefined;
  /** The first column of every row. */
  pluck<T extends SqlOutput = SqlOutput>(sql: string, ...values: SqlInput[]): T[];
  /** The change number this connection sees: everything up to it, nothing after it. */
  modseq(): number;
  /** Throws a `cancelled` Fault when the caller has given up; call it in long loops. */
  checkCancelled(): void;
  /** Hands these buffers of a read's output over instead of copying them; in a write they are copied. */
  transfer(...buffers: ArrayBuffer[]): void;
}

/** The one connection that may write. */
export interface WriteHandle extends ReadHandle {
  readonly [writing]: true;
  run(sql: string, ...values: SqlInput[]): RunResult;
  /** Several statements, no values: for migrations. */
  exec(sql: string): void;
}

export interface Migration {
  /** 10, 20, 30 ...; strictly rising, never reused. */
  readonly number: number;
  readonly name: string;
  /** Runs in a transaction of its own. */
  up(db: WriteHandle): void;
}

/** SHA-256 of a blob's raw bytes: 32 octets, or 64 hexadecimal digits where text is handier. */
export type BlobHash = Uint8Array | string;

export interface TxBlobs {
  /**
   * One more reference to these bytes; they are written only if they are not stored yet. They are
   * durable, like the rows beside them, when the write resolves.
   */
  append(blob: PreparedBlob | PackedBlob): void;
  /** One reference more to a blob that is stored already; an unknown hash is a `blob-missing` Fault. */
  retain(hash: BlobHash): void;
  /** One reference less. At none the bytes may be reclaimed by a later compaction. */
  release(hash: BlobHash): void;
  has(hash: BlobHash): boolean;
}

/** One write: all of it is committed, or none. */
export interface WriteTx {
  readonly db: WriteHandle;
  /** This write's change number: strictly rising for ever, with gaps. */
  readonly modseq: number;
  /** Wall clock in ms at the beginning of this write. */
  readonly now: number;
  /** Records what changed; published after the commit. `data` is small, plain JSON. */
  change(kind: string, data: unknown): void;
  readonly blobs: TxBlobs;
}

export type WriteOp = (tx: WriteTx, input: never) => unknown;
export type ReadOp = (db: ReadHandle, input: never) => unknown;

/** Write `export const program = { ... } satisfies Program` so that the names and types survive. */
export interface Program {
  /** What kind of database this is ('mail-client', 'office'); another kind's database is refused. */
  readonly schemaName: string;
  readonly migrations: readonly Migration[];
  readonly writes: Readonly<Record<string, WriteOp>>;
  readonly reads: Readonly<Record<string, ReadOp>>;
  /** Columns of the full-text index, e.g. ['subject', 'from', 'to', 'body', 'files']. None: no index. */
  readonly searchFields?: readonly string[];
}

type Operation = (handle: never, input: never) => unknown;
/** What an operation takes beside its handle; `undefined` where it takes nothing. */
export type InputOf<F extends Operation> = F extends (handle: never, ...rest: infer R) => unknown
  ? R extends []
    ? undefined
    : R[0]
  : never;
export type OutputOf<F extends Operation> = ReturnType<F>;
