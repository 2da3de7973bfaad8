/** Work by key, one at a time for each, in the order of asking. */
export class Turns {
  readonly #turns = new Map<number, Promise<unknown>>();

  async run<T>(key: number, work: () => Promise<T>): Promise<T> {
    const turn = (this.#turns.get(key) ?? Promise.resolve()).then(work);
    const quiet = turn.then(
      () => {},
      () => {},
    );
    this.#turns.set(key, quiet);
    const result = await turn;
    if (this.#turns.get(key) === quiet) this.#turns.delete(key);
    return result;
  }
}
