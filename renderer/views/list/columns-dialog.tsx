/** Columns of the table without a mouse: which, in what order, how wide. */
import { ArrowDown, ArrowUp } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Column } from '../../../main/contract/mail/looks.ts';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { changeLook, useLooks } from '../../state/looks.ts';
import { useSession } from '../../state/session.ts';
import { USUAL_COLUMNS, wholeLook } from '../../state/whole-look.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Checkbox } from '../../ui/field.tsx';
import { ALL_COLUMNS, type ColumnName, moved, switched } from './column-sizes.ts';
import styles from './list.module.css';

/** The list of columns of one place; `default` is the place of all that have no own. */
export function ColumnsEditor({ place }: { place: string }): ReactNode {
  const t = useText();
  const looks = useLooks((state) => state.looks);
  const settings = useSession((state) => state.settings);
  const { columns } = wholeLook(place, looks, settings);
  const change = (next: readonly Column[]) => {
    if (next !== columns) changeLook(place, { columns: [...next] }).catch(sayFailure);
  };
  const chosen = columns.map(({ name }) => name);
  const names: readonly ColumnName[] = [...chosen, ...ALL_COLUMNS.filter((name) => !chosen.includes(name))];
  return (
    <div className={styles.form}>
      <p className={styles.intro}>{t.looks.columnsIntro}</p>
      <ul className={styles.chooser} aria-label={t.looks.columns}>
        {names.map((name) => {
          const at = chosen.indexOf(name);
          const label = t.list.columns[name];
          return (
            <li key={name}>
              <Checkbox
                selected={at >= 0}
                isDisabled={at >= 0 && chosen.length === 1}
                onChange={(on) => change(switched(columns, name, on))}
              >
                {label}
              </Checkbox>
              <IconButton
                size="small"
                label={t.looks.up(label)}
                isDisabled={at <= 0}
                icon={<ArrowUp size={14} strokeWidth={1.75} aria-hidden="true" />}
                onPress={() => change(moved(columns, name, -1))}
              />
              <IconButton
                size="small"
                label={t.looks.down(label)}
                isDisabled={at < 0 || at === chosen.length - 1}
                icon={<ArrowDown size={14} strokeWidth={1.75} aria-hidden="true" />}
                onPress={() => change(moved(columns, name, 1))}
              />
            </li>
          );
        })}
      </ul>
      <div>
        <Button size="small" onPress={() => change([...USUAL_COLUMNS])}>
          {t.looks.usualColumns}
        </Button>
      </div>
    </div>
  );
}

export function ColumnsDialog({ place, onClose }: { place: string | null; onClose: () => void }): ReactNode {
  const t = useText();
  return (
    <Dialog
      title={t.looks.chooseColumns}
      isOpen={place !== null}
      onClose={onClose}
      foot={
        <Button variant="primary" onPress={onClose}>
          {t.common.close}
        </Button>
      }
    >
      {place ? <ColumnsEditor place={place} /> : null}
    </Dialog>
  );
}
