import type { ReactNode } from 'react';
import { useText } from '../../i18n/text.ts';
import { KeyTable } from './key-table.tsx';
import { SettingRows } from './setting-rows.tsx';
import styles from './settings.module.css';

/** Whether keys of one letter work, and every key of the window. */
export function KeyboardPage(): ReactNode {
  const t = useText();
  return (
    <>
      <SettingRows page="keyboard" />
      <section className={styles.group}>
        <h2>{t.window.helpTitle}</h2>
        <p className={styles.intro}>{t.keyboard.intro}</p>
        <KeyTable level="h3" />
      </section>
    </>
  );
}
