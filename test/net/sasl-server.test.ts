import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, test } from 'node:test';
import { MAX_SASL_BYTES } from '../../main/base/limits.ts';
import {
  apopDigest,
  cramMd5Server,
  digestMd5Server,
  type FindSecret,
  loginServer,
  plainServer,
  type ServerMechanism,
  type ServerStep,
  scramServer,
} from '../../main/net/sasl-server.ts';
import { deriveVerifier, matchesVerifier, parseVerifier, writeVerifier } from '../../main/net/scram.ts';

const bytes = (text: string) => new TextEncoder().encode(text);
const asked = (step: ServerStep<string>): string => {
  assert.ok(step.kind === 'challenge', step.kind);
  return new TextDecoder().decode(step.data);
};
const accepted = (who: string) => ({ kind: 'accepted', who });
const DENIED = { kind: 'denied' };
const SYNTAX = { kind: 'syntax', code: 'sasl-syntax' };

const check = async (user: string, password: string, authzid: string) =>
  password === 'secret' ? `${user}/${authzid}` : null;
const secretOf =
  (secret: string, who: string | null = 'chris'): FindSecret<string> =>
  async () => ({ secret, who });

/** What every machine must refuse in the same way, at its first step that reads. */
const nonsense: [string, Uint8Array][] = [
  ['nothing', bytes('')],
  ['octets that are no UTF-8', new Uint8Array([0xff, 0xfe, 0x20, 0x61])],
  ['too much', new Uint8Array(MAX_SASL_BYTES + 1).fill(0x61)],
];

describe('PLAIN (RFC 4616)', () => {
  test('with the initial response or after an empty challenge', async () => {
    assert.deepEqual(await plainServer(check).start(bytes('\0иван\0secret')), accepted('иван/'));
    const later = plainServer(check);
    assert.equal(asked(await later.start(null)), '');
    assert.deepEqual(await later.next(bytes('boss\0ivan\0secret')), accepted('ivan/boss'));
    assert.deepEqual(await plainServer(check).start(bytes('\0ivan\0wrong')), DENIED);
  });
  test('refuses what is not three fields', async () => {
    for (const [name, octets] of [
      ...nonsense,
      ['two fields', bytes('a\0b')],
      ['four', bytes('a\0b\0c\0d')],
      ['no name', bytes('\0\0x')],
      ['no password', bytes('\0x\0')],
    ] as const)
      await assert.rejects(plainServer(check).start(octets), SYNTAX, name);
  });
});

describe('LOGIN', () => {
  test('asks for both, or for the password alone after a name in the first line (S17)', async () => {
    const slow = loginServer(check);
    assert.equal(asked(await slow.start(null)), 'Username:');
    assert.equal(asked(await slow.next(bytes('ivan'))), 'Password:');
    assert.deepEqual(await slow.next(bytes('secret')), accepted('ivan/'));
    const quick = loginServer(check);
    assert.equal(asked(await quick.start(bytes('ivan'))), 'Password:');
    assert.deepEqual(await quick.next(bytes('wrong')), DENIED);
  });
});

