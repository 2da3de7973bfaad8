import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Action } from '../../../main/contract/mail/messages.ts';
import { type Dovecot, dovecotMissing, startDovecot } from '../../kit/dovecot.ts';
import { startLyingServer } from '../../kit/lying-imap.ts';
import { addAccount, letter, openProfile, type Profile, rows, until } from './harness.ts';

const skip = dovecotMissing();

async function act(profile: Profile, ids: number[], action: Action): Promise<void> {
  await profile.store.write('messages.act', { ids, action, token: null, n: 0 });
}
async function roleOf(profile: Profile, account: number): Promise<(string | null)[][]> {
  const all = await profile.store.read('folders.list');
  return all
    .filter((each) => each.account === account)
    .map((each) => [each.path, each.role])
    .sort();
}
async function places(profile: Profile, account: number): Promise<string[]> {
  return (await rows(profile, account)).map((each) => `${each.path}: ${each.subject}`).sort();
}

for (const { name, prefix, separator } of [
  { name: 'a plain namespace', prefix: '', separator: '/' },
  { name: 'everything below INBOX', prefix: 'INBOX.', separator: '.' },
]) {
  describe(`folders with a role on a server that has none, ${name}`, { skip }, () => {
    let server: Dovecot;
    let profile: Profile;
    let account: number;
    const local = prefix === '' ? '' : 'INBOX/';
    const once = async () => {
      const [report] = await profile.engine.sync(account, { once: true });
      assert.equal(report?.error, null);
    };
    const there = async () => (await server.doveadm(['mailbox', 'list', '-u', 'anna'])).trim().split('\n');
    before(async () => {
      server = await startDovecot({ mailboxes: '', prefix, separator });
      for (const subject of ['one', 'two', 'three', 'four'])
        await server.save('anna', 'INBOX', letter(subject));
      profile = await openProfile();
      account = await addAccount(profile, server.port);
      await once();
    });
    after(async () => {
      await profile?.close();
      await server?.close();
    });
    const idOf = async (subject: string) =>
      (await rows(profile, account)).find((each) => each.subject === subject)?.id as number;

    it('has only INBOX at first', async () => {
      assert.deepEqual(await there(), ['INBOX']);
      assert.deepEqual(await roleOf(profile, account), [['INBOX', 'inbox']]);
    });

    it('makes them offline at once, and on the server before the letters go there', async () => {
      await profile.engine.setOffline(true);
      await act(profile, [await idOf('one')], { do: 'archive' });
      await act(profile, [await idOf('two')], { do: 'delete' });
      await act(profile, [await idOf('three')], { do: 'junk', on: true });
      const shown = [
        `${local}Archive: one`,
        'INBOX: four',
        `${local}Junk: three`,
        `${local}Trash: two`,
      ].sort();
      assert.deepEqual(await places(profile, account), shown);
      assert.deepEqual(await there(), ['INBOX']);
      await profile.engine.setOffline(false);
      await once();
      assert.deepEqual(await profile.store.read('test.operations'), []);
      assert.deepEqual(
        (await there()).sort(),
        [`${prefix}Archive`, 'INBOX', `${prefix}Junk`, `${prefix}Trash`].sort(),
      );
      for (const [subject, mailbox] of [
        ['one', 'Archive'],
        ['two', 'Trash'],
        ['three', 'Junk'],
      ] as const) {
        const found = await server.doveadm([
          'fetch',
          '-u',
          'anna',
          'hdr.subject',
          'mailbox',
          `${prefix}${mailbox}`,
          'all',
        ]);
        assert.match(found, new RegExp(`hdr.subject: ${subject}\n`));
      }
      await once();
      assert.deepEqual(await places(profile, account), shown);
      assert.ok((await rows(profile, account)).every((each) => each.uid !== null));
    });

    it('keeps the roles although the server tells none', async () => {
      await once();
      const expected = [
        ['INBOX', 'inbox'],
        [`${local}Archive`, 'archive'],
        [`${local}Junk`, 'junk'],
        [`${local}Trash`, 'trash'],
      ].sort();
      assert.deepEqual(await roleOf(profile, account), expected);
      await act(profile, [await idOf('four')], { do: 'archive' });
      assert.deepEqual(await roleOf(profile, account), expected);
      await once();
      assert.deepEqual(await profile.store.read('test.operations'), []);
    });
  });
}

