/** Single files taken out of a letter, in buffers of their own. */
import { createHash } from 'node:crypto';
import { SPOOL_ABOVE_BYTES } from '../../base/limits.ts';
import { readContent, readInline, readMessage, takeAttachment } from '../../mail/message.ts';
import type { CallContext } from '../../store/threads.ts';
import { nestedOf, type ReadInput } from './letter.ts';

export interface TakenFile {
  name: string;
  type: string;
  size: number;
  inline: boolean;
  bytes: Uint8Array;
}

/**
 * Octets that may leave the thread: a copy, or a large file as it is, with the buffer it lies in. That may be the letter's
 * own, which is of no more use then.
 */
function own(bytes: Uint8Array, context: CallContext): Uint8Array {
  if (bytes.length > SPOOL_ABOVE_BYTES && bytes.buffer instanceof ArrayBuffer) {
    context.transfer(bytes.buffer);
    return bytes;
  }
  const copy = Uint8Array.from(bytes);
  context.transfer(copy.buffer);
  return copy;
}

/**
 * A file of the letter, whose octets it takes: they may be changed.
 * @throws Fault user `no-such-attachment`
 */
export function attachmentOf(input: ReadInput & { n: number }, context: CallContext): TakenFile {
  const letter = nestedOf(input.bytes, input.path);
  const message = readMessage(letter);
  const facts = readContent(letter, message).attachments[input.n - 1];
  const bytes = takeAttachment(letter, message, input.n);
  return {
    name: facts?.name ?? 'attachment',
    type: facts?.type ?? 'application/octet-stream',
    size: bytes.length,
    inline: facts?.inline ?? false,
    bytes: own(bytes, context),
  };
}

/** The picture that markup means by `cid:`; null when there is none. */
export function inlineOf(
  input: ReadInput & { contentId: string },
  context: CallContext,
): { type: string; bytes: Uint8Array } | null {
  const letter = nestedOf(input.bytes, input.path);
  const found = readInline(letter, readMessage(letter), input.contentId);
  return found ? { type: found.type, bytes: own(found.bytes, context) } : null;
}

/** Large files of one letter are in memory one at a time. One that begins inside a buffer shares it with others. */
function giveBack({ buffer, byteOffset, byteLength }: Uint8Array, letter: Uint8Array): void {
  const own = buffer !== letter.buffer && byteOffset === 0;
  if (own && byteLength > SPOOL_ABOVE_BYTES && buffer instanceof ArrayBuffer) buffer.transfer(0);
}

export interface WholeLetter {
  /** Not sanitised. */
  html: string | null;
  attachments: { n: number; name: string; type: string; size: number; sha256: string; inline: boolean }[];
}

/** Text and digests of a letter, whose octets are changed: each file is decoded in its own place. */
export function wholeOf(bytes: Uint8Array): WholeLetter {
  const message = readMessage(bytes);
  const content = readContent(bytes, message);
  const attachments = content.attachments.map(({ n, name, type, inline }) => {
    const file = takeAttachment(bytes, message, n);
    const sha256 = createHash('sha256').update(file).digest('hex');
    const made = { n, name, type, size: file.length, sha256, inline };
    giveBack(file, bytes);
    return made;
  });
  return { html: content.html, attachments };
}
