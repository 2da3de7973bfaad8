/**
 * Finds the quoted letter at the end of a reply, so that the window can fold it. Only a tail is folded: an answer written
 * between or below the quotes stays whole, because hiding half a conversation is worse than showing too much.
 */

/** Where the person's own text ends in plain text; the length of the text when nothing is quoted at its end. */
export function textQuoteStart(text: string): number {
  const marker =
    /^(?:-{2,}\s*(?:Original Message|Исходное сообщение|Пересылаемое сообщение|Forwarded message)\s*-{2,}|_{20,})\s*$/im.exec(
      text,
    );
  if (marker && text.slice(0, marker.index).trim() !== '') return marker.index;
  const lines = text.split('\n');
  let last = lines.length - 1;
  while (last >= 0 && lines[last]!.trim() === '') last--;
  let first = last;
  while (first >= 0 && (lines[first]!.startsWith('>') || lines[first]!.trim() === '')) first--;
  const quoted = lines.slice(first + 1, last + 1).some((line) => line.startsWith('>'));
  if (!quoted || first < 0) return text.length;
  // The attribution ("On Monday Olga wrote:") belongs to the quote; it is at most two lines ending in a colon.
  let start = first + 1;
  let above = first;
  while (above >= 0 && lines[above]!.trim() === '') above--;
  if (above >= 0 && /:\s*$/.test(lines[above]!)) {
    start = above;
    if (above > 0 && !/[.!?]\s*$|^\s*$/.test(lines[above - 1]!) && lines[above]!.length < 60)
      start = above - 1;
  }
  const own = lines.slice(0, start).join('\n');
  return own.trim() === '' ? text.length : own.length + 1;
}

const TAG = /<(\/?)([a-z][a-z0-9]*)((?:"[^"]*"|'[^']*'|[^>"'])*)>/gi;
const VOID = new Set(['area', 'br', 'col', 'hr', 'img', 'input', 'wbr']);
const QUOTE =
  /\bclass="[^"]*\b(gmail_quote|yahoo_quoted|moz-cite-prefix|protonmail_quote|zmail_extra|OutlookMessageHeader|mail-quote-collapse)\b|\bid="(divRplyFwdMsg|appendonsend|mail-editor-reference-message-container)"|\btype="cite"|\bdata-quote\b/i;

/**
 * Removes the trailing quote from sanitised, well-formed HTML.
 * @returns null when there is none, or when something of the writer's own stands below it
 */
export function foldHtmlQuote(html: string): string | null {
  TAG.lastIndex = 0;
  let depth = 0;
  let quoteDepth = -1;
  let start = -1;
  let end = -1;
  for (let match = TAG.exec(html); match; match = TAG.exec(html)) {
    const name = match[2]!.toLowerCase();
    if (VOID.has(name)) continue;
    if (!match[1]) {
      if (start < 0 && (name === 'blockquote' || QUOTE.test(match[3]!))) {
        start = match.index;
        quoteDepth = depth;
      }
      depth++;
    } else {
      depth--;
      if (start >= 0 && end < 0 && depth === quoteDepth) end = TAG.lastIndex;
    }
  }
  if (start < 0) return null;
  if (end < 0) end = html.length;
  // Outlook and Thunderbird mark only the head of the quote; what follows it is the quote itself.
  const headOnly = /divRplyFwdMsg|appendonsend|moz-cite-prefix|OutlookMessageHeader/i.test(
    html.slice(start, Math.min(start + 300, html.length)),
  );
  const words = (part: string) =>
    part
      .replace(/<style[^>]*>[\s\S]*?<\/style>/gi, '')
      .replace(/<[^>]*>|&nbsp;/g, ' ')
      .trim();
  if (words(html.slice(0, start)) === '') return null;
  const rest = html.slice(end);
  if (!headOnly && words(rest) !== '') return null;
  const closing = rest.match(/<\/[a-z][a-z0-9]*>/gi)?.join('') ?? '';
  return html.slice(0, start) + (headOnly ? balanced(html.slice(0, start)) : closing);
}

/** Closing tags for what is open at the end of `html`. */
function balanced(html: string): string {
  const open: string[] = [];
  for (const match of html.matchAll(TAG)) {
    const name = match[2]!.toLowerCase();
    if (VOID.has(name)) continue;
    if (match[1]) open.pop();
    else open.push(name);
  }
  return open
    .reverse()
    .map((name) => `</${name}>`)
    .join('');
}
