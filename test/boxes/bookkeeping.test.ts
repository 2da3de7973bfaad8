/** Marks at the start of mbox letters: read, taken off, written; and what looks like marks and is not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { marksBlock, readMarks, withoutMarks } from '../../main/boxes/bookkeeping.ts';

const bytes = (text: string): Uint8Array<ArrayBuffer> => Uint8Array.from(Buffer.from(text, 'latin1'));

const TABLE: [
  block: string,
  flags: string[],
  keywords: string[],
  rest: Partial<{ expunged: boolean; partial: boolean }>,
][] = [
  ['X-Mozilla-Status: 0001\nX-Mozilla-Status2: 00000000\n', ['seen'], [], {}],
  [
    'X-Mozilla-Status: 1007\r\nX-Mozilla-Status2: 00000000\r\nX-Mozilla-Keys: $label1 work   \r\n',
    ['seen', 'answered', 'flagged', 'forwarded'],
    ['$label1', 'work'],
    {},
  ],
  [
    'X-Account-Key: account3\nX-UIDL: 4711\nX-Mozilla-Status: 0000\nX-Mozilla-Status2: 04000000\n',
    [],
    ['$label2'],
    {},
  ],
  ['X-Mozilla-Status: 0009\n', ['seen'], [], { expunged: true }],
  ['X-Mozilla-Status: 0000\nX-Mozilla-Status2: 00200000\n', [], [], { expunged: true }],
  ['X-Mozilla-Status: 0401\n', ['seen'], [], { partial: true }],
  ['X-Mozilla-Status: 0001\nX-Mozilla-Keys: NonJunk Junk\n', ['seen', 'junk'], [], {}],
  ['X-Mozilla-Status: zzzz\n', [], [], {}],
];

test('marks are read and taken off', () => {
  for (const [block, flags, keywords, rest] of TABLE) {
    const letter = `${block}From: a@x.example\r\n\r\nbody\r\n`;
    const marks = readMarks(bytes(letter));
    assert.deepEqual([...marks.flags].sort(), [...flags].sort(), block);
    assert.deepEqual(marks.keywords, keywords, block);
    assert.deepEqual([marks.expunged, marks.partial], [rest.expunged ?? false, rest.partial ?? false], block);
    assert.equal(
      Buffer.from(withoutMarks(bytes(letter), marks)).toString(),
      'From: a@x.example\r\n\r\nbody\r\n',
    );
  }
});

test('fields of the letter itself are left alone', () => {
  for (const letter of [
    'From: a@x.example\nX-Mozilla-Status: 0001\n\nbody\n',
    'X-UIDL: from a relay\nFrom: a@x.example\n\nbody\n',
    'Status: RO\nFrom: a@x.example\n\nbody\n',
    '',
    'X-Mozilla-Status',
  ]) {
    const marks = readMarks(bytes(letter));
    assert.equal(marks.length, 0, letter);
    assert.deepEqual(marks.flags, []);
  }
});

test('a block that was written is read as the same marks', () => {
  for (const flags of [[], ['seen'], ['seen', 'answered', 'flagged', 'forwarded', 'draft', 'junk']] as const)
    for (const keywords of [[], ['$label1', 'work']])
      for (const eol of ['\n', '\r\n'] as const) {
        const block = marksBlock({ flags, keywords }, eol);
        const marks = readMarks(bytes(`${block}Subject: x${eol}${eol}`));
        assert.deepEqual([...marks.flags].sort(), [...flags].sort());
        assert.deepEqual(marks.keywords, [...keywords].sort());
        assert.equal(marks.length, block.length);
      }
});
