import type { ReactNode } from 'react';
import { useText } from '../../i18n/text.ts';
import { useSession } from '../../state/session.ts';
import { SampleBar } from '../sample-bar/sample-bar.tsx';
import { SearchBox } from '../search/search-box.tsx';
import { BrandMark } from './brand-mark.tsx';
import styles from './window.module.css';

/** Mark, profile name, search in the middle. The empty parts move the window. */
export function TitleBar(): ReactNode {
  const t = useText();
  const hello = useSession((state) => state.hello);
  return (
    <div className={styles.title}>
      <div className={styles.brand}>
        <BrandMark />
        <b>{t.common.product}</b>
        <span>{hello?.profileName}</span>
      </div>
      <SearchBox />
      <div className={styles.balance}>{hello?.sample ? <SampleBar /> : null}</div>
    </div>
  );
}
