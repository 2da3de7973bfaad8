import { type ReactNode, useState } from 'react';
import { useText } from '../../i18n/text.ts';
import { remember, sayFailure, undoStep } from '../../state/actions.ts';
import { useCommands } from '../../state/commands.ts';
import { engine } from '../../state/engine.ts';
import { refreshFolders } from '../../state/session.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog, Question } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/field.tsx';
import type { TreeNode } from './nodes.ts';
import { useTreeState } from './tree-state.ts';

type Asking = 'create' | 'rename' | 'delete' | 'empty' | null;

/** Commands on the tree's focused line, and the dialogs they need. */
export function useFolderCommands(node: TreeNode | null): ReactNode {
  const t = useText();
  const [asking, setAsking] = useState<Asking>(null);
  const [name, setName] = useState('');
  const showHidden = useTreeState((state) => state.showHidden);
  const folder = node?.folder ?? null;
  const account = folder?.account ?? node?.account?.id ?? null;
  const special = folder ? (folder.role ? t.tree.words.special : undefined) : t.tree.words.chooseFolder;
  const canEmpty = folder?.role === 'trash' || folder?.role === 'junk';

  const run = (work: () => Promise<unknown>) => {
    work().then(() => refreshFolders(), sayFailure);
  };

  useCommands([
    {
      id: 'folder.create',
      label: t.commands.newFolder,
      group: 'folder',
      reason: account === null ? t.tree.words.chooseAccount : undefined,
      run: () => {
        setName('');
        setAsking('create');
      },
    },
    {
      id: 'folder.rename',
      label: t.commands.renameFolder,
      group: 'folder',
      where: ['tree'],
      reason: special,
      run: () => {
        setName(folder?.name ?? '');
        setAsking('rename');
      },
    },
    {
      id: 'folder.delete',
      label: t.commands.deleteFolder,
      group: 'folder',
      where: ['tree'],
      // On a favourite the key takes it from among them, and never the folder away.
      reason: node?.favourite ? t.looks.notMovable : special,
      run: () => setAsking('delete'),
    },
    {
      id: 'folder.markRead',
      label: t.commands.markFolderRead,
      group: 'folder',
      reason: folder ? undefined : t.tree.words.chooseFolder,
      run: () => {
        if (!folder) return;
        engine()
          .request('folders.markRead', { id: folder.id })
          .then(({ count, undo }) => {
            if (undo) remember(undo);
            showToast({
              text: t.list.done.read(count),
              actions: undo ? [{ label: t.commands.undo, run: () => void undoStep(undo) }] : [],
            });
          }, sayFailure);
      },
    },
    {
      id: 'folder.empty',
      label: t.commands.emptyFolder,
      group: 'folder',
      reason: canEmpty ? undefined : t.tree.words.onlyTrash,
      run: () => setAsking('empty'),
    },
    {
      id: 'folder.subscribe',
      label: folder?.subscribed === false ? t.commands.subscribe : t.commands.unsubscribe,
      group: 'folder',
      reason: special,
      run: () => {
        if (folder)
          run(() => engine().request('folders.subscribe', { id: folder.id, subscribed: !folder.subscribed }));
      },
    },
    {
      id: 'folder.showHidden',
      label: t.tree.words.showHidden,
      group: 'folder',
      checked: showHidden,
      run: () => useTreeState.setState({ showHidden: !showHidden }),
    },
  ]);

  const close = () => setAsking(null);
  const finish = () => {
    const wanted = name.trim();
    if (wanted === '') return;
    close();
    if (asking === 'create' && account !== null) {
      run(() =>
        engine().request('folders.create', {
          account,
          parent: folder?.role ? null : (folder?.id ?? null),
          name: wanted,
        }),
      );
    } else if (asking === 'rename' && folder) {
      run(() => engine().request('folders.rename', { id: folder.id, name: wanted }));
    }
  };
  const naming = asking === 'create' || asking === 'rename';
  return (
    <>
      <Dialog
        title={asking === 'rename' ? t.commands.renameFolder : t.commands.newFolder}
        isOpen={naming}
        onClose={close}
        foot={
          <>
            <Button onPress={close}>{t.common.cancel}</Button>
            <Button variant="primary" onPress={finish} isDisabled={name.trim() === ''}>
              {asking === 'rename' ? t.tree.words.rename : t.tree.words.create}
            </Button>
          </>
        }
      >
        <TextField
          label={t.tree.words.name}
          value={name}
          onChange={setName}
          autoFocus
          onKeyDown={(event) => {
            if (event.key === 'Enter') finish();
          }}
        />
      </Dialog>
      <Question
        question={t.tree.words.deleteQuestion(folder?.name ?? '')}
        confirm={t.commands.deleteFolder}
        isOpen={asking === 'delete'}
        onClose={close}
        onConfirm={() => {
          close();
          if (folder) run(() => engine().request('folders.remove', { id: folder.id }));
        }}
      >
        {t.tree.words.deleteBody}
      </Question>
      <Question
        question={t.tree.words.emptyQuestion(node?.label ?? '', folder?.total ?? 0)}
        confirm={t.commands.emptyFolder}
        isOpen={asking === 'empty'}
        onClose={close}
        onConfirm={() => {
          close();
          if (folder) run(() => engine().request('folders.empty', { id: folder.id }));
        }}
      >
        {t.list.eraseBody}
      </Question>
    </>
  );
}
