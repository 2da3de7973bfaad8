import { ArrowLeft } from 'lucide-react';
import type { ReactNode } from 'react';
import { useText } from '../../i18n/text.ts';
import { Button } from '../../ui/button.tsx';
import { HostingPage } from '../hosting/hosting-page.tsx';
import styles from './first-run.module.css';

/** The door "Host mail for my office": the same page as in settings, where there is nothing else yet. */
export function HostOffice({ onBack }: { onBack: () => void }): ReactNode {
  const t = useText();
  return (
    <div className={styles.flow}>
      <Button
        variant="quiet"
        className={styles.back}
        icon={<ArrowLeft size={16} strokeWidth={1.75} aria-hidden="true" />}
        onPress={onBack}
      >
        {t.accounts.back}
      </Button>
      <h2>{t.hosting.title}</h2>
      <HostingPage onDone={onBack} />
    </div>
  );
}
