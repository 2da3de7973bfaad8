import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ManualClock } from '../../../main/base/clock.ts';
import { BAN_MS, GUARD_ENTRIES, SIGN_IN_FAILURES } from '../../../main/base/limits.ts';
import type { Admission, Guard } from '../../../main/server/guard/guard.ts';
import { isNetwork, Networks, peerOf } from '../../../main/server/guard/networks.ts';
import type { GuardPolicy } from '../../../main/server/guard/policy.ts';
import { officeFolder, openTestOffice } from '../../kit/office-directory.ts';

const STRANGER = '192.0.2.7';

async function open(t: TestContext, policy: Partial<GuardPolicy> = {}) {
  const clock = new ManualClock();
  const { guard, store, dir } = await openTestOffice(t, { clock, policy });
  return { guard, clock, store, dir };
}

const admitted = (admission: Admission): (() => void) => {
  assert.ok(admission.ok);
  return () => admission.release();
};
const reason = (admission: Admission) => (admission.ok ? 'admitted' : admission.reason);
const fail = async (guard: Guard, clock: ManualClock, ip: string, times: number, account = 'anna@office') => {
  for (let n = 0; n < times; n++) {
    clock.advance(1000);
    await guard.signInFailed(ip, account);
  }
};

describe('networks', () => {
  test('CIDR of both families, single addresses, nothing else', () => {
    for (const good of ['10.0.0.0/8', '192.0.2.1', 'fd00::/8', '::1', '::/0', '0.0.0.0/0', ' 10.1.2.3/32 '])
      assert.ok(isNetwork(good), good);
    for (const bad of [
      '',
      '10.0.0.0/33',
      '10.0.0/8',
      'fd00::/129',
      '10.0.0.0/',
      '10.0.0.0/8/8',
      'a/8',
      '10.0.0.0/-1',
      'fe80::1%eth0',
      '10.0.0.0/1e1',
    ])
      assert.ok(!isNetwork(bad), bad);
    assert.throws(() => new Networks(['10.0.0.0/40']), { kind: 'user', code: 'bad-network' });
    const networks = new Networks(['10.0.0.0/8', '192.0.2.128/25', 'fd00::/8', '::1']);
    for (const ip of ['10.255.0.1', '192.0.2.128', 'fd12::1', '::1']) assert.ok(networks.includes(ip), ip);
    for (const ip of ['11.0.0.1', '192.0.2.127', 'fe00::1', '::2', '', 'nonsense'])
      assert.ok(!networks.includes(ip), ip);
  });

  test('IPv6 peers are counted by /64, mapped IPv4 as itself', () => {
    for (const [ip, peer] of [
      ['192.0.2.1', '192.0.2.1'],
      ['::ffff:192.0.2.1', '192.0.2.1'],
      ['2001:DB8:0001:2:3:4:5:6', '2001:db8:1:2::/64'],
      ['2001:db8:1:2::', '2001:db8:1:2::/64'],
      ['2001:db8::1', '2001:db8:0:0::/64'],
      ['::1', '0:0:0:0::/64'],
      ['fe80::1%eth0', 'fe80:0:0:0::/64'],
      ['64:ff9b::192.0.2.1', '64:ff9b:0:0::/64'],
      ['1::', '1:0:0:0::/64'],
    ] as const)
      assert.equal(peerOf(ip), peer, ip);
  });
});

