import type { ReactNode } from 'react';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { changeSettings, useSession } from '../../state/session.ts';
import { showToast } from '../../state/toasts.ts';
import { Select, Switch } from '../../ui/field.tsx';
import { changeOf, type SettingRow } from './rows.ts';
import styles from './settings.module.css';

/** One setting: its name, its control, a sentence. It applies at once; the toast takes it back. */
export function SettingControl({ row }: { row: SettingRow }): ReactNode {
  const t = useText();
  const settings = useSession((state) => state.settings);
  if (!settings) return null;
  const words = t.settings.rows[row.name];
  const change = (chosen: string | boolean) => {
    const before = { [row.name]: settings[row.name] };
    changeSettings(changeOf(row, settings, chosen)).then(
      () =>
        showToast({
          text: `${words.name}. ${t.settings.changed}`,
          icon: 'check',
          actions: [{ label: t.common.undo, run: () => void changeSettings(before).catch(sayFailure) }],
        }),
      sayFailure,
    );
  };
  if (row.of.kind === 'switch') {
    return (
      <div className={styles.row}>
        <Switch selected={settings[row.name] === true} onChange={change}>
          {words.name}
        </Switch>
        <p>{words.about}</p>
      </div>
    );
  }
  const options = row.of.values(t);
  const value = String(settings[row.name]);
  // A value between the offered ones (set by hand or by a splitter) is shown as it is.
  const shown = options.some((option) => option.id === value)
    ? options
    : [...options, { id: value, label: value }];
  return (
    <div className={styles.row}>
      <Select
        className={styles.select ?? ''}
        label={words.name}
        value={value}
        options={shown}
        onChange={change}
      />
      <p>{words.about}</p>
    </div>
  );
}
