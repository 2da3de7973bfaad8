/**
 * What one section of one message is: octets of the blob as they lie there, octets made from them (chosen header
 * fields, decoded parts), or nothing.
 *
 * In two steps, so that many small answers cost one read: needOf() says which octets an item needs, contentOf() makes
 * the content of them. Large ones are never in memory: largeContentOf() measures them, the sender streams them.
 */
import { IMAP_ANSWER_IN_MEMORY, MAX_HEADER_BYTES } from '../../../base/limits.ts';
import type { Letter } from '../../mailstore/mailstore.ts';
import { decoderFor, isIdentity } from './decoding.ts';
import { headerFields } from './header-fields.ts';
import type { SectionItem } from './items.ts';
import { partAt, partOfRange, type Range, rangeOf } from './sections.ts';

/** What has to be read for an item. */
export type Need =
  | { readonly kind: 'nothing'; readonly content: Content }
  | { readonly kind: 'octets'; readonly range: Range }
  /** The header block that fields are chosen from. */
  | { readonly kind: 'fields'; readonly range: Range }
  | {
      readonly kind: 'encoded';
      readonly range: Range;
      readonly encoding: string;
      readonly type: string;
    };

export type Content =
  | { readonly kind: 'nil' }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array; readonly binary: boolean }
  | { readonly kind: 'range'; readonly range: Range }
  /** A large encoded part: `skip` decoded octets are left out, then `length` sent. */
  | {
      readonly kind: 'decoded';
      readonly need: Extract<Need, { kind: 'encoded' }>;
      readonly skip: number;
      readonly length: number;
      readonly binary: boolean;
    };

/** @throws Fault user UNKNOWN-CTE for BINARY of an encoding nobody knows. */
export function needOf(letter: Letter, item: SectionItem): Need {
  const { section } = item;
  const whole = rangeOf(letter.root, section, letter.size);
  if (!whole)
    return { kind: 'nothing', content: item.sizeOnly ? { kind: 'number', value: 0 } : { kind: 'nil' } };
  if (section.what === 'fields' || section.what === 'fields-not') {
    // Fields beyond the limit are looked at by nobody.
    const end = Math.min(whole.end, whole.start + MAX_HEADER_BYTES);
    return { kind: 'fields', range: { start: whole.start, end } };
  }
  // RFC 3516 section 4.2: BINARY without a part number is the message as it is.
  const part = item.binary && section.path.length > 0 ? partAt(letter.root, section.path) : undefined;
  if (part && !isIdentity(decoderFor(part.encoding, part.type)))
    return { kind: 'encoded', range: whole, encoding: part.encoding, type: part.type };
  if (item.sizeOnly) return { kind: 'nothing', content: { kind: 'number', value: whole.end - whole.start } };
  return { kind: 'octets', range: partOfRange(whole, item.partial) };
}

/** Octets that have to be read. */
export function octetsOf(need: Need): number {
  return need.kind === 'nothing' ? 0 : need.range.end - need.range.start;
}

function cut(bytes: Uint8Array, item: SectionItem): Uint8Array {
  const { start, end } = partOfRange({ start: 0, end: bytes.length }, item.partial);
  return bytes.subarray(start, end);
}

/** The content, from the octets of its range. */
export function contentOf(item: SectionItem, need: Need, octets: Uint8Array): Content {
  switch (need.kind) {
    case 'nothing':
      return need.content;
    case 'octets':
      return { kind: 'bytes', bytes: octets, binary: false };
    case 'fields': {
      const fields = headerFields(octets, item.section.names, item.section.what === 'fields-not');
      return { kind: 'bytes', bytes: cut(fields, item), binary: false };
    }
    case 'encoded': {
      const decoder = decoderFor(need.encoding, need.type);
      const whole = Buffer.concat([decoder.push(octets), decoder.end()]);
      if (item.sizeOnly) return { kind: 'number', value: whole.length };
      return { kind: 'bytes', bytes: cut(whole, item), binary: whole.includes(0) };
    }
  }
}

/** Decodes a part piece by piece; the pieces may be empty. */
export async function* decodePart(
  letter: Letter,
  { range, encoding, type }: Extract<Need, { kind: 'encoded' }>,
): AsyncGenerator<Uint8Array> {
  const decoder = decoderFor(encoding, type);
  for await (const piece of letter.stream(range.start, range.end)) yield decoder.push(piece);
  yield decoder.end();
}

/** The content where it does not belong into memory. @throws Fault `blob-damaged`. */
export async function largeContentOf(letter: Letter, item: SectionItem, need: Need): Promise<Content> {
  if (need.kind === 'nothing') return need.content;
  if (need.kind === 'octets' && octetsOf(need) > IMAP_ANSWER_IN_MEMORY) {
    // Most damage shows before the literal is announced: at its first octet, or because it has shown before.
    await letter.probe(need.range.start, need.range.end);
    await letter.read(need.range.start, need.range.start + 1);
    return { kind: 'range', range: need.range };
  }
  if (need.kind === 'encoded' && octetsOf(need) > IMAP_ANSWER_IN_MEMORY) {
    let total = 0;
    let binary = false;
    for await (const piece of decodePart(letter, need)) {
      total += piece.length;
      binary ||= piece.includes(0);
    }
    if (item.sizeOnly) return { kind: 'number', value: total };
    const skip = Math.min(item.partial?.start ?? 0, total);
    const length = Math.min(item.partial?.count ?? total, total - skip);
    return { kind: 'decoded', need, skip, length, binary };
  }
  const pieces: Uint8Array[] = [];
  for await (const piece of letter.stream(need.range.start, need.range.end)) pieces.push(piece);
  return contentOf(item, need, Buffer.concat(pieces));
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
