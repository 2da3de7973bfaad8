/** Single files taken out of a letter, in buffers of their own. */
import { createHash } from 'node:crypto';
import { readAttachment, readContent, readInline, readMessage } from '../../mail/message.ts';
import type { CallContext } from '../../store/threads.ts';

export interface TakenFile {
  name: string;
  type: string;
  size: number;
  inline: boolean;
  /** Hexadecimal SHA-256 of the decoded octets, when asked for. */
  sha256: string;
  bytes: Uint8Array;
}

function own(bytes: Uint8Array, context: CallContext): Uint8Array {
  const copy = Uint8Array.from(bytes);
  context.transfer(copy.buffer);
  return copy;
}

/** @throws Fault user `no-such-attachment` */
export function attachmentOf(
  input: { bytes: Uint8Array; n: number; hash?: boolean },
  context: CallContext,
): TakenFile {
  const message = readMessage(input.bytes);
  const bytes = readAttachment(input.bytes, message, input.n);
  const facts = readContent(input.bytes, message).attachments[input.n - 1];
  return {
    name: facts?.name ?? 'attachment',
    type: facts?.type ?? 'application/octet-stream',
    size: bytes.length,
    inline: facts?.inline ?? false,
    sha256: input.hash ? createHash('sha256').update(bytes).digest('hex') : '',
    bytes: own(bytes, context),
  };
}

/** The picture that markup means by `cid:`; null when there is none. */
export function inlineOf(
  input: { bytes: Uint8Array; contentId: string },
  context: CallContext,
): { type: string; bytes: Uint8Array } | null {
  const found = readInline(input.bytes, readMessage(input.bytes), input.contentId);
  return found ? { type: found.type, bytes: own(found.bytes, context) } : null;
}
