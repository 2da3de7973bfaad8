/**
 * Text to index words, the same for documents and queries. Pure.
 *
 * A word is a run of letters and digits, folded: compatibility forms resolved, lower case, accents taken
 * off, ё read as е (й stays a letter of its own). An address or a number with dots gives its pieces in
 * order, so it is found whole as a phrase and by each piece. Chinese and Japanese are written without
 * spaces: each of their characters is a word, and a query is a phrase of them.
 */

/** Longest word kept: what is longer is Base64 or a key, and nobody types it. */
export const MAX_WORD_CHARS = 64;

const WORD = /[\p{L}\p{N}\p{M}]+/gu;
const ASCII = /^[\x00-\x7f]*$/;
const IDEOGRAPH = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const IDEOGRAPHS =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu;
const PLAIN = /^[\x00-\x7f\u0430-\u044f]*$/;
/** Accents: the combining marks that NFD splits off Latin, Greek and Cyrillic letters. */
const ACCENTS = /[\u0300-\u036f]/g;

/** Signs whose compatibility form is letters (№ is No, ™ is TM) would grow onto the word beside them. */
const SYMBOLS = /\p{So}/gu;

/** A text in the form in which words are compared. */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase();
  const lower = text.replace(SYMBOLS, ' ').normalize('NFKC').toLowerCase().replaceAll('ё', 'е');
  if (PLAIN.test(lower)) return lower;
  // й is и with a breve by decomposition only; set aside while the accents go.
  return lower
    .replaceAll('й', '\u0001')
    .normalize('NFD')
    .replace(ACCENTS, '')
    .normalize('NFC')
    .replaceAll('\u0001', 'й');
}

/** Folded words in order of the text. */
export function words(text: string): string[] {
  const found = fold(text).match(WORD) ?? [];
  if (ASCII.test(text) || !IDEOGRAPH.test(text)) return found.filter(bounded);
  return found
    .flatMap((run) => (IDEOGRAPH.test(run) ? (run.match(IDEOGRAPHS) ?? []) : [run]))
    .filter(bounded);
}

function bounded(word: string): boolean {
  return word.length <= MAX_WORD_CHARS;
}
