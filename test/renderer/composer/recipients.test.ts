import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type AddressProblem,
  addressProblem,
  houseOf,
  ownHouses,
  readRecipients,
  splitAddresses,
  standingOf,
  writeRecipient,
} from '../../../renderer/views/composer/recipients.ts';

const nobody: ReadonlySet<string> = new Set();

const pasted: [what: string, text: string, expected: string[][]][] = [
  ['one address', 'a@b.org', [['', 'a@b.org']]],
  ['a name in angle brackets', 'Olga Belova <o@b.org>', [['Olga Belova', 'o@b.org']]],
  [
    'a quoted name with a comma',
    '"Belova, Olga" <o@b.org>, x@y.org',
    [
      ['Belova, Olga', 'o@b.org'],
      ['', 'x@y.org'],
    ],
  ],
  ['a quoted name with a quote', '"A \\"B\\" C" <o@b.org>', [['A "B" C', 'o@b.org']]],
  ['a comment as a name', 'o@b.org (Olga)', [['Olga', 'o@b.org']]],
  [
    'semicolons of Outlook',
    'A <a@b.org>; B <b@b.org>;',
    [
      ['A', 'a@b.org'],
      ['B', 'b@b.org'],
    ],
  ],
  [
    'a column of a table',
    'a@b.org\r\nb@b.org\n\nc@b.org',
    [
      ['', 'a@b.org'],
      ['', 'b@b.org'],
      ['', 'c@b.org'],
    ],
  ],
  [
    'two columns',
    'Ольга Белова\to@b.org',
    [
      ['', 'Ольга Белова'],
      ['', 'o@b.org'],
    ],
  ],
  ['a name and an address with a space', 'Ольга Белова o@b.org', [['Ольга Белова', 'o@b.org']]],
  [
    'addresses parted by spaces',
    'a@b.org b@b.org',
    [
      ['', 'a@b.org'],
      ['', 'b@b.org'],
    ],
  ],
  ['a link', 'mailto:a@b.org', [['', 'a@b.org']]],
  ['doubles in another case', 'a@b.org, A@B.org', [['', 'a@b.org']]],
  ['a name equal to the address', 'a@b.org <a@b.org>', [['', 'a@b.org']]],
  ['nothing', ' ,; \n', []],
];

for (const [what, text, expected] of pasted) {
  test(`paste: ${what}`, () => {
    assert.deepEqual(
      readRecipients(text).map((each) => [each.name, each.address]),
      expected,
    );
  });
}

test('a line break ends an address inside an unclosed quote', () => {
  assert.deepEqual(splitAddresses('"Olga <o@b.org>\nx@y.org'), ['"Olga <o@b.org>', 'x@y.org']);
});

test('what cannot be read stays as a recipient that is seen', () => {
  assert.deepEqual(readRecipients('somebody, a@b.org'), [
    { name: '', address: 'somebody' },
    { name: '', address: 'a@b.org' },
  ]);
});

const addresses: [string, AddressProblem | null][] = [
  ['a@b.org', null],
  ['почта@офис.рф', null],
  ["o'hara+tag@b-c.org", null],
  ['"a b"@c.org', null],
  ['a@[192.168.0.1]', null],
  ['a@[IPv6:fe80::1]', null],
  ['root@localhost', null],
  ['', 'empty'],
  ['somebody', 'no-at'],
  ['@b.org', 'no-user'],
  ['a@', 'no-domain'],
  ['a@gmail', 'no-domain'],
  ['a@b@c.org', 'two-ats'],
  ['a b@c.org', 'space'],
  ['a@b,org', 'character'],
  ['a<b@c.org', 'character'],
  ['a@-b.org', 'character'],
  ['a@b..org', 'dots'],
  ['.a@b.org', 'dots'],
  ['a@b.org.', 'dots'],
];

for (const [address, expected] of addresses) {
  test(`address ${JSON.stringify(address)}: ${expected ?? 'fine'}`, () => {
    assert.equal(addressProblem(address, nobody), expected);
  });
}

test('a single label is a domain where it is the own one', () => {
  assert.equal(addressProblem('anna@office', new Set(['office'])), null);
  assert.equal(addressProblem('anna@office', nobody), 'no-domain');
});

test('departments of one office are one house, shared second levels are not', () => {
  assert.equal(houseOf('otd1.constr.org'), houseOf('OTD3.constr.org'));
  assert.notEqual(houseOf('a.com.ru'), houseOf('b.com.ru'));
  assert.equal(houseOf('mail.a.com.ru'), 'a.com.ru');
  assert.equal(houseOf('office'), 'office');
});

test('inside, outside, and nobody is outside without an office', () => {
  const houses = ownHouses(['o.belova@otd1.constr.org', 'me@gmail.com']);
  const standing = (address: string, known = houses) => standingOf({ name: '', address }, known, nobody);
  assert.equal(standing('p@otd2.constr.org'), 'inside');
  assert.equal(standing('p@beton.example'), 'outside');
  assert.equal(standing('p@gmail.com'), 'outside');
  assert.equal(standing('p'), 'invalid');
  assert.equal(standing('p@beton.example', ownHouses(['me@gmail.com'])), 'inside');
});

test('a recipient is written so that it reads back', () => {
  for (const name of ['', 'Olga Belova', 'Белова, Ольга', 'A "B" \\ C', 'x@y', 'a;b']) {
    const recipient = { name, address: 'o@b.org' };
    assert.deepEqual(readRecipients(writeRecipient(recipient)), [recipient], name);
  }
});
