/**
 * What Thunderbird's summary of a folder (`.msf`, Mork) says of its letters. Marks of an IMAP account stand nowhere else: the
 * letters that it keeps for working offline are all written down as read and bare.
 *
 * Read in a thread, handed over packed: a folder of 100,000 letters is a few arrays. A row counts only for the letter that
 * lies where it says and, where both know it, has the Message-ID it says. A summary of another state of its file is not used.
 */
import { morkRows } from '../mork.ts';
import type { StoredLetter } from '../stored.ts';

/** A summary as it passes between threads. */
export interface PackedSummary {
  /** Places of letters (see StoredLetter.place), one a line. */
  places: string;
  /** Their Message-IDs, one a line; '' where Thunderbird made one up. */
  ids: string;
  /** Bits of Thunderbird, and JUNK. */
  flags: Uint32Array<ArrayBuffer>;
  /** Place in `keywordSets`. */
  keywords: Uint32Array<ArrayBuffer>;
  keywordSets: string[];
}

/** Summaries larger than this are not read: that is a folder of some million letters. */
export const MAX_SUMMARY_BYTES = 512 * 1024 * 1024;

/** Bits of a row's `flags`. */
const READ = 0x0001;
const REPLIED = 0x0002;
const MARKED = 0x0004;
const FORWARDED = 0x1000;
/** Ours, in a bit that Thunderbird has for what passes. */
const JUNK = 0x8000_0000;
/** Of 100: what Thunderbird itself takes for junk. */
const JUNK_FROM = 50;

const COLUMNS = new Set([
  'flags',
  'keywords',
  'storeToken',
  'msgOffset',
  'message-id',
  'junkscore',
  'folderSize',
]);

const oneLine = (text: string): string => text.replace(/[\r\n]/g, ' ');
/** Broken over lines a Message-ID has spaces that one program keeps and another drops. */
const bare = (id: string): string => id.replace(/\s+/g, '');

/**
 * @param size octets of the mbox beside it; null: a folder of files
 * @returns null when it says nothing of this state of the folder
 */
export function readSummary(bytes: Uint8Array, size: number | null): PackedSummary | null {
  const places: string[] = [];
  const ids: string[] = [];
  const flags: number[] = [];
  const keywords: number[] = [];
  const sets = new Map<string, number>();
  for (const row of morkRows(bytes, COLUMNS)) {
    const whole = row.get('folderSize');
    if (size !== null && whole !== undefined && Number.parseInt(whole, 16) !== size) return null;
    // Older ones write the place as an offset in hexadecimal digits.
    const offset = row.get('msgOffset');
    const place =
      row.get('storeToken') ?? (offset === undefined ? '' : String(Number.parseInt(offset, 16) || 0));
    const marks = row.get('flags');
    if (place === '' || marks === undefined) continue;
    const id = row.get('message-id') ?? '';
    const words = (row.get('keywords') ?? '').trim();
    let set = sets.get(words);
    if (set === undefined) {
      set = sets.size;
      sets.set(words, set);
    }
    const junk = Number(row.get('junkscore') ?? 0) >= JUNK_FROM ? JUNK : 0;
    places.push(oneLine(place));
    ids.push(id.startsWith('md5:') ? '' : bare(id));
    flags.push(((Number.parseInt(marks, 16) || 0) & ~JUNK) | junk);
    keywords.push(set);
  }
  if (places.length === 0) return null;
  return {
    places: places.join('\n'),
    ids: ids.join('\n'),
    flags: Uint32Array.from(flags),
    keywords: Uint32Array.from(keywords),
    keywordSets: [...sets.keys()],
  };
}

/** Marks by places. */
export class Summary {
  readonly #packed: PackedSummary;
  readonly #rows = new Map<string, number>();
  readonly #ids: string[];

  constructor(packed: PackedSummary) {
    this.#packed = packed;
    this.#ids = packed.ids.split('\n');
    for (const [n, place] of packed.places.split('\n').entries()) this.#rows.set(place, n);
  }

  /**
   * Puts what the summary says in the place of what the letter's own marks say.
   * @param id of the letter, '' if it has none
   * @returns false when the summary knows of no letter there
   */
  apply(letter: Pick<StoredLetter, 'place' | 'flags' | 'keywords'>, id: string): boolean {
    const row = letter.place === undefined ? undefined : this.#rows.get(letter.place);
    if (row === undefined) return false;
    const known = this.#ids[row] ?? '';
    if (known !== '' && id !== '' && known !== bare(id)) return true;
    const { flags, keywords, keywordSets } = this.#packed;
    const bits = flags[row] ?? 0;
    const words = (keywordSets[keywords[row] ?? -1] ?? '').split(' ').filter((each) => each !== '');
    const junk = (bits & JUNK) !== 0 || words.some((word) => /^\$?junk$/i.test(word));
    letter.flags = [
      ...(bits & READ ? (['seen'] as const) : []),
      ...(bits & REPLIED ? (['answered'] as const) : []),
      ...(bits & MARKED ? (['flagged'] as const) : []),
      ...(bits & FORWARDED ? (['forwarded'] as const) : []),
      ...(letter.flags.includes('draft') ? (['draft'] as const) : []),
      ...(junk ? (['junk'] as const) : []),
    ];
    letter.keywords = words.filter((word) => !/^(\$?junk|nonjunk|\$notjunk)$/i.test(word)).sort();
    return true;
  }
}
