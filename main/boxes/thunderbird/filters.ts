/**
 * Thunderbird's message filters (`msgFilterRules.dat`): one `key="value"` a line, filters one after the other, each with its
 * actions and one condition line. Pure; what cannot be understood is left to whoever asks, never guessed.
 */

export interface FilterTerm {
  /** As Thunderbird calls it: `subject`, `from`, `to or cc`, `body`, ...; of any other header field its name. */
  field: string;
  /** `field` is the name of a header field. */
  header: boolean;
  /** `contains`, `is`, `begins with`, ... */
  test: string;
  value: string;
}

export interface FoundFilter {
  name: string;
  enabled: boolean;
  /** Asked of new letters (bits 1 and 16 of its type); false: only by hand, after sending, on a timetable. */
  onArrival: boolean;
  match: 'all' | 'any';
  terms: FilterTerm[];
  /** A condition that is no list of terms. */
  odd: boolean;
  actions: { action: string; value: string }[];
}

const LINE = /^(\w+)="((?:[^"\\]|\\.)*)"\s*$/;
/** Filters of one file, terms of one filter. */
const MOST = 2000;

const unquoted = (text: string): string => text.replace(/\\(.)/g, '$1');

export function readFilters(text: string): FoundFilter[] {
  const filters: FoundFilter[] = [];
  let filter: FoundFilter | null = null;
  for (const line of text.split(/\r?\n/)) {
    const found = LINE.exec(line);
    if (!found) continue;
    const [, key = '', raw = ''] = found;
    const value = unquoted(raw);
    if (key === 'name') {
      if (filters.length >= MOST) break;
      filter = {
        name: value,
        enabled: true,
        onArrival: true,
        match: 'all',
        terms: [],
        odd: false,
        actions: [],
      };
      filters.push(filter);
    } else if (!filter) continue;
    else if (key === 'enabled') filter.enabled = value === 'yes';
    else if (key === 'type') filter.onArrival = (Number.parseInt(value, 10) & 0x1) !== 0;
    else if (key === 'action') filter.actions.push({ action: value, value: '' });
    else if (key === 'actionValue') {
      const last = filter.actions.at(-1);
      if (last) last.value = value;
    } else if (key === 'condition') takeCondition(filter, value);
  }
  return filters;
}

/** `AND (field,test,value) AND (...)`, `OR (...)`, or `ALL`. */
function takeCondition(filter: FoundFilter, text: string): void {
  if (/^\s*ALL\s*$/.test(text)) return;
  filter.match = /^\s*OR\b/.test(text) ? 'any' : 'all';
  let at = 0;
  while (at < text.length && filter.terms.length < MOST) {
    const begin = /^\s*(?:AND|OR)?\s*\(/.exec(text.slice(at));
    if (!begin) break;
    at += begin[0].length;
    const field = piece(text, at, ',');
    const test = field && piece(text, field.end + 1, ',');
    const value = test && piece(text, test.end + 1, ')');
    if (!value) {
      filter.odd = true;
      return;
    }
    filter.terms.push({
      field: field.text,
      header: field.quoted,
      test: test.text,
      value: value.text,
    });
    at = value.end + 1;
  }
  if (text.slice(at).trim() !== '' || filter.terms.length === 0) filter.odd = true;
}

/** A piece up to `until`; in quotation marks it may hold that sign itself. */
function piece(
  text: string,
  from: number,
  until: ',' | ')',
): { text: string; quoted: boolean; end: number } | null {
  if (text[from] === '"') {
    for (let at = from + 1; at < text.length; at++) {
      if (text[at] === '\\') at++;
      else if (text[at] === '"') {
        if (text[at + 1] !== until) return null;
        return { text: unquoted(text.slice(from + 1, at)), quoted: true, end: at + 1 };
      }
    }
    return null;
  }
  const end = text.indexOf(until, from);
  return end < 0 ? null : { text: text.slice(from, end), quoted: false, end };
}
