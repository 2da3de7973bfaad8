/**
 * Heads of the table: a press sorts, dragging one onto another moves it, dragging its edge sizes it. One tab stop; arrows
 * go from head to head, Enter sorts, Alt+arrows move, Shift+arrows size, Shift+F10 chooses columns.
 */
import { ArrowDown, ArrowUp, Flag, Paperclip } from 'lucide-react';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useRef, useState } from 'react';
import type { Column } from '../../../main/contract/mail/looks.ts';
import type { ViewInput } from '../../../main/contract/mail/views.ts';
import { useText } from '../../i18n/text.ts';
import { useSession } from '../../state/session.ts';
import { keysOf, pressed } from '../../state/shortcuts.ts';
import { beginsDescending } from '../../state/whole-look.ts';
import { classes } from '../../ui/class-names.ts';
import { ContextMenu, type MenuEntry } from '../../ui/menu.tsx';
import { ALL_COLUMNS, type ColumnName, moved, movedOnto, SIZES, switched } from './column-sizes.ts';
import styles from './columns.module.css';
import { focusList } from './focus-list.ts';
import { order } from './order.ts';
import { showsRecipients } from './row-name.ts';
import type { ColumnsOf } from './use-columns.ts';

const HEAD_KEYS = ['columns.move', 'columns.width', 'list.menu'].flatMap(keysOf).join(' ');

const STEP = 16;
const DRAGGED = 'application/x-postroom-column';

export function Columns({ view, columns }: { view: ViewInput; columns: ColumnsOf }): ReactNode {
  const t = useText();
  const folders = useSession((state) => state.folders);
  const [stop, setStop] = useState<ColumnName | null>(null);
  const [target, setTarget] = useState<ColumnName | null>(null);
  const [menu, setMenu] = useState<{ x: number; y: number; name: ColumnName } | null>(null);
  const row = useRef<HTMLDivElement>(null);
  const carried = useRef<ColumnName | null>(null);
  const { shown } = columns;
  const tabStop = shown.some(({ name }) => name === stop) ? stop : shown[0]?.name;
  const { scope } = view;
  const role =
    scope.in === 'folder'
      ? folders.find((folder) => folder.id === scope.folder)?.role
      : scope.in === 'unified' && (scope.role === 'sent' || scope.role === 'drafts')
        ? scope.role
        : undefined;
  const labelOf = (name: ColumnName) =>
    name === 'from' && showsRecipients(role) ? t.list.columns.to : t.list.columns[name];

  const focus = (name: ColumnName | undefined) => {
    if (!name) return;
    setStop(name);
    row.current?.querySelector<HTMLElement>(`[data-head="${name}"]`)?.focus();
  };
  const sort = (name: ColumnName) => {
    const present = view.sort ?? 'date';
    order({
      sort: name,
      descending: present === name ? !(view.descending ?? true) : beginsDescending(name),
    });
  };
  const widthNow = (name: ColumnName) =>
    row.current?.querySelector(`[data-column="${name}"]`)?.getBoundingClientRect().width ?? SIZES[name].width;
  const openMenu = (name: ColumnName) => {
    const box = row.current?.querySelector(`[data-head="${name}"]`)?.getBoundingClientRect();
    if (box) setMenu({ x: box.left, y: box.bottom + 4, name });
  };
  const move = (name: ColumnName, steps: number) => {
    columns.change(moved(columns.all, name, steps));
    // The head is another element at its new place.
    requestAnimationFrame(() => focus(name));
  };

  const onKeyDown = (event: KeyboardEvent, name: ColumnName) => {
    const at = shown.findIndex((column) => column.name === name);
    const way = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
    if (event.ctrlKey || event.metaKey) return;
    if (pressed('columns.move', event)) move(name, way);
    else if (pressed('columns.width', event)) columns.drag(name, widthNow(name) + way * STEP, true);
    else if (way !== 0) focus(shown[at + way]?.name);
    else if (event.key === 'Home') focus(shown[0]?.name);
    else if (event.key === 'End') focus(shown.at(-1)?.name);
    else if (pressed('list.menu', event)) openMenu(name);
    else if (event.key === 'ArrowDown' && !event.altKey) focusList();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={row}
      role="row"
      className={styles.columns}
      onContextMenu={(event) => {
        event.preventDefault();
        const head =
          event.target instanceof Element ? event.target.closest<HTMLElement>('[data-column]') : null;
        const name =
          ALL_COLUMNS.find((each) => each === head?.dataset['column']) ?? shown[0]?.name ?? 'subject';
        setMenu({ x: event.clientX, y: event.clientY, name });
      }}
    >
      <span />
      {columns.marks ? (
        <span role="columnheader" className={styles.head}>
          <span className={styles.markHead}>{t.maildrop.planColumns.mark}</span>
        </span>
      ) : null}
      {shown.map((column) => (
        <Head
          key={column.name}
          column={column}
          view={view}
          label={labelOf(column.name)}
          tabStop={column.name === tabStop}
          target={column.name === target}
          onFocus={() => setStop(column.name)}
          onSort={() => sort(column.name)}
          onKeyDown={(event) => onKeyDown(event, column.name)}
          onSize={(width, done) => columns.drag(column.name, width, done)}
          onFit={() => columns.drag(column.name, widestOf(row.current, column.name), true)}
          onCarry={(event) => {
            carried.current = column.name;
            event.dataTransfer.effectAllowed = 'move';
            event.dataTransfer.setData(DRAGGED, column.name);
          }}
          onOver={(event) => {
            if (!event.dataTransfer.types.includes(DRAGGED)) return;
            event.preventDefault();
            setTarget(column.name);
          }}
          onLeave={() => setTarget(null)}
          onDrop={(event) => {
            setTarget(null);
            if (!carried.current || !event.dataTransfer.types.includes(DRAGGED)) return;
            event.preventDefault();
            columns.change(movedOnto(columns.all, carried.current, column.name));
          }}
        />
      ))}
      <ContextMenu
        label={t.looks.columns}
        at={menu}
        onClose={() => setMenu(null)}
        entries={
          menu
            ? columnEntries(menu.name, columns, t, {
                fit: () => columns.drag(menu.name, widestOf(row.current, menu.name), true),
                move: (steps) => move(menu.name, steps),
              })
            : []
        }
      />
    </div>
  );
}

