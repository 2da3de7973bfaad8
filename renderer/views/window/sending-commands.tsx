/** Sending a letter again and sending it on: the two commands, their dialog. */
import { Forward, PenLine } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useText } from '../../i18n/text.ts';
import { type Command, MAIL, useCommands } from '../../state/commands.ts';
import { compose } from '../../state/compose.ts';
import { useInMail, usePlace } from '../../state/place.ts';
import { RedirectDialog } from '../composer/redirect-dialog.tsx';
import { useList } from '../list/list-state.ts';
import { count } from '../list/selection.ts';

const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;
/** Letters redirected at once: more by hand is a mistake. */
const MOST = 100;

export function SendingCommands(): ReactNode {
  const t = useText();
  const words = t.sending.commands;
  const [redirecting, setRedirecting] = useState<readonly number[] | null>(null);
  const chosen = useList((state) => state.chosen);
  const letter = usePlace((state) => state.letter);
  const away = useInMail() ? undefined : t.window.notInMail;
  const several = chosen.kind === 'some' && chosen.ids.length > 1 ? chosen.ids : null;
  const ids = several ?? (letter === null ? [] : [letter]);
  const none =
    away ?? (ids.length === 0 ? t.window.nothingChosen : ids.length > MOST ? t.window.needsOne : undefined);
  const notOne = away ?? (letter === null || count(chosen, 0) > 1 ? t.window.needsOne : undefined);
  const commands: Command[] = [
    {
      id: 'message.redirect',
      label: words.redirect,
      group: 'message',
      keys: ['Ctrl+Shift+E'],
      where: MAIL,
      icon: <Forward {...icon} />,
      reason: none,
      run: () => setRedirecting(ids.slice(0, MOST)),
    },
    {
      id: 'message.resend',
      label: words.resend,
      group: 'message',
      keys: ['Ctrl+E'],
      where: MAIL,
      icon: <PenLine {...icon} />,
      reason: notOne,
      run: () => {
        if (letter !== null) compose({ open: 'create', input: { kind: 'resend', of: [letter] } });
      },
    },
  ];
  useCommands(commands);
  return redirecting ? <RedirectDialog ids={redirecting} onClose={() => setRedirecting(null)} /> : null;
}
