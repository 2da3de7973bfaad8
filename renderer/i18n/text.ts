/**
 * The words of the window. Whole sentences by area, `ru: typeof en`, so a missing or differently shaped
 * entry does not compile. Nothing glues sentences from pieces; numbers come in through functions.
 *
 * In a component: `const t = useText()` and `t.list.unreadOf(12, 4318)`; elsewhere `text()`.
 * A new area is one file in en/, one in ru/ and a line in each catalogue.
 */
import { en } from './en/catalogue.ts';
import { type Formats, formatsFor } from './format.ts';
import { type Language, useLanguageState } from './language.ts';
import { ru } from './ru/catalogue.ts';

export type Catalogue = typeof en;

const CATALOGUES: Record<Language, Catalogue> = { en, ru };

export function textOf(language: Language): Catalogue {
  return CATALOGUES[language];
}

/** The catalogue of the moment; subscribes the component to a change of language. */
export function useText(): Catalogue {
  return CATALOGUES[useLanguageState((state) => state.language)];
}

/** Dates, sizes and numbers of the moment. */
export function useFormats(): Formats {
  return formatsFor(useLanguageState((state) => state.language));
}

export const text = (): Catalogue => CATALOGUES[useLanguageState.getState().language];
export const formats = (): Formats => formatsFor(useLanguageState.getState().language);
