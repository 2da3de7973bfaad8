import type { ReactNode } from 'react';
import { useText } from '../../i18n/text.ts';
import { useCommandState } from '../../state/commands.ts';
import { isMac, keyLabel } from '../../state/keys.ts';
import { go, usePlace } from '../../state/place.ts';
import { Dialog } from '../../ui/dialog.tsx';
import styles from './window.module.css';

/** All keys, from the registry itself. */
export function Help(): ReactNode {
  const t = useText();
  const open = usePlace((state) => state.help);
  const commands = useCommandState((state) => state.commands);
  const keyed = [...commands.values()].filter((command) => command.keys && command.keys.length > 0);
  return (
    <Dialog title={t.window.helpTitle} wide isOpen={open} onClose={() => go({ help: false })}>
      <p>{t.window.helpText}</p>
      <dl className={styles.helpTable}>
        {keyed.map((command) => (
          <div key={command.id}>
            <dt>{command.label}</dt>
            <dd>{command.keys?.map((chord) => keyLabel(chord, isMac)).join(', ')}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
