/** When an account connects next: tables over schedules, steps of the clock, and the days on which the clock itself jumps. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { CATCH_UP_MS, nextConnection, openUntil, USUAL } from '../../../main/client/collecting/timetable.ts';
import type { Schedule } from '../../../main/contract/mail/schedule.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const usual = 5;
const at = (text: string): number => new Date(text).getTime();
const plan = (change: Partial<Schedule>): Schedule => ({ ...USUAL, ...change });
const told = (ms: number | null): string => {
  if (ms === null) return 'never';
  const day = new Date(ms);
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(day.getDate())}.${two(day.getMonth() + 1)} ${two(day.getHours())}:${two(day.getMinutes())}`;
};
const clock = (hours: number, minutes = 0): number => hours * 60 + minutes;

let zone: string | undefined;
beforeEach(() => {
  zone = process.env['TZ'];
  process.env['TZ'] = 'Europe/Berlin';
});
afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

const OFFICE = plan({ hours: { from: clock(9), to: clock(18) } });
const WEEK = plan({ hours: { from: clock(9), to: clock(18) }, days: [1, 2, 3, 4, 5] });
const LUNCH = plan({ when: 'times', times: [clock(13)] });
const NIGHT = plan({ hours: { from: clock(22), to: clock(6) }, days: [5] });

describe('the next connection', () => {
  // 20 November 2026 is a Friday.
  const cases: [what: string, schedule: Schedule, last: string, now: string, next: string][] = [
    ['every 5 minutes', USUAL, '2026-11-20T10:00', '2026-11-20T10:01', '20.11 10:05'],
    ['every 30 minutes', plan({ minutes: 30 }), '2026-11-20T10:00', '2026-11-20T10:01', '20.11 10:30'],
    ['never', plan({ when: 'never' }), '2026-11-20T10:00', '2026-11-20T10:01', 'never'],
    ['within the hours', OFFICE, '2026-11-20T10:00', '2026-11-20T10:01', '20.11 10:05'],
    ['before the hours', OFFICE, '2026-11-20T07:00', '2026-11-20T07:30', '20.11 09:00'],
    ['the hours begin', OFFICE, '2026-11-20T07:00', '2026-11-20T09:00', '20.11 07:05'],
    ['the last one of the day', OFFICE, '2026-11-20T17:56', '2026-11-20T17:57', '21.11 09:00'],
    ['after the hours', OFFICE, '2026-11-20T17:58', '2026-11-20T18:00', '21.11 09:00'],
    ['over the weekend', WEEK, '2026-11-20T17:58', '2026-11-20T18:00', '23.11 09:00'],
    ['a time to come', LUNCH, '2026-11-20T10:00', '2026-11-20T10:01', '20.11 13:00'],
    ['a time that was kept', LUNCH, '2026-11-20T13:00', '2026-11-20T13:01', '21.11 13:00'],
    ['a time slept through', LUNCH, '2026-11-20T10:00', '2026-11-20T13:40', '20.11 13:00'],
    ['a time slept through for long', LUNCH, '2026-11-20T10:00', '2026-11-20T14:00', '21.11 13:00'],
    [
      'the nearest of many, in any order',
      plan({ when: 'times', times: [clock(16), clock(8), clock(12)] }),
      '2026-11-20T09:00',
      '2026-11-20T09:30',
      '20.11 12:00',
    ],
    ['a list without times', plan({ when: 'times' }), '2026-11-20T09:00', '2026-11-20T09:30', 'never'],
    [
      'times on other days',
      plan({ when: 'times', times: [clock(8)], days: [1] }),
      '2026-11-20T07:00',
      '2026-11-20T07:30',
      '23.11 08:00',
    ],
    ['a night that begins on Friday', NIGHT, '2026-11-20T12:00', '2026-11-20T12:30', '20.11 22:00'],
    ['in that night', NIGHT, '2026-11-21T05:00', '2026-11-21T05:01', '21.11 05:05'],
    ['after that night', NIGHT, '2026-11-21T05:58', '2026-11-21T05:59', '27.11 22:00'],
    [
      'whole days side by side',
      plan({ days: [5, 6] }),
      '2026-11-20T23:58',
      '2026-11-20T23:59',
      '21.11 00:03',
    ],
  ];
  for (const [what, schedule, last, now, next] of cases)
    it(`${what}: ${next}`, () =>
      assert.equal(told(nextConnection(schedule, at(last), at(now), usual)), next));
});

describe('steps of the clock', () => {
  it('back: no longer than one interval from now', () => {
    const now = at('2026-11-20T10:00');
    assert.equal(nextConnection(USUAL, now + 3 * HOUR, now, usual), now + usual * MINUTE);
    const next = nextConnection(OFFICE, now + 30 * 24 * HOUR, now, usual);
    assert.equal(next, now + usual * MINUTE);
  });
  it('forward: due once, and then after an interval again', () => {
    const last = at('2026-11-20T10:00');
    const now = last + 7 * HOUR;
    const due = nextConnection(USUAL, last, now, usual);
    assert.ok(due !== null && due <= now);
    assert.equal(nextConnection(USUAL, now, now, usual), now + usual * MINUTE);
  });
  it('a time of the day that a step jumps over is kept within the hour', () => {
    const last = at('2026-11-20T12:30');
    assert.equal(
      nextConnection(LUNCH, last, at('2026-11-20T13:00') + CATCH_UP_MS - 1, usual),
      at('2026-11-20T13:00'),
    );
    assert.equal(
      nextConnection(LUNCH, last, at('2026-11-20T13:00') + CATCH_UP_MS, usual),
      at('2026-11-21T13:00'),
    );
  });
});

describe('summer time', () => {
  const early = plan({ when: 'times', times: [clock(2, 30)] });
  it('a time that is left out is kept when the clock has jumped', () => {
    // 29 March 2026: 02:00 becomes 03:00.
    const next = nextConnection(early, at('2026-03-28T12:00'), at('2026-03-28T12:00'), usual);
    assert.equal(told(next), '29.03 03:30');
  });
  it('a time that comes twice is kept once', () => {
    // 25 October 2026: 03:00 becomes 02:00 again.
    const evening = at('2026-10-24T12:00');
    const first = nextConnection(early, evening, evening, usual) ?? assert.fail('no time');
    assert.equal(told(first), '25.10 02:30');
    const second = nextConnection(early, first, first + MINUTE, usual) ?? assert.fail('no time');
    assert.equal(told(second), '26.10 02:30');
    assert.equal(second - first, 25 * HOUR);
  });
  it('hours are those of the wall on both days', () => {
    for (const [day, length] of [
      ['2026-03-29', 9],
      ['2026-10-25', 9],
    ] as const) {
      const open = at(`${day}T10:00`);
      assert.equal(openUntil(OFFICE, open), at(`${day}T18:00`));
      assert.equal((at(`${day}T18:00`) - at(`${day}T09:00`)) / HOUR, length);
    }
    const night = plan({ hours: { from: clock(22), to: clock(6) } });
    assert.equal(openUntil(night, at('2026-03-28T23:00')), at('2026-03-29T06:00'));
  });
});

describe('how long an account may stay connected', () => {
  it('for ever, until the hours end, not at all', () => {
    const now = at('2026-11-20T10:00');
    assert.equal(openUntil(USUAL, now), null);
    assert.equal(openUntil(OFFICE, now), at('2026-11-20T18:00'));
    assert.equal(openUntil(OFFICE, at('2026-11-20T18:00')), at('2026-11-20T18:00'));
    assert.equal(openUntil(LUNCH, now), now);
    assert.equal(openUntil(plan({ when: 'never' }), now), now);
    assert.equal(openUntil(plan({ days: [6] }), now), now);
  });
});

describe('any schedule at any moment', () => {
  it('never answers with what lies behind the last connection, and is due within its own time', () => {
    let seed = 7;
    const roll = (most: number): number => {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0;
      return seed % most;
    };
    const year = at('2026-01-01T00:00');
    for (let round = 0; round < 3000; round += 1) {
      const schedule = plan({
        when: (['every', 'times', 'never'] as const)[roll(3)] ?? 'every',
        minutes: roll(2) ? 1 + roll(1440) : null,
        hours: roll(2) ? { from: roll(1440), to: roll(1440) } : null,
        times: Array.from({ length: roll(4) }, () => roll(1440)),
        days: Array.from({ length: roll(4) }, () => roll(7)),
      });
      const now = year + roll(365 * 24 * 60) * MINUTE;
      const last = now - roll(3 * 24 * 60) * MINUTE;
      const next = nextConnection(schedule, last, now, usual);
      const text = `${JSON.stringify(schedule)} ${told(last)} ${told(now)} ${told(next)}`;
      if (next === null) {
        assert.ok(
          schedule.when === 'never' || (schedule.when === 'times' && schedule.times.length === 0),
          text,
        );
        continue;
      }
      assert.ok(next > last, text);
      assert.ok(next <= now + 8 * 24 * HOUR + 1440 * MINUTE, text);
      const moment = Math.max(next, now);
      if (schedule.when === 'every') {
        const until = openUntil(schedule, moment);
        assert.ok(until === null || until > moment, `${text}: it may connect then`);
      }
    }
  });
});
