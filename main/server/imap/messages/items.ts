/**
 * The items of FETCH (RFC 9051 section 6.4.5, RFC 3501 section 6.4.5; BINARY RFC 3516, MODSEQ RFC 7162, OBJECTID RFC 8474,
 * SAVEDATE RFC 8514, PREVIEW RFC 8970) from the wire to one plan: what rows have to carry, which sections are wanted.
 *
 * The order of an answer is ours, not the client's: UID first, sizes before bodies (rule I50).
 */
import { IMAP_FETCH_ITEMS, IMAP_HEADER_NAMES } from '../../../base/limits.ts';
import type { Columns } from '../../mailstore/mailstore.ts';
import { bad } from '../faults.ts';
import type { Scanner } from '../scanner.ts';

/** What a row of the mailstore answers by itself, in the order of the answer. */
export const ROW_ITEMS = [
  'UID',
  'MODSEQ',
  'FLAGS',
  'INTERNALDATE',
  'RFC822.SIZE',
  'EMAILID',
  'THREADID',
  'SAVEDATE',
  'ENVELOPE',
  'BODY',
  'BODYSTRUCTURE',
  'PREVIEW',
] as const;
export type RowItem = (typeof ROW_ITEMS)[number];

/** `BODY[1.2.MIME]`: where, and what of it. */
export interface Section {
  readonly path: readonly number[];
  readonly what: 'all' | 'header' | 'text' | 'mime' | 'fields' | 'fields-not';
  /** Lower case, for `fields` and `fields-not`. */
  readonly names: readonly string[];
}

export interface SectionItem {
  /** As it is echoed, with the origin octet of a partial answer: `BODY[TEXT]<0>`. */
  readonly label: string;
  readonly section: Section;
  readonly partial: { readonly start: number; readonly count: number } | null;
  /** Content-Transfer-Encoding removed (RFC 3516). */
  readonly binary: boolean;
  /** BINARY.SIZE: the number alone. */
  readonly sizeOnly: boolean;
}

export interface FetchItems {
  /** In the order of ROW_ITEMS. */
  readonly rows: readonly RowItem[];
  readonly sections: readonly SectionItem[];
  /** True when a body item without PEEK sets \Seen (rule I55). */
  readonly seen: boolean;
}

const MACROS: Readonly<Record<string, readonly RowItem[]>> = {
  ALL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE'],
  FAST: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE'],
  FULL: ['FLAGS', 'INTERNALDATE', 'RFC822.SIZE', 'ENVELOPE', 'BODY'],
};

const WHOLE: Section = { path: [], what: 'all', names: [] };
const CLOSE_BRACKET = 93;
const LESS = 60;

/** RFC822 items (RFC 3501) and Outlook's RFC822.PEEK (rule I52): section, label of the answer, whether \Seen is set. */
const RFC822: Readonly<Record<string, readonly [what: Section['what'], label: string, seen: boolean]>> = {
  RFC822: ['all', 'RFC822', true],
  'RFC822.PEEK': ['all', 'RFC822', false],
  'RFC822.HEADER': ['header', 'RFC822.HEADER', false],
  'RFC822.TEXT': ['text', 'RFC822.TEXT', true],
  'RFC822.TEXT.PEEK': ['text', 'RFC822.TEXT', false],
};

class Collector {
  readonly rows = new Set<RowItem>();
  readonly sections = new Map<string, SectionItem>();
  seen = false;
  count = 0;

  item(scanner: Scanner): void {
    this.count += 1;
    if (this.count > IMAP_FETCH_ITEMS) throw bad('Too many items are asked for.', 'LIMIT');
    const written = scanner.atom();
    const bracket = written.indexOf('[');
    const word = (bracket < 0 ? written : written.slice(0, bracket)).toUpperCase();
    if (bracket >= 0) this.#bracketed(word, written.slice(bracket + 1), scanner);
    else if ((ROW_ITEMS as readonly string[]).includes(word)) {
      this.rows.add(word as RowItem);
      if (word === 'PREVIEW') readLazy(scanner);
    } else {
      const old = RFC822[word];
      if (!old) throw bad(`${written} cannot be fetched.`);
      const [what, label, seen] = old;
      this.#add({
        label,
        section: what === 'all' ? WHOLE : { path: [], what, names: [] },
        partial: null,
        binary: false,
        sizeOnly: false,
      });
      if (seen) this.seen = true;
    }
  }

  #bracketed(word: string, spec: string, scanner: Scanner): void {
    const binary = word.startsWith('BINARY');
    const peek = word.endsWith('.PEEK');
    const sizeOnly = word === 'BINARY.SIZE';
    const base = binary ? 'BINARY' : 'BODY';
    if (!sizeOnly && word !== base && word !== `${base}.PEEK`) throw bad('This item has no section.');
    const { section, echo } = readSection(spec, scanner);
    // RFC 3516 section 4: section-binary has a part number or nothing.
    if (binary && section.what !== 'all') throw bad('BINARY takes part numbers only.');
    scanner.expect(CLOSE_BRACKET, 'A closing bracket is missing.');
    const partial = !sizeOnly && scanner.peek() === LESS ? readPartial(scanner) : null;
    const label = `${sizeOnly ? 'BINARY.SIZE' : base}[${echo}]${partial ? `<${partial.start}>` : ''}`;
    this.#add({ label, section, partial, binary, sizeOnly });
    if (!peek && !sizeOnly) this.seen = true;
  }

  #add(item: SectionItem): void {
    const key = `${item.label.toUpperCase()} ${item.partial?.count ?? ''}`;
    if (!this.sections.has(key)) this.sections.set(key, item);
  }
}

