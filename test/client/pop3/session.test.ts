/** Sessions against the office, against Dovecot, and against servers that no honest person runs. */
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { after, before, describe, it, type TestContext } from 'node:test';
import { ManualClock, systemClock } from '../../../main/base/clock.ts';
import { openSession, type Pop3Options, type Pop3Server } from '../../../main/client/pop3/session.ts';
import { waysToSignIn } from '../../../main/client/pop3/sign-in.ts';
import { certificates } from '../../kit/certificates.ts';
import { type Dovecot, dovecotMissing, startDovecot } from '../../kit/dovecot.ts';
import { passwordOf } from '../../kit/office.ts';
import { openPop3Office } from '../../kit/pop3.ts';
import { type Script, startScriptedServer } from '../../kit/scripted-server.ts';
import { letter, until } from './harness.ts';

const AUTHORITIES = [certificates.localhost.cert, certificates.office.cert];

const options = (
  server: Partial<Pop3Server> & { port: number },
  more: Partial<Pop3Options> = {},
): Pop3Options => ({
  server: { host: 'localhost', security: 'none', user: 'anna', auth: 'auto', ...server },
  password: 'secret-anna',
  trusted: () => undefined,
  clock: systemClock,
  ...more,
});

/** Opens, lists, leaves; the failure's code, or the number of letters. */
async function outcome(asked: Pop3Options): Promise<string | number> {
  try {
    const session = await openSession(asked);
    const { length } = await session.letters();
    await session.close();
    return length;
  } catch (failure) {
    return (failure as { code?: string }).code ?? String(failure);
  }
}

describe('against the office', () => {
  it('signs in every way it offers, in clear, by STLS and by TLS', async (t) => {
    const { port, securePort, deliver } = await openPop3Office(t);
    await deliver('kcope', letter('one'), letter('two'));
    const who = { user: 'kcope' };
    const password = passwordOf('kcope');
    const fingerprint = (port_: number) => ({
      trusted: (_host: string, at: number) => (at === port_ ? kept : undefined),
    });
    let kept = '';
    const unknown = await openSession(
      options({ ...who, port: securePort, security: 'tls' }, { password }),
    ).catch((failure) => failure);
    assert.equal(unknown.code, 'certificate-unknown');
    kept = unknown.detail.certificate.fingerprint256;
    for (const auth of ['auto', 'plain', 'login', 'scram-sha-256'] as const) {
      for (const [at, security] of [
        [port, 'none'],
        [port, 'starttls'],
        [securePort, 'tls'],
      ] as const) {
        const asked = options({ ...who, port: at, security, auth }, { password, ...fingerprint(at) });
        assert.equal(await outcome(asked), 2, `${auth} over ${security}`);
      }
    }
    const wrong = options({ ...who, port }, { password: 'wrong' });
    assert.equal(await outcome(wrong), 'wrong-password');
  });
});

/** Failed sign-ins of one address are held back longer and longer otherwise. */
const NO_PENALTY = 'service anvil {\n  unix_listener anvil-auth-penalty {\n    mode = 0\n  }\n}\n';

