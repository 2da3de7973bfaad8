import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Frame, FramePort } from '../../../main/contract/frames.ts';
import { Door } from '../../../renderer/transport/door.ts';
import { DoorFault } from '../../../renderer/transport/fault.ts';

/** A port whose far end is the test. */
function pair(): { port: FramePort; sent: Frame[]; say(frame: Frame): void; die(): void } {
  const sent: Frame[] = [];
  let hear: (frame: Frame) => void = () => undefined;
  let dead: () => void = () => undefined;
  return {
    sent,
    say: (frame) => hear(frame),
    die: () => dead(),
    port: {
      send: (frame) => sent.push(frame),
      onFrame: (listener) => {
        hear = listener;
      },
      onClose: (listener) => {
        dead = listener;
      },
      close: () => undefined,
    },
  };
}

const code = (expected: string) => (thrown: unknown) =>
  thrown instanceof DoorFault && thrown.code === expected;

test('a request made before the first port is sent when it comes', async () => {
  const door = new Door();
  const answer = door.request('settings.get', {});
  const far = pair();
  door.attach(far.port);
  assert.deepEqual(far.sent, [{ t: 'request', id: 1, name: 'settings.get', input: {} }]);
  far.say({ t: 'ok', id: 1, output: { theme: 'dark' } });
  assert.deepEqual(await answer, { theme: 'dark' });
});

test('chunks come before the answer, in order', async () => {
  const door = new Door();
  const far = pair();
  door.attach(far.port);
  const chunks: number[] = [];
  const answer = door.request('messages.source', { id: 1 }, { onChunk: (bytes) => chunks.push(...bytes) });
  far.say({ t: 'chunk', id: 1, bytes: Uint8Array.of(1, 2) });
  far.say({ t: 'chunk', id: 1, bytes: Uint8Array.of(3) });
  far.say({ t: 'ok', id: 1, output: { size: 3 } });
  await answer;
  assert.deepEqual(chunks, [1, 2, 3]);
});

test('a failure crosses as data', async () => {
  const door = new Door();
  const far = pair();
  door.attach(far.port);
  const answer = door.request('folders.open', { id: 1 });
  far.say({
    t: 'error',
    id: 1,
    error: { kind: 'user', code: 'no-such-folder', message: 'm', retryable: false, detail: { folder: 1 } },
  });
  await assert.rejects(answer, code('no-such-folder'));
});

test('cancelling ends the request at once and tells the engine; a late answer is ignored', async () => {
  const door = new Door();
  const far = pair();
  door.attach(far.port);
  const stop = new AbortController();
  const answer = door.request('accounts.list', {}, { signal: stop.signal });
  stop.abort();
  await assert.rejects(answer, code('cancelled'));
  assert.deepEqual(far.sent.at(-1), { t: 'cancel', id: 1 });
  far.say({ t: 'ok', id: 1, output: [] });
});

test('what was asked of an engine that died fails; what is asked meanwhile waits for the next one', async () => {
  const door = new Door();
  const states: string[] = [];
  door.onState((state) => states.push(state));
  const first = pair();
  door.attach(first.port);
  const lost = door.request('accounts.list', {});
  first.die();
  await assert.rejects(lost, code('engine-stopped'));
  const kept = door.request('tags.list', {});
  const second = pair();
  door.attach(second.port);
  assert.equal(second.sent.length, 1);
  second.say({ t: 'ok', id: 2, output: [] });
  assert.deepEqual(await kept, []);
  first.say({ t: 'ok', id: 2, output: ['stale'] });
  assert.deepEqual(states, ['open', 'lost', 'open']);
});

test('events reach their listeners until they leave', () => {
  const door = new Door();
  const far = pair();
  door.attach(far.port);
  const heard: number[] = [];
  const end = door.on('mail.changed', ({ modseq }) => heard.push(modseq));
  far.say({ t: 'event', name: 'mail.changed', data: { modseq: 1, folders: [], messages: [] } });
  end();
  far.say({ t: 'event', name: 'mail.changed', data: { modseq: 2, folders: [], messages: [] } });
  assert.deepEqual(heard, [1]);
});
