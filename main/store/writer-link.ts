/** This side of the writer thread: hands writes over, publishes what was committed, answers the callers. */
import { Worker } from 'node:worker_threads';
import { Fault } from '../base/errors.ts';
import type { Emitter } from '../base/event.ts';
import type { Log } from '../base/log.ts';
import type { ChangeBatch } from './changes.ts';
import { writerEntry } from './entries.ts';
import { faultFrom, storeClosed } from './fault.ts';
import { writeThreadLog } from './thread-log.ts';
import type { GroupResult, Job, WriterCounts } from './writer.ts';
import type { WriterData, WriterMessage, WriterRequest } from './writer-thread.ts';

interface Caller {
  resolve(output: unknown): void;
  reject(fault: Fault): void;
}

/** Starts of the writer after a crash before the store gives up. */
const MOST_RESTARTS = 5;

export class WriterLink {
  readonly #data: WriterData;
  readonly #log: Log;
  readonly #changes: Emitter<ChangeBatch>;
  readonly #callers = new Map<number, Caller>();
  #worker: Worker | undefined;
  #starting: Promise<readonly string[]> | undefined;
  #next = 1;
  #restarts = 0;
  #closing: { done: () => void } | undefined;

  constructor(data: WriterData, changes: Emitter<ChangeBatch>, log: Log) {
    this.#data = data;
    this.#changes = changes;
    this.#log = log;
  }

  /** Opens the database; resolves with the fields of the program's search index. */
  start(): Promise<readonly string[]> {
    this.#starting = new Promise((resolve, reject) => {
      const worker = new Worker(writerEntry, { workerData: this.#data, name: 'store-writer' });
      this.#worker = worker;
      worker.on('message', (message: WriterMessage) => {
        if ('log' in message) writeThreadLog(this.#log, message.log);
        else if ('group' in message) this.#answer(message.group);
        else if ('ready' in message) resolve(message.ready.searchFields);
        else if ('failed' in message) reject(faultFrom(message.failed, message.cause));
        else if ('counts' in message) this.#take(message.id)?.resolve(message.counts);
        else if ('upkeep' in message) this.#answerUpkeep(message.id, message.upkeep);
        else this.#closing?.done();
      });
      worker.on('error', (failure) => this.#log.error('store-writer-failed', { cause: failure }));
      worker.on('exit', () => {
        reject(new Fault('internal', 'store-writer-failed', 'The writing thread could not start.'));
        if (this.#worker === worker) this.#died();
      });
    });
    return this.#starting;
  }

  write(
    name: string,
    input: unknown,
    transfer: readonly ArrayBuffer[],
    how: Pick<Job, 'kernel' | 'relaxed'> = {},
  ): Promise<unknown> {
    return this.#ask((id) => ({ id, name, input, ...how }), transfer);
  }

  counts(): Promise<WriterCounts> {
    return this.#ask((id) => ({ id, ask: 'counts' }), []) as Promise<WriterCounts>;
  }

  /** Seals the growing segment, if it is still this one. */
  seal(segment: number): Promise<unknown> {
    return this.#ask((id) => ({ id, ask: 'seal', segment }), []);
  }

  /** Octets given back; see vacuum.ts. */
  vacuum(): Promise<number> {
    return this.#ask((id) => ({ id, ask: 'vacuum' }), []) as Promise<number>;
  }

  async #ask(request: (id: number) => WriterRequest, transfer: readonly ArrayBuffer[]): Promise<unknown> {
    if (this.#closing) throw storeClosed();
    if (!this.#worker) await this.#restart();
    return new Promise((resolve, reject) => {
      const id = this.#next++;
      this.#callers.set(id, { resolve, reject });
      try {
        this.#worker?.postMessage(request(id), transfer);
      } catch (failure) {
        this.#callers.delete(id);
        const text = 'A value could not be passed to the writer.';
        reject(new Fault('internal', 'not-cloneable', text, { cause: failure }));
      }
    });
  }

  async #restart(): Promise<void> {
    this.#restarts += 1;
    if (this.#restarts > MOST_RESTARTS) {
      throw new Fault('internal', 'store-writer-failed', 'The database cannot be written.');
    }
    await this.start();
  }

  #answer(group: GroupResult): void {
    for (const { modseq, changes } of group.batches) {
      this.#changes.emit({ modseq, changes: JSON.parse(changes) as ChangeBatch['changes'] });
    }
    for (const reply of group.replies) {
      const caller = this.#take(reply.id);
      if ('fault' in reply) caller?.reject(faultFrom(reply.fault, reply.cause));
      else caller?.resolve(reply.output);
    }
  }

  #answerUpkeep(id: number, answer: Extract<WriterMessage, { upkeep: unknown }>['upkeep']): void {
    const caller = this.#take(id);
    if ('fault' in answer) caller?.reject(faultFrom(answer.fault, answer.cause));
    else caller?.resolve(answer.output);
  }

  #take(id: number): Caller | undefined {
    const caller = this.#callers.get(id);
    this.#callers.delete(id);
    return caller;
  }

  #died(): void {
    this.#worker = undefined;
    // Whether these were committed is not known, so they are not to be repeated blindly.
    const text = 'The writing thread stopped.';
    const fault = this.#closing ? storeClosed() : new Fault('internal', 'store-writer-failed', text);
    for (const caller of this.#callers.values()) caller.reject(fault);
    this.#callers.clear();
    this.#closing?.done();
  }

  /** After the writes that were handed over before. */
  async close(): Promise<void> {
    const worker = this.#worker;
    if (this.#closing) return;
    const closed = new Promise<void>((resolve) => {
      this.#closing = { done: resolve };
    });
    if (!worker) return;
    worker.postMessage({ close: true });
    await closed;
    await worker.terminate();
  }
}
