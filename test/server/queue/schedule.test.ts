import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isLate, nextAttempt, SCHEDULE } from '../../../main/server/queue/schedule.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const arrived = Date.UTC(2026, 10, 20);

function waitOf(attempts: number, more: Partial<Parameters<typeof nextAttempt>[1]> = {}): number | null {
  const now = more.now ?? arrived;
  const deferral = { now, arrived, attempts, isReport: false, greylisted: false, ambiguous: false, ...more };
  const next = nextAttempt(SCHEDULE, deferral);
  return next === null ? null : next - now;
}

test('S63 half an hour, one, two, then every three hours', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 50].map((attempts) => waitOf(attempts)),
    [30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 3 * HOUR, 3 * HOUR],
  );
});

test('S63 a quarter of an hour after a 4xx to RCPT', () => {
  assert.equal(waitOf(1, { greylisted: true }), 15 * MINUTE);
  assert.equal(waitOf(4, { greylisted: true }), 15 * MINUTE);
});

test('S66 at least half an hour when the line was lost after the final dot', () => {
  assert.equal(waitOf(1, { ambiguous: true, greylisted: true }), 30 * MINUTE);
});

test('S63 enough after five days, reports after two; the last attempt is made when the time is over', () => {
  assert.equal(waitOf(30, { now: arrived + 120 * HOUR }), null);
  assert.equal(waitOf(30, { now: arrived + 119 * HOUR }), HOUR);
  assert.equal(waitOf(30, { now: arrived + 48 * HOUR, isReport: true }), null);
  assert.equal(waitOf(30, { now: arrived + 47 * HOUR, isReport: true }), HOUR);
});

test('a clock that is set back makes no letter older', () => {
  assert.equal(waitOf(1, { now: arrived - 24 * HOUR }), 30 * MINUTE);
  assert.equal(isLate(SCHEDULE, arrived - HOUR, arrived), false);
  assert.equal(isLate(SCHEDULE, arrived + 4 * HOUR, arrived), true);
});
