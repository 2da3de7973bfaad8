/** How often something that dies may be started again. Pure but for the clock. */
import type { Clock } from '../base/clock.ts';

/** Five in five minutes: more is not bad luck but a fault that comes with every start. */
const MOST = 5;
const WITHIN_MS = 5 * 60_000;

export class Restarts {
  readonly #clock: Clock;
  #times: number[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Counts a restart and says whether it may be made. */
  allow(): boolean {
    const now = this.#clock.ticks();
    this.#times = this.#times.filter((time) => now - time < WITHIN_MS);
    if (this.#times.length >= MOST) return false;
    this.#times.push(now);
    return true;
  }
}
