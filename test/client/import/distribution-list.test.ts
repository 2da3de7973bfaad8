/** Distribution lists of Outlook: members by their one-off entries, put together here as [MS-OXCDATA] 2.2.5.1 tells. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { membersOf } from '../../../main/client/import/outlook/distribution-list.ts';
import { groupOf } from '../../../main/client/import/outlook/person.ts';

const UID = Buffer.from('812b1fa4bea310199d6e00dd010f5402', 'hex');
const number = (value: number, octets: 2 | 4): Buffer => {
  const out = Buffer.alloc(octets);
  out.writeUIntLE(value, 0, octets);
  return out;
};

function oneOff(name: string, address: string, { wide = true, kind = 'SMTP' } = {}): Buffer {
  const text = (value: string): Buffer =>
    wide ? Buffer.from(`${value}\0`, 'utf16le') : Buffer.from([...Buffer.from(value, 'latin1'), 0]);
  return Buffer.concat([
    number(0, 4),
    UID,
    number(0, 2),
    number(wide ? 0x9001 : 0x1001, 2),
    ...[name, kind, address].map(text),
  ]);
}

/** A property of many octet strings. */
function many(entries: readonly Buffer[]): Buffer {
  let at = 4 + entries.length * 4;
  const begins = entries.map((each) => {
    at += each.length;
    return number(at - each.length, 4);
  });
  return Buffer.concat([number(entries.length, 4), ...begins, ...entries]);
}

const read = (...values: (Buffer | null)[]) =>
  membersOf(
    { value: (id) => values[id] ?? null },
    values.map((_, id) => id),
  );

test('members have their names and addresses, each once', () => {
  // A reference to a card, with the one-off entry in it.
  const wrapped = Buffer.concat([
    number(0, 4),
    Buffer.alloc(17, 0xc3),
    oneOff('', 'boris@x.example', { wide: false }),
  ]);
  assert.deepEqual(
    read(
      many([
        oneOff('Анна Ветрова', 'anna@x.example'),
        oneOff('Exchange', '/o=office/cn=petr', { kind: 'EX' }),
      ]),
      many([oneOff('Again', 'Anna@X.example'), wrapped, oneOff('c@x.example', 'c@x.example')]),
    ),
    [
      { name: 'Анна Ветрова', address: 'anna@x.example' },
      { name: '', address: 'boris@x.example' },
      { name: '', address: 'c@x.example' },
    ],
  );
});

test('damaged octets are nobody, and end', () => {
  const good = many([oneOff('Anna', 'anna@x.example'), oneOff('Boris', 'boris@x.example')]);
  for (let end = 0; end < good.length; end++) assert.ok(read(good.subarray(0, end)).length <= 2);
  const wild = Buffer.from(good);
  wild.writeUInt32LE(0xffff_ffff, 0);
  assert.deepEqual(read(wild, null), []);
  const astray = Buffer.from(good);
  astray.writeUInt32LE(0xffff_fff0, 4);
  assert.deepEqual(read(astray), []);
});

test('a list comes as a group, members with their names', () => {
  const { card, group } = groupOf({
    name: 'Сметчики',
    uid: 'pst-1',
    nickname: '',
    note: '',
    members: [{ name: 'Ветрова "А"', address: 'anna@x.example' }, 'boris@x.example', 'nobody'],
  });
  assert.equal(group, true);
  assert.deepEqual(card.split('\r\n').slice(3, -1), [
    'UID:urn:postroom:list:pst-1',
    'FN:Сметчики',
    'MEMBER;X-CN="Ветрова  А":mailto:anna@x.example',
    'MEMBER:mailto:boris@x.example',
  ]);
});
