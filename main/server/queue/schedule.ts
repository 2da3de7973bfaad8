/**
 * When the next attempt is made and when it is enough (RFC 5321 section 4.5.4.1, rule S63). Pure; wall clock in ms.
 */
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

export interface Schedule {
  /** After a 4xx to RCPT, which greylisting means. */
  readonly greylistMs: number;
  /** After the first, second ... failure; the last one repeats. */
  readonly stepsMs: readonly number[];
  readonly warnAfterMs: number;
  readonly giveUpAfterMs: number;
  /** For letters without a sender: reports. */
  readonly giveUpReportsAfterMs: number;
  /** A connection that was lost after the final dot (rule S66). */
  readonly ambiguousMs: number;
}

export const SCHEDULE: Schedule = {
  greylistMs: 15 * MINUTE,
  stepsMs: [30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR],
  warnAfterMs: 4 * HOUR,
  giveUpAfterMs: 120 * HOUR,
  giveUpReportsAfterMs: 48 * HOUR,
  ambiguousMs: 30 * MINUTE,
};

export interface Deferral {
  readonly now: number;
  readonly arrived: number;
  /** Attempts made, this one included. */
  readonly attempts: number;
  readonly isReport: boolean;
  readonly greylisted: boolean;
  readonly ambiguous: boolean;
}

/** The next attempt's time, or null when it is enough. A clock that was set back never makes a letter older. */
export function nextAttempt(schedule: Schedule, deferral: Deferral): number | null {
  const age = Math.max(0, deferral.now - deferral.arrived);
  const limit = deferral.isReport ? schedule.giveUpReportsAfterMs : schedule.giveUpAfterMs;
  if (age >= limit) return null;
  const { stepsMs } = schedule;
  const step = stepsMs[Math.min(deferral.attempts, stepsMs.length) - 1] ?? stepsMs[0]!;
  const wait = deferral.ambiguous
    ? Math.max(schedule.ambiguousMs, step)
    : deferral.greylisted
      ? Math.min(schedule.greylistMs, step)
      : step;
  // The last attempt is made when the time is over, not one step before.
  return Math.min(deferral.now + wait, Math.max(deferral.now + MINUTE, deferral.arrived + limit));
}

/** True when the sender should be told that a letter is late (once). */
export function isLate(schedule: Schedule, now: number, arrived: number): boolean {
  return now - arrived >= schedule.warnAfterMs;
}
