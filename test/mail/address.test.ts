import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_ADDRESSES } from '../../main/base/limits.ts';
import {
  domainOf,
  encodeAddress,
  encodeWords,
  formatAddress,
  isValidAddress,
  parseAddressList,
} from '../../main/mail/address.ts';
import { decodeWords } from '../../main/mail/words.ts';

describe('parseAddressList', () => {
  const cases: [string, [string, string][]][] = [
    ['a@b.c', [['', 'a@b.c']]],
    ['<a@b.c>', [['', 'a@b.c']]],
    ['Anna Belova <a@b.c>', [['Anna Belova', 'a@b.c']]],
    [
      '"Belova, Anna" <a@b.c>, c@d.e',
      [
        ['Belova, Anna', 'a@b.c'],
        ['', 'c@d.e'],
      ],
    ],
    ['Belova, Anna <a@b.c>', [['Belova, Anna', 'a@b.c']]],
    ['a@b.c (Anna)', [['Anna', 'a@b.c']]],
    ['Anna (office) <a@b.c>', [['Anna', 'a@b.c']]],
    ['undisclosed-recipients:;', []],
    [
      'Team: a@b.c, "X" <d@e.f>;, g@h.i',
      [
        ['', 'a@b.c'],
        ['X', 'd@e.f'],
        ['', 'g@h.i'],
      ],
    ],
    [
      'a@b.c; d@e.f',
      [
        ['', 'a@b.c'],
        ['', 'd@e.f'],
      ],
    ],
    ['<<a@b.c>>', [['', 'a@b.c']]],
    ['Anna <a@b.c', [['Anna', 'a@b.c']]],
    ['Anna a@b.c', [['Anna', 'a@b.c']]],
    ['"a@b.c" <a@b.c>', [['a@b.c', 'a@b.c']]],
    ['<@relay.x,@two.y:a@b.c>', [['', 'a@b.c']]],
    ['=?utf-8?Q?=D0=90=D0=BD=D0=BD=D0=B0=2C_=D0=91?= <a@b.c>', [['Анна, Б', 'a@b.c']]],
    ['=?utf-8?Q?Belova, Anna?= <a@b.c>', [['Belova, Anna', 'a@b.c']]],
    ['"=?utf-8?B?0JDQvdC90LA=?=" <a@b.c>', [['Анна', 'a@b.c']]],
    ['"a b"@c.d', [['', '"a b"@c.d']]],
    ['a @ b . c', [['', 'a@b.c']]],
    ['mailto:a@b.c', [['', 'a@b.c']]],
    ['"open <a@b.c>', [['"open', 'a@b.c']]],
    ['Anna (open <a@b.c>', [['Anna (open', 'a@b.c']]],
    ['root', [['', 'root']]],
    ['Just A Name', [['Just A Name', '']]],
    ['', []],
    [', ,;', []],
    ['\xc0\xed\xed\xe0 \xc1\xe5\xeb\xee\xe2\xe0 <a@b.c>', [['Анна Белова', 'a@b.c']]],
    ['\xd0\xb0@\xd0\xb1.\xd1\x80\xd1\x84', [['', 'а@б.рф']]],
    ["'a@b.c'", [['', 'a@b.c']]],
    ['A <a@b.c> B <d@e.f>', [['A B', 'a@b.c']]],
  ];
  for (const [raw, expected] of cases)
    it(JSON.stringify(raw), () =>
      assert.deepEqual(
        parseAddressList(raw).map((each) => [each.name, each.address]),
        expected,
      ),
    );
  it('stops at the limit', () => {
    assert.equal(parseAddressList('a@b.c,'.repeat(MAX_ADDRESSES)).length, MAX_ADDRESSES);
    assert.equal(parseAddressList('a@b.c,'.repeat(MAX_ADDRESSES + 5)).length, MAX_ADDRESSES);
  });
});

describe('writing addresses', () => {
  it('formats and reads back', () => {
    for (const address of [
      { name: '', address: 'a@b.c' },
      { name: 'Anna', address: 'a@b.c' },
      { name: 'Belova, "Anna" \\ x', address: 'a@b.c' },
    ])
      assert.deepEqual(parseAddressList(formatAddress(address)), [address]);
  });
  it('encodes for headers and reads back', () => {
    for (const name of ['Анна Белова', "O'Neil (x)", 'a "b"', '=?x?q?y?=', '😀'.repeat(40)]) {
      const encoded = encodeAddress({ name, address: 'a@b.c' });
      assert.match(encoded, /^[\x20-\x7e]+$/);
      assert.deepEqual(parseAddressList(encoded), [{ name, address: 'a@b.c' }]);
    }
  });
  it('never lets a value start a field', () => {
    assert.equal(
      encodeAddress({ name: 'x\r\nBcc: y', address: 'a@b.c\r\nBcc: d@e.f' }).includes('\n'),
      false,
    );
    for (const word of encodeWords('длинная тема письма '.repeat(20)).split(' '))
      assert.ok(word.length <= 75);
    assert.equal(decodeWords(encodeWords('длинная тема '.repeat(20))), 'длинная тема '.repeat(20));
  });
  it('judges addresses', () => {
    for (const good of [
      'a@b.c',
      'a+b@c.de',
      '"a b"@c.d',
      'a@[192.0.2.1]',
      'a@[IPv6:::1]',
      'почта@пример.рф',
      'a@localhost',
    ])
      assert.ok(isValidAddress(good), good);
    for (const bad of [
      '',
      'a',
      '@b',
      'a@',
      'a b@c',
      'a@b..c',
      '.a@b',
      'a@-b',
      `${'a'.repeat(65)}@b.c`,
      'a@b\n.c',
      'a@b@c',
    ])
      assert.ok(!isValidAddress(bad), bad);
    assert.equal(domainOf('A@B.Example'), 'b.example');
    assert.equal(domainOf('none'), '');
  });
});
