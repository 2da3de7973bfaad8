/** The second line of a list row: what the sender says first, without quotes, signature and blanks. */
import { htmlToText } from './html-text.ts';

export const PREVIEW_CHARS = 200;

const ATTRIBUTION =
  /(?:wrote|writes|schrieb|a écrit|escribió|пишет|писал|писала|писал\(а\)|написал|написала|написал\(а\))\s*:\s*$/iu;
const ORIGINAL =
  /^\s*(?:-{2,}\s*(?:original message|forwarded message|исходное сообщение|пересылаемое сообщение|пересланное сообщение).*|_{10,})\s*$/iu;

/** At most PREVIEW_CHARS characters of `text` (or of `html` where there is no text). */
export function previewOf(text: string | null, html: string | null): string {
  const source =
    text !== null && text.trim() !== '' ? text.slice(0, 20_000) : html === null ? '' : htmlToText(html, 4000);
  const own: string[] = [];
  let length = 0;
  const lines = source.split('\n');
  for (let i = 0; i < lines.length && length < PREVIEW_CHARS * 2; i++) {
    const line = lines[i] as string;
    if (line === '-- ' || line === '--') break;
    if (/^\s*>/.test(line)) continue;
    if (ORIGINAL.test(line) && length > 0) break;
    if (ATTRIBUTION.test(line)) continue;
    const flat = line.replace(/(?:[\s\u200b-\u200f\u2060\ufeff\u00ad]|\u034f)+/g, ' ').trim();
    // Rules drawn with characters say nothing.
    if (flat === '' || /^[-=_*~#.+ ]{3,}$/.test(flat)) continue;
    own.push(flat);
    length += flat.length + 1;
  }
  // A letter that is only a quote still shows something.
  const flat =
    own.length > 0
      ? own.join(' ')
      : source
          .slice(0, 1000)
          .replace(/[\s>]+/g, ' ')
          .trim();
  return flat.length <= PREVIEW_CHARS
    ? flat
    : `${flat
        .slice(0, PREVIEW_CHARS - 1)
        .replace(/[\ud800-\udbff]$/, '')
        .trimEnd()}…`;
}
