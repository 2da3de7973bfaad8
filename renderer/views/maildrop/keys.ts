/** Keys of the marks (ui.md section 11): menus, tooltips and the letter's own choice print the same. */
export const KEYS = { fetch: 'G', keep: 'K', delete: 'Shift+Delete', none: 'Backspace' } as const;
