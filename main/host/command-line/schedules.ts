/** When an account connects by itself: `account schedule`. Without an option it is told, with options it is set. */
import type { AccountSchedule, Schedule } from '../../contract/mail/schedule.ts';
import { accountNamed } from './accounts.ts';
import { type Arguments, UsageError } from './arguments.ts';
import type { Session } from './session.ts';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const DAY_MINUTES = 1440;

const wrong = (option: string, like: string): UsageError =>
  new UsageError((words) => words.oneOf(option, like));

/** "13:00" as a minute of the day. */
function minute(text: string, option: string, like: string): number {
  const found = /^(\d{1,2})(?::(\d{2}))?$/.exec(text.trim());
  const [hours, minutes] = [Number(found?.[1]), Number(found?.[2] ?? 0)];
  if (!found || hours > 23 || minutes > 59) throw wrong(option, like);
  return hours * 60 + minutes;
}

/** "mon-fri", "sat,sun", "all". */
function daysOf(text: string): number[] {
  if (text === 'all') return [];
  return text.split(',').flatMap((part) => {
    const [first = '', last = first] = part.trim().toLowerCase().split('-');
    const [from, to] = [DAYS.indexOf(first), DAYS.indexOf(last)];
    if (from < 0 || to < 0) throw wrong('days', 'mon-fri, sat, all');
    const count = ((to - from + 7) % 7) + 1;
    return Array.from({ length: count }, (_, n) => (from + n) % 7);
  });
}

/** The schedule with what the options change of it. @throws UsageError */
export function changedSchedule(
  former: Schedule,
  args: Pick<Arguments, 'text' | 'number' | 'has'>,
): Schedule {
  const schedule = { ...former };
  if (args.text('every') !== undefined) {
    const minutes = args.number('every', 0);
    if (minutes > DAY_MINUTES) throw wrong('every', `0-${DAY_MINUTES}`);
    schedule.when = 'every';
    schedule.minutes = minutes === 0 ? null : minutes;
  }
  const at = args.text('at');
  if (at !== undefined) {
    schedule.when = 'times';
    schedule.times = at.split(',').map((each) => minute(each, 'at', '9:00,13:00'));
  }
  if (args.has('never')) schedule.when = 'never';
  const hours = args.text('hours');
  if (hours === 'all') schedule.hours = null;
  else if (hours !== undefined) {
    const [from = '', to = '', more] = hours.split('-');
    if (more !== undefined) throw wrong('hours', '9:00-18:00, all');
    const times = [from, to].map((each) => minute(each, 'hours', '9:00-18:00, all'));
    schedule.hours = { from: times[0] ?? 0, to: times[1] ?? 0 };
  }
  const days = args.text('days');
  if (days !== undefined) schedule.days = [...new Set(daysOf(days))].sort((a, b) => a - b);
  const onStart = args.text('on-start');
  if (onStart !== undefined && onStart !== 'yes' && onStart !== 'no') throw wrong('on-start', 'yes, no');
  if (onStart !== undefined) schedule.onStart = onStart === 'yes';
  return schedule;
}

const clock = (at: number): string => `${Math.floor(at / 60)}:${String(at % 60).padStart(2, '0')}`;

function line({ schedule }: AccountSchedule): string {
  const { when, minutes, hours, times, days, onStart } = schedule;
  const parts = [
    when === 'never'
      ? 'only when asked'
      : when === 'times'
        ? `at ${times.map(clock).join(', ')}`
        : minutes === null
          ? 'as often as all accounts'
          : `every ${minutes} minutes`,
    when === 'every' && hours ? `from ${clock(hours.from)} to ${clock(hours.to)}` : '',
    when !== 'never' && days.length > 0 ? days.map((day) => DAYS[day]).join(', ') : '',
    onStart ? 'and at start' : '',
  ];
  return parts.filter(Boolean).join('; ');
}

export async function accountSchedule(session: Session): Promise<void> {
  const { args } = session;
  const name = args.words[0];
  if (name === undefined) throw new UsageError((words) => words.missingAccount);
  const { id, address } = await accountNamed(session, name);
  const found = (await session.call('schedule.list', {})).find((each) => each.account === id);
  if (!found) throw new UsageError((words) => words.noAccount(name));
  const wanted = changedSchedule(found.schedule, args);
  const same = JSON.stringify(wanted) === JSON.stringify(found.schedule);
  const now = same ? found : await session.call('schedule.set', { account: id, schedule: wanted });
  await session.print({ ...now, account: address }, () => [`${address}: ${line(now)}`]);
}
