/** The command bar: a fixed order of labelled commands; what does not fit moves into More, from the right. */
import {
  ArrowLeft,
  ChevronDown,
  Ellipsis,
  Menu as MenuIcon,
  PanelBottom,
  PanelRight,
  Square,
  SquarePen,
} from 'lucide-react';
import { type ReactNode, useLayoutEffect, useRef, useState } from 'react';
import { Toolbar } from 'react-aria-components';
import { useText } from '../../i18n/text.ts';
import { type Command, printedKeys, runCommand, useCommandState } from '../../state/commands.ts';
import { go, openMail, usePlace } from '../../state/place.ts';
import { useSession } from '../../state/session.ts';
import { Button, IconButton, SplitButton } from '../../ui/button.tsx';
import { MenuButton, type MenuEntry } from '../../ui/menu.tsx';
import { useTemplateEntry } from '../composer/template-commands.tsx';
import { focusNextList } from '../list/focus-list.ts';
import { useMarksShown } from '../maildrop/maildrop-commands.tsx';
import { commandEntries } from './command-entries.tsx';
import { SHOWN, WITH_MARKS } from './command-groups.ts';
import { fitting } from './fitting.ts';
import { PageBarSlot } from './page-bar.tsx';
import styles from './window.module.css';

const MORE = [
  'message.read',
  'message.copy',
  'message.erase',
  'message.forwardAttached',
  'letter.print',
  'letter.find',
  'letter.saveAs',
  'letter.source',
] as const;
const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const;

/** The short label a button shows; the whole name stays its accessible name. */
function useShort(): (command: Command) => string {
  const t = useText();
  return (command) => {
    if (command.id === 'message.unread') return t.commands.unread;
    if (command.id === 'maildrop.keep') return t.maildrop.commands.keepShort;
    if (command.id === 'message.replyAll') return t.commands.replyAllShort;
    return command.label;
  };
}

interface BarProps {
  narrow: boolean;
  /** Of a window with one letter and nothing else. */
  letter?: boolean;
}

/** Settings have no letters: the way back, and the commands of the page. */
export function CommandBar(props: BarProps): ReactNode {
  const settings = usePlace((state) => state.section === 'settings');
  return settings ? <SettingsBar narrow={props.narrow} /> : <MessageBar {...props} />;
}

function SettingsBar({ narrow }: BarProps): ReactNode {
  const t = useText();
  const treeWidth = useSession((state) => state.settings?.treeWidth ?? 248);
  return (
    <div className={styles.bar}>
      <div className={styles.compose} style={placeOfNew(narrow ? undefined : treeWidth)}>
        <Button
          className={styles.backToMail}
          icon={<ArrowLeft {...icon} />}
          onPress={() => {
            openMail();
            focusNextList();
          }}
        >
          {t.window.backToMail}
        </Button>
      </div>
      <PageBarSlot className={styles.commands} />
    </div>
  );
}

