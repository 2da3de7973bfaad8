/** Directories against Debian's slapd: Test, typing, the copy for the time without a network, TLS. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { ManualClock } from '../../../main/base/clock.ts';
import { typedFilter } from '../../../main/client/contacts/directory.ts';
import type { LdapSettings } from '../../../main/contract/mail/contacts.ts';
import { escapeFilterValue } from '../../../main/net/ldap.ts';
import { certificates } from '../../kit/certificates.ts';
import { personLdif, type Slapd, slapdMissing, startSlapd } from '../../kit/slapd.ts';
import { openTestProfile, type TestProfile } from '../kit/profile.ts';

const skip = slapdMissing();
const PEOPLE = 3000;

const settings = (slapd: Slapd, change: Partial<LdapSettings> = {}): LdapSettings => ({
  host: slapd.host,
  port: slapd.port,
  security: 'none',
  base: slapd.base,
  filter: '',
  bind: slapd.admin,
  ...change,
});

const kept = (): Map<string, string> => new Map();

async function open(t: TestContext): Promise<TestProfile> {
  const secrets = kept();
  return openTestProfile(t, {
    services: {
      kind: 'browser',
      frameBase: () => '',
      secrets: {
        get: async (name) => secrets.get(name) ?? null,
        set: async (name, value) => void secrets.set(name, value),
        remove: async (name) => void secrets.delete(name),
      },
    },
  });
}

async function ended(p: TestProfile, id: string): Promise<string> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const job = (await p.call('jobs.list', {})).find((each) => each.id === id);
    if (!job || job.endedAt !== null) return job?.problem?.code ?? job?.state ?? 'gone';
    assert.ok(performance.now() < deadline, 'the copy does not end');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('what was typed is text inside the filter, whatever it is', () => {
  assert.equal(
    typedFilter('', ['*)(uid=*', 'ё\\'], escapeFilterValue).includes('(cn=*\\2a\\29\\28uid=\\2a*)'),
    true,
  );
  assert.equal(escapeFilterValue('ё\u0000(a)'), 'ё\\28a\\29');
  assert.equal(
    typedFilter('objectClass=person', ['a'], escapeFilterValue).startsWith('(&(objectClass=person)(|'),
    true,
  );
});

test('a directory of 3,000: tested, searched while typing, copied, and there without a network', {
  skip,
}, async (t) => {
  const slapd = await startSlapd({ people: PEOPLE });
  t.after(() => slapd.close());
  const p = await open(t);
  const ldap = settings(slapd);
  const tried = await p.call('contacts.ldapTest', { ldap, password: slapd.password });
  assert.equal(tried.people.length, 3);
  assert.ok(tried.people.every((each) => each.address.endsWith('@constr.example') && each.department !== ''));
  const refused: [Partial<LdapSettings>, string, string][] = [
    [{}, 'wrong', 'ldap-wrong-password'],
    [{}, '', 'ldap-wrong-password'],
    [{ base: 'dc=nowhere' }, slapd.password, 'ldap-no-base'],
    [{ filter: '(cn=' }, slapd.password, 'ldap-bad-filter'],
    [{ port: slapd.tlsPort + 0, host: '127.0.0.1', security: 'tls' }, slapd.password, 'certificate-unknown'],
  ];
  for (const [change, password, code] of refused)
    await assert.rejects(
      p.call('contacts.ldapTest', { ldap: { ...ldap, ...change }, password }),
      { code },
      code,
    );

  const { id } = await p.call('contacts.saveBook', {
    id: null,
    name: 'Office',
    ldap,
    password: slapd.password,
  });
  const found = await p.call('contacts.lookup', { text: 'ёлк 12' });
  assert.ok(found.length > 0 && found.length <= 8);
  assert.ok(
    found.every((each) => /Ёлкин-\d*12|Ёлкин-12/.test(each.name) || /12/.test(each.address)),
    JSON.stringify(found),
  );
  assert.deepEqual(await p.call('contacts.lookup', { text: '*' }), []);
  assert.deepEqual(await p.call('contacts.lookup', { text: 'nobody-here' }), []);

  assert.equal(await ended(p, (await p.call('contacts.ldapRefresh', { book: id })).job), 'done');
  const book = (await p.call('contacts.books', {})).find((each) => each.id === id);
  assert.equal(book?.count, PEOPLE);
  assert.ok((book?.refreshedAt ?? 0) > 0);
  const first = (await p.call('contacts.window', { book: id, text: 'u17' })).rows.find(
    (row) => row.address === 'u17@constr.example',
  );
  assert.equal(first?.department, 'Снабжение');
  assert.equal(first?.room, '117');
  await assert.rejects(p.call('contacts.remove', { ids: [first?.id ?? 0] }), { code: 'book-is-read-only' });

  await slapd.remove(`uid=u17,ou=people,${slapd.base}`);
  await slapd.add(personLdif(PEOPLE));
  assert.equal(await ended(p, (await p.call('contacts.ldapRefresh', { book: id })).job), 'done');
  assert.deepEqual(
    await p.call('contacts.known', { addresses: ['u17@constr.example', `u${PEOPLE}@constr.example`] }),
    [`u${PEOPLE}@constr.example`],
  );

  await slapd.stop();
  assert.deepEqual(await p.call('contacts.lookup', { text: 'ёлк' }), []);
  assert.equal(
    await ended(p, (await p.call('contacts.ldapRefresh', { book: id })).job),
    'connection-refused',
  );
  const offline = await p.call('people.suggest', { text: 'ёлк', limit: 5 });
  assert.equal(offline.length, 5);
  assert.ok(offline.every((each) => each.source === 'office'));
  assert.equal((await p.call('contacts.books', {})).find((each) => each.id === id)?.count, PEOPLE);
});

test('TLS: a certificate nobody vouches for is shown, and trusted for this host and port alone', {
  skip,
}, async (t) => {
  const slapd = await startSlapd({ people: 5 });
  t.after(() => slapd.close());
  const p = await open(t);
  for (const security of ['tls', 'starttls'] as const) {
    const port = security === 'tls' ? slapd.tlsPort : slapd.port;
    const ldap = settings(slapd, { security, port });
    const ask = () => p.call('contacts.ldapTest', { ldap, password: slapd.password });
    const shown = await ask().then(
      () => assert.fail('trusted without a word'),
      (failure: { code: string; detail: { certificate: { fingerprint256: string } } }) => failure,
    );
    assert.equal(shown.code, 'certificate-unknown');
    const { fingerprint256 } = shown.detail.certificate;
    await p.call('accounts.trust', { host: slapd.host, port, fingerprint256 });
    assert.equal((await ask()).people.length, 3);
  }
  const authorised = await openTestProfile(t, { authorities: [certificates.localhost.cert] });
  const ldap = settings(slapd, { security: 'tls', port: slapd.tlsPort });
  assert.equal(
    (await authorised.call('contacts.ldapTest', { ldap, password: slapd.password })).people.length,
    3,
  );
});

test('a directory is copied by itself some minutes after the start', { skip }, async (t) => {
  const slapd = await startSlapd({ people: 5 });
  t.after(() => slapd.close());
  const clock = new ManualClock();
  const secrets = { get: async () => slapd.password, set: async () => {}, remove: async () => {} };
  const p = await openTestProfile(t, { clock, services: { kind: 'browser', frameBase: () => '', secrets } });
  const { id } = await p.call('contacts.saveBook', { id: null, name: 'Office', ldap: settings(slapd) });
  const jobs = async () => (await p.call('jobs.list', {})).filter((each) => each.kind === 'directory');
  const copied = async (times: number) => {
    const deadline = performance.now() + 30_000;
    while ((await jobs()).filter((each) => each.state === 'done').length < times) {
      assert.ok(performance.now() < deadline, JSON.stringify(await jobs()));
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  clock.advance(3 * 60_000);
  await copied(1);
  assert.equal((await p.call('contacts.books', {})).find((each) => each.id === id)?.count, 5);
});

test('a directory that accepts and says nothing costs three seconds at most, and its silence is nobody’s fault', async (t) => {
  const { createServer } = await import('node:net');
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  t.after(() => server.close());
  const p = await open(t);
  const ldap: LdapSettings = { host: '127.0.0.1', port, security: 'none', base: '', filter: '', bind: '' };
  await p.call('contacts.saveBook', { id: null, name: 'Silent', ldap, password: '' });
  assert.deepEqual(await p.call('contacts.lookup', { text: 'anna' }), []);
});