describe('against Dovecot', { skip: dovecotMissing() }, () => {
  let server: Dovecot;
  before(async () => {
    server = await startDovecot({ pop3: true, config: NO_PENALTY });
    for (let n = 0; n < 5; n += 1)
      await server.save('anna', 'INBOX', letter(`letter ${n}`, { body: `.\r\n..${n}\r\n` }));
  });
  after(() => server?.close());

  for (const auth of ['auto', 'plain', 'login', 'cram-md5', 'scram-sha-256'] as const) {
    for (const security of ['none', 'starttls'] as const) {
      it(`signs in by ${auth}, ${security}`, async () => {
        const asked = options({ port: server.maildropPort, security, auth }, { authorities: AUTHORITIES });
        assert.equal(await outcome(asked), 5);
      });
    }
  }

  it('tells a wrong password by every mechanism', async () => {
    for (const auth of ['auto', 'plain', 'cram-md5', 'scram-sha-256'] as const) {
      const asked = options({ port: server.maildropPort, auth }, { password: 'wrong' });
      assert.equal(await outcome(asked), 'wrong-password', auth);
    }
  });

  it('gives whole letters, many ahead of their answers', async () => {
    const session = await openSession(options({ port: server.maildropPort }));
    assert.equal(session.capabilities.pipelining, true);
    const letters = await session.letters();
    const got = new Map<number, Buffer[]>();
    await session.each(letters, ({ n }) => `RETR ${n}`, true, {
      piece: ({ n }, octets) => void got.set(n, [...(got.get(n) ?? []), Buffer.from(octets)]),
      taken: () => undefined,
      refused: () => assert.fail('refused'),
    });
    for (const each of letters) assert.equal(Buffer.concat(got.get(each.n)!).length, each.octets);
    const refused: number[] = [];
    await session.each([{ n: 99 }, { n: 1 }], ({ n }) => `RETR ${n}`, true, {
      taken: () => undefined,
      refused: ({ n }, fault) => {
        refused.push(n);
        assert.equal(fault.code, 'refused');
        return undefined;
      },
    });
    assert.deepEqual(refused, [99]);
    await session.close();
  });
});

/** A server by a table of answers; `lines` heard so far are at hand. */
async function scripted(
  t: TestContext,
  greeting: string | null,
  table: Record<string, string>,
): Promise<{ port: number; lines: string[] }> {
  const script = (): Script => ({
    greeting,
    answer: (line) => table[line] ?? table[line.split(' ')[0] as string] ?? '-ERR what?',
  });
  const server = await startScriptedServer(script);
  t.after(() => server.close());
  return server;
}

const CAPA = (...lines: string[]) => ['+OK', ...lines, '.'].join('\r\n');
const EMPTY = { STAT: '+OK 0 0', QUIT: '+OK' };

