/** What is typed about an account's times and what it fetches, and what it means. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Schedule } from '../../../main/contract/mail/schedule.ts';
import {
  clockOf,
  fetchFormOf,
  fetchProblems,
  minuteOf,
  pop3Of,
  scheduleFormOf,
  scheduleOf,
  scheduleProblems,
  withThreshold,
} from '../../../renderer/views/accounts/schedule-form.ts';

const USUAL: Schedule = { onStart: true, when: 'every', minutes: null, hours: null, times: [], days: [] };

test('times of the day', () => {
  for (const [text, minute] of [
    ['13:00', 780],
    ['9', 540],
    [' 9.05 ', 545],
    ['0:00', 0],
    ['23:59', 1439],
    ['24:00', null],
    ['12:60', null],
    ['noon', null],
    ['', null],
  ] as const)
    assert.equal(minuteOf(text), minute, text);
  assert.deepEqual([clockOf(545), clockOf(780)], ['9:05', '13:00']);
});

test('a form and its schedule', () => {
  for (const schedule of [
    USUAL,
    { ...USUAL, minutes: 30, onStart: false },
    { ...USUAL, hours: { from: 1320, to: 360 }, days: [1, 5] },
    { ...USUAL, when: 'times' as const, times: [540, 780] },
    { ...USUAL, when: 'never' as const },
  ])
    assert.deepEqual(scheduleOf(scheduleFormOf(schedule)), schedule);
  const form = scheduleFormOf(USUAL);
  assert.deepEqual(scheduleOf({ ...form, when: 'times', times: '13:00; 9, 13:00', days: [5, 1] }), {
    ...USUAL,
    when: 'times',
    times: [540, 780],
    days: [1, 5],
  });
  assert.equal(scheduleOf({ ...form, minutes: '0' }).minutes, null);
  assert.equal(scheduleOf({ ...form, minutes: '9999' }).minutes, 1440);
});

test('what is wrong with a form', () => {
  const form = scheduleFormOf(USUAL);
  assert.equal(scheduleProblems(form), null);
  assert.equal(scheduleProblems({ ...form, limited: true }), null);
  assert.deepEqual(scheduleProblems({ ...form, limited: true, to: '25:00' }), {
    from: false,
    to: true,
    times: false,
  });
  assert.equal(
    scheduleProblems({ ...form, when: 'never', limited: true, to: '25:00' }),
    null,
    'not asked for',
  );
  for (const times of ['', '13:00, later'])
    assert.equal(scheduleProblems({ ...form, when: 'times', times })?.times, true, times);
});

test('what is fetched', () => {
  const policy = { keep: 'everything' } as const;
  for (const headersAbove of [null, 0, 250]) {
    const pop3 = { headersAbove, leave: 'days', days: 7, deleteFromTrash: true } as const;
    assert.deepEqual(pop3Of(fetchFormOf({ pop3, policy })), pop3);
  }
  const form = fetchFormOf({ pop3: null, policy: { keep: 'months', months: 3, headersAbove: 700 } });
  assert.deepEqual([form.fetched, form.kb], ['above', '700']);
  assert.deepEqual(withThreshold({ keep: 'months', months: 3 }, form), {
    keep: 'months',
    months: 3,
    headersAbove: 700,
  });
  assert.deepEqual(withThreshold({ ...policy, headersAbove: 700 }, { ...form, fetched: 'whole' }), policy);
  assert.deepEqual(withThreshold({ keep: 'headers' }, form), { keep: 'headers' });
  assert.equal(fetchProblems(form), null);
  assert.deepEqual(fetchProblems({ ...form, kb: '0' }), { kb: true, days: false });
  assert.deepEqual(fetchProblems({ ...form, leave: 'days', days: 'x' }), { kb: false, days: true });
});
