/**
 * Letters of a maildrop, read before they are asked for. A client that empties its box asks for one after another, from the
 * oldest on or from the newest back: while one is sent the next ones are read, many small ones by one call to a thread. A
 * client that jumps about gets what it asks for and nothing more.
 *
 * Invariants: at most GROUPS groups are held, each of GROUP_BYTES and one letter more at most; all sessions together hold
 * little more than AHEAD_BYTES, and beyond that each gets the letter it asks for and no more; what could not be read ahead
 * is read again when it is asked for, and fails then as it would have without us. Octets of a group that has been left
 * behind live until the session says that all it was given is sent.
 */
import { Fault } from '../../base/errors.ts';
import { discard } from '../../base/octets.ts';
import type { Letter, Mailstore } from '../mailstore/mailstore.ts';

/** Octets and letters of one group; it begins small and doubles while the client reads on. */
const GROUP_BYTES = 768 * 1024;
const FEW_LETTERS = 4;
const MOST_LETTERS = 64;
/** A larger letter is streamed when its turn comes. */
const SMALL_BYTES = 1024 * 1024;
/** Groups held at a time: the one being sent and those being read. */
const GROUPS = 3;
/** Octets that all sessions of the office together may hold: clients on slow lines hold theirs for minutes. */
export const AHEAD_BYTES = 48 * 1024 * 1024;
/** Octets that they hold, or have asked for. */
let ahead = 0;

/** From a letter to the next: 1 to newer ones, -1 to older ones, 0 where the client jumps. */
type Way = 1 | -1 | 0;

interface Group {
  /** Numbers from `first` up to, without, `end`. */
  readonly first: number;
  readonly end: number;
  readonly octets: number;
  readonly letters: Promise<Held>;
}

interface Held {
  readonly letters: readonly (Letter | undefined)[];
  /** What lies in memory for them. */
  readonly octets: readonly Uint8Array[];
}

export class ReadAhead {
  readonly #mailstore: Mailstore;
  readonly #mailboxId: number;
  readonly #uids: Uint32Array;
  readonly #sizes: Float64Array;
  readonly #groups: Group[] = [];
  /** Of groups left behind. */
  readonly #spent: Uint8Array[] = [];
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
    const step = number - this.#last;
    const way: Way = step === 1 || step === -1 ? step : 0;
    this.#last = number;
    const at = this.#groups.findIndex(({ first, end }) => first <= number && number < end);
    // They lie in the order in which they are read: what lies before this one has been passed.
    for (const each of this.#groups.splice(0, at < 0 ? this.#groups.length : at)) this.#leave(each);
    let group = this.#groups[0];
    if (!group) {
      if (way === 0) this.#most = FEW_LETTERS;
      group = this.#begin(number, way, way === 0 ? 1 : this.#most);
      this.#groups.push(group);
    }
    while (way !== 0 && this.#groups.length < GROUPS && ahead < AHEAD_BYTES) {
      const next = this.#next(way);
      if (next === 0) break;
      this.#most = Math.min(MOST_LETTERS, this.#most * 2);
      this.#groups.push(this.#begin(next, way, this.#most));
    }
    try {
      return (await group.letters).letters[number - group.first];
    } catch (failure) {
      this.close();
      throw failure;
    }
  }

  /** All letters that were asked for before the last one are sent: their memory is given back. */
  sent(): void {
    for (const octets of this.#spent.splice(0)) discard(octets);
  }

  /** Nobody asks any more. */
  close(): void {
    for (const { octets } of this.#groups.splice(0)) ahead -= octets;
  }

  #leave({ letters, octets: held }: Group): void {
    ahead -= held;
    letters.then(
      ({ octets }) => this.#spent.push(...octets),
      () => {},
    );
  }

  /** The letter behind what is held; 0: there is none, or it is held. */
  #next(way: 1 | -1): number {
    const last = this.#groups.at(-1);
    if (!last) return 0;
    const next = way > 0 ? last.end : last.first - 1;
    const held = this.#groups.some(({ first, end }) => first <= next && next < end);
    return held || next > this.#uids.length ? 0 : next;
  }

  /** At most `most` letters from number `from` on. */
  #begin(from: number, way: Way, most: number): Group {
    const room = ahead < AHEAD_BYTES ? GROUP_BYTES : 0;
    let octets = 0;
    let count = 0;
    for (let n = from; n >= 1 && n <= this.#uids.length && count < most; n += way || 1) {
      const size = this.#sizes[n - 1] as number;
      const more = size <= SMALL_BYTES ? size : 0;
      if (octets + more > room && count > 0) break;
      octets += more;
      count += 1;
    }
    ahead += octets;
    const first = way < 0 ? from - count + 1 : from;
    const end = first + count;
    const letters = this.#read(first, end);
    // Told to whoever asks for one of them, or to nobody.
    letters.catch(() => {});
    return { first, end, octets, letters };
  }

  async #read(first: number, end: number): Promise<Held> {
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
    const buffers = new Set(pieces.flatMap((piece) => (piece instanceof Fault ? [] : [piece.buffer])));
    return {
      letters: letters.map((letter) => letter && (held.get(letter) ?? letter)),
      octets: [...buffers].map((buffer) => new Uint8Array(buffer)),
    };
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
