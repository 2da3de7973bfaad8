import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openSecretBox } from '../../../main/server/directory/secret-box.ts';
import { DOMAIN, officeFolder, openTestOffice } from '../../kit/office-directory.ts';

const at = (local: string) => `${local}@${DOMAIN}`;
const stranger = { sender: '', personId: null };
const refused =
  (code: string, detail: Record<string, unknown> = {}) =>
  (failure: unknown) => {
    const fault = failure as { kind: string; code: string; detail: Record<string, unknown> };
    assert.equal(fault.code, code);
    assert.equal(fault.kind, 'user');
    for (const [name, value] of Object.entries(detail)) assert.deepEqual(fault.detail[name], value);
    return true;
  };

describe('the directory on the store', () => {
  test('a change counts for the next question, and is there after a restart', async (t) => {
    const dir = officeFolder(t);
    const office = await openTestOffice(t, { dir });
    const { admin, directory } = office;
    assert.deepEqual(await directory.route(at('petrov'), stranger), { kind: 'unknown' });
    const petrov = await admin.addPerson({ address: at('Petrov'), name: 'Inav Petrov', password: 'secret' });
    assert.equal((await directory.route(at('petrov'), stranger)).kind, 'local');
    assert.deepEqual(await directory.verify('petrov'), [{ name: 'Inav Petrov', address: at('Petrov') }]);
    await admin.changePerson(at('petrov'), { disabled: true });
    assert.equal((await directory.route(at('petrov'), stranger)).kind, 'disabled');
    await admin.changePerson(at('petrov'), { disabled: false, quotaBytes: 1000, name: 'Пётр' });
    await admin.putAliases([{ address: at('chief'), to: [at('petrov')] }], 'add');
    await admin.grant(at('petrov'), 'board@elsewhere.example', true);
    await office.store.close();

    const again = await openTestOffice(t, { dir });
    assert.deepEqual(await again.directory.person(petrov.id), {
      id: petrov.id,
      address: at('Petrov'),
      name: 'Пётр',
      disabled: false,
      quotaBytes: 1000,
      legacySecret: false,
    });
    assert.ok(await again.directory.mayUse(petrov.id, at('chief')));
    assert.ok(await again.directory.mayUse(petrov.id, 'board@elsewhere.example'));
    assert.deepEqual(await again.directory.office(), {
      name: 'Department 2',
      hostname: DOMAIN,
      domains: [DOMAIN],
    });
    assert.ok(await again.directory.isLocal(`${DOMAIN.toUpperCase()}.`));
    assert.equal((await again.directory.personByAddress(at('PETROV')))?.id, petrov.id);
    assert.equal(await again.directory.personByAddress(at('chief')), undefined);
  });

  test('an address is used once, whatever for and however it is written', async (t) => {
    const { admin } = await openTestOffice(t);
    await admin.addPerson({ address: at('anna'), password: 'one' });
    await admin.putAliases([{ address: at('sales'), to: [at('anna')] }], 'add');
    await admin.putLists(
      [{ address: at('all'), name: '', who: 'anyone', members: [at('anna')], owners: [] }],
      'add',
    );
    const taken = [
      ['ANNA', 'person'],
      ['Sales', 'alias'],
      ['aLL', 'list'],
    ] as const;
    for (const [local, holder] of taken) {
      const check = refused('duplicate-address', { address: at(local), holder });
      await assert.rejects(admin.addPerson({ address: at(local), password: 'two' }), check);
      await assert.rejects(admin.putAliases([{ address: at(local), to: ['x@far.example'] }], 'add'), check);
      await assert.rejects(
        admin.putLists(
          [{ address: at(local), name: '', who: 'anyone', members: ['x@far.example'], owners: [] }],
          'add',
        ),
        check,
      );
    }
    await assert.rejects(
      admin.putAliases([{ address: at('anna'), to: ['x@far.example'] }], 'put'),
      refused('duplicate-address'),
    );
    await admin.addPerson({ address: at('boris'), password: 'two' });
    await assert.rejects(
      admin.changePerson(at('boris'), { address: at('sales') }),
      refused('duplicate-address'),
    );
    await admin.changePerson(at('boris'), { address: at('Boris') });
    assert.deepEqual(
      (await admin.people()).map(({ address }) => address),
      [at('anna'), at('Boris')],
    );
  });

  test('every refusal says what is wrong', async (t) => {
    const { admin } = await openTestOffice(t);
    await admin.addPerson({ address: at('anna'), password: 'one' });
    await assert.rejects(
      admin.addPerson({ address: 'x@far.example', password: 'p' }),
      refused('unknown-domain', { domain: 'far.example' }),
    );
    for (const address of ['anna', 'a b@c', `@${DOMAIN}`, at(''), at('a..b'), 'a@[127.0.0.1]'])
      await assert.rejects(admin.addPerson({ address, password: 'p' }), refused('bad-address', { address }));
    for (const password of ['', 'a\0b', 'x'.repeat(1001)])
      await assert.rejects(admin.addPerson({ address: at('new'), password }), refused('bad-password'));
    await assert.rejects(
      admin.putAliases([{ address: at('x'), to: [] }], 'add'),
      refused('alias-without-target'),
    );
    await assert.rejects(admin.putAliases([{ address: at('x'), to: ['no'] }], 'add'), refused('bad-address'));
    await assert.rejects(
      admin.putAliases([{ address: at('x'), to: [at('X')] }], 'add'),
      refused('alias-loop'),
    );
    const list = { address: at('l'), name: '', who: 'anyone', members: [at('anna')], owners: [] } as const;
    await assert.rejects(admin.putLists([{ ...list, members: [] }], 'add'), refused('list-without-members'));
    await assert.rejects(admin.putLists([{ ...list, who: 'owners' }], 'add'), refused('list-without-owners'));
    await assert.rejects(admin.putLists([list], 'change'), refused('no-such-address'));
    await assert.rejects(admin.removeAlias(at('nothing')), refused('no-such-address'));
    await assert.rejects(admin.removeList(at('nothing')), refused('no-such-address'));
    await assert.rejects(admin.removePerson(at('nobody')), refused('no-such-address'));
    await assert.rejects(admin.changePerson(at('nobody'), {}), refused('no-such-address'));
    await assert.rejects(admin.changePerson(at('anna'), { legacySecret: true }), refused('password-needed'));
    await assert.rejects(admin.addDomain('a b'), refused('bad-domain'));
    await assert.rejects(admin.addDomain(DOMAIN.toUpperCase()), refused('duplicate-domain'));
    await assert.rejects(admin.removeDomain(DOMAIN), refused('domain-in-use', { address: at('anna') }));
    await assert.rejects(admin.removeDomain('far.example'), refused('unknown-domain'));
    await assert.rejects(admin.setCatchAll('far.example', at('anna')), refused('unknown-domain'));
    await assert.rejects(admin.setCatchAll(DOMAIN, 'anna'), refused('bad-address'));
    await assert.rejects(
      admin.addPersonWithHash({ address: at('h') }, '$2b$12$whatever'),
      refused('bad-hash'),
    );
    assert.equal((await admin.people()).length, 1);
  });

  test('aliases that exchange their targets in one go are no loop; a longer circle is', async (t) => {
    const { admin } = await openTestOffice(t);
    await admin.putAliases(
      [
        { address: at('a'), to: [at('b')] },
        { address: at('b'), to: ['x@far.example'] },
      ],
      'add',
    );
    await admin.putAliases(
      [
        { address: at('b'), to: [at('a')] },
        { address: at('a'), to: ['x@far.example'] },
      ],
      'put',
    );
    await assert.rejects(
      admin.putAliases(
        [
          { address: at('a'), to: [at('c')] },
          { address: at('c'), to: [at('b')] },
        ],
        'put',
      ),
      refused('alias-loop'),
    );
    // All or nothing.
    assert.deepEqual(
      (await admin.aliases()).map(({ address }) => address),
      [at('a'), at('b')],
    );
  });

  test('who is removed is taken out of aliases, lists and catch-all, and their number is not used again', async (t) => {
    const { admin, directory } = await openTestOffice(t);
    const anna = await admin.addPerson({ address: at('anna'), password: 'one' });
    await admin.addPerson({ address: at('boris'), password: 'one' });
    await admin.putAliases(
      [
        { address: at('only'), to: [at('anna')] },
        { address: at('both'), to: [at('ANNA'), at('boris')] },
      ],
      'add',
    );
    await admin.putLists(
      [
        {
          address: at('all'),
          name: '',
          who: 'members',
          members: [at('anna'), at('boris')],
          owners: [at('anna')],
        },
      ],
      'add',
    );
    await admin.setCatchAll(DOMAIN, at('anna'));
    assert.equal((await directory.route(at('whoever'), stranger)).kind, 'local');
    const removed = await admin.removePerson(at('Anna'));
    assert.deepEqual(removed, { id: anna.id, aliases: [at('both'), at('only')], lists: [at('all')] });
    assert.deepEqual(await admin.aliases(), [{ address: at('both'), to: [at('boris')] }]);
    const [all] = await admin.lists();
    assert.deepEqual([all?.members, all?.owners], [[at('boris')], []]);
    assert.deepEqual(await admin.domains(), [{ name: DOMAIN, catchAll: null }]);
    assert.equal((await directory.route(at('anna'), stranger)).kind, 'unknown');
    const again = await admin.addPerson({ address: at('anna'), password: 'two' });
    assert.notEqual(again.id, anna.id);
  });

  test('domains come in the order that was asked for; U-labels are kept', async (t) => {
    const { admin, directory } = await openTestOffice(t);
    await admin.orderDomains(['xn--80a1acny.xn--p1ai', DOMAIN, 'third.example']);
    assert.deepEqual((await directory.office()).domains, ['почта.рф', DOMAIN, 'third.example']);
    await admin.addPerson({ address: 'иван@почта.рф', password: 'п' });
    await assert.rejects(
      admin.addPerson({ address: 'ИВАН@xn--80a1acny.xn--p1ai', password: 'п' }),
      refused('duplicate-address'),
    );
    await admin.removeDomain('third.example');
    assert.equal(await admin.hasPostmaster(), true);
  });
});

