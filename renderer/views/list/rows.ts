/**
 * The rows of one view, fetched by position in pages and kept while they are near. The list draws what is
 * here; what is not here yet is a skeleton of the same height.
 *
 * It never holds everything, never blanks rows that were shown, and never moves the list under the reader:
 * when letters come or go, the new pages, totals and groups are fetched first and change together, with the
 * shift of the row that was at the top.
 */
import type { Group, Row, ViewInput } from '../../../main/contract/mail/views.ts';
import type { Door } from '../../transport/door.ts';
import { asFault, type DoorFault, isCancelled } from '../../transport/fault.ts';

export const PAGE = 100;
/** Pages kept: 40,000 rows are some 40 MB at worst and half an hour of scrolling. */
const KEPT_PAGES = 400;
/** Questions under way at a time: a dragged scrollbar passes more pages than anybody will look at. */
const MAX_ASKED = 3;
/** Changes that come together are asked for once. */
const SETTLE_MS = 60;

export interface Snapshot {
  /** null: nothing answered yet. */
  total: number | null;
  exact: boolean;
  groups: readonly Group[];
  /** Grows whenever rows came or changed. */
  version: number;
  /** Rows inserted (positive) or gone above the anchor since the last snapshot of this `shiftStamp`. */
  shift: number;
  shiftStamp: number;
  failure: DoorFault | null;
  /** From asking to the first rows, ms; null: not answered yet. */
  took: number | null;
}

export interface Anchor {
  /** The first row drawn: it must stay where it is. null: the list is at its top and shows what comes. */
  id: number | null;
  at: number;
  /** Rows in sight. */
  count: number;
}

