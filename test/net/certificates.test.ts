import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { connect, TLSSocket } from 'node:tls';
import { ManualClock } from '../../main/base/clock.ts';
import { silentLog } from '../../main/base/log.ts';
import { type CertificatesOptions, openCertificates } from '../../main/net/certificates.ts';
import { integer, namedBits, oid, time } from '../../main/net/der.ts';
import { dnsNames, makeAuthority, makeLeaf } from '../../main/net/office-ca.ts';
import { certificates } from '../kit/certificates.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'postroom-tls-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

const haveOpenssl = spawnSync('openssl', ['version']).status === 0;
const withOpenssl = haveOpenssl ? {} : { skip: 'openssl is not installed' };

describe('DER', () => {
  test('numbers, names, bits and times as X.690 and RFC 5280 want them', () => {
    assert.equal(integer(Buffer.from([0, 0, 0x80])).toString('hex'), '02020080');
    assert.equal(integer(Buffer.from([0])).toString('hex'), '020100');
    assert.equal(oid('1.2.840.10045.4.3.2').toString('hex'), '06082a8648ce3d040302');
    assert.equal(namedBits(5, 6).toString('hex'), '03020106');
    assert.equal(namedBits(0).toString('hex'), '03020780');
    assert.equal(time(Date.UTC(2049, 11, 31, 23, 59, 59)).toString('latin1'), '\x17\x0d491231235959Z');
    assert.equal(time(Date.UTC(2050, 0, 1)).toString('latin1'), '\x18\x0f20500101000000Z');
  });
});

describe("the office's authority", () => {
  test(
    'openssl verify -x509_strict takes leaf and authority, for every name and address',
    withOpenssl,
    async (t) => {
      const dir = folder(t);
      const authority = await makeAuthority('Контора "Рога, копыта" + ООО', Date.now());
      const names = ['mail.constr.org', 'почта.рф', 'localhost'];
      const addresses = ['127.0.0.1', '::1', '192.168.7.1', 'fd00::12:3', '::ffff:10.0.0.1'];
      const leaf = await makeLeaf(authority, names, addresses, Date.now());
      const [ca, server] = [join(dir, 'ca.pem'), join(dir, 'server.pem')];
      writeFileSync(ca, authority.certificate);
      writeFileSync(server, leaf.certificate);
      const verify = (...more: string[]) => {
        const { stdout, stderr } = spawnSync(
          'openssl',
          ['verify', '-x509_strict', '-check_ss_sig', '-purpose', 'sslserver', '-CAfile', ca, ...more],
          { encoding: 'utf8' },
        );
        return stdout + stderr;
      };
      assert.match(verify(server), /server\.pem: OK/);
      assert.match(
        spawnSync('openssl', ['verify', '-x509_strict', '-CAfile', ca, ca], { encoding: 'utf8' }).stdout,
        /OK/,
      );
      for (const name of ['mail.constr.org', 'xn--80a1acny.xn--p1ai', 'localhost'])
        assert.match(verify('-verify_hostname', name, server), /OK/, name);
      for (const address of addresses) assert.match(verify('-verify_ip', address, server), /OK/, address);
      assert.doesNotMatch(verify('-verify_hostname', 'other.constr.org', server), /: OK/);
      const { stdout } = spawnSync('openssl', ['x509', '-in', server, '-noout', '-text'], {
        encoding: 'utf8',
      });
      assert.match(stdout, /prime256v1/);
      assert.match(stdout, /TLS Web Server Authentication/);
    },
  );

  test('a leaf lives at most 397 days, an authority signs no other', async () => {
    const now = Date.UTC(2026, 10, 20);
    const authority = await makeAuthority('Office', now);
    const [ca, leaf] = [
      new X509Certificate(authority.certificate),
      new X509Certificate((await makeLeaf(authority, ['a.example'], [], now)).certificate),
    ];
    const lifetime = Date.parse(leaf.validTo) - Date.parse(leaf.validFrom);
    assert.ok(lifetime <= 397 * DAY_MS && lifetime > 390 * DAY_MS);
    assert.ok(Date.parse(leaf.validFrom) < now);
    assert.ok(ca.ca && !leaf.ca);
    assert.ok(leaf.verify(ca.publicKey));
    assert.equal(leaf.issuer, ca.subject);
    const other = new X509Certificate((await makeLeaf(authority, ['a.example'], [], now)).certificate);
    assert.notEqual(other.serialNumber, leaf.serialNumber);
    assert.notEqual(other.fingerprint256, leaf.fingerprint256);
  });

  test('names are A-labels, each once; what is no name is left out', () => {
    assert.deepEqual(
      dnsNames([
        'Mail.Office.example.',
        'mail.office.example',
        'ПОЧТА.рф',
        '192.0.2.1',
        'a b',
        '',
        '::1',
        'pc_7',
      ]),
      ['mail.office.example', 'xn--80a1acny.xn--p1ai', 'pc_7'],
    );
  });
});

