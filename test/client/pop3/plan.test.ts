import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { likenessOf, matchLetters, schemeChanged } from '../../../main/client/pop3/match.ts';
import { type KnownLetter, type Listed, planMaildrop } from '../../../main/client/pop3/plan.ts';
import type { Pop3Policy } from '../../../main/contract/mail/accounts.ts';
import { readHeader } from '../../../main/mail/header.ts';
import { POLICY } from './harness.ts';

const NOW = Date.UTC(2026, 10, 21);
const DAY = 86_400_000;

const line = (uidl: string, more: Partial<KnownLetter> = {}): KnownLetter => ({
  uidl,
  octets: 1000,
  state: 'whole',
  mark: null,
  firstSeen: NOW - 10 * DAY,
  failures: 0,
  tried: 0,
  missingSince: null,
  message: 1,
  likeness: `like ${uidl}`,
  ...more,
});
const known = (...lines: KnownLetter[]) =>
  new Map(lines.map((each): [string, KnownLetter] => [each.uidl, each]));
const listed = (...letters: (string | [string, number])[]): Listed[] =>
  letters.map((each, n) => {
    const [uidl, octets] = typeof each === 'string' ? [each, 1000] : each;
    return { n: n + 1, uidl, octets };
  });

/** What a plan does with a single letter "a". */
function steps(policy: Partial<Pop3Policy>, row?: Partial<KnownLetter>, octets = 1000): string {
  const plan = planMaildrop({
    listed: listed(['a', octets]),
    known: row ? known(line('a', row)) : known(),
    policy: { ...POLICY, ...policy },
    now: NOW,
    largest: 1_000_000,
  });
  const said = [
    plan.fetch.length > 0 ? 'fetch' : '',
    plan.headers.length > 0 ? 'header' : '',
    plan.remove.length > 0 ? 'remove' : '',
    ...plan.skipped.map((each) => each.reason),
  ];
  return said.filter((each) => each !== '').join(' ') || 'nothing';
}

describe('the plan of a maildrop', () => {
  const cases: [
    what: string,
    policy: Partial<Pop3Policy>,
    row: Partial<KnownLetter> | undefined,
    octets: number,
    wanted: string,
  ][] = [
    ['a new letter', {}, undefined, 1000, 'fetch'],
    ['a new letter that does not stay', { leave: 'never' }, undefined, 1000, 'fetch remove'],
    ['headers of all', { headersAbove: 0 }, undefined, 1, 'header'],
    ['headers never leave by themselves', { headersAbove: 0, leave: 'never' }, undefined, 1000, 'header'],
    ['at the threshold', { headersAbove: 50 }, undefined, 50 * 1024, 'fetch'],
    ['over the threshold', { headersAbove: 50 }, undefined, 50 * 1024 + 1, 'header'],
    ['a known header rests', { leave: 'never' }, { state: 'header' }, 1000, 'nothing'],
    ['marked to be fetched', { headersAbove: 0 }, { state: 'header', mark: 'fetch' }, 1000, 'fetch'],
    [
      'marked to be fetched, does not stay',
      { leave: 'never' },
      { state: 'header', mark: 'fetch' },
      1000,
      'fetch remove',
    ],
    ['marked to be deleted', { leave: 'always' }, { state: 'header', mark: 'delete' }, 1000, 'remove'],
    ['marked to be kept', { leave: 'never' }, { state: 'whole', mark: 'keep' }, 1000, 'nothing'],
    ['whole, stays for ever', { leave: 'always' }, {}, 1000, 'nothing'],
    ['whole, does not stay', { leave: 'never' }, {}, 1000, 'remove'],
    ['whole, too young', { leave: 'days', days: 11 }, {}, 1000, 'nothing'],
    ['whole, old enough', { leave: 'days', days: 10 }, {}, 1000, 'remove'],
    [
      'erased, stays until then',
      { leave: 'until-deleted' },
      { state: 'erased', message: null },
      1000,
      'remove',
    ],
    ['whole, stays until erased', { leave: 'until-deleted' }, {}, 1000, 'nothing'],
    ['erased, stays for ever', { leave: 'always' }, { state: 'erased', message: null }, 1000, 'nothing'],
    [
      'erased, goes with it',
      { leave: 'always', deleteFromTrash: true },
      { state: 'erased', message: null },
      1000,
      'remove',
    ],
    ['too large', {}, undefined, 1_000_001, 'too-large'],
    ['as large as can be', {}, undefined, 1_000_000, 'fetch'],
    ['refused twice', {}, { state: 'failed', failures: 2, tried: NOW }, 1000, 'fetch'],
    [
      'refused three times today',
      {},
      { state: 'failed', failures: 3, tried: NOW - DAY + 1 },
      1000,
      'refused-before',
    ],
    ['refused three times yesterday', {}, { state: 'failed', failures: 3, tried: NOW - DAY }, 1000, 'fetch'],
    [
      'refused, and does not stay',
      { leave: 'never' },
      { state: 'failed', failures: 3, tried: NOW },
      1000,
      'refused-before',
    ],
  ];
  for (const [what, policy, row, octets, wanted] of cases) {
    it(`${what}: ${wanted}`, () => assert.equal(steps(policy, row, octets), wanted));
  }

  it('copies under one unique-id: one is fetched, all are removed', () => {
    const policy = { ...POLICY, leave: 'never' as const };
    const plan = planMaildrop({
      listed: listed('a', 'a', 'b'),
      known: known(),
      policy,
      now: NOW,
      largest: 1e9,
    });
    assert.deepEqual(
      [plan.fetch.map((each) => each.n), plan.remove.map((each) => each.n)],
      [
        [3, 2],
        [3, 2, 1],
      ],
    );
  });

  it('what the server lists again, and no more', () => {
    const rows = known(line('a', { missingSince: NOW - DAY }), line('b'), line('c', { missingSince: NOW }));
    const plan = planMaildrop({ listed: listed('a'), known: rows, policy: POLICY, now: NOW, largest: 1e9 });
    assert.deepEqual([plan.back, plan.missing], [['a'], ['b']]);
  });
});

