import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../main/base/clock.ts';
import { Restarts } from '../../main/host/restarts.ts';

const MINUTE = 60_000;

test('five restarts in five minutes, and no sixth', () => {
  const clock = new ManualClock();
  const restarts = new Restarts(clock);
  for (let n = 0; n < 5; n += 1) {
    assert.equal(restarts.allow(), true);
    clock.advance(30_000);
  }
  assert.equal(restarts.allow(), false);
  // Refused ones do not count: when the first is old enough, one more is allowed.
  clock.advance(2.6 * MINUTE);
  assert.equal(restarts.allow(), true);
  assert.equal(restarts.allow(), false);
});

test('the wall clock may step as it likes', () => {
  const clock = new ManualClock();
  const restarts = new Restarts(clock);
  for (let n = 0; n < 5; n += 1) restarts.allow();
  clock.step(60 * MINUTE);
  assert.equal(restarts.allow(), false);
});
