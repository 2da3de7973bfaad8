/**
 * The keyboard after a press inside a letter. The letter's document runs no script and is of another origin, so
 * keys pressed in it are heard by nobody: a press there must not take the keyboard away from the window.
 *
 * The focus goes back at once to the pane around the frame; the text chosen in the letter stays chosen. Only the
 * keys that act on that text belong to the letter: while Ctrl (Cmd) is held soon after such a press the frame has
 * the keyboard, so that copying works. A person who came in by Tab is left there: links are reached so.
 */
import { type RefObject, useEffect } from 'react';
import { isMac } from '../state/keys.ts';

/** So long after a press in the letter Ctrl means its text, ms. */
const CHOSEN_MS = 8000;
/** The frame keeps the keyboard for the letters of the chord so long, ms: Ctrl, then A, then C, each sought by one finger. */
const CHORD_MS = 1500;

/** What the keyboard goes back to: the pane or the dialog around the frame. */
function paneOf(frame: HTMLElement): HTMLElement | null {
  return frame.closest<HTMLElement>('[data-pane], [role="dialog"]');
}

/** Watches one frame while it shows the document of `url`. */
export function useReturnedFocus(element: RefObject<HTMLIFrameElement | null>, url: string): void {
  useEffect(() => {
    const frame = element.current;
    if (!frame || url === '') return;
    const copyKey = isMac ? 'Meta' : 'Control';
    let chord = false;
    let pressed = Number.NEGATIVE_INFINITY;
    let tabbed = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const soon = (ms: number) => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        chord = false;
        if (document.activeElement === frame) paneOf(frame)?.focus({ preventScroll: true });
      }, ms);
    };
    const onBlur = () => {
      // The window loses the keyboard to its own frame, or to another program.
      if (document.activeElement !== frame || chord) return;
      if (tabbed) return;
      pressed = performance.now();
      soon(0);
    };
    const onKeyDown = (event: KeyboardEvent) => {
      tabbed = event.key === 'Tab';
      if (event.key !== copyKey || event.repeat || event.shiftKey || event.altKey) return;
      if (performance.now() - pressed > CHOSEN_MS) return;
      if (!paneOf(frame)?.contains(document.activeElement)) return;
      chord = true;
      frame.focus({ preventScroll: true });
      soon(CHORD_MS);
    };
    // Tab came to something of the window's own: what comes to the frame later comes by a press. Nothing is heard of a
    // press in the frame itself, and no clock tells the two apart on a slow machine.
    const onOther = () => {
      tabbed = false;
    };
    window.addEventListener('blur', onBlur);
    window.addEventListener('keydown', onKeyDown, true);
    window.addEventListener('focusin', onOther);
    window.addEventListener('pointerdown', onOther, true);
    return () => {
      clearTimeout(timer);
      window.removeEventListener('blur', onBlur);
      window.removeEventListener('keydown', onKeyDown, true);
      window.removeEventListener('focusin', onOther);
      window.removeEventListener('pointerdown', onOther, true);
    };
  }, [element, url]);
}
