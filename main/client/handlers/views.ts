/** Windows, heads, places and rows: the contract's names over the views' reader thread. */

import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Handlers } from '../../contract/door.ts';
import type { View } from '../../contract/mail/views.ts';
import type { ClientStore } from '../program.ts';

export interface ViewDeps {
  store: ClientStore;
  clock: Clock;
  log: Log;
  /** Tells windows that a view's number became exact. */
  settled(view: View): void;
}

type Served = 'messages.window' | 'messages.groups' | 'messages.locate' | 'messages.rows';

/** Large views that are built behind their first page, one after another. */
class Builder {
  #waiting = new Map<string, View>();
  #running = false;
  readonly #deps: ViewDeps;

  constructor(deps: ViewDeps) {
    this.#deps = deps;
  }
  want(view: View): void {
    this.#waiting.set(JSON.stringify(view), view);
    if (!this.#running) void this.#run();
  }
  async #run(): Promise<void> {
    this.#running = true;
    try {
      for (let next = this.#waiting.entries().next(); !next.done; next = this.#waiting.entries().next()) {
        const [name, view] = next.value;
        this.#waiting.delete(name);
        await this.#build(view);
      }
    } catch (failure) {
      this.#deps.log.warn('view-build-failed', { failure });
    } finally {
      this.#running = false;
    }
  }
  async #build(view: View): Promise<void> {
    const { store, clock, settled } = this.#deps;
    for (;;) {
      const { complete, already } = await store.read(
        'views.build',
        { view, now: clock.now() },
        { affinity: 'views' },
      );
      // Windows that are told ask again, and an answer of many rows comes back here: told of nothing new, they would for ever.
      if (already) return;
      if (complete) return settled(view);
    }
  }
}

export function viewHandlers(deps: ViewDeps): Pick<Handlers, Served> {
  const { store, clock } = deps;
  const builder = new Builder(deps);
  const at = (signal?: AbortSignal) => (signal ? { affinity: 'views', signal } : { affinity: 'views' });
  return {
    async 'messages.window'({ view, from, count }, { signal }) {
      const window = await store.read('views.window', { view, from, count, now: clock.now() }, at(signal));
      // A number that is only estimated, or rows far down, are worth an array of keys.
      if (!window.exact || from > 2000 || (window.total > 20_000 && from + count > 200)) builder.want(view);
      return window;
    },
    'messages.groups': ({ view, zone }, { signal }) =>
      store.read('views.groups', { view, zone, now: clock.now() }, at(signal)),
    async 'messages.locate'({ view, id }, { signal }) {
      return { at: await store.read('views.locate', { view, id, now: clock.now() }, at(signal)) };
    },
    'messages.rows': ({ ids }) => store.read('views.rows', { ids }),
  };
}