describe('set-up, told by codes', () => {
  const cases: [
    name: string,
    greeting: string,
    table: Record<string, string>,
    code: string | number,
    more?: Partial<Pop3Server>,
  ][] = [
    ['USER and PASS without CAPA', '+OK hello', { USER: '+OK', 'PASS secret-anna': '+OK', ...EMPTY }, 0],
    [
      'a locked maildrop by code',
      '+OK',
      { USER: '+OK', PASS: '-ERR [IN-USE] no', ...EMPTY },
      'mailbox-in-use',
    ],
    [
      'a locked maildrop by words',
      '+OK',
      { USER: '+OK', PASS: '-ERR maildrop already locked', ...EMPTY },
      'mailbox-in-use',
    ],
    ['too soon', '+OK', { USER: '+OK', PASS: '-ERR [LOGIN-DELAY] wait', ...EMPTY }, 'login-too-soon'],
    [
      'a passing fault of the server',
      '+OK',
      { USER: '+OK', PASS: '-ERR [SYS/TEMP] later', ...EMPTY },
      'server-error',
    ],
    [
      'a lasting fault of the server',
      '+OK',
      { USER: '+OK', PASS: '-ERR [SYS/PERM] never', ...EMPTY },
      'server-error',
    ],
    ['a wrong password by code', '+OK', { USER: '+OK', PASS: '-ERR [AUTH] no', ...EMPTY }, 'wrong-password'],
    ['a wrong password by words', '+OK', { USER: '+OK', PASS: '-ERR invalid', ...EMPTY }, 'wrong-password'],
    [
      'too many connections',
      '+OK',
      { USER: '+OK', PASS: '-ERR Too many connections', ...EMPTY },
      'too-many-connections',
    ],
    [
      'a password refused in clear',
      '+OK',
      { USER: '-ERR Plaintext authentication disallowed', ...EMPTY },
      'login-disabled',
    ],
    ['no way to sign in', '+OK', { CAPA: CAPA('TOP', 'UIDL'), ...EMPTY }, 'login-disabled'],
    ['no STLS on offer', '+OK', { CAPA: CAPA('USER') }, 'no-tls-offered', { security: 'starttls' }],
    [
      'STLS refused',
      '+OK',
      { CAPA: CAPA('USER', 'STLS'), STLS: '-ERR no' },
      'no-tls-offered',
      { security: 'starttls' },
    ],
    [
      'words in clear behind STLS',
      '+OK',
      { CAPA: CAPA('USER', 'STLS'), STLS: '+OK\r\n+OK injected' },
      'tls-failed',
      { security: 'starttls' },
    ],
    ['an SMTP server', '220 smtp.example', {}, 'wrong-port'],
    ['an IMAP server', '* OK IMAP4rev1', {}, 'wrong-port'],
    ['a server that sends us away', '-ERR [SYS/TEMP] go away', {}, 'server-error'],
    [
      'lists that do not agree',
      '+OK',
      {
        USER: '+OK',
        PASS: '+OK',
        STAT: '+OK 3 30',
        UIDL: CAPA('1 a', '2 b'),
        LIST: CAPA('1 10', '2 10'),
        QUIT: '+OK',
      },
      'server-error',
    ],
    [
      'a list without one unique-id',
      '+OK',
      {
        USER: '+OK',
        PASS: '+OK',
        STAT: '+OK 2 30',
        UIDL: CAPA('1 a'),
        LIST: CAPA('1 10', '2 10'),
        QUIT: '+OK',
      },
      'server-error',
    ],
    [
      'no unique-ids at all',
      '+OK',
      { USER: '+OK', PASS: '+OK', STAT: '+OK 2 30', LIST: CAPA('1 10', '2 10'), QUIT: '+OK' },
      2,
    ],
  ];
  for (const [name, greeting, table, code, more] of cases) {
    it(name, async (t) => {
      const { port } = await scripted(t, greeting, table);
      assert.equal(await outcome(options({ port, ...more })), code);
    });
  }

  it('APOP answers the timestamp and sends no password', async (t) => {
    const stamp = '<1896.697170952@dbc.mtview.ca.us>';
    const digest = createHash('md5').update(`${stamp}secret-anna`).digest('hex');
    const { port, lines } = await scripted(t, `+OK POP3 ${stamp}`, {
      [`APOP anna ${digest}`]: '+OK',
      ...EMPTY,
    });
    assert.equal(await outcome(options({ port })), 0);
    assert.ok(!lines.join('\n').includes('secret-anna'));
  });

  it('where the best way is refused the password is tried once, and never a third time', async (t) => {
    const { port, lines } = await scripted(t, '+OK <1.2@x>', {
      CAPA: CAPA('USER', 'SASL CRAM-MD5 PLAIN'),
      AUTH: '-ERR no',
      ...EMPTY,
    });
    assert.equal(await outcome(options({ port })), 'wrong-password');
    assert.deepEqual(
      lines.filter((line) => line.startsWith('AUTH')).map((line) => line.split(' ')[1]),
      ['CRAM-MD5', 'PLAIN'],
    );
    assert.ok(!lines.some((line) => /^(USER|APOP|PASS)/.test(line)));
  });

  it('CRAM-MD5 and XOAUTH2 speak as their authors say', async (t) => {
    const challenge = '<1896.697170952@postoffice.example.net>';
    const answer = Buffer.from(
      `anna ${createHmac('md5', 'secret-anna').update(challenge).digest('hex')}`,
    ).toString('base64');
    const cram = await scripted(t, '+OK', {
      CAPA: CAPA('SASL CRAM-MD5'),
      AUTH: `+ ${Buffer.from(challenge).toString('base64')}`,
      [answer]: '+OK',
      ...EMPTY,
    });
    assert.equal(await outcome(options({ port: cram.port })), 0);
    const token = Buffer.from('user=anna\x01auth=Bearer secret-anna\x01\x01').toString('base64');
    const oauth = await scripted(t, '+OK', {
      CAPA: CAPA('SASL XOAUTH2'),
      [`AUTH XOAUTH2 ${token}`]: '+OK',
      ...EMPTY,
    });
    assert.equal(await outcome(options({ port: oauth.port, auth: 'xoauth2' })), 0);
  });

  it('a long initial response goes on a line of its own', async (t) => {
    const password = 'p'.repeat(300);
    const said = Buffer.from(`\0anna\0${password}`).toString('base64');
    const { port, lines } = await scripted(t, '+OK', {
      CAPA: CAPA('SASL PLAIN'),
      'AUTH PLAIN': '+ ',
      [said]: '+OK',
      ...EMPTY,
    });
    assert.equal(await outcome(options({ port }, { password })), 0);
    assert.ok(lines.every((line) => line.length <= 255 || line === said));
  });

  it('a password with a line end is not sent as a command', async (t) => {
    const { port, lines } = await scripted(t, '+OK', { USER: '+OK', PASS: '+OK', ...EMPTY });
    assert.equal(await outcome(options({ port }, { password: 'a\r\nDELE 1' })), 'wrong-password');
    assert.deepEqual(
      lines.filter((line) => /DELE|PASS/.test(line)),
      [],
    );
  });
});

