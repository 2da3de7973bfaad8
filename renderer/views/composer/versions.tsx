import { type ReactNode, useEffect, useState } from 'react';
import type { Output } from '../../../main/contract/contract.ts';
import type { Draft } from '../../../main/contract/mail/drafts.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { engine } from '../../state/engine.ts';
import { showToast } from '../../state/toasts.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import styles from './dialogs.module.css';

export interface VersionsProps {
  id: number;
  onRestored: (draft: Draft) => void;
  onClose: () => void;
}

/** Earlier texts of a draft. Bringing one back makes the present one a version: nothing is lost. */
export function Versions({ id, onRestored, onClose }: VersionsProps): ReactNode {
  const t = useText();
  const formats = useFormats();
  const [versions, setVersions] = useState<Output<'drafts.versions'> | null>(null);
  useEffect(() => {
    engine().request('drafts.versions', { id }).then(setVersions, sayFailure);
  }, [id]);
  const bringBack = async (version: number) => {
    try {
      onRestored(await engine().request('drafts.restore', { id, version }));
      showToast({ text: t.composer.toasts.restored, icon: 'undo' });
      onClose();
    } catch (thrown) {
      sayFailure(thrown);
    }
  };
  return (
    <Dialog isOpen wide title={t.composer.versionsTitle} onClose={onClose}>
      {versions?.length === 0 ? <p>{t.composer.versionsNone}</p> : null}
      <ul className={styles.versions} aria-busy={versions === null}>
        {versions?.map((version) => (
          <li key={version.version}>
            <span className="tabular">{formats.letterDate(version.at, Date.now())}</span>
            <span className={styles.versionText}>{version.preview || t.common.noSubject}</span>
            <span>{formats.size(version.size)}</span>
            <Button size="small" onPress={() => void bringBack(version.version)}>
              {t.composer.bringBack}
            </Button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
