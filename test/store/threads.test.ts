import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { silentLog } from '../../main/base/log.ts';
import { openPool } from '../../main/store/threads.ts';
import type { TestCalls } from './kit/calls.ts';

const module = new URL('./kit/calls.ts', import.meta.url);

async function pool(t: TestContext, size = 1) {
  const opened = await openPool<TestCalls>({ module, size, log: silentLog, data: { greeting: 'Hello' } });
  t.after(() => opened.close());
  return opened;
}

test('calls are answered, plain and asynchronous', async (t) => {
  const threads = await pool(t, 2);
  assert.equal(await threads.call('greet', 'Olga'), 'Hello, Olga');
  assert.equal(await threads.call('later', 'Olga'), 'later, Olga');
  const many = await Promise.all(Array.from({ length: 50 }, (_, at) => threads.call('greet', String(at))));
  assert.equal(many[49], 'Hello, 49');
  assert.equal(threads.pending, 0);
});

test('threads on demand begin when a call has to wait, and not before', async (t) => {
  const threads = await openPool<TestCalls>({ module, size: 2, log: silentLog, data: {}, onDemand: true });
  t.after(() => threads.close());
  const first = await threads.call('who', undefined);
  assert.equal(await threads.call('who', undefined), first, 'one is enough for one call after another');
  // Threads are numbered in their order: this one is begun now.
  const between = await (await pool(t)).call('who', undefined);
  const busy = new AbortController();
  const spinning = threads.call('spin', undefined, { signal: busy.signal });
  assert.ok((await threads.call('who', undefined)) > between, 'the second is begun after it');
  busy.abort();
  await assert.rejects(spinning, { kind: 'cancelled' });
});

test('a call for one thread runs there, when its turn among all has come', async (t) => {
  const two = await pool(t, 2);
  const ask = (thread: number) => two.call('who', undefined, { thread });
  const [first, second] = await Promise.all([ask(0), ask(1)]);
  assert.notEqual(first, second);
  assert.deepEqual(await Promise.all([ask(0), ask(1), ask(2), ask(0)]), [first, second, first, first]);
  const one = await pool(t);
  const order: string[] = [];
  const busy = new AbortController();
  const spinning = one.call('spin', undefined, { signal: busy.signal });
  const said = (name: string, options = {}) =>
    one.call('greet', name, options).then(() => void order.push(name));
  const all = [
    said('any'),
    said('its own', { thread: 0 }),
    said('any, later'),
    said('first', { affinity: 'a' }),
  ];
  busy.abort();
  await assert.rejects(spinning, { kind: 'cancelled' });
  await Promise.all(all);
  assert.deepEqual(order, ['first', 'any', 'its own', 'any, later']);
});

test('buffers are handed over both ways', async (t) => {
  const threads = await pool(t);
  const bytes = new Uint8Array([1, 2, 3]);
  const out = await threads.call('double', bytes, { transfer: [bytes.buffer] });
  assert.deepEqual([...out], [1, 2, 3, 1, 2, 3]);
  assert.equal(bytes.length, 0, 'the input is gone from here');
});

test('faults cross with their facts, other errors without their text', async (t) => {
  const threads = await pool(t);
  await assert.rejects(threads.call('fault', { host: 'mail.example' }), {
    kind: 'remote',
    code: 'host-refused',
    retryable: true,
    detail: { host: 'mail.example' },
  });
  await assert.rejects(threads.call('error', undefined), (fault: Error & { code: string }) => {
    assert.equal(fault.code, 'internal');
    assert.ok(!fault.message.includes('private'));
    assert.match(String(fault.cause), /a private reason/);
    return true;
  });
});

test('a running call is given up, and so is a waiting one, which never runs', async (t) => {
  const threads = await pool(t);
  const first = new AbortController();
  const second = new AbortController();
  const spinning = threads.call('spin', undefined, { signal: first.signal });
  const waiting = threads.call('die', undefined, { signal: second.signal });
  second.abort();
  await assert.rejects(waiting, { kind: 'cancelled' });
  first.abort();
  await assert.rejects(spinning, { kind: 'cancelled' });
  assert.equal(await threads.call('greet', 'again'), 'Hello, again');
  await assert.rejects(threads.call('greet', 'x', { signal: AbortSignal.abort() }), { kind: 'cancelled' });
});

test('a thread that dies fails one call; those that wait go on', async (t) => {
  const threads = await pool(t);
  const results = await Promise.allSettled([
    threads.call('die', undefined),
    threads.call('greet', 'survivor', { affinity: 'a' }),
    threads.call('greet', 'other'),
  ]);
  assert.deepEqual(
    results.map((each) => each.status),
    ['rejected', 'fulfilled', 'fulfilled'],
  );
  assert.ok(results[0]?.status === 'rejected');
  assert.equal(results[0].reason.code, 'thread-crashed');
});

test('a module that cannot start says why', async () => {
  const data = { greeting: '', fail: true };
  await assert.rejects(openPool({ module, size: 2, log: silentLog, data }), {
    kind: 'user',
    code: 'no-start',
  });
  const missing = new URL('./kit/no-such-module.ts', import.meta.url);
  await assert.rejects(openPool({ module: missing, size: 1, log: silentLog }), { kind: 'internal' });
});

test('close gives up what waits', async (t) => {
  const threads = await pool(t);
  const spinning = threads.call('spin', undefined);
  const waiting = threads.call('greet', 'x');
  const both = Promise.allSettled([spinning, waiting]);
  await threads.close();
  for (const each of await both) {
    assert.ok(each.status === 'rejected');
    assert.equal(each.reason.kind, 'cancelled');
  }
  await assert.rejects(threads.call('greet', 'y'), { kind: 'cancelled' });
});
