import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { describe, it } from 'node:test';
import { MAX_PARTS } from '../../main/base/limits.ts';
import { type Part, readAttachment } from '../../main/mail/message.ts';
import { effort } from '../kit/effort.ts';
import { fixture, octets, random, read } from './letters.ts';

/** Of the processor. Generous: ten times what these take on a slow machine, far below what a quadratic reader would need. */
const PATIENCE_MS = 5_000;

function readWithin(bytes: Uint8Array): ReturnType<typeof read> {
  const spent = effort();
  const letter = read(bytes);
  for (const { n, size } of letter.content.attachments.slice(0, 20))
    assert.equal(readAttachment(bytes, letter.message, n).length, size);
  const took = spent();
  assert.ok(took < PATIENCE_MS, `${Math.round(took)} ms`);
  return letter;
}

function check(part: Part, from: number, to: number): number {
  assert.ok(
    from <= part.headerStart &&
      part.headerStart <= part.bodyStart &&
      part.bodyStart <= part.end &&
      part.end <= to,
    part.path,
  );
  let at = part.bodyStart;
  let count = 1;
  for (const child of part.children) {
    count += check(child, at, part.end);
    at = child.end;
  }
  return count;
}

describe('letters made to hurt', () => {
  const many = 300_000;
  const cases: Record<string, () => string> = {
    'words without end': () => `Subject: ${'=?a?b?'.repeat(many)}\n\nx`,
    'words inside words': () => `Subject: ${'=?utf-8?q?x'.repeat(many)}${'?=41'.repeat(many)}\n\nx`,
    'blanks in a header': () => `Subject: a${' '.repeat(2_000_000)}b\nFrom: ${' '.repeat(900_000)}x @ y\n\nx`,
    folds: () => `Subject: a${'\n b'.repeat(many)}\n\nx`,
    'reply marks': () => `Subject: ${'Re: '.repeat(many)}\n\nx`,
    'address brackets': () => `To: ${'<"'.repeat(many)}\n\nx`,
    'address comments': () => `To: ${'('.repeat(many)}\n\nx`,
    'address colons': () => `To: [${':'.repeat(many * 4)}\n\nx`,
    'address blanks': () => `To: ${'a @ . '.repeat(many)}\n\nx`,
    parameters: () => `Content-Type: text/plain; ${'a*0=b; '.repeat(many)}\n\nx`,
    'quotes in parameters': () => `Content-Type: text/plain; a="${'\\"('.repeat(many)}\n\nx`,
    identifiers: () => `References: ${'<a@b> '.repeat(many)}${'<'.repeat(many)}\n\nx`,
    dashes: () =>
      `Content-Type: multipart/mixed; boundary="-"\n\n${'-'.repeat(5_000_000)}\n${'-----\n'.repeat(many)}`,
    'false delimiters': () => `Content-Type: multipart/mixed; boundary=bxx\n\n${'--b\n'.repeat(2_000_000)}`,
    'equals signs in quoted-printable': () =>
      `Content-Transfer-Encoding: quoted-printable\n\n${'= '.repeat(many)}=${' '.repeat(3_000_000)}`,
    'padding in base64': () =>
      `Content-Type: a/b; name=c\nContent-Transfer-Encoding: base64\n\n${'A='.repeat(2_000_000)}`,
    'begin lines': () => `Subject: u\n\n${'begin 644 x\nM\n'.repeat(many)}`,
    scripts: () => `Content-Type: text/html\n\n${'<script>'.repeat(many)}`,
    'scripts of two cases': () => `Content-Type: text/html\n\n${'<script></SCRIPT>'.repeat(100_000)}`,
    tags: () =>
      `Content-Type: text/html\n\n${'<div>'.repeat(many)}${'<a "'.repeat(many)}${'<!--'.repeat(many)}`,
    attributes: () => `Content-Type: text/html\n\n${'<a href="x>y" '.repeat(many)}`,
    'quote marks': () =>
      `Content-Type: text/plain; format=flowed\n\n${'>'.repeat(2_000_000)}\n${'a \n'.repeat(many)}`,
    'carriage returns only': () => 'Subject: x\r\rbody\r'.repeat(100_000),
    'letters in letters': () => `${'Content-Type: message/rfc822\n\n'.repeat(5000)}Subject: x\n\nbottom`,
    'a damaged winmail.dat': () =>
      `Content-Type: application/ms-tnef\n\n\x78\x9f\x3e\x22${'\x01'.repeat(1_000_000)}`,
    zeros: () => '\0'.repeat(3_000_000),
    'the year 99999': () => 'Date: Fri, 01 Jan 99999 00:00:00 +0000\nSubject: x\n\nx',
  };
  for (const [name, make] of Object.entries(cases))
    it(name, () => {
      const letter = readWithin(octets(make()));
      assert.ok(check(letter.message.tree, 0, letter.bytes.length) <= MAX_PARTS + 2);
    });
  it('a date out of reach is no date', () => {
    const { message } = read('Date: Fri, 01 Jan 99999 00:00:00 +0000\n\nx');
    assert.deepEqual([message.date, message.defects], [null, ['bad-date']]);
  });
  it('200 MB: text and an attachment', () => {
    const line = octets(`${'QUJD'.repeat(19)}\r\n`);
    const count = 2_560_000;
    const head = octets(
      'Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhello\r\n--b\r\nContent-Type: a/b; name=c.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n',
    );
    const bytes = new Uint8Array(head.length + line.length * count);
    bytes.set(head);
    bytes.set(line, head.length);
    for (let filled = line.length; filled < line.length * count; filled *= 2)
      bytes.copyWithin(
        head.length + filled,
        head.length,
        head.length + Math.min(filled, line.length * count - filled),
      );
    const spent = effort();
    const { content } = read(bytes);
    assert.equal(content.text, 'hello');
    assert.equal(content.attachments[0]?.size, count * 57);
    assert.ok(spent() < PATIENCE_MS);
  });
});

