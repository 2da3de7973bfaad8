/**
 * Cards of a file on their way from the thread that has read them: some at a time, as octets that change hands. Fifty thousand
 * people as objects would lie in both threads, and between them as a message, at the same moment.
 */
import { deserialize, serialize } from 'node:v8';
import type { ContactContent } from '../../../contract/mail/contacts.ts';
import type { ReadCard } from './vcard-reader.ts';

/** Cards of one page: of one write. */
export const PAGE = 500;
/** People of a file that a preview shows. */
const SHOWN = 20;

export interface CardPages {
  total: number;
  /** First addresses, '' where there is none. */
  addresses: string[];
  first: ContactContent[];
  /** Left out of a preview. */
  pages: Uint8Array<ArrayBuffer>[];
}

/** Packs cards and lets them go: `cards` is empty afterwards. */
export function packCards(cards: ReadCard[], preview: boolean): CardPages {
  const packed: CardPages = {
    total: cards.length,
    addresses: preview ? cards.map(({ content }) => content.emails[0]?.value ?? '') : [],
    first: preview ? cards.slice(0, SHOWN).map(({ content }) => content) : [],
    pages: [],
  };
  // From the end, where taking some away moves none of the others.
  while (!preview && cards.length > 0) {
    const from = Math.floor((cards.length - 1) / PAGE) * PAGE;
    packed.pages.push(Uint8Array.from(serialize(cards.splice(from))));
  }
  packed.pages.reverse();
  cards.length = 0;
  return packed;
}

/** Pages in their order; each is let go when the next is asked for. */
export function* unpackCards(pages: Uint8Array<ArrayBuffer>[]): Generator<ReadCard[], undefined> {
  pages.reverse();
  for (let page = pages.pop(); page; page = pages.pop()) {
    const cards = deserialize(page) as ReadCard[];
    // Read out of the page they would hold all of it, and take it along into the next thread.
    for (const { photo } of cards) if (photo) photo.bytes = Uint8Array.from(photo.bytes);
    yield cards;
  }
}
