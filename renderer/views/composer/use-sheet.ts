/** The sheet as a thing of the page: whether there is room, and where the focus goes when its holder vanishes. */
import { type RefObject, useEffect, useRef, useState } from 'react';

/** Below this height, in rem, the text would be a slit: then everything under the bar scrolls as one. */
const ROOM_REM = 34;

/** true: too low for a text that scrolls by itself (a small window, 200 % text, a reply in the pane). */
export function useShort(sheet: RefObject<HTMLElement | null>): boolean {
  const [short, setShort] = useState(false);
  useEffect(() => {
    const element = sheet.current;
    if (!element) return;
    const measure = () => {
      const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize);
      setShort(element.clientHeight < ROOM_REM * rem);
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    // Another text size changes the rem and not the sheet.
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [sheet]);
  return short;
}

/**
 * A banner that was answered or a quote that was moved takes its button along: the keys of the composer would
 * then go nowhere. The sheet itself takes the focus.
 */
export function useKeptFocus(sheet: RefObject<HTMLElement | null>): void {
  const holder = useRef<Element | null>(null);
  useEffect(() => {
    const element = sheet.current;
    const note = (event: FocusEvent) => {
      holder.current = event.target instanceof Element ? event.target : null;
    };
    element?.addEventListener('focusin', note);
    return () => element?.removeEventListener('focusin', note);
  }, [sheet]);
  useEffect(() => {
    if (holder.current && !holder.current.isConnected && document.activeElement === document.body) {
      holder.current = null;
      sheet.current?.focus();
    }
  });
}
