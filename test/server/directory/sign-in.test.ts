import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import { ManualClock } from '../../../main/base/clock.ts';
import { Fault } from '../../../main/base/errors.ts';
import { SIGN_IN_FAILURES, SIGNED_IN_KEPT_MS } from '../../../main/base/limits.ts';
import { type MechanismName, startMechanism } from '../../../main/net/sasl.ts';
import type {
  SaslStep,
  ServerMechanism,
  SignInContext,
} from '../../../main/server/directory/authenticator.ts';
import { scryptHash } from '../../../main/server/directory/credentials.ts';
import { DOMAIN, type Office, openTestOffice, secureContext } from '../../kit/office-directory.ts';

const at = (local: string) => `${local}@${DOMAIN}`;
const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);
const FAILED = { kind: 'user', code: 'sign-in-failed', message: 'The name or the password is not right.' };
/** A peer whose failures nobody counts but its accounts' own. */
const trusted: SignInContext = { ...secureContext, ip: '127.0.0.1' };

/** Our client's half against the office's half, until one of them is done. */
async function signIn(
  office: Office,
  name: MechanismName & ServerMechanism,
  user: string,
  password: string,
  context = trusted,
): Promise<SaslStep> {
  const client = startMechanism(name, { user, password });
  const server = office.authenticator.exchange(name, context);
  let step = await server.start(client.initial === null ? null : bytes(client.initial));
  while (step.kind === 'challenge') step = await server.next(bytes(await client.answer(text(step.data))));
  client.finish();
  return step;
}

/** A client of RFC 2831, written from its section 2.1.2. */
function digestAnswer(challenge: string, user: string, password: string, realm?: string): string {
  const field = (name: string) => new RegExp(`${name}="?([^",]+)`).exec(challenge)?.[1] ?? '';
  const md5 = (...pieces: (string | Buffer)[]) => {
    const hash = createHash('md5');
    for (const piece of pieces) hash.update(piece);
    return hash.digest();
  };
  const [nonce, cnonce, uri, shown] = [
    field('nonce'),
    'OA6MHXh6VqTrRk',
    'imap/office',
    realm ?? field('realm'),
  ];
  const a1 = md5(md5(`${user}:${shown}:${password}`), `:${nonce}:${cnonce}`).toString('hex');
  const a2 = md5(`AUTHENTICATE:${uri}`).toString('hex');
  const response = md5(`${a1}:${nonce}:00000001:${cnonce}:auth:${a2}`).toString('hex');
  return `charset=utf-8,username="${user}",realm="${shown}",nonce="${nonce}",nc=00000001,cnonce="${cnonce}",digest-uri="${uri}",response=${response},qop=auth`;
}

/** Runs what it is asked to wait for at once, and keeps for how long it would have been. */
class HastyClock extends ManualClock {
  readonly waits: number[] = [];
  override after(ms: number, action: () => void): () => void {
    this.waits.push(ms);
    const cancel = super.after(ms, action);
    setImmediate(() => this.advance(ms));
    return cancel;
  }
}

