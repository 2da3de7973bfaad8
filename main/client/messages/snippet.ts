/** The piece of a letter around the first found word, for search results. */
import { attachmentText, htmlToText, readAttachment, readContent, readMessage } from '../../mail/message.ts';
import { officeText } from './office-text.ts';

export interface Snippet {
  id: number;
  text: string;
  /** Name of the attached file in which the words stand, when they are not in the text. */
  file: string | null;
}

const BEFORE = 50;
const LENGTH = 200;
const MAX_FILE_BYTES = 2 * 1024 * 1024;

const fold = (text: string): string => text.toLowerCase().replace(/ё/g, 'е');

/** Place of the first word (as the beginning of a word) in `text`; -1: none. */
function place(text: string, words: readonly string[]): number {
  const folded = fold(text);
  let best = -1;
  for (const word of words) {
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + 1)) {
      if (at > 0 && /[\p{L}\p{N}]/u.test(folded[at - 1] as string)) continue;
      if (best < 0 || at < best) best = at;
      break;
    }
  }
  return best;
}

function cut(text: string, at: number): string {
  const from = at <= BEFORE ? 0 : Math.max(0, text.lastIndexOf(' ', at - BEFORE));
  const piece = text
    .slice(from, from + LENGTH)
    .replace(/\s+/g, ' ')
    .trim();
  return `${from > 0 ? '…' : ''}${piece}${from + LENGTH < text.length ? '…' : ''}`;
}

/** `words` are folded as search words are. Text that does not hold them gives an empty snippet. */
export function findSnippet(
  bytes: Uint8Array,
  words: readonly string[],
): { text: string; file: string | null } {
  const wanted = words.map(fold).filter((word) => word !== '');
  const message = readMessage(bytes);
  const content = readContent(bytes, message);
  const text = content.text?.trim()
    ? content.text
    : content.html === null
      ? ''
      : htmlToText(content.html, 500_000);
  const at = place(text, wanted);
  if (at >= 0) return { text: cut(text, at), file: null };
  for (const each of content.attachments) {
    if (place(each.name, wanted) >= 0) return { text: content.preview, file: each.name };
    if (each.size > MAX_FILE_BYTES || each.kind === 'image') continue;
    try {
      const file = readAttachment(bytes, message, each.n);
      const inside = officeText.accepts(each.name)
        ? officeText.read(each.name, file)
        : attachmentText(each.type, each.name, file);
      const found = inside === null ? -1 : place(inside, wanted);
      if (inside !== null && found >= 0) return { text: cut(inside, found), file: each.name };
    } catch {
      // Unreadable files hold no hit.
    }
  }
  return { text: '', file: null };
}
