import assert from 'node:assert/strict';
import { createHash, createHmac, pbkdf2Sync, X509Certificate } from 'node:crypto';
import { afterEach, describe, test } from 'node:test';
import { silentLog } from '../../../main/base/log.ts';
import type { Server } from '../../../main/contract/mail/accounts.ts';
import { openSession, type SmtpOptions } from '../../../main/net/smtp/session.ts';
import { certificates } from '../../kit/certificates.ts';
import { type Script, startScriptedServer } from '../../kit/scripted-server.ts';
import { type KitSmtpOptions, startSmtpServer } from '../../kit/smtp-server.ts';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

function options(port: number, server: Partial<Server> = {}, more: Partial<SmtpOptions> = {}): SmtpOptions {
  return {
    server: { host: '127.0.0.1', port, security: 'none', user: 'anna', auth: 'auto', ...server },
    password: 'correct horse',
    trusted: () => undefined,
    log: silentLog,
    timeouts: { setup: 5000, idle: 5000 },
    ...more,
  };
}

async function kit(setup: KitSmtpOptions = {}) {
  const server = await startSmtpServer(setup);
  closing.push(() => server.close());
  return server;
}

async function scripted(script: () => Script) {
  const server = await startScriptedServer(script);
  closing.push(() => server.close());
  return server;
}

async function opened(setup: SmtpOptions) {
  const session = await openSession(setup);
  closing.push(() => session.close());
  return session;
}

const kept = { trusted: () => new X509Certificate(certificates.localhost.cert).fingerprint256 };

describe('encryption', () => {
  test('TLS from the start, with a certificate the person kept', async () => {
    const server = await kit({ security: 'tls' });
    const session = await opened(options(server.port, { security: 'tls' }, kept));
    assert.equal(session.alive, true);
    assert.deepEqual(server.signIns, ['PLAIN']);
  });

  test('TLS from the start, with a certificate the authorities vouch for', async () => {
    const server = await kit({ security: 'tls', certificate: certificates.office });
    const trusting = { authorities: [certificates.authority] };
    await opened(options(server.port, { security: 'tls', host: 'localhost' }, trusting));
    assert.equal(server.signIns.length, 1);
  });

  for (const security of ['tls', 'starttls'] as const) {
    test(`${security}: an unknown certificate stops everything before the password`, async () => {
      const server = await kit({ security });
      await assert.rejects(openSession(options(server.port, { security })), (fault: Error) => {
        const { code, detail } = fault as unknown as {
          code: string;
          detail: { certificate: { reason: string } };
        };
        assert.equal(code, 'certificate-unknown');
        assert.equal(detail.certificate.reason, 'self-signed');
        return true;
      });
      assert.deepEqual(server.signIns, []);
    });
  }

  test('STARTTLS with a kept certificate', async () => {
    const server = await kit({ security: 'starttls' });
    const session = await opened(options(server.port, { security: 'starttls' }, kept));
    assert.equal(session.connection.secure, true);
    assert.deepEqual(server.signIns, ['PLAIN']);
  });

  test('a server that hides STARTTLS gets no password in clear', async () => {
    const server = await kit({ security: 'none' });
    await assert.rejects(openSession(options(server.port, { security: 'starttls' })), {
      code: 'no-tls-offered',
    });
    assert.deepEqual(server.signIns, []);
  });

  test('a plain server behind a TLS setting is the wrong port', async () => {
    const server = await kit({ security: 'none' });
    await assert.rejects(openSession(options(server.port, { security: 'tls' })), { code: 'wrong-port' });
  });

  test('a TLS server behind a plain setting is the wrong port', async () => {
    const server = await kit({ security: 'tls' });
    const setup = options(server.port, {}, { timeouts: { setup: 200, idle: 5000 } });
    await assert.rejects(openSession(setup), { code: 'wrong-port' });
  });
});

describe('sign-in', () => {
  for (const [auth, method] of [
    ['plain', 'PLAIN'],
    ['login', 'LOGIN'],
    ['cram-md5', 'CRAM-MD5'],
    ['xoauth2', 'XOAUTH2'],
  ] as const) {
    test(method, async () => {
      const server = await kit({ authMethods: ['PLAIN', 'LOGIN', 'CRAM-MD5', 'XOAUTH2'] });
      await opened(options(server.port, { auth }));
      assert.deepEqual(server.signIns, [method]);
    });
  }

  test('SCRAM-SHA-256, and the server proves itself', async () => {
    const server = await scripted(() => scramServer('anna', 'correct horse'));
    await opened(options(server.port));
    assert.match(server.lines[1]!, /^AUTH SCRAM-SHA-256 /);
    assert.doesNotMatch(server.lines.join('\n'), /Y29ycmVjdCBob3JzZQ/);
  });

  test('a wrong password is said in the words of the server', async () => {
    const server = await kit({ password: 'other', authMethods: ['PLAIN', 'LOGIN'] });
    await assert.rejects(openSession(options(server.port)), (fault: Error) => {
      const { code, detail } = fault as unknown as { code: string; detail: { reply: string } };
      assert.equal(code, 'wrong-password');
      assert.match(detail.reply, /credentials invalid/);
      return true;
    });
    assert.deepEqual(server.signIns, ['PLAIN'], 'one attempt: servers count failures');
  });

  test('a mechanism the account cannot use falls back to the password once', async () => {
    const server = await scripted(() => ({
      greeting: '220 mail.example ESMTP',
      answer: (line) => {
        if (line.startsWith('EHLO')) return '250-mail.example\r\n250 AUTH CRAM-MD5 PLAIN';
        if (line === 'AUTH CRAM-MD5') return `334 ${Buffer.from('<1@mail>').toString('base64')}`;
        if (line.startsWith('AUTH PLAIN ')) return '235 2.7.0 welcome';
        return line === 'QUIT' ? '221 bye' : '535 5.7.8 no verifier';
      },
    }));
    await opened(options(server.port));
    assert.equal(server.lines.filter((line) => line.startsWith('AUTH')).length, 2);
  });

  test('a server in trouble is not a wrong password', async () => {
    const server = await kit();
    server.behaviour = { signIn: { code: 454, text: '4.7.0 Temporary authentication failure' } };
    await assert.rejects(openSession(options(server.port)), { code: 'server-error', retryable: true });
  });

  test('no mechanism that can be used', async () => {
    const server = await scripted(() => ({
      greeting: '220 mail.example ESMTP',
      answer: (line) => (line.startsWith('EHLO') ? '250-mail.example\r\n250 AUTH GSSAPI NTLM' : '221 bye'),
    }));
    await assert.rejects(openSession(options(server.port)), { code: 'login-disabled' });
  });

  test('a server on the LAN that knows no sign-in is used without one', async () => {
    const server = await kit({ server: { authMethods: [], disabledCommands: ['AUTH', 'STARTTLS'] } });
    await opened(options(server.port));
    assert.deepEqual(server.signIns, []);
  });
});

