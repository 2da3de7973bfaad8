import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { Fault } from '../../main/base/errors.ts';
import { readSettings } from '../../main/server/office-settings.ts';
import { applyConfig, type Config, checkConfig, readConfig } from '../../main/server/provision.ts';
import { JsonError, parseJson } from '../../main/server/provision-json.ts';
import { officeFolder, openTestOffice, secureContext } from '../kit/office-directory.ts';

const trusted = { ...secureContext, ip: '127.0.0.1' };
const office = { name: 'Constr', domains: ['constr.org', 'почта.рф'], hostname: 'mail.constr.org' };

/** Every setting that the issue names. */
const full = {
  office,
  listen: {
    host: '127.0.0.1',
    smtp: 2525,
    submission: 0,
    submissions: 0,
    pop3: 2110,
    pop3s: 0,
    imap: 2143,
    imaps: 0,
    web: 0,
  },
  people: [
    { address: 'Ivanov@constr.org', name: 'Иван Иванов', password: 'один', quotaMiB: 100 },
    { address: 'petrov@constr.org', name: 'Inav Petrov', password: 'two', legacySecret: true },
    { address: 'gone@почта.рф', name: '', password: 'three', disabled: true },
  ],
  aliases: [{ address: 'sales@constr.org', to: ['petrov@constr.org', 'Petrov@constr.org', 'x@far.example'] }],
  lists: [
    {
      address: 'all@constr.org',
      name: 'All',
      members: ['ivanov@constr.org', 'petrov@constr.org'],
      who: 'members',
      owners: ['petrov@constr.org'],
    },
  ],
  catchAll: { 'почта.рф': 'petrov@constr.org' },
  relay: {
    mode: 'smarthost',
    host: 'smart.example',
    port: 2587,
    user: 'office',
    password: 'relay-secret',
    tls: 'starttls',
    routes: [
      { domain: 'Филиал.рф', host: 'branch.example', user: 'us', password: 'route-secret', tls: 'implicit' },
      { domain: 'plain.example', host: '192.0.2.9', tls: 'none' },
    ],
  },
  policy: {
    clearTextLoginFrom: ['127.0.0.0/8'],
    trustedNetworks: ['127.0.0.1', '10.0.0.0/8', 'fd00::/8'],
    oldDevices: ['10.9.0.0/16'],
    maxMessageMiB: 20,
    maxRecipients: 100,
  },
} satisfies Config;

const change = (edit: (config: Record<string, never>) => unknown): unknown => {
  const copy = structuredClone(full) as never;
  return edit(copy) ?? copy;
};