describe('mutated letters', () => {
  const seeds = readdirSync(new URL('../fixtures/mail/', import.meta.url)).filter((name) =>
    name.endsWith('.eml'),
  );
  const spices = [
    '\n--b\n',
    '--',
    '\r',
    '\0',
    '=?utf-8?B?',
    '?=',
    'Content-Type: multipart/mixed; boundary=b\n',
    '\n\n',
    ';',
    '"',
    '(',
    'begin 644 x\n',
    '\xff',
    '=',
    '<',
    '@',
    ':',
    '; filename*0*=',
  ];
  for (const name of seeds)
    it(name, () => {
      const seed = fixture(name);
      const next = random(seed.length);
      for (let round = 0; round < 300; round++) {
        let bytes = seed.slice(0, next() < 0.2 ? Math.floor(next() * seed.length) : seed.length);
        for (let edits = 1 + Math.floor(next() * 8); edits > 0; edits--) {
          const at = Math.floor(next() * bytes.length);
          const what = next();
          if (what < 0.5 && bytes.length > 0) bytes[at] = Math.floor(next() * 256);
          else if (what < 0.8) {
            const spice = octets(spices[Math.floor(next() * spices.length)] as string);
            const longer = new Uint8Array(bytes.length + spice.length);
            longer.set(bytes.subarray(0, at));
            longer.set(spice, at);
            longer.set(bytes.subarray(at), at + spice.length);
            bytes = longer;
          } else {
            const shorter = new Uint8Array(bytes.length + Math.min(64, bytes.length - at));
            shorter.set(bytes);
            shorter.set(bytes.subarray(at, at + 64), bytes.length);
            bytes = shorter;
          }
        }
        const letter = readWithin(bytes);
        check(letter.message.tree, 0, bytes.length);
      }
    });
});
