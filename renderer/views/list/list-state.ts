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
import { type Places, placedAnew, wholeRuns, withEnds } from './range-ends.ts';
import { Rows } from './rows.ts';
import {
  afterRemoval,
  besideRange,
  between,
  type Chosen,
  count,
  everything,
  MAX_BY_ID,
  moved,
  NOTHING,
  only,
  range,
  toggle,
} from './selection.ts';
import { afterTurns, inTurn } from './turns.ts';

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

export type How = 'choose' | 'extend' | 'keep';

/** Runs when the keys before it have chosen what they choose; not at all when that failed or the list is another one. */
export function onceChosen(run: () => void): void {
  const { rows } = useList.getState();
  afterTurns(run, () => useList.getState().rows === rows);
}

/** Moves the focus to a position. `extend`: Shift; `keep`: Ctrl (the choice stays). */
export function focusAt(at: number, how: How = 'choose', now = false): Promise<void> {
  return inTurn(() => step(at, how, now));
}

function step(at: number, how: How, now: boolean): Promise<void> | undefined {
  const { rows } = useList.getState();
  const total = rows?.snapshot.total ?? 0;
  if (!rows || total === 0) return undefined;
  const place = clamp(at, total);
  const id = rows.row(place)?.id;
  if (id === undefined) return stepAfar(rows, place, how, now);
  return arrive(rows, { id, at: place }, how, now);
}

/** The row is not here yet: who stands there is asked for. */
async function stepAfar(rows: Rows, at: number, how: How, now: boolean): Promise<void> {
  const [id] = await rows.ids(at, at, 1);
  if (id !== undefined && useList.getState().rows === rows) await arrive(rows, { id, at }, how, now);
}

function arrive(
  rows: Rows,
  focus: { id: number; at: number },
  how: How,
  now: boolean,
): Promise<void> | undefined {
  const { reveal } = useList.getState();
  if (how === 'extend') {
    set({ focus, reveal: reveal + 1 });
    return extendTo(rows, focus.at);
  }
  set({ focus, reveal: reveal + 1, ...(how === 'choose' ? { chosen: only(focus.id, focus.at) } : {}) });
  if (how === 'choose' && now) openNow(focus.id);
  else if (how === 'choose') openSoon(focus.id);
  return undefined;
}

/** Chooses from the anchor to the row: by id what is here, by its ends what is long or not here. */
function extendTo(rows: Rows, at: number): Promise<void> | undefined {
  const { chosen, closed } = useList.getState();
  // Rows of closed groups are out of sight and out of what is chosen.
  const from = Math.min(chosen.anchor, at);
  const to = Math.max(chosen.anchor, at);
  const runs = wholeRuns(shownRuns(shape(rows, closed), from, to + 1));
  const ids = rows.here(runs, MAX_BY_ID);
  if (!ids) return extendAfar(rows, runs);
  set({ chosen: range(chosen, ids) });
  return undefined;
}

async function extendAfar(rows: Rows, places: readonly Places[]): Promise<void> {
  const { generation } = rows;
  const runs = await withEnds(rows, places);
  if (useList.getState().rows !== rows) return;
  set((state) => ({ chosen: between(state.chosen, runs) }));
  rangeSeen = generation;
  followRange(rows);
}

/** The rows that the places of the range belong to. */
let rangeSeen = 0;

/** After rows came or went the range is where its ends are; without an end there is no range any more. */
function followRange(rows: Rows): void {
  const { chosen } = useList.getState();
  const { generation } = rows;
  if (chosen.kind !== 'range' || generation === rangeSeen) return;
  rangeSeen = generation;
  placedAnew(rows, chosen.runs).then(
    (runs) => {
      const now = useList.getState();
      if (now.chosen !== chosen || now.rows !== rows) return;
      if (runs) set({ chosen: moved(chosen, runs) });
      else chooseFocused();
    },
    // Where the range stands now is not known; what is done with it goes by its ends.
    () => undefined,
  );
}

export function moveBy(steps: number, how: How = 'choose'): void {
  void inTurn(() => {
    const { focus, rows, closed } = useList.getState();
    if (!rows) return undefined;
    const g = shape(rows, closed);
    return step(focus ? stepTo(g, focus.at, steps) : stepTo(g, 0, 0), how, false);
  });
}

/** The first or the last row that is shown. */
export function moveToEnd(end: 'first' | 'last', how: How = 'choose'): void {
  void inTurn(() => {
    const { rows, closed } = useList.getState();
    if (!rows) return undefined;
    const g = shape(rows, closed);
    return step(end === 'first' ? stepTo(g, 0, -g.total) : stepTo(g, 0, g.total), how, false);
  });
}

export function toggleAt(id: number, at: number): void {
  set((state) => ({ chosen: toggle(state.chosen, id, at), focus: { id, at } }));
}

/** Adds the row that has the keyboard to what is chosen, or takes it out. */
export function toggleFocused(): void {
  void inTurn(() => {
    const { focus } = useList.getState();
    if (focus) toggleAt(focus.id, focus.at);
    return undefined;
  });
}

export function chooseAll(): void {
  void inTurn(() => {
    set({ chosen: everything() });
    return undefined;
  });
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
  if (chosen.kind === 'range' && rows) {
    const ends = chosen.runs.map(({ first, last }) => ({ first, last }));
    return { view: rows.view, between: ends, except: [...chosen.ids] };
  }
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
  if (chosen.kind === 'range') {
    leaveRange(rows, chosen);
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

/** The row beside the range may not be here; it is asked for before the range is gone. */
function leaveRange(rows: Rows, chosen: Chosen): void {
  const at = besideRange(chosen, rows.snapshot.total ?? 0);
  set({ chosen: NOTHING });
  if (at === null) go({ letter: null });
  else void focusAt(at, 'choose', true);
}

/** Ids of what is chosen, in the list's order; null: there are more than `limit`. */
export async function chosenIds(limit: number): Promise<number[] | null> {
  const { chosen, rows } = useList.getState();
  const total = rows?.snapshot.total ?? 0;
  if (!rows || count(chosen, total) > limit) return null;
  if (chosen.kind === 'some') return [...chosen.ids];
  const runs = chosen.kind === 'all' ? [{ from: 0, to: total - 1 }] : chosen.runs;
  const ids: number[] = [];
  for (const { from, to } of runs) ids.push(...(await rows.ids(from, to, to - from + 1)));
  return ids.filter((id) => !chosen.ids.includes(id));
}

/** After the rows changed: the focus keeps its letter, or takes the one now in its place. */
export function followChange(): void {
  const { rows, focus, chosen } = useList.getState();
  const total = rows?.snapshot.total;
  if (!rows || !focus || total === null || total === undefined) return;
  followRange(rows);
  const at = rows.find(focus.id);
  if (at !== undefined) {
    // A range that begins at this row goes on beginning there.
    const anchor =
      chosen.kind === 'some' && chosen.anchor === focus.at ? { chosen: { ...chosen, anchor: at } } : {};
    if (at !== focus.at) set({ focus: { id: focus.id, at }, ...anchor });
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
