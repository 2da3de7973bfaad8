/** Dates and sizes as people type them into a search: ISO and Russian order, years and months alone, words in two languages. */

/** Half-open: from `start` up to, without, `end`; ms since 1970 UTC, days by the clock of this computer. */
export interface Period {
  start: number;
  end: number;
}

const TODAY = /^(today|сегодня)$/i;
const YESTERDAY = /^(yesterday|вчера)$/i;
const WEEK = /^(week|неделя|неделю)$/i;
const MONTH = /^(month|месяц)$/i;
/** 7d, 2w, 3m, 1y and 7д, 2н, 3м, 1г: so long ago. */
const AGO = /^(\d{1,4})(d|w|m|y|д|н|м|г)$/i;

const day = (year: number, month: number, date: number): Period => ({
  start: new Date(year, month, date).getTime(),
  end: new Date(year, month, date + 1).getTime(),
});

/** null: not a date. */
export function parsePeriod(text: string, now: number): Period | null {
  const value = text.trim();
  const today = new Date(now);
  const [year, month, date] = [today.getFullYear(), today.getMonth(), today.getDate()];
  if (TODAY.test(value)) return day(year, month, date);
  if (YESTERDAY.test(value)) return day(year, month, date - 1);
  if (WEEK.test(value)) return { start: day(year, month, date - 6).start, end: day(year, month, date).end };
  if (MONTH.test(value))
    return { start: day(year, month - 1, date + 1).start, end: day(year, month, date).end };
  const ago = AGO.exec(value);
  if (ago) {
    const count = Number(ago[1]);
    const unit = ago[2]!.toLowerCase();
    if ('dд'.includes(unit)) return day(year, month, date - count);
    if ('wн'.includes(unit)) return day(year, month, date - 7 * count);
    if ('mм'.includes(unit)) return day(year, month - count, date);
    return day(year - count, month, date);
  }
  const iso = /^(\d{4})(?:[-./](\d{1,2})(?:[-./](\d{1,2}))?)?$/.exec(value);
  if (iso) return checked(Number(iso[1]), iso[2], iso[3]);
  const local = /^(\d{1,2})\.(\d{1,2})(?:\.(\d{2}|\d{4}))?$/.exec(value);
  if (local) {
    const typed = local[3] === undefined ? year : Number(local[3]);
    return checked(typed < 100 ? 2000 + typed : typed, local[2], local[1]);
  }
  const monthYear = /^(\d{1,2})[./](\d{4})$/.exec(value);
  return monthYear ? checked(Number(monthYear[2]), monthYear[1], undefined) : null;
}

function checked(year: number, monthText: string | undefined, dateText: string | undefined): Period | null {
  if (year < 1970 || year > 2200) return null;
  if (monthText === undefined)
    return { start: new Date(year, 0, 1).getTime(), end: new Date(year + 1, 0, 1).getTime() };
  const month = Number(monthText) - 1;
  if (month < 0 || month > 11) return null;
  if (dateText === undefined)
    return { start: new Date(year, month, 1).getTime(), end: new Date(year, month + 1, 1).getTime() };
  const date = Number(dateText);
  return date < 1 || new Date(year, month, date).getDate() !== date ? null : day(year, month, date);
}

const UNITS: Record<string, number> = {
  '': 1,
  b: 1,
  б: 1,
  k: 1 << 10,
  kb: 1 << 10,
  к: 1 << 10,
  кб: 1 << 10,
  m: 1 << 20,
  mb: 1 << 20,
  м: 1 << 20,
  мб: 1 << 20,
  g: 1 << 30,
  gb: 1 << 30,
  г: 1 << 30,
  гб: 1 << 30,
};

/** Octets; "5mb", "1,5 МБ", "500к". null: not a size. */
export function parseSize(text: string): number | null {
  const match = /^(\d{1,12}(?:[.,]\d{1,3})?)\s*([a-zа-я]{0,2})$/i.exec(text.trim());
  const unit = match && UNITS[match[2]!.toLowerCase()];
  return match && unit !== undefined && unit !== null
    ? Math.round(Number(match[1]!.replace(',', '.')) * unit)
    : null;
}
