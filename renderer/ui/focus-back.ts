/**
 * Where the keyboard goes when something that stood over the window closes: back, and before the next key. The library
 * gives it back with the next picture, and a key pressed until then goes to nobody.
 */
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef } from 'react';

/**
 * Remembers what has the focus when `open` becomes true and focuses it when `open` becomes false, unless the focus has
 * been moved elsewhere on purpose. Returns a function that keeps one deed until then; a deed whose menu goes with
 * everything around it is done all the same.
 */
export function useFocusBack(open: boolean, over: RefObject<HTMLElement | null>): (deed: () => void) => void {
  const before = useRef<Element | null>(null);
  const kept = useRef<(() => void) | null>(null);
  // Before the effects that move the focus into what opens.
  useLayoutEffect(() => {
    if (open) before.current = document.activeElement;
  }, [open]);
  // Behind the effects that let the window take focus again. After a key or a press they run in the same task.
  useEffect(() => {
    if (open) return;
    const back = before.current;
    before.current = null;
    const now = document.activeElement;
    // Submenus stand beside their menu.
    const lost = now === null || now === document.body || over.current?.parentElement?.contains(now) === true;
    if (lost && back instanceof HTMLElement && back.isConnected) back.focus({ preventScroll: true });
    doKept(kept);
  }, [open, over]);
  useEffect(() => () => doKept(kept), []);
  return useCallback((deed: () => void) => {
    kept.current = deed;
  }, []);
}

function doKept(kept: RefObject<(() => void) | null>): void {
  const deed = kept.current;
  kept.current = null;
  deed?.();
}
