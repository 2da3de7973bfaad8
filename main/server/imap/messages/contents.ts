/**
 * What one section of one message is: octets of the blob as they lie there, octets made from them (chosen header
 * fields, decoded parts), or nothing. Small things come into memory, large ones stay a range to be streamed.
 */
import { IMAP_ANSWER_IN_MEMORY, MAX_HEADER_BYTES } from '../../../base/limits.ts';
import type { Letter } from '../../mailstore/mailstore.ts';
import { decoderFor, isIdentity } from './decoding.ts';
import { headerFields } from './header-fields.ts';
import type { SectionItem } from './items.ts';
import { partAt, partOfRange, type Range, rangeOf } from './sections.ts';

export type Content =
  | { readonly kind: 'nil' }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly binary: boolean }
  | { readonly kind: 'range'; readonly range: Range }
  /** A large encoded part: `skip` decoded octets are left out, then `length` sent. */
  | {
      readonly kind: 'decoded';
      readonly range: Range;
      readonly encoding: string;
      readonly type: string;
      readonly skip: number;
      readonly length: number;
      readonly binary: boolean;
    };

/** Octets [start, end) of a letter in one piece. The store reads 1 MiB at a time in one go. */
const ONE_READ = 1024 * 1024;

export async function readRange(letter: Letter, { start, end }: Range): Promise<Uint8Array> {
  if (end <= start) return new Uint8Array(0);
  if (end - start <= ONE_READ) return letter.read(start, end);
  const pieces: Uint8Array[] = [];
  for await (const piece of letter.stream(start, end)) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** Decodes a range piece by piece; the pieces may be empty. */
export async function* decodeRange(
  letter: Letter,
  range: Range,
  encoding: string,
  type: string,
): AsyncGenerator<Uint8Array> {
  const decoder = decoderFor(encoding, type);
  for await (const piece of letter.stream(range.start, range.end)) yield decoder.push(piece);
  yield decoder.end();
}

async function decoded(
  letter: Letter,
  item: SectionItem,
  range: Range,
  encoding: string,
  type: string,
): Promise<Content> {
  const small = range.end - range.start <= IMAP_ANSWER_IN_MEMORY;
  const kept: Uint8Array[] = [];
  let total = 0;
  let nul = false;
  for await (const piece of decodeRange(letter, range, encoding, type)) {
    total += piece.length;
    nul ||= piece.includes(0);
    if (small) kept.push(piece);
  }
  if (item.sizeOnly) return { kind: 'number', value: total };
  const skip = Math.min(item.partial?.start ?? 0, total);
  const length = Math.min(item.partial?.count ?? total, total - skip);
  if (small) return { kind: 'bytes', bytes: Buffer.concat(kept).subarray(skip, skip + length), binary: nul };
  return { kind: 'decoded', range, encoding, type, skip, length, binary: nul };
}

/**
 * What an item asks of a letter.
 * @throws Fault `blob-damaged`; user UNKNOWN-CTE for BINARY of an encoding nobody knows.
 */
export async function contentOf(letter: Letter, item: SectionItem): Promise<Content> {
  const { section } = item;
  const range = rangeOf(letter.root, section, letter.size);
  if (!range) return item.sizeOnly ? { kind: 'number', value: 0 } : { kind: 'nil' };
  if (section.what === 'fields' || section.what === 'fields-not') {
    // Fields beyond the limit are looked at by nobody; the block is a header of megabytes.
    const end = Math.min(range.end, range.start + MAX_HEADER_BYTES);
    const header = await readRange(letter, { start: range.start, end });
    const bytes = headerFields(header, section.names, section.what === 'fields-not');
    const part = partOfRange({ start: 0, end: bytes.length }, item.partial);
    return { kind: 'bytes', bytes: bytes.subarray(part.start, part.end), binary: false };
  }
  // RFC 3516 section 4.2: BINARY without a part number is the message as it is.
  if (item.binary && section.path.length > 0) {
    const part = partAt(letter.root, section.path);
    if (part && !isIdentity(decoderFor(part.encoding, part.type)))
      return decoded(letter, item, range, part.encoding, part.type);
  }
  if (item.sizeOnly) return { kind: 'number', value: range.end - range.start };
  return { kind: 'range', range: partOfRange(range, item.partial) };
}

/** Octets that a content adds to an answer. */
export function lengthOf(content: Content): number {
  switch (content.kind) {
    case 'bytes':
      return content.bytes.length;
    case 'range':
      return content.range.end - content.range.start;
    case 'decoded':
      return content.length;
    default:
      return 0;
  }
}
