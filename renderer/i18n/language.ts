/** Which language the window speaks. Changes at once, without a restart. */
import { create } from 'zustand';

export const LANGUAGES = ['en', 'ru'] as const;
export type Language = (typeof LANGUAGES)[number];

/** The setting as a language: `system` follows what the system prefers, English when it is neither. */
export function languageOf(setting: 'system' | Language, preferred: readonly string[]): Language {
  if (setting !== 'system') return setting;
  for (const tag of preferred) {
    const [primary] = tag.toLowerCase().split('-');
    if (primary === 'ru' || primary === 'en') return primary;
  }
  return 'en';
}

interface LanguageState {
  language: Language;
}

const preferred = typeof navigator === 'undefined' ? [] : navigator.languages;

export const useLanguageState = create<LanguageState>(() => ({ language: languageOf('system', preferred) }));

/** Applies the setting; `<html lang>` follows so that hyphenation, quotes and screen readers do too. */
export function setLanguage(setting: 'system' | Language): void {
  const language = languageOf(setting, preferred);
  useLanguageState.setState({ language });
  if (typeof document !== 'undefined') document.documentElement.lang = language;
}
