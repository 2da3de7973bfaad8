import assert from 'node:assert/strict';
import { test } from 'node:test';
import { discard } from '../../main/base/octets.ts';

const own = (length: number) => new Uint8Array(new ArrayBuffer(length));

test('the memory of an array of its own is given back at once', () => {
  const bytes = own(100_000);
  const view = bytes.subarray(10, 20);
  discard(bytes);
  assert.deepEqual([bytes.length, view.length, bytes.buffer.detached], [0, 0, true]);
  discard(bytes);
});

test('a part of a larger buffer stays: the rest may be somebody else’s', () => {
  const whole = own(100_000);
  for (const part of [whole.subarray(0, 99_999), whole.subarray(1)]) discard(part);
  assert.equal(whole.length, 100_000);
  // Where the rest is known to be nobody's, it goes along.
  discard(whole.subarray(0, 99_990), 10);
  assert.equal(whole.length, 0);
});

test('Buffer’s pool stays, whatever is said of it', () => {
  const pooled = Array.from({ length: 3 }, () => Buffer.from('some words'));
  for (const each of pooled) discard(each, Number.POSITIVE_INFINITY);
  assert.deepEqual(
    pooled.map((each) => each.toString()),
    ['some words', 'some words', 'some words'],
  );
});

test('a buffer that is just as long as the pool is not the pool', () => {
  // A packet from a socket is that long whenever there is more to come.
  const packet = own(Buffer.poolSize);
  discard(packet);
  assert.equal(packet.length, 0);
});

test('shared memory stays', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(1000));
  discard(shared);
  assert.equal(shared.length, 1000);
});
