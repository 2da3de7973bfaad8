/** How the list looks: rows, groups, conversations, columns, what it is narrowed to. A quick switch beside the order. */
import { SlidersHorizontal } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ViewInput } from '../../../main/contract/mail/views.ts';
import { useText } from '../../i18n/text.ts';
import { useCommandState } from '../../state/commands.ts';
import { useLooks } from '../../state/looks.ts';
import { go } from '../../state/place.ts';
import { useSession } from '../../state/session.ts';
import { IconButton } from '../../ui/button.tsx';
import { MenuButton, type MenuEntry } from '../../ui/menu.tsx';
import { commandEntries } from '../window/command-entries.tsx';
import { editFilter } from './filter-dialog.tsx';
import styles from './list.module.css';
import { GROUPINGS } from './list-commands.tsx';
import { tagWords } from './narrow.ts';

export function ViewMenu({ view }: { view: ViewInput }): ReactNode {
  const t = useText();
  const commands = useCommandState((state) => state.commands);
  const tags = useSession((state) => state.tags);
  const filters = useLooks((state) => state.filters);
  const of = (...ids: string[]) => commandEntries(commands, ids);
  const short = (id: string, label: string) => of(id).map((entry) => ({ ...entry, label }));
  const { narrow, ...whole } = view;
  const tagged: MenuEntry[] = tags.map(({ name }) => {
    const words = tagWords(name, t);
    return {
      id: `tag ${name}`,
      label: name,
      checked: narrow === words,
      run: () => go({ view: narrow === words ? whole : { ...whole, narrow: words } }),
    };
  });
  const entries: MenuEntry[] = [
    { head: t.looks.rows, items: of('view.compact', 'view.cosy', 'view.roomy', 'view.table') },
    {
      head: t.looks.groupBy,
      items: GROUPINGS.flatMap((name) => short(`view.group.${name}`, t.looks.groupings[name])),
    },
    { separator: true },
    ...of('view.conversations'),
    { separator: true },
    ...of('view.columns'),
    {
      id: 'tags',
      label: t.looks.filterByTag,
      ...(tagged.length > 0 ? { items: tagged } : { reason: t.looks.noTags }),
    },
    ...of('view.newFilter'),
    ...(filters.length === 0
      ? []
      : [
          {
            id: 'filters',
            label: t.looks.editFilter,
            items: filters.map((filter) => ({
              id: `filter ${filter.id}`,
              label: filter.name,
              run: () => editFilter(filter),
            })),
          },
        ]),
    { separator: true },
    ...of('view.closeGroups', 'view.openGroups', 'view.lookForAll', 'view.lookReset'),
  ];
  return (
    <MenuButton label={t.looks.view} placement="bottom end" entries={entries}>
      <IconButton
        size="small"
        className={styles.viewMenu}
        label={t.looks.view}
        icon={<SlidersHorizontal size={14} strokeWidth={1.75} aria-hidden="true" />}
      />
    </MenuButton>
  );
}