/**
 * RFC 8970 section 3.1: `PREVIEW (LAZY)`. Ours are made at arrival, so lazy or not is the same. A list of modifiers may
 * follow a lone PREVIEW in the same place: only a list that says LAZY is taken.
 */
function readLazy(scanner: Scanner): void {
  scanner.maybeText(' (LAZY)');
}

function readPartial(scanner: Scanner): { start: number; count: number } {
  const match = /^<(\d{1,15})\.(\d{1,15})>$/.exec(scanner.atom());
  const count = Number(match?.[2]);
  // RFC 9051 section 9: `partial = "<" number64 "." nz-number64 ">"`.
  if (!match || count === 0) throw bad('A partial range is broken.');
  return { start: Number(match[1]), count };
}

/** The text between the brackets; a list of header names is read on. */
function readSection(spec: string, scanner: Scanner): { section: Section; echo: string } {
  const match = /^((?:[1-9]\d{0,9}\.)*[1-9]\d{0,9})?(?:(^|\.)([A-Za-z.]+))?$/.exec(spec);
  if (!match) throw bad('A section is broken.');
  const path = match[1] ? match[1].split('.').map(Number) : [];
  const word = (match[3] ?? '').toUpperCase();
  if ((match[2] === '.') !== (match[1] !== undefined && word !== '')) throw bad('A section is broken.');
  const upper = spec.toUpperCase();
  switch (word) {
    case '':
      return { section: { path, what: 'all', names: [] }, echo: upper };
    case 'HEADER':
      return { section: { path, what: 'header', names: [] }, echo: upper };
    case 'TEXT':
      return { section: { path, what: 'text', names: [] }, echo: upper };
    case 'MIME':
      if (path.length === 0) throw bad('MIME needs a part number.');
      return { section: { path, what: 'mime', names: [] }, echo: upper };
    case 'HEADER.FIELDS':
    case 'HEADER.FIELDS.NOT': {
      scanner.space();
      let count = 0;
      const names = scanner.list(() => {
        count += 1;
        if (count > IMAP_HEADER_NAMES) throw bad('Too many header names are asked for.', 'LIMIT');
        return scanner.astring();
      });
      return {
        section: {
          path,
          what: word === 'HEADER.FIELDS' ? 'fields' : 'fields-not',
          names: names.map((name) => name.toLowerCase()),
        },
        // Rule I52: the names are echoed as they were asked for.
        echo: `${upper} (${names.map(astring).join(' ')})`,
      };
    }
    default:
      throw bad('There is no such section.');
  }
}

function astring(name: string): string {
  if (/^[\x21\x23\x24\x26\x27\x2b-\x5b\x5d-\x7a\x7c-\x7e]+$/.test(name)) return name;
  const quoted = name.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&');
  return `"${quoted}"`;
}

/** The items of a FETCH: a macro, one item, or a list. @throws Fault syntax. */
export function readItems(scanner: Scanner): FetchItems {
  const collector = new Collector();
  if (scanner.atList) scanner.list(() => collector.item(scanner));
  else {
    // RFC 9051 section 6.4.5: a macro is used by itself.
    const macro = MACROS[scanner.peekAtom()];
    if (macro) {
      scanner.atom();
      for (const item of macro) collector.rows.add(item);
    } else collector.item(scanner);
  }
  return {
    rows: ROW_ITEMS.filter((item) => collector.rows.has(item)),
    sections: [...collector.sections.values()],
    seen: collector.seen,
  };
}

/** What rows() has to bring for these items. */
export function columnsOf(rows: readonly RowItem[]): Columns {
  const has = (item: RowItem) => rows.includes(item);
  return {
    flags: has('FLAGS'),
    size: has('RFC822.SIZE'),
    internalDate: has('INTERNALDATE'),
    modseq: has('MODSEQ'),
    saveDate: has('SAVEDATE'),
    envelope: has('ENVELOPE'),
    body: has('BODY'),
    bodyStructure: has('BODYSTRUCTURE'),
    preview: has('PREVIEW'),
    ids: has('EMAILID') || has('THREADID'),
  };
}
