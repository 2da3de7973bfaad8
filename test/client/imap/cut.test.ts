/**
 * The link is cut at every command of a replay in every way, while the person goes on filing, copying and erasing. What a
 * person sees is the truth here, for nobody else changes anything: no synchronisation may change it, and in the end the
 * server must have the same.
 */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { FLAG } from '../../../main/client/messages/rows.ts';
import type { Action } from '../../../main/contract/mail/messages.ts';
import { type CutMode, type CuttingProxy, startCuttingProxy } from '../../kit/cutting-proxy.ts';
import { type Dovecot, dovecotMissing, PLAIN_CAPABILITY, startDovecot } from '../../kit/dovecot.ts';
import { addAccount, letter, openProfile, type Profile, rows } from './harness.ts';
import type { Seen } from './program.ts';

const ROUNDS = Number(process.env['POSTROOM_ROUNDS'] ?? 10);
const MODES: CutMode[] = ['before', 'middle', 'after'];

const servers = [
  { name: 'with UIDPLUS and MOVE', options: {}, forget: false },
  { name: 'without any extension', options: { capability: PLAIN_CAPABILITY }, forget: false },
  {
    name: 'without any extension, new UIDs not told',
    options: { capability: PLAIN_CAPABILITY },
    forget: true,
  },
];

