import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fault } from '../../../main/base/errors.ts';
import { IMAP_NESTING } from '../../../main/base/limits.ts';
import { Scanner } from '../../../main/server/imap/scanner.ts';
import { dateTimeText } from '../../../main/server/imap/times.ts';
import type { Segment } from '../../../main/server/imap/wire.ts';

/** `text` and, between each two texts, a literal. */
function scanner(text: string, ...more: [literal: string, text: string][]): Scanner {
  const segments: Segment[] = [];
  let before = text;
  for (const [literal, after] of more) {
    const octets = Buffer.from(literal, 'latin1');
    const announced = { size: octets.length, sync: true, binary: false };
    segments.push({ text: Buffer.from(before, 'latin1'), literal: announced, octets });
    before = after;
  }
  segments.push({ text: Buffer.from(before, 'latin1'), literal: null, octets: null });
  return new Scanner(segments);
}

const syntax = (thrown: unknown) => thrown instanceof Fault && thrown.kind === 'syntax';

test('I1 tags: any ASTRING-CHAR but +', () => {
  for (const tag of ['a1', 'A.1-x', 'a]', '#!$&', '00']) assert.equal(scanner(`${tag} NOOP`).tag(), tag);
  for (const text of ['+ x', '', ' a', '"a"', '(a', '{3}', '%', '*', '\\a', '\x80', '\x7f'])
    assert.throws(() => scanner(text).tag(), syntax, text);
  assert.equal(scanner('a+b NOOP').tag(), 'a');
});

test('astring: atom, quoted string, literal', () => {
  assert.equal(scanner('a]b+c d').astring(), 'a]b+c');
  assert.equal(scanner('"a \\" b \\\\"').astring(), 'a " b \\');
  assert.equal(scanner('""').astring(), '');
  assert.equal(scanner('', ['two\r\nlines', '']).astring(), 'two\r\nlines');
  assert.equal(scanner('"\xd0\xb6"').astring(), 'ж');
  for (const text of ['', ' a', '"a', '"a\\', '"a\\b"', '(', '"\xff"', '\x80'])
    assert.throws(() => scanner(text).astring(), syntax, text);
});

test('nstring: NIL in any case, and a string that says NIL', () => {
  assert.equal(scanner('nil').nstring(), null);
  assert.equal(scanner('"NIL"').nstring(), 'NIL');
  assert.equal(scanner('', ['NIL', '']).nstring(), 'NIL');
  assert.throws(() => scanner('NILS').nstring(), syntax);
});

test('literals stand where a string may stand, several in a command', () => {
  const it = scanner('x ', ['one', ' '], ['', ' ('], ['three', ')']);
  assert.equal(it.atom(), 'x');
  it.space();
  assert.ok(it.atLiteral);
  assert.ok(!it.atEnd);
  assert.equal(it.astring(), 'one');
  it.space();
  assert.equal(it.string(), '');
  it.space();
  assert.deepEqual(
    it.list(() => it.string()),
    ['three'],
  );
  it.end();
});

test('numbers', () => {
  assert.equal(scanner('0').number(), 0);
  assert.equal(scanner('4294967295').number(), 4294967295);
  assert.equal(scanner('9007199254740993').number64(), Number.MAX_SAFE_INTEGER);
  assert.equal(scanner('0').number64(), 0);
  for (const text of ['', 'x', '-1', '4294967296', '9'.repeat(30)])
    assert.throws(() => scanner(text).number(), syntax, text);
  assert.throws(() => scanner('0').nzNumber(), syntax);
});

test('I56 sequence sets: reversed, star, duplicates, dollar; broken ones are BAD', () => {
  const star = Number.POSITIVE_INFINITY;
  assert.deepEqual(scanner('5:2,*,3:*,7').sequenceSet(), [
    [5, 2],
    [star, star],
    [3, star],
    [7, 7],
  ]);
  assert.equal(scanner('$').sequenceSet(), '$');
  for (const text of ['', '0', '1:', ':1', '1,', ',1', '1::2', '4294967296', '1:0', '**', '$1', '1:$', 'x'])
    assert.throws(() => scanner(text).sequenceSet(), syntax, text);
});

test('lists: one space between, empty only where allowed, I71 nesting of 50', () => {
  const it = scanner('(a b c)');
  assert.deepEqual(
    it.list(() => it.atom()),
    ['a', 'b', 'c'],
  );
  const empty = scanner('()');
  assert.deepEqual(
    empty.list(() => empty.atom(), { empty: true }),
    [],
  );
  for (const text of ['()', '(a', '(a  b)', '( a)', '(a )', 'a)']) {
    const broken = scanner(text);
    assert.throws(() => broken.list(() => broken.atom()), syntax, text);
  }
  const nest = (depth: number) => {
    const deep = scanner('('.repeat(depth) + ')'.repeat(depth));
    for (let at = 0; at < depth; at += 1) deep.open();
    for (let at = 0; at < depth; at += 1) deep.close();
    deep.end();
  };
  nest(IMAP_NESTING);
  assert.throws(() => nest(IMAP_NESTING + 1), syntax);
});

test('flags and dates', () => {
  assert.equal(scanner('\\Seen').flag(), '\\Seen');
  assert.equal(scanner('$Junk').flag(), '$Junk');
  assert.throws(() => scanner('\\').flag(), syntax);
  assert.equal(scanner('1-Feb-1994').date(), Date.UTC(1994, 1, 1) / 86_400_000);
  assert.equal(scanner('"01-feb-1994"').date(), Date.UTC(1994, 1, 1) / 86_400_000);
  for (const text of ['31-Feb-1994', '1-Foo-1994', '1-Feb-94', '0-Feb-1994', '1 Feb 1994'])
    assert.throws(() => scanner(text).date(), syntax, text);
});

test('I55 date-time both ways, the day padded with a space', () => {
  const text = '" 7-Feb-1994 21:52:25 -0830"';
  const time = scanner(text).dateTime();
  assert.deepEqual(time, { ms: Date.UTC(1994, 1, 8, 6, 22, 25), zone: -510 });
  assert.equal(dateTimeText(time.ms, time.zone), text);
  assert.equal(dateTimeText(Date.UTC(2026, 10, 20, 7), 180), '"20-Nov-2026 10:00:00 +0300"');
  for (const broken of [
    '7-Feb-1994 21:52:25 -0830',
    '"7-Feb-1994 21:52:25 -0830"',
    '"07-Feb-1994 24:00:00 +0000"',
  ])
    assert.throws(() => scanner(broken).dateTime(), syntax, broken);
});
