/**
 * How names are looked for and how people are ranked. Pure.
 *
 * A word is folded: lower case, ё as е. What is typed is also read as if the other keyboard layout had been on, because in
 * an office of two alphabets it often is.
 *
 * Ranking: every letter counts, and every 60 days it counts half as much. Such a sum would have to be computed again each
 * day; its logarithm in a unit that grows with time does not, and orders people the same way for ever: an event at time t of
 * weight w is t / half-life + log2 w, and two events a and b make log2(2^a + 2^b).
 */

/** Ms in which a letter's weight halves. */
const HALF_LIFE = 60 * 24 * 60 * 60 * 1000;
/** Writing to somebody says more than hearing from them. */
const WRITTEN = 4;
const RECEIVED = 1;
/** Words of one name and address that are kept. */
const MOST_WORDS = 40;
/** Characters of a word that are kept. */
const WORD_CHARS = 40;

/** Lower case, ё as е, words apart: what a prefix is looked for in. */
export function foldWords(text: string): string {
  return text
    .toLowerCase()
    .replace(/ё/g, 'е')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '')
    .join(' ');
}

/** The words of a folded text, each once. */
export function wordsOf(folded: string): string[] {
  const words = folded.split(' ').filter((word) => word !== '');
  return [...new Set(words.map((word) => word.slice(0, WORD_CHARS)))].slice(0, MOST_WORDS);
}

/**
 * @param before the measure so far; 0: none
 * @param at ms of these letters
 */
export function fadingSum(before: number, written: number, received: number, at: number): number {
  const weight = written * WRITTEN + received * RECEIVED;
  if (weight <= 0) return before;
  // 1970 itself would be 0, which means never: nobody's letters are that old.
  return joinedSums(before, Math.max(at, 1) / HALF_LIFE + Math.log2(weight));
}

/** The measure of two sets of letters together; 0 is none. */
export function joinedSums(one: number, two: number): number {
  if (one === 0 || two === 0) return one + two;
  const [high, low] = one > two ? [one, two] : [two, one];
  return high + Math.log2(1 + 2 ** (low - high));
}

const LATIN = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.";
const CYRILLIC = 'ёйцукенгшщзхъфывапролджэячсмитьбю';
const OTHER = new Map<string, string>();
for (let at = 0; at < LATIN.length; at++) {
  OTHER.set(LATIN[at] as string, CYRILLIC[at] as string);
  OTHER.set(CYRILLIC[at] as string, LATIN[at] as string);
}

/** The same keys on the other layout (US and Russian); null where nothing would be different. */
export function otherLayout(text: string): string | null {
  const lower = text.toLowerCase();
  // Both alphabets at once were meant so.
  if (/[a-z]/.test(lower) === /[а-яё]/.test(lower)) return null;
  return [...lower].map((char) => OTHER.get(char) ?? char).join('');
}

/** What is looked for: the words as typed, then as the other layout would have them. The last one may be a beginning. */
export function readings(text: string): string[][] {
  const all = [text, otherLayout(text)]
    .filter((each) => each !== null)
    .map((each) => wordsOf(foldWords(each)))
    .filter((words) => words.length > 0);
  const [first, second] = all;
  return second && first && second.join(' ') === first.join(' ') ? [first] : all;
}

/** The end of the range of words that begin with this one. */
export const pastPrefix = (word: string): string => `${word}\u{10ffff}`;
