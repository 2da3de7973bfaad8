/** Space reads on: a screen of the letter at a time, then the next unread letter. */
import { useState } from 'react';
import type { Catalogue } from '../../i18n/text.ts';
import type { Command } from '../../state/commands.ts';
import { focusNextUnread } from '../list/list-state.ts';
import { pageCount } from './page-count.ts';

export interface Paging {
  /** Fragment of the frame; null: nobody has paged yet. */
  place: string | null;
  page: number;
  go: (page: number) => void;
}

/** The page of the letter in sight; the reader makes one per letter. */
export function usePaging(): Paging {
  const [page, setPage] = useState<number | null>(null);
  return { place: page === null ? null : `page-${page}`, page: page ?? 1, go: setPage };
}

/** Both commands; where the letter ends is estimated from its text. */
export function pageCommands(t: Catalogue, paging: Paging, text: string, pictures: number): Command[] {
  const pages = () =>
    pageCount(text, document.querySelector('[data-testid="mail-frame"]')?.clientHeight ?? 0, pictures);
  return [
    {
      id: 'letter.pageDown',
      label: t.commands.pageDown,
      group: 'message',
      where: ['list', 'reader'],
      run: () => {
        if (paging.page < pages()) paging.go(paging.page + 1);
        else focusNextUnread();
      },
    },
    {
      id: 'letter.pageUp',
      label: t.commands.pageUp,
      group: 'message',
      where: ['list', 'reader'],
      run: () => paging.go(Math.max(1, paging.page - 1)),
    },
  ];
}
