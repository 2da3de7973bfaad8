/** Sending a letter again and sending it on: the two commands, their dialog. */
import { Forward, PenLine } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { type Command, MAIL, useCommands } from '../../state/commands.ts';
import { compose } from '../../state/compose.ts';
import { useInMail, usePlace } from '../../state/place.ts';
import { RedirectDialog } from '../composer/redirect-dialog.tsx';
import { chosenIds, onceChosen, useList } from '../list/list-state.ts';
import { count, several } from '../list/selection.ts';

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
  const total = useList((state) => state.rows?.snapshot.total ?? 0);
  const selected = Math.max(count(chosen, total), letter === null ? 0 : 1);
  const none =
    away ?? (selected === 0 ? t.window.nothingChosen : selected > MOST ? t.window.tooMany(MOST) : undefined);
  const notOne = away ?? (letter === null || selected > 1 ? t.window.needsOne : undefined);
  const redirect = async () => {
    const ids = several(chosen) ? await chosenIds(MOST) : letter === null ? [] : [letter];
    if (ids && ids.length > 0) setRedirecting(ids);
  };
  const commands: Command[] = [
    {
      id: 'message.redirect',
      label: words.redirect,
      group: 'message',
      where: MAIL,
      icon: <Forward {...icon} />,
      reason: none,
      run: () => onceChosen(() => void redirect().catch(sayFailure)),
    },
    {
      id: 'message.resend',
      label: words.resend,
      group: 'message',
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
