import { FolderPlus, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useText } from '../../i18n/text.ts';
import { useSession } from '../../state/session.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Switch } from '../../ui/field.tsx';
import { FolderPicker } from '../tree/folder-picker.tsx';
import { accountName, folderPath } from '../tree/names.ts';
import styles from './arrival.module.css';
import { tellFolder } from './notice-rules.ts';
import type { RulesProps } from './notifications-page.tsx';

/** Inboxes with a switch, other folders as they were added. */
export function NoticeFolders({ rules, onChange }: RulesProps): ReactNode {
  const t = useText();
  const words = t.arrival.folders;
  const folders = useSession((state) => state.folders);
  const accounts = useSession((state) => state.accounts);
  const [picking, setPicking] = useState(false);
  const named = (id: number): string => {
    const folder = folders.find((each) => each.id === id);
    const account = accounts.find((each) => each.id === folder?.account);
    if (!folder) return '';
    const path = folderPath(folder, folders, t);
    return accounts.length > 1 && account ? `${path} (${accountName(account, t)})` : path;
  };
  const inboxes = folders.filter((folder) => folder.role === 'inbox');
  const added = rules.folders.filter((id) => folders.some((folder) => folder.id === id));
  return (
    <section aria-label={words.title}>
      <h2>{words.title}</h2>
      <p className={styles.about}>{words.about}</p>
      <ul aria-label={words.list} className={styles.rows}>
        {inboxes.map(({ id }) => (
          <li key={id}>
            <Switch
              selected={!rules.notFolders.includes(id)}
              onChange={(on) => onChange(tellFolder(rules, id, true, on))}
            >
              {words.tell(named(id))}
            </Switch>
          </li>
        ))}
        {added.map((id) => (
          <li key={id}>
            <span>{named(id)}</span>
            <IconButton
              size="small"
              label={words.remove(named(id))}
              icon={<X size={14} strokeWidth={1.75} aria-hidden="true" />}
              onPress={() => onChange(tellFolder(rules, id, false, false))}
            />
          </li>
        ))}
      </ul>
      <Button
        icon={<FolderPlus size={14} strokeWidth={1.75} aria-hidden="true" />}
        onPress={() => setPicking(true)}
      >
        {words.add}
      </Button>
      {picking ? (
        <FolderPicker
          title={words.add}
          onClose={() => setPicking(false)}
          onPick={(id) => {
            setPicking(false);
            const inbox = inboxes.some((folder) => folder.id === id);
            onChange(tellFolder(rules, id, inbox, true));
          }}
        />
      ) : null}
    </section>
  );
}
