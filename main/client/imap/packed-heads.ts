/**
 * Listed letters on their way from the connection through the ingest pool into the database. Thousands of small
 * objects cost more to pass between threads than to read, so they travel as two buffers that are handed over: the
 * header octets one after another, and everything else as JSON. The engine's loop never looks into either.
 */
import type { CallContext } from '../../store/threads.ts';
import { factsOfHead } from '../messages/facts.ts';
import type { LetterFacts } from '../messages/rows.ts';

/** What a server says of a letter beside its header. */
export interface ListedRow {
  uid: number;
  flags: number;
  keywords: string;
  /** ms; null: the server did not say. */
  received: number | null;
  /** Octets of the whole letter. */
  size: number;
  serverId: string;
}

export interface ListedLetter extends Omit<ListedRow, 'received' | 'size'> {
  /** ms */
  received: number;
  facts: LetterFacts;
  head: Uint8Array | null;
}

/** Header octets of several letters: letter n's end at `ends[n]`. */
export interface HeadBytes {
  heads: Uint8Array<ArrayBuffer>;
  ends: number[];
}

export interface PackedHeads extends HeadBytes {
  /** JSON text of what is known of each letter. */
  letters: Uint8Array<ArrayBuffer>;
}

/** One buffer for all: a view of the library's pooled memory would take all of it along to a thread. */
export function joinHeads(parts: readonly Uint8Array[]): HeadBytes {
  const heads = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  const ends: number[] = [];
  let at = 0;
  for (const part of parts) {
    heads.set(part, at);
    at += part.length;
    ends.push(at);
  }
  return { heads, ends };
}

const headAt = ({ heads, ends }: HeadBytes, n: number): Uint8Array =>
  heads.subarray(n === 0 ? 0 : ends[n - 1], ends[n]);

/** An estimate until the body is here: mixed multiparts are how files travel. */
function looksAttached(head: Uint8Array): boolean {
  const text = Buffer.from(head.buffer, head.byteOffset, head.length).toString('latin1');
  return /^content-type:\s*multipart\/mixed/im.test(text);
}

/** Run in the pool: reads each header and packs what a row needs. `now` in ms dates what nobody dated. */
export function readListed(
  input: HeadBytes & { rows: ListedRow[]; now: number },
  context: CallContext,
): PackedHeads {
  const letters = input.rows.map(({ received, size, ...row }, n) => {
    const head = headAt(input, n);
    const facts = factsOfHead(head, size);
    facts.attachments = looksAttached(head) ? 1 : 0;
    return { ...row, received: received ?? facts.date ?? input.now, facts };
  });
  const text = new TextEncoder().encode(JSON.stringify(letters));
  context.transfer(text.buffer, input.heads.buffer);
  return { letters: text, heads: input.heads, ends: input.ends };
}

/** Run in the writer. */
export function unpackHeads(packed: PackedHeads): ListedLetter[] {
  const letters = JSON.parse(new TextDecoder().decode(packed.letters)) as Omit<ListedLetter, 'head'>[];
  return letters.map((letter, n) => ({ ...letter, head: headAt(packed, n) }));
}
