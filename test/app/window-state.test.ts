import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LEAST, readWindowState, writeWindowState } from '../../app/window-state.ts';

const screen = { x: 0, y: 0, width: 1920, height: 1040 };
const bounds = { x: 100, y: 50, width: 1200, height: 800 };

test('a window comes back where it stood', () => {
  const text = writeWindowState({ bounds, maximised: true });
  assert.deepEqual(readWindowState(text, [screen]), { bounds, maximised: true });
});

test('a window on a screen that is gone comes to the middle', () => {
  const second = { x: 1920, y: 0, width: 1280, height: 1024 };
  const away = { ...bounds, x: 2000 };
  const text = writeWindowState({ bounds: away, maximised: false });
  assert.deepEqual(readWindowState(text, [screen, second]).bounds, away);
  assert.equal(readWindowState(text, [screen]).bounds, undefined);
  const above = writeWindowState({ bounds: { ...bounds, y: -400 }, maximised: false });
  assert.equal(readWindowState(above, [screen]).bounds, undefined);
});

test('a window is never smaller than it may be', () => {
  const text = writeWindowState({ bounds: { ...bounds, width: 10, height: 10 }, maximised: false });
  assert.deepEqual(readWindowState(text, [screen]).bounds, { ...bounds, ...LEAST });
});

for (const text of [
  '',
  '{',
  'null',
  '[]',
  '7',
  '{"bounds":{"x":null}}',
  '{"bounds":{"x":1e999,"y":0,"width":5,"height":5}}',
]) {
  test(`${text || 'nothing'} is no state`, () => {
    assert.deepEqual(readWindowState(text, [screen]), { bounds: undefined, maximised: false });
  });
}
