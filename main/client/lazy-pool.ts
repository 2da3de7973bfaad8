/** A pool whose threads start with the first call: a command that reads no letter does not pay for them. */
import { cancelled } from '../base/errors.ts';
import type { CallOptions, Calls, Pool } from '../store/threads.ts';

/** Closing before the first call starts nothing; closing while it starts waits for it. */
export function lazyPool<C extends Calls>(size: number, open: () => Promise<Pool<C>>): Pool<C> {
  let pool: Promise<Pool<C>> | null = null;
  let opened: Pool<C> | null = null;
  let closed = false;
  return {
    size,
    get pending() {
      return opened?.pending ?? 0;
    },
    async call<K extends keyof C & string>(
      name: K,
      input: Parameters<C[K]>[0],
      options?: CallOptions,
    ): Promise<Awaited<ReturnType<C[K]>>> {
      if (closed) throw cancelled();
      pool ??= open();
      opened = await pool;
      return opened.call(name, input, options);
    },
    async close() {
      closed = true;
      await (await pool?.catch(() => null))?.close();
    },
  };
}
