/** A typed announcement. Listeners run in order of subscription; one that throws does not stop the rest. */
export type Listener<T> = (value: T) => void;

export class Emitter<T> {
  #listeners = new Set<Listener<T>>();
  readonly #onFailure: (failure: unknown) => void;

  constructor(
    onFailure: (failure: unknown) => void = (failure) =>
      queueMicrotask(() => {
        throw failure;
      }),
  ) {
    this.#onFailure = onFailure;
  }
  /** Subscribes; the returned function ends the subscription. */
  on(listener: Listener<T>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
  emit(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value);
      } catch (failure) {
        this.#onFailure(failure);
      }
    }
  }
  get size(): number {
    return this.#listeners.size;
  }
}
