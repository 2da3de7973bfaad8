import { z } from 'zod';
import { entry } from '../entry.ts';

export const SpellingLanguage = z.enum(['en', 'ru']);
export type SpellingLanguage = z.infer<typeof SpellingLanguage>;
const languages = z.array(SpellingLanguage).max(2);

export const spellingEntries = {
  /**
   * Words that are not in the dictionaries, as ranges of each text (UTF-16 units). A word is looked up by its script, so
   * both languages may stand in one sentence; addresses, numbers and lines that quote are passed over.
   */
  'spelling.check': entry(
    z.object({ texts: z.array(z.string().max(200_000)).max(2000), languages }),
    z.array(z.array(z.object({ at: z.int(), length: z.int() }))),
  ),
  'spelling.suggest': entry(z.object({ word: z.string().max(200), languages }), z.array(z.string())),
  /** The person's own words. */
  'spelling.words': entry(z.object({}), z.array(z.string())),
  'spelling.add': entry(z.object({ word: z.string().min(1).max(200) }), z.object({})),
  'spelling.forget': entry(z.object({ word: z.string().max(200) }), z.object({})),
};

/** The own words changed: what was checked wants another look. */
export const spellingEvents = { 'spelling.changed': z.object({}) };