for (const { name, options, forget } of servers) {
  describe(`a link that is cut at every command, against Dovecot ${name}`, { skip: dovecotMissing() }, () => {
    let server: Dovecot;
    let proxy: CuttingProxy;
    let profile: Profile;
    let account: number;
    before(async () => {
      server = await startDovecot(options);
      proxy = await startCuttingProxy(server.port, { forget });
      profile = await openProfile();
      account = await addAccount(profile, proxy.port, { keep: 'everything' });
    });
    after(async () => {
      await profile?.close();
      await proxy?.close();
      await server?.close();
    });
    let seed = Number(process.env['POSTROOM_SEED'] ?? 20_261_121);
    const random = (below: number) => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below);
    };
    const there = async () =>
      (await server.doveadm(['fetch', '-u', 'anna', 'mailbox flags hdr.subject', 'all']))
        .split('\f')
        .filter((each) => each.includes('hdr.subject') && !each.includes('\\Deleted'))
        .map((each) => `${/mailbox: (.*)/.exec(each)?.[1]} ${/hdr.subject: (.*)/.exec(each)?.[1]}`)
        .sort();
    const here = async () =>
      (await rows(profile, account)).map((each) => `${each.path} ${each.subject}`).sort();
    const once = async () => (await profile.engine.sync(account, { once: true }))[0];

    /** Something a person does with a few letters. */
    async function act(log: string[]): Promise<void> {
      const folders = await profile.store.read('imap.folders', account);
      const all = await rows(profile, account);
      const start = random(Math.max(1, all.length - 2));
      const of = all.slice(start, start + 1 + random(2));
      const ids = of.map((each) => each.id);
      const role = ['inbox', 'archive', 'trash'][random(3)];
      const to = folders.find((each) => each.role === role)?.id as number;
      // Copies of one letter in one folder cannot be told apart without UIDs, by anybody.
      const copied = (each: Seen) => all.filter(({ subject }) => subject === each.subject).length > 1;
      const what = forget || of.some(copied) ? random(5) : random(10);
      const action =
        what < 3
          ? ({ do: 'move', to } as const)
          : what < 4
            ? ({ do: 'erase' } as const)
            : what < 5
              ? ({ do: 'flag', flag: 'flagged', on: random(2) === 0 } as const)
              : what < 6
                ? ({ do: 'copy', to } as const)
                : ({ do: 'move', to } as const);
      log.push(
        `${JSON.stringify(action)} ${of.map((each) => `${each.path} ${each.subject} uid ${each.uid}`).join(', ')}`,
      );
      await profile.store.write('messages.act', { ids, action, token: null, n: 0 });
    }

    it('a copy in the same folder, moved on before it was made, leaves its original alone', async () => {
      proxy.cut = null;
      await server.save('anna', 'INBOX', letter('twice'));
      assert.equal((await once())?.error, null);
      const idOf = async (role: string) =>
        (await profile.store.read('imap.folders', account)).find((each) => each.role === role)?.id as number;
      const twice = async () => (await rows(profile, account)).filter((each) => each.subject === 'twice');
      const act = (id: number, action: Action) =>
        profile.store.write('messages.act', { ids: [id], action, token: null, n: 0 });
      await act((await twice())[0]?.id as number, { do: 'copy', to: await idOf('inbox') });
      proxy.cut = { at: / UID COPY /, mode: 'before' };
      assert.notEqual((await once())?.error, null);
      const copy = (await twice()).find((each) => each.uid === null);
      await act(copy?.id as number, { do: 'move', to: await idOf('trash') });
      proxy.cut = null;
      for (let pass = 0; pass < 2; pass += 1) assert.equal((await once())?.error, null);
      const wanted = ['INBOX twice', 'Trash twice'];
      assert.deepEqual(
        (await here()).filter((each) => each.endsWith('twice')),
        wanted,
      );
      assert.deepEqual(
        (await there()).filter((each) => each.endsWith('twice')),
        wanted,
      );
    });

    it('a letter erased while its second move was cut does not come back', async () => {
      proxy.cut = null;
      await server.save('anna', 'INBOX', letter('unwanted'));
      assert.equal((await once())?.error, null);
      const folders = await profile.store.read('imap.folders', account);
      const unwanted = async () =>
        (await rows(profile, account)).filter((each) => each.subject === 'unwanted');
      const act = async (action: Action) =>
        profile.store.write('messages.act', {
          ids: (await unwanted()).map((each) => each.id),
          action,
          token: null,
          n: 0,
        });
      // The answer to the first move is lost, so that nobody here knows its UID; the second is begun and not heard of.
      for (const [role, mode] of [
        ['archive', 'after'],
        ['trash', 'before'],
      ] as const) {
        await act({ do: 'move', to: folders.find((each) => each.role === role)?.id as number });
        proxy.cut = { at: / UID (MOVE|COPY) /, mode };
        assert.notEqual((await once())?.error, null);
      }
      await act({ do: 'erase' });
      proxy.cut = null;
      for (let pass = 0; pass < 2; pass += 1) assert.equal((await once())?.error, null);
      assert.deepEqual(await unwanted(), []);
      assert.deepEqual(
        (await there()).filter((each) => each.endsWith('unwanted')),
        [],
      );
    });

    it('a letter that goes away and comes back is not taken for what it left behind', async () => {
      proxy.cut = null;
      await server.save('anna', 'INBOX', letter('wanderer'));
      assert.equal((await once())?.error, null);
      const folders = await profile.store.read('imap.folders', account);
      const wanderer = async () =>
        (await rows(profile, account)).filter((each) => each.subject === 'wanderer');
      for (const role of ['archive', 'inbox']) {
        const ids = (await wanderer()).map((each) => each.id);
        const to = folders.find((each) => each.role === role)?.id as number;
        await profile.store.write('messages.act', { ids, action: { do: 'move', to }, token: null, n: 0 });
        if (role === 'inbox') {
          // Not its turn yet when the folder is looked at.
          const waiting = (await profile.store.read('test.operations')).map((each) => each['id'] as number);
          const put = (at: number) =>
            profile.store.write('imap.deferOperations', { ids: waiting, at, problem: '{}' });
          await put(Date.now() + 3_600_000);
          assert.equal((await once())?.error, null);
          assert.deepEqual(
            (await wanderer()).map((each) => each.uid),
            [null],
          );
          await put(0);
        }
        for (let pass = 0; pass < 2; pass += 1) assert.equal((await once())?.error, null);
      }
      const found = await wanderer();
      assert.deepEqual(
        found.map((each) => [each.path, each.flags & FLAG.deleted, each.uid !== null]),
        [['INBOX', 0, true]],
      );
      assert.equal((await there()).filter((each) => each === 'INBOX wanderer').length, 1);
    });

    it('no letter is lost, doubled or brought back', async () => {
      const log: string[] = [];
      let letters = 0;
      let at = 0;
      for (let round = 0; round < ROUNDS * MODES.length; round += 1) {
        if ((await rows(profile, account)).length < 12) {
          for (let n = 0; n < 12; n += 1) {
            letters += 1;
            await server.save('anna', 'INBOX', letter(`letter ${letters}`));
          }
          proxy.cut = null;
          assert.equal((await once())?.error, null);
        }
        for (let n = random(4) + 1; n > 0; n -= 1) await act(log);
        const expected = await here();
        // Signing in is cut elsewhere: the first commands are let through.
        proxy.cut = { at: 6 + (at % 30), mode: MODES[round % MODES.length] as CutMode };
        if (round % MODES.length === MODES.length - 1) at += 1;
        const report = await once();
        log.push(`cut at ${proxy.last} -> ${report?.error?.code ?? 'done'}`);
        assert.deepEqual(await here(), expected, log.join('\n'));
        if (round % 3 !== 2 && random(2) === 0) continue;
        proxy.cut = null;
        for (let pass = 0; pass < 2; pass += 1) assert.equal((await once())?.error, null);
        assert.deepEqual(await profile.store.read('test.operations'), [], log.join('\n'));
        assert.deepEqual(await here(), expected, log.join('\n'));
        assert.deepEqual(await there(), expected, log.join('\n'));
        log.length = 0;
      }
    });
  });
}
