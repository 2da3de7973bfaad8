/** The wire alone: octets into commands, messages and chunks, at any cut (protocol rules G1, S20, S30, S32, S40). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { MAX_LINE_BYTES, SMTP_AUTH_BYTES } from '../../../main/base/limits.ts';
import { type CommandLine, type Sink, SmtpWire } from '../../../main/server/smtp/wire.ts';

type Heard = { line: string; length: number; bareLf: boolean } | { message: string } | { chunk: string };

/** Everything a wire makes of these pieces. `DATA` begins a message, `BDAT n` a chunk. */
async function hear(pieces: readonly Uint8Array[], slow = false): Promise<Heard[]> {
  const heard: Heard[] = [];
  const wire = new SmtpWire();
  const sink = (what: 'message' | 'chunk'): Sink => {
    let text = '';
    return {
      write(piece) {
        text += Buffer.from(piece).toString('latin1');
        return slow ? Promise.resolve() : undefined;
      },
      async end() {
        heard.push(what === 'message' ? { message: text } : { chunk: text });
      },
    };
  };
  wire.onLine = ({ bytes, length, bareLf }: CommandLine, next) => {
    const line = bytes.toString('latin1');
    heard.push({ line, length, bareLf });
    const chunk = /^BDAT (\d+)/.exec(line);
    if (line === 'DATA') wire.startMessage(sink('message'));
    else if (chunk) wire.startChunk(Number(chunk[1]), sink('chunk'));
    if (slow) setImmediate(next);
    else next();
  };
  wire.onEndless = () => heard.push({ line: 'endless', length: 0, bareLf: false });
  for (const piece of pieces) {
    if (!wire.write(piece)) await new Promise((resolve) => wire.once('drain', resolve));
  }
  await new Promise<void>((resolve) => wire.end(resolve));
  return heard;
}

function cutAt(octets: Buffer, ...places: number[]): Buffer[] {
  const edges = [0, ...[...new Set(places)].sort((a, b) => a - b), octets.length];
  return edges.slice(1).map((end, index) => octets.subarray(edges[index], end));
}

const singles = (octets: Buffer) => Array.from(octets, (_, at) => octets.subarray(at, at + 1));
const messageOf = (heard: readonly Heard[]) =>
  heard.flatMap((each) => ('message' in each ? [each.message] : []));

