/**
 * The folders of all accounts: one tab stop, arrows inside, letters dropped on a line are moved there.
 * What stands in it is decided by nodes.ts; this file only draws it and listens.
 */
import { ChevronDown, CircleAlert, TriangleAlert } from 'lucide-react';
import { type DragEvent, type KeyboardEvent, type ReactNode, useMemo, useRef, useState } from 'react';
import { useLanguageState } from '../../i18n/language.ts';
import { useFormats, useText } from '../../i18n/text.ts';
import { act } from '../../state/actions.ts';
import { useCommandState } from '../../state/commands.ts';
import { useLooks } from '../../state/looks.ts';
import { outgoing } from '../../state/outgoing.ts';
import { go, openSettings, usePlace } from '../../state/place.ts';
import { useSession } from '../../state/session.ts';
import { pressed, pressedPlain } from '../../state/shortcuts.ts';
import { classes } from '../../ui/class-names.ts';
import { ContextMenu, type MenuEntry } from '../../ui/menu.tsx';
import { draggedLetters } from '../list/drag.ts';
import { commandEntries } from '../window/command-entries.tsx';
import { useArrangeCommands } from './arrange-commands.ts';
import { carry, type Landing, land, landing } from './drag-lines.ts';
import { useFolderCommands } from './folder-commands.tsx';
import { folderPath } from './names.ts';
import { buildTree, keyOfView, type TreeNode } from './nodes.ts';
import { useSearchCommands } from './search-commands.tsx';
import styles from './tree.module.css';
import { TreeIcon } from './tree-icon.tsx';
import { collapse, useCollapsed, useTreeState } from './tree-state.ts';

/** A closed folder opens when letters are held over it this long, ms. */
const HOLD_MS = 600;

function useNodes(): TreeNode[] {
  const t = useText();
  const language = useLanguageState((state) => state.language);
  const { accounts, folders, saved, outbox, merges, settings } = useSession();
  const { showHidden } = useTreeState();
  const collapsed = useCollapsed();
  const favourites = useLooks((state) => state.favourites);
  const { unifiedInbox: unified = true, unifiedPlace = 'first' } = settings ?? {};
  return useMemo(
    () =>
      buildTree(
        {
          accounts,
          folders,
          saved,
          unified,
          unifiedPlace,
          favourites,
          outbox: outgoing(outbox, accounts, merges),
          collapsed: new Set(collapsed),
          showHidden,
        },
        t,
        new Intl.Collator(language, { numeric: true }),
      ),
    [
      accounts,
      folders,
      saved,
      outbox,
      merges,
      unified,
      unifiedPlace,
      favourites,
      collapsed,
      showHidden,
      t,
      language,
    ],
  );
}

