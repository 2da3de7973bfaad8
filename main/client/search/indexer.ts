/**
 * Keeps the search index behind arrival: takes letters from the queue that their rows' transactions filled, newest first,
 * has their words read in the ingest pool and hands them to the index. Who has the words already (the import) offers them,
 * so that no letter is read twice.
 *
 * While the ingest pool is busy with letters that are coming in, the index keeps to a tenth of the time: on a fast line it
 * would otherwise take the processors that bring the letters, and on a slow one the pool is idle most of the time anyway.
 *
 * A letter leaves the queue only after the index has it; a crash between the two indexes it once more, which changes
 * nothing. An index that was lost is filled again from the blobs.
 */
import { type Clock, systemClock } from '../../base/clock.ts';
import { toFault } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { SearchDoc } from '../../store/search/index.ts';
import type { Pool } from '../../store/threads.ts';
import type { SearchFields } from '../messages/facts.ts';
import type { IngestCalls } from '../messages/ingest.ts';
import type { ClientStore } from '../program.ts';
import type { Unindexed } from './index-operations.ts';

export interface Offered {
  id: number;
  key: number;
  fields: SearchFields;
}

/** Letters in one commit of the index. */
const BATCH = 256;
/** Octets of letters read at a time. */
const BATCH_BYTES = 16 * 1024 * 1024;
/** Larger letters are indexed by what their row knows, not by their text: reading them would cost their size in memory. */
const MAX_READ = 64 * 1024 * 1024;
/** The pool counts as idle when it was seen idle this often, at this distance in ms: between two answers of a server it is for a moment. */
const IDLE_LOOKS = 3;
const LOOK_MS = 20;
/** Rest after a batch while letters come in: so many times as long as the batch took, and no longer than this, ms. */
const REST_TIMES = 9;
const MAX_REST_MS = 10_000;

export class Indexer {
  readonly #store: ClientStore;
  readonly #pool: Pool<IngestCalls>;
  readonly #log: Log;
  readonly #clock: Clock;
  #stopped = false;
  #running: Promise<void> | null = null;
  #again = false;
  #busy = 0;

  constructor(store: ClientStore, pool: Pool<IngestCalls>, log: Log, clock: Clock = systemClock) {
    this.#clock = clock;
    this.#store = store;
    this.#pool = pool;
    this.#log = log;
  }

  /** Begins; a new or lost index is filled from the beginning. */
  async start(): Promise<void> {
    if ((await this.#store.search.mark()) === 0) {
      await this.#store.write('index.all');
      await this.#store.search.setMark(1);
    }
    this.wake();
  }

  /** Letters may wait. Returns at once. */
  wake(): void {
    if (this.#stopped || this.#busy > 0) return;
    this.#again = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      if (this.#again && !this.#stopped) this.wake();
    });
  }

  /** While somebody offers letters, the queue rests: it would read the same letters. Returns the release. */
  hold(): () => void {
    this.#busy++;
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      this.#busy--;
      this.wake();
    };
  }

  /** Letters whose words are known. Resolves when the index has them. */
  async offer(letters: readonly Offered[]): Promise<void> {
    if (letters.length === 0) return;
    await this.#store.search.index(letters.map(({ key, fields }) => ({ key, fields })));
    await this.#store.write('index.done', { ids: letters.map(({ id }) => id), gone: [] });
  }

  /** Resolves when nothing waits any more. */
  async idle(): Promise<void> {
    this.wake();
    while (this.#running) await this.#running;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      for (;;) {
        if (this.#stopped || this.#busy > 0) return;
        this.#again = false;
        const { add, gone } = await this.#store.read('index.queue', { limit: BATCH });
        if (add.length === 0 && gone.length === 0) return;
        const begun = this.#clock.ticks();
        await this.#batch(add, gone);
        // Nothing has come in meanwhile: an old or lost index is filled without rests.
        if (this.#again) await this.#rest((this.#clock.ticks() - begun) * REST_TIMES);
      }
    } catch (failure) {
      this.#again = false;
      if (!this.#stopped) this.#log.warn('index-failed', { failure });
    }
  }

  async #rest(most: number): Promise<void> {
    const end = this.#clock.ticks() + Math.min(most, MAX_REST_MS);
    for (let idle = 0; idle < IDLE_LOOKS && this.#clock.ticks() < end && !this.#stopped; ) {
      idle = this.#pool.pending > 0 ? 0 : idle + 1;
      await new Promise<void>((resolve) => void this.#clock.after(LOOK_MS, resolve));
    }
  }

  async #batch(add: readonly Unindexed[], gone: readonly number[]): Promise<void> {
    if (gone.length > 0) await this.#store.search.remove(gone);
    const done: number[] = [];
    const docs: SearchDoc[] = [];
    let octets = 0;
    let group: { letter: Unindexed; bytes: Uint8Array<ArrayBuffer> }[] = [];
    const flush = async (): Promise<void> => {
      if (group.length === 0) return;
      const letters = group.map(({ bytes }) => bytes);
      const read = await this.#pool.call(
        'readMany',
        { letters },
        { transfer: letters.map((bytes) => bytes.buffer) },
      );
      read.forEach(({ fields }, n) => {
        const { letter } = group[n] as { letter: Unindexed };
        docs.push({ key: letter.key, fields });
      });
      group = [];
      octets = 0;
    };
    for (const letter of add) {
      if (this.#stopped) return;
      done.push(letter.id);
      const bytes = await this.#octets(letter);
      if (!bytes) {
        docs.push({
          key: letter.key,
          fields: { subject: letter.subject, from: letter.from, to: '', body: '', files: '' },
        });
        continue;
      }
      group.push({ letter, bytes });
      octets += bytes.length;
      if (octets > BATCH_BYTES) await flush();
    }
    await flush();
    await this.#store.search.index(docs);
    await this.#store.write('index.done', { ids: done, gone: [...gone] });
  }

  /** null: known by its row only. */
  async #octets(letter: Unindexed): Promise<Uint8Array<ArrayBuffer> | null> {
    if (!letter.blob) return letter.head ? Uint8Array.from(letter.head) : null;
    if (letter.size > MAX_READ) return null;
    try {
      return (await this.#store.blobs.read(letter.blob)) as Uint8Array<ArrayBuffer>;
    } catch (failure) {
      this.#log.warn('index-letter-unreadable', { id: letter.id, code: toFault(failure).code });
      return null;
    }
  }
}
