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
export type { Address } from './address.ts';
export { attachmentText } from './attachment-text.ts';
export {
  type Attachment,
  type Content,
  readAttachment,
  readBriefContent,
  readContent,
  readInline,
  takeAttachment,
} from './content.ts';
export { type BriefHead, briefHeadOf, type MessageHead, readBriefHead, readHead } from './head.ts';
export type { Field } from './header.ts';
export { htmlToText } from './html-text.ts';
export { type BriefMessage, type Message, readBriefMessage, readMessage } from './letter.ts';
export type { Part } from './part.ts';
