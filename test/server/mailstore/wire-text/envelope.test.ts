import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMessage } from '../../../../main/mail/letter.ts';
import { envelopeOf } from '../../../../main/server/mailstore/wire-text/envelope.ts';
import { type ImapValue, imapValue } from '../../../kit/imap-text.ts';

function bytesOf(header: string): Uint8Array {
  return new Uint8Array(Buffer.from(`${header.replace(/\n/g, '\r\n')}\r\n\r\nbody\r\n`, 'latin1'));
}

function raw(header: string): string {
  const bytes = bytesOf(header);
  return envelopeOf(bytes, readMessage(bytes));
}

function envelope(header: string): ImapValue[] {
  return imapValue(raw(header)) as ImapValue[];
}

const [DATE, SUBJECT, FROM, SENDER, REPLY_TO, TO, CC, BCC, IN_REPLY_TO, MESSAGE_ID] = [...Array(10).keys()];

test('I53 ENVELOPE has ten fields in the order of the RFC', () => {
  assert.equal(
    raw(
      'Date: Mon, 7 Feb 1994 21:52:25 -0800 (PST)\nFrom: Fred Foobar <foobar@Blurdybloop.example>\n' +
        'Subject: afternoon meeting\nTo: mooch@owatagu.siam.edu.example\n' +
        'Message-Id: <B27397-0100000@Blurdybloop.example>',
    ),
    '("Mon, 7 Feb 1994 21:52:25 -0800 (PST)" "afternoon meeting" ' +
      '(("Fred Foobar" NIL "foobar" "Blurdybloop.example")) ' +
      '(("Fred Foobar" NIL "foobar" "Blurdybloop.example")) ' +
      '(("Fred Foobar" NIL "foobar" "Blurdybloop.example")) ' +
      '((NIL NIL "mooch" "owatagu.siam.edu.example")) NIL NIL NIL "<B27397-0100000@Blurdybloop.example>")',
  );
});

test('I53 a letter with no header at all has ten NIL', () => {
  const bytes = new Uint8Array(Buffer.from('just text, no header\r\n'));
  assert.equal(envelopeOf(bytes, readMessage(bytes)), '(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)');
  const nothing = new Uint8Array(0);
  assert.equal(envelopeOf(nothing, readMessage(nothing)), '(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)');
});

test('I53 a field that is missing is NIL, one that is empty is ""', () => {
  const fields = envelope('Subject:\nMessage-ID: \nTo:\nFrom: a@b.example');
  assert.equal(fields[SUBJECT!], '');
  assert.equal(fields[MESSAGE_ID!], '');
  assert.equal(fields[DATE!], null);
  assert.equal(fields[IN_REPLY_TO!], null);
  assert.equal(fields[TO!], null);
});

test('I53 Sender and Reply-To that are absent or empty are From', () => {
  const both = envelope('From: a@b.example\nReply-To:\nSender: , ');
  assert.deepEqual(both[SENDER!], both[FROM!]);
  assert.deepEqual(both[REPLY_TO!], both[FROM!]);
  const own = envelope('From: a@b.example\nReply-To: c@d.example\nSender: e@f.example');
  assert.deepEqual(own[SENDER!], [[null, null, 'e', 'f.example']]);
  assert.deepEqual(own[REPLY_TO!], [[null, null, 'c', 'd.example']]);
});

test('I53 quotes and backslashes are escaped wherever they stand', () => {
  assert.equal(raw('Message-ID: <"a\\"b"@x.example>').split(' ').at(-1), '"<\\"a\\\\\\"b\\"@x.example>")');
  const fields = envelope('Subject: say "hi" \\ there\nFrom: "A \\"q\\" \\\\ B" <"x \\"y"@z.example>');
  assert.equal(fields[SUBJECT!], 'say "hi" \\ there');
  assert.deepEqual(fields[FROM!], [['A "q" \\ B', null, 'x "y', 'z.example']]);
});

test('I53 folded lines are unfolded', () => {
  const fields = envelope(
    'Subject: one\n two\n\tthree\nFrom: A\n B\n <a@b.example>\nIn-Reply-To: <1@x>\n <2@x>',
  );
  assert.equal(fields[SUBJECT!], 'one two three');
  assert.deepEqual(fields[FROM!], [['A B', null, 'a', 'b.example']]);
  assert.equal(fields[IN_REPLY_TO!], '<1@x> <2@x>');
});

test('I53 encoded words stay as they are, 8-bit values are literals', () => {
  const fields = envelope('Subject: =?UTF-8?B?0J/RgNC40LLQtdGC?=\nFrom: =?koi8-r?B?1MXT1A==?= <a@b.example>');
  assert.equal(fields[SUBJECT!], '=?UTF-8?B?0J/RgNC40LLQtdGC?=');
  assert.deepEqual(fields[FROM!], [['=?koi8-r?B?1MXT1A==?=', null, 'a', 'b.example']]);
  const text = Buffer.from('Привет').toString('latin1');
  assert.ok(raw(`Subject: ${text}`).includes(` {12}\r\n${text} `));
  assert.deepEqual(envelope(`From: ${text} <a@b.example>`)[FROM!], [[text, null, 'a', 'b.example']]);
});

test('I3 a value above 1000 octets is a literal, one of 1000 is quoted', () => {
  assert.ok(raw(`Subject: ${'x'.repeat(1000)}`).includes(`"${'x'.repeat(1000)}"`));
  assert.ok(raw(`Subject: ${'x'.repeat(1001)}`).includes('{1001}\r\nx'));
});

