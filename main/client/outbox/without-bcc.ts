/** The octets of a frozen letter on their way to the wire: without Bcc. */
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
