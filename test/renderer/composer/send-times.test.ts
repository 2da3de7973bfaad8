import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fromLocalInput, localInput, sendTimes } from '../../../renderer/views/composer/send-times.ts';

const at = (day: number, hour: number, minute = 0) => new Date(2026, 10, day, hour, minute).getTime();
const offered = (now: number) => sendTimes(now).map((time) => [time.id, time.at]);

test('on a Thursday at noon: this evening, tomorrow, Monday', () => {
  assert.deepEqual(offered(at(19, 12)), [
    ['evening', at(19, 18)],
    ['tomorrow', at(20, 9)],
    ['monday', at(23, 9)],
  ]);
});

test('this evening is offered until ten minutes before it', () => {
  assert.equal(sendTimes(at(19, 17, 50))[0]?.id, 'evening');
  assert.equal(sendTimes(at(19, 17, 51))[0]?.id, 'tomorrow');
});

test('on a Sunday tomorrow is Monday and is offered once; on a Monday the next one is meant', () => {
  assert.deepEqual(
    sendTimes(at(22, 20)).map((time) => time.id),
    ['tomorrow'],
  );
  assert.deepEqual(sendTimes(at(23, 20)).at(-1), { id: 'monday', at: at(30, 9) });
});

test('over the end of a month', () => {
  assert.deepEqual(sendTimes(new Date(2026, 11, 31, 20).getTime())[0], {
    id: 'tomorrow',
    at: new Date(2027, 0, 1, 9).getTime(),
  });
});

test('a time goes into the field and comes back', () => {
  assert.equal(localInput(at(5, 9, 7)), '2026-11-05T09:07');
  assert.equal(fromLocalInput('2026-11-05T09:07'), at(5, 9, 7));
  assert.equal(fromLocalInput(''), null);
});