function columnEntries(
  name: ColumnName,
  columns: ColumnsOf,
  t: ReturnType<typeof useText>,
  run: { fit: () => void; move: (steps: number) => void },
): MenuEntry[] {
  const { all } = columns;
  const at = all.findIndex((column) => column.name === name);
  const has = (other: ColumnName) => all.some((column) => column.name === other);
  return [
    {
      head: t.looks.columns,
      items: ALL_COLUMNS.map((each) => ({
        id: each,
        label: t.list.columns[each],
        checked: has(each),
        run: () => columns.change(switched(all, each, !has(each))),
      })),
    },
    { separator: true },
    {
      id: 'left',
      label: t.looks.moveLeft,
      reason: at <= 0 ? t.looks.notMovable : undefined,
      run: () => run.move(-1),
    },
    {
      id: 'right',
      label: t.looks.moveRight,
      reason: at < 0 || at === all.length - 1 ? t.looks.notMovable : undefined,
      run: () => run.move(1),
    },
    { id: 'fit', label: t.looks.fit, run: run.fit },
  ];
}

interface HeadProps {
  column: Column;
  view: ViewInput;
  label: string;
  tabStop: boolean;
  target: boolean;
  onFocus: () => void;
  onSort: () => void;
  onKeyDown: (event: KeyboardEvent) => void;
  onSize: (width: number, done: boolean) => void;
  onFit: () => void;
  onCarry: (event: React.DragEvent) => void;
  onOver: (event: React.DragEvent) => void;
  onLeave: () => void;
  onDrop: (event: React.DragEvent) => void;
}

function Head(props: HeadProps): ReactNode {
  const { column, view, label, tabStop } = props;
  const t = useText();
  const { name } = column;
  const sorted = (view.sort ?? 'date') === name;
  const descending = view.descending ?? true;
  const Arrow = descending ? ArrowDown : ArrowUp;
  const icon = { size: 14, strokeWidth: 1.75, 'aria-hidden': true } as const;
  return (
    <span
      role="columnheader"
      aria-sort={!sorted ? 'none' : descending ? 'descending' : 'ascending'}
      data-column={name}
      className={classes(styles.head, SIZES[name].end && styles.end, props.target && styles.target)}
      onDragOver={props.onOver}
      onDragLeave={props.onLeave}
      onDrop={props.onDrop}
    >
      <button
        type="button"
        data-head={name}
        draggable
        tabIndex={tabStop ? 0 : -1}
        title={t.looks.columnHint(label)}
        aria-label={label}
        aria-keyshortcuts={HEAD_KEYS}
        onFocus={props.onFocus}
        onClick={props.onSort}
        onKeyDown={props.onKeyDown}
        onDragStart={props.onCarry}
      >
        {name === 'flag' ? (
          <Flag {...icon} />
        ) : name === 'files' ? (
          <Paperclip {...icon} />
        ) : (
          <span className={styles.label}>{label}</span>
        )}
        {sorted ? <Arrow size={12} strokeWidth={1.75} aria-hidden="true" /> : null}
      </button>
      <Edge onSize={props.onSize} onFit={props.onFit} />
    </span>
  );
}

/** The right edge of a head: dragged, or fitted by a double click. Keys do the same on the head itself. */
function Edge({ onSize, onFit }: Pick<HeadProps, 'onSize' | 'onFit'>): ReactNode {
  const origin = useRef<{ x: number; width: number } | null>(null);
  const at = (event: PointerEvent) =>
    origin.current ? origin.current.width + event.clientX - origin.current.x : null;
  return (
    <span
      aria-hidden="true"
      className={styles.edge}
      onDoubleClick={onFit}
      onPointerDown={(event) => {
        event.preventDefault();
        event.currentTarget.setPointerCapture(event.pointerId);
        const { width } = event.currentTarget.parentElement?.getBoundingClientRect() ?? { width: 0 };
        origin.current = { x: event.clientX, width };
      }}
      onPointerMove={(event) => {
        const width = at(event);
        if (width !== null) onSize(width, false);
      }}
      onPointerUp={(event) => {
        const width = at(event);
        const still = origin.current?.x === event.clientX;
        origin.current = null;
        if (width !== null && !still) onSize(width, true);
      }}
    />
  );
}

/** Width of the widest cell in sight, with room for its edges. */
function widestOf(head: HTMLElement | null, name: ColumnName): number {
  const cells = head?.closest('[role="grid"]')?.querySelectorAll<HTMLElement>(`[data-cell="${name}"]`) ?? [];
  const own = head?.querySelector<HTMLElement>(`[data-head="${name}"]`)?.scrollWidth ?? 0;
  const size = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  let widest = own;
  for (const cell of cells) {
    const inner = [...cell.children].reduce((sum, child) => sum + child.scrollWidth + 6, 0);
    widest = Math.max(widest, inner, cell.scrollWidth);
  }
  return (widest + 8) / size;
}
