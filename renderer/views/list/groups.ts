/** Heads of groups in words. Pure. */
import type { Group, Sort } from '../../../main/contract/mail/views.ts';
import type { Formats } from '../../i18n/format.ts';
import type { Catalogue } from '../../i18n/text.ts';

const DAY = 86_400_000;

function midnight(ms: number): number {
  const day = new Date(ms);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
}

/** Groups of another order than by date: a size, a mark, or the value itself. */
function valueLabel(key: string, sort: Sort, t: Catalogue): string {
  const words = t.looks.groups;
  const size = /^size:(\d)$/.exec(key)?.[1];
  if (size !== undefined) return words.sizes[Number(size)] ?? '';
  if (sort === 'flag' || sort === 'files') return key === 'yes' ? words.yes[sort] : words.no[sort];
  if (key !== 'none') return key;
  return sort === 'tags' || sort === 'from' || sort === 'to' ? words.none[sort] : words.none.other;
}

/** "Today", "Yesterday", "Monday", "November", "November 2024"; groups that are not dates carry their own words. */
export function groupLabel(group: Group, sort: Sort, t: Catalogue, formats: Formats, now: number): string {
  if (sort !== 'date' && sort !== 'received') return valueLabel(group.key, sort, t);
  if (group.key === 'future') return t.looks.groups.future;
  if (group.key === 'today') return t.list.today;
  if (group.key === 'yesterday') return t.list.yesterday;
  if (group.start === undefined) return group.key;
  const year = /^year:(\d+)$/.exec(group.key)?.[1];
  if (year !== undefined) return year;
  const age = Math.round((midnight(now) - midnight(group.start)) / DAY);
  const isMonth = /^(month|\d{4}-\d{2}$)/.test(group.key);
  if (isMonth || age >= 7 || age < -1) return formats.month(group.start, now);
  if (age === 0) return t.list.today;
  if (age === 1) return t.list.yesterday;
  return formats.weekday(group.start);
}