describe('letters known again', () => {
  it('doubts unique-ids when most have vanished and as many have come', () => {
    const five = known(...['a', 'b', 'c', 'd', 'e'].map((each) => line(each)));
    const changed = (...names: string[]) => schemeChanged(listed(...names), five);
    assert.equal(changed('v', 'w', 'x', 'y', 'z'), true);
    assert.equal(changed('a', 'b', 'x', 'y', 'z'), true);
    assert.equal(changed('a', 'b', 'c', 'd', 'e', 'f', 'g'), false, 'new letters');
    assert.equal(changed('a'), false, 'removed elsewhere');
    assert.equal(changed(), false);
    assert.equal(changed('a', 'b', 'c', 'y', 'z'), false, 'a usual day');
    assert.equal(schemeChanged(listed('x'), known()), false, 'the first time');
  });

  it('pairs by likeness and size, then by likeness and nearly the size, and never by less', () => {
    const rows = known(
      line('a', { likeness: 'one', octets: 5000 }),
      line('b', { likeness: 'one', octets: 9000 }),
      line('c', { likeness: 'two', octets: 5000 }),
      line('d', { likeness: 'three', octets: 5000 }),
      line('e', { likeness: '' }),
    );
    const there = [
      { n: 1, uidl: 'v', octets: 9000, likeness: 'one' },
      { n: 2, uidl: 'w', octets: 5000, likeness: 'one' },
      { n: 3, uidl: 'x', octets: 5100, likeness: 'two' },
      { n: 4, uidl: 'y', octets: 9000, likeness: 'three' },
      { n: 5, uidl: 'z', octets: 1000, likeness: '' },
    ];
    assert.deepEqual(matchLetters(there, rows), [
      { from: 'b', to: 'v' },
      { from: 'a', to: 'w' },
      { from: 'c', to: 'x' },
    ]);
  });

  it('a header is like its letter, whatever the lines were folded to, and unlike others', () => {
    const letter = Buffer.from(
      'Received: x\r\nMessage-ID:\r\n <a@b>\r\nDate: Fri, 20 Nov 2026 10:00:00 +0000\r\n\r\nMessage-ID: <no>\r\n',
    );
    const head = Buffer.from('Status: RO\nMessage-ID: <a@b>\nDate: Fri, 20 Nov 2026  10:00:00 +0000\n\n');
    const other = Buffer.from('Message-ID: <a@b>\nDate: Sat, 21 Nov 2026 10:00:00 +0000\n\n');
    const likeness = (octets: Buffer) => likenessOf(readHeader(octets, 0, octets.length).fields);
    assert.equal(likeness(letter), likeness(head));
    assert.notEqual(likeness(letter), likeness(other));
    const nameless = (subject: string) => likeness(Buffer.from(`Subject: ${subject}\r\n\r\n`));
    assert.notEqual(nameless('a'), nameless('b'));
  });
});
