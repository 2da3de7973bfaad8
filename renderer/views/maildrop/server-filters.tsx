import type { ReactNode } from 'react';
import type { ViewInput } from '../../../main/contract/mail/views.ts';
import { useText } from '../../i18n/text.ts';
import { go } from '../../state/place.ts';
import { Chip } from '../../ui/chip.tsx';
import { useMarksShown } from './maildrop-commands.tsx';

/** Filters in the words of a search: letters by their headers, and marked ones. */
export const SERVER_FILTERS = ['is:header', 'is:marked'] as const;

/** Chips for a list that holds letters by their headers. */
export function ServerFilters({ view }: { view: ViewInput }): ReactNode {
  const t = useText();
  const shown = useMarksShown();
  const { narrow, ...whole } = view;
  return SERVER_FILTERS.map((query) =>
    shown || narrow === query ? (
      <Chip
        key={query}
        selected={narrow === query}
        onChange={() => go({ view: narrow === query ? whole : { ...whole, narrow: query } })}
      >
        {query === 'is:header' ? t.maildrop.filters.headers : t.maildrop.filters.marked}
      </Chip>
    ) : null,
  );
}
