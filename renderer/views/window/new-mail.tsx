import { type ReactNode, useEffect, useState } from 'react';
import { useText } from '../../i18n/text.ts';
import { engine } from '../../state/engine.ts';
import { useSession } from '../../state/session.ts';
import styles from './window.module.css';

/** One sentence about new mail is spoken at most this often, ms. */
const SPOKEN_EVERY_MS = 30_000;

/** Says that letters came, to those who listen to the window. */
export function NewMail(): ReactNode {
  const t = useText();
  const wanted = useSession((state) => state.settings?.notifications ?? true);
  const [words, setWords] = useState('');
  useEffect(() => {
    let last = 0;
    return engine().on('mail.arrived', ({ count }) => {
      const now = Date.now();
      if (!wanted || now - last < SPOKEN_EVERY_MS) return;
      last = now;
      setWords(t.status.newMail(count));
    });
  }, [t, wanted]);
  return (
    <span aria-live="polite" className={styles.speak}>
      {words}
    </span>
  );
}
