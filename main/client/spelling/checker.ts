/**
 * The spelling thread: Hunspell with a Russian and an English dictionary. Loaded when a letter is first checked and ended
 * after a rest (spelling.ts), because two dictionaries are some tens of megabytes.
 *
 * It knows words, not people: own words and names are the caller's. It never reads anything but its dictionaries.
 */
import { readFile } from 'node:fs/promises';
import { type Hunspell, loadModule } from 'hunspell-asm';
import type { SpellingLanguage } from '../../contract/mail/spelling.ts';
import { distance, foldYo, inOneScript, proseWords, scriptOf } from './words.ts';

/** Where the dictionaries are: `file:` addresses. */
export interface SpellingData {
  readonly files: Readonly<Record<SpellingLanguage, { aff: string; dic: string }>>;
}

export interface Wrong {
  at: number;
  length: number;
}

/** Suggestions shown for one word; more would not be read. */
const MOST_SUGGESTIONS = 7;

const dictionaries = new Map<SpellingLanguage, Hunspell>();

export async function start(data: SpellingData): Promise<void> {
  const factory = await loadModule();
  for (const language of ['ru', 'en'] as const) {
    const { aff, dic } = data.files[language];
    const [rules, words] = await Promise.all([readFile(new URL(aff)), readFile(new URL(dic))]);
    dictionaries.set(language, factory.create(factory.mountBuffer(rules), factory.mountBuffer(words)));
  }
}

/** British forms; the dictionary has the American ones. Only in longer words: "size" has no other form. */
const BRITISH: readonly (readonly [RegExp, string])[] = [
  [/our(s|ed|ing|ful|able|ite|ites|er|ers|hood)?$/i, 'or$1'],
  [/is(e|es|ed|ing|ation|ations|er|ers)$/i, 'iz$1'],
  [/ys(e|es|ed|ing)$/i, 'yz$1'],
  [/tre(s)?$/i, 'ter$1'],
  [/ogue(s)?$/i, 'og$1'],
  [/ence(s)?$/i, 'ense$1'],
  [/ll(ed|ing|er|ers)$/i, 'l$1'],
];

function american(word: string): string[] {
  if (word.length < 6) return [];
  return BRITISH.filter(([pattern]) => pattern.test(word)).map(([pattern, to]) => word.replace(pattern, to));
}

function known(language: SpellingLanguage, word: string): boolean {
  const dictionary = dictionaries.get(language);
  if (!dictionary) return true;
  const plain = word.replaceAll('’', "'").replaceAll('ʼ', "'");
  if (dictionary.spell(plain)) return true;
  if (language === 'en') return american(plain).some((each) => dictionary.spell(each));
  if (dictionary.spell(foldYo(plain))) return true;
  // The other way round: the dictionary has the word with ё alone.
  return [...plain.matchAll(/е/gu)].some(({ index }) =>
    dictionary.spell(`${plain.slice(0, index)}ё${plain.slice(index + 1)}`),
  );
}

function right(word: string, languages: readonly SpellingLanguage[]): boolean {
  const script = scriptOf(word);
  if (script === 'other') return true;
  // Two scripts in one word are a slip of the keyboard, as soon as one of them is ours to judge.
  if (script === 'mixed') return languages.length === 0;
  return !languages.includes(script) || known(script, word);
}

function* wrongIn(text: string, languages: readonly SpellingLanguage[]): Generator<Wrong> {
  for (const word of proseWords(text)) {
    if (right(word.text, languages)) continue;
    if (!/-/.test(word.text)) {
      yield { at: word.at, length: word.text.length };
      continue;
    }
    // "IT-отдел": each part by its own dictionary.
    let at = word.at;
    for (const part of word.text.split('-')) {
      if (part.length > 1 && part !== part.toLocaleUpperCase() && !right(part, languages))
        yield { at, length: part.length };
      at += part.length + 1;
    }
  }
}

function suggest(word: string, languages: readonly SpellingLanguage[]): string[] {
  const script = scriptOf(word);
  if (script === 'mixed') return inOneScript(word).filter((each) => right(each, languages));
  if (script === 'other') return [];
  const found = dictionaries.get(script)?.suggest(word.replaceAll('’', "'")) ?? [];
  return [...new Set(found)]
    .map((each, n) => ({ each, far: distance(word, each) + n / 100 }))
    .sort((a, b) => a.far - b.far)
    .slice(0, MOST_SUGGESTIONS)
    .map(({ each }) => each);
}

export const calls = {
  check: ({ texts, languages }: { texts: string[]; languages: SpellingLanguage[] }): Wrong[][] =>
    texts.map((text) => [...wrongIn(text, languages)]),
  suggest: ({ word, languages }: { word: string; languages: SpellingLanguage[] }): string[] =>
    suggest(word, languages),
};
export type SpellingCalls = typeof calls;
