/** A small pool of worker threads (types; the code follows in this file). */
import type { Log } from '../base/log.ts';

/** What a worker module exports as `calls`: plain or asynchronous functions of one input. */
export type Calls = Readonly<Record<string, (input: never, context: CallContext) => unknown>>;

export interface CallContext {
  /** True when the caller has given up; look at it in long loops. */
  cancelled(): boolean;
  /** Hands these buffers of the output over instead of copying them. */
  transfer(...buffers: ArrayBuffer[]): void;
}

export interface PoolOptions {
  /** The module that exports `calls`, and may export `start(data)`, run once per thread. */
  readonly module: URL;
  readonly size: number;
  readonly log: Log;
  /** Given to every thread's start(). */
  readonly data?: unknown;
  readonly name?: string;
}

export interface CallOptions {
  readonly transfer?: readonly ArrayBuffer[];
  readonly signal?: AbortSignal;
  /** Calls with the same text run on the same thread. */
  readonly affinity?: string;
}

export interface Pool<C extends Calls> {
  call<K extends keyof C & string>(
    name: K,
    input: Parameters<C[K]>[0],
    options?: CallOptions,
  ): Promise<Awaited<ReturnType<C[K]>>>;
  readonly size: number;
  /** Calls waiting or running. */
  readonly pending: number;
  /** Ends the threads; calls under way get `cancelled`. */
  close(): Promise<void>;
}

export declare function openPool<C extends Calls>(options: PoolOptions): Promise<Pool<C>>;
