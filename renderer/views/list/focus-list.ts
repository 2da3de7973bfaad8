/** Gives the keyboard back to the list (after a search, a find, a dialog whose opener is gone). */
export function focusList(): void {
  const row = document.querySelector<HTMLElement>('[data-pane="list"] [role="row"][tabindex="0"]');
  (row ?? document.querySelector<HTMLElement>('[data-pane="reader"]'))?.focus();
}
