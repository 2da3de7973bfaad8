/** The waits between connections, on a clock turned by hand. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ManualClock } from '../../../main/base/clock.ts';
import { USUAL } from '../../../main/client/collecting/timetable.ts';
import { Timing } from '../../../main/client/collecting/timing.ts';
import type { Schedule } from '../../../main/contract/mail/schedule.ts';

const MINUTE = 60_000;

function scene(change: Partial<Schedule> = {}, now = new Date('2026-11-20T10:00').getTime()) {
  const clock = new ManualClock(now);
  const state = { schedule: { ...USUAL, ...change }, stopped: false, told: 0 };
  const timing = new Timing({
    clock,
    schedule: async () => state.schedule,
    everyMinutes: () => 5,
    changed: () => {
      state.told += 1;
    },
  });
  const ended: string[] = [];
  const wait = (staying = false) => {
    void timing.due(() => state.stopped, staying).then((why) => ended.push(why));
  };
  /** Lets what is due run; the schedule is read behind promises. */
  const settle = async () => {
    for (let n = 0; n < 20; n += 1) await Promise.resolve();
  };
  const pass = async (ms: number) => {
    for (let left = ms; left > 0; left -= MINUTE) {
      clock.advance(Math.min(MINUTE, left));
      await settle();
    }
  };
  return { clock, state, timing, ended, wait, settle, pass };
}

describe('the waits of an account', () => {
  it('end when the interval is over, and say before when that is', async () => {
    const s = scene();
    s.wait();
    await s.settle();
    assert.equal(s.timing.next, s.clock.now() + 5 * MINUTE);
    await s.pass(5 * MINUTE - 1);
    assert.deepEqual(s.ended, []);
    await s.pass(1);
    assert.deepEqual(s.ended, ['due']);
    s.timing.begin();
    assert.equal(s.timing.next, null);
    assert.equal(s.state.told, 2);
  });

  it('end at once when somebody asks, before or during', async () => {
    const s = scene({ when: 'never' });
    s.wait();
    await s.pass(600 * MINUTE);
    assert.deepEqual(s.ended, []);
    s.timing.ask();
    await s.settle();
    assert.deepEqual(s.ended, ['asked']);
    s.wait();
    await s.settle();
    assert.deepEqual(s.ended, ['asked', 'asked'], 'what was asked for is not done yet');
    s.timing.begin();
    s.wait();
    await s.settle();
    assert.equal(s.ended.length, 2);
  });

  it('see a changed schedule', async () => {
    const s = scene({ when: 'never' });
    s.wait();
    await s.settle();
    s.state.schedule = { ...USUAL, when: 'times', times: [10 * 60 + 30] };
    s.timing.look();
    await s.settle();
    assert.equal(s.timing.next, s.clock.now() + 30 * MINUTE);
    await s.pass(30 * MINUTE);
    assert.deepEqual(s.ended, ['due']);
  });

  it('survive steps of the clock within a minute', async () => {
    const back = scene();
    back.wait();
    await back.settle();
    back.clock.step(-24 * 60 * MINUTE);
    await back.pass(6 * MINUTE);
    assert.deepEqual(back.ended, ['due']);
    const forward = scene({ when: 'times', times: [13 * 60] });
    forward.wait();
    await forward.settle();
    forward.clock.step(3 * 60 * MINUTE + 5 * MINUTE);
    await forward.pass(MINUTE);
    assert.deepEqual(forward.ended, ['due']);
  });

  it('of one that stays connected end when its hours do', async () => {
    const s = scene({ minutes: 600, hours: { from: 9 * 60, to: 11 * 60 } });
    s.wait(true);
    await s.pass(59 * MINUTE);
    assert.deepEqual(s.ended, []);
    await s.pass(MINUTE);
    assert.deepEqual(s.ended, ['over']);
    assert.equal(await s.timing.mayStay(), false);
  });

  it('after a failure: tried again soon, and after some tries at the account’s own time', async () => {
    const s = scene({ when: 'times', times: [13 * 60] });
    const tries: number[] = [];
    void s.timing.retry(MINUTE, 1, () => s.state.stopped).then(() => tries.push(1));
    await s.pass(MINUTE);
    assert.deepEqual(tries, [1]);
    void s.timing.retry(MINUTE, 9, () => s.state.stopped).then(() => tries.push(9));
    await s.pass(120 * MINUTE);
    assert.deepEqual(tries, [1]);
    await s.pass(60 * MINUTE);
    assert.deepEqual(tries, [1, 9]);
  });

  it('end when the account is to stop', async () => {
    const s = scene();
    s.wait();
    await s.settle();
    s.state.stopped = true;
    s.timing.look();
    await s.settle();
    assert.deepEqual(s.ended, ['asked']);
  });
});
