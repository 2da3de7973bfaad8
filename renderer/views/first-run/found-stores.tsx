/** Mail of other programs that was found, each to be chosen; what cannot be read says so. */
import type { ReactNode } from 'react';
import type { FoundStore } from '../../../main/contract/mail/moving.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { Checkbox } from '../../ui/field.tsx';
import styles from './moving.module.css';

export interface FoundStoresProps {
  /** null: still looking. */
  stores: readonly FoundStore[] | null;
  chosen: readonly string[];
  onChange: (paths: readonly string[]) => void;
}

export function FoundStores({ stores, chosen, onChange }: FoundStoresProps): ReactNode {
  const t = useText();
  const formats = useFormats();
  const words = t.moving;
  if (stores === null) return <p role="status">{words.looking}</p>;
  if (stores.length === 0) return <p className={styles.quiet}>{words.nothingFound}</p>;
  return (
    <section className={styles.found} aria-label={words.found}>
      <h3>{words.found}</h3>
      <ul>
        {stores.map((store) => (
          <li key={store.path}>
            {store.readable ? (
              <Checkbox
                selected={chosen.includes(store.path)}
                onChange={(on) =>
                  onChange(on ? [...chosen, store.path] : chosen.filter((path) => path !== store.path))
                }
              >
                {store.title}
              </Checkbox>
            ) : (
              <span className={styles.unreadable}>{store.title}</span>
            )}
            <span className={styles.size}>{formats.size(store.bytes)}</span>
            <span className={styles.path}>{store.readable ? store.path : words.notReadable}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
