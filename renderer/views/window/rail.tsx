import { BookUser, CircleHelp, Mail, Settings } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { useText } from '../../i18n/text.ts';
import { printedKeys, runCommand, useCommandState } from '../../state/commands.ts';
import { usePlace } from '../../state/place.ts';
import button from '../../ui/button.module.css';
import { classes } from '../../ui/class-names.ts';
import { Tooltip } from '../../ui/tooltip.tsx';
import styles from './window.module.css';

const icon = { size: 20, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** Sections of the window. Rooms that are not built yet are not drawn. */
export function Rail(): ReactNode {
  const t = useText();
  const section = usePlace((state) => state.section);
  const commands = useCommandState((state) => state.commands);
  const item = (id: string, label: string, picture: ReactNode, current: boolean) => (
    <Tooltip text={label} keys={printedKeys(commands.get(id))} placement="right">
      <AriaButton
        className={classes(button.button, button.quiet, styles.railButton)}
        aria-label={label}
        onPress={() => runCommand(id)}
        {...(current ? { 'aria-current': 'page' as const } : {})}
      >
        {picture}
      </AriaButton>
    </Tooltip>
  );
  return (
    <nav className={styles.rail} aria-label={t.a11y.sections} data-pane="rail">
      {item('go.mail', t.window.mail, <Mail {...icon} />, section === 'mail')}
      {item('go.contacts', t.contacts.title, <BookUser {...icon} />, section === 'contacts')}
      <span className={styles.railGap} />
      {item('application.help', t.window.help, <CircleHelp {...icon} />, false)}
      {item('application.settings', t.window.settings, <Settings {...icon} />, section === 'settings')}
    </nav>
  );
}
