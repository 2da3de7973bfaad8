/** Invitations (RFC 5545, RFC 5546) recognised: what, when, where, who. ical.js reads; nothing here throws. */
import ICAL from 'ical.js';
import type { Address } from './address.ts';
import { decodeText } from './charset.ts';

export interface Invited extends Address {
  /** Lower case: needs-action, accepted, declined, tentative ...; '' when not stated. */
  status: string;
}

export interface CalendarEvent {
  uid: string;
  summary: string;
  location: string;
  description: string;
  /** Milliseconds UTC; null when unreadable. See `floating`. */
  start: number | null;
  /** End, or start plus duration; null when neither is given. */
  end: number | null;
  allDay: boolean;
  /** True when the time has no zone: `start` holds the wall clock as if it were UTC. */
  floating: boolean;
  recurring: boolean;
  sequence: number;
  /** Lower case: confirmed, tentative, cancelled; '' when not stated. */
  status: string;
  organizer: Address | null;
  attendees: Invited[];
}

export interface Calendar {
  /** Lower case: request, reply, cancel, publish ...; '' when not stated. */
  method: string;
  events: CalendarEvent[];
}

const MAX_EVENTS = 1000;
const MAX_ATTENDEES = 1000;
/** Larger calendars are files, not invitations. */
const MAX_CALENDAR_BYTES = 4 * 1024 * 1024;

function textOf(component: ICAL.Component, name: string): string {
  const value: unknown = component.getFirstPropertyValue(name);
  return value === null || value === undefined ? '' : String(value);
}

function personOf(property: ICAL.Property): Invited {
  const value = String(property.getFirstValue() ?? '');
  const parameter = (name: string): string => {
    const found: unknown = property.getParameter(name);
    return typeof found === 'string' ? found : '';
  };
  return {
    name: parameter('cn').replace(/^"|"$/g, ''),
    address: value.replace(/^mailto:/i, '').trim(),
    status: parameter('partstat').toLowerCase(),
  };
}

interface Moment {
  at: number;
  date: boolean;
  floating: boolean;
}

function momentOf(value: unknown): Moment | undefined {
  if (!(value instanceof ICAL.Time)) return undefined;
  const floating = value.isDate || value.zone === ICAL.Timezone.localTimezone;
  const wall = Date.UTC(value.year, value.month - 1, value.day, value.hour, value.minute, value.second);
  const at = floating ? wall : value.toUnixTime() * 1000;
  return Number.isFinite(at) ? { at, date: value.isDate, floating } : undefined;
}

function eventOf(component: ICAL.Component): CalendarEvent {
  const start = momentOf(component.getFirstPropertyValue('dtstart'));
  let end = momentOf(component.getFirstPropertyValue('dtend'))?.at ?? null;
  const duration: unknown = component.getFirstPropertyValue('duration');
  if (end === null && start && duration instanceof ICAL.Duration)
    end = start.at + duration.toSeconds() * 1000;
  const organizer = component.getFirstProperty('organizer');
  const owner = organizer ? personOf(organizer) : undefined;
  return {
    uid: textOf(component, 'uid'),
    summary: textOf(component, 'summary'),
    location: textOf(component, 'location'),
    description: textOf(component, 'description'),
    start: start?.at ?? null,
    end,
    allDay: start?.date ?? false,
    floating: start?.floating ?? false,
    recurring: component.getFirstProperty('rrule') !== null || component.getFirstProperty('rdate') !== null,
    sequence: Number(textOf(component, 'sequence')) || 0,
    status: textOf(component, 'status').toLowerCase(),
    organizer: owner ? { name: owner.name, address: owner.address } : null,
    attendees: component.getAllProperties('attendee').slice(0, MAX_ATTENDEES).map(personOf),
  };
}

/** Lines that no parser accepts are dropped, so that one bad line does not hide the invitation. */
function repaired(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  return lines
    .filter((line) => line === '' || /^[ \t]/.test(line) || /^[A-Za-z0-9-]+[;:]/.test(line))
    .join('\r\n');
}

/**
 * Reads a text/calendar body.
 * @returns undefined when it is not a calendar
 */
export function readCalendar(bytes: Uint8Array, charset = 'utf-8'): Calendar | undefined {
  if (bytes.length > MAX_CALENDAR_BYTES) return undefined;
  const { text } = decodeText(bytes, charset);
  if (!/BEGIN:VCALENDAR/i.test(text)) return undefined;
  try {
    const parsed: unknown = ICAL.parse(repaired(text));
    if (!Array.isArray(parsed)) return undefined;
    // Several calendars in one body come as a list of components.
    const [first] = parsed;
    const root = new ICAL.Component(Array.isArray(first) ? first : parsed);
    const events: CalendarEvent[] = [];
    for (const component of root.getAllSubcomponents().slice(0, MAX_EVENTS)) {
      if (component.name !== 'vevent' && component.name !== 'vtodo') continue;
      try {
        events.push(eventOf(component));
      } catch {
        // A broken event is left out; the others are shown.
      }
    }
    return { method: textOf(root, 'method').toLowerCase(), events };
  } catch {
    return undefined;
  }
}
