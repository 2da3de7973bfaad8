/**
 * Letters on their way from a maildrop into the database: read in the ingest pool, carried as few buffers that are handed
 * over. The engine's loop never looks into them.
 */

import { parseDate } from '../../mail/date.ts';
import { type Field, fieldOf, readHeader } from '../../mail/header.ts';
import { type PackedBlob, recordRoom, writeRecord } from '../../store/record.ts';
import type { CallContext } from '../../store/threads.ts';
import { factsOfFields, readFactsAndFields } from '../messages/facts.ts';
import type { LetterFacts } from '../messages/rows.ts';
import { likenessOf } from './match.ts';

export interface ReadLetter {
  facts: LetterFacts;
  likeness: string;
  /** ms; when the last server on the way took it. */
  received: number | null;
}

/** Letters that lie one behind the other; each ends at its place in `ends`. */
export interface LetterOctets {
  octets: Uint8Array;
  ends: number[];
}

export interface PackedLetters {
  /** JSON text: ReadLetter[]. */
  letters: Uint8Array<ArrayBuffer>;
  /** Their blobs' records, one behind the other. */
  records: Uint8Array;
  ends: number[];
  /** 32 octets each. */
  hashes: Uint8Array<ArrayBuffer>;
  /** Octets of each letter. */
  sizes: number[];
}

export interface PackedHeads extends LetterOctets {
  /** JSON text: ReadLetter[]. */
  letters: Uint8Array<ArrayBuffer>;
}

function receivedOf(fields: readonly Field[]): number | null {
  const trace = fieldOf(fields, 'received')?.raw;
  // RFC 5321 section 4.4: the date stands behind the last semicolon.
  return trace === undefined ? null : parseDate(trace.slice(trace.lastIndexOf(';') + 1));
}

const pack = (letters: readonly ReadLetter[]): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(JSON.stringify(letters));

/** An estimate until the letter is here: mixed multiparts are how files travel. */
function looksAttached(fields: readonly Field[]): boolean {
  return /^\s*multipart\/mixed/i.test(fieldOf(fields, 'content-type')?.raw ?? '');
}

export const pop3Calls = {
  /**
   * Whole letters. Their records are written into `records`, where recordsRoom() octets must be free; without it into a buffer
   * that is handed over, and the letters' own memory is given back at once.
   */
  maildropLetters(input: LetterOctets & { records?: Uint8Array }, context: CallContext): PackedLetters {
    const { octets, ends } = input;
    const read = ends.map((_, n): ReadLetter => {
      const { facts, fields } = readFactsAndFields(letterAt(input, n));
      return { facts, likeness: likenessOf(fields), received: receivedOf(fields) };
    });
    const records = input.records ?? new Uint8Array(recordsRoom(octets.length, ends.length));
    const hashes = new Uint8Array(32 * ends.length);
    const packed: PackedLetters = { letters: pack(read), records, ends: [], hashes, sizes: [] };
    let at = 0;
    for (const n of ends.keys()) {
      const blob = writeRecord(letterAt(input, n), records, at);
      at += blob.stored;
      hashes.set(blob.hash, 32 * n);
      packed.ends.push(at);
      packed.sizes.push(blob.raw);
    }
    context.transfer(packed.letters.buffer, hashes.buffer);
    if (octets.buffer instanceof ArrayBuffer) octets.buffer.transfer(0);
    if (records.buffer instanceof ArrayBuffer) {
      packed.records = new Uint8Array(records.buffer.transfer(at));
      context.transfer(packed.records.buffer as ArrayBuffer);
    }
    return packed;
  },
  /** What TOP gave of letters; `sizes` are those of the whole letters. */
  maildropHeads(input: LetterOctets & { sizes: number[] }, context: CallContext): PackedHeads {
    const { octets, ends, sizes } = input;
    const read = sizes.map((size, n): ReadLetter => {
      const head = letterAt(input, n);
      const { fields } = readHeader(head, 0, head.length);
      const facts = factsOfFields(fields, size);
      facts.attachments = looksAttached(fields) ? 1 : 0;
      return { facts, likeness: likenessOf(fields), received: receivedOf(fields) };
    });
    const letters = pack(read);
    context.transfer(letters.buffer);
    if (octets.buffer instanceof ArrayBuffer) context.transfer(octets.buffer);
    return { letters, octets, ends };
  },
};

/** Letter n, or what has come of it. A Buffer: it looks for an octet ten times as fast as a plain array does. */
export const letterAt = ({ octets, ends }: LetterOctets, n: number): Buffer => {
  const from = n === 0 ? 0 : (ends[n - 1] as number);
  return Buffer.from(octets.buffer, octets.byteOffset + from, (ends[n] as number) - from);
};

/** Octets that so many records of so many octets of letters take at most. */
export const recordsRoom = (octets: number, letters: number): number =>
  recordRoom(octets) + letters * recordRoom(0) * 2;

/** Letter n's blob. Run in the writer. */
export const blobAt = ({ records, ends, hashes, sizes }: PackedLetters, n: number): PackedBlob => {
  const record = records.subarray(n === 0 ? 0 : ends[n - 1], ends[n]);
  const hash = hashes.subarray(32 * n, 32 * n + 32);
  return { hash, raw: sizes[n] as number, stored: record.length, record };
};

/** Run in the writer. */
export const unpack = (letters: Uint8Array): ReadLetter[] =>
  JSON.parse(new TextDecoder().decode(letters)) as ReadLetter[];
