/** Own filters as chips after the usual ones; the one in force stands there even when it is not kept (a tag). */
import type { ReactNode } from 'react';
import type { KeptFilter } from '../../../main/contract/mail/looks.ts';
import type { ViewInput } from '../../../main/contract/mail/views.ts';
import { type Catalogue, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { useLooks } from '../../state/looks.ts';
import { go } from '../../state/place.ts';
import { useSession } from '../../state/session.ts';
import { showToast } from '../../state/toasts.ts';
import { Chip } from '../../ui/chip.tsx';
import { SERVER_FILTERS } from '../maildrop/server-filters.tsx';
import { tagOf } from './narrow.ts';

export function KeptFilters({ view }: { view: ViewInput }): ReactNode {
  const t = useText();
  const filters = useLooks((state) => state.filters);
  const tags = useSession((state) => state.tags);
  const { narrow, ...whole } = view;
  const turn = (query: string) => go({ view: narrow === query ? whole : { ...whole, narrow: query } });
  const known = [...SERVER_FILTERS, ...filters.map(({ query }) => query)];
  const passing = narrow && !known.includes(narrow) ? narrow : null;
  return (
    <>
      {filters.map(({ id, name, query }) => (
        <Chip key={id} selected={narrow === query} onChange={() => turn(query)}>
          {name}
        </Chip>
      ))}
      {passing === null ? null : (
        <Chip selected onChange={() => turn(passing)}>
          {tagOf(passing, tags, t) ?? passing}
        </Chip>
      )}
    </>
  );
}

/** Removes it; the toast brings it back. */
export function removeFilter({ id, name, query }: KeptFilter, t: Catalogue): void {
  engine()
    .request('filters.remove', { id })
    .then(() => {
      showToast({
        text: t.looks.filterRemoved(name),
        icon: 'check',
        actions: [
          {
            label: t.common.undo,
            run: () => void engine().request('filters.save', { name, query }).catch(sayFailure),
          },
        ],
      });
    }, sayFailure);
}
