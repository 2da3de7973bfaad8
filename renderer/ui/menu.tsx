/**
 * Menus from plain descriptions, so that the same commands stand in buttons, context menus and the menu bar.
 *
 * A deed begins when its menu has closed and the keyboard is back where it was: while a menu is open the rest of the window
 * takes no focus, and the next key of a quick hand is meant for the place the menu was opened from.
 */
import { Check, ChevronRight } from 'lucide-react';
import { createContext, Fragment, type ReactNode, useContext, useRef, useState } from 'react';
import {
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  Header,
  MenuSection,
  MenuTrigger,
  Popover,
  Separator,
  SubmenuTrigger,
} from 'react-aria-components';
import { classes } from './class-names.ts';
import { useFocusBack } from './focus-back.ts';
import styles from './menu.module.css';

export interface MenuAction {
  id: string;
  label: string;
  icon?: ReactNode;
  /** As `keyLabel` writes it. */
  keys?: string | undefined;
  /** Why it cannot be chosen now. */
  reason?: string | undefined;
  /** Present: a choice that is on or off. */
  checked?: boolean;
  danger?: boolean;
  run?: () => void;
  items?: readonly MenuEntry[];
}

export type MenuEntry = MenuAction | { separator: true } | { head: string; items: readonly MenuEntry[] };

/** Keeps what was chosen until the menu has closed. */
const Chosen = createContext<(deed: () => void) => void>((deed) => deed());

function Action({ action }: { action: MenuAction }): ReactNode {
  const choose = useContext(Chosen);
  const item = (
    <AriaMenuItem
      id={action.id}
      textValue={action.label}
      className={classes(styles.item, action.danger && styles.danger)}
      isDisabled={action.reason !== undefined}
      // A switch of several would keep the menu open; here each choice is one deed.
      shouldCloseOnSelect
      onAction={() => choose(() => action.run?.())}
    >
      {action.checked ? <Check size={16} strokeWidth={1.75} /> : (action.icon ?? <span />)}
      <span>{action.label}</span>
      {action.items ? (
        <ChevronRight size={14} strokeWidth={1.75} />
      ) : (
        <span className={styles.keys}>{action.keys}</span>
      )}
      {action.reason ? <span className={styles.reason}>{action.reason}</span> : null}
    </AriaMenuItem>
  );
  if (!action.items) return item;
  return (
    <SubmenuTrigger>
      {item}
      <Popover className={styles.popover ?? ''} offset={-2}>
        <AriaMenu className={styles.menu ?? ''} aria-label={action.label}>
          <Entries label={action.label} entries={action.items} />
        </AriaMenu>
      </Popover>
    </SubmenuTrigger>
  );
}

/** Choices that are on or off stand together in a section that selects: their role is menuitemcheckbox. */
function Choices({ label, choices }: { label: string; choices: readonly MenuAction[] }): ReactNode {
  return (
    <MenuSection aria-label={label} {...chosen(choices)}>
      {choices.map((choice) => (
        <Action key={choice.id} action={choice} />
      ))}
    </MenuSection>
  );
}

const chosen = (choices: readonly MenuAction[]) => ({
  selectionMode: 'multiple' as const,
  selectedKeys: choices.filter((choice) => choice.checked).map((choice) => choice.id),
});

const isChoice = (entry: MenuEntry | undefined): entry is MenuAction & { checked: boolean } =>
  entry !== undefined && 'id' in entry && entry.checked !== undefined && entry.items === undefined;

/** The run of choices that begins at a place. */
function choicesFrom(entries: readonly MenuEntry[], at: number): MenuAction[] {
  const end = entries.findIndex((entry, place) => place > at && !isChoice(entry));
  return entries.slice(at, end < 0 ? entries.length : end).filter(isChoice);
}

function Entries({ entries, label }: { entries: readonly MenuEntry[]; label: string }): ReactNode {
  return entries.map((entry, at) => {
    if (isChoice(entry)) {
      return isChoice(entries[at - 1]) ? null : (
        <Choices key={`choices ${entry.id}`} label={label} choices={choicesFrom(entries, at)} />
      );
    }
    if ('separator' in entry) {
      return <Separator key={separatorKey(at)} className={styles.separator ?? ''} />;
    }
    if ('head' in entry) {
      return (
        <MenuSection
          key={entry.head}
          aria-label={entry.head}
          {...(entry.items.every(isChoice) ? chosen(entry.items) : {})}
        >
          <Header className={styles.head ?? ''}>{entry.head}</Header>
          {entry.items.map((item) => ('id' in item ? <Action key={item.id} action={item} /> : null))}
        </MenuSection>
      );
    }
    return (
      <Fragment key={entry.id}>
        <Action action={entry} />
      </Fragment>
    );
  });
}

/** A separator has no identity but its place. */
const separatorKey = (at: number) => `line ${at}`;

export interface MenuProps {
  label: string;
  entries: readonly MenuEntry[];
  /** A Button or IconButton. */
  children: ReactNode;
  placement?: 'bottom start' | 'bottom end' | 'top start' | 'top end';
}

/** A button that opens a menu. */
export function MenuButton({ label, entries, children, placement = 'bottom start' }: MenuProps): ReactNode {
  const [open, setOpen] = useState(false);
  const popover = useRef<HTMLElement>(null);
  const choose = useFocusBack(open, popover);
  return (
    <MenuTrigger isOpen={open} onOpenChange={setOpen}>
      {children}
      <Popover ref={popover} className={styles.popover ?? ''} placement={placement} offset={4}>
        <Chosen value={choose}>
          <AriaMenu className={styles.menu ?? ''} aria-label={label}>
            <Entries label={label} entries={entries} />
          </AriaMenu>
        </Chosen>
      </Popover>
    </MenuTrigger>
  );
}

export interface ContextMenuProps {
  label: string;
  entries: readonly MenuEntry[];
  /** In the window's pixels; null: closed. */
  at: { x: number; y: number } | null;
  onClose: () => void;
}

/** A menu at a point: for the right button, the menu key and Shift+F10. Focus goes back to where it was. */
export function ContextMenu({ label, entries, at, onClose }: ContextMenuProps): ReactNode {
  const anchor = useRef<HTMLSpanElement>(null);
  const popover = useRef<HTMLElement>(null);
  const choose = useFocusBack(at !== null, popover);
  return (
    <>
      <span
        ref={anchor}
        style={{
          position: 'fixed',
          left: at?.x ?? 0,
          top: at?.y ?? 0,
          width: 1,
          height: 1,
          pointerEvents: 'none',
        }}
      />
      <Popover
        ref={popover}
        className={styles.popover ?? ''}
        aria-label={label}
        triggerRef={anchor}
        isOpen={at !== null}
        onOpenChange={(open) => {
          if (!open) onClose();
        }}
        placement="bottom start"
        offset={2}
      >
        <Chosen value={choose}>
          <AriaMenu className={styles.menu ?? ''} aria-label={label} onClose={onClose} autoFocus="first">
            <Entries label={label} entries={entries} />
          </AriaMenu>
        </Chosen>
      </Popover>
    </>
  );
}
