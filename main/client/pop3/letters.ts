/**
 * Letters on their way from a maildrop into the database: read and packed in the ingest pool, in few buffers that threads
 * share or hand over. The engine's loop never looks into them.
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

/** The letters' blobs: record n ends at `ends[n]`. */
export interface PackedRecords {
  ends: number[];
  /** 32 octets each. */
  hashes: Uint8Array<ArrayBuffer>;
  /** Octets of each letter. */
  sizes: number[];
}

export interface PackedLetters extends PackedRecords {
  /** JSON text: ReadLetter[]. */
  letters: Uint8Array<ArrayBuffer>;
  records: Uint8Array;
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

/** JSON text: ReadLetter[]. */
const readAll = (come: LetterOctets): Uint8Array<ArrayBuffer> =>
  pack(
    come.ends.map((_, n): ReadLetter => {
      const { facts, fields } = readFactsAndFields(letterAt(come, n));
      return { facts, likeness: likenessOf(fields), received: receivedOf(fields) };
    }),
  );

/** Writes the letters' records into `records`, where recordsRoom() octets must be free. */
function writeAll(come: LetterOctets, records: Uint8Array): PackedRecords {
  const hashes = new Uint8Array(32 * come.ends.length);
  const packed: PackedRecords = { ends: [], hashes, sizes: [] };
  let at = 0;
  for (const n of come.ends.keys()) {
    const blob = writeRecord(letterAt(come, n), records, at);
    at += blob.stored;
    hashes.set(blob.hash, 32 * n);
    packed.ends.push(at);
    packed.sizes.push(blob.raw);
  }
  return packed;
}

export const pop3Calls = {
  /** Both for letters in memory that nobody shares: it is given back at once, and that of the records handed over. */
  maildropLetters(come: LetterOctets, context: CallContext): PackedLetters {
    const letters = readAll(come);
    const room = new ArrayBuffer(recordsRoom(come.octets.length, come.ends.length));
    const packed = writeAll(come, new Uint8Array(room));
    if (come.octets.buffer instanceof ArrayBuffer) come.octets.buffer.transfer(0);
    const records = new Uint8Array(room.transfer(packed.ends.at(-1) ?? 0));
    context.transfer(letters.buffer, packed.hashes.buffer, records.buffer);
    return { letters, ...packed, records };
  },
  /** What rows need of letters. */
  maildropFacts(come: LetterOctets, context: CallContext): Uint8Array<ArrayBuffer> {
    const letters = readAll(come);
    context.transfer(letters.buffer);
    return letters;
  },
  maildropRecords(come: LetterOctets & { records: Uint8Array }, context: CallContext): PackedRecords {
    const packed = writeAll(come, come.records);
    context.transfer(packed.hashes.buffer);
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
