/**
 * A pool of worker threads for any module that exports `calls`. One call runs on a thread at a time; the
 * others wait here, where they can still be given up. Faults cross as data, ArrayBuffers by transfer.
 *
 * A thread that dies fails the call it was running (`thread-crashed`) and is replaced; the calls that
 * wait for it go on. It must never run a call twice: the pool cannot know what a call has done.
 */
import { Worker } from 'node:worker_threads';
import { cancelled, Fault, type FaultData } from '../base/errors.ts';
import type { Log } from '../base/log.ts';
import { poolEntry } from './entries.ts';
import { faultFrom } from './fault.ts';
import { Rest } from './rest.ts';
import { type LogMessage, writeThreadLog } from './thread-log.ts';

/** What a worker module exports as `calls`: plain or asynchronous functions of one input. */
export type Calls = Readonly<Record<string, (input: never, context: CallContext) => unknown>>;

export interface CallContext {
  /** True when the caller has given up; look at it in long loops. */
  cancelled(): boolean;
  /** Hands these buffers of the output over instead of copying them. */
  transfer(...buffers: ArrayBuffer[]): void;
}

export interface PoolOptions {
  /** The module that exports `calls`, and may export `start(data, log)`, run once per thread. */
  readonly module: URL;
  readonly size: number;
  readonly log: Log;
  /** Given to every thread's start(); while it is still a promise, the threads load their module. */
  readonly data?: unknown;
  readonly name?: string;
  /** true: all threads but the first start when a call has to wait for one. */
  readonly onDemand?: boolean;
  /** Ms after which a thread that nobody asked ends, all but the first; it starts again when it is needed. Without: never. */
  readonly restMs?: number;
}

export interface CallOptions {
  readonly transfer?: readonly ArrayBuffer[] | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Calls with the same text run on the same thread, before those that any thread may run. */
  readonly affinity?: string | undefined;
  /**
   * The number of the thread that runs it, of as many as there are, in the order of all calls. For two kinds of work on one
   * stream: a thread that does one of them compiles it once and the other never.
   */
  readonly thread?: number | undefined;
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

export interface PoolThreadData {
  readonly module: string;
  /** Holds the number of the call that was given up. */
  readonly cancelled: SharedArrayBuffer;
}

export type PoolMessage =
  | { readonly ready: true }
  | { readonly failed: FaultData; readonly cause: string | undefined }
  | { readonly id: number; readonly output: unknown }
  | { readonly id: number; readonly fault: FaultData; readonly cause: string | undefined }
  | { readonly log: LogMessage };

interface Waiting {
  readonly id: number;
  readonly name: string;
  readonly input: unknown;
  readonly transfer: readonly ArrayBuffer[];
  settle(outcome: { output: unknown } | { failure: Fault }): void;
}

/** Resolves when the first thread is there; the others follow. Rejects when the first cannot start. */
export async function openPool<C extends Calls>(options: PoolOptions): Promise<Pool<C>> {
  const pool = new ThreadPool(options);
  await pool.open();
  return pool as unknown as Pool<C>;
}

class ThreadPool {
  readonly #options: PoolOptions;
  readonly #threads: PoolThread[] = [];
  readonly #shared: Waiting[] = [];
  #next = 1;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#options.size;
  }
  get pending(): number {
    return this.#threads.reduce((sum, each) => sum + each.load, this.#shared.length);
  }

