/** Paths, parameters and replies alone (protocol rules S5-S7, S21, S22). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  decodeXtext,
  parseMailbox,
  parsePathCommand,
  plainAddress,
  wireAddress,
} from '../../../main/server/smtp/path.ts';
import { reply, wireText } from '../../../main/server/smtp/replies.ts';

const KNOWN = new Set(['SIZE', 'BODY']);

function parse(text: string, side: 'sender' | 'recipient' = 'recipient'): string {
  const parsed = parsePathCommand(text, side, KNOWN);
  if (!parsed.ok) return `${parsed.reply.code} ${parsed.reply.status}`;
  const { path, parameters } = parsed.value;
  const words = [...parameters].map(([key, value]) => (value === null ? key : `${key}=${value}`));
  return [path.mailbox ? plainAddress(path.mailbox) : '<>', ...words].join(' ');
}

describe('S5, S6 what a path is', () => {
  const table: [text: string, side: 'sender' | 'recipient', expected: string][] = [
    ['<a@b>', 'sender', 'a@b'],
    [' <a@b>', 'sender', 'a@b'],
    ['<>', 'sender', '<>'],
    ['<>', 'recipient', '501 5.1.3'],
    ['a@b', 'sender', '501 5.1.7'],
    ['<a@b', 'sender', '501 5.1.7'],
    ['<a@b>x', 'sender', '501 5.1.7'],
    ['<<a@b>>', 'sender', '501 5.1.7'],
    ['', 'sender', '501 5.1.7'],
    ['<@x,@y.z:u@d>', 'recipient', 'u@d'],
    ['<@x:u@d>', 'sender', 'u@d'],
    ['<"a b"@d>', 'recipient', 'a b@d'],
    ['<"a@b"@d>', 'recipient', 'a@b@d'],
    ['<"a\\"b\\\\"@d>', 'recipient', 'a"b\\@d'],
    ['<"a>b"@d>', 'recipient', 'a>b@d'],
    ['<""@d>', 'recipient', '501 5.1.3'],
    ['<"a\u0001"@d>', 'recipient', '501 5.1.3'],
    ['<a b@d>', 'recipient', '501 5.1.3'],
    ['<a..b@d>', 'recipient', '501 5.1.3'],
    ['<.a@d>', 'recipient', '501 5.1.3'],
    ['<a@>', 'recipient', '501 5.1.3'],
    ['<@d>', 'recipient', '501 5.1.3'],
    ['<a>', 'recipient', '501 5.1.3'],
    ['<a@b@c>', 'recipient', '501 5.1.3'],
    ['<a@-b>', 'recipient', '501 5.1.3'],
    ['<a@b..c>', 'recipient', '501 5.1.3'],
    ['<a@b.>', 'recipient', 'a@b'],
    ['<a@[192.0.2.1]>', 'recipient', 'a@[192.0.2.1]'],
    ['<a@[IPv6:2001:db8::1]>', 'recipient', 'a@[IPv6:2001:db8::1]'],
    ['<a@[192.0.2.256]>', 'recipient', '501 5.1.3'],
    ['<a@[2001:db8::1]>', 'recipient', '501 5.1.3'],
    ['<a@[]>', 'recipient', '501 5.1.3'],
    ['<Postmaster>', 'recipient', 'Postmaster'],
    ['<Postmaster>', 'sender', '501 5.1.7'],
    ['<пётр@почта.рф>', 'recipient', 'пётр@почта.рф'],
    ["<a+b=c/d!#$%&'*?^_`{|}~@d>", 'recipient', "a+b=c/d!#$%&'*?^_`{|}~@d"],
  ];
  for (const [text, side, expected] of table) {
    test(`${side} ${text} -> ${expected}`, () => assert.equal(parse(text, side), expected));
  }
});

describe('S7 parameters', () => {
  const table: [text: string, expected: string][] = [
    ['<a@b> SIZE=1', 'a@b SIZE=1'],
    ['<a@b>  size=1\tBody=7BIT ', 'a@b SIZE=1 BODY=7BIT'],
    ['<a@b> SIZE', 'a@b SIZE'],
    ['<a@b> SIZE=', '501 5.5.4'],
    ['<a@b> SIZE=1 SIZE=1', '501 5.5.4'],
    ['<a@b> SIZE=1=2', '501 5.5.4'],
    ['<a@b> X=1', '555 5.5.4'],
    ['<a@b> =1', '555 5.5.4'],
    ['<a@b> -=1', '555 5.5.4'],
  ];
  for (const [text, expected] of table) {
    test(`S7 ${text} -> ${expected}`, () => assert.equal(parse(text), expected));
  }

  test('S7 xtext', () => {
    assert.equal(decodeXtext('a+2Bb+3D'), 'a+b=');
    for (const wrong of ['a+2b', 'a+', 'a=b', 'a b', '+0D+0A']) assert.equal(decodeXtext(wrong), undefined);
  });
});

describe('S21 lengths', () => {
  const domain = `${'d'.repeat(60)}.${'e'.repeat(60)}.${'f'.repeat(60)}`;
  const address = (length: number) => `${'l'.repeat(length - domain.length - 1)}@${domain}`;

  test('S21 an address of 254 octets passes on both sides, one of 255 does not', () => {
    assert.equal(parse(`<${address(246)}>`), address(246));
    assert.equal(parse(`<${address(254)}>`, 'sender'), address(254));
    assert.equal(parse(`<${address(255)}>`, 'sender'), '501 5.1.7');
    const fits = `${'l'.repeat(62)}@${domain}.${'g'.repeat(8)}`;
    assert.equal(Buffer.byteLength(fits), 254);
    assert.equal(parse(`<${fits}>`), fits);
    assert.equal(parse(`<x${fits}>`), '501 5.1.3');
  });

  test('S21 a local part of 64 octets, a longer one only for a sender', () => {
    assert.equal(parse(`<${'l'.repeat(64)}@d>`), `${'l'.repeat(64)}@d`);
    assert.equal(parse(`<${'l'.repeat(65)}@d>`), '501 5.1.3');
    assert.equal(parse(`<${'l'.repeat(65)}@d>`, 'sender'), `${'l'.repeat(65)}@d`);
  });
});

test('S6 an address is written with quotes where it needs them', () => {
  for (const written of ['a.b@d', '"a b"@d', '"a@b"@d', '"a\\"b"@d', 'пётр@d', '"a..b"@d']) {
    const mailbox = parseMailbox(written);
    assert.ok(mailbox, written);
    assert.equal(wireAddress(mailbox), written);
  }
});

test('S22 no reply line is longer than 512 octets, no text can end a line', () => {
  const lines = wireText(reply(250, '2.0.0', `${'ж'.repeat(600)}\r\n250 injected`, 'end')).split('\r\n');
  assert.equal(lines.pop(), '');
  assert.ok(lines.length > 3);
  for (const [index, line] of lines.entries()) {
    assert.ok(Buffer.byteLength(line) + 2 <= 512);
    assert.ok(line.startsWith(index === lines.length - 1 ? '250 2.0.0 ' : '250-2.0.0 '), line);
  }
  assert.equal(wireText(reply(354, null, 'Go')), '354 Go\r\n');
});
