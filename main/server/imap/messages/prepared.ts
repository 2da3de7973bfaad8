/**
 * The sections of messages, made ahead in groups: one look-up for the letters of a group and one read for all their
 * small sections, because a call for each would cost more than the octets.
 */
import { Fault, toFault } from '../../../base/errors.ts';
import { IMAP_ANSWER_IN_MEMORY, IMAP_GROUP_BYTES, IMAP_GROUP_MESSAGES } from '../../../base/limits.ts';
import type { Letter, LetterPiece, Mailstore } from '../../mailstore/mailstore.ts';
import { type Content, contentOf, largeContentOf, type Need, needOf, octetsOf } from './contents.ts';
import type { SectionItem } from './items.ts';

/** The sections of one message, ready to be sent. */
export interface Prepared {
  readonly letter: Letter;
  readonly contents: readonly Content[];
}

export type Outcome = Prepared | { readonly fault: Fault };

interface Planned {
  readonly letter: Letter;
  readonly needs: readonly Need[];
  readonly octets: number;
}

const NOTHING = new Uint8Array(0);

export class SectionSource {
  readonly #mailstore: Mailstore;
  readonly #mailboxId: number;
  readonly #items: readonly SectionItem[];

  constructor(mailstore: Mailstore, mailboxId: number, items: readonly SectionItem[]) {
    this.#mailstore = mailstore;
    this.#mailboxId = mailboxId;
    this.#items = items;
  }

  /**
   * The next rows that are made together, from `from` on: few enough octets to wait in memory.
   * @param sizes of the rows' messages. @returns the row after the last one.
   */
  groupEnd(sizes: ArrayLike<number> | undefined, from: number, to: number): number {
    let octets = 0;
    let end = from;
    while (end < to && end - from < IMAP_GROUP_MESSAGES) {
      // A large message is streamed or gives small parts of itself.
      octets += Math.min(sizes?.[end] ?? 0, IMAP_ANSWER_IN_MEMORY);
      if (end > from && octets > IMAP_GROUP_BYTES) break;
      end += 1;
    }
    return end;
  }

  /** Never rejects: what cannot be given is a Fault in its place. */
  async prepare(uids: readonly number[]): Promise<Outcome[]> {
    try {
      const letters = await this.#mailstore.letters(this.#mailboxId, uids);
      const plans = letters.map((letter) => this.#plan(letter));
      const wanted: LetterPiece[] = [];
      for (const plan of plans) if (isSmall(plan)) wanted.push(...piecesOf(plan));
      const pieces = wanted.length === 0 ? [] : await this.#mailstore.pieces(wanted);
      let at = 0;
      const outcomes: (Outcome | Promise<Outcome>)[] = plans.map((plan) => {
        if ('fault' in plan) return plan;
        if (!isSmall(plan)) return this.#large(plan);
        const count = piecesOf(plan).length;
        at += count;
        return this.#small(plan, pieces.slice(at - count, at));
      });
      return await Promise.all(outcomes);
    } catch (thrown) {
      const fault = toFault(thrown);
      return uids.map(() => ({ fault }));
    }
  }

  #plan(letter: Letter | undefined): Planned | { fault: Fault } {
    if (!letter) return { fault: new Fault('user', 'expunged', 'A message has been expunged.') };
    try {
      const needs = this.#items.map((item) => needOf(letter, item));
      return { letter, needs, octets: needs.reduce((sum, need) => sum + octetsOf(need), 0) };
    } catch (thrown) {
      return { fault: toFault(thrown) };
    }
  }

  #small({ letter, needs }: Planned, pieces: readonly (Uint8Array | Fault)[]): Outcome {
    const failure = pieces.find((piece) => piece instanceof Fault);
    if (failure) return { fault: failure };
    let at = 0;
    const contents = needs.map((need, place) => {
      const piece = octetsOf(need) === 0 ? NOTHING : pieces[at++];
      return contentOf(
        this.#items[place] as SectionItem,
        need,
        piece instanceof Uint8Array ? piece : NOTHING,
      );
    });
    return { letter, contents };
  }

  async #large({ letter, needs }: Planned): Promise<Outcome> {
    try {
      const contents: Content[] = [];
      for (const [place, need] of needs.entries())
        contents.push(await largeContentOf(letter, this.#items[place] as SectionItem, need));
      return { letter, contents };
    } catch (thrown) {
      return { fault: toFault(thrown) };
    }
  }
}

function isSmall(plan: Planned | { fault: Fault }): plan is Planned {
  return !('fault' in plan) && plan.octets <= IMAP_ANSWER_IN_MEMORY;
}

function piecesOf({ letter, needs }: Planned): LetterPiece[] {
  const pieces: LetterPiece[] = [];
  for (const need of needs)
    if (need.kind !== 'nothing' && octetsOf(need) > 0) pieces.push({ letter, ...need.range });
  return pieces;
}