describe('S30 only CRLF.CRLF ends a message', () => {
  const table: [name: string, wire: string, message: string, behind: string[]][] = [
    ['an empty message', '.\r\n', '', []],
    ['one line', 'a\r\n.\r\n', 'a\r\n', []],
    ['LF.LF is content', 'a\n.\nb\r\n.\r\n', 'a\n.\nb\r\n', []],
    ['LF.CRLF is content', 'a\n.\r\nb\r\n.\r\n', 'a\n.\r\nb\r\n', []],
    ['CRLF.LF is content without its dot', 'a\r\n.\nb\r\n.\r\n', 'a\r\n\nb\r\n', []],
    ['CR.CR is content', 'a\r.\rb\r\n.\r\n', 'a\r.\rb\r\n', []],
    ['CRLF.CRCRLF is content', 'a\r\n.\r\r\nb\r\n.\r\n', 'a\r\n\r\r\nb\r\n', []],
    ['CR CRLF.CRLF ends it', 'a\r\r\n.\r\n', 'a\r\r\n', []],
    ['a stuffed dot loses one dot', '..\r\n.\r\n', '.\r\n', []],
    ['dots in a line stay', 'a.b..c\r\n...d\r\n.\r\n', 'a.b..c\r\n..d\r\n', []],
    ['a stuffed lone dot ends nothing', 'a\r\n..\r\nNOOP\r\n.\r\n', 'a\r\n.\r\nNOOP\r\n', []],
    ['a dot after a bare LF stays', 'a\n..b\r\n.\r\n', 'a\n..b\r\n', []],
    ['commands follow', 'a\r\n.\r\nNOOP\r\nQUIT\r\n', 'a\r\n', ['NOOP', 'QUIT']],
    ['a dot and a CR inside', 'x\r\n.\ry\r\n.\r\n', 'x\r\n\ry\r\n', []],
  ];
  for (const [name, octets, message, behind] of table) {
    test(`S30 ${name}`, async () => {
      const whole = Buffer.from(`DATA\r\n${octets}`, 'latin1');
      const expected = await hear([whole]);
      assert.deepEqual(messageOf(expected), [message]);
      assert.deepEqual(
        expected.flatMap((each) => ('line' in each ? [each.line] : [])),
        ['DATA', ...behind],
      );
      for (let cut = 1; cut < whole.length; cut += 1) {
        assert.deepEqual(await hear(cutAt(whole, cut)), expected, `cut at ${cut}`);
      }
      assert.deepEqual(await hear(singles(whole)), expected, 'an octet a piece');
      assert.deepEqual(await hear(singles(whole), true), expected, 'an octet a piece, a slow sink');
    });
  }

  test('S30 any octets at any cuts: what a simple reader of lines makes of them', async () => {
    const octet = fc.constantFrom('\r', '\n', '.', 'a', '\r\n', '\r\n.', '\r\n.\r\n');
    await fc.assert(
      fc.asyncProperty(
        fc.array(octet, { maxLength: 30 }),
        fc.array(fc.nat(80), { maxLength: 6 }),
        async (parts, cuts) => {
          const whole = Buffer.from(`DATA\r\n${parts.join('')}\r\n.\r\n`, 'latin1');
          const places = cuts.map((cut) => Math.min(cut, whole.length));
          const heard = await hear(cutAt(whole, ...places));
          assert.equal(messageOf(heard)[0], simple(parts.join('')));
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** The message up to its end, read the slow way: at each CRLF and at the beginning. */
function simple(body: string): string {
  const octets = `${body}\r\n.\r\n`;
  let out = '';
  for (let at = 0; ; ) {
    if (octets.startsWith('.\r\n', at)) return out;
    const line = octets.slice(at, octets.indexOf('\r\n', at) + 2);
    out += line.startsWith('.') ? line.slice(1) : line;
    at += line.length;
  }
}

describe('lines', () => {
  test('G1 500 commands in one packet, and an octet a packet', async () => {
    const whole = Buffer.from('NOOP\r\n'.repeat(500));
    assert.equal((await hear([whole])).length, 500);
    assert.equal((await hear([whole], true)).length, 500);
    assert.equal((await hear(singles(whole.subarray(0, 60)))).length, 10);
  });

  test('S32 a bare LF is told, a CR before it is not kept', async () => {
    assert.deepEqual(await hear([Buffer.from('NOOP\nNOOP\r\n')]), [
      { line: 'NOOP', length: 5, bareLf: true },
      { line: 'NOOP', length: 6, bareLf: false },
    ]);
    assert.deepEqual(await hear([Buffer.from('NOOP\r'), Buffer.from('\n')]), [
      { line: 'NOOP', length: 6, bareLf: false },
    ]);
  });

  test('S32 a command without its end is not executed', async () => {
    assert.deepEqual(await hear([Buffer.from('NOOP\r\nQUIT')]), [{ line: 'NOOP', length: 6, bareLf: false }]);
  });

  test('S20 a line keeps its true length and is kept up to the longest command', async () => {
    for (const length of [SMTP_AUTH_BYTES - 2, SMTP_AUTH_BYTES + 100]) {
      const [heard] = await hear([Buffer.from(`${'x'.repeat(length)}\r\n`)]);
      assert.ok(heard && 'line' in heard);
      assert.equal(heard.length, length + 2);
      assert.equal(heard.line.length, Math.min(length, SMTP_AUTH_BYTES));
    }
  });

  test('S20 a line of 64 KiB without an end is given up', async () => {
    const fits = await hear([Buffer.from(`${'x'.repeat(MAX_LINE_BYTES)}\r\n`)]);
    assert.equal((fits[0] as { length: number }).length, MAX_LINE_BYTES + 2);
    const endless = await hear([Buffer.alloc(MAX_LINE_BYTES + 1, 0x78), Buffer.from('\r\nNOOP\r\n')]);
    assert.deepEqual(
      endless.map((each) => 'line' in each && each.line),
      ['endless'],
    );
  });
});

describe('S40 chunks', () => {
  test('S40 exactly n octets, whatever they are, at any cut', async () => {
    const whole = Buffer.from('BDAT 8\r\na\r\n.\r\nb\nBDAT 0\r\nNOOP\r\n', 'latin1');
    const expected = await hear([whole]);
    assert.deepEqual(
      expected.filter((each) => 'chunk' in each),
      [{ chunk: 'a\r\n.\r\nb\n' }, { chunk: '' }],
    );
    for (let cut = 1; cut < whole.length; cut += 1) {
      assert.deepEqual(await hear(cutAt(whole, cut)), expected, `cut at ${cut}`);
    }
    assert.deepEqual(await hear(singles(whole), true), expected);
  });

  test('S40 a chunk of nothing at the very end of what has come', async () => {
    assert.deepEqual((await hear([Buffer.from('BDAT 0\r\n')])).at(-1), { chunk: '' });
  });
});