export class Rows {
  readonly view: ViewInput;
  /** Its groups are asked for, too. */
  readonly grouped: boolean;
  readonly #door: Door;
  readonly #pages = new Map<number, readonly Row[]>();
  readonly #asked = new Set<number>();
  /** The range last wished for; older wishes are forgotten when questions have to wait. */
  #wanted: readonly { first: number; last: number }[] | null = null;
  readonly #listeners = new Set<() => void>();
  readonly #stop = new AbortController();
  readonly #release: () => void;
  #generation = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #refreshing = false;
  #again = false;
  #anchor: () => Anchor = () => ({ id: null, at: 0, count: PAGE });
  #snapshot: Snapshot = {
    total: null,
    exact: false,
    groups: [],
    version: 0,
    shift: 0,
    shiftStamp: 0,
    failure: null,
    took: null,
  };

  constructor(door: Door, view: ViewInput, options: { grouped: boolean }) {
    this.#door = door;
    this.view = view;
    this.grouped = options.grouped;
    const release = [
      door.on('mail.changed', () => this.refreshSoon()),
      door.onState((state) => {
        if (state === 'open') this.refreshSoon();
      }),
    ];
    this.#release = () => {
      for (const end of release) end();
    };
    void this.#begin();
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Who knows what is on screen. */
  setAnchor(anchor: () => Anchor): void {
    this.#anchor = anchor;
  }

  row(at: number): Row | undefined {
    return this.#pages.get(Math.floor(at / PAGE))?.[at % PAGE];
  }

  /** Position of a row that is here; undefined: not among the loaded pages. */
  find(id: number): number | undefined {
    for (const [page, rows] of this.#pages) {
      const index = rows.findIndex((row) => row.id === id);
      if (index >= 0) return page * PAGE + index;
    }
    return undefined;
  }

  /** Makes sure these rows are here or on their way, and the pages around them. */
  want(from: number, to: number): void {
    this.wantRuns([{ from, to }]);
  }

  /** The same for runs of rows with closed groups between them. */
  wantRuns(runs: readonly { from: number; to: number }[]): void {
    this.#wanted = runs.map(({ from, to }) => ({
      first: Math.floor(from / PAGE),
      last: Math.floor(Math.max(from, to - 1) / PAGE),
    }));
    this.#ask();
  }

  /** What is in sight comes first; its neighbours are asked for when that is here. */
  #ask(): void {
    const { total } = this.#snapshot;
    if (this.#wanted === null || total === null || this.#stop.signal.aborted) return;
    const missing = (page: number) =>
      page >= 0 && (page === 0 || page * PAGE < total) && !this.#pages.has(page);
    const inSight: number[] = [];
    for (const { first, last } of this.#wanted)
      for (let page = first; page <= last; page++)
        if (missing(page) && !inSight.includes(page)) inSight.push(page);
    const around = [(this.#wanted.at(-1)?.last ?? 0) + 1, (this.#wanted[0]?.first ?? 0) - 1];
    const pages = inSight.length > 0 ? inSight : around.filter(missing);
    for (const page of pages) {
      if (this.#asked.size >= MAX_ASKED) return;
      if (!this.#asked.has(page)) void this.#fetch(page);
    }
  }

  /** Grows whenever rows may have come or gone. */
  get generation(): number {
    return this.#generation;
  }

  /** Ids of the runs (both ends included) if all their rows are here and there are at most `limit`. */
  here(runs: readonly { from: number; to: number }[], limit: number): number[] | null {
    const ids: number[] = [];
    for (const { from, to } of runs) {
      if (ids.length + to - from + 1 > limit) return null;
      for (let at = from; at <= to; at++) {
        const row = this.row(at);
        if (!row) return null;
        ids.push(row.id);
      }
    }
    return ids;
  }

  /** Ids of the rows from..to (inclusive), fetching what is not here; at most `limit`. */
  async ids(from: number, to: number, limit: number): Promise<number[]> {
    const found: number[] = [];
    const end = Math.min(to, from + limit - 1);
    for (let at = from; at <= end; ) {
      const row = this.row(at);
      if (row) {
        found.push(row.id);
        at++;
        continue;
      }
      const size = Math.min(500, end - at + 1);
      const window = await this.#door.request('messages.window', { view: this.view, from: at, count: size });
      found.push(...window.rows.map((other) => other.id));
      if (window.rows.length === 0) break;
      at += window.rows.length;
    }
    return found;
  }

  /** Asks anew for what is in sight, soon. */
  refreshSoon(): void {
    if (this.#timer !== null || this.#stop.signal.aborted) return;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      void this.refresh();
    }, SETTLE_MS);
  }

  async refresh(): Promise<void> {
    if (this.#refreshing) {
      this.#again = true;
      return;
    }
    this.#refreshing = true;
    try {
      do {
        this.#again = false;
        await this.#refreshOnce();
      } while (this.#again && !this.#stop.signal.aborted);
    } catch (failure) {
      this.#fail(failure);
    } finally {
      this.#refreshing = false;
    }
  }

  dispose(): void {
    this.#stop.abort();
    this.#release();
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#listeners.clear();
  }

  async #begin(): Promise<void> {
    const asked = performance.now();
    try {
      const { signal } = this.#stop;
      const [window, groups] = await Promise.all([
        this.#door.request('messages.window', { view: this.view, from: 0, count: PAGE }, { signal }),
        this.#askGroups(),
      ]);
      this.#pages.set(0, window.rows);
      const took = performance.now() - asked;
      this.#publish({ total: window.total, exact: window.exact, groups, failure: null, took });
      this.#ask();
      if (!window.exact) this.refreshSoon();
    } catch (failure) {
      this.#fail(failure);
    }
  }

  async #askGroups(): Promise<readonly Group[]> {
    if (!this.grouped) return [];
    const zone = -new Date().getTimezoneOffset();
    return this.#door.request('messages.groups', { view: this.view, zone }, { signal: this.#stop.signal });
  }

  async #fetch(page: number): Promise<void> {
    this.#asked.add(page);
    const generation = this.#generation;
    try {
      const { signal } = this.#stop;
      const input = { view: this.view, from: page * PAGE, count: PAGE };
      const window = await this.#door.request('messages.window', input, { signal });
      if (generation !== this.#generation) return;
      this.#pages.set(page, window.rows);
      this.#forget(page);
      this.#publish({});
    } catch (failure) {
      this.#fail(failure);
    } finally {
      if (generation === this.#generation) this.#asked.delete(page);
    }
    // Not after a failure: the same question would fail for ever.
    if (this.#pages.has(page)) this.#ask();
  }

  async #refreshOnce(): Promise<void> {
    const { signal } = this.#stop;
    const anchor = this.#anchor();
    let shift = 0;
    if (anchor.id !== null) {
      const { at } = await this.#door.request(
        'messages.locate',
        { view: this.view, id: anchor.id },
        { signal },
      );
      if (at !== null) shift = at - anchor.at;
    }
    const start = Math.max(0, anchor.at + shift - PAGE);
    const first = Math.floor(start / PAGE);
    const count = Math.min(5, Math.ceil((anchor.count + 2 * PAGE) / PAGE) + 1);
    const [window, groups] = await Promise.all([
      this.#door.request(
        'messages.window',
        { view: this.view, from: first * PAGE, count: count * PAGE },
        { signal },
      ),
      this.#askGroups(),
    ]);
    this.#generation++;
    this.#pages.clear();
    this.#asked.clear();
    for (let page = 0; page < count; page++) {
      const rows = window.rows.slice(page * PAGE, (page + 1) * PAGE);
      if (rows.length > 0 || page === 0) this.#pages.set(first + page, rows);
    }
    const { shiftStamp } = this.#snapshot;
    this.#publish({
      total: window.total,
      exact: window.exact,
      groups,
      failure: null,
      shift,
      shiftStamp: shift === 0 ? shiftStamp : shiftStamp + 1,
    });
    this.#ask();
  }

  /** Drops the pages farthest from the one that just came. */
  #forget(near: number): void {
    if (this.#pages.size <= KEPT_PAGES) return;
    const far = [...this.#pages.keys()].sort((a, b) => Math.abs(b - near) - Math.abs(a - near));
    for (const page of far.slice(0, this.#pages.size - KEPT_PAGES)) this.#pages.delete(page);
  }

  #fail(thrown: unknown): void {
    if (isCancelled(thrown) || this.#stop.signal.aborted) return;
    const failure = asFault(thrown);
    // A lost engine is said by the window; the rows stay as they are and are asked for again.
    if (failure.code !== 'engine-stopped') this.#publish({ failure });
  }

  #publish(change: Partial<Snapshot>): void {
    if (this.#stop.signal.aborted) return;
    this.#snapshot = { ...this.#snapshot, ...change, version: this.#snapshot.version + 1 };
    for (const listener of [...this.#listeners]) listener();
  }
}
