/** Dates of the IMAP grammar (RFC 9051 section 9: date, date-time), both ways. */

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAY_MS = 86_400_000;

export interface DateTime {
  /** Milliseconds since 1970 UTC. */
  readonly ms: number;
  /** Minutes east of UTC. */
  readonly zone: number;
}

/** `1-Feb-1994` as days since 1970-01-01; undefined when it is no date. */
export function parseDate(text: string): number | undefined {
  const match = /^(\d{1,2})-([A-Za-z]{3})-(\d{4})$/.exec(text);
  return match ? dayOf(match[3]!, match[2]!, match[1]!) : undefined;
}

/** ` 7-Feb-1994 21:52:25 -0800`; undefined when it is none. */
export function parseDateTime(text: string): DateTime | undefined {
  const match = /^([ \d]\d)-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)$/.exec(text);
  if (!match) return undefined;
  const day = dayOf(match[3]!, match[2]!, match[1]!);
  const [hours, minutes, seconds, zoneHours, zoneMinutes] = [4, 5, 6, 8, 9].map((each) =>
    Number(match[each]),
  );
  if (day === undefined || hours! > 23 || minutes! > 59 || seconds! > 60 || zoneMinutes! > 59)
    return undefined;
  const zone = (match[7] === '-' ? -1 : 1) * (zoneHours! * 60 + zoneMinutes!);
  return { ms: day * DAY_MS + ((hours! * 60 + minutes! - zone) * 60 + seconds!) * 1000, zone };
}

function dayOf(year: string, month: string, day: string): number | undefined {
  const at = MONTHS.findIndex((each) => each.toLowerCase() === month.toLowerCase());
  const date = new Date(0);
  date.setUTCFullYear(Number(year), at, Number(day));
  // 31-Feb would roll over into March.
  if (at < 0 || date.getUTCMonth() !== at || date.getUTCDate() !== Number(day)) return undefined;
  return date.getTime() / DAY_MS;
}

/** INTERNALDATE with its quotes: `" 7-Feb-1994 21:52:25 -0800"`, the day padded with a space (rule I55). */
export function dateTimeText(ms: number, zone: number): string {
  const date = new Date(ms + zone * 60_000);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = String(date.getUTCDate()).padStart(2, ' ');
  const year = String(date.getUTCFullYear()).padStart(4, '0');
  const time = `${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
  const off = Math.abs(zone);
  const sign = zone < 0 ? '-' : '+';
  return `"${day}-${MONTHS[date.getUTCMonth()]}-${year} ${time} ${sign}${two(Math.floor(off / 60))}${two(off % 60)}"`;
}
