import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { canonicalDomain, parseMailbox } from '../../../main/server/directory/addresses.ts';
import type { Asker } from '../../../main/server/directory/directory.ts';
import { mayUse, routeOf } from '../../../main/server/directory/routes.ts';
import type { DirectoryRows, ListRow } from '../../../main/server/directory/rows.ts';
import { DirectoryView } from '../../../main/server/directory/view.ts';

const stranger: Asker = { sender: 'someone@elsewhere.example', personId: null };
const as = (personId: number): Asker => ({ sender: '', personId });

const person = (id: number, address: string, more: { disabled?: boolean; name?: string } = {}) => ({
  id,
  key: parseMailbox(address)!.key,
  address,
  name: more.name ?? '',
  disabled: more.disabled ?? false,
  quotaBytes: null,
  scram: true,
  legacy: false,
});
const alias = (address: string, ...to: string[]) => ({ key: parseMailbox(address)!.key, address, to });
const list = (id: number, address: string, members: string[], more: Partial<ListRow> = {}): ListRow => ({
  id,
  key: parseMailbox(address)!.key,
  address,
  name: '',
  who: 'anyone',
  members,
  owners: [],
  ...more,
});

const rows: DirectoryRows = {
  settings: { name: 'Office', hostname: 'mail.office.example' },
  domains: [
    { name: 'office.example', catchAll: null },
    { name: 'почта.рф', catchAll: 'Anna@office.example' },
  ],
  people: [
    person(1, 'Anna@office.example', { name: 'Anna  Petrova' }),
    person(2, 'boris@office.example', { name: 'Борис' }),
    person(3, 'gone@office.example', { disabled: true }),
    person(4, '"a b"@office.example'),
    person(5, 'Иван@почта.рф', { name: 'Иван' }),
    person(6, 'boris@почта.рф'),
    person(7, 'c++@office.example'),
  ],
  aliases: [
    alias('sales@office.example', 'anna@office.example'),
    alias('both@office.example', 'anna@OFFICE.example', 'sales@office.example', 'x@far.example'),
    alias('old@office.example', 'gone@office.example'),
    alias('typo@office.example', 'nobody@office.example'),
    alias('a@office.example', 'b@office.example'),
    alias('b@office.example', 'a@office.example'),
    alias('to-closed@office.example', 'closed@office.example'),
  ],
  lists: [
    list(1, 'all@office.example', ['all@office.example', 'staff@office.example', 'x@far.example']),
    list(2, 'staff@office.example', ['anna@office.example', 'boris@office.example', 'all@office.example'], {
      name: 'Staff',
      who: 'members',
      owners: ['иван@почта.рф'],
    }),
    list(3, 'closed@office.example', ['anna@office.example'], {
      who: 'owners',
      owners: ['sales@office.example', 'boss@far.example'],
    }),
    list(4, 'partners@office.example', ['x@far.example'], { who: 'members' }),
  ],
  grants: [{ person: 2, key: 'director@office.example', address: 'director@office.example' }],
};
const view = new DirectoryView(rows);
const route = (recipient: string, asker = stranger) => routeOf(view, recipient, asker);
const ids = (recipient: string, asker = stranger) => {
  const found = route(recipient, asker);
  return found.kind === 'local' ? found.targets.map(({ personId }) => personId) : found.kind;
};

