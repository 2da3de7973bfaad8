/**
 * Password derivations in turn: some at once in the crypto threads, the rest waiting, and no more waiting than can be
 * answered in time. A flood of sign-ins then costs its own patience and not the office's.
 */
import { Fault } from '../../base/errors.ts';
import { DERIVATIONS_AT_ONCE, DERIVATIONS_WAITING } from '../../base/limits.ts';

export class Derivations {
  readonly #atOnce: number;
  readonly #mayWait: number;
  #running = 0;
  #waiting: (() => void)[] = [];

  constructor(atOnce = DERIVATIONS_AT_ONCE, mayWait = DERIVATIONS_WAITING) {
    this.#atOnce = atOnce;
    this.#mayWait = mayWait;
  }

  /** @throws Fault transient `sign-in-later` when too many wait already; what `derive` throws. */
  async run<T>(derive: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#atOnce) {
      if (this.#waiting.length >= this.#mayWait) {
        throw new Fault('transient', 'sign-in-later', 'Too many people are signing in. Try again soon.', {
          detail: { seconds: 10 },
        });
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running += 1;
    try {
      return await derive();
    } finally {
      // The place is handed over, so that nobody who comes now overtakes those who wait.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}
