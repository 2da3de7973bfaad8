/** All keys of the window by section, with a search; the page of keys and the help show the same. */
import { type ReactNode, useState } from 'react';
import { useText } from '../../i18n/text.ts';
import { linesOf } from '../../state/shortcuts.ts';
import { TextField } from '../../ui/field.tsx';
import styles from './key-table.module.css';

export function KeyTable({ level: Heading }: { level: 'h2' | 'h3' }): ReactNode {
  const t = useText();
  const words = t.keyboard;
  const [typed, setTyped] = useState('');
  const found = linesOf(t, typed);
  return (
    <div className={styles.keys}>
      <TextField
        hideLabel
        className={styles.find ?? ''}
        label={words.find}
        placeholder={words.find}
        type="search"
        value={typed}
        onChange={setTyped}
      />
      <p role="status" className={styles.nothing}>
        {found.length === 0 ? words.nothing(typed.trim()) : ''}
      </p>
      <div className={styles.sections}>
        {found.map(({ section, lines }) => (
          <section key={section}>
            <Heading>{words.sections[section]}</Heading>
            <dl>
              {lines.map(({ name, keys }) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>
                    {keys.map((key) => (
                      <kbd key={key}>{key}</kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </div>
  );
}
