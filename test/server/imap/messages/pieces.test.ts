/** The pure parts of FETCH: decoders at every cut, header fields, ranges, the buffer answers are gathered in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeBase64, decodeQuotedPrintable } from '../../../../main/mail/transfer.ts';
import { decoderFor } from '../../../../main/server/imap/messages/decoding.ts';
import { headerFields } from '../../../../main/server/imap/messages/header-fields.ts';
import { groupsOf, pickRange } from '../../../../main/server/imap/messages/uid-ranges.ts';
import { WireBuffer } from '../../../../main/server/imap/messages/wire-buffer.ts';

function decoded(encoding: string, text: string, step: number): string {
  const decoder = decoderFor(encoding, 'text/plain');
  const bytes = Buffer.from(text, 'latin1');
  const out: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += step)
    out.push(Buffer.from(decoder.push(bytes.subarray(at, at + step))));
  out.push(decoder.end());
  return Buffer.concat(out).toString('latin1');
}

const QUOTED = [
  'plain\r\ntext\r\n',
  'soft =\r\nbreak=\r\n',
  'soft = \t\r\nwith blanks',
  'soft =\nbare',
  'trailing \t \r\nblanks  ',
  '=D0=9F=d1=80 ok=3D',
  'broken =G1 =1',
  'broken =1G =',
  '= =\r\n==41=\r\n',
  'coded blank=20 \r\nx',
  '=\r=\r\nx',
  '',
];

for (const [n, text] of QUOTED.entries()) {
  test(`quoted-printable ${n} is the same at every cut as in one piece`, () => {
    const whole = Buffer.from(decodeQuotedPrintable(Buffer.from(text, 'latin1')).bytes).toString('latin1');
    for (const step of [1, 2, 3, 5, 1000])
      assert.equal(decoded('quoted-printable', text, step), whole, `by ${step}`);
  });
}

test('blanks without end cost bounded memory and are kept', () => {
  const text = `${' '.repeat(20_000)}x${'\t'.repeat(20_000)}\r\n`;
  assert.equal(decoded('quoted-printable', text, 1000).trimEnd().length, 20_001);
});

for (const text of ['SGVsbG8=', 'SGVs\r\nbG8g\r\n', 'SG!Vs bG8', 'QQ==QUI=', 'Q', '', '====']) {
  test(`base64 "${text.replace(/\r\n/g, '.')}" is the same at every cut as in one piece`, () => {
    const whole = Buffer.from(decodeBase64(Buffer.from(text)).bytes).toString('latin1');
    for (const step of [1, 2, 3, 1000]) assert.equal(decoded('base64', text, step), whole, `by ${step}`);
  });
}

test('an encoding nobody knows is UNKNOWN-CTE, that of a multipart is disregarded', () => {
  assert.throws(() => decoderFor('x-odd', 'text/plain'), { code: 'imap-refused' });
  assert.equal(
    Buffer.from(decoderFor('base64', 'multipart/mixed').push(Buffer.from('QQ=='))).toString(),
    'QQ==',
  );
});

const HEADER = 'A: 1\r\nB: 2\r\n folded\r\nno field\r\n\tmore\r\na : 3\r\n\r\n';
const FIELDS: [name: string, header: string, names: string[], not: boolean, expected: string][] = [
  ['by name without case, blanks before the colon', HEADER, ['a'], false, 'A: 1\r\na : 3\r\n\r\n'],
  ['folded lines go with their field', HEADER, ['b'], false, 'B: 2\r\n folded\r\n\r\n'],
  ['all but these', HEADER, ['a'], true, 'B: 2\r\n folded\r\nno field\r\n\tmore\r\n\r\n'],
  ['none', HEADER, ['x'], false, '\r\n'],
  ['an empty header', '', ['a'], true, '\r\n'],
  ['a header without a blank line', 'A: 1\r\nB: 2', ['b'], false, 'B: 2\r\n\r\n'],
];
for (const [name, header, names, not, expected] of FIELDS) {
  test(`I52 header fields: ${name}`, () => {
    const out = headerFields(Buffer.from(header), names, not);
    assert.equal(Buffer.from(out).toString(), expected);
  });
}

test('places of ranges from either end', () => {
  const ranges = [
    [1, 3],
    [7, 8],
    [20, 20],
  ] as const;
  assert.deepEqual(pickRange(ranges, [1, 4]), [
    [1, 3],
    [7, 7],
  ]);
  assert.deepEqual(pickRange(ranges, [-1, -2]), [
    [8, 8],
    [20, 20],
  ]);
  assert.deepEqual(pickRange(ranges, [5, 2]), [
    [2, 3],
    [7, 8],
  ]);
  assert.deepEqual(pickRange(ranges, [7, 9]), []);
  assert.deepEqual(pickRange(ranges, [-7, -9]), []);
  assert.deepEqual(pickRange([], [1, 2]), []);
  assert.deepEqual(
    [...groupsOf(ranges, 2)],
    [
      [[1, 2]],
      [
        [3, 3],
        [7, 7],
      ],
      [
        [8, 8],
        [20, 20],
      ],
    ],
  );
  assert.deepEqual([...groupsOf([[1, 5]], 10)], [[[1, 5]]]);
});

test('the buffer keeps order and numbers, passes long pieces on, and what was taken does not change', () => {
  const buffer = new WireBuffer();
  const long = Buffer.alloc(20_000, 'l');
  let expected = '';
  const taken: string[] = [];
  const pieces: Uint8Array[][] = [];
  for (let n = 0; n < 3000; n += 1) {
    for (const value of [n, n * 1000, 4_294_967_295, 9_007_199_254_740_991]) {
      buffer.number(value);
      buffer.text(' ');
      expected += `${value} `;
    }
    buffer.text('t'.repeat(n % 70));
    expected += 't'.repeat(n % 70);
    if (n % 500 === 0) {
      buffer.octets(long);
      expected += 'l'.repeat(20_000);
    }
    buffer.octets(long, 5, 5 + (n % 60));
    expected += 'l'.repeat(n % 60);
    assert.equal(buffer.length, expected.length);
    if (n % 100 === 99) {
      pieces.push(buffer.take());
      taken.push(expected);
      expected = '';
    }
  }
  assert.deepEqual(
    pieces.map((each) => Buffer.concat(each).toString('latin1')),
    taken,
  );
});
