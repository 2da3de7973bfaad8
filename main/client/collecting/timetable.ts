/**
 * When an account connects by itself next: a schedule and two moments in, a moment out. Pure but for the local time zone,
 * which is that of the process.
 *
 * Invariants: a clock that steps back or forward delays no connection for longer than its own interval, and causes no storm
 * of them; a time of the day that summer time leaves out is kept at the moment the clock jumps to, one that comes twice is
 * kept once; a time that was slept through is made up for within CATCH_UP_MS and then let go.
 */
import type { Schedule } from '../../contract/mail/schedule.ts';

/** A time of the day that was missed (the computer slept) is made up for this long, ms. */
export const CATCH_UP_MS = 3_600_000;
/** Days looked ahead: every schedule that comes at all comes within a week. */
const DAYS_AHEAD = 8;
const MINUTE_MS = 60_000;

export const USUAL: Schedule = {
  onStart: true,
  when: 'every',
  minutes: null,
  hours: null,
  times: [],
  days: [],
};

/** The moment of a minute of a local day; `days` after the day of `now`. */
function momentOf(now: number, days: number, minute: number): number {
  const day = new Date(now);
  return new Date(day.getFullYear(), day.getMonth(), day.getDate() + days, 0, minute).getTime();
}

function isDay(schedule: Schedule, now: number, days: number): boolean {
  if (schedule.days.length === 0) return true;
  const day = new Date(now);
  const weekday = new Date(day.getFullYear(), day.getMonth(), day.getDate() + days, 12).getDay();
  return schedule.days.includes(weekday);
}

interface Span {
  from: number;
  to: number;
}

/** The times in which it may connect, from those that began yesterday on. */
function spans(schedule: Schedule, now: number): Span[] {
  const { hours } = schedule;
  const found: Span[] = [];
  for (let day = -1; day < DAYS_AHEAD; day += 1) {
    if (!isDay(schedule, now, day)) continue;
    const from = momentOf(now, day, hours?.from ?? 0);
    const over = hours !== null && hours.to <= hours.from;
    const to = hours === null ? momentOf(now, day + 1, 0) : momentOf(now, over ? day + 1 : day, hours.to);
    const last = found.at(-1);
    // Whole days that follow one another are one span.
    if (last && last.to >= from) last.to = Math.max(last.to, to);
    else if (to > from) found.push({ from, to });
  }
  return found;
}

const isAlways = ({ hours, days }: Schedule): boolean => hours === null && days.length === 0;

/** Until when an account that is kept connected may stay so, ms; null: for ever; `now`: it may not connect now. */
export function openUntil(schedule: Schedule, now: number): number | null {
  if (schedule.when !== 'every') return now;
  if (isAlways(schedule)) return null;
  return spans(schedule, now).find((span) => span.from <= now && now < span.to)?.to ?? now;
}

/**
 * The next connection by itself, ms; it may lie in the past: then it is due. null: never.
 *
 * `last`: when the account connected last, or when the program began to wait; `usual`: minutes where the schedule names none.
 */
export function nextConnection(schedule: Schedule, last: number, now: number, usual: number): number | null {
  // The clock was put back: nothing lies in the future that has happened.
  const since = Math.min(last, now);
  if (schedule.when === 'never') return null;
  if (schedule.when === 'times') return nextTime(schedule, since, now);
  const due = since + (schedule.minutes ?? usual) * MINUTE_MS;
  if (isAlways(schedule)) return due;
  const wanted = Math.max(due, now);
  const span = spans(schedule, now).find((each) => each.to > wanted);
  if (!span) return null;
  return span.from <= wanted ? due : span.from;
}

function nextTime(schedule: Schedule, since: number, now: number): number | null {
  const times = [...new Set(schedule.times)].sort((a, b) => a - b);
  for (let day = -1; day < DAYS_AHEAD; day += 1) {
    if (!isDay(schedule, now, day)) continue;
    for (const minute of times) {
      const at = momentOf(now, day, minute);
      if (at > since && at > now - CATCH_UP_MS) return at;
    }
  }
  return null;
}
