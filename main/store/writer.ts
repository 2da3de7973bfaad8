/**
 * The one writer: runs the program's writes in groups. A group is one SQLite transaction; each write in
 * it has a savepoint, so a failing one takes only itself back. The order is fixed: segment fsync, SQLite
 * commit, answer. When the disk fails, the whole group fails together and nothing of it stays.
 *
 * A group of relaxed writes alone is committed without waiting for the disk; a promised write never joins one. Segments
 * are synced all the same, so a row never points at octets that are not there, whatever is lost with the power.
 *
 * Synchronous throughout; writer-thread.ts feeds it.
 */
import { rmSync } from 'node:fs';
import { Fault, type FaultData } from '../base/errors.ts';
import { CHANGES_KEPT, GROUP_MS, GROUP_WRITES } from '../base/limits.ts';
import type { Log } from '../base/log.ts';
import { discard } from '../base/octets.ts';
import { adoptCompaction, type Compaction } from './compaction.ts';
import type { Connection } from './database.ts';
import { causeText, isDiskFault, storeFault } from './fault.ts';
import type { BlobHash, Program, TxBlobs, WriteTx } from './program.ts';
import { blobMissing, hashBytes, type PackedBlob, type PreparedBlob } from './record.ts';
import { type Segments, segmentFile } from './segments.ts';

export interface Job {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
  /** An operation of the kernel itself instead of the program's. */
  readonly kernel?: boolean;
  /** Its caller can get the same again elsewhere: see WriteOptions. */
  readonly relaxed?: boolean;
}

export type Reply =
  | { readonly id: number; readonly output: unknown }
  | { readonly id: number; readonly fault: FaultData; readonly cause: string | undefined };

export interface RawBatch {
  readonly modseq: number;
  /** JSON text of [{kind, data}]. */
  readonly changes: string;
}

export interface GroupResult {
  readonly replies: Reply[];
  readonly batches: RawBatch[];
}

export interface WriterCounts {
  readonly writes: number;
  readonly groups: number;
  readonly segmentSyncs: number;
}

/** Changes are pruned when the log has grown this much over what is kept. */
const PRUNE_STEP = 1000;

type AnyWrite = (tx: WriteTx, input: unknown) => unknown;

export class Writer {
  readonly #db: Connection;
  readonly #dir: string;
  readonly #segments: Segments;
  readonly #writes: Readonly<Record<string, AnyWrite>>;
  readonly #log: Log;
  readonly #now: () => number;
  #modseq: number;
  #changesKept: number;
  #writeCount = 0;
  #groupCount = 0;
  /** Files to remove once the group is committed. */
  #obsolete: string[] = [];
  #diskFault: Fault | undefined;
  /** As the connection was opened. */
  #durable = true;

  constructor(
    db: Connection,
    dir: string,
    segments: Segments,
    program: Program,
    log: Log,
    now: () => number,
  ) {
    this.#db = db;
    this.#dir = dir;
    this.#segments = segments;
    this.#writes = program.writes as unknown as Readonly<Record<string, AnyWrite>>;
    this.#log = log;
    this.#now = now;
    this.#modseq = db.modseq();
    this.#changesKept = db.value<number>('SELECT count(*) FROM changes') ?? 0;
  }

