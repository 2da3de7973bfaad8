/** The engine's spelling, as an editor asks it: one source a letter, with the words that letter passes over. */
import type { SpellingLanguage } from '../../main/contract/mail/spelling.ts';
import type { SpellingSource } from '../editor/spelling-marks.ts';
import { sayFailure } from './actions.ts';
import { engine } from './engine.ts';

export type SpellingChoice = 'ru-en' | 'ru' | 'en' | 'off';
export const SPELLING_CHOICES: readonly SpellingChoice[] = ['ru-en', 'ru', 'en', 'off'];

export function languagesOf(choice: SpellingChoice): SpellingLanguage[] {
  return choice === 'off' ? [] : choice === 'ru-en' ? ['ru', 'en'] : [choice];
}

export function choiceOf(languages: readonly SpellingLanguage[]): SpellingChoice {
  if (languages.length === 2) return 'ru-en';
  return languages[0] ?? 'off';
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
    check: (texts) => engine().request('spelling.check', { texts: [...texts], languages }),
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
