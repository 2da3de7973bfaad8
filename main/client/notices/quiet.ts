/** Quiet hours: a pure function of the hands of the clock. */
import type { QuietHours } from '../../contract/mail/notices.ts';

/** The person's own time. */
export interface Moment {
  /** Since midnight. */
  minute: number;
  /** 0 is Sunday. */
  day: number;
}

/** @param now ms since 1970; read in the time zone of this computer */
export function momentOf(now: number): Moment {
  const date = new Date(now);
  return { minute: date.getHours() * 60 + date.getMinutes(), day: date.getDay() };
}

/** Is this moment within the hours? Those past midnight belong to the day on which they began. */
export function isQuiet({ on, from, to, days }: QuietHours, { minute, day }: Moment): boolean {
  if (!on) return false;
  const yesterday = (day + 6) % 7;
  if (from === to) return days.includes(minute >= from ? day : yesterday);
  if (from < to) return days.includes(day) && minute >= from && minute < to;
  if (minute >= from) return days.includes(day);
  return minute < to && days.includes(yesterday);
}
