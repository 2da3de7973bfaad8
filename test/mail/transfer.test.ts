import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  base64Length,
  decodeBase64,
  decodeBase64InPlace,
  decodeQuotedPrintable,
  decodeTransfer,
} from '../../main/mail/transfer.ts';
import { findUuencode, readUuBlock } from '../../main/mail/uuencode.ts';
import { octets, random, textOf } from './letters.ts';

describe('base64', () => {
  const cases: [string, string, boolean][] = [
    ['QUJD', 'ABC', false],
    ['QUI=', 'AB', false],
    ['QUI', 'AB', false],
    ['QQ==', 'A', false],
    ['QU\r\nJD\n', 'ABC', false],
    ['Q U J D', 'ABC', false],
    ['QU*JD', 'ABC', true],
    ['QUI=QUJD', 'ABABC', false],
    ['QUI=\nQUJD\n', 'ABABC', false],
    ['QUJD\n--\nA footer of a list.\n', 'ABC', true],
    ['QUI=\n\n_____\nFooter of a list\n', 'AB', true],
    ['Q', '', true],
    ['', '', false],
  ];
  for (const [input, expected, bad] of cases)
    it(JSON.stringify(input), () => {
      const decoded = decodeBase64(octets(input));
      // A list's footer without padding before it cannot be told from data; the file itself is whole.
      assert.ok(textOf(decoded.bytes).startsWith(expected));
      if (!input.includes('--')) assert.equal(textOf(decoded.bytes), expected);
      assert.equal(decoded.bad, bad);
      assert.equal(base64Length(octets(input), 0, input.length).length, decoded.bytes.length);
    });
  it('gives back what Buffer encoded, and knows the length without decoding', () => {
    const next = random(1);
    for (let size = 0; size < 300; size++) {
      const bytes = Uint8Array.from({ length: size }, () => next() * 256);
      const text = Buffer.from(bytes)
        .toString('base64')
        .replace(/(.{76})/g, '$1\r\n');
      assert.deepEqual(decodeBase64(octets(text)).bytes, bytes);
      assert.equal(base64Length(octets(text), 0, text.length).length, size);
    }
  });
  it('agrees with its length on rubbish', () => {
    const next = random(2);
    const letters = 'ABab01+/==\n\r -*';
    for (let round = 0; round < 2000; round++) {
      const text = Array.from({ length: next() * 60 }, () => letters.charAt(next() * letters.length)).join(
        '',
      );
      assert.equal(
        base64Length(octets(text), 0, text.length).length,
        decodeBase64(octets(text)).bytes.length,
        JSON.stringify(text),
      );
    }
  });
  it('is the same in its own place, on rubbish too', () => {
    const next = random(3);
    const letters = 'ABab01+/==\n\r -*ABCDEFGH';
    for (let round = 0; round < 2000; round++) {
      const text = Array.from({ length: next() * 90 }, () => letters.charAt(next() * letters.length)).join(
        '',
      );
      const start = Math.floor(next() * 5);
      const end = Math.max(start, text.length - Math.floor(next() * 5));
      const before = octets(text);
      const bytes = octets(text);
      const decoded = decodeBase64InPlace(bytes, start, end);
      assert.deepEqual(decoded, decodeBase64(before, start, end), JSON.stringify(text));
      assert.deepEqual(bytes.subarray(end), before.subarray(end));
      assert.deepEqual(bytes.subarray(0, start), before.subarray(0, start));
    }
  });
});

describe('quoted-printable', () => {
  const cases: [string, string, boolean][] = [
    ['a=3Db', 'a=b', false],
    ['a=3db', 'a=b', false],
    ['a=\r\nb', 'ab', false],
    ['a=\nb', 'ab', false],
    ['a= \t\nb', 'ab', false],
    ['a  \nb', 'a\nb', false],
    ['a=20\nb', 'a \nb', false],
    ['a=', 'a', false],
    ['a=4', 'a=4', true],
    ['a=ZZ', 'a=ZZ', true],
    ['\r\n\r\n', '\r\n\r\n', false],
  ];
  for (const [input, expected, bad] of cases)
    it(JSON.stringify(input), () => {
      const decoded = decodeQuotedPrintable(octets(input));
      assert.equal(textOf(decoded.bytes), expected);
      assert.equal(decoded.bad, bad);
    });
});

describe('uuencode', () => {
  it('decodes as a transfer encoding', () => {
    assert.equal(textOf(decodeTransfer(octets('begin 644 x\n#0V%T\n`\nend\n'), 'x-uuencode').bytes), 'Cat');
  });
  it('finds files in a text, and leaves sentences alone', () => {
    const text = octets(
      'hi\nbegin 644 cat.txt\r\n#0V%T\r\n`\r\nend\r\nbye\nbegin 644 times\nnot data here, a sentence\n',
    );
    const blocks = findUuencode(text);
    assert.equal(blocks.length, 1);
    assert.equal(textOf(blocks[0]?.name as Uint8Array), 'cat.txt');
    assert.equal(textOf(readUuBlock(text, blocks[0] as (typeof blocks)[0])), 'Cat');
    assert.equal(textOf(text.subarray(blocks[0]?.end)).slice(0, 3), 'bye');
  });
  it('takes what is there of a file that was cut off', () => {
    const text = octets(`begin 644 a.bin\n${`M${'A'.repeat(60)}\n`.repeat(3)}`);
    const [block] = findUuencode(text);
    assert.equal(block && readUuBlock(text, block).length, 135);
  });
});