describe('the certificate in use', () => {
  const setUp = (t: TestContext, more: Partial<CertificatesOptions> = {}) => {
    const state = {
      clock: new ManualClock(Date.now()),
      dir: folder(t),
      hostname: 'mail.constr.org',
      names: ['constr.org'],
      addresses: ['192.168.7.1'],
    };
    const open = async () => {
      const opened = await openCertificates({
        dir: join(state.dir, 'tls'),
        clock: state.clock,
        log: silentLog,
        officeName: 'Office',
        names: async () => ({ hostname: state.hostname, names: state.names }),
        addresses: () => state.addresses,
        ...more,
      });
      t.after(() => opened.close());
      return opened;
    };
    return { state, open };
  };

  test('is made once, kept over restarts, its keys for the owner alone', async (t) => {
    const { state, open } = setUp(t);
    const first = await open();
    const second = await open();
    assert.equal(second.authority, first.authority);
    assert.equal(second.certificate, first.certificate);
    for (const name of ['ca.key', 'server.key'])
      assert.equal(statSync(join(state.dir, 'tls', name)).mode & 0o777, 0o600, name);
    assert.equal(readFileSync(join(state.dir, 'tls', 'ca.pem'), 'utf8'), first.authority);
    const leaf = new X509Certificate(first.certificate);
    for (const name of ['mail.constr.org', 'constr.org', 'localhost']) assert.ok(leaf.checkHost(name), name);
    for (const ip of ['127.0.0.1', '::1', '192.168.7.1']) assert.ok(leaf.checkIP(ip), ip);
    assert.equal(await first.refresh(), false);
  });

  test('is renewed before its end and when names or addresses change, by the same authority', async (t) => {
    const { state, open } = setUp(t);
    const opened = await open();
    const seen = new Set([opened.certificate]);
    const renewed = async () => {
      const changed = await opened.refresh();
      assert.equal(changed, !seen.has(opened.certificate));
      seen.add(opened.certificate);
      return changed;
    };
    state.addresses = ['192.168.7.1', '10.0.0.5'];
    assert.ok(await renewed());
    assert.ok(new X509Certificate(opened.certificate).checkIP('10.0.0.5'));
    state.addresses = ['10.0.0.5', '192.168.7.1'];
    assert.ok(!(await renewed()), 'the same in another order');
    state.addresses = ['10.0.0.5'];
    assert.ok(await renewed());
    state.names = ['constr.org', 'почта.рф'];
    assert.ok(await renewed());
    state.hostname = 'pochta.constr.org';
    assert.ok(await renewed());
    const authority = opened.authority;
    state.clock.step(360 * DAY_MS);
    assert.ok(!(await renewed()));
    state.clock.step(10 * DAY_MS);
    assert.ok(await renewed());
    assert.ok(Date.parse(new X509Certificate(opened.certificate).validTo) > state.clock.now() + 390 * DAY_MS);
    // A clock that is years behind: a leaf of the future helps nobody.
    state.clock.step(-500 * DAY_MS);
    assert.ok(await renewed());
    assert.equal(opened.authority, authority);
  });

  test('is looked at by itself every few minutes', async (t) => {
    const { state, open } = setUp(t);
    const opened = await open();
    const before = opened.certificate;
    state.addresses = ['10.0.0.9'];
    for (let turn = 0; turn < 1000 && opened.certificate === before; turn++) {
      state.clock.advance(60_000);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.ok(new X509Certificate(opened.certificate).checkIP('10.0.0.9'));
  });

  test('serves new handshakes at once, TLS 1.2 and up, and a client that keeps the authority trusts it', async (t) => {
    const { state, open } = setUp(t);
    const opened = await open();
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      new TLSSocket(socket, { isServer: true, secureContext: opened.secureContext() }).on('error', () => {});
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const port = (server.address() as { port: number }).port;
    const shown = async (maxVersion?: 'TLSv1.1') => {
      const options = { port, host: '127.0.0.1', ca: opened.authority!, servername: 'mail.constr.org' };
      const client = connect(
        maxVersion ? { ...options, minVersion: 'TLSv1', maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' } : options,
      );
      try {
        await once(client, 'secureConnect');
        assert.ok(client.authorized);
        return client.getPeerCertificate().fingerprint256;
      } finally {
        client.destroy();
      }
    };
    const first = await shown();
    assert.equal(first, new X509Certificate(opened.certificate).fingerprint256);
    state.names = ['constr.org', 'new.example'];
    await opened.refresh();
    assert.notEqual(await shown(), first);
    await assert.rejects(shown('TLSv1.1'));
  });

  test("a damaged authority is never replaced behind the administrator's back", async (t) => {
    const { state, open } = setUp(t);
    await open();
    const file = join(state.dir, 'tls', 'ca.key');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.slice(0, text.length / 2));
    await assert.rejects(open(), { kind: 'user', code: 'authority-damaged' });
    unlinkSync(file);
    await assert.rejects(open(), { kind: 'user', code: 'authority-damaged' });
    writeFileSync(file, text);
    const again = await open();
    assert.match(again.authority ?? '', /BEGIN CERTIFICATE/);
    // The server's own is made anew: nobody keeps it.
    writeFileSync(join(state.dir, 'tls', 'server.key'), 'nothing');
    assert.notEqual((await open()).certificate, again.certificate);
  });

  test('a given certificate is used, and read again when its file changes', async (t) => {
    const dir = folder(t);
    const own = { certificate: join(dir, 'own.crt'), key: join(dir, 'own.key') };
    const write = ({ key, cert }: { key: string; cert: string }) => {
      writeFileSync(own.key, key);
      writeFileSync(own.certificate, cert);
    };
    const { open } = setUp(t, { own });
    await assert.rejects(open(), { kind: 'user', code: 'certificate-unreadable' });
    write(certificates.localhost);
    const opened = await open();
    assert.equal(opened.authority, null);
    assert.equal(opened.certificate, certificates.localhost.cert);
    assert.equal(await opened.refresh(), false);
    write({ key: certificates.localhost.key, cert: `${certificates.renewed.cert} ` });
    // A half-written exchange keeps what is in use.
    await assert.rejects(opened.refresh(), { code: 'certificate-key-mismatch' });
    assert.equal(opened.certificate, certificates.localhost.cert);
    write({ key: certificates.renewed.key, cert: `${certificates.renewed.cert}  ` });
    assert.equal(await opened.refresh(), true);
  });

  test('a given certificate that cannot serve is a sentence that names the file', async (t) => {
    const dir = folder(t);
    const own = { certificate: join(dir, 'own.crt'), key: join(dir, 'own.key') };
    const { open } = setUp(t, { own });
    const { key, cert } = certificates.localhost;
    const locked = createPrivateKey(key).export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: 'x',
    });
    for (const [code, certificate, keyText] of [
      ['certificate-invalid', 'nothing', key],
      ['key-invalid', cert, 'nothing'],
      ['key-encrypted', cert, String(locked)],
      ['certificate-key-mismatch', cert, certificates.renewed.key],
    ] as const) {
      writeFileSync(own.certificate, certificate);
      writeFileSync(own.key, keyText);
      await assert.rejects(open(), (failure) => {
        const fault = failure as { kind: string; code: string; message: string };
        assert.deepEqual([fault.kind, fault.code], ['user', code]);
        assert.ok(fault.message.includes(dir));
        return true;
      });
    }
  });
});
