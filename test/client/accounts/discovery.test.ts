import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ManualClock } from '../../../main/base/clock.ts';
import { Fault } from '../../../main/base/errors.ts';
import { parseAutoconfig } from '../../../main/client/accounts/autoconfig.ts';
import {
  baseDomain,
  type DiscoveryDeps,
  type DiscoveryStep,
  discover,
} from '../../../main/client/accounts/discovery.ts';
import { providerByMx, providerOf, storesSent } from '../../../main/client/accounts/providers.ts';

const config = (host: string, more = '') => `<?xml version="1.0"?>
<clientConfig version="1.1"><emailProvider id="x">
  <incomingServer type="pop3"><hostname>pop.${host}</hostname><port>995</port><socketType>SSL</socketType><username>%EMAILADDRESS%</username></incomingServer>
  <incomingServer type="imap"><hostname>imap.${host}</hostname><port>143</port><socketType>STARTTLS</socketType><authentication>password-cleartext</authentication><username>%EMAILLOCALPART%</username></incomingServer>
  <incomingServer type="imap"><hostname>imap.${host}</hostname><port>993</port><socketType>SSL</socketType><authentication>OAuth2</authentication><authentication>password-cleartext</authentication><username>%EMAILLOCALPART%@%EMAILDOMAIN%</username></incomingServer>
  <outgoingServer type="smtp"><hostname>smtp.${host}</hostname><port>465</port><socketType>SSL</socketType><authentication>password-cleartext</authentication><username>%EMAILADDRESS%</username></outgoingServer>
  ${more}
</emailProvider></clientConfig>`;

interface World {
  pages?: Record<string, string>;
  mx?: string;
  srv?: Record<string, [host: string, port: number]>;
  hosts?: string[];
  ports?: string[];
}

function world({ pages = {}, mx, srv = {}, hosts = [], ports = [] }: World) {
  const asked: string[] = [];
  const deps: DiscoveryDeps = {
    clock: new ManualClock(),
    dns: {
      mx: async () => (mx ? [{ exchange: mx, priority: 10 }] : []),
      addresses: async () => [],
      srv: async (name) => {
        const found = srv[name];
        return found ? [{ target: found[0], port: found[1], priority: 0, weight: 0 }] : [];
      },
      exists: async (host) => hosts.includes(host),
    },
    fetchText: async (url) => {
      asked.push(url);
      return pages[url.split('?')[0]!] ?? null;
    },
    knock: async (server) => ports.includes(`${server.host}:${server.port}`),
  };
  return { deps, asked };
}

async function run(address: string, setup: World) {
  const { deps, asked } = world(setup);
  const steps: DiscoveryStep[] = [];
  const { found } = await discover(address, deps, (step) => steps.push(step));
  return { found, steps, asked };
}

const hosts = (each: {
  incoming: { host: string; port: number } | null;
  outgoing: { host: string; port: number } | null;
}) => [each.incoming, each.outgoing].map((server) => server && `${server.host}:${server.port}`);

