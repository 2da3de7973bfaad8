import type { ReactNode } from 'react';
import { useText } from '../../i18n/text.ts';
import { useSession } from '../../state/session.ts';
import { SampleBar } from '../sample-bar/sample-bar.tsx';
import { SearchBox } from '../search/search-box.tsx';
import { BrandMark } from './brand-mark.tsx';
import styles from './window.module.css';

/** The folder of a profile that nobody has named says nothing. */
const UNNAMED = 'postroom';

/** Mark, profile name, search in the middle. The empty parts move the window. */
export function TitleBar(): ReactNode {
  const t = useText();
  const hello = useSession((state) => state.hello);
  return (
    <div className={styles.title}>
      <div className={styles.brand}>
        <BrandMark />
        <b>{t.common.product}</b>
        {hello && hello.profileName.toLowerCase() !== UNNAMED ? <span>{hello.profileName}</span> : null}
      </div>
      <SearchBox />
      <div className={styles.balance}>{hello?.sample ? <SampleBar /> : null}</div>
    </div>
  );
}
