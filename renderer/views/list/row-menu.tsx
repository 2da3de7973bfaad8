import type { ReactNode } from 'react';
import { useText } from '../../i18n/text.ts';
import { useCommandState } from '../../state/commands.ts';
import { ContextMenu, type MenuEntry } from '../../ui/menu.tsx';
import { commandEntries } from '../window/command-entries.tsx';

/** What can be done with the chosen letters, at the pointer. */
export function RowMenu({
  at,
  onClose,
}: {
  at: { x: number; y: number } | null;
  onClose: () => void;
}): ReactNode {
  const t = useText();
  const commands = useCommandState((state) => state.commands);
  const line: MenuEntry = { separator: true };
  const entries = [
    ...commandEntries(commands, [
      'message.open',
      'message.window',
      'message.reply',
      'message.replyAll',
      'message.forward',
      'message.redirect',
      'message.resend',
    ]),
    line,
    ...commandEntries(commands, ['message.archive', 'message.delete', 'message.junk']),
    line,
    ...commandEntries(commands, ['message.move', 'message.copy', 'message.tag', 'message.flag']),
    ...commandEntries(commands, ['message.unread', 'message.read']),
    line,
    ...commandEntries(commands, ['message.makeRule', 'message.whyHere', 'letter.saveAs', 'letter.source']),
  ];
  return <ContextMenu label={t.a11y.moreActions} entries={entries} at={at} onClose={onClose} />;
}
