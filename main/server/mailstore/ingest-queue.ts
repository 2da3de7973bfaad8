/**
 * Letters waiting for the ingest threads. While a thread is free a letter goes at once; those that come in while all are
 * busy wait together and go as one call, so that many senders at once cost few messages between threads.
 */
import { INGEST_BATCH, INGEST_BATCH_BYTES } from '../../base/limits.ts';
import type { Pool } from '../../store/threads.ts';
import type { IngestCalls, Ingested, SmallLetter, SpooledLetter } from './ingest.ts';

interface Waiting {
  readonly letter: SmallLetter;
  resolve(ingested: Ingested): void;
  reject(failure: unknown): void;
}

export class IngestQueue {
  readonly #pool: Pool<IngestCalls>;
  readonly #waiting: Waiting[] = [];
  #running = 0;

  constructor(pool: Pool<IngestCalls>) {
    this.#pool = pool;
  }

  small(letter: SmallLetter): Promise<Ingested> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ letter, resolve, reject });
      this.#pump();
    });
  }

  /** Large ones all go to one thread, so that only one of them is in memory as a whole. */
  spooled(letter: SpooledLetter): Promise<Ingested> {
    return this.#pool.call('spooled', letter, { affinity: 'spooled' });
  }

  #pump(): void {
    while (this.#waiting.length > 0 && this.#running < this.#pool.size) {
      let octets = 0;
      let n = 0;
      while (n < this.#waiting.length && n < INGEST_BATCH && octets < INGEST_BATCH_BYTES) {
        octets += (this.#waiting[n] as Waiting).letter.bytes.length;
        n += 1;
      }
      void this.#run(this.#waiting.splice(0, n));
    }
  }

  async #run(batch: readonly Waiting[]): Promise<void> {
    this.#running += 1;
    try {
      const letters = batch.map(({ letter }) => letter);
      const transfer = letters.flatMap(({ bytes }) =>
        bytes.buffer instanceof ArrayBuffer && bytes.byteLength === bytes.buffer.byteLength
          ? [bytes.buffer]
          : [],
      );
      const done = await this.#pool.call('small', { letters }, { transfer });
      for (const [n, each] of batch.entries()) each.resolve(done[n] as Ingested);
    } catch (failure) {
      for (const each of batch) each.reject(failure);
    } finally {
      this.#running -= 1;
      this.#pump();
    }
  }
}
