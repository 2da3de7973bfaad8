/** When the index works: behind letters that come in, and at full pace when it is alone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { silentLog } from '../../../main/base/log.ts';
import type { ClientStore } from '../../../main/client/program.ts';
import { Indexer } from '../../../main/client/search/indexer.ts';

/** A queue of header-only letters without octets, and an index that takes `batchMs` for each batch. */
function house(batches: number, batchMs: number, onBatch: () => void = () => {}) {
  let left = batches;
  const spans: [start: number, end: number][] = [];
  const store = {
    read: async () => ({
      add:
        left > 0 ? [{ id: left, key: left, blob: null, head: null, size: 1, subject: 's', from: 'f' }] : [],
      gone: [],
    }),
    write: async () => void left--,
    search: {
      mark: async () => 1,
      index: async () => {
        const start = performance.now();
        onBatch();
        await wait(batchMs);
        spans.push([start, performance.now()]);
      },
    },
  };
  const pool = { pending: 1 };
  const indexer = new Indexer(store as unknown as ClientStore, pool as never, silentLog);
  return { indexer, pool, spans };
}

test('while letters come in and the pool is busy, the index keeps to a tenth of the time', async () => {
  const { indexer, spans } = house(3, 40, () => indexer.wake());
  await indexer.idle();
  assert.equal(spans.length, 3);
  for (let n = 1; n < spans.length; n++) {
    const [before, now] = [spans[n - 1] as [number, number], spans[n] as [number, number]];
    const rest = now[0] - before[1];
    assert.ok(rest >= (before[1] - before[0]) * 8, `${rest} ms of rest`);
  }
});

test('a pool that has nothing to do ends the rest', async () => {
  const { indexer, pool, spans } = house(2, 1500, () => indexer.wake());
  const all = indexer.idle();
  while (spans.length === 0) await wait(5);
  pool.pending = 0;
  await all;
  const rest = (spans[1]?.[0] ?? 0) - (spans[0]?.[1] ?? 0);
  // Left alone it would be 13 seconds.
  assert.ok(rest < 11_000, `${rest} ms of rest`);
});

test('an old index is filled without rests, however busy the pool', async () => {
  const { indexer, spans } = house(12, 40);
  await indexer.idle();
  assert.equal(spans.length, 12);
  // With rests each would be eight times its work at least; a busy machine lengthens some, not all eleven.
  const rests = spans.slice(1).map((span, n) => {
    const former = spans[n] as [number, number];
    return (span[0] - former[1]) / (former[1] - former[0]);
  });
  assert.ok(Math.min(...rests) < 4, `${rests.map(Math.round)} times the work`);
});

test('a rest does not keep the program from closing', async () => {
  const { indexer, spans } = house(2, 1500, () => indexer.wake());
  void indexer.idle();
  while (spans.length === 0) await wait(5);
  const start = performance.now();
  await indexer.stop();
  assert.ok(performance.now() - start < 11_000);
  assert.equal(spans.length, 1);
});
