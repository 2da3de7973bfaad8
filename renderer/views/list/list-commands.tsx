/** Commands on how the list looks, for the menus and the palette, and the dialogs they open. */
import { type ReactNode, useState } from 'react';
import type { ViewInput } from '../../../main/contract/mail/views.ts';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { useCommands } from '../../state/commands.ts';
import { changeLook, resetLook, useLooks, usePlacedLook } from '../../state/looks.ts';
import { showToast } from '../../state/toasts.ts';
import { beginsDescending } from '../../state/whole-look.ts';
import { ColumnsDialog } from './columns-dialog.tsx';
import { editFilter, FilterDialog } from './filter-dialog.tsx';
import { closeGroup, useList } from './list-state.ts';

export const GROUPINGS = ['none', 'date', 'from', 'size'] as const;

/** Stands once where a list is shown. */
export function ListCommands({ view }: { view: ViewInput }): ReactNode {
  const t = useText();
  const { place, look } = usePlacedLook(view);
  const own = useLooks((state) => state.looks.has(place));
  const closed = useList((state) => state.closed.size > 0);
  const [columnsOf, setColumnsOf] = useState<string | null>(null);
  const change = (part: Parameters<typeof changeLook>[1]) => {
    changeLook(place, part).catch(sayFailure);
  };
  const grouping = look.grouped ? look.sort : 'none';
  const groups = () => useList.getState().rows?.snapshot.groups ?? [];
  useCommands([
    {
      id: 'view.conversations',
      label: t.commands.conversations,
      group: 'view',
      checked: look.conversations,
      run: () => change({ conversations: !look.conversations }),
    },
    ...GROUPINGS.map((name) => ({
      id: `view.group.${name}`,
      label: t.looks.groupCommands[name],
      group: 'view' as const,
      checked: grouping === name,
      run: () =>
        change(
          name === 'none'
            ? { grouped: false }
            : look.sort === name
              ? { grouped: true }
              : { grouped: true, sort: name, descending: beginsDescending(name) },
        ),
    })),
    {
      id: 'view.closeGroups',
      label: t.looks.closeAll,
      group: 'view',
      run: () => {
        for (const { key } of groups()) closeGroup(key, true);
      },
    },
    {
      id: 'view.openGroups',
      label: t.looks.openAll,
      group: 'view',
      reason: closed ? undefined : t.looks.noneClosed,
      run: () => {
        for (const { key } of groups()) closeGroup(key, false);
      },
    },
    {
      id: 'view.columns',
      label: t.looks.chooseColumns,
      group: 'view',
      run: () => setColumnsOf(place),
    },
    {
      id: 'view.newFilter',
      label: t.looks.newFilter,
      group: 'list',
      run: () => editFilter({ query: view.narrow ?? '' }),
    },
    {
      id: 'view.lookForAll',
      label: t.looks.forAll,
      group: 'view',
      run: () => {
        const { sort, descending, grouped, conversations, columns } = look;
        changeLook('default', { sort, descending, grouped, conversations, columns: [...columns] }).then(
          () => showToast({ text: t.looks.forAllDone, icon: 'check' }),
          sayFailure,
        );
      },
    },
    {
      id: 'view.lookReset',
      label: t.looks.reset,
      group: 'view',
      reason: own ? undefined : t.looks.sameLook,
      run: () => {
        resetLook(place).then(() => showToast({ text: t.looks.resetDone, icon: 'check' }), sayFailure);
      },
    },
  ]);
  return (
    <>
      <ColumnsDialog place={columnsOf} onClose={() => setColumnsOf(null)} />
      <FilterDialog />
    </>
  );
}