test('a value is cut at 64 KiB, never in its message', () => {
  assert.equal((envelope(`Subject: ${'y'.repeat(65_536)}`)[SUBJECT!] as string).length, 65_536);
  assert.equal((envelope(`Subject: ${'y'.repeat(65_537)}`)[SUBJECT!] as string).length, 65_536);
});

test('I53 the first of doubled fields counts', () => {
  const fields = envelope('Subject: first\nFrom: a@b.example\nSubject: second\nFrom: c@d.example');
  assert.equal(fields[SUBJECT!], 'first');
  assert.deepEqual(fields[FROM!], [[null, null, 'a', 'b.example']]);
});

const GROUP_END = [null, null, null, null];
const ADDRESSES: [name: string, value: string, expected: ImapValue][] = [
  ['a plain address', 'a@b.example', [[null, null, 'a', 'b.example']]],
  ['a name and an address', 'A B <a@b.example>', [['A B', null, 'a', 'b.example']]],
  ['a quoted name with a comma', '"B, A" <a@b.example>', [['B, A', null, 'a', 'b.example']]],
  ['a comment as the name', 'a@b.example (A (nested) B)', [['A (nested) B', null, 'a', 'b.example']]],
  ['a quoted local part', '"a b"@c.example', [[null, null, 'a b', 'c.example']]],
  ['an at sign in a quoted local part', '"a@b"@c.example', [[null, null, 'a@b', 'c.example']]],
  ['a source route', '<@r1.example,@r2.example:a@b.example>', [[null, null, 'a', 'b.example']]],
  ['blanks around the at sign', 'a @ b . example', [[null, null, 'a', 'b']]],
  ['an address literal', 'a@[192.0.2.1]', [[null, null, 'a', '[192.0.2.1]']]],
  ['an IPv6 literal', 'a@[IPv6:2001:db8::1]', [[null, null, 'a', '[IPv6:2001:db8::1]']]],
  ['a dotted name without quotes', 'J. R. Doe <j@d.example>', [['J. R. Doe', null, 'j', 'd.example']]],
  [
    'several',
    'a@b.example, C <c@d.example>',
    [
      [null, null, 'a', 'b.example'],
      ['C', null, 'c', 'd.example'],
    ],
  ],
  [
    'commas too many',
    ',, a@b.example,, ,c@d.example,',
    [
      [null, null, 'a', 'b.example'],
      [null, null, 'c', 'd.example'],
    ],
  ],
  ['an empty group', 'undisclosed-recipients:;', [[null, null, 'undisclosed-recipients', null], GROUP_END]],
  [
    'a group with members',
    'A Group: Ed <e@f.example>, g@h.example; i@j.example',
    [
      [null, null, 'A Group', null],
      ['Ed', null, 'e', 'f.example'],
      [null, null, 'g', 'h.example'],
      GROUP_END,
      [null, null, 'i', 'j.example'],
    ],
  ],
  [
    'a group that never ends',
    'G: a@b.example',
    [[null, null, 'G', null], [null, null, 'a', 'b.example'], GROUP_END],
  ],
  ['two groups', 'A:; B:;', [[null, null, 'A', null], GROUP_END, [null, null, 'B', null], GROUP_END]],
  ['a local part alone is no group', 'root', [[null, null, 'root', '']]],
  ['a name alone', 'Just A Name', [['Just A Name', null, '', '']]],
  ['a comment alone', '(nobody)', null],
  ['empty brackets', '<>', null],
  [
    'a bracket never closed',
    'A <a@b.example, c@d.example',
    [
      ['A', null, 'a', 'b.example'],
      [null, null, 'c', 'd.example'],
    ],
  ],
  ['a bracket never opened', 'a@b.example>', [[null, null, 'a', 'b.example']]],
  ['a quote never closed', '"A <a@b.example>', [['"A', null, 'a', 'b.example']]],
  ['a comment never closed', 'a@b.example (A', [[null, null, 'a', 'b.example']]],
  ['a name in brackets before the address', 'A <A> <a@b.example>', [['A', null, 'a', 'b.example']]],
  [
    'a name and an address without brackets',
    'Big Bug bb@bug.example',
    [['Big Bug', null, 'bb', 'bug.example']],
  ],
  [
    'semicolons between',
    'a@b.example; c@d.example',
    [
      [null, null, 'a', 'b.example'],
      [null, null, 'c', 'd.example'],
    ],
  ],
  ['only separators', ' , ; , ', null],
];

for (const [name, value, expected] of ADDRESSES) {
  test(`I53 addresses: ${name}`, () => {
    const fields = envelope(`To: ${value}\nCc: ${value}\nBcc: ${value}`);
    assert.deepEqual(fields[TO!], expected);
    assert.deepEqual(fields[CC!], expected);
    assert.deepEqual(fields[BCC!], expected);
  });
}

test('I53 hostile address lists are read in linear time and stay balanced', () => {
  for (const piece of [
    '"',
    '(',
    '<',
    '\\',
    ':',
    ';',
    ',',
    '@',
    '<@',
    '"(',
    '=?',
    'a:',
    '(((',
    '<<a@b>',
    '"\\',
  ])
    assert.equal(envelope(`To: ${piece.repeat(50_000 / piece.length)}`).length, 10);
  const many = envelope(`To: ${Array.from({ length: 20_000 }, (_, i) => `u${i}@b.example`).join(',\n ')}`);
  assert.equal((many[TO!] as ImapValue[]).length, 10_000);
});

test('NUL never enters a string', () => {
  assert.equal(envelope('Subject: a\0b')[SUBJECT!], 'ab');
});
