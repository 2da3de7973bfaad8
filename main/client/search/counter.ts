/**
 * Says how many letters each saved search holds, and how many of them are unread, while letters come and go. The numbers of
 * last time are in the database and shown at once; the keys behind them are in the memory of the views' reader thread, where
 * changes are worked in one by one (messages/viewchanges.ts).
 *
 * It works behind everything a person waits for, in slices, and does nothing at all where nothing is saved.
 */
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { SavedSearch } from '../../contract/mail/search.ts';
import type { ClientStore } from '../program.ts';

/** Changes that come together are counted once, ms. */
const REST_MS = 300;

export interface CounterDeps {
  store: ClientStore;
  clock: Clock;
  log: Log;
  changed(searches: SavedSearch[]): void;
}

export class SearchCounter {
  readonly #deps: CounterDeps;
  #timer: (() => void) | null = null;
  #running: Promise<void> | null = null;
  #again = false;
  #closed = false;

  constructor(deps: CounterDeps) {
    this.#deps = deps;
  }

  /** Letters, words or searches changed. */
  wake(): void {
    if (this.#closed) return;
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#timer ??= this.#deps.clock.after(REST_MS, () => {
      this.#timer = null;
      this.#running = this.#count()
        .catch((failure: unknown) => {
          if (!this.#closed) this.#deps.log.warn('search-count-failed', { failure });
        })
        .finally(() => {
          this.#running = null;
          if (!this.#again) return;
          this.#again = false;
          this.wake();
        });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.();
    this.#timer = null;
    await this.#running;
  }

  async #count(): Promise<void> {
    const { store, clock, changed } = this.#deps;
    const searches = await store.read('search.saved', undefined);
    if (searches.length === 0) return;
    const counts: { id: number; total: number; unread: number }[] = [];
    for (const { id, view, total, unread } of searches) {
      for (;;) {
        if (this.#closed) return;
        const counted = await store.read('views.count', { view, now: clock.now() }, { affinity: 'views' });
        if (!counted.complete) continue;
        if (counted.total !== total || counted.unread !== unread)
          counts.push({ id, total: counted.total, unread: counted.unread });
        break;
      }
    }
    if (counts.length === 0 || this.#closed) return;
    await store.write('search.counted', { counts });
    changed(await store.read('search.saved', undefined));
  }
}
