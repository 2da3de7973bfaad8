/**
 * Marks that mail programs write into the letters of an mbox: a block of fields before everything else, read for flags and
 * keywords and taken off again, so that the letter is as it came. Thunderbird's fields are the ones that every other
 * program's importer knows too, so our own export writes the same.
 *
 * It must never touch a field that is not at the very start: what stands further down belongs to the letter.
 */
import type { ImportFlag } from './maildir.ts';

export interface Marks {
  flags: (ImportFlag | 'junk')[];
  keywords: string[];
  /** Removed in the program, its octets only waiting for compaction. */
  expunged: boolean;
  /** Only a part of the letter is here; the rest is on a server. */
  partial: boolean;
  /** Octets of the block. */
  length: number;
  /** Octets of the letter where an mbox added a line end of its own; null: all there are. */
  octets: number | null;
}

/** Bits of X-Mozilla-Status. */
const READ = 0x0001;
const REPLIED = 0x0002;
const MARKED = 0x0004;
const EXPUNGED = 0x0008;
const PARTIAL = 0x0400;
const FORWARDED = 0x1000;
/** Bits of X-Mozilla-Status2. */
const IMAP_DELETED = 0x0020_0000;
const LABEL_SHIFT = 25;
const LABEL_MASK = 0b111;

/** Octets in which the block is looked for: Thunderbird leaves 80 or more of room for keywords. */
const LOOKED_AT = 16 * 1024;
const FIELD =
  /^(x-mozilla-status2?|x-mozilla-keys|x-account-key|x-uidl|status|x-status|x-keywords|x-postroom-octets):[ \t]*(.*?)[ \t]*\r?\n/i;
const FIRST = /^(x-mozilla-status|x-account-key|x-uidl):/i;
/** Fields that stand before the status, where they stand at all. */
const BEFORE = new Set(['x-account-key', 'x-uidl']);

/** Octets in which a Message-ID is looked for. */
const HEAD = 32 * 1024;

/** The Message-ID without its brackets, '' where there is none. */
export function messageIdOf(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, HEAD)).toString(
    'latin1',
  );
  const end = head.search(/\r?\n\r?\n/);
  return /^message-id:\s*<([^>\r\n]+)>/im.exec(end < 0 ? head : head.slice(0, end + 1))?.[1]?.trim() ?? '';
}

/** Marks of the block at the start of `bytes`; an empty block where there is none. */
export function readMarks(bytes: Uint8Array): Marks {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, LOOKED_AT));
  let text = head.toString('latin1');
  const marks: Marks = { flags: [], keywords: [], expunged: false, partial: false, length: 0, octets: null };
  if (!FIRST.test(text)) return marks;
  const fields = new Map<string, string>();
  for (let found = FIELD.exec(text); found; found = FIELD.exec(text)) {
    const name = (found[1] as string).toLowerCase();
    // A field for the second time, or one out of its place, is the letter's own: it came out of a store like this one.
    if (fields.has(name) || (BEFORE.has(name) && fields.has('x-mozilla-status'))) break;
    // Written last, by us: what follows is the letter, whatever it begins with.
    if (fields.has('x-postroom-octets')) break;
    fields.set(name, found[2] as string);
    marks.length += found[0].length;
    text = text.slice(found[0].length);
  }
  // Without its own status field the block is not a program's: X-UIDL alone may have come with the letter.
  if (!fields.has('x-mozilla-status')) return { ...marks, length: 0 };
  take(marks, fields);
  return marks;
}

function take(marks: Marks, fields: ReadonlyMap<string, string>): void {
  const hex = (name: string): number => Number.parseInt(fields.get(name) ?? '0', 16) || 0;
  const status = hex('x-mozilla-status');
  const second = hex('x-mozilla-status2');
  const flags = new Set<ImportFlag | 'junk'>();
  if (status & READ) flags.add('seen');
  if (status & REPLIED) flags.add('answered');
  if (status & MARKED) flags.add('flagged');
  if (status & FORWARDED) flags.add('forwarded');
  if (/[TD]/.test(fields.get('x-status') ?? '')) flags.add('draft');
  marks.expunged = (status & EXPUNGED) !== 0 || (second & IMAP_DELETED) !== 0;
  marks.partial = (status & PARTIAL) !== 0;
  const words = [
    ...(fields.get('x-mozilla-keys') ?? '').split(/\s+/),
    ...(fields.get('x-keywords') ?? '').split(/[\s,]+/),
  ];
  const label = (second >>> LABEL_SHIFT) & LABEL_MASK;
  if (label >= 1 && label <= 5) words.push(`$label${label}`);
  const keywords = new Set<string>();
  for (const word of words) {
    const lower = word.toLowerCase();
    if (lower === 'junk' || lower === '$junk') flags.add('junk');
    else if (word !== '' && lower !== 'nonjunk' && lower !== '$notjunk') keywords.add(word);
  }
  const octets = fields.get('x-postroom-octets') ?? '';
  if (/^\d{1,12}$/.test(octets)) marks.octets = Number(octets);
  marks.flags = [...flags];
  marks.keywords = [...keywords].sort();
}

/** The letter without the block, in a buffer of its own when there was one. */
export function withoutMarks(
  bytes: Uint8Array<ArrayBuffer>,
  marks: Pick<Marks, 'length' | 'octets'>,
): Uint8Array<ArrayBuffer> {
  if (marks.length === 0) return bytes;
  const { length, octets } = marks;
  // Never more than line ends is taken off, whatever the field says.
  const extra = octets === null ? -1 : bytes.length - length - octets;
  const cut =
    extra > 0 && extra <= 2 && /^[\r\n]+$/.test(Buffer.from(bytes.subarray(-extra)).toString('latin1'))
      ? extra
      : 0;
  return bytes.slice(length, bytes.length - cut);
}

/** The block for a letter, with line ends as the letter has them. */
export function marksBlock(
  letter: {
    flags: readonly (ImportFlag | 'junk')[];
    keywords: readonly string[];
    /** Of the letter: says where the block ends, and where a letter does that has no line end. */
    octets?: number;
  },
  eol: '\r\n' | '\n',
): string {
  const has = (flag: ImportFlag | 'junk'): boolean => letter.flags.includes(flag);
  const status =
    (has('seen') ? READ : 0) |
    (has('answered') ? REPLIED : 0) |
    (has('flagged') ? MARKED : 0) |
    (has('forwarded') ? FORWARDED : 0);
  const keys = [...letter.keywords, ...(has('junk') ? ['Junk'] : [])].join(' ');
  const lines = [
    `X-Mozilla-Status: ${status.toString(16).padStart(4, '0')}`,
    'X-Mozilla-Status2: 00000000',
    ...(keys === '' ? [] : [`X-Mozilla-Keys: ${keys}`]),
    ...(has('draft') ? ['X-Status: T'] : []),
    ...(letter.octets === undefined ? [] : [`X-Postroom-Octets: ${letter.octets}`]),
  ];
  return lines.map((line) => `${line}${eol}`).join('');
}
