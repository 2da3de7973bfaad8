import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pop3Wire, type WireLine } from '../../../main/server/pop3/wire.ts';

function read(wire: Pop3Wire, ...pieces: (string | Uint8Array)[]): string[] {
  const out: string[] = [];
  for (const piece of pieces) {
    wire.push(typeof piece === 'string' ? Buffer.from(piece, 'latin1') : piece);
    for (let line: WireLine | undefined = wire.next(); line; line = wire.next()) {
      out.push(line.kind === 'line' ? Buffer.from(line.bytes).toString('latin1') : `<${line.kind}>`);
    }
  }
  return out;
}

test('G1 the same lines come out at every cut of the stream', () => {
  const stream = `USER kcope\r\nPASS  two  spaces \r\n${'x'.repeat(300)}\r\nSTAT\nNOOP\r\nQUIT\r\n`;
  const whole = read(new Pop3Wire(), stream);
  assert.deepEqual(whole, ['USER kcope', 'PASS  two  spaces ', '<too-long>', '<bare-lf>', 'NOOP', 'QUIT']);
  for (let cut = 1; cut < stream.length; cut += 1) {
    assert.deepEqual(read(new Pop3Wire(), stream.slice(0, cut), stream.slice(cut)), whole, `cut at ${cut}`);
  }
  assert.deepEqual(read(new Pop3Wire(), ...stream), whole);
});

test('P1 a command of 255 octets passes, one more is a line too long', () => {
  const fits = `X${'y'.repeat(252)}`;
  assert.deepEqual(read(new Pop3Wire(), `${fits}\r\n`), [fits]);
  assert.deepEqual(read(new Pop3Wire(), `${fits}z\r\n`, 'NOOP\r\n'), ['<too-long>', 'NOOP']);
});

test('P1 a line without an end costs no memory', () => {
  const wire = new Pop3Wire();
  for (let i = 0; i < 1000; i += 1) {
    wire.push(new Uint8Array(10_000).fill(65));
    assert.equal(wire.next(), undefined);
    assert.ok(wire.pending <= 10_000);
  }
  assert.deepEqual(read(wire, '\r\nNOOP\r\n'), ['<too-long>', 'NOOP']);
});

test('G5 what was read before STLS is thrown away', () => {
  const wire = new Pop3Wire();
  wire.push(Buffer.from('USER injected\r\nPASS x\r\n'));
  wire.clear();
  assert.deepEqual(read(wire, 'CAPA\r\n'), ['CAPA']);
});
