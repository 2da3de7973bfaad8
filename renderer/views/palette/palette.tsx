import { type ReactNode, useMemo } from 'react';
import { useText } from '../../i18n/text.ts';
import { printedKeys, useCommandState } from '../../state/commands.ts';
import { go, usePlace } from '../../state/place.ts';
import { Picker } from '../../ui/picker.tsx';

/** Every command by name, with its key; what cannot be done now says why. */
export function Palette(): ReactNode {
  const t = useText();
  const open = usePlace((state) => state.palette);
  const commands = useCommandState((state) => state.commands);
  const choices = useMemo(
    () =>
      [...commands.values()]
        .filter((command) => !command.hidden)
        .map((command) => ({
          id: command.id,
          label: command.label,
          hint: printedKeys(command),
          icon: command.icon,
          reason: command.reason,
        })),
    [commands],
  );
  if (!open) return null;
  return (
    <Picker
      title={t.commands.palette}
      placeholder={t.window.paletteHint}
      none={t.tree.words.noMatch}
      choices={choices}
      onClose={() => go({ palette: false })}
      onPick={(id) => {
        go({ palette: false });
        // After the dialog has given the focus back, so that what opens next can take it.
        setTimeout(() => commands.get(id)?.run(), 0);
      }}
    />
  );
}
