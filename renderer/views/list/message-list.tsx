/**
 * The list of messages: a grid of one tab stop over windows of rows. It draws only what is near the viewport
 * and never measures a row. Keyboard, mouse and screen readers see the same thing: position and count of the
 * whole view. It never moves the rows by itself while the reader is not at the top.
 */
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from 'react';
import { useFormats, useText } from '../../i18n/text.ts';
import { useSession } from '../../state/session.ts';
import { pressed, pressedPlain } from '../../state/shortcuts.ts';
import type { ShownColumn } from './column-sizes.ts';
import { Columns } from './columns.tsx';
import {
  closedOf,
  type Geometry,
  groupAt,
  headOffset,
  headsIn,
  isHidden,
  maxTop,
  offsetOf,
  reveal,
  rowAt,
  scale,
  scrollHeight,
  shownRuns,
  stepTo,
  visible,
} from './geometry.ts';
import { GroupHead } from './group-head.tsx';
import { groupLabel } from './groups.ts';
import { useAnchor, useKeptFocus, useResize } from './kept-place.ts';
import styles from './list.module.css';
import {
  chooseAll,
  chooseFocused,
  closeGroup,
  focusAt,
  followChange,
  moveBy,
  moveToEnd,
  onceChosen,
  toggleAt,
  toggleFocused,
  useList,
} from './list-state.ts';
import { type Density, MessageRow } from './message-row.tsx';
import { actOnRow, onDragStart, openFocused, openRow } from './row-actions.ts';
import { RowMenu } from './row-menu.tsx';
import type { Rows } from './rows.ts';
import { has, several } from './selection.ts';
import { FirstSkeletons, SkeletonRow } from './skeleton-rows.tsx';
import { useColumns } from './use-columns.ts';
import { useMinute } from './use-minute.ts';
import { useSnippets } from './use-snippets.ts';

const ROW: Record<Density, number> = { compact: 52, cosy: 72, roomy: 98, table: 30, found: 98 };
/** A table that has the whole width has room for the eye to follow a line. */
const WIDE_TABLE_ROW = 34;
const HEAD = 28;
/** What is just opened or jumped to draws only what is in sight; the rows around it follow when it rests, ms. */
const SETTLE_MS = 120;

export interface MessageListProps {
  rows: Rows;
  density: Density;
  /** Words to mark. */
  words?: readonly string[];
}

