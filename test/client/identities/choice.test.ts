import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseIdentity, type Sender, withoutTag } from '../../../main/client/identities/choice.ts';

const sender = (id: number, account: number, address: string, more: Partial<Sender> = {}): Sender => ({
  id,
  account,
  address,
  sends: true,
  main: false,
  ...more,
});
const identities = [
  sender(1, 10, 'olga@otd1.example', { main: true }),
  sender(2, 10, 'smeta@otd1.example'),
  sender(3, 20, 'olga@home.example', { main: true }),
  sender(4, 20, 'club+chess@home.example'),
  sender(5, 30, 'reads@only.example', { main: true, sends: false }),
];

const CASES: [name: string, input: Omit<Parameters<typeof chooseIdentity>[0], 'identities'>, id: number][] = [
  ['nothing is known: the first that can send', { recipients: [] }, 1],
  ['the account that is asked for', { account: 20, recipients: [] }, 3],
  ['the identity that is asked for', { identity: 2, recipients: ['olga@home.example'] }, 2],
  [
    'an identity of another account than the asked one is not meant',
    { account: 20, identity: 2, recipients: [] },
    3,
  ],
  ['the one the letter came to', { holder: 10, recipients: ['x@y.example', 'Smeta@otd1.example'] }, 2],
  [
    'the first field decides: Delivered-To stands before To',
    { holder: 10, recipients: ['smeta@otd1.example', 'olga@otd1.example'] },
    2,
  ],
  [
    'a tag is delivered to the address before it',
    { holder: 10, recipients: ['smeta+block4@otd1.example'] },
    2,
  ],
  [
    'an identity that has the tag itself comes first',
    { holder: 20, recipients: ['club+chess@home.example'] },
    4,
  ],
  [
    'the account that holds it goes before another that was written to',
    { holder: 20, recipients: ['olga@otd1.example', 'olga@home.example'] },
    3,
  ],
  [
    'in no account that holds it: any that was written to',
    { holder: 30, recipients: ['smeta@otd1.example'] },
    2,
  ],
  ['by a list: the main one of the account that holds it', { holder: 20, recipients: ['list@x.example'] }, 3],
  ['an account that only reads, asked for, is shown as it is', { account: 30, recipients: [] }, 5],
];

for (const [name, input, id] of CASES) {
  test(`identity: ${name}`, () => {
    assert.equal(chooseIdentity({ identities, ...input })?.id, id);
  });
}

test('identity: none at all', () => {
  assert.equal(chooseIdentity({ identities: [], recipients: [] }), undefined);
});

test('a tag ends at the @ and is not the whole name', () => {
  assert.deepEqual(['A+b+c@X', '+a@x', 'a@x+y'].map(withoutTag), ['a@x', '+a@x', 'a@x+y']);
});
