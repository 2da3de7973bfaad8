/** Where the heads of a list by date stand: today, yesterday, the week's days, then months, by the person's own clock. */

import type { Group } from '../../contract/mail/views.ts';
import { firstWhere } from './sorting.ts';

export interface Boundary {
  /** `today`, `yesterday`, `day:2026-11-17`, `month:2026-10`, `future`. */
  key: string;
  /** ms: the first moment of the period. */
  start: number;
}

const DAY = 86_400_000;
/** Months told apart before years take over, so that a list of forty years has a sane number of heads. */
const MONTHS = 24;

/**
 * Periods from `newest` down to `oldest`, newest first, without gaps.
 * @param zone minutes east of UTC
 */
export function* boundaries(now: number, zone: number, oldest: number, newest: number): Generator<Boundary> {
  const shift = zone * 60_000;
  const today = Math.floor((now + shift) / DAY) * DAY;
  const local = (ms: number) => new Date(ms);
  const iso = (ms: number) => local(ms).toISOString().slice(0, 10);
  if (newest + shift >= today + DAY) yield { key: 'future', start: today + DAY - shift };
  yield { key: 'today', start: today - shift };
  yield { key: 'yesterday', start: today - DAY - shift };
  let start = today - DAY;
  // The rest of the last seven days by their names.
  for (let n = 2; n < 7; n++) {
    start = today - n * DAY;
    yield { key: `day:${iso(start)}`, start: start - shift };
  }
  let year = local(start - 1).getUTCFullYear();
  let month = local(start - 1).getUTCMonth();
  for (let n = 0; n < MONTHS; n++) {
    const first = Date.UTC(year, month, 1);
    yield { key: `month:${year}-${String(month + 1).padStart(2, '0')}`, start: first - shift };
    if (first - shift <= oldest) return;
    month--;
    if (month < 0) {
      month = 11;
      year--;
    }
  }
  // The rest of the year under way, then whole years.
  for (let first = Date.UTC(year, 0, 1); ; year--, first = Date.UTC(year, 0, 1)) {
    yield { key: `year:${year}`, start: first - shift };
    if (first - shift <= oldest || year <= 1970) break;
  }
  if (oldest < 0 || oldest + shift < DAY) yield { key: 'year:1970', start: -Number.MAX_SAFE_INTEGER };
}

/** Heads of a list that is sorted by another time than its own date; `times`: ms in the list's order. */
export function periodsOf(times: Float64Array, descending: boolean, zone: number, now: number): Group[] {
  const { length } = times;
  const newest = times[descending ? 0 : length - 1] ?? now;
  const oldest = times[descending ? length - 1 : 0] ?? now;
  const found: Group[] = [];
  let at = descending ? 0 : length;
  for (const { key, start } of boundaries(now, zone, oldest, newest)) {
    const end = descending
      ? firstWhere(times, (time) => time < start)
      : firstWhere(times, (time) => time >= start);
    const count = descending ? end - at : at - end;
    if (count > 0) found.push({ at: descending ? at : end, count, key, start });
    at = descending ? Math.max(at, end) : Math.min(at, end);
  }
  return descending ? found : found.reverse();
}
