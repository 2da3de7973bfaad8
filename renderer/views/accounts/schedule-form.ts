/** What a person types about when an account connects and what it fetches, as text, and what it means. Pure. */
import type { Account, KeepPolicy, Pop3Policy } from '../../../main/contract/mail/accounts.ts';
import type { Schedule } from '../../../main/contract/mail/schedule.ts';

export interface ScheduleForm {
  onStart: boolean;
  when: Schedule['when'];
  minutes: string;
  limited: boolean;
  from: string;
  to: string;
  times: string;
  days: readonly number[];
}

const two = (n: number): string => String(n).padStart(2, '0');

/** 780 is "13:00". */
export const clockOf = (minute: number): string => `${Math.floor(minute / 60)}:${two(minute % 60)}`;

/** "13:00", "13.00", "9" as minutes of the day; null: not a time. */
export function minuteOf(text: string): number | null {
  const found = /^\s*(\d{1,2})(?:[:.](\d{2}))?\s*$/.exec(text);
  if (!found) return null;
  const [hours, minutes] = [Number(found[1]), Number(found[2] ?? 0)];
  return hours < 24 && minutes < 60 ? hours * 60 + minutes : null;
}

function minutesOf(text: string): number[] | null {
  const parts = text.split(/[,;\s]+/).filter((part) => part !== '');
  const found = parts.map(minuteOf);
  return found.every((each) => each !== null) ? (found as number[]) : null;
}

export function scheduleFormOf(schedule: Schedule): ScheduleForm {
  const { hours } = schedule;
  return {
    onStart: schedule.onStart,
    when: schedule.when,
    minutes: schedule.minutes === null ? '' : String(schedule.minutes),
    limited: hours !== null,
    from: clockOf(hours?.from ?? 9 * 60),
    to: clockOf(hours?.to ?? 18 * 60),
    times: schedule.times.map(clockOf).join(', '),
    days: schedule.days,
  };
}

export interface ScheduleProblems {
  from: boolean;
  to: boolean;
  times: boolean;
}

/** What is not a time; null: the form describes a schedule. */
export function scheduleProblems(form: ScheduleForm): ScheduleProblems | null {
  const hours = form.when === 'every' && form.limited;
  const times = minutesOf(form.times);
  const problems = {
    from: hours && minuteOf(form.from) === null,
    to: hours && minuteOf(form.to) === null,
    times: form.when === 'times' && (times === null || times.length === 0),
  };
  return Object.values(problems).some(Boolean) ? problems : null;
}

/** The schedule of a form without problems. What is not asked for now is kept as it was typed. */
export function scheduleOf(form: ScheduleForm): Schedule {
  const minutes = Math.floor(Number(form.minutes));
  const [from, to] = [minuteOf(form.from), minuteOf(form.to)];
  return {
    onStart: form.onStart,
    when: form.when,
    minutes: form.minutes.trim() === '' || !(minutes >= 1) ? null : Math.min(1440, minutes),
    hours: form.limited && from !== null && to !== null ? { from, to } : null,
    times: [...new Set(minutesOf(form.times) ?? [])].sort((a, b) => a - b),
    days: [...form.days].sort((a, b) => a - b),
  };
}

export type Fetched = 'whole' | 'headers' | 'above';

export interface FetchForm {
  fetched: Fetched;
  kb: string;
  leave: Pop3Policy['leave'];
  days: string;
  deleteFromTrash: boolean;
}

/** KB offered first for "headers of large letters". */
const SOME_KB = 500;

export function fetchFormOf({ pop3, policy }: Pick<Account, 'pop3' | 'policy'>): FetchForm {
  const above = pop3 ? pop3.headersAbove : (policy.headersAbove ?? null);
  return {
    fetched: above === null ? 'whole' : above === 0 ? 'headers' : 'above',
    kb: String(above === null || above === 0 ? SOME_KB : above),
    leave: pop3?.leave ?? 'until-deleted',
    days: String(pop3?.days ?? 14),
    deleteFromTrash: pop3?.deleteFromTrash ?? false,
  };
}

export interface FetchProblems {
  kb: boolean;
  days: boolean;
}

const isNumber = (text: string, most: number): boolean =>
  /^\d+$/.test(text.trim()) && Number(text) >= 1 && Number(text) <= most;

export function fetchProblems(form: FetchForm): FetchProblems | null {
  const problems = {
    kb: form.fetched === 'above' && !isNumber(form.kb, 1_000_000),
    days: form.leave === 'days' && !isNumber(form.days, 3650),
  };
  return problems.kb || problems.days ? problems : null;
}

export function pop3Of(form: FetchForm): Pop3Policy {
  return {
    headersAbove: form.fetched === 'whole' ? null : form.fetched === 'headers' ? 0 : Number(form.kb),
    leave: form.leave,
    days: isNumber(form.days, 3650) ? Number(form.days) : 14,
    deleteFromTrash: form.deleteFromTrash,
  };
}

/** An IMAP account's policy with the size above which letters stay on the server. */
export function withThreshold(policy: KeepPolicy, form: FetchForm): KeepPolicy {
  const { headersAbove: _former, ...rest } = policy;
  return form.fetched === 'above' && policy.keep !== 'headers'
    ? { ...rest, headersAbove: Number(form.kb) }
    : rest;
}
