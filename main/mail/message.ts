/**
 * The face of main/mail: a letter's octets in, its head, tree, text and attachments out.
 *
 * Pure functions on octets; no I/O, no node: modules, so they run in the engine, in a worker and in a
 * browser. They never throw for bad content: what is wrong is collected as stable codes in `defects`, and
 * the rest of the letter is still there. Bounds: base/limits.ts; time is linear in the size of the letter.
 *
 * Codes: no-header, missing-separator, junk-in-header, header-too-large, missing-boundary,
 * truncated-multipart, too-many-parts, too-deep, bad-date, bad-base64, bad-quoted-printable, bad-uuencode,
 * bad-tnef, unknown-charset, text-truncated.
 */
import { hasBadDate, headOf, type MessageHead } from './head.ts';
import { type Part, readTree } from './part.ts';

export type { Address } from './address.ts';
export { attachmentText } from './attachment-text.ts';
export { type Attachment, type Content, readAttachment, readContent, readInline } from './content.ts';
export { type MessageHead, readHead } from './head.ts';
export { htmlToText } from './html-text.ts';
export type { Part } from './part.ts';

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
