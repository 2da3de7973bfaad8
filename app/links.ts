/** Which addresses may leave the application, and how. Pure: every link of a letter passes here. */
export type LinkVerdict =
  /** By the system's own program for it. */
  | { readonly open: 'outside'; readonly url: string }
  /** A letter to write. */
  | { readonly open: 'composer'; readonly url: string }
  | { readonly open: 'nothing' };

/** Never: file, UNC, ms-*, search-ms, javascript, data and whatever else a program may have registered. */
const OUTSIDE = new Set(['https:', 'http:', 'tel:']);
/** A longer address is an attack on somebody's parser. */
const MAX_URL = 8192;

export function judgeLink(text: string): LinkVerdict {
  if (text.length > MAX_URL || !URL.canParse(text)) return { open: 'nothing' };
  const url = new URL(text);
  if (url.protocol === 'mailto:') return { open: 'composer', url: url.href };
  if (!OUTSIDE.has(url.protocol)) return { open: 'nothing' };
  // A name before the host ("https://bank.example@evil.example") is only ever there to deceive.
  url.username = '';
  url.password = '';
  return { open: 'outside', url: url.href };
}