export function MessageList({ rows, density, words = NO_WORDS }: MessageListProps): ReactNode {
  const t = useText();
  const formats = useFormats();
  const textSize = useSession((state) => state.settings?.textSize ?? 100);
  const folders = useSession((state) => state.folders);
  const snapshot = useSyncExternalStore(rows.subscribe, () => rows.snapshot);
  const { chosen, focus, reveal: revealStamp, closed } = useList();
  const now = useMinute();
  const scroller = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [viewport, setViewport] = useState(800);
  const [onHead, setOnHead] = useState<string | null>(null);
  const [menu, setMenu] = useState<{ x: number; y: number } | null>(null);
  const roles = useMemo(() => new Map(folders.map((folder) => [folder.id, folder.role])), [folders]);

  const beside = useSession((state) => (state.settings?.layout ?? 'right') === 'right');
  const height = density === 'table' && !beside ? WIDE_TABLE_ROW : ROW[density];
  const total = snapshot.total ?? 0;
  const g = useMemo<Geometry & { heads: typeof snapshot.groups }>(() => {
    const shut = closedOf(snapshot.groups, total, (group) => closed.has(group.key));
    return {
      total,
      row: (height * textSize) / 100,
      head: (HEAD * textSize) / 100,
      heads: snapshot.groups,
      ...(shut ? { closed: shut } : {}),
    };
  }, [total, height, textSize, snapshot.groups, closed]);
  const grid = useRef<HTMLDivElement>(null);
  const columns = useColumns(rows.view, grid, textSize);
  const names = [...(columns.marks ? ['mark'] : []), ...columns.shown.map(({ name }) => name)].join();
  const columnNames = useMemo(() => names.split(',') as ShownColumn[], [names]);
  const sort = rows.view.sort ?? 'date';
  const { scope } = rows.view;
  const byAccount = scope.in === 'unified' && scope.role !== 'unread' && scope.role !== 'flagged';
  const factor = scale(g, viewport);
  const latest = useRef({ top, viewport, g, factor });
  latest.current = { top, viewport, g, factor };

  const scrollTo = useCallback((wanted: number) => {
    const { g: geometry, viewport: height, factor: by } = latest.current;
    const next = Math.max(0, Math.min(maxTop(geometry, height), wanted));
    latest.current.top = next;
    setTop(next);
    if (scroller.current) scroller.current.scrollTop = next / by;
  }, []);

  useResize(scroller, setViewport);
  useAnchor(rows, latest, snapshot, scrollTo);

  // A new view begins at its top.
  useLayoutEffect(() => {
    if (rows) scrollTo(0);
  }, [rows, scrollTo]);

  const [settled, setSettled] = useState<Rows | null>(null);
  const [jumps, setJumps] = useState(0);
  const here = snapshot.total !== null;
  useEffect(() => {
    // Each further jump puts this off.
    if (settled === rows || !here || jumps < 0) return;
    const timer = setTimeout(() => setSettled(rows), SETTLE_MS);
    return () => clearTimeout(timer);
  }, [settled, rows, here, jumps]);
  const range = visible(g, top, viewport, settled === rows ? viewport : g.row);
  useEffect(() => rows.wantRuns(shownRuns(g, range.from, range.to)), [rows, g, range.from, range.to]);
  useEffect(() => {
    if (snapshot.version > 0) followChange();
  }, [snapshot.version]);

  // Scrolls the focused row into sight when it was moved by a key.
  useLayoutEffect(() => {
    const at = useList.getState().focus?.at;
    if (at === undefined || revealStamp === 0) return;
    const { g: geometry, top: present, viewport: height } = latest.current;
    const wanted = reveal(geometry, at, present, height);
    if (wanted !== present) scrollTo(wanted);
  }, [revealStamp, scrollTo]);

  useKeptFocus(scroller, focus?.id);

  const snippets = useSnippets(rows, words.length > 0 ? range : null, snapshot.version);
  const drawn: ReactNode[] = [];
  const shift = factor === 1 ? 0 : top / factor - top;
  // Skeletons that go and come keep their elements: a dragged scrollbar shows nothing else.
  const slots = range.to - range.from + 1;
  // A list whose focused row is in a closed group is entered by the first row that is shown.
  const lost = !focus || isHidden(g, focus.at);
  const entrance = lost ? stepTo(g, 0, 0) : -1;
  const draw = (at: number) => {
    const row = rows.row(at);
    const offset = offsetOf(g, at) + shift;
    drawn.push(
      row ? (
        <MessageRow
          key={row.id}
          row={row}
          at={at}
          offset={offset}
          height={g.row}
          density={density}
          columns={columnNames}
          byAccount={byAccount}
          role={roles.get(row.folder)}
          chosen={has(chosen, row.id, at)}
          focused={lost ? at === entrance : focus?.id === row.id}
          now={now}
          words={words}
          snippet={snippets.get(row.id)}
          onAct={actOnRow}
          onDragStart={onDragStart}
        />
      ) : (
        <SkeletonRow key={`place ${at % slots}`} offset={offset} height={g.row} density={density} />
      ),
    );
  };
  for (const run of shownRuns(g, range.from, range.to)) for (let at = run.from; at < run.to; at++) draw(at);
  // The focused row stays mounted when it is scrolled away, or the keyboard would lose its place.
  const away = focus && focus.at < total && (focus.at < range.from || focus.at >= range.to);
  if (away && rows.row(focus.at) && !isHidden(g, focus.at)) draw(focus.at);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLElement && event.target.closest('button')) return;
    const extend = event.shiftKey || pressed('list.extend', event);
    const how = extend ? 'extend' : pressed('list.keep', event) ? 'keep' : 'choose';
    const page = Math.max(1, Math.floor(viewport / g.row) - 1);
    if (event.altKey) return;
    if (pressedPlain('list.down', event)) moveBy(1, how);
    else if (pressedPlain('list.up', event)) moveBy(-1, how);
    else if (pressedPlain('list.pageDown', event)) moveBy(page, how);
    else if (pressedPlain('list.pageUp', event)) moveBy(-page, how);
    else if (pressedPlain('list.first', event)) moveToEnd('first', how);
    else if (pressedPlain('list.last', event)) moveToEnd('last', how);
    else if (pressedPlain('list.shut', event) && focus && groupAt(g, focus.at) >= 0) shutGroupOf(focus.at);
    else if (pressedPlain('list.open', event) && focus) onceChosen(openFocused);
    else if (pressed('list.toggle', event) && focus) toggleFocused();
    else if (pressed('list.all', event)) chooseAll();
    else if (pressed('list.one', event) && several(chosen)) onceChosen(chooseFocused);
    else if (pressed('list.menu', event)) openMenuAtFocus();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  /** The group of a row closes, and the keyboard goes to its head. */
  const shutGroupOf = (at: number) => {
    const group = g.heads[groupAt(g, at)];
    if (!group) return;
    closeGroup(group.key, true);
    requestAnimationFrame(() => focusHead(groupAt(g, at)));
  };
  const focusHead = (n: number) => {
    const group = g.heads[n];
    if (!group) return;
    setOnHead(group.key);
    const { top: upper, viewport: height, g: present } = latest.current;
    const offset = headOffset(present, n);
    if (offset < upper || offset + present.head > upper + height) scrollTo(offset);
    requestAnimationFrame(() =>
      scroller.current
        ?.querySelector<HTMLElement>(`[data-group="${CSS.escape(group.key)}"]`)
        ?.focus({ preventScroll: true }),
    );
  };
  const onHeadKey = (event: KeyboardEvent, n: number) => {
    const group = g.heads[n];
    if (!group || event.altKey || event.ctrlKey || event.metaKey) return;
    const shut = closed.has(group.key);
    if (event.key === 'ArrowRight' && shut) closeGroup(group.key, false);
    else if (event.key === 'ArrowLeft' && !shut) closeGroup(group.key, true);
    else if (event.key === 'ArrowDown' && shut) focusHead(n + 1);
    else if (event.key === 'ArrowDown' || event.key === 'ArrowRight') enterRow(group.at);
    else if (event.key === 'ArrowUp' && n > 0) {
      if (closed.has(g.heads[n - 1]?.key ?? '')) focusHead(n - 1);
      else enterRow(group.at - 1);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const enterRow = (at: number) => {
    void focusAt(at).then(() =>
      requestAnimationFrame(() =>
        scroller.current
          ?.querySelector<HTMLElement>('[role="row"][tabindex="0"]')
          ?.focus({ preventScroll: true }),
      ),
    );
  };
  const headOf = (n: number, offset: number, copy = false) => {
    const group = g.heads[n];
    if (!group) return null;
    return (
      <GroupHead
        key={copy ? 'copy' : `${group.key} ${group.at}`}
        name={group.key}
        label={groupLabel(group, sort, t, formats, now)}
        count={group.count}
        shut={closed.has(group.key)}
        offset={offset}
        height={g.head}
        copy={copy}
        told={!copy && (closed.has(group.key) || onHead === group.key)}
        onFocus={(here) => setOnHead(here ? group.key : null)}
        onToggle={() => closeGroup(group.key, !closed.has(group.key))}
        onKeyDown={(event) => onHeadKey(event, n)}
      />
    );
  };
  // The head of the group at the top stays in sight; the next one pushes it away.
  const stuck = total > 0 && top > 0 ? groupAt(g, rowAt(g, top)) : -1;

  const openMenuAtFocus = () => {
    const box = scroller.current?.querySelector('[role="row"][tabindex="0"]')?.getBoundingClientRect();
    if (box) setMenu({ x: box.left + 48, y: box.top + box.height / 2 });
  };
  const placeOf = (event: MouseEvent) => {
    const element = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-at]') : null;
    const at = Number(element?.dataset['at']);
    const id = Number(element?.dataset['id']);
    return element && Number.isInteger(at) ? { at, id } : null;
  };
  const onClick = (event: MouseEvent) => {
    const place = placeOf(event);
    if (!place) return;
    if (event.ctrlKey || event.metaKey) toggleAt(place.id, place.at);
    else void focusAt(place.at, event.shiftKey ? 'extend' : 'choose', true);
  };
  const onContextMenu = (event: MouseEvent) => {
    const place = placeOf(event);
    if (!place) return;
    event.preventDefault();
    if (!has(chosen, place.id, place.at)) void focusAt(place.at, 'choose', true);
    setMenu({ x: event.clientX, y: event.clientY });
  };

  return (
    <>
      <div
        ref={grid}
        role="grid"
        style={density === 'table' ? { '--columns': columns.template } : {}}
        aria-label={t.a11y.messages}
        aria-rowcount={snapshot.total ?? -1}
        aria-multiselectable="true"
        aria-busy={snapshot.total === null}
        data-scope="list"
        data-pane="list"
        className={styles.grid}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onDoubleClick={(event) => {
          const place = placeOf(event);
          if (place) openRow(place.id, 'mouse');
        }}
        onContextMenu={onContextMenu}
      >
        {density === 'table' ? <Columns view={rows.view} columns={columns} /> : null}
        <div
          ref={scroller}
          role="rowgroup"
          className={styles.scroller}
          tabIndex={-1}
          onScroll={(event) => {
            const real = event.currentTarget.scrollTop;
            const { factor: by, top: present } = latest.current;
            if (Math.abs(real - present / by) < 1) return;
            if (Math.abs(real * by - present) > viewport / 2) {
              setSettled(null);
              setJumps((n) => n + 1);
            }
            latest.current.top = real * by;
            setTop(real * by);
          }}
          onWheel={(event) => {
            // On a scaled scrollbar one notch would jump dozens of rows; rows are moved by the notch itself.
            if (factor !== 1) scrollTo(latest.current.top + event.deltaY);
          }}
        >
          {stuck >= 0 ? (
            <div className={styles.stuck}>
              {headOf(stuck, Math.min(0, headOffset(g, stuck + 1) - top - g.head), true)}
            </div>
          ) : null}
          <div className={styles.tall} style={{ height: scrollHeight(g) }}>
            {headsIn(g, range.from, range.to).map(({ head, offset }) =>
              headOf(groupAt(g, head.at), offset + shift),
            )}
            {snapshot.total === null ? <FirstSkeletons height={g.row} density={density} /> : drawn}
          </div>
        </div>
      </div>
      <RowMenu at={menu} onClose={() => setMenu(null)} />
    </>
  );
}

const NO_WORDS: readonly string[] = [];
