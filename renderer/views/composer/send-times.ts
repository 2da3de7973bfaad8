/** When "send later" offers to send. Pure: now is an argument; hours are the person's own clock's. */
export interface SendTime {
  id: 'evening' | 'tomorrow' | 'monday';
  at: number;
}

const EVENING = 18;
const MORNING = 9;

function at(now: Date, days: number, hour: number): number {
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() + days, hour, 0, 0, 0).getTime();
}

/** Today 18:00 while that is at least ten minutes away, tomorrow 09:00, Monday 09:00 unless that is tomorrow. */
export function sendTimes(nowMs: number): SendTime[] {
  const now = new Date(nowMs);
  const times: SendTime[] = [];
  const evening = at(now, 0, EVENING);
  if (evening - nowMs >= 10 * 60_000) times.push({ id: 'evening', at: evening });
  times.push({ id: 'tomorrow', at: at(now, 1, MORNING) });
  const toMonday = (8 - now.getDay()) % 7 || 7;
  if (toMonday > 1) times.push({ id: 'monday', at: at(now, toMonday, MORNING) });
  return times;
}

/** Value of a datetime-local input, in the person's own zone. */
export function localInput(ms: number): string {
  const date = new Date(ms);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The time of such a value, ms; null: not a time. */
export function fromLocalInput(value: string): number | null {
  const ms = new Date(value).getTime();
  return Number.isFinite(ms) ? ms : null;
}
