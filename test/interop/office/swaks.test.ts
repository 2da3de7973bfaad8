/** swaks delivers and submits: every mechanism it has, in clear text, by STARTTLS and by TLS. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  type Home,
  missing,
  openHome,
  openPeersOffice,
  PASSWORDS,
  PETROV,
  type PeersOffice,
  type Ran,
  SIRMOV,
} from '../../kit/peers-office.ts';

const skip = missing('swaks');

describe('swaks', { skip }, () => {
  let office: PeersOffice;
  let home: Home;
  /** What this build of swaks can do: it depends on the Perl modules beside it. */
  let able = '';
  let serial = 0;

  before(async () => {
    office = await openPeersOffice();
    home = await openHome();
    const { out, err } = await home.run('swaks', ['--support']);
    able = `${out}${err}`;
  });
  after(async () => {
    await home?.close();
    await office?.close();
  });

  const login = ['--auth-user', PETROV, '--auth-password', PASSWORDS[PETROV]!];
  const TLS = (how: string) => [how, '--tls-verify', '--tls-ca-path', office.authority];
  function swaks(port: number, ...more: string[]): Promise<Ran> {
    serial += 1;
    return home.run('swaks', [
      ...['--server', 'localhost', '--port', String(port), '--timeout', '60'],
      ...['--header', `Subject: swaks ${serial}`, '--header', `Message-ID: <swaks.${serial}@far.example>`],
      ...more,
    ]);
  }
  const arrived = async (address: string) =>
    (await office.letters(address, 'INBOX')).filter(({ text }) =>
      text.includes(`\r\nMessage-ID: <swaks.${serial}@far.example>\r\n`),
    );
  async function assertArrived(ran: Ran, address = SIRMOV): Promise<string> {
    assert.equal(ran.code, 0, ran.out);
    const found = await arrived(address);
    assert.equal(found.length, 1, ran.out);
    return found[0]!.text;
  }

  it('S34 S35 delivers from outside, with the trace of the way', async () => {
    const text = await assertArrived(
      await swaks(office.port('smtp'), '--from', 'a@far.example', '--to', SIRMOV, '--helo', 'far.example'),
    );
    assert.match(text, /^Return-Path: <a@far\.example>\r\nReceived: from far\.example /);
    assert.match(text, /\swith ESMTP\s/);
  });

  it('S18 delivers by STARTTLS and checks the certificate of the office', async (t) => {
    if (!able.includes('TLS supported')) return t.skip('this swaks has no TLS');
    const more = ['--from', 'a@far.example', '--to', SIRMOV];
    const text = await assertArrived(await swaks(office.port('smtp'), ...TLS('--tls'), ...more));
    assert.match(text, /\swith ESMTPS\s/);
  });

  it('S51 S9 is refused what it may not', async () => {
    const outside = await swaks(office.port('smtp'), '--from', 'a@far.example', '--to', 'b@other.example');
    assert.notEqual(outside.code, 0);
    assert.match(outside.out, /550 5\.7\.1/);
    const nobody = await swaks(
      office.port('smtp'),
      '--from',
      'a@far.example',
      '--to',
      `nobody@${PETROV.split('@')[1]}`,
    );
    assert.match(nobody.out, /550 5\.1\.1/);
    const stranger = await swaks(office.port('submission'), '--from', PETROV, '--to', SIRMOV);
    assert.match(stranger.out, /530 5\.7\.0/);
  });

  for (const [transport, port, how] of [
    ['clear', 'submission', ''],
    ['STARTTLS', 'submission', '--tls'],
    ['TLS', 'submissions', '--tls-on-connect'],
  ] as const)
    for (const mechanism of ['PLAIN', 'LOGIN', 'CRAM-MD5', 'DIGEST-MD5'])
      it(`S17 S50 submits with ${mechanism}, ${transport}`, async (t) => {
        const needed = ['PLAIN', 'LOGIN'].includes(mechanism) ? '' : `AUTH ${mechanism} supported`;
        if (!able.includes(needed)) return t.skip(`this swaks has no ${mechanism}`);
        if (how && !able.includes('TLS supported')) return t.skip('this swaks has no TLS');
        const more = ['--auth', mechanism, ...login, '--from', PETROV, '--to', SIRMOV];
        const ran = await swaks(office.port(port), ...(how ? TLS(how) : []), ...more);
        assert.match(await assertArrived(ran), how ? /\swith ESMTPSA\s/ : /\swith ESMTPA\s/);
      });

  it('S17 a wrong password, and a mechanism that is not offered', async () => {
    const common = ['--from', PETROV, '--to', SIRMOV, '--auth-user', PETROV];
    const wrong = await swaks(
      office.port('submission'),
      '--auth',
      'PLAIN',
      ...common,
      '--auth-password',
      'x',
    );
    assert.equal(wrong.code, 28, wrong.out);
    assert.match(wrong.out, /535 5\.7\.8/);
    const other = await swaks(
      office.port('submission'),
      '--auth',
      'CRAM-SHA1',
      ...common,
      '--auth-password',
      'x',
    );
    assert.notEqual(other.code, 0);
  });

  it('G2 S25 pipelines; each of several recipients has it once', async () => {
    const more = ['--pipeline', '--from', 'a@far.example', '--to', `${SIRMOV},${PETROV}`];
    await assertArrived(await swaks(office.port('smtp'), ...more));
    assert.equal((await arrived(PETROV)).length, 1);
  });
});
