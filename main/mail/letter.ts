/** Reads a letter as a whole: its head and its tree, with the heads of the letters inside it. */
import { hasBadDate, headOf, type MessageHead } from './head.ts';
import { type Part, readTree } from './part.ts';

export interface Message extends MessageHead {
  tree: Part;
  /** Octets. */
  size: number;
  /** Stable codes, each once. */
  defects: string[];
}

/** Head and tree of a letter; no body is decoded. Linear in its size; never throws for bad content. */
export function readMessage(bytes: Uint8Array): Message {
  const { root, letters, defects } = readTree(bytes);
  const fields = letters.get(root) ?? [];
  const head = headOf(fields);
  if (hasBadDate(fields, head)) defects.push('bad-date');
  const attach = (part: Part): void => {
    for (const child of part.children) {
      const inner = letters.get(child);
      if (inner) part.message = headOf(inner);
      attach(child);
    }
  };
  attach(root);
  return { ...head, tree: root, size: bytes.length, defects };
}
