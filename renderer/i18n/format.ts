/**
 * Dates, sizes and numbers as ui.md section 13 writes them, for one language and time zone.
 * Pure: "now" is an argument. Never throws for any number; a date that cannot be shown is "".
 */
import type { Language } from './language.ts';
import { numberEn, numberRu } from './plural.ts';

export interface Formats {
  number(n: number): string;
  /** 184 KB, 18.4 MB / 184 КБ, 18,4 МБ; by 1024. */
  size(octets: number): string;
  /** 10:38 */
  time(ms: number): string;
  /** In a list: today 10:38; this week "Wed 17:52"; this year "12 Nov"; older "12 Nov 2024". */
  listDate(ms: number, now: number): string;
  /** In the head of a letter: "Today 10:38", "Wed 17:52", "12 Nov, 10:38". */
  letterDate(ms: number, now: number): string;
  /** Everything, with the zone: for tooltips. */
  fullDate(ms: number): string;
  /** "November 2024": a group of the list. */
  month(ms: number, now: number): string;
  weekday(ms: number): string;
  /** Short month for a chart's ends: "дек. 2025". */
  shortMonth(ms: number): string;
  /** "12 Nov 2026" */
  day(ms: number): string;
  /** "0.02" / "0,02": seconds of a search. */
  seconds(ms: number): string;
  /** "Inbox and Sent" */
  list(names: readonly string[]): string;
  /** Seconds as a person says them: "about 2 minutes". */
  duration(seconds: number): string;
}

const DAY = 86_400_000;
/** ECMAScript's outermost time; a letter may claim any year. */
const LAST_TIME = 8.64e15;

const UNITS = { en: ['B', 'KB', 'MB', 'GB', 'TB'], ru: ['Б', 'КБ', 'МБ', 'ГБ', 'ТБ'] } as const;
const NBSP = '\u00a0';

function sizeIn(language: Language, octets: number): string {
  const units = UNITS[language];
  let value = Math.max(0, octets);
  let unit = 0;
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit >= 2 && value < 99.95 ? 1 : 0;
  const text = value.toFixed(digits).replace(/\.0$/, '');
  return `${language === 'ru' ? text.replace('.', ',') : text}${NBSP}${units[unit] ?? ''}`;
}

const cache = new Map<string, Formats>();

/** @param zone IANA name; absent: the system's. */
export function formatsFor(language: Language, zone?: string): Formats {
  const key = `${language} ${zone ?? ''}`;
  const known = cache.get(key);
  if (known) return known;
  const made = build(language, zone);
  cache.set(key, made);
  return made;
}

function build(language: Language, zone: string | undefined): Formats {
  const locale = language === 'ru' ? 'ru-RU' : 'en-GB';
  const of = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, zone ? { ...options, timeZone: zone } : options);
  const clock = of({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const weekday = of({ weekday: 'short' });
  const longWeekday = of({ weekday: 'long' });
  const dayMonth = of({ day: 'numeric', month: 'short' });
  const dayMonthYear = of({ day: 'numeric', month: 'short', year: 'numeric' });
  const numeric = of({ day: '2-digit', month: '2-digit', year: 'numeric' });
  const monthYear = of({ month: 'long', year: 'numeric' });
  const monthOnly = of({ month: 'long' });
  const shortMonthYear = of({ month: 'short', year: 'numeric' });
  const full = of({
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  });
  const hundredths = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const lists = new Intl.ListFormat(locale, { type: 'conjunction' });
  const parts = of({ year: 'numeric', month: 'numeric', day: 'numeric' });
  const calendarDay = (ms: number) => {
    const found = Object.fromEntries(parts.formatToParts(ms).map((part) => [part.type, Number(part.value)]));
    return {
      year: found['year'] ?? 0,
      serial: Date.UTC(found['year'] ?? 0, (found['month'] ?? 1) - 1, found['day'] ?? 1) / DAY,
    };
  };
  const safe = (ms: number, write: () => string) =>
    Number.isFinite(ms) && Math.abs(ms) <= LAST_TIME ? write() : '';
  // English months carry no full stop, Russian ones do, and "12 Sept" is read as "12 Sep" everywhere else.
  const tidy = (text: string) => text.replace('Sept', 'Sep').replace(/\sг\.$/, '');
  const short = (ms: number, now: number, today: (time: string) => string) => {
    const day = calendarDay(ms);
    const present = calendarDay(now);
    const age = present.serial - day.serial;
    const time = clock.format(ms);
    if (age === 0) return today(time);
    if (age > 0 && age < 7) {
      return language === 'ru' ? `${weekday.format(ms)}, ${time}` : `${weekday.format(ms)} ${time}`;
    }
    if (day.year === present.year) return tidy(dayMonth.format(ms));
    return language === 'ru' ? numeric.format(ms) : tidy(dayMonthYear.format(ms));
  };
  return {
    number: language === 'ru' ? numberRu : numberEn,
    size: (octets) => sizeIn(language, octets),
    time: (ms) => safe(ms, () => clock.format(ms)),
    listDate: (ms, now) => safe(ms, () => short(ms, now, (time) => time)),
    letterDate: (ms, now) =>
      safe(ms, () => {
        const text = short(ms, now, (time) => (language === 'ru' ? `Сегодня, ${time}` : `Today ${time}`));
        return /\d:\d\d/.test(text) ? text : `${text}, ${clock.format(ms)}`;
      }),
    fullDate: (ms) => safe(ms, () => full.format(ms)),
    month: (ms, now) =>
      safe(ms, () => {
        const form = calendarDay(ms).year === calendarDay(now).year ? monthOnly : monthYear;
        const text = tidy(form.format(ms));
        return text.charAt(0).toUpperCase() + text.slice(1);
      }),
    weekday: (ms) =>
      safe(ms, () => {
        const text = longWeekday.format(ms);
        return text.charAt(0).toUpperCase() + text.slice(1);
      }),
    shortMonth: (ms) => safe(ms, () => tidy(shortMonthYear.format(ms))),
    day: (ms) => safe(ms, () => tidy(dayMonthYear.format(ms))),
    seconds: (ms) => hundredths.format(Math.max(0.01, ms / 1000)),
    list: (names) => lists.format(names),
    duration: (seconds) => durationIn(language, seconds),
  };
}

function durationIn(language: Language, seconds: number): string {
  const minutes = Math.round(seconds / 60);
  const hours = Math.round(minutes / 60);
  if (seconds < 45) return language === 'ru' ? 'меньше минуты' : 'less than a minute';
  const [value, unit] =
    minutes < 90 ? ([Math.max(1, minutes), 'minute'] as const) : ([hours, 'hour'] as const);
  const text = new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(value);
  return language === 'ru' ? `около ${genitive(value, unit)}` : `about ${text}`;
}

/** «около» asks for the genitive, which Intl does not have. */
function genitive(value: number, unit: 'minute' | 'hour'): string {
  const one = value % 10 === 1 && value % 100 !== 11;
  const word = unit === 'minute' ? (one ? 'минуты' : 'минут') : one ? 'часа' : 'часов';
  return `${numberRu(value)}${NBSP}${word}`;
}
