import type { ReactNode } from 'react';
import { splitByWords } from './split-by-words.ts';

/** Text with the found words marked. */
export function Highlighted({ text, words }: { text: string; words: readonly string[] }): ReactNode {
  if (words.length === 0) return text;
  return splitByWords(text, words).map((part) =>
    part.found ? <mark key={part.at}>{part.text}</mark> : <span key={part.at}>{part.text}</span>,
  );
}
