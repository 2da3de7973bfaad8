/** When a letter that a server did not take is tried again (protocols.md C43). Pure. */

const MINUTE = 60_000;
/** Minutes between tries; the last one repeats. */
const STEPS = [1, 5, 15, 30, 60];
/** After this long without success the person decides. */
export const GIVE_UP_AFTER_MS = 24 * 60 * MINUTE;
/** How long an unknown outcome is looked for in Sent before the person is asked (C42). */
export const LOOK_FOR_COPY_MS = 10 * MINUTE;

/**
 * The next try in wall-clock ms, or null: give up.
 * @param attempts tries made so far, at least 1. @param firstTry when the first one began.
 */
export function nextTry(attempts: number, firstTry: number, now: number): number | null {
  // A clock that was set back must not make the letter wait for years.
  if (now - firstTry >= GIVE_UP_AFTER_MS) return null;
  return now + STEPS[Math.min(Math.max(attempts, 1), STEPS.length) - 1]! * MINUTE;
}
