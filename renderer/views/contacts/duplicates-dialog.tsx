import { type ReactNode, useCallback, useEffect, useState } from 'react';
import type { Output } from '../../../main/contract/contract.ts';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { mergeContacts } from './contacts-state.ts';
import styles from './dialogs.module.css';
import person from './person.module.css';

type Duplicates = Output<'contacts.duplicates'>;

/** People who seem to be one, group by group; each merge is one step that can be taken back. */
export function DuplicatesDialog({ onClose }: { onClose: () => void }): ReactNode {
  const t = useText();
  const words = t.contacts.doubles;
  const [found, setFound] = useState<Duplicates | null>(null);
  const ask = useCallback(() => {
    engine().request('contacts.duplicates', {}).then(setFound, sayFailure);
  }, []);
  useEffect(() => {
    ask();
    return engine().on('contacts.changed', ask);
  }, [ask]);
  return (
    <Dialog
      title={words.title}
      isOpen
      wide
      onClose={onClose}
      foot={
        <Button variant="primary" onPress={onClose}>
          {t.common.close}
        </Button>
      }
    >
      {found === null ? null : found.total === 0 ? (
        <p role="status">{words.none}</p>
      ) : (
        <>
          <p role="status">{words.found(found.total)}</p>
          <p className={person.where}>{words.hint}</p>
          <ul className={styles.groups}>
            {found.groups.map(({ reason, rows }) => (
              <li key={rows.map((row) => row.id).join(' ')}>
                <div className={styles.groupHead}>
                  <span>{words.reasons[reason]}</span>
                  <Button
                    size="small"
                    label={words.mergeThese(rows[0]?.name ?? '')}
                    onPress={() => void mergeContacts(rows.map((row) => row.id))}
                  >
                    {words.merge}
                  </Button>
                </div>
                {rows.map((row) => (
                  <div key={row.id} className={styles.twin}>
                    <b>{row.name || t.contacts.noName}</b>
                    <span>
                      {[row.address === row.name ? '' : row.address, row.phone, row.organisation]
                        .filter(Boolean)
                        .join(' · ')}
                    </span>
                  </div>
                ))}
              </li>
            ))}
          </ul>
        </>
      )}
    </Dialog>
  );
}
