import { type ReactNode, useEffect, useRef, useState } from 'react';
import { Toolbar } from 'react-aria-components';
import { useText } from '../../i18n/text.ts';
import { useCommandState } from '../../state/commands.ts';
import { pressed } from '../../state/shortcuts.ts';
import { Button } from '../../ui/button.tsx';
import { MenuButton, type MenuEntry } from '../../ui/menu.tsx';
import { commandEntries } from './command-entries.tsx';
import styles from './window.module.css';

const LINE = '-';
const MENUS = [
  [
    'file',
    [
      'write.new',
      'write.fromTemplate',
      'folder.create',
      LINE,
      'application.import',
      'application.addAccount',
      'application.profiles',
      LINE,
      'letter.saveAs',
      'letter.saveAttachments',
      'letter.print',
    ],
  ],
  ['edit', ['edit.undo', 'edit.redo', LINE, 'application.search', 'letter.find']],
  [
    'view',
    [
      'view.layoutRight',
      'view.layoutBelow',
      'view.layoutOff',
      LINE,
      'view.compact',
      'view.cosy',
      'view.roomy',
      'view.table',
      LINE,
      'view.conversations',
      'view.group.none',
      'view.group.date',
      'view.group.from',
      'view.group.size',
      LINE,
      'view.columns',
      'view.newFilter',
      LINE,
      'view.themeSystem',
      'view.themeLight',
      'view.themeDark',
      'view.themeContrast',
      LINE,
      'view.larger',
      'view.smaller',
      'view.normal',
      LINE,
      'view.english',
      'view.russian',
    ],
  ],
  [
    'go',
    [
      'go.mail',
      'go.contacts',
      'application.settings',
      'go.rules',
      'go.tidy',
      LINE,
      'list.nextUnread',
      'go.nextPane',
      'go.previousPane',
    ],
  ],
  [
    'message',
    [
      'message.open',
      'message.window',
      'message.reply',
      'message.replyAll',
      'message.forward',
      'message.forwardAttached',
      'message.redirect',
      'message.resend',
      LINE,
      'message.archive',
      'message.delete',
      'message.erase',
      'message.junk',
      LINE,
      'message.move',
      'message.copy',
      'message.tag',
      'message.flag',
      'message.read',
      'message.unread',
      LINE,
      'message.makeRule',
      'message.whyHere',
      LINE,
      'maildrop.fetch',
      'maildrop.keep',
      'maildrop.delete',
      'maildrop.none',
      LINE,
      'letter.plainText',
      'letter.encoding',
      'letter.headers',
      'letter.source',
    ],
  ],
  [
    'folder',
    [
      'folder.create',
      'folder.rename',
      'folder.delete',
      LINE,
      'folder.markRead',
      'folder.empty',
      'folder.subscribe',
      'folder.showHidden',
      LINE,
      'application.check',
      'application.checkAll',
      'application.offline',
      'maildrop.show',
      'maildrop.run',
    ],
  ],
  ['help', ['application.help', 'application.palette']],
] as const;

/** The classic menu bar: everything is in it. Alt or F10 shows it and hides it again. */
export function MenuBar(): ReactNode {
  const t = useText();
  const commands = useCommandState((state) => state.commands);
  const [shown, setShown] = useState(false);
  const bar = useRef<HTMLDivElement>(null);

  useEffect(() => {
    let alone = false;
    const down = (event: KeyboardEvent) => {
      alone = event.key === 'Alt' && !event.ctrlKey && !event.shiftKey;
      if (pressed('application.menuBar', event)) {
        event.preventDefault();
        setShown((former) => !former);
      }
    };
    const up = (event: KeyboardEvent) => {
      // Alt as part of Alt+Tab or Alt+click is not a wish for a menu.
      if (event.key === 'Alt' && alone) setShown((former) => !former);
      alone = false;
    };
    const click = () => {
      alone = false;
    };
    window.addEventListener('keydown', down);
    window.addEventListener('keyup', up);
    window.addEventListener('pointerdown', click);
    return () => {
      window.removeEventListener('keydown', down);
      window.removeEventListener('keyup', up);
      window.removeEventListener('pointerdown', click);
    };
  }, []);
  useEffect(() => {
    if (shown) bar.current?.querySelector<HTMLElement>('button')?.focus();
  }, [shown]);

  if (!shown) return null;
  return (
    <Toolbar ref={bar} className={styles.menuBar ?? ''} aria-label={t.a11y.menuBar}>
      {MENUS.map(([name, ids]) => (
        <MenuButton key={name} label={t.commands.menu[name]} entries={entriesOf(commands, ids)}>
          <Button variant="quiet">{t.commands.menu[name]}</Button>
        </MenuButton>
      ))}
    </Toolbar>
  );
}

function entriesOf(commands: Parameters<typeof commandEntries>[0], ids: readonly string[]): MenuEntry[] {
  return ids.flatMap((id): MenuEntry[] =>
    id === LINE ? [{ separator: true }] : commandEntries(commands, [id]),
  );
}
