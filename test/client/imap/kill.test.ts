import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { type CutMode, type CuttingProxy, startCuttingProxy } from '../../kit/cutting-proxy.ts';
import { type Dovecot, dovecotMissing, PLAIN_CAPABILITY, startDovecot } from '../../kit/dovecot.ts';
import { addAccount, letter, openProfile, type Profile, rows } from './harness.ts';

/** Writings of a client that has signed in; the commands that matter come after. */
const FIRST_COMMAND = 5;
const ROUNDS = Number(process.env['POSTROOM_ROUNDS'] ?? 10);

/**
 * Runs a pass in a process of its own and kills it: after some ms, counted from when its profile is open, or at one of its
 * commands. Tells whether it was killed before it had ended.
 */
async function killedPass(
  dir: string,
  when: number | { proxy: CuttingProxy; at: number; mode: CutMode },
): Promise<boolean> {
  const child = fork(join(import.meta.dirname, 'once-child.ts'), [dir], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  if (typeof when !== 'number') {
    const { proxy, at, mode } = when;
    proxy.cut = { at, mode, instead: () => child.kill('SIGKILL') };
    await ended;
    proxy.cut = null;
    return child.signalCode === 'SIGKILL';
  }
  await Promise.race([once(child, 'message'), ended]);
  await Promise.race([ended, wait(when)]);
  const killed = child.exitCode === null;
  child.kill('SIGKILL');
  await ended;
  return killed;
}

/** Every other round ends at a command, where time alone seldom ends it. */
function moment(round: number, proxy: CuttingProxy, ms: number): Parameters<typeof killedPass>[1] {
  const mode = (['before', 'middle', 'after'] as const)[round % 3] as CutMode;
  return round % 2 === 0 ? ms : { proxy, at: FIRST_COMMAND + ((round * 7) % 25), mode };
}

const servers = [
  { name: 'with UIDPLUS and MOVE', options: {} },
  { name: 'without any extension', options: { capability: PLAIN_CAPABILITY } },
];

for (const { name, options } of servers) {
  describe(`kill -9 against Dovecot ${name}`, {
    skip: dovecotMissing(),
    timeout: 120_000 + ROUNDS * 20_000,
  }, () => {
    let server: Dovecot;
    let proxy: CuttingProxy;
    let dir: string;
    const uidplus = name === 'with UIDPLUS and MOVE';
    before(async () => {
      server = await startDovecot(options);
      proxy = await startCuttingProxy(server.port);
      dir = await mkdtemp(join(tmpdir(), 'postroom-kill-'));
    });
    after(async () => {
      await proxy?.close();
      await server?.close();
      await rm(dir, { recursive: true, force: true });
    });
    const withProfile = async <T>(task: (profile: Profile) => Promise<T>): Promise<T> => {
      const profile = await openProfile({ dir, keep: true });
      try {
        return await task(profile);
      } finally {
        await profile.close();
      }
    };
    /** What the server has: "mailbox subject", marked for removal left out. */
    const there = async () => {
      const out = await server.doveadm(['fetch', '-u', 'anna', 'mailbox flags hdr.subject', 'all']);
      return out
        .split('\f')
        .filter((each) => each.includes('hdr.subject') && !each.includes('\\Deleted'))
        .map((each) => `${/mailbox: (.*)/.exec(each)?.[1]} ${/hdr.subject: (.*)/.exec(each)?.[1]}`)
        .sort();
    };
    const here = (profile: Profile) =>
      rows(profile, 1).then((all) => all.map((each) => `${each.path} ${each.subject}`).sort());

    it('in the middle of a first pass: every letter is here once', async () => {
      for (let n = 0; n < 300; n += 1) await server.save('anna', 'INBOX', letter(`letter ${n}`));
      await withProfile((profile) => addAccount(profile, proxy.port, { keep: 'everything' }));
      let killed = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        if (await killedPass(dir, moment(round, proxy, 5 + ((round * 37) % 220)))) killed += 1;
      }
      assert.ok(killed > ROUNDS / 10, `${killed} passes were killed in time`);
      await withProfile(async (profile) => {
        const [report] = await profile.engine.sync(1, { once: true });
        assert.equal(report?.error, null);
        assert.deepEqual(await here(profile), await there());
        assert.ok((await rows(profile, 1)).every((each) => each.body === 1));
        for (const each of await profile.store.read('test.counters')) assert.equal(each.total, each.counted);
        assert.equal((await profile.store.check()).ok, true);
      });
    });

    it('in the middle of a replay: nothing is lost and nothing doubled', async () => {
      let expected = 300;
      let killed = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        await withProfile(async (profile) => {
          const folders = await profile.store.read('imap.folders', 1);
          const idOf = (role: string) => folders.find((each) => each.role === role)?.id as number;
          const all = await rows(profile, 1);
          const inbox = all.filter((each) => each.path === 'INBOX').slice(0, 4);
          const archive = all.filter((each) => each.path === 'Archive').slice(0, 2);
          const ids = (found: typeof all) => found.map((each) => each.id);
          const act = (
            of: number[],
            action: Parameters<typeof profile.store.write<'messages.act'>>[1]['action'],
          ) =>
            of.length === 0
              ? undefined
              : profile.store.write('messages.act', { ids: of, action, token: null, n: 0 });
          await act(ids(inbox), { do: 'flag', flag: 'flagged', on: true });
          await act(ids(inbox.slice(0, 3)), { do: 'move', to: idOf('archive') });
          await act(ids(inbox.slice(3)), { do: 'copy', to: idOf('trash') });
          await act(ids(archive.slice(0, 1)), { do: 'erase' });
          await act(ids(archive.slice(1)), { do: 'move', to: idOf('inbox') });
          const bytes = Buffer.from(letter(`sent in round ${round}`));
          const { facts, blob } = await profile.pool.call('ingest', { bytes });
          await profile.store.write('test.append', { account: 1, folder: idOf('sent'), facts, blob });
          expected += inbox.slice(3).length + 1 - archive.slice(0, 1).length;
        });
        if (await killedPass(dir, moment(round, proxy, 5 + ((round * 53) % 180)))) killed += 1;
      }
      assert.ok(killed >= ROUNDS / 3, `${killed} passes were killed in time`);
      await withProfile(async (profile) => {
        for (let pass = 0; pass < 2; pass += 1) {
          const [report] = await profile.engine.sync(1, { once: true });
          assert.equal(report?.error, null);
        }
        assert.deepEqual(await profile.store.read('test.operations'), []);
        const found = await there();
        const counted = Map.groupBy(found, (each) => each);
        if (uidplus) {
          assert.deepEqual(await here(profile), found);
          assert.equal(found.length, expected);
        }
        for (let round = 0; round < ROUNDS; round += 1) {
          assert.equal(counted.get(`Sent sent in round ${round}`)?.length, 1, `sent in round ${round}`);
        }
        assert.equal(new Set(found).size, found.length, 'doubled on the server');
        assert.equal(new Set(await here(profile)).size, (await here(profile)).length, 'doubled here');
        assert.equal(found.length, expected);
        assert.deepEqual(await here(profile), found);
        assert.equal((await profile.store.check()).ok, true);
      });
    });
  });
}
