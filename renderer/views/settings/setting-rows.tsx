import type { ReactNode } from 'react';
import { useText } from '../../i18n/text.ts';
import { grouped, type Page, ROWS } from './rows.ts';
import { SettingControl } from './setting-control.tsx';
import styles from './settings.module.css';

/** The rows of a page under their headings. */
export function SettingRows({ page }: { page: Page }): ReactNode {
  const t = useText();
  return grouped(ROWS.filter((row) => row.page === page)).map(({ group, rows }) => (
    <section key={group} className={styles.group}>
      <h2>{t.settings.groups[group]}</h2>
      {rows.map((row) => (
        <SettingControl key={row.name} row={row} />
      ))}
    </section>
  ));
}
