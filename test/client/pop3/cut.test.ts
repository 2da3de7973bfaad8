/**
 * The link cut at random octets, and the process killed at random moments: every letter is here once, octet by octet, and the
 * server has lost nothing that is not here.
 */
import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Pop3Policy } from '../../../main/contract/mail/accounts.ts';
import { type OctetProxy, startOctetProxy } from '../../kit/octet-proxy.ts';
import { passwordOf } from '../../kit/office.ts';
import { openPop3Office, type Pop3Office } from '../../kit/pop3.ts';
import { addAccount, letter, octetsOf, openProfile, type Profile, rows } from './harness.ts';

const CUTS = Number(process.env['POSTROOM_CUTS'] ?? 200);
const KILLS = Number(process.env['POSTROOM_ROUNDS'] ?? 6);
const SEED = Number(process.env['POSTROOM_SEED'] ?? 20_261_121);

/** mulberry32: the same points in every run of a seed. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

let serial = 0;
/** Letters small and large, some with lines of dots. */
function letters(count: number): string[] {
  return Array.from({ length: count }, (_, n) => {
    serial += 1;
    const body = n % 5 === 4 ? 'large line\r\n.\r\n..\r\n'.repeat(900) : `small\r\n.${'\r\n.'.repeat(n % 7)}`;
    return letter(`letter ${serial}`, { body });
  });
}

async function onServer(office: Pop3Office): Promise<number> {
  for (;;) {
    try {
      const client = await office.signIn();
      const stat = await client.ask('STAT');
      await client.ask('QUIT');
      return Number(/^\+OK (\d+)/.exec(stat)?.[1]);
    } catch (failure) {
      // The session that was cut is still closing.
      if (!String(failure).includes('IN-USE')) throw failure;
      await wait(20);
    }
  }
}

async function verify(profile: Profile, account: number, sent: readonly string[]): Promise<void> {
  const here = await rows(profile, account);
  const octets = await Promise.all(here.map((each) => octetsOf(profile, each.id)));
  assert.equal(here.length, sent.length, 'as many letters as were sent');
  assert.deepEqual(octets.sort(), [...sent].sort());
  for (const each of await profile.store.read('test.counters')) assert.equal(each.total, each.counted);
  assert.equal((await profile.store.check()).ok, true);
}

async function scene(t: TestContext): Promise<{ office: Pop3Office; proxy: OctetProxy }> {
  const office = await openPop3Office(t);
  const proxy = await startOctetProxy(office.port);
  t.after(() => proxy.close());
  return { office, proxy };
}

/** Passes until one has not been cut or refused; how many were cut. */
async function untilWhole(
  profile: Profile,
  account: number,
  proxy: OctetProxy,
  next: () => number,
): Promise<number> {
  for (let cuts = 0; ; ) {
    proxy.left = cuts < 12 ? next() : Number.POSITIVE_INFINITY;
    proxy.passed = 0;
    const [report] = await profile.engine.sync(account, { once: true });
    if (!report?.error) return cuts;
    if (report.error.code === 'mailbox-in-use') await wait(10);
    else cuts += 1;
  }
}

describe('a link that is cut', { timeout: 120_000 + CUTS * 1000 }, () => {
  const cases: [string, Partial<Pop3Policy>, left: boolean][] = [
    ['letters leave the server', { leave: 'never' }, false],
    ['letters stay', { leave: 'always' }, true],
  ];
  for (const [name, policy, stays] of cases) {
    it(`at ${CUTS / cases.length} random octets, where ${name}: nothing lost, nothing twice`, async (t) => {
      const { office, proxy } = await scene(t);
      const profile = await openProfile();
      t.after(() => profile.close());
      const server = { port: proxy.port, user: 'kcope', password: passwordOf('kcope') };
      const account = await addAccount(profile, server, policy);
      const roll = random(SEED);
      const sent: string[] = [];
      let cuts = 0;
      while (cuts < CUTS / cases.length) {
        const fresh = letters(12);
        await office.deliver('kcope', ...fresh);
        sent.push(...fresh);
        proxy.piece = roll() < 0.3 ? 1 + Math.floor(roll() * 40) : Number.POSITIVE_INFINITY;
        // Set-up and listings are some hundred octets; a session with all the new letters is about this long.
        const whole = 700 + fresh.join('').length + (stays ? sent.length * 40 : fresh.length * 60);
        cuts += await untilWhole(profile, account, proxy, () => Math.floor(roll() * whole));
        await verify(profile, account, sent);
      }
      proxy.left = Number.POSITIVE_INFINITY;
      const [last] = await profile.engine.sync(account, { once: true });
      assert.deepEqual([last?.error, last?.newMessages], [null, 0]);
      assert.equal(await onServer(office), stays ? sent.length : 0);
      t.diagnostic(`${cuts} cuts, ${sent.length} letters`);
    });
  }
});

describe('a program that is killed', { timeout: 60_000 + KILLS * 20_000 }, () => {
  it('in the middle of fetching: every letter is here once when it runs again', async (t) => {
    const { office, proxy } = await scene(t);
    const dir = await mkdtemp(join(tmpdir(), 'postroom-pop3-kill-'));
    t.after(() => rm(dir, { recursive: true, force: true }));
    const password = passwordOf('kcope');
    const server = { port: proxy.port, user: 'kcope', password };
    const first = await openProfile({ dir, keep: true });
    const account = await addAccount(first, server, { leave: 'never' });
    await first.close();
    const sent = letters(150);
    await office.deliver('kcope', ...sent);
    const whole = sent.join('').length;
    const roll = random(SEED);
    let killed = 0;
    for (let round = 0; round < KILLS; round += 1) {
      const child = fork(join(import.meta.dirname, 'once-child.ts'), [dir, password], {
        stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      });
      const ended = once(child, 'exit');
      proxy.instead = () => child.kill('SIGKILL');
      proxy.left = 500 + Math.floor(roll() * whole * 0.9);
      await ended;
      if (child.signalCode === 'SIGKILL') killed += 1;
      proxy.instead = null;
      proxy.left = Number.POSITIVE_INFINITY;
    }
    assert.ok(killed > 0, 'a pass was killed in time');
    const profile = await openProfile({ dir, keep: true });
    try {
      profile.secrets.set(`account:${account}:password`, password);
      const [report] = await profile.engine.sync(account, { once: true });
      assert.equal(report?.error, null);
      await verify(profile, account, sent);
      assert.equal(await onServer(office), 0);
    } finally {
      await profile.close();
    }
  });
});