describe('routes', () => {
  test('a person, in any case of name and domain, with a dot at the end', () => {
    for (const address of ['anna@office.example', 'ANNA@Office.Example', 'Anna@office.example.']) {
      assert.deepEqual(route(address), {
        kind: 'local',
        targets: [{ personId: 1, address: 'Anna@office.example', detail: null }],
        remote: [],
        list: null,
      });
    }
  });

  test('A-labels, U-labels and other cases of Cyrillic are one domain', () => {
    for (const address of [
      'иван@почта.рф',
      'ИВАН@ПОЧТА.РФ',
      'Иван@xn--80a1acny.xn--p1ai',
      'иван@Xn--80A1ACNY.xn--p1ai.',
    ])
      assert.deepEqual(ids(address), [5], address);
  });

  test('quoted local parts come without quotes or with them', () => {
    assert.deepEqual(ids('a b@office.example'), [4]);
    assert.deepEqual(ids('"a b"@office.example'), [4]);
    assert.deepEqual(ids('"anna"@office.example'), [1]);
  });

  test('S51 nothing in a local part makes a relay of us', () => {
    for (const address of [
      'user%far.example@office.example',
      'user@far.example@office.example',
      '"user@far.example"@office.example',
      '@far.example:user@office.example',
      'far.example!user@office.example',
      'user@',
      '@office.example',
      '',
      'anna',
      '<anna@office.example>',
    ])
      assert.equal(route(address).kind === 'remote' ? 'remote' : ids(address), 'unknown', address);
    // What is not ours is said to be so; whether it may be relayed is not the directory's to say.
    for (const [address, domain] of [
      ['@office.example:user@far.example', 'far.example'],
      ['anna@[127.0.0.1]', '[127.0.0.1]'],
      ['anna@office.example.evil.example', 'office.example.evil.example'],
      ['anna@sub.office.example', 'sub.office.example'],
    ] as const)
      assert.deepEqual(route(address), { kind: 'remote', domain }, address);
  });

  test('plus-addressing gives the detail as written; an exact name comes first', () => {
    const found = route('Anna+Счета+2@office.example');
    assert.ok(found.kind === 'local');
    assert.equal(found.targets[0]?.detail, 'Счета+2');
    const plain = route('anna+@office.example');
    assert.ok(plain.kind === 'local');
    assert.equal(plain.targets[0]?.detail, null);
    const exact = route('c++@office.example');
    assert.ok(exact.kind === 'local');
    assert.deepEqual(exact.targets, [{ personId: 7, address: 'c++@office.example', detail: null }]);
    const byAlias = route('sales+q3@office.example');
    assert.ok(byAlias.kind === 'local');
    assert.equal(byAlias.targets[0]?.detail, 'q3');
    assert.equal(ids('+anna@office.example'), 'unknown');
  });

  test('aliases reach everybody once, remote ones included', () => {
    const found = route('both@office.example');
    assert.ok(found.kind === 'local');
    assert.deepEqual(
      found.targets.map(({ personId }) => personId),
      [1],
    );
    assert.deepEqual(found.remote, ['x@far.example']);
  });

  test('unknown, disabled, and aliases that lead to them or to nowhere', () => {
    assert.equal(ids('nobody@office.example'), 'unknown');
    assert.equal(ids('gone@office.example'), 'disabled');
    assert.equal(ids('old@office.example'), 'disabled');
    assert.equal(ids('typo@office.example'), 'unknown');
    assert.equal(ids('a@office.example'), 'unknown');
  });

  test('a list in a list in itself ends, and each member is there once', () => {
    const found = route('all@office.example');
    assert.ok(found.kind === 'local');
    assert.deepEqual(
      found.targets.map(({ personId }) => personId),
      [1, 2],
    );
    assert.deepEqual(found.remote, ['x@far.example']);
    assert.deepEqual(found.list, { address: 'all@office.example', owners: [] });
  });

  test('a list for members: them, its owners, nobody else', () => {
    assert.equal(ids('staff@office.example'), 'not-allowed');
    assert.equal(ids('staff@office.example', { sender: '', personId: null }), 'not-allowed');
    assert.deepEqual(ids('staff@office.example', as(2)), [1, 2]);
    assert.deepEqual(ids('staff@office.example', as(5)), [1, 2], 'an owner');
    assert.equal(ids('staff@office.example', as(7)), 'not-allowed');
    // A member's sender without a sign-in: a trusted scanner; the protocols refuse it from elsewhere (rule S53).
    assert.deepEqual(ids('staff@office.example', { sender: 'Boris@office.example', personId: null }), [1, 2]);
    // Signed in as somebody else, the sender does not count.
    assert.equal(ids('staff@office.example', { sender: 'boris@office.example', personId: 7 }), 'not-allowed');
    // A remote member, by the sender alone.
    const partner = route('partners@office.example', { sender: 'X@far.example', personId: null });
    assert.ok(partner.kind === 'local');
    assert.deepEqual(partner.remote, ['x@far.example']);
  });

  test('a list for owners, one of them behind an alias; an alias before the list changes nothing', () => {
    assert.deepEqual(ids('closed@office.example', as(1)), [1]);
    assert.deepEqual(ids('to-closed@office.example', as(1)), [1]);
    assert.equal(ids('closed@office.example', as(2)), 'not-allowed');
    assert.equal(ids('to-closed@office.example', as(2)), 'not-allowed');
    assert.deepEqual(ids('closed@office.example', { sender: 'Boss@FAR.example', personId: null }), [1]);
  });

  test('catch-all takes what nobody has a name for, at its domain only, and never the disabled', () => {
    assert.deepEqual(ids('whoever@почта.рф'), [1]);
    assert.equal(ids('whoever@office.example'), 'unknown');
    const off = new DirectoryView({
      ...rows,
      domains: [{ name: 'office.example', catchAll: 'gone@office.example' }],
    });
    assert.deepEqual(routeOf(off, 'whoever@office.example', stranger), { kind: 'unknown' });
    assert.deepEqual(routeOf(off, 'gone@office.example', stranger), { kind: 'disabled' });
    const far = new DirectoryView({
      ...rows,
      domains: [{ name: 'office.example', catchAll: 'box@far.example' }],
    });
    const found = routeOf(far, 'whoever@office.example', stranger);
    assert.deepEqual(found.kind === 'local' && found.remote, ['box@far.example']);
  });

  test('S8 postmaster is always deliverable: alone, at every domain, in any case, disabled or not', () => {
    for (const address of [
      'postmaster',
      'PostMaster',
      'postmaster@office.example',
      'POSTMASTER@почта.рф',
      'postmaster+x@office.example',
    ])
      assert.deepEqual(ids(address), [1], address);
    const named = new DirectoryView({
      ...rows,
      people: [...rows.people, person(9, 'postmaster@office.example')],
    });
    assert.deepEqual(
      routeOf(named, 'postmaster', stranger),
      routeOf(named, 'postmaster@office.example', stranger),
    );
    const target = routeOf(named, 'postmaster@office.example', stranger);
    assert.deepEqual(target.kind === 'local' && target.targets.map(({ personId }) => personId), [9]);
    const disabled = new DirectoryView({
      ...rows,
      people: [...rows.people, person(9, 'postmaster@office.example', { disabled: true })],
    });
    const first = routeOf(disabled, 'postmaster@office.example', stranger);
    assert.deepEqual(first.kind === 'local' && first.targets.map(({ personId }) => personId), [1]);
    const configured = new DirectoryView({ ...rows, settings: { postmaster: 'boris@office.example' } });
    const chosen = routeOf(configured, 'postmaster', stranger);
    assert.deepEqual(chosen.kind === 'local' && chosen.targets.map(({ personId }) => personId), [2]);
    const closed = new DirectoryView({
      ...rows,
      lists: [list(9, 'postmaster@office.example', ['boris@office.example'], { who: 'members' })],
    });
    const open = routeOf(closed, 'postmaster@office.example', stranger);
    assert.deepEqual(open.kind === 'local' && open.targets.map(({ personId }) => personId), [1]);
    assert.deepEqual(routeOf(new DirectoryView({ ...rows, people: [] }), 'postmaster', stranger), {
      kind: 'unknown',
    });
  });

  test('300 recipients cost microseconds each', () => {
    const many = Array.from({ length: 300 }, (_, at) => person(at + 100, `person${at}@office.example`));
    const large = new DirectoryView({ ...rows, people: many, aliases: [], lists: [] });
    const started = process.cpuUsage();
    for (let round = 0; round < 30; round++)
      for (const { address } of many) routeOf(large, address, stranger);
    const { user } = process.cpuUsage(started);
    assert.ok(user / 9000 < 200, `${user / 9000} microseconds`);
  });
});

