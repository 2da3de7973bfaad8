/**
 * Brings letters into folders: a source gives octets, the ingest pool reads and packs them, the writer keeps them, the index
 * gets their words. The three run at the same time, a bounded number of octets ahead of each other.
 *
 * A letter is counted as imported when it is durable, never before. A letter that fails is named with its reason and the
 * rest goes on. A letter whose octets are in the folder already is a duplicate, so a stopped import is finished by running it
 * again. It must never change the files it reads.
 */
import { type Fault, toFault } from '../../base/errors.ts';
import { SPOOL_ABOVE_BYTES } from '../../base/limits.ts';
import type { Log } from '../../base/log.ts';
import type { ImportFlag } from '../../boxes/maildir.ts';
import type { Pool } from '../../store/threads.ts';
import type { IngestCalls, Ingested } from '../messages/ingest.ts';
import { FLAG } from '../messages/rows.ts';
import type { ClientStore } from '../program.ts';
import type { Indexer } from '../search/indexer.ts';

export interface IncomingSource {
  path: string;
  size: number;
  folder: number;
  /** Final once the letter was read. */
  flags: readonly (ImportFlag | 'junk')[];
  keywords?: readonly string[];
  /** ms, or null: when it was written by its own word, or else the time of the import. */
  received: number | null;
  /** For progress: how far the source has come, in its own unit. */
  position: number;
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

export interface ImportReport {
  imported: number;
  duplicates: number;
  failed: { path: string; reason: string }[];
}

export interface ImportDeps {
  store: ClientStore;
  pool: Pool<IngestCalls>;
  log: Log;
  now(): number;
  /** Is kept from doing the same work while the import lasts. */
  indexer: Indexer;
  /** Which of these are here already in another dress; see doubles.ts. Absent: only the same octets are found. */
  doubles?(letters: readonly { folder: number; bytes: Uint8Array }[]): Promise<boolean[]>;
  /** Told of every letter that was decided on. */
  onLetter?(letter: IncomingSource, double: boolean): void;
}

export interface ImportControl {
  /** Waits while paused; throws `cancelled` when it is to stop. Called between batches. */
  checkpoint(): Promise<void>;
  progress(report: ImportReport, position: number): void;
}

/** Letters in one call to the pool and one write. */
const BATCH_LETTERS = 128;
const BATCH_BYTES = 4 * 1024 * 1024;
/** Octets under way at most; one letter larger than this goes alone. */
const AHEAD_BYTES = 48 * 1024 * 1024;
const AHEAD_BATCHES = 8;
/** Failed letters named in a report. */
const MAX_NAMED = 10_000;

interface Batch {
  letters: IncomingSource[];
  bytes: Uint8Array<ArrayBuffer>[];
  size: number;
}

const bits = (flags: IncomingSource['flags']): number => flags.reduce((sum, flag) => sum | FLAG[flag], 0);

export async function importLetters(
  deps: ImportDeps,
  source: AsyncIterable<IncomingSource> | Iterable<IncomingSource>,
  control: ImportControl,
): Promise<ImportReport> {
  const report: ImportReport = { imported: 0, duplicates: 0, failed: [] };
  const release = deps.indexer.hold();
  const run = new Run(deps, report, control);
  let batch: Batch = { letters: [], bytes: [], size: 0 };
  try {
    for await (const letter of source) {
      let bytes: Uint8Array<ArrayBuffer>;
      try {
        bytes = await letter.read();
      } catch (failure) {
        run.fail(letter.path, toFault(failure));
        continue;
      }
      if (
        batch.size > 0 &&
        (batch.size + bytes.length > BATCH_BYTES || batch.letters.length >= BATCH_LETTERS)
      ) {
        await run.add(batch);
        batch = { letters: [], bytes: [], size: 0 };
      }
      batch.letters.push(letter);
      batch.bytes.push(bytes);
      batch.size += bytes.length;
    }
    if (batch.letters.length > 0) await run.add(batch);
  } finally {
    await run.settled();
    release();
  }
  run.throwIfStopped();
  return report;
}

/** The batches under way. */
class Run {
  #ahead = 0;
  #open = new Set<Promise<void>>();
  #written: Promise<void> = Promise.resolve();
  #stopped: Fault | null = null;
  readonly #deps: ImportDeps;
  readonly #report: ImportReport;
  readonly #control: ImportControl;

