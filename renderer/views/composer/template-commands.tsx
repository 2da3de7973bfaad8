/** A new letter from each template: in the palette, the menu bar and the menu of "New message". */
import { FileText } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useText } from '../../i18n/text.ts';
import { type Command, useCommands } from '../../state/commands.ts';
import { compose } from '../../state/compose.ts';
import { openSettings } from '../../state/place.ts';
import { useWriting } from '../../state/writing.ts';
import type { MenuAction } from '../../ui/menu.tsx';
import { Picker } from '../../ui/picker.tsx';

const icon = <FileText size={16} strokeWidth={1.75} aria-hidden="true" />;

export function TemplateCommands(): ReactNode {
  const t = useText();
  const words = t.signatures.templates;
  const templates = useWriting((state) => state.templates);
  const [picking, setPicking] = useState(false);
  useCommands([
    {
      id: 'write.fromTemplate',
      label: `${words.fromTemplate}…`,
      group: 'write',
      icon,
      ...(templates.length === 0 ? { reason: words.noneWhy } : {}),
      run: () => setPicking(true),
    },
    ...templates.map(
      (each): Command => ({
        id: `write.template ${each.id}`,
        label: `${words.from} ${each.name}`,
        group: 'write',
        icon,
        run: () => compose({ open: 'template', template: each.id }),
      }),
    ),
  ]);
  if (!picking) return null;
  return (
    <Picker
      title={words.fromTemplate}
      placeholder={words.fromTemplate}
      none={t.tree.words.noMatch}
      choices={templates.map((each) => ({
        id: String(each.id),
        label: each.name,
        hint: words.kinds[each.kind],
        icon,
      }))}
      onClose={() => setPicking(false)}
      onPick={(id) => {
        setPicking(false);
        compose({ open: 'template', template: Number(id) });
      }}
    />
  );
}

/** One line with a menu of its own: the templates, and the page where they are made. */
export function useTemplateEntry(): MenuAction {
  const t = useText();
  const words = t.signatures.templates;
  const templates = useWriting((state) => state.templates);
  return {
    id: 'write.fromTemplate',
    label: words.fromTemplate,
    icon,
    items: [
      ...templates.map((each) => ({
        id: `template ${each.id}`,
        label: each.name,
        run: () => compose({ open: 'template', template: each.id }),
      })),
      ...(templates.length === 0 ? [{ id: 'none', label: words.none, reason: words.noneWhy }] : []),
      { separator: true as const },
      { id: 'edit', label: words.edit, run: () => openSettings('templates') },
    ],
  };
}