describe('servers that are something else', () => {
  for (const [what, greeting] of [
    ['an IMAP server', '* OK IMAP4rev1 ready'],
    ['a POP3 server', '+OK ready'],
    ['a web server', 'HTTP/1.1 400 Bad Request'],
  ] as const) {
    test(`${what} is the wrong port`, async () => {
      const server = await scripted(() => ({ greeting, answer: () => null }));
      await assert.rejects(openSession(options(server.port)), { code: 'wrong-port' });
    });
  }

  test('too many connections', async () => {
    const server = await scripted(() => ({
      greeting: '421 4.7.0 Too many concurrent connections',
      answer: () => null,
    }));
    await assert.rejects(openSession(options(server.port)), {
      code: 'too-many-connections',
      retryable: true,
    });
  });

  test('a server that falls silent after EHLO is given up in time', async () => {
    const server = await scripted(() => ({ greeting: '220 mail.example', answer: () => null }));
    const setup = options(server.port, {}, { timeouts: { setup: 100, idle: 60_000 } });
    await assert.rejects(openSession(setup), { code: 'timed-out' });
  });

  test('a server that hangs up after EHLO', async () => {
    const server = await scripted(() => ({ greeting: '220 mail.example', answer: () => 'cut' }));
    await assert.rejects(openSession(options(server.port)), { code: 'server-error', retryable: true });
  });

  test('what the server can do is read from EHLO', async () => {
    const server = await scripted(() => ({
      greeting: '220 mail.example ESMTP',
      answer: (line) =>
        line.startsWith('EHLO')
          ? '250-mail.example\r\n250-SIZE 1000\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-DSN\r\n250 LIMITS RCPTMAX=20 MAILMAX=5'
          : '221 bye',
    }));
    const { extensions } = await opened(options(server.port));
    assert.deepEqual(extensions, {
      eightBitMime: true,
      smtpUtf8: true,
      dsn: true,
      size: 1000,
      recipients: 20,
      mechanisms: [],
    });
    assert.match(server.lines[0]!, /^EHLO \[127\.0\.0\.1\]$/);
  });
});

/** RFC 7677, the server's side, over AUTH with an initial response. */
function scramServer(user: string, password: string): Script {
  const salt = Buffer.from('0123456789abcdef');
  const encode = (text: string) => Buffer.from(text).toString('base64');
  const decode = (text: string) => Buffer.from(text, 'base64').toString();
  let bare = '';
  let first = '';
  let done = false;
  return {
    greeting: '220 mail.example ESMTP',
    answer(line) {
      if (line.startsWith('EHLO')) return '250-mail.example\r\n250 AUTH SCRAM-SHA-256 PLAIN';
      if (line === 'QUIT') return '221 bye';
      if (line.startsWith('AUTH SCRAM-SHA-256 ')) {
        bare = decode(line.split(' ')[2]!).slice(3);
        first = `r=${/r=(.*)$/.exec(bare)![1]}server,s=${salt.toString('base64')},i=4096`;
        return bare.startsWith(`n=${user},`) ? `334 ${encode(first)}` : '535 5.7.8 no';
      }
      if (done) return '235 2.7.0 welcome';
      const final = decode(line);
      const withoutProof = final.slice(0, final.lastIndexOf(',p='));
      const salted = pbkdf2Sync(password, salt, 4096, 32, 'sha256');
      const hmac = (key: Buffer, text: string) => createHmac('sha256', key).update(text).digest();
      const clientKey = hmac(salted, 'Client Key');
      const message = `${bare},${first},${withoutProof}`;
      const signature = hmac(createHash('sha256').update(clientKey).digest(), message);
      const proof = Buffer.from(clientKey.map((byte, at) => byte ^ signature[at]!)).toString('base64');
      if (final !== `${withoutProof},p=${proof}`) return '535 5.7.8 no';
      done = true;
      return `334 ${encode(`v=${hmac(hmac(salted, 'Server Key'), message).toString('base64')}`)}`;
    },
  };
}
