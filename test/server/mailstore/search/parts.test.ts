import assert from 'node:assert/strict';
import test from 'node:test';
import { needleOf, tailOf } from '../../../../main/server/mailstore/search/fold.ts';
import { partsOf } from '../../../../main/server/mailstore/search/mailstore-search.ts';

test('a large mailbox is asked in parts that cover every UID once, what came meanwhile too', () => {
  const parts = partsOf({ first: 11, last: 30_010, messages: 20_001 }, undefined).flat();
  assert.equal(parts.length, 5);
  assert.equal(parts[0]?.[0], 1);
  for (let n = 1; n < parts.length; n += 1) assert.equal(parts[n]?.[0], (parts[n - 1]?.[1] ?? 0) + 1);
  assert.equal(parts.at(-1)?.[1], 0xffffffff);
});

test('a small mailbox is not parted, and a part without a wanted UID is left out', () => {
  assert.deepEqual(partsOf({ first: 1, last: 5000, messages: 5000 }, undefined), []);
  const wanted = [[40, 50] as const, [9990, 10_020] as const];
  assert.deepEqual(partsOf({ first: 1, last: 20_000, messages: 10_000 }, wanted), [
    [
      [40, 50],
      [9990, 10_000],
    ],
    [[10_001, 10_020]],
  ]);
});

test('the tail that is looked for first is a tail of the needle, four octets or all of it', () => {
  for (const words of ['бетон', 'я', 'по', 'zanzibar', 'aaaz', 'a', '', 'перерасчёт ведомости', '😀']) {
    const needle = Buffer.from(needleOf(words));
    const tail = Buffer.from(tailOf(needle));
    assert.ok(needle.toString('hex').endsWith(tail.toString('hex')), words);
    assert.ok(tail.length >= Math.min(4, needle.length), words);
  }
});
