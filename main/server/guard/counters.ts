/** Counters of bounded size: whoever was not seen for longest is forgotten first. */

export class Remembered<T> {
  readonly #most: number;
  readonly #entries = new Map<string, T>();

  constructor(most: number) {
    this.#most = most;
  }

  get(key: string): T | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    // A Map keeps the order of insertion: the one just used goes to the end.
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }
  set(key: string, value: T): T {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#most) {
      const oldest = this.#entries.keys().next();
      if (!oldest.done) this.#entries.delete(oldest.value);
    }
    return value;
  }
  delete(key: string): void {
    this.#entries.delete(key);
  }
  get size(): number {
    return this.#entries.size;
  }
}

/** How much happened within a window that ends now; exact, as many entries as the limit allows. */
export class Window {
  readonly #ms: number;
  #events: { at: number; amount: number }[] = [];

  constructor(ms: number) {
    this.#ms = ms;
  }

  sum(now: number): number {
    const from = now - this.#ms;
    if ((this.#events[0]?.at ?? now) <= from) this.#events = this.#events.filter(({ at }) => at > from);
    return this.#events.reduce((sum, { amount }) => sum + amount, 0);
  }

  /** Ms until `amount` more fits under `limit`; 0 when it does now. What is larger than the limit fits alone. */
  waitFor(amount: number, limit: number, now: number): number {
    let over = this.sum(now) + amount - limit;
    if (over <= 0) return 0;
    for (const event of this.#events) {
      over -= event.amount;
      if (over <= 0) return event.at + this.#ms - now;
    }
    const last = this.#events.at(-1);
    return last ? last.at + this.#ms - now : 0;
  }

  add(amount: number, now: number): void {
    this.#events.push({ at: now, amount });
  }
}
