import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delay, ManualClock } from '../../main/base/clock.ts';

test('timers run in order of due time, and see the time they are due', () => {
  const clock = new ManualClock(1000);
  const seen: [string, number][] = [];
  clock.after(20, () => seen.push(['b', clock.now()]));
  clock.after(10, () => {
    seen.push(['a', clock.now()]);
    clock.after(5, () => seen.push(['nested', clock.now()]));
  });
  clock.advance(30);
  assert.deepEqual(seen, [
    ['a', 1010],
    ['nested', 1015],
    ['b', 1020],
  ]);
  assert.equal(clock.now(), 1030);
});

test('a stepped wall clock moves no timer', () => {
  const clock = new ManualClock(0);
  let ran = false;
  clock.after(10, () => {
    ran = true;
  });
  clock.step(86_400_000);
  assert.equal(ran, false);
  assert.equal(clock.ticks(), 0);
  clock.advance(10);
  assert.equal(ran, true);
});

test('delay ends early when its signal aborts, and leaves no timer behind', async () => {
  const clock = new ManualClock();
  const stop = new AbortController();
  const waiting = delay(clock, 1000, stop.signal);
  stop.abort(new Error('enough'));
  await assert.rejects(waiting, /enough/);
  const later = delay(clock, 5);
  clock.advance(5);
  await later;
});
