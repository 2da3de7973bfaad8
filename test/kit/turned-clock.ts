/** A clock that runs as the real one does, and whose hands can be turned forward: what falls due on the way happens at once. */
import type { Clock } from '../../main/base/clock.ts';

interface Timer {
  due: number;
  action: () => void;
  real: NodeJS.Timeout;
}

export class TurnedClock implements Clock {
  #ahead: number;
  #turned = 0;
  readonly #timers = new Set<Timer>();

  /** @param ahead of the system's clock, ms */
  constructor(ahead = 0) {
    this.#ahead = ahead;
  }

  now(): number {
    return Date.now() + this.#ahead;
  }

  ticks(): number {
    return performance.now() + this.#turned;
  }

  after(ms: number, action: () => void): () => void {
    const real = setTimeout(() => this.#run(timer), Math.min(ms, 0x7fffffff));
    real.unref();
    const timer: Timer = { due: this.ticks() + ms, action, real };
    this.#timers.add(timer);
    return () => {
      clearTimeout(real);
      this.#timers.delete(timer);
    };
  }

  /** As if so many ms had passed in sleep. */
  turn(ms: number): void {
    this.#ahead += ms;
    this.#turned += ms;
    const now = this.ticks();
    const due = [...this.#timers].filter((timer) => timer.due <= now).sort((a, b) => a.due - b.due);
    for (const timer of due) this.#run(timer);
  }

  #run(timer: Timer): void {
    clearTimeout(timer.real);
    if (this.#timers.delete(timer)) timer.action();
  }
}
