import type { ReactNode } from 'react';
import { useText } from '../../i18n/text.ts';
import { useSession } from '../../state/session.ts';
import { Picker } from '../../ui/picker.tsx';
import { accountName, folderPath } from './names.ts';
import { TreeIcon } from './tree-icon.tsx';

export interface FolderPickerProps {
  title: string;
  onPick: (folder: number, name: string) => void;
  onClose: () => void;
}

/** Where to? Type a few letters of the folder's name. */
export function FolderPicker({ title, onPick, onClose }: FolderPickerProps): ReactNode {
  const t = useText();
  const folders = useSession((state) => state.folders);
  const accounts = useSession((state) => state.accounts);
  const choices = folders
    .filter((folder) => folder.selectable)
    .map((folder) => {
      const account = accounts.find((other) => other.id === folder.account);
      return {
        id: String(folder.id),
        label: folderPath(folder, folders, t),
        hint: account ? accountName(account, t) : undefined,
        icon: <TreeIcon role={folder.role} />,
      };
    });
  return (
    <Picker
      title={title}
      placeholder={t.list.pickFolder}
      none={t.tree.words.noMatch}
      choices={choices}
      onClose={onClose}
      onPick={(id) => {
        const folder = folders.find((other) => String(other.id) === id);
        if (folder) onPick(folder.id, folderPath(folder, folders, t));
      }}
    />
  );
}