describe('secrets at rest', () => {
  test("G7 no password is in any file of the data folder; the key file is its owner's alone", async (t) => {
    const office = await openTestOffice(t);
    const password = 'Korrekt-Pferd-Batterie-7';
    await office.admin.addPerson({ address: at('old'), password, legacySecret: true });
    await office.admin.setSecret('smarthost', 'smart-host-password');
    assert.equal(await office.admin.secret('smarthost'), 'smart-host-password');
    await office.store.close();
    const files = readdirSync(office.dir, { recursive: true, withFileTypes: true }).filter((each) =>
      each.isFile(),
    );
    assert.ok(files.some(({ name }) => name.endsWith('.db')));
    for (const { parentPath, name } of files) {
      const bytes = readFileSync(join(parentPath, name));
      assert.ok(!bytes.includes(password), name);
      assert.ok(!bytes.includes('smart-host-password'), name);
    }
    assert.equal(statSync(join(office.dir, 'office.key')).mode & 0o777, 0o600);
  });

  test('G7 a sealed secret opens under its own name and key only', async (t) => {
    const dir = officeFolder(t);
    const box = await openSecretBox(dir);
    const sealed = box.seal('one', 'secret');
    assert.equal((await openSecretBox(dir)).unseal('one', sealed), 'secret');
    assert.throws(() => box.unseal('two', sealed), { code: 'secret-damaged' });
    sealed[20]! ^= 1;
    assert.throws(() => box.unseal('one', sealed), { code: 'secret-damaged' });
    const other = await openSecretBox(officeFolder(t));
    assert.throws(() => other.unseal('one', box.seal('one', 'secret')), { code: 'secret-damaged' });
    assert.notDeepEqual(box.seal('one', 'secret'), box.seal('one', 'secret'));
  });
});