  async open(): Promise<void> {
    for (let at = 0; at < this.#options.size; at += 1) {
      this.#threads.push(new PoolThread(this.#options, at, this.#shared));
    }
    const [first, ...others] = this.#threads;
    try {
      await first?.start();
    } catch (failure) {
      await this.close();
      throw failure;
    }
    if (this.#options.onDemand) return;
    // The first is enough to begin with, and has the cores to itself until it is there.
    for (const each of others)
      each.start().catch((cause) => {
        // A pool that closes ends what is still starting: nothing has failed.
        if (!this.#closed) this.#options.log.error('thread-failed', { cause });
      });
  }

  call(name: string, input: unknown, options: CallOptions = {}): Promise<unknown> {
    const { signal, affinity, thread, transfer = [] } = options;
    if (this.#closed || signal?.aborted) return Promise.reject(cancelled());
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      const abort = () => {
        const at = this.#shared.findIndex((each) => each.id === id);
        if (at >= 0) this.#shared.splice(at, 1);
        else for (const each of this.#threads) each.abandon(id);
        reject(cancelled());
      };
      const settle: Waiting['settle'] = (outcome) => {
        signal?.removeEventListener('abort', abort);
        if ('failure' in outcome) reject(outcome.failure);
        else resolve(outcome.output);
      };
      signal?.addEventListener('abort', abort, { once: true });
      const waiting = { id, name, input, transfer, settle };
      if (thread !== undefined) this.#threads[thread % this.#threads.length]?.push(waiting, 'queued');
      else if (affinity === undefined) {
        this.#shared.push(waiting);
        for (const each of this.#threads) each.pump();
      } else {
        this.#threads[place(affinity, this.#threads.length)]?.push(waiting);
      }
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const each of this.#shared.splice(0)) each.settle({ failure: cancelled() });
    await Promise.all(this.#threads.map((each) => each.close()));
  }
}

/** FNV-1a: spreads short names evenly. */
function place(affinity: string, size: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < affinity.length; at += 1) {
    hash = Math.imul(hash ^ affinity.charCodeAt(at), 0x01000193) >>> 0;
  }
  return hash % size;
}

class PoolThread {
  readonly #options: PoolOptions;
  readonly #number: number;
  readonly #shared: Waiting[];
  readonly #own: Waiting[] = [];
  /** Meant for this thread, each when its turn among all has come. */
  readonly #queued: Waiting[] = [];
  readonly #cancelled = new Int32Array(new SharedArrayBuffer(4));
  #worker: Worker | undefined;
  #running: Waiting | undefined;
  #ready = false;
  #closed = false;
  #rest: Rest | undefined;
  /** It has ended because nobody asked, or was not begun for the same reason. */
  #asleep: boolean;
  #ending: Promise<unknown> | undefined;

  constructor(options: PoolOptions, number: number, shared: Waiting[]) {
    this.#options = options;
    this.#number = number;
    this.#shared = shared;
    this.#asleep = number > 0 && (options.onDemand ?? false);
  }

  get load(): number {
    return this.#own.length + this.#queued.length + (this.#running ? 1 : 0);
  }

  push(waiting: Waiting, turn: 'first' | 'queued' = 'first'): void {
    (turn === 'first' ? this.#own : this.#queued).push(waiting);
    this.pump();
  }

  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const { module, data, name = 'pool' } = this.#options;
      const workerData: PoolThreadData = {
        module: module.href,
        cancelled: this.#cancelled.buffer as SharedArrayBuffer,
      };
      const worker = new Worker(poolEntry, { workerData, name: `${name}-${this.#number}` });
      this.#worker = worker;
      Promise.resolve(data).then(
        (start) => worker.postMessage({ start }),
        () => worker.terminate(),
      );
      let started = false;
      const fail = (fault: Fault) => {
        if (started) return;
        started = true;
        reject(fault);
      };
      worker.on('message', (message: PoolMessage) => {
        if ('log' in message) writeThreadLog(this.#options.log, message.log);
        else if ('failed' in message) fail(faultFrom(message.failed, message.cause));
        else if ('ready' in message) {
          started = true;
          this.#ready = true;
          resolve();
          this.#watch();
          this.pump();
        } else this.#answer(message);
      });
      worker.on('error', (failure) => {
        this.#options.log.error('thread-failed', { thread: worker.threadName, cause: failure });
      });
      worker.on('exit', (code) => {
        fail(new Fault('internal', 'thread-crashed', 'A working thread could not start.'));
        if (this.#worker === worker) this.#died(code);
      });
    });
  }

  #answer(message: Extract<PoolMessage, { id: number }>): void {
    const running = this.#running;
    this.#running = undefined;
    if (running?.id === message.id) {
      if ('fault' in message) running.settle({ failure: faultFrom(message.fault, message.cause) });
      else running.settle({ output: message.output });
    }
    this.pump();
  }

  #died(code: number): void {
    this.#worker = undefined;
    this.#ready = false;
    const failure = this.#closed
      ? cancelled()
      : new Fault('internal', 'thread-crashed', 'A working thread stopped.', { retryable: true });
    this.#running?.settle({ failure });
    this.#running = undefined;
    if (this.#closed) return;
    this.#options.log.error('thread-crashed', { module: this.#options.name ?? 'pool', code });
    this.#startAgain();
  }

  /** A thread that cannot start again fails what waits for it; the next call tries once more. */
  #startAgain(): void {
    this.start().catch((again: Fault) => {
      for (const queue of [this.#own, this.#queued])
        for (const each of queue.splice(0)) each.settle({ failure: again });
      for (const each of this.#shared.splice(0)) each.settle({ failure: again });
    });
  }

  /** Lets the thread end when it is not asked for a while. */
  #watch(): void {
    const { restMs } = this.#options;
    if (restMs === undefined || this.#number === 0 || this.#closed) return;
    this.#rest = new Rest(() => {
      const worker = this.#worker;
      if (this.load > 0 || !worker || this.#closed) return;
      this.#worker = undefined;
      this.#ready = false;
      this.#asleep = true;
      this.#ending = worker.terminate();
    }, restMs);
  }

  /** Gives the next call to the thread if it is idle. */
  pump(): void {
    if (this.#running || this.#closed) return;
    if (this.#asleep && this.load + this.#shared.length > 0) {
      this.#asleep = false;
      this.#startAgain();
    }
    if (!this.#ready) return;
    this.#rest?.wake();
    const [queued] = this.#queued;
    const [shared] = this.#shared;
    const line = queued && (!shared || queued.id < shared.id) ? this.#queued : this.#shared;
    const next = this.#own.shift() ?? line.shift();
    const worker = this.#worker;
    if (!next || !worker) return;
    this.#running = next;
    const { id, name, input, transfer } = next;
    try {
      worker.postMessage({ id, name, input }, transfer);
    } catch (failure) {
      this.#running = undefined;
      next.settle({
        failure: new Fault('internal', 'not-cloneable', 'A value could not be passed to a thread.', {
          cause: failure,
        }),
      });
      this.pump();
    }
  }

  abandon(id: number): void {
    for (const queue of [this.#own, this.#queued]) {
      const at = queue.findIndex((each) => each.id === id);
      if (at >= 0) queue.splice(at, 1);
    }
    if (this.#running?.id === id) Atomics.store(this.#cancelled, 0, id);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const queue of [this.#own, this.#queued])
      for (const each of queue.splice(0)) each.settle({ failure: cancelled() });
    this.#rest?.end();
    await Promise.all([this.#ending, this.#worker?.terminate()]);
  }
}