export function FolderTree({ onChosen }: { onChosen?: () => void }): ReactNode {
  const t = useText();
  const nodes = useNodes();
  const view = usePlace((state) => state.view);
  const saved = useSession((state) => state.saved);
  const folders = useSession((state) => state.folders);
  const commands = useCommandState((state) => state.commands);
  const [focused, setFocused] = useState<string | null>(null);
  const [target, setTarget] = useState<{ key: string; how: Landing } | null>(null);
  const [menu, setMenu] = useState<{ x: number; y: number } | null>(null);
  const tree = useRef<HTMLDivElement>(null);
  const hold = useRef<ReturnType<typeof setTimeout> | null>(null);
  const outboxOpen = usePlace((state) => state.outbox);
  const [chosen, setChosen] = useState<string | null>(null);
  const shown = outboxOpen ?? keyOfView(view, saved);
  // Of a folder and its favourite the line that was pressed is the open one.
  const current = chosen === `favourite ${shown}` && nodes.some(({ key }) => key === chosen) ? chosen : shown;
  const language = useLanguageState((state) => state.language);
  const collator = useMemo(() => new Intl.Collator(language, { numeric: true }), [language]);
  const stop = nodes.some((node) => node.key === focused) ? focused : (current ?? nodes[0]?.key ?? null);
  const chosenNode = nodes.find((node) => node.key === stop);
  const focusNode = (key: string | undefined) => {
    if (key === undefined) return;
    setFocused(key);
    tree.current?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus();
  };
  const dialogs = useFolderCommands(chosenNode ?? null);
  const searchDialogs = useSearchCommands(chosenNode ?? null);
  useArrangeCommands(chosenNode ?? null, collator, focusNode);

  const open = (node: TreeNode) => {
    setFocused(node.key);
    setChosen(node.key);
    // A line of the tree is another place: the search is left.
    if (node.view)
      go({
        view: node.view,
        search: null,
        section: 'mail',
        letter: null,
        letterOpen: false,
        outbox: null,
        drawer: false,
      });
    else if (node.kind === 'outbox' && (node.role === 'outbox' || node.role === 'scheduled')) {
      go({ outbox: node.role, section: 'mail', letter: null, letterOpen: false, drawer: false });
    } else if (node.expanded !== null) collapse(node.key, node.expanded);
    if (node.view) onChosen?.();
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const at = nodes.findIndex((node) => node.key === stop);
    const node = nodes[at];
    if (!node || event.ctrlKey || event.altKey || event.metaKey) return;
    if (pressedPlain('list.down', event)) focusNode(nodes[at + 1]?.key);
    else if (pressedPlain('list.up', event)) focusNode(nodes[at - 1]?.key);
    else if (pressedPlain('list.first', event)) focusNode(nodes[0]?.key);
    else if (pressedPlain('list.last', event)) focusNode(nodes.at(-1)?.key);
    else if (pressedPlain('list.unfold', event)) {
      if (node.expanded === false) collapse(node.key, false);
      else if (node.expanded) focusNode(nodes[at + 1]?.key);
    } else if (pressedPlain('list.shut', event)) {
      if (node.expanded) collapse(node.key, true);
      else if (node.parent) focusNode(node.parent);
    } else if (pressed('tree.open', event)) open(node);
    else if (pressed('list.menu', event)) {
      const box = event.currentTarget
        .querySelector(`[data-key="${CSS.escape(node.key)}"]`)
        ?.getBoundingClientRect();
      if (box) setMenu({ x: box.left + 40, y: box.bottom });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const onDragOver = (event: DragEvent, node: TreeNode) => {
    const how = landing(event, node, collator);
    if (how) {
      event.preventDefault();
      event.dataTransfer.dropEffect = how === 'favourite' ? 'copy' : 'move';
      setTarget({ key: node.key, how });
      return;
    }
    if (!draggedLetters(event)) return;
    if (node.expanded === false && hold.current === null) {
      hold.current = setTimeout(() => collapse(node.key, false), HOLD_MS);
    }
    if (!node.folder?.selectable) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = event.ctrlKey ? 'copy' : 'move';
    setTarget({ key: node.key, how: 'into' });
  };
  const onDragLeave = () => {
    if (hold.current) clearTimeout(hold.current);
    hold.current = null;
    setTarget(null);
  };
  const onDrop = (event: DragEvent, node: TreeNode) => {
    onDragLeave();
    const how = landing(event, node, collator);
    if (how) {
      event.preventDefault();
      land(how, node, collator);
      return;
    }
    const selection = draggedLetters(event);
    const { folder } = node;
    if (!selection || !folder) return;
    event.preventDefault();
    const copying = event.ctrlKey;
    const name = folderPath(folder, folders, t);
    void act(
      selection,
      { do: copying ? 'copy' : 'move', to: folder.id },
      {
        text: (n) => (copying ? t.list.done.copy(n, name) : t.list.done.move(n, name)),
        icon: 'folder',
      },
    );
  };

  const line: MenuEntry = { separator: true };
  const entries = [
    ...commandEntries(
      commands,
      chosenNode?.savedId === undefined
        ? ['folder.create', 'folder.rename', 'folder.delete']
        : ['search.rename', 'search.edit', 'search.forget'],
    ),
    line,
    ...(chosenNode?.savedId === undefined
      ? [...commandEntries(commands, ['folder.markRead', 'folder.empty', 'folder.subscribe']), line]
      : []),
    ...commandEntries(commands, ['folder.favourite', 'folder.up', 'folder.down', 'folder.usualOrder']),
    line,
    ...commandEntries(commands, ['folder.showHidden', 'application.check']),
  ];

  return (
    <div className={styles.pane}>
      <div
        ref={tree}
        role="tree"
        aria-label={t.a11y.folders}
        data-scope="tree"
        data-pane="tree"
        className={styles.tree}
        onKeyDown={onKeyDown}
      >
        {nodes.map((node) => (
          <TreeLine
            key={node.key}
            node={node}
            current={node.key === current}
            tabStop={node.key === stop}
            target={node.key === target?.key ? target.how : null}
            onFocus={() => setFocused(node.key)}
            onOpen={() => open(node)}
            onMenu={(x, y) => {
              focusNode(node.key);
              setMenu({ x, y });
            }}
            onDragOver={(event) => onDragOver(event, node)}
            onDragLeave={onDragLeave}
            onDrop={(event) => onDrop(event, node)}
          />
        ))}
      </div>
      <ContextMenu label={t.commands.menu.folder} entries={entries} at={menu} onClose={() => setMenu(null)} />
      {dialogs}
      {searchDialogs}
    </div>
  );
}

interface TreeLineProps {
  node: TreeNode;
  current: boolean;
  tabStop: boolean;
  target: Landing | null;
  onFocus: () => void;
  onOpen: () => void;
  onMenu: (x: number, y: number) => void;
  onDragOver: (event: DragEvent) => void;
  onDragLeave: () => void;
  onDrop: (event: DragEvent) => void;
}

/** Stands in the heading of an account whose letters are taken from a server and not kept in step with it. */
const POP3 = 'POP3';

function TreeLine(props: TreeLineProps): ReactNode {
  const { node, current, tabStop, target } = props;
  const t = useText();
  const formats = useFormats();
  const heading = node.kind === 'heading';
  const chevron =
    node.expanded === null ? null : (
      <ChevronDown
        size={14}
        strokeWidth={1.75}
        aria-hidden="true"
        className={classes(styles.chevron, !node.expanded && styles.closed, !heading && styles.nested)}
        onClick={(event) => {
          event.stopPropagation();
          collapse(node.key, node.expanded === true);
        }}
      />
    );
  return (
    <div
      role="treeitem"
      aria-level={node.level}
      aria-label={
        node.kind === 'outbox' && node.warning
          ? t.a11y.outboxFailed(node.label)
          : t.a11y.folderRow(node.note ? `${node.label}, ${node.note}` : node.label, node.unread)
      }
      aria-selected={current}
      {...(node.expanded === null ? {} : { 'aria-expanded': node.expanded })}
      data-key={node.key}
      tabIndex={tabStop ? 0 : -1}
      title={node.note ? `${node.label}, ${node.note}` : node.label}
      className={classes(
        styles.node,
        heading && styles.heading,
        node.kind === 'outbox' && node.count === 0 && styles.empty,
        current && styles.current,
        (target === 'into' || target === 'favourite') && styles.target,
        target === 'before' && styles.before,
        target === 'after' && styles.after,
      )}
      style={{ '--level': node.level }}
      onFocus={props.onFocus}
      onClick={props.onOpen}
      onContextMenu={(event) => {
        event.preventDefault();
        props.onMenu(event.clientX, event.clientY);
      }}
      draggable={node.place !== null}
      onDragStart={(event) => carry(event, node)}
      onDragOver={props.onDragOver}
      onDragLeave={props.onDragLeave}
      onDrop={props.onDrop}
    >
      {chevron}
      {heading ? null : (
        <TreeIcon role={node.role} search={node.kind === 'search'} unread={node.place === 'unified unread'} />
      )}
      <span className={styles.label}>
        {node.label}
        {node.note ? <span className={styles.note}>{node.note}</span> : null}
      </span>
      {node.warning && node.kind === 'outbox' ? (
        <CircleAlert size={14} strokeWidth={2} className={styles.failed} aria-hidden="true" />
      ) : node.warning ? (
        <TriangleAlert
          size={14}
          strokeWidth={1.75}
          className={styles.warning}
          aria-hidden="true"
          onClick={(event) => {
            if (!node.account) return;
            event.stopPropagation();
            openSettings('accounts');
          }}
        />
      ) : null}
      {/* Drawn by the style sheet: the line's own name says the number in words. */}
      {heading && node.account?.kind === 'pop3' ? <span className={styles.count} data-count={POP3} /> : null}
      {node.unread > 0 ? <span className={styles.unread} data-count={formats.number(node.unread)} /> : null}
      {node.count > 0 ? <span className={styles.count} data-count={formats.number(node.count)} /> : null}
    </div>
  );
}
