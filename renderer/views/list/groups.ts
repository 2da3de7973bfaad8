/** Heads of groups in words. Pure. */
import type { Group } from '../../../main/contract/mail/views.ts';
import type { Formats } from '../../i18n/format.ts';
import type { Catalogue } from '../../i18n/text.ts';

const DAY = 86_400_000;

function midnight(ms: number): number {
  const day = new Date(ms);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime();
}

/** "Today", "Yesterday", "Monday", "November", "November 2024"; groups that are not dates carry their own words. */
export function groupLabel(group: Group, t: Catalogue, formats: Formats, now: number): string {
  if (group.key === 'today') return t.list.today;
  if (group.key === 'yesterday') return t.list.yesterday;
  if (group.start === undefined) return group.key;
  const age = Math.round((midnight(now) - midnight(group.start)) / DAY);
  const isMonth = /^(month|\d{4}-\d{2}$)/.test(group.key);
  if (isMonth || age >= 7 || age < -1) return formats.month(group.start, now);
  if (age === 0) return t.list.today;
  if (age === 1) return t.list.yesterday;
  return formats.weekday(group.start);
}
