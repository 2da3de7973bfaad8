import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../../main/base/errors.ts';
import { MAILBOX_LEVEL_BYTES, MAILBOX_LEVELS } from '../../../main/base/limits.ts';
import { matcher } from '../../../main/server/imap/list-match.ts';
import {
  decodeMailboxName,
  mailboxText,
  newMailboxName,
  stringText,
} from '../../../main/server/imap/mailbox-name.ts';
import { decodeUtf7, encodeUtf7, isCanonicalUtf7 } from '../../../main/server/imap/utf7.ts';
import { effort } from '../../kit/effort.ts';

const octets = (text: string) => Buffer.from(text, 'utf8');
const code = (expected: string) => (thrown: unknown) =>
  thrown instanceof Fault && thrown.detail?.['response'] === expected;

test('I34 modified UTF-7 both ways', () => {
  const cases: [name: string, wire: string][] = [
    ['INBOX', 'INBOX'],
    ['R&D', 'R&-D'],
    ['Входящие', '&BBIERQQ+BDQETwRJBDgENQ-'],
    ['Черновики/2026', '&BCcENQRABD0EPgQyBDgEOgQ4-/2026'],
    ['~peter/mail/台北/日本語', '~peter/mail/&U,BTFw-/&ZeVnLIqe-'],
    ['😀', '&2D3eAA-'],
    ['a&ü&b', 'a&-&APw-&-b'],
    ['', ''],
  ];
  for (const [name, wire] of cases) {
    assert.equal(encodeUtf7(name), wire);
    assert.equal(decodeUtf7(wire), name);
    assert.ok(isCanonicalUtf7(wire), wire);
  }
});

test('I34 broken and superfluous shifts', () => {
  for (const wire of ['&', 'a&b', '&A-', '&AB-', '&2D0-', '&====-', '&\u00fc-', 'ü', 'a\tb', '&APwA-'])
    assert.equal(decodeUtf7(wire), undefined, wire);
  // Printable ASCII in a shift, two shifts in a row: readable, but never the name of a new mailbox.
  for (const [wire, name] of [
    ['&AGE-', 'a'],
    ['&APw-&APw-', 'üü'],
    ['&ACY-', '&'],
  ] as const) {
    assert.equal(decodeUtf7(wire), name);
    assert.ok(!isCanonicalUtf7(wire));
    assert.equal(decodeMailboxName(octets(wire), false), name);
    assert.throws(() => newMailboxName(octets(wire), false), code('CANNOT'));
  }
});

test('I34 UTF-8 mode: & is an ordinary character, octets have to be UTF-8', () => {
  assert.equal(decodeMailboxName(octets('R&D Ж'), true), 'R&D Ж');
  assert.equal(mailboxText('R&D Ж', true), '"R&D Ж"');
  assert.equal(mailboxText('R&D Ж', false), '"R&-D &BBY-"');
  assert.throws(() => decodeMailboxName(Uint8Array.of(0xff), true), Fault);
});

test('I34 names are NFC, INBOX is in capitals as a whole level only', () => {
  assert.equal(decodeMailboxName(octets('и\u0306'), true), 'й');
  assert.equal(decodeMailboxName(octets('inBox'), false), 'INBOX');
  assert.equal(decodeMailboxName(octets('inbox/Sub'), false), 'INBOX/Sub');
  assert.equal(decodeMailboxName(octets('inboxes'), false), 'inboxes');
});

test('I34 new names: control characters, empty levels, lengths at and over the limit', () => {
  const make = (name: string) => newMailboxName(octets(name), true);
  assert.equal(make('a/b/'), 'a/b');
  assert.equal(make('ж'.repeat(127)), 'ж'.repeat(127));
  assert.equal(make('x'.repeat(MAILBOX_LEVEL_BYTES)).length, MAILBOX_LEVEL_BYTES);
  assert.equal(make(Array(MAILBOX_LEVELS).fill('x').join('/')).length, MAILBOX_LEVELS * 2 - 1);
  const broken = [
    '',
    '/',
    '/a',
    'a//b',
    'a\u0007',
    'a\u2028',
    'ж'.repeat(128),
    'x'.repeat(MAILBOX_LEVEL_BYTES + 1),
    Array(MAILBOX_LEVELS + 1)
      .fill('x')
      .join('/'),
  ];
  for (const name of broken) assert.throws(() => make(name), code('CANNOT'), JSON.stringify(name));
});

test('I3 strings on the wire: escapes, and literals where quotes cannot hold them', () => {
  assert.equal(stringText('a"b\\c'), '"a\\"b\\\\c"');
  assert.equal(stringText('a\r\nb'), '{4}\r\na\r\nb');
  assert.equal(stringText('x'.repeat(1000)), `"${'x'.repeat(1000)}"`);
  assert.equal(stringText('x'.repeat(1001)), `{1001}\r\n${'x'.repeat(1001)}`);
  assert.equal(mailboxText('nil', false), '"nil"');
  assert.equal(mailboxText('two words', false), '"two words"');
  assert.equal(mailboxText('a/b', false), 'a/b');
});

test('I35 patterns: % stops at the delimiter, * does not, INBOX in any case', () => {
  const cases: [pattern: string, name: string, matches: boolean][] = [
    ['*', 'a/b/c', true],
    ['%', 'a', true],
    ['%', 'a/b', false],
    ['%/%', 'a/b', true],
    ['a/%', 'a/b/c', false],
    ['a/*', 'a/b/c', true],
    ['a*c', 'a/b/c', true],
    ['a%c', 'a/b/c', false],
    ['a%c', 'abc', true],
    ['a', 'a', true],
    ['a', 'A', false],
    ['', 'a', false],
    ['%%', 'a', true],
    ['*%', 'a/b', true],
    ['%*', 'a/b', true],
    ['inbox', 'INBOX', true],
    ['in%', 'INBOX', true],
    ['inbox/%', 'INBOX/x', true],
    ['inbox/X', 'INBOX/x', false],
    ['in*', 'inherit', true],
    ['IN*', 'inherit', false],
    ['ж%', 'жук', true],
  ];
  for (const [pattern, name, matches] of cases)
    assert.equal(matcher(pattern)(name), matches, `${pattern} ${name}`);
});

test('I35 a pattern of thousands of wildcards takes no longer than its length times the name', () => {
  const name = 'a'.repeat(250);
  const spent = effort();
  for (const pattern of [
    '*%'.repeat(20_000),
    `${'*a'.repeat(200)}b`,
    `${'%a'.repeat(200)}b`,
    'x*'.repeat(30_000),
  ])
    for (let round = 0; round < 20; round += 1) matcher(pattern)(name);
  assert.ok(spent() < 5000, 'no explosion');
  assert.ok(matcher('*%'.repeat(20_000))(name));
  assert.ok(!matcher(`${'*a'.repeat(200)}b`)(name));
});
