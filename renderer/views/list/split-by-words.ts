/** Where found words stand in a text. Pure; folds case and ё like the engine's search does. */
export interface Part {
  text: string;
  found: boolean;
  at: number;
}

const fold = (text: string) => text.toLowerCase().replaceAll('ё', 'е');
const LETTER = /[\p{L}\p{N}]/u;

/** A word is marked when one of `words` begins it; the whole word is then marked. */
export function splitByWords(text: string, words: readonly string[]): Part[] {
  const wanted = words.map(fold).filter((word) => word !== '');
  const folded = fold(text);
  // Folding could only change the length for letters outside the searched scripts; then nothing is marked.
  if (wanted.length === 0 || folded.length !== text.length) return [{ text, found: false, at: 0 }];
  const parts: Part[] = [];
  let plain = 0;
  for (const match of folded.matchAll(/[\p{L}\p{N}]+/gu)) {
    const at = match.index;
    if (!wanted.some((word) => LETTER.test(word) && match[0].startsWith(word))) continue;
    if (at > plain) parts.push({ text: text.slice(plain, at), found: false, at: plain });
    parts.push({ text: text.slice(at, at + match[0].length), found: true, at });
    plain = at + match[0].length;
  }
  if (plain < text.length) parts.push({ text: text.slice(plain), found: false, at: plain });
  return parts;
}