describe('sessions', () => {
  test('G13 200 of a service, 30 of a peer, 100 of a trusted one; a released place is free', async (t) => {
    const { guard } = await open(t, { trustedNetworks: ['10.0.0.0/8'] });
    const mine = Array.from({ length: 30 }, () => admitted(guard.admit(STRANGER, 'imap')));
    assert.equal(reason(guard.admit(STRANGER, 'imap')), 'peer');
    assert.equal(reason(guard.admit(STRANGER, 'pop3')), 'admitted', 'another listener has places of its own');
    mine[0]!();
    mine[0]!();
    admitted(guard.admit(STRANGER, 'imap'));
    assert.equal(reason(guard.admit(STRANGER, 'imap')), 'peer', 'one place is given back once');
    for (let n = 0; n < 100; n++) admitted(guard.admit('10.1.1.1', 'imap'));
    assert.equal(reason(guard.admit('10.1.1.1', 'imap')), 'peer');
    for (let n = 0; n < 70; n++) admitted(guard.admit(`198.51.100.${n}`, 'imap'));
    assert.equal(reason(guard.admit('203.0.113.1', 'imap')), 'total');
    mine[1]!();
    assert.equal(reason(guard.admit('203.0.113.1', 'imap')), 'admitted');
  });

  test('G13 30 sessions of one person over IMAP, as many as they like otherwise', async (t) => {
    const { guard } = await open(t);
    const sessions = Array.from({ length: 30 }, () => admitted(guard.admitPerson(1, 'imap')));
    assert.equal(reason(guard.admitPerson(1, 'imap')), 'peer');
    assert.equal(reason(guard.admitPerson(2, 'imap')), 'admitted');
    for (let n = 0; n < 40; n++) admitted(guard.admitPerson(1, 'submission'));
    sessions[3]!();
    assert.equal(reason(guard.admitPerson(1, 'imap')), 'admitted');
  });

  test('the IPv6 addresses of one network are one peer', async (t) => {
    const { guard } = await open(t);
    for (let n = 0; n < 30; n++) admitted(guard.admit(`2001:db8:1:2::${n.toString(16)}`, 'imap'));
    assert.equal(reason(guard.admit('2001:db8:1:2:ffff::1', 'imap')), 'peer');
    assert.equal(reason(guard.admit('2001:db8:1:3::1', 'imap')), 'admitted');
  });

  test('limits and networks may change while it runs', async (t) => {
    const clock = new ManualClock();
    const policy: { -readonly [K in keyof GuardPolicy]?: GuardPolicy[K] } = {
      sessionsPerPeer: 1,
      trustedNetworks: [],
    };
    // The kit copies what it is given; this one is asked anew each time.
    const { store } = await openTestOffice(t, { clock });
    const { openGuard } = await import('../../../main/server/guard/office-guard.ts');
    const { DEFAULT_GUARD_POLICY } = await import('../../../main/server/guard/policy.ts');
    const { silentLog } = await import('../../../main/base/log.ts');
    const guard = await openGuard({
      store,
      clock,
      log: silentLog,
      policy: () => ({ ...DEFAULT_GUARD_POLICY, ...policy }),
    });
    admitted(guard.admit(STRANGER, 'imap'));
    assert.equal(reason(guard.admit(STRANGER, 'imap')), 'peer');
    policy.sessionsPerPeer = 2;
    admitted(guard.admit(STRANGER, 'imap'));
    assert.equal(guard.isTrusted(STRANGER), false);
    policy.trustedNetworks = ['192.0.2.0/24'];
    assert.equal(guard.isTrusted(STRANGER), true);
  });

  test('10,000 connections of one address, and of as many networks, cost bounded memory', async (t) => {
    const { guard } = await open(t);
    for (let n = 0; n < 10_000; n++) guard.admit(STRANGER, 'smtp');
    const flood = (from: number) => {
      for (let n = from; n < from + 3 * GUARD_ENTRIES; n++) {
        const ip = `2001:db8:${(n >> 16).toString(16)}:${(n & 0xffff).toString(16)}::1`;
        const admission = guard.admit(ip, 'smtp');
        if (admission.ok) admission.release();
        guard.message(ip);
        guard.beforeSignIn(ip, `nobody${n}`);
        guard.signedIn(ip, `nobody${n}`);
      }
    };
    setFlagsFromString('--expose-gc');
    const gc = runInNewContext('gc') as () => void;
    flood(0);
    gc();
    const before = process.memoryUsage().heapUsed;
    flood(1 << 20);
    gc();
    const grown = process.memoryUsage().heapUsed - before;
    assert.ok(grown < 4 * 1024 * 1024, `${grown} octets more after as many strangers again`);
  });
});

