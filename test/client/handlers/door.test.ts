/** What may come through the door, and how it is answered. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { silentLog } from '../../../main/base/log.ts';
import { decodeFrame, encodeFrame } from '../../../main/contract/codec.ts';
import { serveDoor } from '../../../main/contract/door.ts';
import type { Frame, FramePort } from '../../../main/contract/frames.ts';
import { letter, openTestProfile, type TestProfile } from '../kit/profile.ts';

interface Window {
  sent: Frame[];
  receive(frame: unknown): void;
  /** The frame that ends the request `id`. */
  answer(id: number): Promise<Frame>;
  close(): void;
}

function openWindow(p: TestProfile): Window {
  const sent: Frame[] = [];
  const waiting = new Map<number, (frame: Frame) => void>();
  let onFrame: (frame: Frame) => void = () => {};
  let onClose: () => void = () => {};
  const port: FramePort = {
    send(frame) {
      // As over a WebSocket: what cannot be written as text never leaves.
      const copy = decodeFrame(encodeFrame(frame));
      sent.push(copy);
      if (copy.t === 'ok' || copy.t === 'error') waiting.get(copy.id)?.(copy);
    },
    onFrame: (listener) => {
      onFrame = listener;
    },
    onClose: (listener) => {
      onClose = listener;
    },
    close() {},
  };
  serveDoor(port, p.profile.handlers, p.profile.events, silentLog);
  return {
    sent,
    receive: (frame) => onFrame(frame as Frame),
    answer: (id) =>
      new Promise((resolve) => {
        const known = sent.find((each) => (each.t === 'ok' || each.t === 'error') && each.id === id);
        if (known) resolve(known);
        else waiting.set(id, resolve);
      }),
    close: () => onClose(),
  };
}

const error = (frame: Frame): string => (frame.t === 'error' ? frame.error.code : frame.t);

test('unknown names, malformed input and rubbish are answered or ignored, never a crash', async (t) => {
  const p = await openTestProfile(t);
  const w = openWindow(p);
  const bad: [unknown, string][] = [
    [{ t: 'request', id: 1, name: 'no.such', input: {} }, 'bad-input'],
    [{ t: 'request', id: 2, name: 'toString', input: {} }, 'bad-input'],
    [{ t: 'request', id: 3, name: '__proto__', input: {} }, 'bad-input'],
    [{ t: 'request', id: 4, name: 'messages.window', input: { view: 1 } }, 'bad-input'],
    [{ t: 'request', id: 5, name: 'messages.window' }, 'bad-input'],
    [{ t: 'request', id: 6, name: 'messages.get', input: { id: -1 } }, 'bad-input'],
    [{ t: 'reply', id: 7 }, 'bad-input'],
    [{ t: 'request', id: 8, name: 'messages.get', input: { id: 424242 } }, 'no-such-message'],
  ];
  for (const [frame] of bad) w.receive(frame);
  for (const frame of [null, 7, 'x', [], {}, { t: 'request', id: 'a' }, { t: 'request', id: 1.5 }])
    w.receive(frame);
  for (const [frame, code] of bad) assert.equal(error(await w.answer((frame as { id: number }).id)), code);
  w.receive({ t: 'request', id: 99, name: 'session.hello', input: {} });
  assert.equal((await w.answer(99)).t, 'ok');
});

test('every request of the contract has a handler', async (t) => {
  const p = await openTestProfile(t);
  const { mailEntries } = await import('../../../main/contract/contract.ts');
  const missing = Object.keys(mailEntries).filter(
    (name) => typeof (p.profile.handlers as Record<string, unknown>)[name] !== 'function',
  );
  assert.deepEqual(missing, []);
});

test('a letter comes as chunks and then its size', async (t) => {
  const p = await openTestProfile(t);
  const text = letter({ text: 'x'.repeat(600_000) });
  const [id = 0] = await p.put('Inbox', text);
  const w = openWindow(p);
  w.receive({ t: 'request', id: 1, name: 'messages.source', input: { id } });
  const answer = await w.answer(1);
  assert.deepEqual(answer, { t: 'ok', id: 1, output: { size: text.length } });
  const chunks = w.sent.filter((frame) => frame.t === 'chunk');
  assert.equal(Buffer.concat(chunks.map((chunk) => chunk.bytes)).toString('utf8'), text);
  assert.ok(w.sent.indexOf(answer) > w.sent.indexOf(chunks.at(-1) as Frame));
});

test('a cancelled request is answered as cancelled; a closed door hears nothing more', async (t) => {
  const p = await openTestProfile(t);
  const [id = 0] = await p.put('Inbox', letter());
  const w = openWindow(p);
  w.receive({ t: 'request', id: 1, name: 'messages.get', input: { id } });
  w.receive({ t: 'cancel', id: 1 });
  assert.equal(error(await w.answer(1)), 'cancelled');
  w.close();
  const before = w.sent.length;
  await p.put('Inbox', letter());
  await p.call('settings.set', { theme: 'dark' });
  assert.equal(w.sent.length, before);
});

test('events come to every open door after the change', async (t) => {
  const p = await openTestProfile(t);
  const windows = [openWindow(p), openWindow(p)];
  const changed = Promise.withResolvers<void>();
  const stop = p.profile.events((event) => {
    if (event.name === 'settings.changed') changed.resolve();
  });
  await p.call('settings.set', { theme: 'dark' });
  await changed.promise;
  stop();
  for (const w of windows) {
    const events = w.sent.filter((frame) => frame.t === 'event' && frame.name === 'settings.changed');
    assert.equal((events[0] as { data: { theme: string } } | undefined)?.data.theme, 'dark');
  }
});
