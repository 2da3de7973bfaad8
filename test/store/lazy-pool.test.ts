import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../../main/base/log.ts';
import { lazyPool } from '../../main/store/lazy-pool.ts';
import { openPool } from '../../main/store/threads.ts';
import type { TestCalls } from './kit/calls.ts';

const module = new URL('./kit/calls.ts', import.meta.url);
const open = () => openPool<TestCalls>({ module, size: 1, log: silentLog, data: { greeting: 'Hello' } });

test('it is opened by the first call, once', async (t) => {
  let opened = 0;
  const pool = lazyPool(1, () => {
    opened += 1;
    return open();
  });
  t.after(() => pool.close());
  assert.deepEqual([opened, pool.size, pool.pending], [0, 1, 0]);
  const answers = await Promise.all(['Olga', 'Anna'].map((name) => pool.call('greet', name)));
  assert.deepEqual([answers, opened], [['Hello, Olga', 'Hello, Anna'], 1]);
});

test('it is opened before the first call where letters will come', async (t) => {
  let opened = 0;
  const pool = lazyPool(1, () => {
    opened += 1;
    return open();
  });
  t.after(() => pool.close());
  pool.start();
  pool.start();
  assert.equal(opened, 1);
  assert.equal(await pool.call('greet', 'Olga'), 'Hello, Olga');
  assert.equal(opened, 1);
});

test('what could not be opened is opened again by the next call', async (t) => {
  let tries = 0;
  const pool = lazyPool(1, () => {
    tries += 1;
    return tries < 3 ? Promise.reject(new Error('no room')) : open();
  });
  t.after(() => pool.close());
  pool.start();
  await assert.rejects(pool.call('greet', 'Olga'), /no room/);
  for (let n = 0; n < 2 && tries < 3; n += 1) await pool.call('greet', 'Olga').catch(() => {});
  assert.equal(await pool.call('greet', 'Olga'), 'Hello, Olga');
});

test('closed, nothing is opened any more', async () => {
  let opened = 0;
  const pool = lazyPool(1, () => {
    opened += 1;
    return open();
  });
  await pool.close();
  pool.start();
  await assert.rejects(pool.call('greet', 'Olga'), { kind: 'cancelled' });
  assert.equal(opened, 0);
});
