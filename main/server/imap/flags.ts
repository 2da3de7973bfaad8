/** Flags between the wire's words and the store's bits (RFC 9051 section 2.3.2). */
import { ANSWERED, DELETED, DRAFT, FLAGGED, SEEN } from '../mailstore/mailstore.ts';
import { bad } from './faults.ts';

const WORDS: readonly (readonly [bit: number, word: string])[] = [
  [ANSWERED, '\\Answered'],
  [FLAGGED, '\\Flagged'],
  [DELETED, '\\Deleted'],
  [SEEN, '\\Seen'],
  [DRAFT, '\\Draft'],
];
const BITS = new Map(WORDS.map(([bit, word]) => [word.toLowerCase(), bit]));

export const SYSTEM_FLAGS: string = WORDS.map(([, word]) => word).join(' ');

export interface FlagSet {
  readonly flags: number;
  readonly keywords: readonly string[];
}

/** Texts of all 32 combinations: a FETCH of 100,000 asks for one of them each time. */
const TEXTS = Array.from({ length: 32 }, (_, flags) =>
  WORDS.filter(([bit]) => flags & bit)
    .map(([, word]) => word)
    .join(' '),
);

/** `\Seen $Junk` without parentheses. @param recent adds `\Recent`, which is no stored flag (rule I28). */
export function flagsText(flags: number, keywords: readonly string[] = [], recent = false): string {
  const system = TEXTS[flags & 31]!;
  if (keywords.length === 0 && !recent) return system;
  return [...(system === '' ? [] : [system]), ...keywords, ...(recent ? ['\\Recent'] : [])].join(' ');
}

/**
 * Words of a client as a set; keywords keep their first spelling.
 * @throws Fault syntax for `\Recent` (rule I57) and for system flags that do not exist.
 */
export function flagSet(words: readonly string[]): FlagSet {
  let flags = 0;
  const keywords: string[] = [];
  const seen = new Set<string>();
  for (const word of words) {
    const small = word.toLowerCase();
    if (word.startsWith('\\')) {
      const bit = BITS.get(small);
      if (bit === undefined) throw bad(`${word} cannot be set.`);
      flags |= bit;
    } else if (!seen.has(small)) {
      seen.add(small);
      keywords.push(word);
    }
  }
  return { flags, keywords };
}