  /**
   * Takes jobs until there are none, or the group is full, and commits them. `take(true)` gives a relaxed job or none:
   * a promised one stays for the next group.
   */
  runGroup(take: (relaxed: boolean) => Job | undefined): GroupResult {
    const first = take(false);
    // Known before anything can fail, so that its caller is answered.
    const jobs = first ? [first] : [];
    const relaxed = first?.relaxed === true;
    const replies: Reply[] = [];
    const batches: RawBatch[] = [];
    this.#diskFault = undefined;
    this.#obsolete = [];
    this.#segments.begin();
    const before = { modseq: this.#modseq, changes: this.#changesKept };
    try {
      // SQLite takes no change of this inside a transaction.
      this.#promise(!relaxed);
      this.#db.exec('BEGIN IMMEDIATE');
      const end = performance.now() + GROUP_MS;
      for (let job = first; job; ) {
        replies.push(this.#runJob(job, batches));
        const full = jobs.length >= GROUP_WRITES || performance.now() > end;
        job = full || this.#diskFault ? undefined : take(relaxed);
        if (job) jobs.push(job);
      }
      if (this.#diskFault) throw this.#diskFault;
      this.#finishGroup(batches);
    } catch (failure) {
      this.#changesKept = before.changes;
      return { replies: this.#failGroup(jobs, failure), batches: [] };
    }
    this.#segments.committed();
    for (const file of this.#obsolete) rmSync(file, { force: true });
    this.#writeCount += jobs.length;
    this.#groupCount += 1;
    return { replies, batches };
  }

  /** Whether the next commit waits for the disk. One that does takes every commit before it along (one log file). */
  #promise(durable: boolean): void {
    if (durable === this.#durable) return;
    this.#db.exec(`PRAGMA synchronous = ${durable ? 'FULL' : 'NORMAL'}`);
    this.#durable = durable;
  }

  counts(): WriterCounts {
    return { writes: this.#writeCount, groups: this.#groupCount, segmentSyncs: this.#segments.syncs };
  }

  #finishGroup(batches: readonly RawBatch[]): void {
    this.#segments.record(this.#db);
    this.#db.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('modseq', ?)", this.#modseq);
    if (batches.length > 0) this.#prune();
    this.#segments.sync();
    this.#db.exec('COMMIT');
  }

  #failGroup(jobs: readonly Job[], failure: unknown): Reply[] {
    const fault = storeFault(failure);
    this.#log.error('store-group-failed', { code: fault.code, writes: jobs.length, cause: causeText(fault) });
    if (this.#db.raw.isTransaction) this.#db.exec('ROLLBACK');
    this.#segments.rollback();
    // Numbers that were given out are not given out again: modseq stays where it is.
    return jobs.map(({ id }) => ({ id, fault: fault.toData(), cause: causeText(fault) }));
  }

  #runJob(job: Job, batches: RawBatch[]): Reply {
    const mark = this.#segments.mark();
    const changes: { kind: string; data: unknown }[] = [];
    this.#modseq += 1;
    const modseq = this.#modseq;
    const obsolete = this.#obsolete.length;
    try {
      this.#db.exec('SAVEPOINT job');
      const tx: WriteTx = {
        db: this.#db.writing,
        modseq,
        now: this.#now(),
        change: (kind, data) => void changes.push({ kind, data: data ?? null }),
        blobs: this.#blobs(),
      };
      const output = job.kernel ? this.#kernelJob(job, tx) : this.#programJob(job, tx);
      if (changes.length > 0) batches.push(this.#recordChanges(modseq, changes));
      this.#db.exec('RELEASE job');
      return { id: job.id, output };
    } catch (failure) {
      const fault = storeFault(failure);
      if (isDiskFault(fault) || !this.#db.raw.isTransaction) {
        this.#diskFault ??= fault;
      } else if (!this.#diskFault) {
        this.#db.exec('ROLLBACK TO job; RELEASE job');
        this.#segments.rollbackTo(mark);
        this.#obsolete.length = obsolete;
      }
      return { id: job.id, fault: fault.toData(), cause: causeText(fault) };
    }
  }

  #programJob(job: Job, tx: WriteTx): unknown {
    const write = Object.hasOwn(this.#writes, job.name) ? this.#writes[job.name] : undefined;
    if (!write)
      throw new Fault('internal', 'no-such-write', 'The store has no such write.', {
        detail: { name: job.name },
      });
    const output = write(tx, job.input);
    // A promise would go on after the commit, outside of every transaction.
    if (output instanceof Promise)
      throw new Fault('internal', 'asynchronous-write', 'A write must be synchronous.');
    return output;
  }

  #kernelJob(job: Job, tx: WriteTx): unknown {
    if (job.name === 'damaged') {
      return tx.db.run('UPDATE blobs SET damaged = 1 WHERE hash = ?', hashBytes(job.input as BlobHash));
    }
    if (job.name === 'compaction') {
      const result = adoptCompaction(tx.db, this.#segments, this.#dir, job.input as Compaction);
      this.#obsolete.push(segmentFile(this.#dir, (job.input as Compaction).segment));
      return result;
    }
    throw new Fault('internal', 'no-such-write', 'The store has no such write.');
  }

  #blobs(): TxBlobs {
    const db = this.#db;
    const has = (hash: BlobHash) =>
      db.get('SELECT 1 FROM blobs WHERE hash = ? AND damaged = 0', hashBytes(hash)) !== undefined;
    const retain = (hash: BlobHash) => {
      const { changes } = db.run(
        'UPDATE blobs SET refs = refs + 1, freed = NULL WHERE hash = ?',
        hashBytes(hash),
      );
      if (changes === 0) throw blobMissing(hash);
    };
    return {
      has,
      retain,
      append: (blob) => this.#append(blob),
      release: (hash) => {
        const sql =
          'UPDATE blobs SET refs = refs - 1, freed = CASE refs WHEN 1 THEN ? END WHERE hash = ? AND refs > 0';
        if (db.run(sql, this.#now(), hashBytes(hash)).changes === 0) throw blobMissing(hash);
      },
    };
  }

  #append(blob: PreparedBlob | PackedBlob): void {
    const db = this.#db;
    const known = db.get<{ damaged: number }>('SELECT damaged FROM blobs WHERE hash = ?', blob.hash);
    if (known && known.damaged === 0) {
      db.run('UPDATE blobs SET refs = refs + 1, freed = NULL WHERE hash = ?', blob.hash);
      if (typeof blob.record === 'string') this.#obsolete.push(blob.record);
      return;
    }
    let place: { segment: number; offset: number };
    try {
      place = this.#segments.append(blob);
      // The file has it; the next writes bring as much again.
      if (typeof blob.record !== 'string') discard(blob.record);
    } catch (failure) {
      // Kept even if the program swallows it: a half-written record must not be committed around.
      const fault = storeFault(failure);
      if (isDiskFault(fault)) this.#diskFault = fault;
      throw fault;
    }
    // A damaged blob that comes in again is healed: its row moves to the new bytes.
    db.run(
      `INSERT INTO blobs (hash, segment, offset, stored, raw, refs) VALUES (?, ?, ?, ?, ?, 1)
       ON CONFLICT (hash) DO UPDATE SET segment = excluded.segment, offset = excluded.offset,
         stored = excluded.stored, refs = refs + 1, freed = NULL, damaged = 0`,
      blob.hash,
      place.segment,
      place.offset,
      blob.stored,
      blob.raw,
    );
  }

  #recordChanges(modseq: number, changes: readonly { kind: string; data: unknown }[]): RawBatch {
    changes.forEach((change, n) => {
      const data = JSON.stringify(change.data);
      this.#db.run(
        'INSERT INTO changes (modseq, n, kind, data) VALUES (?, ?, ?, ?)',
        modseq,
        n,
        change.kind,
        data,
      );
    });
    this.#changesKept += changes.length;
    return { modseq, changes: JSON.stringify(changes) };
  }

  #prune(): void {
    if (this.#changesKept < CHANGES_KEPT + PRUNE_STEP) return;
    const last = this.#db.value<number>(
      'SELECT modseq FROM changes ORDER BY modseq DESC, n DESC LIMIT 1 OFFSET ?',
      CHANGES_KEPT,
    );
    if (last === undefined) return;
    const { changes } = this.#db.run('DELETE FROM changes WHERE modseq <= ?', last);
    this.#changesKept -= changes;
    this.#db.run("INSERT OR REPLACE INTO meta (name, value) VALUES ('changes-floor', ?)", last);
  }
}
