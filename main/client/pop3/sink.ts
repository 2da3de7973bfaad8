/**
 * Carries letters from a session through the ingest pool into the database with back-pressure: what the server sends is read
 * while the letters before it are made ready and written. Octets are copied once, into buffers that are handed over.
 */
import { Fault } from '../../base/errors.ts';
import { MAX_HEADER_BYTES, MAX_MESSAGE_BYTES } from '../../base/limits.ts';
import type { SyncContext } from '../imap/context.ts';
import type { Listed } from './plan.ts';
import type { Taken } from './writes.ts';

/** Octets that go to the pool together; a larger letter goes alone. */
const CHUNK_BYTES = 4 * 1024 * 1024;
const CHUNK_LETTERS = 250;
/** Chunks under way before reading from the server waits. */
const IN_FLIGHT = 4;

export interface SinkPlace {
  account: number;
  folder: number;
  /** `heads`: what TOP gives. */
  what: 'letters' | 'heads';
  /** Nothing of it will be removed from the server in this session (ADR 0006). */
  relaxed: boolean;
}

export interface SinkResult {
  inserted: number[];
  /** Unique-ids of letters that are safe here. */
  safe: Set<string>;
}

export class MaildropSink {
  readonly result: SinkResult = { inserted: [], safe: new Set() };
  readonly #context: SyncContext;
  readonly #place: SinkPlace;
  readonly #stored: (letters: readonly Listed[]) => void;
  readonly #most: number;
  #buffer = new Uint8Array(0);
  #letters: Listed[] = [];
  #ends: number[] = [];
  /** Octets in the buffer, the letter under way among them. */
  #fill = 0;
  readonly #pending = new Set<Promise<void>>();
  #failure: unknown;

  constructor(
    context: SyncContext,
    place: SinkPlace,
    stored: (letters: readonly Listed[]) => void = () => {},
  ) {
    this.#context = context;
    this.#place = place;
    this.#stored = stored;
    this.#most = place.what === 'heads' ? MAX_HEADER_BYTES : MAX_MESSAGE_BYTES;
  }

  /** Octets of the letter that is read now. @throws Fault remote `too-large` for one that does not end. */
  piece(letter: Listed, whole: Buffer): void {
    const begun = this.#fill - (this.#ends.at(-1) ?? 0);
    const left = this.#most - begun;
    if (whole.length > left && this.#place.what === 'letters') {
      throw new Fault('remote', 'too-large', 'The letter is too large.', { detail: { uidl: letter.uidl } });
    }
    // Nothing a row shows lies behind so long a header; a letter cannot be cut.
    const octets = whole.length > left ? whole.subarray(0, left) : whole;
    if (this.#fill + octets.length > this.#buffer.length) this.#grow(begun, octets.length, letter.octets);
    this.#buffer.set(octets, this.#fill);
    this.#fill += octets.length;
  }

  /** The letter is complete. */
  add(letter: Listed): undefined | Promise<void> {
    this.#letters.push(letter);
    this.#ends.push(this.#fill);
    if (this.#fill >= CHUNK_BYTES || this.#letters.length >= CHUNK_LETTERS) this.#send();
    return this.#pending.size < IN_FLIGHT ? undefined : this.#room();
  }

  /** Everything added so far is stored. */
  async flush(): Promise<SinkResult> {
    this.#send();
    while (this.#pending.size > 0) await Promise.all(this.#pending);
    if (this.#failure !== undefined) throw this.#failure;
    return this.result;
  }

  /** Waits for what is under way after the session has failed; what came in is worth keeping. */
  async settle(): Promise<SinkResult> {
    this.#drop();
    this.#send();
    await Promise.allSettled(this.#pending);
    return this.result;
  }

  /** Forgets the letter that did not end. */
  #drop(): void {
    this.#fill = this.#ends.at(-1) ?? 0;
  }

  /** Room for more of the letter that began `begun` octets ago: what was complete before it goes on its way. */
  #grow(begun: number, more: number, expected: number): void {
    const start = this.#fill - begun;
    const partial = this.#buffer.slice(start, this.#fill);
    if (this.#letters.length > 0) this.#send();
    const whole = this.#place.what === 'heads' ? 0 : expected + 64;
    const room = Math.max(CHUNK_BYTES + 64 * 1024, Math.min(this.#most, whole), (begun + more) * 2);
    this.#buffer = new Uint8Array(room);
    this.#buffer.set(partial);
    this.#fill = begun;
  }

  async #room(): Promise<void> {
    while (this.#pending.size >= IN_FLIGHT && this.#failure === undefined) await Promise.race(this.#pending);
    if (this.#failure !== undefined) throw this.#failure;
  }

  #send(): void {
    const letters = this.#letters;
    if (letters.length === 0) return;
    const [buffer, ends] = [this.#buffer, this.#ends];
    this.#letters = [];
    this.#ends = [];
    this.#buffer = new Uint8Array(0);
    this.#fill = 0;
    const work = this.#store(letters, buffer, ends)
      .catch((failure) => {
        this.#failure ??= failure;
      })
      .finally(() => this.#pending.delete(work));
    this.#pending.add(work);
  }

  async #store(letters: Listed[], buffer: Uint8Array<ArrayBuffer>, ends: number[]): Promise<void> {
    const taken =
      this.#place.what === 'heads'
        ? await this.#writeHeads(letters, buffer, ends)
        : await this.#writeLetters(letters, buffer, ends);
    for (const id of taken.inserted) this.result.inserted.push(id);
    letters.forEach(({ uidl }, n) => {
      if (taken.safe[n]) this.result.safe.add(uidl);
    });
    this.#stored(letters);
  }

  async #writeLetters(letters: Listed[], buffer: Uint8Array<ArrayBuffer>, ends: number[]): Promise<Taken> {
    const { pool, store } = this.#context;
    const views = ends.map((end, n) => buffer.subarray(n === 0 ? 0 : ends[n - 1], end));
    const packed = await pool.call('maildropLetters', { letters: views }, { transfer: [buffer.buffer] });
    const records = packed.blobs.flatMap(({ record }) => (typeof record === 'string' ? [] : [record.buffer]));
    return store.write(
      'pop3.take',
      { account: this.#place.account, folder: this.#place.folder, letters: arrived(letters), packed },
      { transfer: [packed.letters.buffer, ...records], relaxed: this.#place.relaxed },
    );
  }

  async #writeHeads(letters: Listed[], buffer: Uint8Array<ArrayBuffer>, ends: number[]): Promise<Taken> {
    const { pool, store } = this.#context;
    const heads = buffer.slice(0, ends.at(-1) ?? 0);
    const sizes = letters.map((each) => each.octets);
    const packed = await pool.call('maildropHeads', { heads, ends, sizes }, { transfer: [heads.buffer] });
    return store.write(
      'pop3.takeHeads',
      { account: this.#place.account, folder: this.#place.folder, letters: arrived(letters), packed },
      { transfer: [packed.letters.buffer, packed.heads.buffer], relaxed: this.#place.relaxed },
    );
  }
}

const arrived = (letters: readonly Listed[]): { uidl: string; octets: number }[] =>
  letters.map(({ uidl, octets }) => ({ uidl, octets }));
