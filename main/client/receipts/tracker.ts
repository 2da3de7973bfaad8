/**
 * Reads reports as they come (RFC 3464, RFC 8098) and notes what they say on the letter they are about. Works behind
 * arrival, one report after another; what it has not read yet stands in the database, so an end in the middle loses nothing.
 */
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Pool } from '../../store/threads.ts';
import type { IngestCalls } from '../messages/ingest.ts';
import type { ClientStore } from '../program.ts';

/** Reports and receipts come within days; a letter that was put aside may be answered a year later. */
const WAITED_MS = 2 * 366 * 24 * 3_600_000;

export interface TrackerDeps {
  readonly store: ClientStore;
  readonly pool: Pool<IngestCalls>;
  readonly clock: Clock;
  readonly log: Log;
  /** Something new is known of these letters, by Message-ID. */
  readonly heard: (messageIds: string[]) => void;
}

export class Tracker {
  readonly #deps: TrackerDeps;
  #working: Promise<void> | null = null;
  #again = false;
  #closed = false;
  #stop: () => void = () => {};

  constructor(deps: TrackerDeps) {
    this.#deps = deps;
  }

  /** Reads what waits, and from now on what comes. */
  start(): void {
    this.#stop = this.#deps.store.changes.on((batch) => {
      if (batch.changes.some(({ kind }) => kind === 'to-track')) this.#wake();
    });
    const { store, clock, log } = this.#deps;
    store
      .write('receipts.sweep', { before: clock.now() - WAITED_MS })
      .catch((failure) => log.warn('receipts.sweep', { failure }));
    this.#wake();
  }

  /** Everything that waits now has been read, or could not be. */
  async idle(): Promise<void> {
    if (!this.#working) this.#wake();
    while (this.#working) await this.#working;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stop();
    await this.#working;
  }

  #wake(): void {
    if (this.#closed) return;
    this.#again = true;
    this.#working ??= this.#work()
      .catch((failure) => this.#deps.log.warn('receipts.track', { failure }))
      .finally(() => {
        this.#working = null;
      });
  }

  async #work(): Promise<void> {
    const { store } = this.#deps;
    while (this.#again && !this.#closed) {
      this.#again = false;
      const heard = new Set<string>();
      for (;;) {
        const waiting = await store.read('receipts.waiting');
        if (waiting.length === 0 || this.#closed) break;
        for (const message of waiting) {
          if (this.#closed) break;
          const letter = await this.#take(message);
          if (letter !== null) heard.add(letter);
        }
      }
      if (heard.size > 0) this.#deps.heard([...heard]);
    }
  }

  async #take(message: number): Promise<string | null> {
    const { store, pool, clock, log } = this.#deps;
    try {
      const found = await store.read('drafts.original', { message });
      const read = found?.blob
        ? await pool.call('report.read', { bytes: await store.blobs.read(found.blob) })
        : null;
      // A clock that goes wrong elsewhere must not put a receipt into the future.
      const at = Math.min(read?.date ?? clock.now(), clock.now());
      return (await store.write('receipts.take', { message, report: read?.report ?? null, at })).letter;
    } catch (failure) {
      log.warn('receipts.report', { message, failure });
      await store.write('receipts.failed', { message });
      return null;
    }
  }
}
