import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { FLAG } from '../../../main/client/messages/rows.ts';
import { type Dovecot, dovecotMissing, startDovecot } from '../../kit/dovecot.ts';
import { addAccount, letter, openProfile, type Profile, rows, until } from './harness.ts';

const skip = dovecotMissing();

describe('an account kept in step with Dovecot', { skip }, () => {
  let server: Dovecot;
  let profile: Profile;
  let account: number;
  const state = () => profile.engine.states()[0]?.state;
  const subjects = async (path = 'INBOX') => (await rows(profile, account, path)).map((each) => each.subject);
  before(async () => {
    server = await startDovecot();
    await server.save('anna', 'INBOX', letter('first'));
    profile = await openProfile();
    account = await addAccount(profile, server.port, { keep: 'everything' });
    profile.engine.start(account);
    await until('online', () => state() === 'online');
  });
  after(async () => {
    await profile?.close();
    await server?.close();
  });

  it('has headers and bodies', async () => {
    await until('body', async () => (await rows(profile, account, 'INBOX'))[0]?.body === 1);
    assert.deepEqual(await subjects(), ['first']);
  });

  it('shows new mail within two seconds', async () => {
    // A busy machine may take its time once; a client that only asks now and then takes minutes every time.
    let best = Number.POSITIVE_INFINITY;
    for (const subject of ['second', 'third', 'fourth']) {
      await server.save('anna', 'INBOX', letter(subject));
      const began = performance.now();
      await until('new letter', async () => (await subjects()).includes(subject));
      best = Math.min(best, performance.now() - began);
    }
    assert.ok(best < 2000, `${best} ms`);
    assert.ok(profile.arrived.some((each) => each.count === 1 && each.unread === 1));
  });

  it('shows marks and deletions made elsewhere', async () => {
    await server.doveadm(['flags', 'add', '-u', 'anna', '\\Flagged', 'mailbox', 'INBOX', 'uid', '1']);
    await until('flag', async () => (await rows(profile, account, 'INBOX'))[0]?.flags === FLAG.flagged);
    await server.doveadm(['expunge', '-u', 'anna', 'mailbox', 'INBOX', 'uid', '2:4']);
    await until('deletion', async () => (await subjects()).length === 1);
    assert.equal(await profile.store.read('test.purged'), 3);
  });

  it('tells the server at once what is done here', async () => {
    const [row] = await rows(profile, account, 'INBOX');
    await profile.store.write('messages.act', {
      ids: [row?.id as number],
      action: { do: 'flag', flag: 'seen', on: true },
      token: null,
      n: 0,
    });
    await until('seen there', async () =>
      (await server.doveadm(['fetch', '-u', 'anna', 'flags', 'mailbox', 'INBOX', 'all'])).includes('\\Seen'),
    );
  });

  it('works offline and carries everything out afterwards', async () => {
    await profile.engine.setOffline(true);
    assert.equal(state(), 'offline');
    const [row] = await rows(profile, account, 'INBOX');
    const id = row?.id as number;
    const act = (action: Parameters<typeof profile.store.write<'messages.act'>>[1]['action']) =>
      profile.store.write('messages.act', { ids: [id], action, token: null, n: 0 });
    await act({ do: 'archive' });
    await act({ do: 'flag', flag: 'flagged', on: false });
    await act({ do: 'tag', tag: 'Work', on: true });
    await assert.rejects(profile.engine.folders.create(account, null, 'Later'), { code: 'offline' });
    await profile.engine.setOffline(false);
    await until('operations done', async () => (await profile.store.read('test.operations')).length === 0);
    const there = await server.doveadm(['fetch', '-u', 'anna', 'mailbox flags', 'mailbox', 'Archive', 'all']);
    assert.match(there, /mailbox: Archive/);
    assert.match(there, /Work/);
    assert.doesNotMatch(there, /Flagged/);
    assert.deepEqual(await subjects('Archive'), ['first']);
    assert.deepEqual(await subjects('INBOX'), []);
  });

  it('heals by itself after a restart of the server', async () => {
    await until('online', () => state() === 'online');
    await server.stopServer();
    await until('noticed', () => state() !== 'online');
    await server.startServer();
    await server.save('anna', 'INBOX', letter('after the restart'));
    await until('healed', async () => (await subjects()).includes('after the restart'));
    await until('online again', () => state() === 'online');
  });

  it('makes, renames and removes folders of any name', async () => {
    const names = ['Договоры & счета', 'a"b\\c', '日本語', '100% *new*', '[Gmail]', 'emoji 🎉', "don't"];
    for (const name of names) {
      const id = await profile.engine.folders.create(account, null, name);
      const folder = await profile.store.read('imap.folder', id);
      assert.equal(folder?.path, name);
      await server.save('anna', name, letter(`in ${name}`));
    }
    await profile.engine.sync(account, { once: true });
    for (const name of names) assert.deepEqual(await subjects(name), [`in ${name}`]);
    const all = await profile.store.read('imap.folders', account);
    const idOf = (path: string) => all.find((each) => each.path === path)?.id as number;
    await profile.engine.folders.rename(idOf('日本語'), 'Япония', idOf('[Gmail]'));
    assert.deepEqual(await subjects('[Gmail]/Япония'), ['in 日本語']);
    await profile.engine.folders.remove(idOf("don't"));
    await profile.engine.sync(account, { once: true });
    const after = (await profile.store.read('imap.folders', account)).map((each) => each.path);
    assert.ok(after.includes('[Gmail]/Япония'));
    assert.ok(!after.includes("don't") && !after.includes('日本語'));
    await assert.rejects(profile.engine.folders.create(account, null, '[Gmail]'), { code: 'folder-exists' });
    await assert.rejects(profile.engine.folders.create(account, null, 'a\u0001b'), {
      code: 'bad-folder-name',
    });
  });

  it('knows a folder again that another program renamed', async () => {
    const before = (await profile.store.read('imap.folders', account)).find((each) => each.path === 'a"b\\c');
    await server.doveadm(['mailbox', 'rename', '-u', 'anna', 'a"b\\c', 'renamed elsewhere']);
    await profile.engine.sync(account, { once: true });
    const now = await profile.store.read('imap.folder', before?.id as number);
    assert.equal(now?.path, 'renamed elsewhere');
    assert.deepEqual(await subjects('renamed elsewhere'), ['in a"b\\c']);
  });

  it('matches letters again when the server numbers a folder anew', async () => {
    for (let n = 0; n < 12; n += 1) await server.save('anna', 'Sent', letter(`sent ${n}`));
    await profile.engine.sync(account, { once: true });
    const before = await rows(profile, account, 'Sent');
    await profile.engine.setOffline(true);
    // One more erased, so that the numbers differ as well as the validity.
    await server.doveadm(['expunge', '-u', 'anna', 'mailbox', 'Sent', 'uid', '1']);
    await server.stopServer();
    const box = join(server.mailDir('anna'), '.Sent');
    for (const file of ['dovecot-uidlist', 'dovecot.index', 'dovecot.index.log', 'dovecot.index.cache']) {
      await rename(join(box, file), join(box, `${file}.gone`)).catch(() => {});
    }
    await server.startServer();
    await profile.store.write('messages.act', {
      ids: [before[5]?.id as number],
      action: { do: 'flag', flag: 'flagged', on: true },
      token: null,
      n: 0,
    });
    await profile.engine.setOffline(false);
    await until('operations done', async () => (await profile.store.read('test.operations')).length === 0);
    await profile.engine.sync(account, { once: true });
    const after = await rows(profile, account, 'Sent');
    assert.deepEqual(
      after.map((each) => each.id).sort((a, b) => a - b),
      before.slice(1).map((each) => each.id),
    );
    assert.ok(after.every((each) => each.body === before[1]?.body));
    const there = await server.doveadm([
      'fetch',
      '-u',
      'anna',
      'flags hdr.subject',
      'mailbox',
      'Sent',
      'all',
    ]);
    assert.match(there, /\\Flagged[^\f]*sent 5/);
  });

  it('says which sign-in failed and how', async () => {
    const test = (more: object, password = 'secret-anna') =>
      profile.engine.test(
        { host: '127.0.0.1', port: server.port, security: 'none', user: 'anna', auth: 'auto', ...more },
        password,
      );
    assert.equal((await test({})).ok, true);
    assert.equal((await test({ auth: 'scram-sha-256' })).ok, true);
    assert.equal((await test({ auth: 'cram-md5' })).ok, true);
    assert.equal((await test({ auth: 'login' })).ok, true);
    assert.equal((await test({}, 'wrong')).code, 'wrong-password');
    assert.equal((await test({ port: 1 })).code, 'connection-refused');
    assert.equal((await test({ security: 'tls' })).code, 'wrong-port');
    const unknown = await test({ security: 'tls', port: server.tlsPort });
    assert.equal(unknown.code, 'certificate-unknown');
    const { fingerprint256 } = (unknown.detail?.['certificate'] ?? {}) as { fingerprint256: string };
    assert.match(fingerprint256, /^[0-9A-F:]{95}$/);
    assert.equal((await test({ security: 'starttls' })).code, 'certificate-unknown');
  });
});