describe('rates', () => {
  test('S54 30 connections a minute at port 25 from a peer that is not trusted', async (t) => {
    const { guard, clock } = await open(t);
    const connect = (ip: string, service: 'smtp' | 'imap' = 'smtp') => {
      const admission = guard.admit(ip, service);
      if (admission.ok) admission.release();
      return reason(admission);
    };
    for (let n = 0; n < 30; n++) assert.equal(connect(STRANGER), 'admitted');
    assert.equal(connect(STRANGER), 'rate');
    assert.equal(connect('198.51.100.1'), 'admitted');
    assert.equal(connect(STRANGER, 'imap'), 'admitted');
    for (let n = 0; n < 100; n++) assert.equal(connect('127.0.0.1'), 'admitted');
    clock.advance(60_000);
    assert.equal(connect(STRANGER), 'admitted');
  });

  test('S54 60 messages a minute inbound, then how long to wait', async (t) => {
    const { guard, clock } = await open(t);
    for (let n = 0; n < 60; n++) {
      assert.ok(guard.message(STRANGER).ok);
      clock.advance(500);
    }
    assert.deepEqual(guard.message(STRANGER), { ok: false, retrySeconds: 30 });
    assert.ok(guard.message('127.0.0.1').ok);
    clock.advance(30_000);
    assert.ok(guard.message(STRANGER).ok);
    assert.deepEqual(guard.message(STRANGER), { ok: false, retrySeconds: 1 });
  });

  test('S54 100 messages and 200 recipients an hour of one account', async (t) => {
    const { guard, clock } = await open(t);
    for (let n = 0; n < 100; n++) assert.ok(guard.submission(1, 1).ok);
    assert.deepEqual(guard.submission(1, 1), { ok: false, retrySeconds: 3600 });
    assert.ok(guard.submission(2, 150).ok);
    assert.equal(guard.submission(2, 51).ok, false);
    assert.ok(guard.submission(2, 50).ok);
    assert.equal(guard.submission(2, 1).ok, false);
    // One letter to more than the whole limit is possible, alone.
    assert.ok(guard.submission(3, 500).ok);
    assert.equal(guard.submission(3, 1).ok, false);
    clock.advance(3600_000);
    assert.ok(guard.submission(1, 1).ok && guard.submission(2, 200).ok && guard.submission(3, 1).ok);
  });
});

