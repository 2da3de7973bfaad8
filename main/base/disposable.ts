/** Whatever opens something returns a Disposable, and whoever receives it registers it at once. */
export interface Closable {
  close(): void | Promise<void>;
}

/** Closes what was added, last first, each exactly once; one failure does not spare the others. */
export class Closers implements Closable {
  #items: (() => void | Promise<void>)[] = [];
  #closed = false;

  get closed(): boolean {
    return this.#closed;
  }
  /** Registers and returns it; what comes after close() is closed on the spot. */
  add<T extends Closable>(item: T): T {
    this.defer(() => item.close());
    return item;
  }
  defer(close: () => void | Promise<void>): void {
    if (this.#closed) void close();
    else this.#items.push(close);
  }
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    const failures: unknown[] = [];
    for (const close of this.#items.splice(0).reverse()) {
      try {
        await close();
      } catch (failure) {
        failures.push(failure);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}
