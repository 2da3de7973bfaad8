/**
 * Dates of mail (RFC 5322 sections 3.3 and 4.3) and what is written instead: no zone, zone names, asctime,
 * ISO 8601, two-digit years, dots and dashes, Russian months. A result is milliseconds UTC or null.
 */
const MONTHS: Readonly<Record<string, number>> = {
  jan: 0,
  feb: 1,
  mar: 2,
  apr: 3,
  may: 4,
  jun: 5,
  jul: 6,
  aug: 7,
  sep: 8,
  oct: 9,
  nov: 10,
  dec: 11,
  янв: 0,
  фев: 1,
  мар: 2,
  апр: 3,
  май: 4,
  мая: 4,
  июн: 5,
  июл: 6,
  авг: 7,
  сен: 8,
  окт: 9,
  ноя: 10,
  дек: 11,
};

/** Minutes east of Greenwich (RFC 5322 section 4.3, and zones met in mail). */
const ZONES: Readonly<Record<string, number>> = {
  ut: 0,
  utc: 0,
  gmt: 0,
  z: 0,
  wet: 0,
  bst: 60,
  cet: 60,
  met: 60,
  mez: 60,
  cest: 120,
  mest: 120,
  mesz: 120,
  eet: 120,
  eest: 180,
  msk: 180,
  msd: 240,
  est: -300,
  edt: -240,
  cst: -360,
  cdt: -300,
  mst: -420,
  mdt: -360,
  pst: -480,
  pdt: -420,
  jst: 540,
  kst: 540,
  ist: 330,
  hst: -600,
  akst: -540,
  akdt: -480,
  aest: 600,
  aedt: 660,
  nzst: 720,
  nzdt: 780,
};

const EARLIEST = Date.UTC(1970, 0, 1) - 86_400_000;
const LATEST = Date.UTC(2200, 0, 1);

function yearOf(digits: string): number {
  const year = Number(digits);
  // RFC 5322 section 4.3; 19103 and 103 are the year 2000 bug.
  if (digits.length <= 2) return year < 50 ? 2000 + year : 1900 + year;
  if (digits.length === 3) return 1900 + year;
  if (digits.length === 5 && digits.startsWith('191')) return 1900 + Number(digits.slice(2));
  return year;
}

function zoneOf(text: string): number {
  const offset = /([+-])\s*(\d{1,2}):?(\d{2})(?!\d)/.exec(text);
  if (offset) {
    const minutes = Number(offset[2]) * 60 + Number(offset[3]);
    return minutes > 24 * 60 ? 0 : offset[1] === '-' ? -minutes : minutes;
  }
  const short = /(?:gmt|utc)\s*([+-]\d{1,2})(?!\d)/i.exec(text);
  if (short) return Number(short[1]) * 60;
  const name = /[a-z]{1,5}/i.exec(text)?.[0].toLowerCase();
  return (name !== undefined && Object.hasOwn(ZONES, name) ? ZONES[name] : 0) ?? 0;
}

function made(
  year: number,
  month: number,
  day: number,
  time: RegExpExecArray | null,
  zone: number,
): number | null {
  let hours = time ? Number(time[1]) : 0;
  const minutes = time ? Number(time[2]) : 0;
  const seconds = time?.[3] ? Number(time[3]) : 0;
  const half = time?.[4]?.toLowerCase();
  if (half === 'pm' && hours < 12) hours += 12;
  if (half === 'am' && hours === 12) hours = 0;
  if (day < 1 || day > 31 || hours > 24 || minutes > 59 || seconds > 60 || year < 1969 || year > 2199)
    return null;
  const at = Date.UTC(year, month, day, hours, minutes, seconds) - zone * 60_000;
  return at >= EARLIEST && at <= LATEST ? at : null;
}

/** Milliseconds since 1970 UTC; null when the text is no date between 1970 and 2200. */
export function parseDate(text: string): number | null {
  let rest = text.slice(0, 200).trim();
  const zoneNote = /\(([^()]*)\)/.exec(rest)?.[1] ?? '';
  rest = rest.replace(/\([^()]*\)?/g, ' ').trim();
  const time = /(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?(?:[.,]\d+)?\s*([ap]m)?/i.exec(
    rest.replace(/^\D{0,12}\d{1,4}[./-]\d{1,2}[./-]\d{1,4}/, (date) => ' '.repeat(date.length)),
  );
  const iso = /(?:^|\s)(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]|$)/.exec(rest);
  if (iso) {
    const tail = time ? rest.slice((time.index ?? 0) + time[0].length) : '';
    return made(Number(iso[1]), Number(iso[2]) - 1, Number(iso[3]), time, zoneOf(tail));
  }
  const dayFirst = /(\d{1,2})(?:st|nd|rd|th)?[\s,./-]*([\p{L}]{3,9})\.?[\s,./-]*(\d{2,5})(?!\d*:)/u.exec(
    rest,
  );
  if (dayFirst) {
    const month = MONTHS[(dayFirst[2] as string).slice(0, 3).toLowerCase()];
    if (month !== undefined) {
      const after = rest.slice(dayFirst.index + dayFirst[0].length);
      const clock =
        /(\d{1,2})\s*[:.]\s*(\d{1,2})(?:\s*[:.]\s*(\d{1,2}))?(?:[.,]\d+)?\s*([ap]m)?/i.exec(after) ?? time;
      const tail =
        clock && after.includes(clock[0]) ? after.slice(after.indexOf(clock[0]) + clock[0].length) : '';
      return made(yearOf(dayFirst[3] as string), month, Number(dayFirst[1]), clock, zoneOf(tail || zoneNote));
    }
  }
  // asctime: Wed Jul 17 10:00:00 [zone] 2019
  const monthFirst = /([\p{L}]{3,9})\.?\s+(\d{1,2}),?\s+(.*)$/u.exec(rest);
  if (monthFirst) {
    const month =
      MONTHS[(monthFirst[1] as string).slice(0, 3).toLowerCase()] ??
      MONTHS[/(\p{L}{3})\p{L}*\.?\s+\d/u.exec(rest)?.[1]?.toLowerCase() ?? ''];
    const tail = monthFirst[3] as string;
    const year = /(?:^|\s)(\d{4,5})(?=\s|$)/.exec(tail.replace(/[+-]\d{4}/, ' '));
    if (month !== undefined && year) {
      const zone = time
        ? rest.slice(rest.indexOf(time[0]) + time[0].length).replace(year[1] as string, ' ')
        : '';
      return made(yearOf(year[1] as string), month, Number(monthFirst[2]), time, zoneOf(zone));
    }
  }
  const dotted = /(?:^|\s)(\d{1,2})[./](\d{1,2})[./](\d{4})/.exec(rest);
  if (dotted)
    return made(
      Number(dotted[3]),
      Number(dotted[2]) - 1,
      Number(dotted[1]),
      time,
      zoneOf(time ? rest.slice(rest.indexOf(time[0]) + time[0].length) : ''),
    );
  return null;
}