describe('sign-ins', () => {
  test('G9 1, 2, 4 ... seconds of one peer, whatever the account', async (t) => {
    const { guard, clock } = await open(t);
    const waits: number[] = [];
    for (let n = 0; n < 7; n++) {
      const { waitMs, banned } = guard.beforeSignIn(STRANGER, `account${n}`);
      assert.equal(banned, false);
      waits.push(waitMs);
      clock.advance(waitMs);
      await guard.signInFailed(STRANGER, `account${n}`);
    }
    assert.deepEqual(waits, [0, 1000, 2000, 4000, 8000, 16_000, 32_000]);
    clock.advance(15 * 60_000);
    assert.equal(guard.beforeSignIn(STRANGER, 'anna').waitMs, 0);
  });

  test('G9 attempts side by side wait for one another', async (t) => {
    const { guard, clock } = await open(t);
    await fail(guard, clock, STRANGER, 2);
    const waits = Array.from({ length: 4 }, () => guard.beforeSignIn(STRANGER, 'anna@office').waitMs);
    assert.deepEqual(waits, [2000, 4000, 6000, 8000]);
    // More than a minute ahead is refused.
    const many = Array.from({ length: 40 }, () => guard.beforeSignIn(STRANGER, 'anna@office'));
    assert.ok(many.at(-1)?.banned);
  });

  test('G9 an account is slowed down from everywhere, but never shut', async (t) => {
    const { guard, clock } = await open(t);
    for (let n = 0; n < 40; n++) await fail(guard, clock, `198.51.100.${n}`, 1);
    const { waitMs, banned } = guard.beforeSignIn('203.0.113.5', 'anna@office');
    assert.equal(banned, false);
    assert.ok(waitMs > 1000 && waitMs <= 8000, `${waitMs}`);
    assert.equal(guard.beforeSignIn('203.0.113.6', 'boris@office').waitMs, 0);
  });

  test('who signed in from here before is not slowed down by strangers elsewhere', async (t) => {
    const { guard, clock } = await open(t);
    guard.signedIn('203.0.113.5', 'anna@office');
    for (let n = 0; n < 40; n++) await fail(guard, clock, `198.51.100.${n}`, 1);
    assert.equal(guard.beforeSignIn('203.0.113.5', 'anna@office').waitMs, 0);
    await guard.signInFailed('203.0.113.5', 'anna@office');
    assert.equal(guard.beforeSignIn('203.0.113.5', 'anna@office').waitMs, 1000);
  });

  test("a success pays for its own account's failures only", async (t) => {
    const { guard, clock } = await open(t);
    await fail(guard, clock, STRANGER, 3, 'anna@office');
    guard.signedIn(STRANGER, 'anna@office');
    assert.equal(guard.beforeSignIn(STRANGER, 'anna@office').waitMs, 0);
    // Somebody with one account of their own must not guess others for free.
    for (let n = 0; n < SIGN_IN_FAILURES; n++) {
      await fail(guard, clock, STRANGER, 1, `other${n}@office`);
      guard.signedIn(STRANGER, 'mine@office');
    }
    assert.ok(guard.beforeSignIn(STRANGER, 'mine@office').banned);
  });

  test('G9 the tenth failure in 15 minutes is a ban of 15 minutes; the ninth is none', async (t) => {
    const { guard, clock } = await open(t);
    await fail(guard, clock, STRANGER, SIGN_IN_FAILURES - 1);
    assert.equal(reason(guard.admit(STRANGER, 'imap')), 'admitted');
    assert.deepEqual(await guard.bans(), []);
    await fail(guard, clock, STRANGER, 1);
    assert.equal(reason(guard.admit(STRANGER, 'imap')), 'banned');
    assert.equal(reason(guard.admit(STRANGER, 'smtp')), 'admitted', 'letters for the office still come in');
    assert.deepEqual(guard.beforeSignIn(STRANGER, 'boris@office'), { waitMs: BAN_MS, banned: true });
    const [ban] = await guard.bans();
    assert.deepEqual(
      [ban?.ip, ban?.reason, (ban?.until ?? 0) - (ban?.since ?? 0)],
      [STRANGER, 'sign-in-failures', BAN_MS],
    );
    clock.advance(BAN_MS - 1);
    assert.equal(reason(guard.admit(STRANGER, 'imap')), 'banned');
    clock.advance(1);
    assert.equal(reason(guard.admit(STRANGER, 'imap')), 'admitted');
    assert.deepEqual(await guard.bans(), []);
  });

  test('G9 failures that are spread over hours are no ban', async (t) => {
    const { guard, clock } = await open(t);
    for (let n = 0; n < 30; n++) {
      await fail(guard, clock, STRANGER, 1);
      clock.advance(2 * 60_000);
    }
    assert.equal(reason(guard.admit(STRANGER, 'imap')), 'admitted');
  });

  test('G9 a trusted network is never banned, and one account there does not slow down the rest', async (t) => {
    const { guard, clock } = await open(t);
    await fail(guard, clock, '127.0.0.1', 50);
    assert.equal(reason(guard.admit('127.0.0.1', 'imap')), 'admitted');
    assert.deepEqual(await guard.bans(), []);
    const { waitMs, banned } = guard.beforeSignIn('127.0.0.1', 'anna@office');
    assert.ok(waitMs > 0 && !banned);
    assert.equal(guard.beforeSignIn('127.0.0.1', 'boris@office').waitMs, 0);
  });

  test('G9 a ban outlives a restart, an administrator lifts it', async (t) => {
    const dir = officeFolder(t);
    const clock = new ManualClock();
    const first = await openTestOffice(t, { dir, clock });
    await fail(first.guard, clock, '2001:db8:1:2::5', SIGN_IN_FAILURES);
    await fail(first.guard, clock, STRANGER, SIGN_IN_FAILURES);
    await first.store.close();
    clock.step(5 * 60_000);
    const second = await openTestOffice(t, { dir, clock });
    assert.equal(reason(second.guard.admit('2001:db8:1:2::99', 'imap')), 'banned');
    assert.equal((await second.guard.bans()).length, 2);
    assert.equal(await second.guard.lift('2001:db8:1:2::/64'), true);
    assert.equal(await second.guard.lift(STRANGER), true);
    assert.equal(await second.guard.lift(STRANGER), false);
    assert.equal(reason(second.guard.admit(STRANGER, 'imap')), 'admitted');
    assert.equal(second.guard.beforeSignIn(STRANGER, 'anna@office').waitMs, 0);
    await second.store.close();
    const third = await openTestOffice(t, { dir, clock });
    assert.deepEqual(await third.guard.bans(), []);
  });

  test('a step of the clock by a day neither lifts a ban nor makes it longer', async (t) => {
    const dir = officeFolder(t);
    const clock = new ManualClock();
    const first = await openTestOffice(t, { dir, clock });
    await fail(first.guard, clock, STRANGER, SIGN_IN_FAILURES);
    clock.step(24 * 60 * 60_000);
    assert.equal(reason(first.guard.admit(STRANGER, 'imap')), 'banned');
    clock.step(-48 * 60 * 60_000);
    assert.equal(reason(first.guard.admit(STRANGER, 'imap')), 'banned');
    await first.store.close();
    // Read back with a clock that is a day behind: minutes stay minutes.
    const second = await openTestOffice(t, { dir, clock });
    assert.equal(reason(second.guard.admit(STRANGER, 'imap')), 'banned');
    clock.advance(BAN_MS);
    assert.equal(reason(second.guard.admit(STRANGER, 'imap')), 'admitted');
  });
});
