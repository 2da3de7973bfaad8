/**
 * Where a section of BODY[...] lies in a message (RFC 9051 section 6.4.5.1, rule I52), over the offsets made at
 * arrival: nothing is parsed again, and the numbers are those of BODYSTRUCTURE.
 *
 * A part that is not there gives undefined, which is NIL on the wire, never an error. A multipart without parts and
 * an attached letter that cannot be read in place show what BODYSTRUCTURE shows: an empty text part.
 */
import type { PartOffsets } from '../../mailstore/mailstore.ts';
import type { Section } from './items.ts';

/** Octets [start, end) of the message. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

function emptyPart(at: number): PartOffsets {
  return { headStart: at, bodyStart: at, end: at, type: 'text/plain', encoding: '7bit', parts: [] };
}

/** The letter inside a message part; undefined for every other part. */
function letterIn(part: PartOffsets): PartOffsets | undefined {
  if (!part.type.startsWith('message/')) return undefined;
  return part.parts[0] ?? (part.type === 'message/rfc822' ? emptyPart(part.end) : undefined);
}

/** Part `number` of a multipart; of a letter that is none, number 1 is its whole body. */
function partOfLetter(letter: PartOffsets, number: number): PartOffsets | undefined {
  if (!letter.type.startsWith('multipart/')) return number === 1 ? letter : undefined;
  return partOfMultipart(letter, number);
}

function partOfMultipart(part: PartOffsets, number: number): PartOffsets | undefined {
  if (part.parts.length === 0 && number === 1) return emptyPart(part.end);
  return part.parts[number - 1];
}

/** The part of a path like [2, 1]; the root letter for an empty one. */
export function partAt(root: PartOffsets, path: readonly number[]): PartOffsets | undefined {
  let part: PartOffsets | undefined = root;
  for (const [level, number] of path.entries()) {
    if (level === 0) part = partOfLetter(part, number);
    else if (part.type.startsWith('multipart/')) part = partOfMultipart(part, number);
    else {
      const letter = letterIn(part);
      part = letter && partOfLetter(letter, number);
    }
    if (!part) return undefined;
  }
  return part;
}

/**
 * The octets of a section, before any header names are looked at.
 * @param size octets of the whole message.
 */
export function rangeOf(root: PartOffsets, section: Section, size: number): Range | undefined {
  const part = partAt(root, section.path);
  if (!part) return undefined;
  if (section.what === 'mime') return { start: part.headStart, end: part.bodyStart };
  if (section.path.length === 0 && section.what === 'all') return { start: 0, end: size };
  if (section.what === 'all') return { start: part.bodyStart, end: part.end };
  const letter = section.path.length === 0 ? part : letterIn(part);
  if (!letter) return undefined;
  if (section.what === 'text')
    return { start: letter.bodyStart, end: section.path.length === 0 ? size : letter.end };
  return { start: letter.headStart, end: letter.bodyStart };
}

/** A partial answer `<start.count>` of [range): beyond the end it is empty (rule I51). */
export function partOfRange(
  range: Range,
  partial: { readonly start: number; readonly count: number } | null,
): Range {
  if (!partial) return range;
  const start = Math.min(range.end, range.start + partial.start);
  return { start, end: Math.min(range.end, start + partial.count) };
}
