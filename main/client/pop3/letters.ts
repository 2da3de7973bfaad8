/**
 * Letters on their way from a maildrop into the database: read in the ingest pool, carried as few buffers that are handed
 * over. The engine's loop never looks into them.
 */

import { parseDate } from '../../mail/date.ts';
import { fieldOf, readHeader } from '../../mail/header.ts';
import { type PreparedBlob, prepareBlob } from '../../store/record.ts';
import type { CallContext } from '../../store/threads.ts';
import { factsOfHead, readFacts } from '../messages/facts.ts';
import type { LetterFacts } from '../messages/rows.ts';
import { likenessOf } from './match.ts';

export interface ReadLetter {
  facts: LetterFacts;
  likeness: string;
  /** ms; when the last server on the way took it. */
  received: number | null;
}

export interface PackedLetters {
  /** JSON text: ReadLetter[]. */
  letters: Uint8Array<ArrayBuffer>;
  blobs: PreparedBlob[];
}

export interface PackedHeads {
  letters: Uint8Array<ArrayBuffer>;
  heads: Uint8Array<ArrayBuffer>;
  ends: number[];
}

function receivedOf(bytes: Uint8Array): number | null {
  const { fields } = readHeader(bytes, 0, bytes.length);
  const trace = fieldOf(fields, 'received')?.raw;
  // RFC 5321 section 4.4: the date stands behind the last semicolon.
  return trace === undefined ? null : parseDate(trace.slice(trace.lastIndexOf(';') + 1));
}

const HEADER_END = Buffer.from('\r\n\r\n');
const BARE_END = Buffer.from('\n\n');

/** The header block. Bare line ends are looked for in front of the first proper end only: what follows it costs nothing. */
function headOf(letter: Uint8Array): Uint8Array {
  const bytes = Buffer.from(letter.buffer, letter.byteOffset, letter.length);
  const proper = bytes.indexOf(HEADER_END);
  const head = proper < 0 ? letter : letter.subarray(0, proper + 2);
  const bare = Buffer.from(head.buffer, head.byteOffset, head.length).indexOf(BARE_END);
  return bare < 0 ? head : head.subarray(0, bare + 2);
}

const pack = (letters: readonly ReadLetter[]): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(JSON.stringify(letters));

/** An estimate until the letter is here: mixed multiparts are how files travel. */
function looksAttached(head: Uint8Array): boolean {
  const { fields } = readHeader(head, 0, head.length);
  return /^\s*multipart\/mixed/i.test(fieldOf(fields, 'content-type')?.raw ?? '');
}

export const pop3Calls = {
  /** Whole letters, whose octets are taken. */
  maildropLetters(input: { letters: Uint8Array[] }, context: CallContext): PackedLetters {
    const read = input.letters.map((bytes): ReadLetter => {
      const head = headOf(bytes);
      return { facts: readFacts(bytes), likeness: likenessOf(head), received: receivedOf(head) };
    });
    const blobs = input.letters.map((bytes) => {
      const blob = prepareBlob(bytes);
      if (typeof blob.record !== 'string') context.transfer(blob.record.buffer);
      return blob;
    });
    for (const { buffer } of input.letters)
      if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
    const letters = pack(read);
    context.transfer(letters.buffer);
    return { letters, blobs };
  },
  /** What TOP gave of letters: letter n's octets end at `ends[n]`; `sizes` are those of the whole letters. */
  maildropHeads(
    input: { heads: Uint8Array<ArrayBuffer>; ends: number[]; sizes: number[] },
    context: CallContext,
  ): PackedHeads {
    const { heads, ends, sizes } = input;
    const read = sizes.map((size, n): ReadLetter => {
      const head = headAt({ heads, ends }, n);
      const facts = factsOfHead(head, size);
      facts.attachments = looksAttached(head) ? 1 : 0;
      return { facts, likeness: likenessOf(head), received: receivedOf(head) };
    });
    const letters = pack(read);
    context.transfer(letters.buffer, heads.buffer);
    return { letters, heads, ends };
  },
};

export const headAt = ({ heads, ends }: Pick<PackedHeads, 'heads' | 'ends'>, n: number): Uint8Array =>
  heads.subarray(n === 0 ? 0 : ends[n - 1], ends[n]);

/** Run in the writer. */
export const unpack = (letters: Uint8Array): ReadLetter[] =>
  JSON.parse(new TextDecoder().decode(letters)) as ReadLetter[];
