/**
 * Time and randomness, injected so that tests turn the hands themselves. Everything outside this file
 * takes a Clock; nothing calls Date.now() or setTimeout() where the outcome matters.
 */
export interface Clock {
  /** Wall clock, milliseconds since 1970 UTC. May step in either direction. */
  now(): number;
  /** Monotonic milliseconds, for durations and deadlines. */
  ticks(): number;
  /** Runs `action` once after `ms`. The returned function cancels. Never keeps the process alive alone. */
  after(ms: number, action: () => void): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  ticks: () => performance.now(),
  after(ms, action) {
    const timer = setTimeout(action, Math.min(ms, 0x7fffffff));
    (timer as { unref?: () => void }).unref?.();
    return () => clearTimeout(timer);
  },
};

/** A clock that stands still until told to move; timers run in order of their due time. */
export class ManualClock implements Clock {
  #now: number;
  #ticks = 0;
  #timers: { due: number; action: () => void }[] = [];

  constructor(now = Date.UTC(2026, 10, 20, 10, 0, 0)) {
    this.#now = now;
  }
  now(): number {
    return this.#now;
  }
  ticks(): number {
    return this.#ticks;
  }
  after(ms: number, action: () => void): () => void {
    const timer = { due: this.#ticks + ms, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  }
  /** Moves both hands forward, running what falls due on the way. */
  advance(ms: number): void {
    const end = this.#ticks + ms;
    for (;;) {
      const next = this.#timers.filter((each) => each.due <= end).sort((a, b) => a.due - b.due)[0];
      if (!next) break;
      this.#timers = this.#timers.filter((each) => each !== next);
      this.#now += next.due - this.#ticks;
      this.#ticks = next.due;
      next.action();
    }
    this.#now += end - this.#ticks;
    this.#ticks = end;
  }
  /** Steps the wall clock alone, as a person or NTP does. */
  step(ms: number): void {
    this.#now += ms;
  }
}

/** Resolves after `ms` on the given clock; rejects at once when the signal aborts. */
export function delay(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const abort = () => {
      stop();
      reject(signal?.reason);
    };
    const stop = clock.after(ms, () => {
      signal?.removeEventListener('abort', abort);
      resolve();
    });
    signal?.addEventListener('abort', abort, { once: true });
  });
}