function MessageBar({ narrow, letter = false }: BarProps): ReactNode {
  const t = useText();
  const short = useShort();
  const commands = useCommandState((state) => state.commands);
  const treeWidth = useSession((state) => state.settings?.treeWidth ?? 248);
  const bar = useRef<HTMLDivElement>(null);
  const [labelled, setLabelled] = useState<number>(99);
  const [shown, setShown] = useState<number>(99);
  const groups = useMarksShown() ? WITH_MARKS : SHOWN;
  const flat = groups.flat();
  const labels = flat.map((id) => {
    const command = commands.get(id);
    return command ? short(command) : '';
  });
  const key = labels.join('|');

  useLayoutEffect(() => {
    const target = bar.current;
    if (!target || key === '') return;
    const measure = () => {
      const style = getComputedStyle(target);
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
      const fit = fitting(target.clientWidth, key.split('|'), textWidth(style), rem);
      setLabelled(fit.labelled);
      setShown(fit.shown);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(target);
    return () => observer.disconnect();
  }, [key]);

  const more: MenuEntry[] = [
    ...commandEntries(commands, flat.slice(shown)),
    ...(shown < flat.length ? [{ separator: true } as const] : []),
    ...commandEntries(commands, MORE),
  ];
  let place = 0;
  return (
    <div className={styles.bar}>
      {narrow ? (
        <IconButton
          label={t.window.openFolders}
          icon={<MenuIcon {...icon} />}
          onPress={() => go({ drawer: true })}
        />
      ) : null}
      {letter ? <span className={styles.edge} /> : <NewMessage width={narrow ? undefined : treeWidth} />}
      <Toolbar
        ref={bar}
        className={styles.commands ?? ''}
        aria-label={t.a11y.messageActions}
        data-pane="commands"
      >
        {groups.map((group, at) => (
          <Group key={group[0]} first={at === 0}>
            {group.map((id) => {
              const index = place++;
              const command = commands.get(id);
              if (!command || index >= shown) return null;
              const words = index < labelled ? short(command) : undefined;
              return (
                <Button
                  key={id}
                  variant="quiet"
                  className={styles.command}
                  icon={command.icon}
                  label={command.label}
                  tooltip={command.label}
                  keys={printedKeys(command)}
                  reason={command.reason}
                  onPress={command.run}
                >
                  {words}
                </Button>
              );
            })}
          </Group>
        ))}
        <MenuButton label={t.a11y.moreActions} entries={more} placement="bottom end">
          <IconButton label={t.common.more} icon={<Ellipsis {...icon} />} />
        </MenuButton>
      </Toolbar>
      {letter ? null : <LayoutMenu />}
    </div>
  );
}

const placeOfNew = (width: number | undefined) =>
  width === undefined ? undefined : { width: `calc(3.25rem + ${width}px)` };

/** New message and its other kinds. `width`: of the tree it stands above, px; undefined: its own. */
function NewMessage({ width }: { width: number | undefined }): ReactNode {
  const t = useText();
  const commands = useCommandState((state) => state.commands);
  const fromTemplate = useTemplateEntry();
  return (
    <div className={styles.compose} style={placeOfNew(width)}>
      <SplitButton>
        <Button
          variant="primary"
          icon={<SquarePen {...icon} />}
          keys={printedKeys(commands.get('write.new'))}
          tooltip={t.commands.newMessage}
          onPress={() => runCommand('write.new')}
        >
          {t.commands.newMessage}
        </Button>
        <MenuButton
          label={t.window.moreNew}
          entries={[
            ...commandEntries(commands, ['write.new']),
            fromTemplate,
            ...commandEntries(commands, ['application.addAccount', 'application.import', 'folder.create']),
          ]}
        >
          <IconButton variant="primary" label={t.window.moreNew} icon={<ChevronDown {...icon} />} />
        </MenuButton>
      </SplitButton>
    </div>
  );
}

/** Where the letter stands, how close the rows are. */
function LayoutMenu(): ReactNode {
  const t = useText();
  const commands = useCommandState((state) => state.commands);
  const layout = useSession((state) => state.settings?.layout ?? 'right');
  const LayoutIcon = layout === 'right' ? PanelRight : layout === 'below' ? PanelBottom : Square;
  return (
    <MenuButton
      label={t.window.layout}
      placement="bottom end"
      entries={[
        ...commandEntries(commands, ['view.layoutRight', 'view.layoutBelow', 'view.layoutOff']),
        { separator: true },
        ...commandEntries(commands, ['view.compact', 'view.cosy', 'view.roomy', 'view.table']),
        { separator: true },
        ...commandEntries(commands, ['view.conversations', 'view.columns']),
      ]}
    >
      <IconButton label={t.window.layout} icon={<LayoutIcon {...icon} />} />
    </MenuButton>
  );
}

function Group({ first, children }: { first: boolean; children: ReactNode }): ReactNode {
  return (
    <>
      {first ? null : <span className={styles.commandLine} aria-hidden="true" />}
      {children}
    </>
  );
}

/** Measures words as the bar draws them. */
function textWidth(style: CSSStyleDeclaration): (text: string) => number {
  const context = document.createElement('canvas').getContext('2d');
  if (!context) return (text) => text.length * 8;
  context.font = `500 ${Number.parseFloat(style.fontSize)}px ${style.fontFamily}`;
  return (text) => context.measureText(text).width;
}
