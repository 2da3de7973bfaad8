/** How many sessions are open, and who may open one more (rule G13). Costs memory for open sessions only. */
export class SessionCounts {
  readonly #counts = new Map<string, number>();

  count(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  /** One more for each key; the returned function takes them back, once. */
  take(...keys: readonly string[]): () => void {
    for (const key of keys) this.#counts.set(key, this.count(key) + 1);
    let taken = true;
    return () => {
      if (!taken) return;
      taken = false;
      for (const key of keys) {
        const left = this.count(key) - 1;
        if (left > 0) this.#counts.set(key, left);
        else this.#counts.delete(key);
      }
    };
  }
}