describe('sources, in their order', () => {
  test('a big provider is known, and nobody is asked', async () => {
    const { found, asked } = await run('ivan@yandex.ru', {});
    assert.deepEqual(hosts(found[0]!), ['imap.yandex.ru:993', 'smtp.yandex.ru:465']);
    assert.deepEqual([found[0]!.secure, found[0]!.foreignHost, asked], [true, false, []]);
    assert.equal(found[0]!.incoming!.user, 'ivan@yandex.ru');
  });

  test("the domain's own word comes before the database", async () => {
    const { found } = await run('anna@office.example', {
      pages: {
        'https://autoconfig.office.example/mail/config-v1.1.xml': config('office.example'),
        'https://autoconfig.thunderbird.net/v1.1/office.example': config('elsewhere.example'),
      },
    });
    assert.deepEqual(
      found.map((each) => each.source),
      ['autoconfig', 'ispdb'],
    );
    assert.deepEqual(hosts(found[0]!), ['imap.office.example:993', 'smtp.office.example:465']);
    assert.equal(found[0]!.incoming!.user, 'anna@office.example');
    assert.equal(found[0]!.foreignHost, false);
  });

  test('a maildrop where there is nothing better, by every source that can tell', async () => {
    const maildrop = config('office.example').replaceAll('type="imap"', 'type="news"');
    const { found: told } = await run('anna@office.example', {
      pages: { 'https://autoconfig.office.example/mail/config-v1.1.xml': maildrop },
    });
    assert.deepEqual(
      [told[0]!.kind, ...hosts(told[0]!)],
      ['pop3', 'pop.office.example:995', 'smtp.office.example:465'],
    );
    const srv = { '_pop3s._tcp.office.example': ['pop.office.example', 995] as [string, number] };
    const { found: named } = await run('anna@office.example', { srv });
    assert.deepEqual([named[0]!.kind, hosts(named[0]!)[0]], ['pop3', 'pop.office.example:995']);
    const { found: guessed } = await run('anna@office.example', {
      hosts: ['mail.office.example'],
      ports: ['mail.office.example:110', 'mail.office.example:587'],
    });
    assert.deepEqual([guessed[0]!.kind, hosts(guessed[0]!)[0]], ['pop3', 'mail.office.example:110']);
    const both = {
      pages: { 'https://autoconfig.office.example/mail/config-v1.1.xml': config('office.example') },
    };
    assert.equal((await run('anna@office.example', both)).found[0]!.kind, 'imap');
  });

  test('the address goes to its own domain only; others hear the domain at most', async () => {
    const { asked } = await run('anna@office.example', { mx: 'mx.hoster.example' });
    for (const url of asked) {
      if (!/^https:\/\/(autoconfig\.)?office\.example\//.test(url)) assert.doesNotMatch(url, /anna/, url);
      assert.match(url, /^https:/);
    }
    assert.ok(asked.some((url) => url.startsWith('https://office.example/.well-known/autoconfig/mail/')));
  });

  test('a company whose mail a provider takes', async () => {
    const { found } = await run('anna@office.example', { mx: 'office-example.mail.protection.outlook.com.' });
    assert.deepEqual(hosts(found[0]!), ['outlook.office365.com:993', 'smtp.office365.com:587']);
    assert.equal(
      found[0]!.foreignHost,
      true,
      'the name service is not secured: the person looks at the host',
    );
  });

  test('a company whose hoster publishes its settings', async () => {
    const { found } = await run('anna@office.example', {
      mx: 'mx1.hoster.example',
      pages: { 'https://autoconfig.thunderbird.net/v1.1/hoster.example': config('hoster.example') },
    });
    assert.deepEqual([found[0]!.source, found[0]!.foreignHost], ['mx', true]);
  });

  test('SRV records; one outside the domain wants a look', async () => {
    const { found } = await run('anna@office.example', {
      srv: {
        '_imap._tcp.office.example': ['imap.hoster.example', 143],
        '_submissions._tcp.office.example': ['smtp.office.example', 465],
      },
    });
    assert.deepEqual(hosts(found[0]!), ['imap.hoster.example:143', 'smtp.office.example:465']);
    assert.deepEqual([found[0]!.incoming!.security, found[0]!.foreignHost], ['starttls', true]);
  });

  test('a service that is decidedly not offered is not used', async () => {
    const { found } = await run('anna@office.example', { srv: { '_imaps._tcp.office.example': ['.', 0] } });
    assert.deepEqual(found, []);
  });

  test('a guess, encrypted first, only when nobody answered', async () => {
    const { found, steps } = await run('anna@office.example', {
      hosts: ['mail.office.example'],
      ports: ['mail.office.example:993', 'mail.office.example:143', 'mail.office.example:587'],
    });
    assert.deepEqual(hosts(found[0]!), ['mail.office.example:993', 'mail.office.example:587']);
    assert.equal(found[0]!.outgoing!.security, 'starttls');
    assert.deepEqual(steps.at(-1), { source: 'guess', state: 'found', detail: 'mail.office.example' });
  });

  test('an answer with both servers comes before one with half of them', async () => {
    const { found } = await run('anna@office.example', {
      pages: { 'https://autoconfig.thunderbird.net/v1.1/office.example': config('office.example') },
      srv: { '_imaps._tcp.office.example': ['imap.office.example', 993] },
    });
    assert.equal(found[0]!.source, 'ispdb');
  });

  test('nothing anywhere is no failure', async () => {
    const { found, steps } = await run('anna@office.example', {});
    assert.deepEqual(found, []);
    assert.deepEqual(steps.filter((each) => each.state === 'nothing').length, 6);
  });
});

describe('sources that misbehave', () => {
  test('one that fails does not stop the others', async () => {
    const { deps } = world({ srv: { '_imaps._tcp.office.example': ['imap.office.example', 993] } });
    const failing = async () => {
      throw new Fault('transient', 'no-route', 'x');
    };
    const { found, steps } = await discover('anna@office.example', { ...deps, fetchText: failing }, () => {});
    assert.equal(found[0]!.source, 'srv');
    assert.deepEqual(
      steps.find((each) => each.source === 'autoconfig'),
      { source: 'autoconfig', state: 'failed', detail: 'no-route' },
    );
  });

  test('one that never answers is given up after ten seconds', async () => {
    const { deps } = world({ srv: { '_imaps._tcp.office.example': ['imap.office.example', 993] } });
    const clock = deps.clock as ManualClock;
    const silent = () => new Promise<never>(() => {});
    const running = discover('anna@office.example', { ...deps, fetchText: silent }, () => {});
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(10_000);
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    clock.advance(10_000);
    const { found, steps } = await running;
    assert.equal(found[0]!.source, 'srv');
    assert.equal(steps.find((each) => each.source === 'ispdb')!.detail, 'timed-out');
  });

  test('an address that is none', async () => {
    await assert.rejects(run('anna at office', {}), { code: 'bad-address' });
  });
});

describe('documents', () => {
  const address = 'anna@office.example';

  test('without encryption only when nothing else is offered, and marked', async () => {
    const plain = config('office.example').replaceAll('>SSL<', '>plain<').replaceAll('>STARTTLS<', '>plain<');
    const { found } = await run(address, {
      pages: { 'https://autoconfig.office.example/mail/config-v1.1.xml': plain },
    });
    assert.equal(found[0]!.secure, false);
  });

  test('OAuth2 alone is said so', () => {
    const only = config('x.example').replace(
      '<authentication>password-cleartext</authentication><username>%EMAILLOCALPART%@',
      '<username>%EMAILLOCALPART%@',
    );
    assert.equal(parseAutoconfig(only, address)!.incoming!.auth, 'xoauth2');
  });

  for (const [what, xml] of [
    ['a web page', '<!DOCTYPE html><html><body>Not found</body></html>'],
    ['rubbish', '\u0000\u0001 <<<< &&&'],
    ['nothing', ''],
    [
      'a host that is a command',
      config('x.example')
        .replaceAll('imap.x.example', 'x;rm -rf')
        .replaceAll('pop.x.example', '-x')
        .replaceAll('smtp.x.example', '$(x)'),
    ],
    ['a port out of range', config('x.example').replaceAll(/<port>\d+</g, '<port>70000<')],
  ] as const) {
    test(`${what} gives nothing`, () => assert.equal(parseAutoconfig(xml, address), null));
  }

  test('entities of the document are not expanded', () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>${config('&b;.example')}`;
    assert.equal(parseAutoconfig(bomb, address), null);
  });
});

test('providers', () => {
  assert.equal(providerOf('mail.ru')?.name, 'Mail.ru');
  assert.equal(providerByMx('ASPMX.L.GOOGLE.COM')?.name, 'Gmail');
  assert.equal(providerByMx('notgoogle.com'), undefined);
  assert.equal(storesSent('smtp.gmail.com'), true);
  assert.equal(storesSent('smtp.yandex.ru'), false);
});

test('the owner of a host', () => {
  assert.equal(baseDomain('imap.otd1.constr.org'), 'constr.org');
  assert.equal(baseDomain('mail.firm.co.uk.'), 'firm.co.uk');
  assert.equal(baseDomain('office.lan'), 'office.lan');
});