  constructor(deps: ImportDeps, report: ImportReport, control: ImportControl) {
    this.#deps = deps;
    this.#report = report;
    this.#control = control;
  }
  fail(path: string, fault: Fault): void {
    this.#deps.log.warn('import-letter-failed', { path, fault });
    if (this.#report.failed.length < MAX_NAMED) this.#report.failed.push({ path, reason: fault.code });
  }
  throwIfStopped(): void {
    if (this.#stopped) throw this.#stopped;
  }
  async settled(): Promise<void> {
    while (this.#open.size > 0) await Promise.allSettled([...this.#open]);
  }
  /** Takes a batch over, and returns when there is room for the next one. */
  async add(batch: Batch): Promise<void> {
    await this.#control.checkpoint();
    this.throwIfStopped();
    this.#ahead += batch.size;
    const done = this.#carry(batch).finally(() => {
      this.#ahead -= batch.size;
      this.#open.delete(done);
    });
    this.#open.add(done);
    while (this.#open.size >= AHEAD_BATCHES || (this.#ahead > AHEAD_BYTES && this.#open.size > 0)) {
      await Promise.race(this.#open);
      this.throwIfStopped();
    }
  }
  /** The batch without letters that are here already. */
  async #fresh(batch: Batch): Promise<Batch> {
    const { doubles, onLetter } = this.#deps;
    if (!doubles) return batch;
    const known = await doubles(
      batch.letters.map(({ folder }, n) => ({ folder, bytes: batch.bytes[n] as Uint8Array })),
    );
    if (!known.includes(true)) return batch;
    const left: Batch = { letters: [], bytes: [], size: 0 };
    for (const [n, letter] of batch.letters.entries()) {
      const bytes = batch.bytes[n] as Uint8Array<ArrayBuffer>;
      if (known[n]) {
        this.#report.duplicates++;
        onLetter?.(letter, true);
        continue;
      }
      left.letters.push(letter);
      left.bytes.push(bytes);
      left.size += bytes.length;
    }
    return left;
  }
  async #carry(whole: Batch): Promise<void> {
    // Rows are written in the order of the source, so that a report's order and the folder's agree.
    const turn = this.#written;
    let passOn: () => void = () => {};
    this.#written = new Promise((resolve) => {
      passOn = resolve;
    });
    try {
      const batch = await this.#fresh(whole);
      if (batch.letters.length === 0) {
        await turn;
        this.#control.progress(this.#report, whole.letters.at(-1)!.position);
        return;
      }
      const ingested = await this.#read(batch);
      await turn;
      if (this.#stopped) return;
      await this.#write(batch, ingested, passOn);
    } catch (failure) {
      // A disk that is full, a closed store: no later batch can fare better.
      this.#stopped ??= toFault(failure);
    } finally {
      passOn();
    }
  }
  /** null: this letter could not be read. One bad letter does not take its batch with it. */
  async #read(batch: Batch): Promise<(Ingested | null)[]> {
    const { pool } = this.#deps;
    if (batch.size > SPOOL_ABOVE_BYTES && batch.bytes.length === 1) return [await this.#readLarge(batch)];
    try {
      const transfer = batch.bytes.map((bytes) => bytes.buffer);
      return await pool.call('ingestMany', { letters: batch.bytes }, { transfer });
    } catch (failure) {
      if (toFault(failure).kind === 'cancelled') throw failure;
      const out: (Ingested | null)[] = [];
      // The octets were handed over and are read once more.
      for (const letter of batch.letters) {
        try {
          const bytes = await letter.read();
          out.push(await pool.call('ingest', { bytes }, { transfer: [bytes.buffer] }));
        } catch (each) {
          this.fail(letter.path, toFault(each));
          out.push(null);
        }
      }
      return out;
    }
  }
  /** Packed into a file of the spool, so that only the octets themselves are in memory. */
  async #readLarge(batch: Batch): Promise<Ingested | null> {
    const { pool, store } = this.#deps;
    const [bytes] = batch.bytes as [Uint8Array<ArrayBuffer>];
    try {
      const blob = await store.blobs.prepareStream(pieces(bytes));
      return { ...(await pool.call('read', { bytes }, { transfer: [bytes.buffer] })), blob };
    } catch (failure) {
      const fault = toFault(failure);
      if (fault.kind === 'cancelled' || fault.code === 'disk-full') throw fault;
      this.fail(batch.letters[0]!.path, fault);
      return null;
    }
  }
  async #write(batch: Batch, ingested: (Ingested | null)[], passOn: () => void): Promise<void> {
    const { store } = this.#deps;
    const now = this.#deps.now();
    const good = ingested.flatMap((each, n) => (each ? [{ ...each, letter: batch.letters[n]! }] : []));
    const transfer = good.flatMap(({ blob }) =>
      typeof blob.record === 'string' ? [] : [blob.record.buffer],
    );
    const write = store.write(
      'messages.insert',
      {
        unique: true,
        letters: good.map(({ facts, blob, letter }) => ({
          folder: letter.folder,
          uid: null,
          received: letter.received ?? writtenAt(facts.date, now),
          flags: bits(letter.flags),
          keywords: [...(letter.keywords ?? [])],
          facts,
          prepared: blob,
        })),
      },
      { transfer },
    );
    // The next batch may queue behind this one: the writer commits both at once.
    passOn();
    const kept = await write;
    const fresh = kept.filter((each) => each !== null).length;
    this.#report.imported += fresh;
    this.#report.duplicates += kept.length - fresh;
    const { onLetter } = this.#deps;
    if (onLetter) for (const [n, each] of kept.entries()) onLetter(good[n]!.letter, each === null);
    this.#control.progress(this.#report, batch.letters.at(-1)!.position);
    const offered = kept.flatMap((each, n) => (each ? [{ ...each, fields: good[n]!.fields }] : []));
    await this.#deps.indexer.offer(offered);
  }
}

/** The date a letter gives itself, unless it is none, or has yet to come. */
const writtenAt = (date: number | null, now: number): number => (date !== null && date <= now ? date : now);

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  const step = 1024 * 1024;
  for (let at = 0; at < bytes.length; at += step) yield bytes.subarray(at, at + step);
}
