import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getHeapSpaceStatistics } from 'node:v8';
import { silentLog } from '../../main/base/log.ts';
import { giveBack } from '../../main/store/rest.ts';
import { openPool } from '../../main/store/threads.ts';
import type { TestCalls } from './kit/calls.ts';

const young = () =>
  getHeapSpaceStatistics().find((space) => space.space_name === 'new_space')?.physical_space_size ?? 0;

test('what a burst has taken is given back, pages of the database first', async () => {
  let kept: object[] = [];
  const deadline = performance.now() + 20_000;
  while (young() < 4 * 1024 * 1024 && performance.now() < deadline) {
    kept.push({ at: kept.length });
    if (kept.length > 50_000) kept = [];
  }
  kept = [];
  const before = young();
  assert.ok(before >= 4 * 1024 * 1024);
  let released = 0;
  await giveBack(() => {
    released += 1;
  });
  assert.equal(released, 1);
  assert.ok(young() < before / 2, `${young()} of ${before} octets`);
});

test('threads but the first end when nobody asks, and start again when they are needed', async (t) => {
  const threads = await openPool<TestCalls>({
    module: new URL('./kit/calls.ts', import.meta.url),
    size: 2,
    log: silentLog,
    data: { greeting: 'Hello' },
    restMs: 20,
  });
  t.after(() => threads.close());
  // The second one alone does what has its name; a thread that started anew has another number.
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  const who = () => Promise.all(names.map((affinity) => threads.call('who', undefined, { affinity })));
  const first = new Set(await who());
  assert.equal(first.size, 2);
  const deadline = performance.now() + 20_000;
  let later = first;
  while ([...later].every((id) => first.has(id)) && performance.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 30));
    later = new Set(await who());
  }
  assert.equal([...later].filter((id) => first.has(id)).length, 1, 'the first has stayed');
  assert.equal(later.size, 2);
});
