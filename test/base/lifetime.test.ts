import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Closers } from '../../main/base/disposable.ts';
import { Emitter } from '../../main/base/event.ts';
import { createLog } from '../../main/base/log.ts';

test('closers close last first, each once, and one failure spares the others', async () => {
  const order: string[] = [];
  const closers = new Closers();
  closers.defer(() => void order.push('first opened'));
  closers.defer(() => {
    order.push('fails');
    throw new Error('stuck');
  });
  closers.add({ close: async () => void order.push('last opened') });
  await assert.rejects(closers.close(), /stuck/);
  await closers.close();
  assert.deepEqual(order, ['last opened', 'fails', 'first opened']);
});

test('what is registered after the end is closed at once', async () => {
  const closers = new Closers();
  await closers.close();
  let closed = false;
  closers.defer(() => {
    closed = true;
  });
  assert.equal(closed, true);
});

test('a listener that throws does not stop the others', () => {
  const failures: unknown[] = [];
  const emitter = new Emitter<number>((failure) => failures.push(failure));
  const seen: number[] = [];
  emitter.on(() => {
    throw new Error('mine');
  });
  const stop = emitter.on((value) => seen.push(value));
  emitter.emit(1);
  stop();
  emitter.emit(2);
  assert.deepEqual(seen, [1]);
  assert.equal(failures.length, 2);
});

test('a log masks secrets at any depth and never prints bytes', () => {
  const lines: string[] = [];
  const log = createLog(
    (line) => lines.push(line),
    'debug',
    () => 0,
  ).with({ account: 1 });
  log.info('connect', { server: { user: 'olga', password: 'hunter2' }, body: new Uint8Array(3), big: 5n });
  const line = JSON.parse(lines[0]!);
  assert.equal(line.server.password, '***');
  assert.equal(line.server.user, 'olga');
  assert.equal(line.body, '<3 bytes>');
  assert.equal(line.big, '5');
  assert.equal(line.account, 1);
  assert.doesNotMatch(lines.join(''), /hunter2/);
});
