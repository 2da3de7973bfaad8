/** When an account connects by itself. */
import { z } from 'zod';
import { entry } from '../entry.ts';
import { Id } from './views.ts';

/** Minutes of the day, local time. */
const Minute = z
  .int()
  .min(0)
  .max(24 * 60 - 1);

export const Schedule = z.object({
  /** Once when the program starts, whatever else is said here. */
  onStart: z.boolean().default(true),
  /** `every`: again and again. `times`: at these times and no other. `never`: only when a person asks. */
  when: z.enum(['every', 'times', 'never']).default('every'),
  /** For `every`; null: as often as the program's settings say. */
  minutes: z.int().min(1).max(1440).nullable().default(null),
  /** For `every`: only between these; `to` before `from` runs over midnight. null: the whole day. */
  hours: z.object({ from: Minute, to: Minute }).nullable().default(null),
  /** For `times`. */
  times: z.array(Minute).max(24).default([]),
  /** Days of the week, 0 is Sunday; empty: every day. */
  days: z.array(z.int().min(0).max(6)).max(7).default([]),
});
export type Schedule = z.infer<typeof Schedule>;

export const AccountSchedule = z.object({
  account: Id,
  schedule: Schedule,
  /** The next connection by itself, ms; null: none. */
  next: z.number().nullable(),
});
export type AccountSchedule = z.infer<typeof AccountSchedule>;

export const scheduleEntries = {
  'schedule.list': entry(z.object({}), z.array(AccountSchedule)),
  'schedule.set': entry(z.object({ account: Id, schedule: Schedule }), AccountSchedule, ['no-such-account']),
};
