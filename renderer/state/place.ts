/** Where in the window the person is: section, page, view, chosen rows, open overlays. Nothing of it crosses the door. */
import { create } from 'zustand';
import type { ViewInput } from '../../main/contract/mail/views.ts';

export type Section = 'mail' | 'settings';

export interface Place {
  section: Section;
  /** Page of settings, e.g. "accounts". */
  page: string;
  /** What the list shows; null: nothing chosen yet. */
  view: ViewInput | null;
  /** The letter in the reading pane. */
  letter: number | null;
  /** Layout "off", and windows under 600 px: the letter covers the list. */
  letterOpen: boolean;
  drawer: boolean;
  palette: boolean;
  /** "connect", "import" ...: a flow of views/first-run over the window; null: none. */
  flow: 'connect' | 'import' | null;
  help: boolean;
}

export const usePlace = create<Place>(() => ({
  section: 'mail',
  page: 'general',
  view: null,
  letter: null,
  letterOpen: false,
  drawer: false,
  palette: false,
  flow: null,
  help: false,
}));

export const go = usePlace.setState;

export function openSettings(page = 'general'): void {
  go({ section: 'settings', page });
}

export function openMail(): void {
  go({ section: 'mail' });
}
