/** Reads a letter as a whole: its head and its tree, with the heads of the letters inside it. */
import { type BriefHead, briefHeadOf, hasBadDate, headOf, type MessageHead } from './head.ts';
import type { Field } from './header.ts';
import { type LetterFields, type Part, readTree } from './part.ts';

export interface Message extends MessageHead {
  tree: Part;
  /** Octets. */
  size: number;
  /** Stable codes, each once. */
  defects: string[];
}

/** What a list shows of a letter, and its tree. */
export interface BriefMessage extends BriefHead {
  /** Of the letter itself, as they stand. */
  fields: readonly Field[];
  tree: Part;
  /** Octets. */
  size: number;
  defects: string[];
}

/** Head and tree of a letter; no body is decoded. Linear in its size; never throws for bad content. */
export function readMessage(bytes: Uint8Array): Message {
  const { root, letters, defects } = readTree(bytes);
  const fields = letters.get(root) ?? [];
  const head = headOf(fields);
  if (hasBadDate(fields, head)) defects.push('bad-date');
  readInner(root, letters);
  return { ...head, tree: root, size: bytes.length, defects };
}

/** The same without the fields that a list does not show. */
export function readBriefMessage(bytes: Uint8Array): BriefMessage {
  const { root, letters, defects } = readTree(bytes);
  readInner(root, letters);
  const fields = letters.get(root) ?? [];
  return { ...briefHeadOf(fields), fields, tree: root, size: bytes.length, defects };
}

/** Heads of the letters inside. */
function readInner(part: Part, letters: LetterFields): void {
  for (const child of part.children) {
    const inner = letters.get(child);
    if (inner) part.message = headOf(inner);
    readInner(child, letters);
  }
}
