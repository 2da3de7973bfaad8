/**
 * The English stemmer of Snowball ("Porter2", as published by Martin Porter), on folded words. The words
 * have no apostrophes any more, so its step 0 falls away.
 */
const VOWEL = /[aeiouy]/;
const DOUBLE = /(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)$/;
const VALID_LI = /[cdeghkmnrt]$/;

/** Whole words that the rules would spoil. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  skis: 'ski',
  skies: 'sky',
  dying: 'die',
  lying: 'lie',
  tying: 'tie',
  idly: 'idl',
  gently: 'gentl',
  ugly: 'ugli',
  early: 'earli',
  only: 'onli',
  singly: 'singl',
  sky: 'sky',
  news: 'news',
  howe: 'howe',
  atlas: 'atlas',
  cosmos: 'cosmos',
  bias: 'bias',
  andes: 'andes',
};
const KEPT_AFTER_1A = new Set([
  'inning',
  'outing',
  'canning',
  'herring',
  'earring',
  'proceed',
  'exceed',
  'succeed',
]);

const STEP_2: readonly (readonly [string, string])[] = [
  ['ization', 'ize'],
  ['ational', 'ate'],
  ['fulness', 'ful'],
  ['ousness', 'ous'],
  ['iveness', 'ive'],
  ['tional', 'tion'],
  ['biliti', 'ble'],
  ['lessli', 'less'],
  ['entli', 'ent'],
  ['ation', 'ate'],
  ['alism', 'al'],
  ['aliti', 'al'],
  ['ousli', 'ous'],
  ['iviti', 'ive'],
  ['fulli', 'ful'],
  ['enci', 'ence'],
  ['anci', 'ance'],
  ['abli', 'able'],
  ['izer', 'ize'],
  ['ator', 'ate'],
  ['alli', 'al'],
  ['bli', 'ble'],
  ['ogi', 'og'],
  ['li', ''],
];
const STEP_3: readonly (readonly [string, string])[] = [
  ['ational', 'ate'],
  ['tional', 'tion'],
  ['alize', 'al'],
  ['icate', 'ic'],
  ['iciti', 'ic'],
  ['ative', ''],
  ['ical', 'ic'],
  ['ness', ''],
  ['ful', ''],
];
const STEP_4 = [
  'ement',
  'ance',
  'ence',
  'able',
  'ible',
  'ment',
  'ant',
  'ent',
  'ism',
  'ate',
  'iti',
  'ous',
  'ive',
  'ize',
  'ion',
  'al',
  'er',
  'ic',
];

/** Where the region after the next vowel-consonant pair begins; y marked Y is a consonant. */
function afterPair(word: string, from: number): number {
  for (let at = from + 1; at < word.length; at += 1) {
    if (!VOWEL.test(word.charAt(at)) && VOWEL.test(word.charAt(at - 1))) return at + 1;
  }
  return word.length;
}

function firstRegion(word: string): number {
  const prefix = /^(?:gener|commun|arsen)/.exec(word);
  return prefix ? prefix[0].length : afterPair(word, 0);
}

/** A word ends in a short syllable: a vowel between consonants (not w, x, Y), or a vowel first. */
function endsShort(word: string): boolean {
  return /[^aeiouy][aeiouy][^aeiouywxY]$/.test(word) || /^[aeiouy][^aeiouy]$/.test(word);
}

/** The stem of a folded English word. */
export function stemEnglish(input: string): string {
  if (input.length < 3) return input;
  if (Object.hasOwn(EXCEPTIONS, input)) return EXCEPTIONS[input] ?? input;
  let word = input.replace(/^y/, 'Y').replace(/([aeiouy])y/g, '$1Y');
  const r1 = firstRegion(word);
  const r2 = afterPair(word, r1);
  word = step1a(word);
  if (KEPT_AFTER_1A.has(word)) return word;
  word = step1b(word, r1);
  if (/[^aeiouy][yY]$/.test(word) && word.length > 2) word = `${word.slice(0, -1)}i`;
  word = step2(word, r1);
  word = step3(word, r1, r2);
  word = step4(word, r2);
  return step5(word, r1, r2).toLowerCase();
}

function step1a(word: string): string {
  if (word.endsWith('sses')) return word.slice(0, -2);
  if (/(?:ied|ies)$/.test(word)) return word.slice(0, word.length > 4 ? -2 : -1);
  if (/(?:us|ss)$/.test(word)) return word;
  return /[aeiouy].+s$/.test(word) ? word.slice(0, -1) : word;
}

function step1b(word: string, r1: number): string {
  const eed = /(?:eedly|eed)$/.exec(word);
  if (eed) return eed.index >= r1 ? `${word.slice(0, eed.index)}ee` : word;
  const ending = /(?:ingly|edly|ing|ed)$/.exec(word);
  if (!ending) return word;
  const left = word.slice(0, ending.index);
  if (!VOWEL.test(left)) return word;
  if (/(?:at|bl|iz)$/.test(left)) return `${left}e`;
  if (DOUBLE.test(left)) return left.slice(0, -1);
  return left.length <= r1 && endsShort(left) ? `${left}e` : left;
}

function step2(word: string, r1: number): string {
  const found = STEP_2.find(([ending]) => word.endsWith(ending));
  if (!found) return word;
  const [ending, instead] = found;
  const left = word.slice(0, -ending.length);
  if (left.length < r1) return word;
  if (ending === 'ogi' && !left.endsWith('l')) return word;
  if (ending === 'li' && !VALID_LI.test(left)) return word;
  return left + instead;
}

function step3(word: string, r1: number, r2: number): string {
  const found = STEP_3.find(([ending]) => word.endsWith(ending));
  if (!found) return word;
  const [ending, instead] = found;
  const left = word.slice(0, -ending.length);
  if (left.length < (ending === 'ative' ? r2 : r1)) return word;
  return left + instead;
}

function step4(word: string, r2: number): string {
  const ending = STEP_4.find((each) => word.endsWith(each));
  if (!ending) return word;
  const left = word.slice(0, -ending.length);
  if (left.length < r2 || (ending === 'ion' && !/[st]$/.test(left))) return word;
  return left;
}

function step5(word: string, r1: number, r2: number): string {
  const left = word.slice(0, -1);
  if (word.endsWith('e')) {
    return left.length >= r2 || (left.length >= r1 && !endsShort(left)) ? left : word;
  }
  return word.endsWith('ll') && left.length >= r2 ? left : word;
}
