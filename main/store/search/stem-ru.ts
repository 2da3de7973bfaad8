/**
 * The Russian stemmer of Snowball (the algorithm as published by Martin Porter), on folded words: lower
 * case, ё already read as е.
 *
 * RV is what follows the first vowel, R2 the region after the second vowel-consonant pair; endings are
 * only taken off inside RV, the longest first.
 */
const VOWELS = 'аеиоуыэюя';

const GERUND_A = ['вшись', 'вши', 'в'];
const GERUND = ['ывшись', 'ившись', 'ывши', 'ивши', 'ыв', 'ив'];
const ADJECTIVE = [
  'ими',
  'ыми',
  'его',
  'ого',
  'ему',
  'ому',
  'ее',
  'ие',
  'ые',
  'ое',
  'ей',
  'ий',
  'ый',
  'ой',
  'ем',
  'им',
  'ым',
  'ом',
  'их',
  'ых',
  'ую',
  'юю',
  'ая',
  'яя',
  'ою',
  'ею',
];
const PARTICIPLE_A = ['ющ', 'вш', 'ем', 'нн', 'щ'];
const PARTICIPLE = ['ивш', 'ывш', 'ующ'];
const REFLEXIVE = ['ся', 'сь'];
const VERB_A = [
  'ете',
  'йте',
  'ешь',
  'нно',
  'ла',
  'на',
  'ли',
  'ем',
  'ло',
  'но',
  'ет',
  'ют',
  'ны',
  'ть',
  'й',
  'л',
  'н',
];
const VERB = [
  'уйте',
  'ейте',
  'ила',
  'ыла',
  'ена',
  'ите',
  'или',
  'ыли',
  'ило',
  'ыло',
  'ено',
  'ует',
  'уют',
  'ены',
  'ить',
  'ыть',
  'ишь',
  'ую',
  'ей',
  'уй',
  'ил',
  'ыл',
  'им',
  'ым',
  'ен',
  'ят',
  'ит',
  'ыт',
  'ю',
];
const NOUN = [
  'иями',
  'иях',
  'иям',
  'ями',
  'ами',
  'ией',
  'ием',
  'ьях',
  'ьям',
  'ев',
  'ов',
  'ие',
  'ье',
  'еи',
  'ии',
  'ей',
  'ой',
  'ий',
  'ям',
  'ем',
  'ам',
  'ом',
  'ах',
  'ях',
  'ию',
  'ью',
  'ия',
  'ья',
  'а',
  'е',
  'и',
  'й',
  'о',
  'у',
  'ы',
  'ь',
  'ю',
  'я',
];
const DERIVATIONAL = ['ость', 'ост'];
const SUPERLATIVE = ['ейше', 'ейш'];

function isVowel(word: string, at: number): boolean {
  return VOWELS.includes(word.charAt(at));
}

/** Where the region after the next vowel-consonant pair begins. */
function afterPair(word: string, from: number): number {
  for (let at = from + 1; at < word.length; at += 1) {
    if (!isVowel(word, at) && isVowel(word, at - 1)) return at + 1;
  }
  return word.length;
}

/** Length of the word without the longest of the endings that lies in its region; its own if none does. */
function without(word: string, region: number, endings: readonly string[], afterA = false): number {
  for (const ending of endings) {
    const left = word.length - ending.length;
    if (left < region || !word.endsWith(ending)) continue;
    if (!afterA) return left;
    const before = word.charAt(left - 1);
    // The letter before the ending must be in the region, too, and it stays.
    if (left - 1 >= region && (before === 'а' || before === 'я')) return left;
  }
  return word.length;
}

/** Takes an ending of either class, whichever is longer. */
function cutEither(word: string, region: number, free: readonly string[], afterA: readonly string[]): string {
  return word.slice(0, Math.min(without(word, region, free), without(word, region, afterA, true)));
}

function cut(word: string, region: number, endings: readonly string[]): string {
  return word.slice(0, without(word, region, endings));
}

/** The stem of a folded Russian word. */
export function stemRussian(input: string): string {
  let word = input;
  let rv = 0;
  while (rv < word.length && !isVowel(word, rv)) rv += 1;
  rv += 1;
  if (rv >= word.length) return word;
  const r2 = afterPair(word, afterPair(word, 0));

  word = inflection(word, rv);
  if (word.endsWith('и') && word.length - 1 >= rv) word = word.slice(0, -1);
  word = cut(word, Math.max(rv, r2), DERIVATIONAL);
  return tidy(word, rv);
}

function inflection(word: string, rv: number): string {
  const gerund = cutEither(word, rv, GERUND, GERUND_A);
  if (gerund !== word) return gerund;
  const plain = cut(word, rv, REFLEXIVE);
  const adjective = cut(plain, rv, ADJECTIVE);
  if (adjective !== plain) return cutEither(adjective, rv, PARTICIPLE, PARTICIPLE_A);
  const verb = cutEither(plain, rv, VERB, VERB_A);
  if (verb !== plain) return verb;
  return cut(plain, rv, NOUN);
}

function tidy(word: string, rv: number): string {
  const inside = (ending: string) => word.endsWith(ending) && word.length - ending.length >= rv;
  if (inside('нн')) return word.slice(0, -1);
  const positive = cut(word, rv, SUPERLATIVE);
  if (positive !== word) return positive.endsWith('нн') ? positive.slice(0, -1) : positive;
  return inside('ь') ? word.slice(0, -1) : word;
}
