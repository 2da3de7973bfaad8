/** F6: the panes in the order a person reads them, each by its own place of entry. */
const ORDER = ['search', 'commands', 'rail', 'tree', 'list', 'reader', 'page', 'toast', 'status'] as const;

function entry(name: (typeof ORDER)[number]): HTMLElement | null {
  if (name === 'search') return document.querySelector<HTMLElement>('input[type="search"]');
  const pane = document.querySelector<HTMLElement>(`[data-pane="${name}"]`);
  if (!pane) return null;
  if (name === 'reader' && pane.hasAttribute('tabindex')) return pane;
  // Of letters or of people.
  if (name === 'list')
    return pane.querySelector<HTMLElement>('[role="row"][tabindex="0"], li [tabindex="0"]');
  if (name === 'page') return pane.querySelector<HTMLElement>('[aria-current], button:not([disabled])');
  // Toasts come and go: an empty place is no stop.
  return pane.querySelector<HTMLElement>('[tabindex="0"], button:not([disabled])');
}

function currentAt(): number {
  const active = document.activeElement;
  for (const [at, name] of ORDER.entries()) {
    const here =
      name === 'search' ? active?.matches('input[type="search"]') : active?.closest(`[data-pane="${name}"]`);
    if (here) return at;
  }
  return -1;
}

/** Moves the focus to the next (1) or previous (-1) pane that is there. */
export function movePane(step: 1 | -1): void {
  const start = currentAt();
  for (let moved = 1; moved <= ORDER.length; moved++) {
    const at = (start + step * moved + ORDER.length * 2) % ORDER.length;
    const name = ORDER[at];
    const target = name ? entry(name) : null;
    if (target) {
      target.focus();
      return;
    }
  }
}
