/** Commands on a saved search of the tree: its name, its words, its end. */
import { type ReactNode, useState } from 'react';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { useCommands } from '../../state/commands.ts';
import { engine } from '../../state/engine.ts';
import { setSearch } from '../../state/place.ts';
import { refreshSaved, useSession } from '../../state/session.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import { editSearch } from '../search/editing.ts';
import type { TreeNode } from './nodes.ts';

export function useSearchCommands(node: TreeNode | null): ReactNode {
  const t = useText();
  const saved = useSession((state) => state.saved);
  const [renaming, setRenaming] = useState<{ id: number; name: string } | null>(null);
  const search = saved.find(({ id }) => id === node?.savedId) ?? null;
  const reason = search ? undefined : t.tree.words.chooseSearch;
  useCommands([
    {
      id: 'search.rename',
      label: t.looks.renameSearch,
      group: 'folder',
      where: ['tree'],
      reason,
      run: () => search && setRenaming({ id: search.id, name: search.name }),
    },
    {
      id: 'search.edit',
      label: t.looks.editSearch,
      group: 'folder',
      reason,
      run: () => {
        if (!search) return;
        setSearch({ chips: [], text: search.view.query ?? '', scope: search.view.scope });
        editSearch({ id: search.id, name: search.name });
        document.querySelector<HTMLElement>('[role="search"] input')?.focus();
      },
    },
    {
      id: 'search.forget',
      label: t.tree.words.forgetSearch,
      group: 'folder',
      where: ['tree'],
      reason: node?.favourite ? t.looks.notMovable : reason,
      run: () => {
        if (!search) return;
        const { name, view } = search;
        engine()
          .request('search.forget', { id: search.id })
          .then(async () => {
            await refreshSaved();
            showToast({
              text: t.looks.forgotten(name),
              icon: 'check',
              actions: [
                {
                  label: t.common.undo,
                  run: () => engine().request('search.save', { name, view }).then(refreshSaved, sayFailure),
                },
              ],
            });
          })
          .catch(sayFailure);
      },
    },
  ]);
  const save = () => {
    const name = renaming?.name.trim() ?? '';
    if (!renaming || name === '') return;
    setRenaming(null);
    engine().request('search.update', { id: renaming.id, name }).then(refreshSaved, sayFailure);
  };
  return (
    <Dialog
      title={t.looks.renameSearch}
      isOpen={renaming !== null}
      onClose={() => setRenaming(null)}
      foot={
        <Button variant="primary" onPress={save} isDisabled={!renaming?.name.trim()}>
          {t.common.save}
        </Button>
      }
    >
      <TextField
        label={t.looks.searchName}
        value={renaming?.name ?? ''}
        onChange={(name) => setRenaming((old) => old && { ...old, name: name.slice(0, 100) })}
        autoFocus
        onKeyDown={(event) => {
          if (event.key === 'Enter') save();
        }}
      />
    </Dialog>
  );
}
