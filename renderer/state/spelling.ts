/** The engine's spelling, as an editor asks it: one source a letter, with the words that letter passes over. */
import { useMemo } from 'react';
import type { SpellingLanguage } from '../../main/contract/mail/spelling.ts';
import type { SpellingSource, WordRange } from '../editor/spelling-marks.ts';
import { sayFailure } from './actions.ts';
import { engine } from './engine.ts';
import { useSession } from './session.ts';

export type SpellingChoice = 'ru-en' | 'ru' | 'en' | 'off';
export const SPELLING_CHOICES: readonly SpellingChoice[] = ['ru-en', 'ru', 'en', 'off'];

export function languagesOf(choice: SpellingChoice): SpellingLanguage[] {
  return choice === 'off' ? [] : choice === 'ru-en' ? ['ru', 'en'] : [choice];
}

export function choiceOf(languages: readonly SpellingLanguage[]): SpellingChoice {
  if (languages.length === 2) return 'ru-en';
  return languages[0] ?? 'off';
}

/** Paragraphs of one question, and characters of one paragraph: a pasted book is asked about piece by piece. */
const AT_ONCE = 500;
const LONGEST = 100_000;

/** Where no letter says otherwise: as the settings have it. */
export function useUsualSpelling(): SpellingSource | null {
  const choice = useSession((state) => state.settings?.spelling ?? 'ru-en');
  return useMemo(() => spellingSource(choice, new Set()), [choice]);
}

const fold = (word: string) => word.toLocaleLowerCase();

/** null: nothing is to be checked. */
export function spellingSource(choice: SpellingChoice, ignored: Set<string>): SpellingSource | null {
  const languages = languagesOf(choice);
  if (languages.length === 0) return null;
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of [...listeners]) listener();
  };
  return {
    async check(texts) {
      const found: WordRange[][] = [];
      for (let at = 0; at < texts.length; at += AT_ONCE) {
        const some = texts.slice(at, at + AT_ONCE).map((text) => text.slice(0, LONGEST));
        found.push(...(await engine().request('spelling.check', { texts: some, languages })));
      }
      return found;
    },
    suggest: (word) => engine().request('spelling.suggest', { word, languages }),
    async add(word) {
      await engine().request('spelling.add', { word }).catch(sayFailure);
      tell();
    },
    ignore(word) {
      ignored.add(fold(word));
      tell();
    },
    isIgnored: (word) => ignored.has(fold(word)),
    onChange(listener) {
      listeners.add(listener);
      const stop = engine().on('spelling.changed', listener);
      return () => {
        listeners.delete(listener);
        stop();
      };
    },
  };
}