describe('SCRAM-SHA-256 (RFC 5802, RFC 7677)', () => {
  const CLIENT = 'rOprNGfwEbeRWgbNEkqO';
  const SERVER = '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0';
  const verifier = () => deriveVerifier('pencil', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'), 4096);
  const names: string[] = [];
  const begin = (who: string | null = 'user') =>
    scramServer(async (user) => {
      names.push(user);
      return { verifier: await verifier(), who };
    }, SERVER);
  const PROOF = `c=biws,r=${CLIENT}${SERVER},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=`;

  test('gives the example of RFC 7677 section 3, and the proof goes out before the yes', async () => {
    const server = begin();
    const first = asked(await server.start(bytes(`n,,n=user,r=${CLIENT}`)));
    assert.equal(first, `r=${CLIENT}${SERVER},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`);
    assert.equal(asked(await server.next(bytes(PROOF))), 'v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
    assert.deepEqual(await server.next(bytes('')), accepted('user'));
  });
  test('a name that nobody has fails at the same step as a false proof', async () => {
    const unknown = begin(null);
    await unknown.start(bytes(`n,,n=user,r=${CLIENT}`));
    assert.deepEqual(await unknown.next(bytes(PROOF)), DENIED);
    for (const proof of [
      'AAAA',
      Buffer.alloc(32).toString('base64'),
      Buffer.alloc(64).toString('base64'),
      'dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVRB',
    ]) {
      const server = begin();
      await server.start(bytes(`n,,n=user,r=${CLIENT}`));
      assert.deepEqual(await server.next(bytes(PROOF.replace(/p=.*/, `p=${proof}`))), DENIED, proof);
    }
  });
  test('names are unescaped; the identity to act for has to be the same', async () => {
    await begin().start(bytes('y,a=a=2Cb=3Dc,n=a=2Cb=3Dc,r=x'));
    assert.equal(names.at(-1), 'a,b=c');
    await assert.rejects(begin().start(bytes('n,a=boss,n=user,r=x')), SYNTAX);
  });
  test('refuses broken first messages, and channel binding that was not offered', async () => {
    const broken = [
      'n,,n=user',
      'n,,r=x',
      'x,,n=user,r=x',
      'n,,n=,r=x',
      'n,,n=us=er,r=x',
      'n,,m=1,n=user,r=x',
      'n,,n=user,r=a b',
      'p=tls-unique,,n=user,r=x',
      `n,,n=user,r=`,
    ];
    for (const text of broken) await assert.rejects(begin().start(bytes(text)), SYNTAX, text);
    for (const [name, octets] of nonsense) await assert.rejects(begin().start(octets), SYNTAX, name);
  });
  test('refuses a final message of another exchange', async () => {
    for (const text of [
      PROOF.replace(SERVER, 'other'),
      PROOF.replace('c=biws', 'c=eSws'),
      PROOF.replace(/,p=.*/, ''),
      'p=x',
      '',
    ]) {
      const server = begin();
      await server.start(bytes(`n,,n=user,r=${CLIENT}`));
      await assert.rejects(server.next(bytes(text)), SYNTAX, text);
    }
    const server = begin();
    await server.start(bytes(`n,,n=user,r=${CLIENT}`));
    await server.next(bytes(PROOF));
    await assert.rejects(server.next(bytes('more')), SYNTAX);
  });
  test('two exchanges never share a nonce', async () => {
    const find = async () => ({ verifier: await verifier(), who: 'user' });
    const one = asked(await scramServer(find).start(bytes(`n,,n=user,r=${CLIENT}`)));
    assert.notEqual(one, asked(await scramServer(find).start(bytes(`n,,n=user,r=${CLIENT}`))));
  });
  test('a verifier is written and read back (RFC 5803); passwords are prepared (RFC 4013)', async () => {
    const made = await deriveVerifier('I\u00adX\u00a0п', Buffer.from('salt'), 4096);
    const text = writeVerifier(made);
    assert.match(text, /^SCRAM-SHA-256\$4096:[^$]+\$[^:]+:.+$/);
    assert.deepEqual(parseVerifier(text), made);
    assert.ok(await matchesVerifier('IX п', made));
    assert.ok(!(await matchesVerifier('IX', made)));
    for (const bad of [
      '',
      'SCRAM-SHA-1$1:YQ==$YQ==:YQ==',
      'SCRAM-SHA-256$4096:c2FsdA==$YQ==:YQ==',
      `${text}$`,
    ])
      assert.equal(parseVerifier(bad), undefined);
  });
});

describe('CRAM-MD5 (RFC 2195)', () => {
  const begin = (find = secretOf('tanstaaftanstaaf', 'tim')) =>
    cramMd5Server(find, 'postoffice.reston.mci.net', '1896.697170952');
  test('gives the example, in any case of the digits', async () => {
    for (const digest of ['b913a602c7eda7a495b4e6e7334d3890', 'B913A602C7EDA7A495B4E6E7334D3890']) {
      const server = begin();
      assert.equal(asked(await server.start(null)), '<1896.697170952@postoffice.reston.mci.net>');
      assert.deepEqual(await server.next(bytes(`tim ${digest}`)), accepted('tim'));
    }
  });
  test('a name may have blanks; an unknown one is denied with the right digest too', async () => {
    const server = cramMd5Server(async (user) => ({ secret: 's', who: user }), 'h', 'x');
    const digest = createHmac('md5', 's').update('<x@h>').digest('hex');
    await server.start(null);
    assert.deepEqual(await server.next(bytes(`a b ${digest}`)), accepted('a b'));
    const unknown = cramMd5Server(secretOf('s', null), 'h', 'x');
    await unknown.start(null);
    assert.deepEqual(await unknown.next(bytes(`a ${digest}`)), DENIED);
  });
  test('every challenge is another one (S17)', async () => {
    const seen = new Set<string>();
    for (let n = 0; n < 50; n++) seen.add(asked(await cramMd5Server(secretOf('s'), 'h').start(null)));
    assert.equal(seen.size, 50);
  });
  test('refuses an initial response and what is no name and digest', async () => {
    await assert.rejects(begin().start(bytes('tim')), SYNTAX);
    for (const [name, octets] of [
      ...nonsense,
      ['no digest', bytes('tim')],
      ['half a digest', bytes('tim b913')],
      ['no name', bytes(` ${'a'.repeat(32)}`)],
    ] as const) {
      const server = begin();
      await server.start(null);
      await assert.rejects(server.next(octets), SYNTAX, name);
    }
  });
});

describe('DIGEST-MD5 (RFC 2831)', () => {
  const REALM = 'elwood.innosoft.com';
  const NONCE = 'OA6MG9tEQGm2hh';
  const ANSWER =
    'charset=utf-8,username="chris",realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",nc=00000001,cnonce="OA6MHXh6VqTrRk",digest-uri="imap/elwood.innosoft.com",response=d388dad90d4bbd760a152321f2143af7,qop=auth';
  const begin = async (find: FindSecret<string> = secretOf('secret')): Promise<ServerMechanism<string>> => {
    const server = digestMd5Server(find, REALM, NONCE);
    const challenge = asked(await server.start(null));
    assert.equal(challenge, `realm="${REALM}",nonce="${NONCE}",qop="auth",charset=utf-8,algorithm=md5-sess`);
    return server;
  };
  test("gives the example of section 4, with the server's proof", async () => {
    for (const answer of [ANSWER, `${ANSWER}, `, ANSWER.replaceAll(',', ' , ')]) {
      const server = await begin();
      assert.equal(asked(await server.next(bytes(answer))), 'rspauth=ea40f60335c427b5527b84dbabcdfffd');
      assert.deepEqual(await server.next(bytes('')), accepted('chris'));
    }
  });
  test('denies another password, another realm in the digest, a name that nobody has, another identity', async () => {
    assert.deepEqual(await (await begin(secretOf('other'))).next(bytes(ANSWER)), DENIED);
    assert.deepEqual(
      await (await begin()).next(bytes(ANSWER.replace('realm="elwood', 'realm="other'))),
      DENIED,
    );
    assert.deepEqual(await (await begin(secretOf('secret', null))).next(bytes(ANSWER)), DENIED);
    assert.deepEqual(await (await begin()).next(bytes(`${ANSWER},authzid="boss"`)), DENIED);
  });
  test('refuses another nonce, a second count, other protections, doubled or broken fields', async () => {
    for (const answer of [
      ANSWER.replace(NONCE, 'other'),
      ANSWER.replace('00000001', '00000002'),
      ANSWER.replace('qop=auth', 'qop=auth-int'),
      `${ANSWER},username="x"`,
      ANSWER.replace('username="chris",', ''),
      ANSWER.replace('response=d388', 'response=zz'),
      ANSWER.replace('username="chris"', 'username="chris'),
      'garbage',
      '',
      'a'.repeat(MAX_SASL_BYTES + 1),
    ])
      await assert.rejects((await begin()).next(bytes(answer)), SYNTAX, answer);
    await assert.rejects(digestMd5Server(secretOf('s'), REALM).start(bytes(ANSWER)), SYNTAX);
  });
  test('hostile fields cost no time', async () => {
    const long = `username="${'\\"'.repeat(6000)}`;
    const started = process.cpuUsage();
    await assert.rejects((await begin()).next(bytes(long)), SYNTAX);
    await assert.rejects((await begin()).next(bytes(`${' ,'.repeat(6000)}=`)), SYNTAX);
    assert.ok(process.cpuUsage(started).user < 1_000_000);
  });
});

test('APOP gives the example of RFC 1939 section 7', () => {
  assert.equal(
    apopDigest('<1896.697170952@dbc.mtview.ca.us>', 'tanstaaf'),
    'c4c9334bac560ecc979e58001b3e22fb',
  );
});
