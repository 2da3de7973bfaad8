import { type ReactNode, useState } from 'react';
import type { Scope } from '../../../main/contract/mail/views.ts';
import { useText } from '../../i18n/text.ts';
import { remember, sayFailure, undoStep } from '../../state/actions.ts';
import { useSession } from '../../state/session.ts';
import { showToast, type Toast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Select } from '../../ui/field.tsx';
import { FolderPicker } from '../tree/folder-picker.tsx';
import { accountName, folderPath } from '../tree/names.ts';
import styles from './tidy.module.css';

export interface SectionProps {
  title: string;
  about: string;
  children: ReactNode;
}

/** One finder: its name, what it does, its controls and what it found. */
export function Section({ title, about, children }: SectionProps): ReactNode {
  return (
    <section aria-label={title} className={styles.section}>
      <h2>{title}</h2>
      <p className={styles.about}>{about}</p>
      {children}
    </section>
  );
}

/** Everywhere, or one account. */
export function ScopeSelect(props: { value: Scope; onChange: (scope: Scope) => void }): ReactNode {
  const t = useText();
  const accounts = useSession((state) => state.accounts);
  const { value, onChange } = props;
  const options = [
    { id: 'everywhere', label: t.tidy.everywhere },
    ...accounts.map((account) => ({ id: String(account.id), label: accountName(account, t) })),
  ];
  return (
    <Select
      className={styles.scope ?? ''}
      label={t.tidy.where}
      value={value.in === 'account' ? String(value.account) : 'everywhere'}
      options={options}
      onChange={(id) =>
        onChange(id === 'everywhere' ? { in: 'everywhere' } : { in: 'account', account: Number(id) })
      }
    />
  );
}

/** A button with the chosen folder's name, which opens the picker. */
export function FolderChoice(props: { value: number | null; onChange: (folder: number) => void }): ReactNode {
  const t = useText();
  const folders = useSession((state) => state.folders);
  const [picking, setPicking] = useState(false);
  const folder = folders.find((each) => each.id === props.value);
  return (
    <div className={styles.choice}>
      <span>{t.tidy.folder}</span>
      <Button onPress={() => setPicking(true)} label={folder ? undefined : t.tidy.chooseFolder}>
        {folder ? folderPath(folder, folders, t) : t.tidy.chooseFolder}
      </Button>
      {picking ? (
        <FolderPicker
          title={t.tidy.chooseFolder}
          onClose={() => setPicking(false)}
          onPick={(id) => {
            setPicking(false);
            props.onChange(id);
          }}
        />
      ) : null}
    </div>
  );
}

const AGES = ['7', '30', '90', '180', '365', '730', '1825'];

export function AgeSelect(props: {
  label: string;
  value: number;
  /** A number of days in words; default: an age. */
  name?: (days: number) => string;
  onChange: (days: number) => void;
}): ReactNode {
  const t = useText();
  return (
    <Select
      className={styles.age ?? ''}
      label={props.label}
      value={String(props.value)}
      options={AGES.map((id) => ({
        id,
        label: props.name?.(Number(id)) ?? t.tidy.age.days[id] ?? t.tidy.age.other(Number(id)),
      }))}
      onChange={(id) => props.onChange(Number(id))}
    />
  );
}

/** A path as the engine knows it ("Local/INBOX/Projects"), with the folder's own name at its end in the person's language. */
export function useFolderPath(): (id: number) => string {
  const t = useText();
  const folders = useSession((state) => state.folders);
  return (id) => {
    const folder = folders.find((each) => each.id === id);
    return folder ? folderPath(folder, folders, t) : '';
  };
}

/** What was done, and its way back. */
export function sayTidied(text: string, undo: string | null, undoLabel: string, icon: Toast['icon']): void {
  if (undo) remember(undo);
  showToast({
    text,
    ...(icon ? { icon } : {}),
    actions: undo ? [{ label: undoLabel, run: () => void undoStep(undo) }] : [],
  });
}

/** Runs what takes a while: `working` meanwhile, a failure is said. */
export function useWork(): [working: boolean, run: (work: () => Promise<void>) => void] {
  const [working, setWorking] = useState(false);
  return [
    working,
    (work) => {
      setWorking(true);
      work()
        .catch(sayFailure)
        .finally(() => setWorking(false));
    },
  ];
}
