/**
 * The list of the moment: its rows, the focused row, what is chosen. One list per window. Commands ask here
 * what they act upon. Moving the focus opens the letter after a short rest, so that a held arrow key does
 * not open every letter on its way.
 */
import { create } from 'zustand';
import type { Row, SelectionInput, ViewInput } from '../../../main/contract/mail/views.ts';
import { engine } from '../../state/engine.ts';
import { useLooks } from '../../state/looks.ts';
import { go, usePlace } from '../../state/place.ts';
import { useSession } from '../../state/session.ts';
import { placeOf, viewWithLook, wholeLook } from '../../state/whole-look.ts';
import { closedOf, type Geometry, isHidden, shownRuns, stepTo } from './geometry.ts';
import { Rows } from './rows.ts';
import { afterRemoval, type Chosen, everything, MAX_IDS, NOTHING, only, range, toggle } from './selection.ts';

/** A letter opens this long after the focus came to rest, ms. */
const REST_MS = 120;

export interface ListState {
  rows: Rows | null;
  chosen: Chosen;
  /** The row that has (or would get) the keyboard. */
  focus: { id: number; at: number } | null;
  /** Bumped when the focused row must be scrolled into sight. */
  reveal: number;
  /** Keys of the groups that are closed. */
  closed: ReadonlySet<string>;
}

const NONE: ReadonlySet<string> = new Set();

export const useList = create<ListState>(() => ({
  rows: null,
  chosen: NOTHING,
  focus: null,
  reveal: 0,
  closed: NONE,
}));

const set = useList.setState;
/** The row of the folder in which a search was begun. */
let home: number | null = null;
let rest: ReturnType<typeof setTimeout> | null = null;
/** Closed groups of the places one has been to, by place and order; forgotten with the window. */
const closedGroups = new Map<string, ReadonlySet<string>>();
let groupsOf = '';

/** Shows a view; the one that is there stays when it is the same. */
export function showView(view: ViewInput): void {
  const { settings, saved } = useSession.getState();
  const searching = Boolean(view.query?.trim());
  const place = placeOf(view, saved);
  const look = wholeLook(place, useLooks.getState().looks, settings);
  const wanted = viewWithLook(view, look);
  const { rows } = useList.getState();
  // What was found without a name of its own has no days: it is read from the top.
  const grouped = look.grouped && place !== 'found';
  if (rows && rows.grouped === grouped && JSON.stringify(rows.view) === JSON.stringify(wanted)) return;
  const left = rows && !rows.view.query ? useList.getState().focus?.id : undefined;
  if (left !== undefined && searching) home = left;
  rows?.dispose();
  const next = new Rows(engine(), wanted, { grouped });
  groupsOf = `${place} ${look.sort}`;
  set({ rows: next, chosen: NOTHING, focus: null, closed: closedGroups.get(groupsOf) ?? NONE });
  if (rows?.view.query && !searching && home !== null) void restore(next, home);
  if (!searching) home = null;
}

/** After a search: back to the row of the folder one came from, if it is still there. */
async function restore(rows: Rows, id: number): Promise<void> {
  try {
    const { at } = await engine().request('messages.locate', { view: rows.view, id });
    if (at === null || useList.getState().rows !== rows) return;
    rows.want(at, at + 1);
    set((state) => ({ focus: { id, at }, chosen: only(id, at), reveal: state.reveal + 1 }));
    openNow(id);
  } catch {
    // The folder is shown from its top; nothing was lost by that.
  }
}

export function closeView(): void {
  useList.getState().rows?.dispose();
  set({ rows: null, chosen: NOTHING, focus: null });
}

function openSoon(id: number): void {
  if (rest) clearTimeout(rest);
  rest = setTimeout(() => go({ letter: id }), REST_MS);
}

function openNow(id: number): void {
  if (rest) clearTimeout(rest);
  go({ letter: id });
}

/** Opens or closes a group of the list. */
export function closeGroup(key: string, shut: boolean): void {
  const closed = new Set(useList.getState().closed);
  if (shut) closed.add(key);
  else closed.delete(key);
  closedGroups.set(groupsOf, closed);
  set({ closed });
}

/** Where rows stand, without pixels. */
export function shape(rows: Rows, closed: ReadonlySet<string>): Geometry {
  const { total, groups } = rows.snapshot;
  const shut = closedOf(groups, total ?? 0, (group) => closed.has(group.key));
  return { total: total ?? 0, row: 1, head: 0, heads: groups, ...(shut ? { closed: shut } : {}) };
}

const clamp = (at: number, total: number) => Math.max(0, Math.min(total - 1, at));

