import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import net, { type AddressInfo } from 'node:net';
import { after, describe, test } from 'node:test';
import tls from 'node:tls';
import { Fault } from '../../main/base/errors.ts';
import { dial } from '../../main/net/dial.ts';
import { connectionFault, socketFault } from '../../main/net/failure.ts';
import { makeAuthority, makeLeaf } from '../../main/net/office-ca.ts';
import { type CertificateFacts, type TlsTrust, tlsOptions } from '../../main/net/tls.ts';
import { certificates, type ServerCertificate } from '../kit/certificates.ts';
import { freePort } from '../kit/free-ports.ts';

const open: { close(): void }[] = [];
after(() => {
  for (const each of open) each.close();
});

async function tlsServer({ key, cert }: ServerCertificate): Promise<number> {
  const server = tls.createServer({ key, cert }, (socket) => {
    socket.on('error', () => {});
    socket.end('hello\r\n');
  });
  server.on('tlsClientError', () => {});
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

const fingerprint = (pem: string) => new X509Certificate(pem).fingerprint256;

function trust(
  port: number,
  options: { kept?: string; authorities?: string[]; host?: string } = {},
): TlsTrust {
  const host = options.host ?? 'localhost';
  return {
    endpoint: { host, port },
    trusted: (asked, at) => (asked === host && at === port ? options.kept : undefined),
    ...(options.authorities ? { authorities: options.authorities } : {}),
  };
}

/** No test waits for it: it is only against hanging for ever. */
const PATIENCE_MS = 60_000;
const connect = (each: TlsTrust) => dial({ endpoint: each.endpoint, tls: each, timeout: PATIENCE_MS });

async function refused(each: TlsTrust): Promise<{ fault: Fault; certificate: CertificateFacts }> {
  try {
    const socket = await connect(each);
    socket.destroy();
  } catch (failure) {
    assert.ok(failure instanceof Fault);
    return { fault: failure, certificate: failure.detail?.['certificate'] as CertificateFacts };
  }
  throw new Error('the certificate was accepted');
}

describe('certificates', () => {
  test('one that the authorities vouch for is accepted', async () => {
    const port = await tlsServer(certificates.office);
    const socket = await connect(trust(port, { authorities: [certificates.authority] }));
    assert.equal(socket.authorized, true);
    socket.destroy();
  });

  test('a self-signed one is refused and shown with its fingerprint', async () => {
    const port = await tlsServer(certificates.localhost);
    const { fault, certificate } = await refused(trust(port));
    assert.equal(fault.code, 'certificate-unknown');
    assert.equal(fault.retryable, false);
    assert.equal(certificate.reason, 'self-signed');
    assert.equal(certificate.fingerprint256, fingerprint(certificates.localhost.cert));
    assert.deepEqual(certificate.names, ['localhost', '127.0.0.1']);
    assert.match(certificate.validTo, /^2126-/);
    assert.equal(certificate.subject, 'CN=localhost');
  });

  test('a kept authority vouches for what it has signed, for its names and its time, and for nothing else', async () => {
    const now = Date.now();
    const year = 365 * 24 * 60 * 60 * 1000;
    const authority = await makeAuthority('Department 2', now);
    const kept = fingerprint(authority.certificate);
    const serverOf = async (by: typeof authority, names: string[], addresses: string[], at = now) => {
      const leaf = await makeLeaf(by, names, addresses, at);
      // As the office's server does it, the authority goes along.
      return tlsServer({ key: leaf.key, cert: leaf.certificate + authority.certificate });
    };
    const good = await serverOf(authority, ['localhost'], ['127.0.0.1']);
    (await connect(trust(good, { kept }))).destroy();
    (await connect(trust(good, { kept, host: '127.0.0.1' }))).destroy();
    // Renewed with another key: the same authority.
    const renewed = await serverOf(authority, ['localhost'], ['127.0.0.1']);
    (await connect(trust(renewed, { kept }))).destroy();
    const elsewhere = await serverOf(authority, ['mail.office.lan'], ['192.0.2.1']);
    const expired = await serverOf(authority, ['localhost'], ['127.0.0.1'], now - 3 * year);
    const imitation = await serverOf(await makeAuthority('Department 2', now), ['localhost'], ['127.0.0.1']);
    for (const port of [elsewhere, expired, imitation])
      assert.equal((await refused(trust(port, { kept }))).certificate.reason, 'changed');
    assert.equal((await refused(trust(good))).fault.code, 'certificate-unknown');
  });

  test('a kept one is accepted for its host and port', async () => {
    const port = await tlsServer(certificates.localhost);
    const kept = fingerprint(certificates.localhost.cert);
    (await connect(trust(port, { kept }))).destroy();
    (await connect(trust(port, { kept: kept.replaceAll(':', '').toLowerCase() }))).destroy();
  });

  test('a kept one does not count on another port', async () => {
    const first = await tlsServer(certificates.localhost);
    const second = await tlsServer(certificates.localhost);
    const kept = fingerprint(certificates.localhost.cert);
    const { fault } = await refused({
      endpoint: { host: 'localhost', port: second },
      trusted: (_, at) => (at === first ? kept : undefined),
    });
    assert.equal(fault.code, 'certificate-unknown');
  });

  test('another one in its place is reported as changed', async () => {
    const port = await tlsServer(certificates.renewed);
    const { fault, certificate } = await refused(
      trust(port, { kept: fingerprint(certificates.localhost.cert) }),
    );
    assert.equal(fault.code, 'certificate-changed');
    assert.equal(certificate.reason, 'changed');
    assert.equal(certificate.fingerprint256, fingerprint(certificates.renewed.cert));
  });

  test('a kept one may be replaced by one the authorities vouch for', async () => {
    const port = await tlsServer(certificates.office);
    const kept = fingerprint(certificates.localhost.cert);
    (await connect(trust(port, { kept, authorities: [certificates.authority] }))).destroy();
  });

  for (const [reason, which, authorities] of [
    ['unknown-issuer', certificates.office, undefined],
    ['wrong-name', certificates.elsewhere, [certificates.authority]],
    ['expired', certificates.expired, [certificates.oldAuthority]],
  ] as const) {
    test(`the reason is said: ${reason}`, async () => {
      const port = await tlsServer(which);
      const { fault, certificate } = await refused(
        trust(port, authorities ? { authorities: [...authorities] } : {}),
      );
      assert.equal(fault.code, 'certificate-unknown');
      assert.equal(certificate.reason, reason);
    });
  }

  test('a program that reads the traffic is named', async () => {
    const port = await tlsServer(certificates.intercepted);
    const { fault, certificate } = await refused(trust(port));
    assert.equal(fault.code, 'certificate-antivirus');
    assert.equal(certificate.reason, 'replaced-by-antivirus');
    assert.match(String(fault.detail?.['program']), /Kaspersky/);
  });

  test('a library gets strict options unless a certificate is kept for exactly this place', () => {
    const kept = trust(993, { kept: 'AA' });
    assert.equal(tlsOptions(kept).rejectUnauthorized, false);
    assert.equal(
      tlsOptions({ ...kept, endpoint: { host: 'localhost', port: 994 } }).rejectUnauthorized,
      true,
    );
    assert.equal(tlsOptions({ ...kept, endpoint: { host: 'other', port: 993 } }).rejectUnauthorized, true);
    assert.equal(tlsOptions(trust(993, { host: '127.0.0.1' })).servername, undefined);
  });
});

describe('connections that cannot be made', () => {
  const plainServer = async (onConnection: (socket: net.Socket) => void): Promise<number> => {
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      onConnection(socket);
    });
    open.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };

  test('a plain-text server behind a TLS setting is the wrong port', async () => {
    const port = await plainServer((socket) => socket.write('220 mail.example ESMTP\r\n'));
    const { fault } = await refused(trust(port));
    assert.equal(fault.code, 'wrong-port');
  });

  test('a peer that drops the line in the handshake has failed at TLS', async () => {
    const port = await plainServer((socket) => socket.once('data', () => socket.destroy()));
    const { fault } = await refused(trust(port));
    assert.equal(fault.code, 'tls-failed');
  });

  test('a peer that never finishes the handshake is given up in time', async () => {
    const port = await plainServer(() => {});
    const each = trust(port);
    await assert.rejects(dial({ endpoint: each.endpoint, tls: each, timeout: 50 }), { code: 'timed-out' });
  });

  test('nobody listens there', async () => {
    const port = await freePort();
    await assert.rejects(dial({ endpoint: { host: '127.0.0.1', port }, timeout: PATIENCE_MS }), {
      code: 'connection-refused',
      retryable: true,
    });
  });

  test('the name does not exist', async () => {
    const lookup: net.LookupFunction = (_host, _options, done) =>
      done(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), '', 4);
    const endpoint = { host: 'nowhere.invalid', port: 993 };
    await assert.rejects(dial({ endpoint, timeout: PATIENCE_MS, lookup }), { code: 'name-not-found' });
  });

  test('giving up is not a failure of the server', async () => {
    const port = await plainServer(() => {});
    const cancel = new AbortController();
    const each = trust(port);
    const dialled = dial({ endpoint: each.endpoint, tls: each, timeout: PATIENCE_MS, signal: cancel.signal });
    cancel.abort(new Fault('cancelled', 'cancelled', 'Cancelled.'));
    await assert.rejects(dialled, { code: 'cancelled' });
  });

  for (const [system, code] of [
    ['EHOSTUNREACH', 'no-route'],
    ['ENETUNREACH', 'no-route'],
    ['EAI_AGAIN', 'no-route'],
    ['ETIMEDOUT', 'timed-out'],
    ['ECONNRESET', 'server-error'],
  ] as const) {
    test(`${system} is ${code}`, () => {
      const failure = Object.assign(new Error('x'), { code: system });
      assert.equal(socketFault(failure, { host: 'h', port: 1 }).code, code);
      const several = Object.assign(new AggregateError([failure]), { code: system });
      assert.equal(socketFault(several, { host: 'h', port: 1 }).code, code);
    });
  }

  test('a Fault passes unchanged', () => {
    const fault = connectionFault('wrong-password', { host: 'h', port: 1 });
    assert.equal(socketFault(fault, { host: 'x', port: 2 }), fault);
    assert.equal(fault.retryable, false);
  });
});
