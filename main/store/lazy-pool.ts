/** A pool whose threads start with the first call: a command that reads no letter does not pay for them. */
import { cancelled } from '../base/errors.ts';
import type { CallOptions, Calls, Pool } from './threads.ts';

export interface LazyPool<C extends Calls> extends Pool<C> {
  /** Starts the threads before somebody waits for them and does not wait for them. */
  start(): void;
}

/** Closing before the first call starts nothing; closing while it starts waits for it. */
export function lazyPool<C extends Calls>(size: number, open: () => Promise<Pool<C>>): LazyPool<C> {
  let pool: Promise<Pool<C>> | null = null;
  let opened: Pool<C> | null = null;
  let closed = false;
  const started = (): Promise<Pool<C>> => {
    // One that could not start is tried again by the next call.
    pool ??= open().catch((failure: unknown) => {
      pool = null;
      throw failure;
    });
    return pool;
  };
  return {
    size,
    start() {
      if (!closed) started().catch(() => {});
    },
    get pending() {
      return opened?.pending ?? 0;
    },
    async call<K extends keyof C & string>(
      name: K,
      input: Parameters<C[K]>[0],
      options?: CallOptions,
    ): Promise<Awaited<ReturnType<C[K]>>> {
      if (closed) throw cancelled();
      opened = await started();
      return opened.call(name, input, options);
    },
    async close() {
      closed = true;
      await (await pool?.catch(() => null))?.close();
    },
  };
}