describe('signing in', () => {
  test('every mechanism lets the right password in, by address or local part, in any case', async (t) => {
    const office = await openTestOffice(t);
    await office.admin.addPerson({
      address: at('Petrov'),
      name: 'Inav Petrov',
      password: 'пароль=,1',
      legacySecret: true,
    });
    for (const name of ['PLAIN', 'LOGIN', 'SCRAM-SHA-256', 'CRAM-MD5'] as const) {
      for (const user of [at('Petrov'), 'PETROV', at('petrov').toUpperCase()]) {
        const step = await signIn(office, name, user, 'пароль=,1');
        assert.ok(step.kind === 'done', name);
        assert.equal(step.person.address, at('Petrov'));
      }
    }
    assert.equal((await office.authenticator.password('petrov', 'пароль=,1', trusted)).name, 'Inav Petrov');
    const stamp = '<1896.697170952@office>';
    const digest = createHash('md5').update(`${stamp}пароль=,1`).digest('hex');
    assert.equal((await office.authenticator.apop('petrov', stamp, digest, trusted)).name, 'Inav Petrov');
  });

  test('DIGEST-MD5: our realm, the domain as realm, and the proof of the server', async (t) => {
    const office = await openTestOffice(t);
    await office.admin.addPerson({ address: at('petrov'), password: 'secret', legacySecret: true });
    for (const [user, realm] of [
      [at('petrov'), undefined],
      ['petrov', undefined],
      ['petrov', DOMAIN],
    ] as const) {
      const server = office.authenticator.exchange('DIGEST-MD5', trusted);
      const asked = await server.start(null);
      assert.ok(asked.kind === 'challenge');
      const proof = await server.next(bytes(digestAnswer(text(asked.data), user, 'secret', realm)));
      assert.ok(proof.kind === 'challenge');
      assert.match(text(proof.data), /^rspauth=[0-9a-f]{32}$/);
      assert.equal((await server.next(bytes(''))).kind, 'done');
    }
    const server = office.authenticator.exchange('DIGEST-MD5', trusted);
    const asked = await server.start(null);
    assert.ok(asked.kind === 'challenge');
    await assert.rejects(server.next(bytes(digestAnswer(text(asked.data), 'petrov', 'wrong'))), FAILED);
  });

  test('G9 unknown, wrong and disabled are one Fault, whatever the mechanism', async (t) => {
    const clock = new ManualClock();
    const office = await openTestOffice(t, { clock });
    await office.admin.addPerson({ address: at('anna'), password: 'right', legacySecret: true });
    await office.admin.addPerson({
      address: at('gone'),
      password: 'right',
      disabled: true,
      legacySecret: true,
    });
    const cases = [
      ['anna', 'wrong'],
      ['gone', 'right'],
      ['gone', 'wrong'],
      ['nobody', 'right'],
      [`nobody@elsewhere.example`, 'right'],
    ] as const;
    for (const [user, password] of cases) {
      for (const name of ['PLAIN', 'LOGIN', 'SCRAM-SHA-256', 'CRAM-MD5'] as const) {
        clock.advance(60 * 60_000);
        await assert.rejects(signIn(office, name, user, password), FAILED, `${name} ${user}`);
      }
      clock.advance(60 * 60_000);
      await assert.rejects(office.authenticator.password(user, password, trusted), FAILED);
      clock.advance(60 * 60_000);
      await assert.rejects(office.authenticator.apop(user, '<1@x>', '0'.repeat(32), trusted), FAILED);
    }
  });

  test('G9 SCRAM asks unknown names for a salt that stays the same, in every writing', async (t) => {
    const office = await openTestOffice(t);
    await office.admin.addPerson({ address: at('anna'), password: 'right' });
    const saltOf = async (user: string) => {
      const step = await office.authenticator
        .exchange('SCRAM-SHA-256', trusted)
        .start(bytes(`n,,n=${user},r=abc`));
      assert.ok(step.kind === 'challenge');
      const found = /,s=([^,]+),i=(\d+)$/.exec(text(step.data));
      return [found?.[1], found?.[2]];
    };
    assert.deepEqual(await saltOf('anna'), await saltOf(at('ANNA')));
    assert.deepEqual(await saltOf('nobody'), await saltOf(at('NoBody')));
    assert.notDeepEqual(await saltOf('nobody'), await saltOf('somebody'));
    const [[known, rounds], [unknown, others]] = [await saltOf('anna'), await saltOf('nobody')];
    assert.equal(rounds, others);
    assert.equal(known?.length, unknown?.length);
    assert.ok(Number(rounds) >= 15_000);
  });

  test('G9 a wrong password costs the same time for known, unknown and disabled names', async (t) => {
    const clock = new ManualClock();
    const office = await openTestOffice(t, { clock });
    await office.admin.addPerson({ address: at('anna'), password: 'right' });
    await office.admin.addPerson({ address: at('gone'), password: 'right', disabled: true });
    // Remembered: a wrong password must not be answered any faster for it.
    await office.authenticator.password('anna', 'right', trusted);
    const groups = { anna: [] as number[], nobody: [] as number[], gone: [] as number[] };
    const names = ['anna', 'nobody', 'gone'] as const;
    for (let round = 0; round < 24; round++) {
      // In turn, so that whatever else the machine does meets all of them.
      for (const name of names) {
        clock.advance(60 * 60_000);
        const before = process.cpuUsage();
        await assert.rejects(office.authenticator.password(name, `wrong ${round}`, trusted), FAILED);
        const { user, system } = process.cpuUsage(before);
        groups[name].push(user + system);
      }
    }
    // The least of many is the work itself; a missing derivation would be a hundredth of it.
    const least = names.map((name) => Math.min(...groups[name]));
    assert.ok(Math.min(...least) > 0.5 * Math.max(...least), least.join(' '));
    assert.ok(Math.min(...least) > 2000, 'a derivation is some milliseconds of work');
  });

  test('G6 no password in clear without TLS, unless the network may', async (t) => {
    const office = await openTestOffice(t, { policy: { clearTextLoginFrom: ['10.0.0.0/8'] } });
    await office.admin.addPerson({ address: at('anna'), password: 'right' });
    const open: SignInContext = { ...secureContext, encrypted: false };
    assert.equal(await office.authenticator.clearTextAllowed(open), false);
    assert.deepEqual(await office.authenticator.mechanisms(open), ['SCRAM-SHA-256']);
    await assert.rejects(office.authenticator.password('anna', 'right', open), {
      code: 'clear-text-refused',
    });
    for (const name of ['PLAIN', 'LOGIN'] as const)
      await assert.rejects(office.authenticator.exchange(name, open).start(null), {
        code: 'clear-text-refused',
      });
    assert.equal((await signIn(office, 'SCRAM-SHA-256', 'anna', 'right', open)).kind, 'done');
    const allowed = { ...open, ip: '10.1.2.3' };
    assert.deepEqual(await office.authenticator.mechanisms(allowed), ['SCRAM-SHA-256', 'PLAIN', 'LOGIN']);
    assert.equal((await office.authenticator.password('anna', 'right', allowed)).address, at('anna'));
    // S50: at port 25 nothing at all without TLS.
    assert.deepEqual(await office.authenticator.mechanisms({ ...open, service: 'smtp' }), []);
    assert.equal((await office.authenticator.mechanisms({ ...allowed, service: 'smtp' })).length, 3);
    assert.equal((await office.authenticator.mechanisms({ ...secureContext, service: 'smtp' })).length, 3);
  });

  test('G8 CRAM-MD5, DIGEST-MD5 and APOP only while every enabled person can complete them', async (t) => {
    const office = await openTestOffice(t);
    const legacy = async () => [
      (await office.authenticator.mechanisms(secureContext)).includes('CRAM-MD5'),
      (await office.authenticator.mechanisms(secureContext)).includes('DIGEST-MD5'),
      await office.authenticator.apopOffered(),
    ];
    assert.deepEqual(await legacy(), [false, false, false]);
    await office.admin.addPerson({ address: at('anna'), password: 'right', legacySecret: true });
    assert.deepEqual(await legacy(), [true, true, true]);
    await office.admin.addPerson({ address: at('boris'), password: 'right' });
    assert.deepEqual(await legacy(), [false, false, false]);
    await assert.rejects(office.authenticator.exchange('CRAM-MD5', secureContext).start(null), {
      code: 'sasl-mechanism',
    });
    await office.admin.changePerson(at('boris'), { disabled: true });
    assert.deepEqual(await legacy(), [true, true, true]);
    await office.admin.changePerson(at('boris'), { disabled: false });
    await office.admin.changePerson(at('boris'), { password: 'right', legacySecret: true });
    assert.deepEqual(await legacy(), [true, true, true]);
    assert.equal((await signIn(office, 'CRAM-MD5', 'boris', 'right')).kind, 'done');
    await office.admin.changePerson(at('boris'), { legacySecret: false });
    assert.deepEqual(await legacy(), [false, false, false]);
  });

  test("a local part that two people have is nobody's name", async (t) => {
    const office = await openTestOffice(t, { clock: new HastyClock() });
    await office.admin.addDomain('second.example');
    await office.admin.addPerson({ address: at('anna'), password: 'one' });
    await office.admin.addPerson({ address: 'anna@second.example', password: 'two' });
    for (const password of ['one', 'two'])
      await assert.rejects(office.authenticator.password('anna', password, trusted), FAILED);
    assert.equal((await office.authenticator.password('anna@second.example', 'two', trusted)).id, 2);
  });

  test('a new password counts at once, also for who was remembered', async (t) => {
    const office = await openTestOffice(t);
    await office.admin.addPerson({ address: at('anna'), password: 'old' });
    await office.authenticator.password('anna', 'old', trusted);
    await office.admin.changePerson(at('anna'), { password: 'new' });
    await assert.rejects(office.authenticator.password('anna', 'old', trusted), FAILED);
    await office.admin.changePerson(at('anna'), { disabled: true });
    await assert.rejects(office.authenticator.password('anna', 'new', { ...trusted, ip: '::1' }), FAILED);
  });

  test('five connections of one client cost one derivation; after a while another', async (t) => {
    const clock = new ManualClock();
    const office = await openTestOffice(t, { clock });
    await office.admin.addPerson({ address: at('anna'), password: 'right' });
    const cost = async () => {
      const before = process.cpuUsage();
      await office.authenticator.password('anna', 'right', trusted);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const first = await cost();
    const later = [await cost(), await cost(), await cost(), await cost()];
    assert.ok(Math.min(...later) < first / 3, `${first}: ${later.join(' ')}`);
    clock.advance(SIGNED_IN_KEPT_MS);
    assert.ok((await cost()) > 3 * Math.min(...later));
  });

  test('someone brought in with a scrypt hash signs in, and then has a verifier', async (t) => {
    const office = await openTestOffice(t);
    await office.admin.addPerson({ address: at('anna'), password: 'right' });
    await office.admin.addPersonWithHash({ address: at('boris') }, await scryptHash('from elsewhere'));
    // G8: SCRAM is not offered to an office where one could not complete it.
    assert.deepEqual(await office.authenticator.mechanisms(trusted), ['PLAIN', 'LOGIN']);
    await assert.rejects(office.authenticator.password('boris', 'wrong', trusted), FAILED);
    const upgraded = new Promise<void>((resolve) => {
      const stop = office.store.changes.on(() => {
        stop();
        resolve();
      });
    });
    assert.equal(
      (await office.authenticator.password('boris', 'from elsewhere', { ...trusted, ip: '::1' })).id,
      2,
    );
    await upgraded;
    assert.ok((await office.authenticator.mechanisms(trusted)).includes('SCRAM-SHA-256'));
    assert.equal(
      (await signIn(office, 'SCRAM-SHA-256', 'boris', 'from elsewhere', { ...trusted, ip: '::1' })).kind,
      'done',
    );
    assert.equal((await office.authenticator.password('anna', 'right', trusted)).id, 1);
  });
});

describe('the guard inside', () => {
  test('G9 the second try waits a second, the third two; a right password clears it', async (t) => {
    const clock = new HastyClock();
    const office = await openTestOffice(t, { clock });
    await office.admin.addPerson({ address: at('anna'), password: 'right' });
    for (let n = 0; n < 3; n++)
      await assert.rejects(office.authenticator.password('anna', 'wrong', secureContext), FAILED);
    assert.deepEqual(clock.waits, [1000, 2000]);
    assert.equal((await office.authenticator.password('anna', 'right', secureContext)).id, 1);
    assert.deepEqual(clock.waits, [1000, 2000, 4000]);
    await office.authenticator.password('anna', 'right', secureContext);
    assert.equal(clock.waits.length, 3);
  });

  test('G9 ten failures are a ban: the right password is refused too, with the time that is left', async (t) => {
    const clock = new ManualClock();
    const office = await openTestOffice(t, { clock });
    await office.admin.addPerson({ address: at('anna'), password: 'right' });
    for (let n = 0; n < SIGN_IN_FAILURES; n++) {
      await office.guard.signInFailed(secureContext.ip, at('anna'));
    }
    const banned = (failure: unknown) => {
      assert.ok(failure instanceof Fault);
      assert.equal(failure.code, 'sign-in-later');
      assert.equal(failure.kind, 'transient');
      assert.equal(failure.detail?.['seconds'], 15 * 60);
      return true;
    };
    await assert.rejects(office.authenticator.password('anna', 'right', secureContext), banned);
    await assert.rejects(signIn(office, 'PLAIN', 'anna', 'right', secureContext), banned);
    clock.advance(15 * 60_000);
    assert.equal((await office.authenticator.password('anna', 'right', secureContext)).id, 1);
  });

  test('G9 the throttle does not tell who exists: two writings of a name are one account, known or not', async (t) => {
    const waits: number[][] = [];
    for (const user of ['anna', 'nobody']) {
      const clock = new HastyClock();
      const office = await openTestOffice(t, { clock });
      await office.admin.addPerson({ address: at('anna'), password: 'right' });
      await assert.rejects(office.authenticator.password(user, 'wrong', secureContext), FAILED);
      // From another address, so that only the account is what slows down.
      const other = { ...secureContext, ip: '198.51.100.9' };
      await assert.rejects(office.authenticator.password(at(user.toUpperCase()), 'wrong', other), FAILED);
      waits.push(clock.waits);
    }
    assert.deepEqual(waits, [[1000], [1000]]);
  });

  test('an exchange that failed or was cancelled cannot be taken up again', async (t) => {
    const office = await openTestOffice(t);
    const exchange = office.authenticator.exchange('PLAIN', trusted);
    await assert.rejects(exchange.start(bytes('nonsense')), { kind: 'syntax', code: 'sasl-syntax' });
    await assert.rejects(exchange.next(bytes('\0anna\0right')), { code: 'exchange-misused' });
  });

  test('nobody signs in for another person', async (t) => {
    const office = await openTestOffice(t);
    await office.admin.addPerson({ address: at('anna'), password: 'right' });
    await office.admin.addPerson({ address: at('boris'), password: 'other' });
    const plain = (authzid: string, ip: string) =>
      office.authenticator.exchange('PLAIN', { ...trusted, ip }).start(bytes(`${authzid}\0anna\0right`));
    assert.equal((await plain(at('ANNA'), '127.0.0.1')).kind, 'done');
    await assert.rejects(plain('boris', '127.0.0.2'), FAILED);
  });
});
