import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Sort, ViewInput } from '../../../main/contract/mail/views.ts';
import { useText } from '../../i18n/text.ts';
import { beginsDescending } from '../../state/whole-look.ts';
import { Button } from '../../ui/button.tsx';
import { MenuButton } from '../../ui/menu.tsx';
import { ALL_COLUMNS } from './column-sizes.ts';
import styles from './list.module.css';
import { order } from './order.ts';

/** Order of the list: what by, and which way. */
export function SortButton({ view }: { view: ViewInput }): ReactNode {
  const t = useText();
  const sort = view.sort ?? 'date';
  const descending = view.descending ?? true;
  const label = sort === 'date' ? (descending ? t.list.newest : t.list.oldest) : t.list.sorts[sort];
  const Arrow = descending ? ArrowDown : ArrowUp;
  const names: readonly Sort[] = ['date', ...ALL_COLUMNS.filter((name) => name !== 'date')];
  return (
    <MenuButton
      label={t.list.sort}
      placement="bottom end"
      entries={[
        ...names.map((name) => ({
          id: name,
          label: t.list.sorts[name],
          checked: sort === name,
          run: () => order({ sort: name, descending: beginsDescending(name) }),
        })),
        { separator: true },
        {
          id: 'down',
          label: t.list.descending,
          checked: descending,
          run: () => order({ sort, descending: true }),
        },
        {
          id: 'up',
          label: t.list.ascending,
          checked: !descending,
          run: () => order({ sort, descending: false }),
        },
      ]}
    >
      <Button variant="quiet" size="small" className={styles.sort}>
        {label}
        <Arrow size={14} strokeWidth={1.75} aria-hidden="true" />
      </Button>
    </MenuButton>
  );
}
