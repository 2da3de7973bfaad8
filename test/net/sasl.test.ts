import assert from 'node:assert/strict';
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import { describe, test } from 'node:test';
import { Fault } from '../../main/base/errors.ts';
import { chooseMechanisms, startMechanism } from '../../main/net/sasl.ts';

describe('mechanisms', () => {
  test('PLAIN says it all at once (RFC 4616)', () => {
    const { initial } = startMechanism('PLAIN', { user: 'анна@office.example', password: 'п=,р' });
    assert.equal(initial, '\0анна@office.example\0п=,р');
  });

  test('PLAIN refuses a NUL that would shift the fields', () => {
    assert.throws(() => startMechanism('PLAIN', { user: 'a\0b', password: 'c' }), { code: 'wrong-password' });
  });

  test('LOGIN answers two questions whatever their wording, never a third', async () => {
    const login = startMechanism('LOGIN', { user: 'anna', password: 'secret' });
    assert.equal(login.initial, null);
    assert.equal(await login.answer('Username:'), 'anna');
    assert.equal(await login.answer('Kennwort?'), 'secret');
    await assert.rejects(login.answer('And?'), { code: 'server-error' });
  });

  test('CRAM-MD5 gives the example of RFC 2195', async () => {
    const cram = startMechanism('CRAM-MD5', { user: 'tim', password: 'tanstaaftanstaaf' });
    const answer = await cram.answer('<1896.697170952@postoffice.reston.mci.net>');
    assert.equal(answer, 'tim b913a602c7eda7a495b4e6e7334d3890');
  });

  test('XOAUTH2 carries the token and answers the error challenge with nothing', async () => {
    const oauth = startMechanism('XOAUTH2', { user: 'a@b.example', password: 'token' });
    assert.equal(oauth.initial, 'user=a@b.example\x01auth=Bearer token\x01\x01');
    assert.equal(await oauth.answer('{"status":"400"}'), '');
  });
});

describe('SCRAM-SHA-256', () => {
  const NONCE = 'rOprNGfwEbeRWgbNEkqO';
  const SERVER_FIRST =
    'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096';
  const begin = () => startMechanism('SCRAM-SHA-256', { user: 'user', password: 'pencil' }, NONCE);

  test('gives the example of RFC 7677 section 3 and accepts its proof', async () => {
    const scram = begin();
    assert.equal(scram.initial, `n,,n=user,r=${NONCE}`);
    assert.equal(
      await scram.answer(SERVER_FIRST),
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=',
    );
    assert.equal(await scram.answer('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='), '');
    scram.finish();
  });

  test('a server without the verifier is found out', async () => {
    const scram = begin();
    await scram.answer(SERVER_FIRST);
    await assert.rejects(scram.answer('v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4='), Fault);
    assert.throws(() => scram.finish(), { code: 'server-error' });
  });

  test('a success without any proof is not a success', async () => {
    const scram = begin();
    await scram.answer(SERVER_FIRST);
    assert.throws(() => scram.finish(), { code: 'server-error' });
  });

  for (const [what, challenge] of [
    ['a foreign nonce', SERVER_FIRST.replace('rOpr', 'xOpr')],
    ['the bare nonce', `r=${NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096`],
    ['too few rounds', SERVER_FIRST.replace('4096', '1')],
    ['rounds without end', SERVER_FIRST.replace('4096', '4000000000')],
    ['an unknown extension', `m=x,${SERVER_FIRST}`],
    ['rubbish', 'hello'],
  ] as const) {
    test(`refuses ${what}`, async () => {
      await assert.rejects(begin().answer(challenge), { code: 'server-error' });
    });
  }

  test('escapes the name and prepares the password', async () => {
    const user = 'a,b=c';
    const scram = startMechanism('SCRAM-SHA-256', { user, password: 'p\u00a0w\u00ad' }, NONCE);
    assert.equal(scram.initial, `n,,n=a=2Cb=3Dc,r=${NONCE}`);
    const proof = (await scram.answer(SERVER_FIRST)).split(',p=')[1];
    const salted = pbkdf2Sync('p w', Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64'), 4096, 32, 'sha256');
    const key = createHmac('sha256', salted).update('Client Key').digest();
    const stored = createHash('sha256').update(key).digest();
    const message = `n=a=2Cb=3Dc,r=${NONCE},${SERVER_FIRST},c=biws,${SERVER_FIRST.split(',')[0]}`;
    const signature = createHmac('sha256', stored).update(message).digest();
    assert.equal(proof, Buffer.from(key.map((byte, at) => byte ^ signature[at]!)).toString('base64'));
  });
});

describe('choice of a mechanism', () => {
  const ALL = ['PLAIN', 'LOGIN', 'CRAM-MD5', 'SCRAM-SHA-256', 'XOAUTH2'];

  test('over TLS: SCRAM, then the password, CRAM-MD5 last', () => {
    assert.deepEqual(chooseMechanisms(ALL, 'auto', true), ['SCRAM-SHA-256', 'PLAIN', 'LOGIN', 'CRAM-MD5']);
  });

  test('without TLS a password in clear comes last', () => {
    assert.deepEqual(chooseMechanisms(ALL, 'auto', false), ['SCRAM-SHA-256', 'CRAM-MD5', 'PLAIN', 'LOGIN']);
    assert.throws(() => chooseMechanisms(['GSSAPI'], 'auto', false), { code: 'login-disabled' });
  });

  test('a named one is taken or nothing', () => {
    assert.deepEqual(chooseMechanisms(ALL, 'login', false), ['LOGIN']);
    assert.deepEqual(chooseMechanisms(ALL, 'xoauth2', true), ['XOAUTH2']);
    assert.throws(() => chooseMechanisms(['PLAIN'], 'scram-sha-256', true), { code: 'login-disabled' });
  });
});