describe('ways to sign in', () => {
  const all = {
    mechanisms: ['PLAIN', 'CRAM-MD5', 'SCRAM-SHA-256', 'LOGIN'],
    userOffered: true,
    timestamp: '<a@b>',
  };
  it('encrypted, the password comes before its MD5; in clear, last', () => {
    assert.deepEqual(waysToSignIn({ ...all, encrypted: true }, 'auto'), [
      'SCRAM-SHA-256',
      'PLAIN',
      'LOGIN',
      'USER',
      'CRAM-MD5',
      'APOP',
    ]);
    assert.deepEqual(waysToSignIn({ ...all, encrypted: false }, 'auto'), [
      'SCRAM-SHA-256',
      'CRAM-MD5',
      'APOP',
      'PLAIN',
      'LOGIN',
      'USER',
    ]);
  });
  it('what the person chose is all there is', () => {
    assert.deepEqual(waysToSignIn({ ...all, encrypted: true }, 'cram-md5'), ['CRAM-MD5']);
    assert.deepEqual(waysToSignIn({ ...all, mechanisms: [], encrypted: true }, 'plain'), ['USER']);
    assert.throws(() => waysToSignIn({ ...all, mechanisms: [], encrypted: true }, 'scram-sha-256'), {
      code: 'login-disabled',
    });
  });
});

describe('deadlines', () => {
  it('a server that says nothing ends the set-up', async (t) => {
    const { port } = await scripted(t, null, {});
    const clock = new ManualClock();
    const waiting = outcome(options({ port }, { clock, timeouts: { setup: 60_000, silence: 120_000 } }));
    const turning = setInterval(() => clock.advance(10_000), 10);
    try {
      assert.equal(await waiting, 'timed-out');
    } finally {
      clearInterval(turning);
    }
  });

  it('a server that stops in the middle of a letter', async (t) => {
    const table = {
      USER: '+OK',
      PASS: '+OK',
      STAT: '+OK 1 10',
      UIDL: CAPA('1 a'),
      LIST: CAPA('1 10'),
      RETR: '+OK\r\nhalf a let',
    };
    const { port, lines } = await scripted(t, '+OK', table);
    const clock = new ManualClock();
    const session = await openSession(options({ port }, { clock }));
    const letters = await session.letters();
    const fetched = session.each(letters, () => 'RETR 1', true, {
      taken: () => undefined,
      refused: () => undefined,
    });
    const failed = assert.rejects(fetched, { code: 'timed-out' });
    await until('RETR is heard', () => lines.includes('RETR 1'));
    clock.advance(119_000);
    const turning = setInterval(() => clock.advance(60_000), 20);
    await failed;
    clearInterval(turning);
  });

  it('a person who gives up ends it at once', async (t) => {
    const { port } = await scripted(t, null, {});
    const abort = new AbortController();
    const waiting = openSession(options({ port }, { signal: abort.signal }));
    const failed = assert.rejects(waiting, /enough/);
    abort.abort(new Error('enough'));
    await failed;
  });
});
