/** What keeps the list where it is: its height, the first row in sight while rows come and go, the keyboard in it. */
import { useEffect, useLayoutEffect, useRef } from 'react';
import { type Geometry, offsetOf, rowAt } from './geometry.ts';
import type { Rows } from './rows.ts';

/** Follows the height of the element. */
export function useResize(
  element: { current: HTMLElement | null },
  onHeight: (height: number) => void,
): void {
  useLayoutEffect(() => {
    const target = element.current;
    if (!target) return;
    onHeight(target.clientHeight);
    const observer = new ResizeObserver(() => onHeight(target.clientHeight));
    observer.observe(target);
    return () => observer.disconnect();
  }, [element, onHeight]);
}

export interface Latest {
  current: { top: number; viewport: number; g: Geometry; factor: number };
}

/** Keeps the first visible row where it is when rows come or go above it. */
export function useAnchor(
  rows: Rows,
  latest: Latest,
  snapshot: Rows['snapshot'],
  scrollTo: (top: number) => void,
): void {
  const held = useRef({ at: 0, below: 0, stamp: 0, g: latest.current.g });
  useEffect(() => {
    rows.setAnchor(() => {
      const { g, top, viewport } = latest.current;
      const at = rowAt(g, top);
      const count = Math.ceil(viewport / g.row) + 2;
      return top < 4 ? { id: null, at: 0, count } : { id: rows.row(at)?.id ?? null, at, count };
    });
  }, [rows, latest]);
  useLayoutEffect(() => {
    const { g, top } = latest.current;
    const before = held.current;
    const moved = snapshot.shiftStamp !== before.stamp ? snapshot.shift : 0;
    if (before.g !== g && top >= 4 && before.g.row === g.row) {
      const wanted = offsetOf(g, before.at + moved) - before.below;
      if (Math.abs(wanted - top) >= 1) scrollTo(wanted);
    }
    const present = latest.current.top;
    const at = rowAt(g, present);
    held.current = { at, below: offsetOf(g, at) - present, stamp: snapshot.shiftStamp, g };
  });
}

/** The keyboard stays in the list when its row is replaced or removed; focus never falls to the page. */
export function useKeptFocus(element: { current: HTMLElement | null }, id: number | undefined): void {
  const inside = useRef(false);
  useEffect(() => {
    const follow = (event: FocusEvent) => {
      inside.current = event.target instanceof Node && (element.current?.contains(event.target) ?? false);
    };
    document.addEventListener('focusin', follow);
    return () => document.removeEventListener('focusin', follow);
  }, [element]);
  const met = useRef(false);
  useLayoutEffect(() => {
    // A list that comes back from under a letter takes the keyboard back to its row.
    if (!met.current && id !== undefined && document.activeElement === document.body) inside.current = true;
    met.current = true;
    // A press in the letter leaves by no event that is heard here.
    if (document.activeElement instanceof HTMLIFrameElement) inside.current = false;
    if (!inside.current) return;
    // A head of a group is a place of its own.
    if (document.activeElement?.closest('[data-group]')) return;
    const row = id === undefined ? null : element.current?.querySelector<HTMLElement>(`#row-${id}`);
    if (row && document.activeElement !== row && !row.contains(document.activeElement)) {
      row.focus({ preventScroll: true });
    } else if (!row && document.activeElement === document.body) {
      element.current?.focus({ preventScroll: true });
    }
  });
}