describe('who may send as whom', () => {
  test('S52 own address with or without detail, an alias of one alone, what was granted', () => {
    assert.ok(mayUse(view, 1, 'ANNA@office.example'));
    assert.ok(mayUse(view, 1, 'anna+shop@office.example'));
    assert.ok(mayUse(view, 1, 'sales@office.example'));
    assert.ok(mayUse(view, 2, 'Director@office.example'));
    for (const address of [
      'both@office.example',
      'closed@office.example',
      'boris@office.example',
      'x@far.example',
      '',
    ])
      assert.ok(!mayUse(view, 1, address), address);
    assert.ok(!mayUse(view, 2, 'sales@office.example'));
    assert.ok(!mayUse(view, 1, 'director@office.example'));
  });
});

describe('VRFY and EXPN', () => {
  test('S12 exact hits by local part, address and display name; the disabled are not told', () => {
    assert.deepEqual(view.verify('Anna'), [{ name: 'Anna  Petrova', address: 'Anna@office.example' }]);
    assert.deepEqual(view.verify('<anna@OFFICE.example>').length, 1);
    assert.deepEqual(view.verify('anna petrova').length, 1);
    assert.deepEqual(view.verify('"Anna Petrova"').length, 1);
    assert.deepEqual(
      view.verify('boris').map(({ address }) => address),
      ['boris@office.example', 'boris@почта.рф'],
    );
    assert.deepEqual(view.verify('sales'), [{ name: '', address: 'sales@office.example' }]);
    for (const text of ['gone', 'gone@office.example', 'ann', '', '*', 'petrova'])
      assert.deepEqual(view.verify(text), []);
  });

  test('S13 a list gives its members with names; a person is no list', () => {
    assert.deepEqual(view.expand('staff'), [
      { name: 'Anna  Petrova', address: 'Anna@office.example' },
      { name: 'Борис', address: 'boris@office.example' },
      { name: '', address: 'all@office.example' },
    ]);
    assert.deepEqual(view.expand('partners@office.example'), [{ name: '', address: 'x@far.example' }]);
    assert.equal(view.expand('anna'), undefined);
    assert.equal(view.expand(''), undefined);
  });
});

describe('domains', () => {
  test('are compared in one form', () => {
    for (const [written, canonical] of [
      ['Office.Example.', 'office.example'],
      ['xn--80a1acny.xn--p1ai', 'почта.рф'],
      ['ПОЧТА.РФ', 'почта.рф'],
      ['localhost', 'localhost'],
      ['[192.0.2.1]', '[192.0.2.1]'],
      ['10.1', '10.1'],
    ] as const)
      assert.equal(canonicalDomain(written), canonical, written);
    for (const none of [
      '',
      '.',
      '..',
      'a..b',
      'a b',
      'a%2eb',
      '[1',
      'xn--\u0000',
      'xn--.рф',
      'почта..рф',
      'почта.рф..',
      `${'a'.repeat(256)}`,
      'http://x',
      'x@y',
    ])
      assert.equal(canonicalDomain(none), undefined, none);
  });
});
