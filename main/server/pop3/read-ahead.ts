/**
 * Letters of a maildrop, read before they are asked for. A client that empties its box asks for one after another: while
 * one is sent the next ones are read, many small ones by one call to a thread. A client that jumps about gets what it asks
 * for and nothing more.
 *
 * Invariants: at most GROUPS groups are held, each of GROUP_BYTES and one letter more at most; what could not be read ahead is
 * read again when it is asked for, and fails then as it would have without us.
 */
import { Fault } from '../../base/errors.ts';
import type { Letter, Mailstore } from '../mailstore/mailstore.ts';

/** Octets and letters of one group; it begins small and doubles while the client reads on. */
const GROUP_BYTES = 256 * 1024;
const FEW_LETTERS = 4;
const MOST_LETTERS = 64;
/** A larger letter is streamed when its turn comes. */
const SMALL_BYTES = 512 * 1024;
/** Groups held at a time: the one being sent and those being read. */
const GROUPS = 3;

interface Group {
  /** Numbers from `first` up to, without, `end`. */
  readonly first: number;
  readonly end: number;
  readonly letters: Promise<(Letter | undefined)[]>;
}

export class ReadAhead {
  readonly #mailstore: Mailstore;
  readonly #mailboxId: number;
  readonly #uids: Uint32Array;
  readonly #sizes: Float64Array;
  #groups: Group[] = [];
  #last = 0;
  #most = FEW_LETTERS;

  /** @param uids of message 1 on; @param sizes in octets. */
  constructor(mailstore: Mailstore, mailboxId: number, uids: Uint32Array, sizes: Float64Array) {
    this.#mailstore = mailstore;
    this.#mailboxId = mailboxId;
    this.#uids = uids;
    this.#sizes = sizes;
  }

  /** The letter of a message number; undefined when it is gone for good. */
  async letter(number: number): Promise<Letter | undefined> {
    const onward = number === this.#last + 1;
    this.#last = number;
    this.#groups = this.#groups.filter(({ first, end }) => end > number && first <= number + MOST_LETTERS);
    let group = this.#groups.find(({ first, end }) => first <= number && number < end);
    if (!group) {
      if (!onward) this.#most = FEW_LETTERS;
      group = this.#begin(number, onward ? this.#most : 1);
      this.#groups = [group];
    }
    for (let next = this.#next; onward && this.#groups.length < GROUPS && next; next = this.#next) {
      this.#most = Math.min(MOST_LETTERS, this.#most * 2);
      this.#groups.push(this.#begin(next, this.#most));
    }
    try {
      return (await group.letters)[number - group.first];
    } catch (failure) {
      this.#groups = [];
      throw failure;
    }
  }

  /** The first letter behind what is held; 0: there is none. */
  get #next(): number {
    const end = this.#groups[this.#groups.length - 1]?.end ?? 0;
    return end <= this.#uids.length ? end : 0;
  }

  #begin(first: number, most: number): Group {
    let octets = 0;
    let end = first;
    for (; end <= this.#uids.length && end < first + most; end += 1) {
      const size = this.#sizes[end - 1] as number;
      if (size <= SMALL_BYTES) octets += size;
      if (octets > GROUP_BYTES && end > first) break;
    }
    const letters = this.#read(first, end);
    // Told to whoever asks for one of them, or to nobody.
    letters.catch(() => {});
    return { first, end, letters };
  }

  async #read(first: number, end: number): Promise<(Letter | undefined)[]> {
    const letters = await this.#mailstore.letters(this.#mailboxId, [
      ...this.#uids.subarray(first - 1, end - 1),
    ]);
    const small = letters.filter((letter) => letter !== undefined && letter.size <= SMALL_BYTES) as Letter[];
    const pieces = await this.#mailstore.pieces(
      small.map((letter) => ({ letter, start: 0, end: letter.size })),
    );
    const held = new Map<Letter, Letter>();
    for (const [n, letter] of small.entries()) {
      const piece = pieces[n];
      if (piece && !(piece instanceof Fault)) held.set(letter, inMemory(letter, piece));
    }
    return letters.map((letter) => letter && (held.get(letter) ?? letter));
  }
}

function inMemory(letter: Letter, bytes: Uint8Array): Letter {
  return {
    size: letter.size,
    get root() {
      return letter.root;
    },
    async *stream(start, end) {
      yield bytes.subarray(start, end);
    },
    read: async (start, end) => bytes.subarray(start, end),
    probe: async () => {},
  };
}
