import { type ReactNode, useEffect } from 'react';
import { I18nProvider } from 'react-aria-components';
import { useLanguageState } from './i18n/language.ts';
import { useText } from './i18n/text.ts';
import { listenForKeys } from './state/commands.ts';
import { ownLetter } from './state/own-window.ts';
import { usePlace } from './state/place.ts';
import { useSession } from './state/session.ts';
import { FirstRun } from './views/first-run/first-run.tsx';
import { LetterWindow } from './views/window/letter-window.tsx';
import styles from './views/window/window.module.css';
import { Window } from './views/window/window.tsx';

/** Welcome on the first day, the window on all others. Nothing is drawn before the engine has said which. */
export function App(): ReactNode {
  const t = useText();
  const language = useLanguageState((state) => state.language);
  const ready = useSession((state) => state.ready);
  const firstRun = useSession((state) => state.hello?.firstRun ?? false);
  const flow = usePlace((state) => state.flow);
  useEffect(() => listenForKeys(), []);
  return (
    <I18nProvider locale={language === 'ru' ? 'ru-RU' : 'en-GB'}>
      {!ready ? (
        <div className={styles.loading} role="status" aria-busy="true" aria-label={t.window.loadingProfile} />
      ) : ownLetter !== null ? (
        <LetterWindow id={ownLetter} />
      ) : firstRun || flow ? (
        <FirstRun />
      ) : (
        <Window />
      )}
    </I18nProvider>
  );
}
