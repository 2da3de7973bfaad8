/** The second line of a list row: what the sender says first, without quotes, signature and blanks. */
import { htmlToText } from './html-text.ts';

export const PREVIEW_CHARS = 200;

const ATTRIBUTION =
  /(?:wrote|writes|schrieb|a écrit|escribió|пишет|писал|писала|писал\(а\)|написал|написала|написал\(а\))\s*:\s*$/iu;
const ORIGINAL =
  /^\s*(?:-{2,}\s*(?:original message|forwarded message|исходное сообщение|пересылаемое сообщение|пересланное сообщение).*|_{10,})\s*$/iu;

/** Characters of own words after which no more are looked for. */
const ENOUGH_CHARS = PREVIEW_CHARS * 2;

/** A text's own words, line by line; `ended`: nothing that follows can change them. */
function ownWords(source: string): { own: string[]; ended: boolean } {
  const own: string[] = [];
  let length = 0;
  for (let from = 0; from <= source.length && length < ENOUGH_CHARS; ) {
    const end = source.indexOf('\n', from);
    const stop = end < 0 ? source.length : end;
    const line = source.slice(from, stop);
    from = stop + 1;
    if (line === '-- ' || line === '--') return { own, ended: true };
    if (/^\s*>/.test(line)) continue;
    if (ORIGINAL.test(line) && length > 0) return { own, ended: true };
    if (ATTRIBUTION.test(line)) continue;
    const flat = line.replace(/(?:[\s\u200b-\u200f\u2060\ufeff\u00ad]|\u034f)+/g, ' ').trim();
    // Rules drawn with characters say nothing.
    if (flat === '' || /^[-=_*~#.+ ]{3,}$/.test(flat)) continue;
    own.push(flat);
    length += flat.length + 1;
  }
  return { own, ended: length >= ENOUGH_CHARS };
}

function cut(flat: string): string {
  if (flat.length <= PREVIEW_CHARS) return flat;
  const head = flat.slice(0, PREVIEW_CHARS - 1).replace(/[\ud800-\udbff]$/, '');
  return `${head.trimEnd()}…`;
}

/** At most PREVIEW_CHARS characters of `text` (or of `html` where there is no text). */
export function previewOf(text: string | null, html: string | null): string {
  const source =
    text !== null && text.trim() !== '' ? text.slice(0, 20_000) : html === null ? '' : htmlToText(html, 4000);
  const { own } = ownWords(source);
  if (own.length > 0) return cut(own.join(' '));
  // A letter that is only a quote still shows something.
  const quoted = source.slice(0, 1000).replace(/[\s>]+/g, ' ');
  return cut(quoted.trim());
}

/** The preview of a text of which only the beginning is known, whole lines; null: what follows could change it. */
export function previewOfBeginning(text: string): string | null {
  const { own, ended } = ownWords(text);
  return ended && own.length > 0 ? cut(own.join(' ')) : null;
}
