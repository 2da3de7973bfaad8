/**
 * A SQLite connection behind the branded handles. Only worker threads open one. Statements are prepared
 * once and kept; a query that takes longer than SLOW_QUERY_MS is reported by its text, never its values.
 */
import { closeSync, existsSync, openSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { cancelled } from '../base/errors.ts';
import { SLOW_QUERY_MS, STATEMENT_CACHE } from '../base/limits.ts';
import type { ReadHandle, Row, RunResult, SqlInput, SqlOutput, Statement, WriteHandle } from './program.ts';

export interface ConnectionOptions {
  readonly readOnly: boolean;
  readonly onSlow?: (sql: string, ms: number) => void;
}

/**
 * Pages in the log before they are carried over into the database: 16 MB instead of SQLite's 4. Letters that come in by
 * the thousand change the same pages of the indexes again and again, and each page is carried over once.
 */
const LOG_PAGES = 4000;
/** KiB of pages that a connection keeps. What a reader lets go of is still in the system's cache, which all of them share. */
const READER_KIB = 6000;
const WRITER_KIB = 16_000;
/** Milliseconds to wait for a lock: only a checkpoint or a foreign tool can hold one. */
const BUSY_MS = 5000;

/**
 * Makes an empty file that only its owner may read, where there is none; SQLite gives its companions the
 * same rights. An existing database is not opened here: closing it would drop POSIX locks that other
 * connections of this process hold on it.
 */
export function makePrivate(file: string): void {
  if (!existsSync(file)) closeSync(openSync(file, 'wx', 0o600));
}

export class Connection {
  readonly raw: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #busy = new Set<StatementSync>();
  readonly #onSlow: (sql: string, ms: number) => void;
  /** Set around a call so that long reads can be given up. */
  isCancelled: () => boolean = () => false;
  /** Set around a read whose output may hand buffers over. */
  onTransfer: (...buffers: ArrayBuffer[]) => void = () => {};

  constructor(file: string, options: ConnectionOptions) {
    if (!options.readOnly) makePrivate(file);
    this.raw = new DatabaseSync(file, { readOnly: options.readOnly, timeout: BUSY_MS });
    this.#onSlow = options.onSlow ?? (() => {});
    this.raw.exec(
      `PRAGMA temp_store = MEMORY; PRAGMA cache_size = -${options.readOnly ? READER_KIB : WRITER_KIB};`,
    );
    if (options.readOnly) {
      this.raw.exec('PRAGMA query_only = ON;');
      return;
    }
    this.raw.exec(
      `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA journal_size_limit = 67108864;
       PRAGMA wal_autocheckpoint = ${LOG_PAGES};`,
    );
  }

  /** This connection as what a program sees of it. */
  get reading(): ReadHandle {
    return this as unknown as ReadHandle;
  }
  get writing(): WriteHandle {
    return this as unknown as WriteHandle;
  }

  prepare(sql: string): Statement {
    return this.#prepared(sql) as unknown as Statement;
  }

  get<T = Row>(sql: string, ...values: SqlInput[]): T | undefined {
    return this.#timed(sql, () => this.#prepared(sql).get(...values)) as T | undefined;
  }

  all<T = Row>(sql: string, ...values: SqlInput[]): T[] {
    return this.#timed(sql, () => this.#prepared(sql).all(...values)) as T[];
  }

  *iterate<T = Row>(sql: string, ...values: SqlInput[]): IterableIterator<T> {
    const cached = this.#prepared(sql);
    // A statement has one cursor: a query inside the loop over the same query needs another one.
    const statement = this.#busy.has(cached) ? this.raw.prepare(sql) : cached;
    this.#busy.add(statement);
    try {
      for (const row of statement.iterate(...values)) {
        this.checkCancelled();
        yield row as T;
      }
    } finally {
      this.#busy.delete(statement);
    }
  }

  value<T extends SqlOutput = SqlOutput>(sql: string, ...values: SqlInput[]): T | undefined {
    const row = this.get(sql, ...values);
    if (!row) return undefined;
    for (const name in row) return row[name] as T;
    return undefined;
  }

  pluck<T extends SqlOutput = SqlOutput>(sql: string, ...values: SqlInput[]): T[] {
    const rows = this.all(sql, ...values);
    const first = rows[0];
    const name = first === undefined ? undefined : Object.keys(first)[0];
    return name === undefined ? [] : rows.map((row) => row[name] as T);
  }

  run(sql: string, ...values: SqlInput[]): RunResult {
    const result = this.#timed(sql, () => this.#prepared(sql).run(...values));
    return { changes: Number(result.changes), lastId: Number(result.lastInsertRowid) };
  }

  exec(sql: string): void {
    this.raw.exec(sql);
  }

  modseq(): number {
    return this.value<number>("SELECT value FROM meta WHERE name = 'modseq'") ?? 0;
  }

  checkCancelled(): void {
    if (this.isCancelled()) throw cancelled();
  }

  transfer(...buffers: ArrayBuffer[]): void {
    this.onTransfer(...buffers);
  }

  /** Forgets the prepared statements, which would refer to tables as they were. */
  forget(): void {
    this.#statements.clear();
  }

  close(): void {
    this.#statements.clear();
    if (this.raw.isOpen) this.raw.close();
  }

  #prepared(sql: string): StatementSync {
    const found = this.#statements.get(sql);
    if (found && !this.#busy.has(found)) return found;
    if (found) return this.raw.prepare(sql);
    const statement = this.raw.prepare(sql);
    if (this.#statements.size >= STATEMENT_CACHE) {
      const oldest = this.#statements.keys().next();
      if (!oldest.done) this.#statements.delete(oldest.value);
    }
    this.#statements.set(sql, statement);
    return statement;
  }

  #timed<T>(sql: string, action: () => T): T {
    const start = performance.now();
    const result = action();
    const ms = performance.now() - start;
    if (ms > SLOW_QUERY_MS) this.#onSlow(sql, ms);
    return result;
  }
}
