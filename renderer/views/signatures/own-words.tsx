/** The words a person has added to the dictionaries. */
import { X } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { IconButton } from '../../ui/button.tsx';
import styles from './signatures.module.css';

export function OwnWords(): ReactNode {
  const t = useText();
  const words = t.signatures.spelling;
  const [own, setOwn] = useState<readonly string[]>([]);
  useEffect(() => {
    const load = () => {
      engine().request('spelling.words', {}).then(setOwn, sayFailure);
    };
    load();
    return engine().on('spelling.changed', load);
  }, []);
  return (
    <section className={styles.uses} aria-label={words.words}>
      <h2>{words.words}</h2>
      <p className={styles.intro}>{words.wordsAbout}</p>
      {own.length === 0 ? (
        <p className={styles.quiet}>{words.noWords}</p>
      ) : (
        <ul className={styles.words} aria-label={words.words}>
          {own.map((word) => (
            <li key={word}>
              {word}
              <IconButton
                size="small"
                label={words.forget(word)}
                icon={<X size={12} strokeWidth={1.75} aria-hidden="true" />}
                onPress={() => void engine().request('spelling.forget', { word }).catch(sayFailure)}
              />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
