import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LineReader } from '../../main/base/lines.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (lines: Uint8Array[]) => lines.map((line) => new TextDecoder().decode(line));

test('the same lines come out at every packet cut', () => {
  const whole = bytes('+OK ready\r\n\r\nlone\nlast\r\n');
  for (let cut = 0; cut <= whole.length; cut++) {
    const reader = new LineReader(100);
    const lines = [...reader.push(whole.subarray(0, cut)), ...reader.push(whole.subarray(cut))];
    assert.deepEqual(text(lines), ['+OK ready', '', 'lone', 'last'], `cut at ${cut}`);
    assert.equal(reader.rest.length, 0);
  }
});

test('a line at the limit passes, one over it is a fault even before its end came', () => {
  assert.deepEqual(text(new LineReader(4).push(bytes('abcd\r\n'))), ['abcd']);
  assert.throws(() => new LineReader(4).push(bytes('abcde\r\n')), { code: 'line-too-long' });
  const reader = new LineReader(4);
  reader.push(bytes('abc'));
  assert.throws(() => reader.push(bytes('defgh')), { code: 'line-too-long' });
});
