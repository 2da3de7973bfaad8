/** The octets of a frozen letter on their way to the wire: without Bcc, and with a gate before the end. */
import { Readable } from 'node:stream';
import { MAX_HEADER_BYTES } from '../../base/limits.ts';
import { stripBcc } from '../../mail/outgoing.ts';

/** The letter without its Bcc fields, whatever its length, holding no more than its header in memory. */
export async function* withoutBcc(source: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  let head: Uint8Array | undefined = new Uint8Array(0);
  for await (const chunk of source) {
    if (!head) {
      yield chunk;
      continue;
    }
    const from: number = Math.max(0, head.length - 3);
    const joined: Uint8Array = new Uint8Array(head.length + chunk.length);
    joined.set(head);
    joined.set(chunk, head.length);
    head = joined;
    const end = headerEnd(head, from);
    if (end < 0 && head.length < MAX_HEADER_BYTES) continue;
    yield stripBcc(head);
    head = undefined;
  }
  if (head && head.length > 0) yield stripBcc(head);
}

function headerEnd(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(10, from); at >= 0; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10 || (bytes[at + 1] === 13 && bytes[at + 2] === 10)) return at;
  }
  return -1;
}

export interface GatedLetter {
  readonly stream: Readable;
  /** True from the moment the final dot may be on its way. */
  readonly opened: boolean;
}

/**
 * A stream that, having given all octets, waits for `beforeEnd` and only then ends; the wire writes the
 * final dot at the end of the stream, never before. Until `opened`, the letter has certainly not been taken.
 */
export function gatedLetter(source: AsyncIterable<Uint8Array>, beforeEnd: () => Promise<void>): GatedLetter {
  let opened = false;
  async function* octets() {
    try {
      for await (const chunk of source) {
        if (chunk.length > 0) yield Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      }
      await beforeEnd();
    } catch (failure) {
      // The wire writes its own fields onto the error it is given; a Fault must not be that error.
      throw new Error('The letter could not be read to its end.', { cause: failure });
    }
    opened = true;
  }
  return {
    stream: Readable.from(octets(), { objectMode: false }),
    get opened() {
      return opened;
    },
  };
}