describe('a role folder that another program makes first', { skip }, () => {
  it('is the one that is used, under its own name', async () => {
    const server = await startDovecot({
      mailboxes: '  mailbox Papierkorb {\n    special_use = \\Trash\n  }',
    });
    const profile = await openProfile();
    try {
      await server.save('anna', 'INBOX', letter('away'));
      await server.save('anna', 'INBOX', letter('stays'));
      const account = await addAccount(profile, server.port);
      await profile.engine.sync(account, { once: true });
      const [row] = await rows(profile, account, 'INBOX');
      await act(profile, [row?.id as number], { do: 'delete' });
      await server.doveadm(['mailbox', 'create', '-u', 'anna', 'Papierkorb']);
      const [report] = await profile.engine.sync(account, { once: true });
      assert.equal(report?.error, null);
      assert.deepEqual(await places(profile, account), ['INBOX: stays', 'Papierkorb: away']);
      assert.deepEqual(await roleOf(profile, account), [
        ['INBOX', 'inbox'],
        ['Papierkorb', 'trash'],
      ]);
      const list = await server.doveadm(['mailbox', 'list', '-u', 'anna']);
      assert.deepEqual(list.trim().split('\n').sort(), ['INBOX', 'Papierkorb']);
    } finally {
      await profile.close();
      await server.close();
    }
  });

  it('takes in what went to ours, when it is known here already', async () => {
    const server = await startDovecot({ mailboxes: '' });
    const profile = await openProfile();
    try {
      await server.save('anna', 'INBOX', letter('away'));
      const account = await addAccount(profile, server.port);
      profile.engine.start(account);
      await until('online', () => profile.engine.states()[0]?.state === 'online');
      await profile.engine.setOffline(true);
      const [row] = await rows(profile, account, 'INBOX');
      await act(profile, [row?.id as number], { do: 'archive' });
      await server.doveadm(['mailbox', 'create', '-u', 'anna', 'Archive']);
      await server.save('anna', 'Archive', letter('was there'));
      await profile.engine.setOffline(false);
      await profile.engine.sync(account, { once: true });
      assert.deepEqual(await places(profile, account), ['Archive: away', 'Archive: was there']);
      assert.deepEqual(await profile.store.read('test.operations'), []);
    } finally {
      await profile.close();
      await server.close();
    }
  });
});

describe('a role folder on a scripted server', () => {
  let done: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const each of done.reverse()) await each();
    done = [];
  });
  const begin = async (lies: Parameters<typeof startLyingServer>[1]) => {
    const server = await startLyingServer([{ uid: 1, flags: [], text: letter('away') }], lies);
    done.push(() => server.close());
    const profile = await openProfile();
    done.push(() => profile.close());
    const account = await addAccount(profile, server.port);
    await profile.engine.sync(account, { once: true });
    const [row] = await rows(profile, account);
    await act(profile, [row?.id as number], { do: 'archive' });
    return { server, profile, account };
  };
  const creates = (commands: readonly string[]) => commands.filter((each) => /^CREATE/i.test(each));

  it('is made with its role where the server can keep it', async () => {
    const { server, profile, account } = await begin({ capabilities: 'CREATE-SPECIAL-USE' });
    await profile.engine.sync(account, { once: true });
    assert.deepEqual(creates(server.commands), ['CREATE "Archive" (USE (\\Archive))']);
  });

  it('is made without it where the server will not', async () => {
    const { server, profile, account } = await begin({ capabilities: 'CREATE-SPECIAL-USE', refuseUse: true });
    await profile.engine.sync(account, { once: true });
    assert.deepEqual(creates(server.commands), ['CREATE "Archive" (USE (\\Archive))', 'CREATE "Archive"']);
  });

  it('is refused: the letter is back where it was, and the person is told', async () => {
    const { profile, account } = await begin({ refuseCreate: true });
    await profile.engine.sync(account, { once: true });
    assert.deepEqual(await places(profile, account), ['INBOX: away']);
    assert.deepEqual(await profile.store.read('test.operations'), []);
    assert.ok(profile.notices.some((each) => each.code === 'action-refused'));
  });
});
