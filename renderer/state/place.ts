/** Where in the window the person is: section, page, view, chosen rows, open overlays. Nothing of it crosses the door. */
import { create } from 'zustand';
import type { Scope, ViewInput } from '../../main/contract/mail/views.ts';

export type Section = 'mail' | 'contacts' | 'settings';

/** Parts of the query that became chips, the text behind them, and where to look. */
export interface Search {
  chips: readonly string[];
  text: string;
  scope: Scope;
}

export interface Place {
  section: Section;
  /** Page of settings, e.g. "accounts". */
  page: string;
  /** What the list shows; null: nothing chosen yet. */
  view: ViewInput | null;
  /** What is searched for; null: no search is open. */
  search: Search | null;
  /** The letter in the reading pane. */
  letter: number | null;
  /** Layout "off", and windows under 600 px: the letter covers the list. */
  letterOpen: boolean;
  /** The outbox or the scheduled letters are shown in place of a list. */
  outbox: 'outbox' | 'scheduled' | null;
  drawer: boolean;
  palette: boolean;
  /** "connect", "import" ...: a flow of views/first-run over the window; null: none. */
  flow: 'connect' | 'host' | 'import' | 'restore' | null;
  help: boolean;
}

export const usePlace = create<Place>(() => ({
  section: 'mail',
  page: 'general',
  view: null,
  search: null,
  letter: null,
  letterOpen: false,
  outbox: null,
  drawer: false,
  palette: false,
  flow: null,
  help: false,
}));

export const go = usePlace.setState;

/** Whether the chosen letters are in sight. On another page nothing may happen to them. */
export const useInMail = (): boolean =>
  usePlace((state) => state.section === 'mail' && state.outbox === null);

export function openSettings(page = 'general'): void {
  go({ section: 'settings', page });
}

export function openMail(): void {
  go({ section: 'mail' });
}

/** The whole query as the engine reads it. */
export function queryOf(search: Search): string {
  return [...search.chips, search.text.trim()].filter(Boolean).join(' ');
}

/** Opens the search box's query, beginning where the list stands. */
export function setSearch(change: Partial<Search>): void {
  const { search, view } = usePlace.getState();
  const scope = search?.scope ?? { in: 'everywhere' as const };
  const next: Search = { chips: [], text: '', ...search, scope, ...change };
  go({ search: next, section: 'mail', outbox: null, ...(view || search ? {} : { letter: null }) });
}

export function closeSearch(): void {
  go({ search: null });
}