describe('the file', () => {
  test('every setting of the full file is taken', () => {
    assert.deepEqual(checkConfig(full, 'office.json'), full);
    assert.deepEqual(checkConfig({ office: { domains: ['a.example'], hostname: 'a.example' } }, 'f'), {
      office: { domains: ['a.example'], hostname: 'a.example' },
    });
  });

  const wrong: [string, unknown, string, string, RegExp][] = [
    [
      'a name that is unknown',
      change((c) => ({ ...(c as object), postmaster: 1 })),
      'postmaster',
      'unknown-key',
      /no such setting/,
    ],
    [
      'an unknown name inside',
      change((c) => ({ ...(c as object), policy: { trustedNetwork: [] } })),
      'policy.trustedNetwork',
      'unknown-key',
      /no such setting/,
    ],
    [
      'one deep in a list',
      change((c) => ({ ...(c as object), people: [{ ...full.people[0], quota: 1 }] })),
      'people[0].quota',
      'unknown-key',
      /no such/,
    ],
    ['no office', { people: [] }, 'office', 'missing', /missing; expected an object/],
    [
      'no password',
      change((c) => ({ ...(c as object), people: [{ address: 'a@constr.org', name: 'A' }] })),
      'people[0].password',
      'missing',
      /missing/,
    ],
    [
      'an empty password',
      change((c) => ({ ...(c as object), people: [{ address: 'a@constr.org', password: '' }] })),
      'people[0].password',
      'wrong',
      /expected a password/,
    ],
    [
      'a number for a text',
      change((c) => ({ ...(c as object), office: { ...office, hostname: 5 } })),
      'office.hostname',
      'wrong',
      /a text in quotes/,
    ],
    [
      'no domain',
      change((c) => ({ ...(c as object), office: { ...office, domains: [] } })),
      'office.domains',
      'wrong',
      /at least one entry/,
    ],
    [
      'a domain that is none',
      change((c) => ({ ...(c as object), office: { ...office, domains: ['a b'] } })),
      'office.domains[0]',
      'wrong',
      /a domain name/,
    ],
    [
      'an address that is none',
      change((c) => ({ ...(c as object), aliases: [{ address: 'sales', to: ['a@b.example'] }] })),
      'aliases[0].address',
      'wrong',
      /a mail address/,
    ],
    [
      'an address twice',
      change((c) => ({ ...(c as object), lists: [{ ...full.lists[0], address: 'SALES@constr.org' }] })),
      'lists[0].address',
      'wrong',
      /aliases\[0\] does not have/,
    ],
    [
      'a port too large',
      change((c) => ({ ...(c as object), listen: { smtp: 65_536 } })),
      'listen.smtp',
      'wrong',
      /at most 65535/,
    ],
    [
      'a port with a fraction',
      change((c) => ({ ...(c as object), listen: { smtp: 2.5 } })),
      'listen.smtp',
      'wrong',
      /whole number/,
    ],
    [
      'a network that is none',
      change((c) => ({ ...(c as object), policy: { trustedNetworks: ['10.0.0.0/33'] } })),
      'policy.trustedNetworks[0]',
      'wrong',
      /a network/,
    ],
    [
      'S25 fewer than 100 recipients',
      change((c) => ({ ...(c as object), policy: { maxRecipients: 99 } })),
      'policy.maxRecipients',
      'wrong',
      /at least 100/,
    ],
    [
      'a word that is none of three',
      change((c) => ({ ...(c as object), relay: { mode: 'direct' } })),
      'relay.mode',
      'wrong',
      /"none" or "smarthost" or "mx"/,
    ],
    [
      'a smarthost without a host',
      change((c) => ({ ...(c as object), relay: { mode: 'smarthost' } })),
      'relay.host',
      'wrong',
      /name of the smarthost/,
    ],
    [
      'S62 a smarthost that is ourselves',
      change((c) => ({ ...(c as object), relay: { mode: 'smarthost', host: 'localhost', port: 2525 } })),
      'relay.host',
      'wrong',
      /another server/,
    ],
    [
      'a catch-all of no domain',
      change((c) => ({ ...(c as object), catchAll: { 'a b': 'a@constr.org' } })),
      'catchAll["a b"]',
      'wrong',
      /domain name/,
    ],
    [
      'a list for owners without any',
      change((c) => ({ ...(c as object), lists: [{ ...full.lists[0], who: 'owners', owners: [] }] })),
      'lists[0].owners',
      'wrong',
      /at least one owner/,
    ],
    ['no object at all', [], '', 'wrong', /an object/],
  ];
  for (const [name, value, path, problem, sentence] of wrong) {
    test(`is refused for ${name}, with its path`, () => {
      assert.throws(
        () => checkConfig(value, 'office.json'),
        (failure) => {
          assert.ok(failure instanceof Fault);
          assert.deepEqual([failure.kind, failure.code], ['user', 'config-invalid']);
          assert.deepEqual([failure.detail?.['path'], failure.detail?.['problem']], [path, problem]);
          assert.match(failure.message, sentence);
          assert.match(failure.message, /^office\.json: [^\n]+\.$/);
          return true;
        },
      );
    });
  }

  test('that cannot be read is said to be missing, a folder, or no JSON with line and column', async (t: TestContext) => {
    const dir = officeFolder(t);
    const file = join(dir, 'office.json');
    await assert.rejects(readConfig(file), {
      code: 'config-unreadable',
      message: `${file} could not be read: there is no such file.`,
    });
    mkdirSync(join(dir, 'folder'));
    await assert.rejects(readConfig(join(dir, 'folder')), { code: 'config-unreadable' });
    writeFileSync(file, '{\n  "office": {\n    "name": "x",\n  }\n}');
    await assert.rejects(readConfig(file), (failure) => {
      assert.ok(failure instanceof Fault);
      assert.equal(failure.code, 'config-not-json');
      assert.deepEqual([failure.detail?.['line'], failure.detail?.['column']], [4, 3]);
      return true;
    });
    writeFileSync(file, `\ufeff${JSON.stringify(full)}\n`);
    assert.deepEqual(await readConfig(file), full);
  });
});

describe('JSON', () => {
  test('is read like JSON.parse reads it', () => {
    for (const text of [
      'null',
      ' true ',
      '-0.5e+2',
      '"\\u0041\\n\\ud83d\\ude00"',
      '[]',
      '{}',
      '[1,[2,{"a":[]}]]',
      '{"a":{"b":null},"__proto__":1}',
      '12',
    ])
      assert.deepEqual(parseJson(text), JSON.parse(text), text);
  });
  test('what is wrong has a place', () => {
    for (const [text, line, column] of [
      ['', 1, 1],
      ['{"a":1,}', 1, 8],
      ['[1 2]', 1, 4],
      ['{\n"a" 1}', 2, 5],
      ['{"a":1\n,"a":2}', 2, 2],
      ['"a\nb"', 1, 1],
      ['01', 1, 2],
      ['nul', 1, 1],
      ['{"a":1} x', 1, 9],
      ["{'a':1}", 1, 2],
      ['['.repeat(100), 1, 66],
      ['"\\x"', 1, 1],
    ] as const)
      assert.throws(
        () => parseJson(text),
        (failure) => {
          assert.ok(failure instanceof JsonError, text);
          assert.deepEqual([failure.mistake.line, failure.mistake.column], [line, column], text);
          return true;
        },
      );
  });
});

