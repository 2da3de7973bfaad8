/** The stem of a folded word: Russian or English by its letters, any other word is its own stem. */
import { stemEnglish } from './stem-en.ts';
import { stemRussian } from './stem-ru.ts';

const RUSSIAN = /^[а-я]+$/;
const ENGLISH = /^[a-z]+$/;
/** Longer words are not inflected language. */
const MAX_STEMMED_CHARS = 32;

export function stemOf(word: string): string {
  if (word.length < 3 || word.length > MAX_STEMMED_CHARS) return word;
  if (RUSSIAN.test(word)) return stemRussian(word);
  if (ENGLISH.test(word)) return stemEnglish(word);
  return word;
}
