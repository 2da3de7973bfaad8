/**
 * Carries letters from a session through the ingest pool into the database with back-pressure: what the server sends is read
 * while the letters before it are made ready and written.
 *
 * Octets are copied once, into memory that the loop, the pool and the writer share and that serves chunk after chunk. Handing
 * buffers over instead costs collections: V8 counts what comes and goes outside its heap, on both sides. A letter that is
 * larger than a chunk goes alone, in a buffer of its own that is given back as soon as it is made ready.
 */
import { Fault } from '../../base/errors.ts';
import { MAX_HEADER_BYTES, MAX_MESSAGE_BYTES } from '../../base/limits.ts';
import type { SyncContext } from '../imap/context.ts';
import { type LetterOctets, type PackedLetters, recordsRoom } from './letters.ts';
import type { Listed } from './plan.ts';
import type { Taken } from './writes.ts';

/** Octets and letters that go to the pool together. */
const CHUNK_BYTES = 3 * 1024 * 1024;
const CHUNK_LETTERS = 250;
/** Chunks under way before reading from the server waits. */
const IN_FLIGHT = 3;

/** Octets for which no second thread is woken. */
const FEW_BYTES = 256 * 1024;

/** Shared memory of one chunk: the letters as they came, and the records that the pool makes of them. */
interface Slot {
  readonly octets: Uint8Array;
  readonly records: Uint8Array;
}

function newSlot(): Slot {
  const shared = (octets: number) => new Uint8Array(new SharedArrayBuffer(octets));
  return { octets: shared(CHUNK_BYTES), records: shared(recordsRoom(CHUNK_BYTES, CHUNK_LETTERS)) };
}

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
  /** Where octets go: a slot's, or a buffer of a letter that no slot can hold. */
  #buffer: Uint8Array = new Uint8Array(0);
  #slot: Slot | undefined;
  /** Slots whose letters are stored. */
  readonly #free: Slot[] = [];
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
    const partial = this.#buffer.subarray(this.#fill - begun, this.#fill);
    if (this.#letters.length > 0) this.#send();
    if (this.#slot) this.#free.push(this.#slot);
    const whole = Math.max(this.#place.what === 'heads' ? 0 : expected + 64, begun + more);
    this.#slot = whole <= CHUNK_BYTES ? (this.#free.pop() ?? newSlot()) : undefined;
    this.#buffer =
      this.#slot?.octets ?? new Uint8Array(Math.max(Math.min(this.#most, whole), (begun + more) * 2));
    this.#buffer.set(partial);
    this.#fill = begun;
  }

  async #room(): Promise<void> {
    while (this.#pending.size >= IN_FLIGHT && this.#failure === undefined) await Promise.race(this.#pending);
    if (this.#failure !== undefined) throw this.#failure;
  }

  #send(): void {
    const [letters, ends, slot] = [this.#letters, this.#ends, this.#slot];
    if (letters.length === 0) return;
    const octets = this.#buffer.subarray(0, ends.at(-1));
    this.#letters = [];
    this.#ends = [];
    this.#buffer = new Uint8Array(0);
    this.#slot = undefined;
    this.#fill = 0;
    const work = this.#store(letters, { octets, ends }, slot)
      .then(
        () => {
          if (slot) this.#free.push(slot);
        },
        (failure) => {
          // Its slot serves nobody any more: a thread may still be writing there.
          this.#failure ??= failure;
        },
      )
      .finally(() => this.#pending.delete(work));
    this.#pending.add(work);
  }

  async #store(letters: Listed[], come: LetterOctets, slot: Slot | undefined): Promise<void> {
    const taken =
      this.#place.what === 'heads'
        ? await this.#writeHeads(letters, come)
        : await this.#writeLetters(letters, come, slot);
    for (const id of taken.inserted) this.result.inserted.push(id);
    letters.forEach(({ uidl }, n) => {
      if (taken.safe[n]) this.result.safe.add(uidl);
    });
    this.#stored(letters);
  }

  async #writeLetters(letters: Listed[], come: LetterOctets, slot: Slot | undefined): Promise<Taken> {
    const packed = slot ? await this.#pack(come, slot.records) : await this.#packAlone(come);
    return this.#context.store.write(
      'pop3.take',
      { account: this.#place.account, folder: this.#place.folder, letters: arrived(letters), packed },
      {
        transfer: [...own(packed.letters), ...own(packed.hashes), ...own(packed.records)],
        relaxed: this.#place.relaxed,
      },
    );
  }

  /** Read and packed at the same time, each by the thread that does only that: what both did, both would have to compile. */
  async #pack(come: LetterOctets, records: Uint8Array): Promise<PackedLetters> {
    const { pool } = this.#context;
    const few = come.octets.length < FEW_BYTES;
    const [letters, packed] = await Promise.all([
      pool.call('maildropFacts', come, { thread: 0 }),
      pool.call('maildropRecords', { ...come, records }, { thread: few ? 0 : 1 }),
    ]);
    return { letters, ...packed, records };
  }

  #packAlone(come: LetterOctets): Promise<PackedLetters> {
    return this.#context.pool.call('maildropLetters', come, { transfer: own(come.octets) });
  }

  async #writeHeads(letters: Listed[], come: LetterOctets): Promise<Taken> {
    const { pool, store } = this.#context;
    const sizes = letters.map((each) => each.octets);
    const packed = await pool.call('maildropHeads', { ...come, sizes }, { transfer: own(come.octets) });
    return store.write(
      'pop3.takeHeads',
      { account: this.#place.account, folder: this.#place.folder, letters: arrived(letters), packed },
      { transfer: [...own(packed.letters), ...own(packed.octets)], relaxed: this.#place.relaxed },
    );
  }
}

/** What has to be handed over with an array: nothing where its memory is shared. */
const own = ({ buffer }: Uint8Array): ArrayBuffer[] => (buffer instanceof ArrayBuffer ? [buffer] : []);

const arrived = (letters: readonly Listed[]): { uidl: string; octets: number }[] =>
  letters.map(({ uidl, octets }) => ({ uidl, octets }));
