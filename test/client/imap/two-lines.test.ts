import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Dovecot, dovecotMissing, startDovecot } from '../../kit/dovecot.ts';
import { type RewritingProxy, startRewritingProxy } from '../../kit/rewriting-proxy.ts';
import { addAccount, letter, openProfile, type Profile, rows, until } from './harness.ts';

describe('C22 an operation that one line is carrying out', { skip: dovecotMissing() }, () => {
  let server: Dovecot;
  let proxy: RewritingProxy;
  let profile: Profile;
  let account: number;
  before(async () => {
    server = await startDovecot();
    await server.save('anna', 'INBOX', letter('first'));
    proxy = await startRewritingProxy(server.port, (piece) => piece);
    profile = await openProfile();
    account = await addAccount(profile, proxy.port);
    profile.engine.start(account);
    await until('first letter', async () => (await rows(profile, account, 'INBOX')).length === 1);
    await until('online', () => profile.engine.states()[0]?.state === 'online');
  });
  after(async () => {
    await profile?.close();
    await proxy?.close();
    await server?.close();
  });
  const appends = () => proxy.said().match(/ APPEND /g)?.length ?? 0;

  it('is not carried out by a pass over the account as well', async () => {
    const sent = (await profile.store.read('folders.list')).find((each) => each.role === 'sent');
    const [ready] = await profile.pool.call('ingestMany', {
      letters: [new TextEncoder().encode(letter('written'))],
    });
    const hold = proxy.hold(/ APPEND /);
    const { facts, blob } = ready!;
    await profile.store.write('test.append', { account, folder: sent!.id, facts, blob });
    await hold.held;
    const passes = profile.jobs.list().length;
    await profile.engine.sync(account);
    await until('a pass', () => profile.jobs.list().length > passes);
    // What must not happen is given a second to happen.
    await until('a second time', () => appends() > 1, 1000).catch(() => {});
    hold.release();
    await until('done there', async () => (await profile.store.read('test.operations')).length === 0);
    await until('the pass is over', () => profile.engine.states()[0]?.state === 'online');
    assert.equal(appends(), 1);
    const there = await server.doveadm(['search', '-u', 'anna', 'mailbox', 'Sent', 'all']);
    assert.equal(there.trim().split('\n').length, 1, there);
    assert.equal((await rows(profile, account, 'Sent')).length, 1);
  });
});
