/** Snippets: `;keyword` and Tab. */
const KEYWORD = /(?:^|[\s\u200b(«"'“])(;[\p{L}\p{N}_-]{1,50})$/u;

/** The `;keyword` that ends at the cursor, with its semicolon; null: there is none. */
export function keywordBefore(text: string): string | null {
  return KEYWORD.exec(text)?.[1] ?? null;
}

/** The place where the cursor is to stand, as a span that an editor does not tidy away. */
const CURSOR = /<span class="postroom-cursor">[^<]*<\/span>/g;
export const CURSOR_SELECTOR = '.postroom-cursor';

/** Markup whose cursor mark survives being put into the editor. */
export function withCursor(html: string): string {
  return html.replace(CURSOR, '<span class="postroom-cursor">\u200b</span>');
}

export function withoutCursor(html: string): string {
  return html.replace(CURSOR, '');
}

/** The range of a `;keyword` before the cursor inside an editing element. */
export function keywordRange(selection: Range): { keyword: string; range: Range } | null {
  const { startContainer: node, startOffset: at } = selection;
  if (!selection.collapsed || !(node instanceof Text)) return null;
  const written = keywordBefore(node.data.slice(0, at));
  if (written === null) return null;
  const range = document.createRange();
  range.setStart(node, at - written.length);
  range.setEnd(node, at);
  return { keyword: written.slice(1), range };
}
