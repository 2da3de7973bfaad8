/** Gives the keyboard back to the list (after a search, a find, a dialog whose opener is gone). */
export function focusList(): void {
  const row = document.querySelector<HTMLElement>('[data-pane="list"] [role="row"][tabindex="0"]');
  (row ?? document.querySelector<HTMLElement>('[data-pane="reader"]'))?.focus();
}

/** Frames to wait for a list that is only being drawn: half a second at most. */
const FRAMES = 30;

/** The same for a list that is about to be drawn anew; a person who has moved on meanwhile is left alone. */
export function focusNextList(): void {
  const former = document.querySelector('[data-pane="list"]');
  let frames = 0;
  const look = () => {
    const list = document.querySelector('[data-pane="list"]');
    const ready = list?.querySelector('[role="row"][tabindex="0"]') && (list !== former || frames > 2);
    if (ready || frames++ >= FRAMES) focusList();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}
