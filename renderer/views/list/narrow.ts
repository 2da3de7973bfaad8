/** What a list is narrowed to by a kept filter or a tag, in the words of the search. Pure. */
import type { Catalogue } from '../../i18n/text.ts';
import { part } from '../search/query-parts.ts';

export const tagWords = (name: string, t: Catalogue): string => part(t.search.words.tag, name);

/** The tag that a condition asks for, if it asks for nothing else. */
export function tagOf(narrow: string, tags: readonly { name: string }[], t: Catalogue): string | undefined {
  return tags.find(({ name }) => tagWords(name, t) === narrow)?.name;
}
