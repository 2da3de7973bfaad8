import type { ReactNode } from 'react';
import { useText } from '../../i18n/text.ts';
import { ownLetter } from '../../state/own-window.ts';
import { go, openSettings, usePlace } from '../../state/place.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { KeyTable } from '../settings/key-table.tsx';

/** All keys; the page of keys in the settings shows the same table. */
export function Help(): ReactNode {
  const t = useText();
  const open = usePlace((state) => state.help);
  const toPage = () => {
    go({ help: false });
    openSettings('keyboard');
  };
  return (
    <Dialog
      title={t.window.helpTitle}
      wide
      isOpen={open}
      onClose={() => go({ help: false })}
      foot={
        ownLetter === null ? (
          <Button onPress={toPage}>{t.commands.settingsPage(t.settings.pages.keyboard)}</Button>
        ) : null
      }
    >
      <p>{t.window.helpText}</p>
      <KeyTable level="h3" />
    </Dialog>
  );
}