describe('applying it', () => {
  test('makes the office, and the second time nothing', async (t) => {
    const { admin, directory, authenticator, store } = await openTestOffice(t);
    const first = await applyConfig(full, admin);
    assert.deepEqual(
      first.added.map(({ address, id }) => [id, address]),
      full.people.map(({ address }, at) => [at + 1, address]),
    );
    assert.deepEqual((await directory.office()).domains.slice(0, 2), office.domains);
    assert.equal((await directory.office()).hostname, 'mail.constr.org');
    assert.equal((await directory.person(1))?.quotaBytes, 100 * 1024 * 1024);
    assert.equal((await directory.person(3))?.disabled, true);
    assert.equal((await directory.route('whoever@почта.рф', { sender: '', personId: null })).kind, 'local');
    assert.deepEqual((await admin.aliases())[0]?.to, ['petrov@constr.org', 'x@far.example']);
    assert.equal((await authenticator.password('ivanov', 'один', trusted)).id, 1);
    const settings = await readSettings(admin);
    assert.deepEqual(settings.relay.smarthost, {
      host: 'smart.example',
      port: 2587,
      security: 'starttls',
      user: 'office',
      password: 'relay-secret',
    });
    assert.deepEqual(
      [...settings.relay.routes],
      [
        [
          'xn--80apalc3c.xn--p1ai',
          { host: 'branch.example', port: 465, security: 'tls', user: 'us', password: 'route-secret' },
        ],
        ['plain.example', { host: '192.0.2.9', port: 25, security: 'none', user: '', password: '' }],
      ],
      'S62 routes of their own',
    );
    assert.ok(!(await admin.setting('relay'))?.includes('route-secret'));
    assert.equal(settings.policy.maxMessageBytes, 20 * 1024 * 1024);
    assert.deepEqual(settings.guard.oldDevices, ['10.9.0.0/16']);
    assert.equal(settings.guard.sessionsPerPeer, 30);

    const before = await store.read('directory.credentials');
    const again = await applyConfig(full, admin);
    assert.deepEqual(again, { added: [], changed: [] });
    assert.deepEqual(await store.read('directory.credentials'), before);
  });

  test('changes what the file says and keeps what it does not name', async (t) => {
    const { admin, directory, authenticator, store } = await openTestOffice(t);
    await applyConfig(full, admin);
    await admin.addPerson({ address: 'by-hand@constr.org', password: 'x' });
    await admin.changePerson('ivanov@constr.org', { disabled: true, quotaBytes: 5 });
    const credentials = await store.read('directory.credentials');
    const next: Config = {
      office,
      people: [
        { address: 'ivanov@constr.org', name: 'Иван', password: 'один' },
        { address: 'petrov@constr.org', password: 'changed' },
        { address: 'new@constr.org', password: 'four' },
      ],
      lists: [{ address: 'all@constr.org', members: ['new@constr.org'] }],
      policy: { maxRecipients: 200 },
    };
    const { added, changed } = await applyConfig(next, admin);
    assert.deepEqual(
      added.map(({ address }) => address),
      ['new@constr.org'],
    );
    assert.ok(changed.includes('people[0]') && changed.includes('people[1]') && changed.includes('lists'));
    const ivanov = await directory.person(1);
    assert.deepEqual(
      [ivanov?.address, ivanov?.name, ivanov?.disabled, ivanov?.quotaBytes],
      ['ivanov@constr.org', 'Иван', true, 5],
    );
    assert.equal((await authenticator.password('petrov', 'changed', trusted)).legacySecret, true);
    const now = await store.read('directory.credentials');
    assert.deepEqual(now[0], credentials[0], 'an unchanged password keeps its verifier');
    assert.notEqual(now[1]?.scram, credentials[1]?.scram);
    assert.equal((await admin.people()).length, 5);
    const [all] = await admin.lists();
    assert.deepEqual([all?.name, all?.who, all?.members], ['All', 'members', ['new@constr.org']]);
    const settings = await readSettings(admin);
    assert.equal(settings.policy.maxRecipients, 200);
    assert.equal(settings.policy.maxMessageBytes, 20 * 1024 * 1024);
    assert.equal(settings.relay.mode, 'smarthost');
  });

  test("a password that was changed by hand is the file's again", async (t) => {
    const { admin, authenticator } = await openTestOffice(t);
    await applyConfig(full, admin);
    await admin.changePerson('ivanov@constr.org', { password: 'by hand' });
    assert.deepEqual((await applyConfig(full, admin)).changed, ['people[0]']);
    assert.equal((await authenticator.password('ivanov', 'один', trusted)).id, 1);
  });

  test("a person at a domain that is not the office's is a sentence, and nothing is half done for them", async (t) => {
    const { admin } = await openTestOffice(t);
    const config: Config = { office, people: [{ address: 'a@far.example', password: 'p' }] };
    await assert.rejects(applyConfig(config, admin), { kind: 'user', code: 'unknown-domain' });
    assert.deepEqual(await admin.people(), []);
  });

  test("the smarthost's password is not in the settings", async (t) => {
    const { admin } = await openTestOffice(t);
    await applyConfig(full, admin);
    assert.ok(!(await admin.setting('relay'))?.includes('relay-secret'));
    await applyConfig({ office, relay: { mode: 'none' } }, admin);
    assert.equal(await admin.secret('smarthost-password'), null);
    assert.equal((await readSettings(admin)).relay.mode, 'none');
  });
});