/** Moves the focus to a position. `extend`: Shift; `keep`: Ctrl (the choice stays). */
export async function focusAt(
  at: number,
  how: 'choose' | 'extend' | 'keep' = 'choose',
  now = false,
): Promise<void> {
  const { rows } = useList.getState();
  const total = rows?.snapshot.total ?? 0;
  if (!rows || total === 0) return;
  const place = clamp(at, total);
  const id = rows.row(place)?.id ?? (await rows.ids(place, place, 1))[0];
  if (id === undefined || useList.getState().rows !== rows) return;
  const { chosen, reveal } = useList.getState();
  if (how === 'extend') {
    const from = Math.min(chosen.anchor, place);
    const to = Math.max(chosen.anchor, place);
    set({ focus: { id, at: place }, reveal: reveal + 1 });
    const ids: number[] = [];
    // Rows of closed groups are out of sight and out of what is chosen.
    for (const run of shownRuns(shape(rows, useList.getState().closed), from, to + 1))
      ids.push(...(await rows.ids(run.from, run.to - 1, MAX_IDS - ids.length)));
    set((state) => ({ chosen: range(state.chosen, ids) }));
    return;
  }
  if (how === 'keep') {
    set({ focus: { id, at: place }, reveal: reveal + 1 });
    return;
  }
  set({ focus: { id, at: place }, chosen: only(id, place), reveal: reveal + 1 });
  if (now) openNow(id);
  else openSoon(id);
}

export function moveBy(steps: number, how: 'choose' | 'extend' | 'keep' = 'choose'): void {
  const { focus, rows, closed } = useList.getState();
  if (!rows) return;
  const g = shape(rows, closed);
  void focusAt(focus ? stepTo(g, focus.at, steps) : stepTo(g, 0, 0), how);
}

/** The first or the last row that is shown. */
export function moveToEnd(end: 'first' | 'last', how: 'choose' | 'extend' | 'keep' = 'choose'): void {
  const { rows, closed } = useList.getState();
  if (!rows) return;
  const g = shape(rows, closed);
  void focusAt(end === 'first' ? stepTo(g, 0, -g.total) : stepTo(g, 0, g.total), how);
}

export function toggleAt(id: number, at: number): void {
  set((state) => ({ chosen: toggle(state.chosen, id, at), focus: { id, at } }));
}

export function chooseAll(): void {
  set({ chosen: everything() });
}

/** Back to the one row that has the focus. */
export function chooseFocused(): void {
  const { focus } = useList.getState();
  set({ chosen: focus ? only(focus.id, focus.at) : NOTHING });
}

/** What a command acts upon; null: nothing is chosen. */
export function currentSelection(): SelectionInput | null {
  const { chosen, rows } = useList.getState();
  if (chosen.kind === 'all' && rows) return { view: rows.view, except: [...chosen.ids] };
  if (chosen.ids.length > 0) {
    return { ids: [...chosen.ids], conversations: rows?.view.conversations ?? false };
  }
  const { letter } = usePlace.getState();
  return letter === null ? null : { ids: [letter], conversations: false };
}

/** The focused row while it is here. */
export function focusedRow(): Row | undefined {
  const { rows, focus } = useList.getState();
  if (!rows || !focus) return undefined;
  const row = rows.row(focus.at);
  if (row?.id === focus.id) return row;
  const at = rows.find(focus.id);
  return at === undefined ? undefined : rows.row(at);
}

/** Before letters leave the view: the focus goes to the next row down. */
export function leaveChosen(): void {
  const { chosen, focus, rows, reveal } = useList.getState();
  if (!rows || !focus) return;
  if (chosen.kind === 'all') {
    set({ chosen: NOTHING, focus: null });
    go({ letter: null });
    return;
  }
  const next = afterRemoval(chosen, focus.at, (at) => rows.row(at), rows.snapshot.total ?? 0);
  const at = next === null ? undefined : rows.find(next);
  if (next === null || at === undefined) {
    set({ chosen: NOTHING });
    go({ letter: null });
    return;
  }
  set({ focus: { id: next, at }, chosen: only(next, at), reveal: reveal + 1 });
  openNow(next);
}

/** After the rows changed: the focus keeps its letter, or takes the one now in its place. */
export function followChange(): void {
  const { rows, focus, chosen } = useList.getState();
  const total = rows?.snapshot.total;
  if (!rows || !focus || total === null || total === undefined) return;
  const at = rows.find(focus.id);
  if (at !== undefined) {
    if (at !== focus.at) set({ focus: { id: focus.id, at } });
    return;
  }
  const near = rows.row(clamp(focus.at, total));
  // Its page is not here: the letter may well still be in the view, far away.
  if (total > 0 && !near) return;
  if (!near) {
    set({ focus: null, chosen: NOTHING });
    go({ letter: null });
    return;
  }
  const place = clamp(focus.at, total);
  const single = chosen.kind === 'some' && chosen.ids.length <= 1;
  set({ focus: { id: near.id, at: place }, ...(single ? { chosen: only(near.id, place) } : {}) });
  if (single && usePlace.getState().letter === focus.id) openSoon(near.id);
}

/** The next unread row below (then from the top); says whether there was one among the loaded rows. */
export function focusNextUnread(): boolean {
  const { rows, focus } = useList.getState();
  const total = rows?.snapshot.total ?? 0;
  if (!rows) return false;
  const start = focus ? focus.at + 1 : 0;
  const g = shape(rows, useList.getState().closed);
  for (let step = 0; step < total; step++) {
    const at = (start + step) % total;
    const row = isHidden(g, at) ? undefined : rows.row(at);
    if (row && !row.flags.includes('seen')) {
      void focusAt(at, 'choose', true);
      return true;
    }
  }
  return false;
}
