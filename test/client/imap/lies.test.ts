import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'node:test';
import { type Lies, type LyingServer, startLyingServer } from '../../kit/lying-imap.ts';
import { addAccount, letter, openProfile, type Profile, rows } from './harness.ts';

const letters = (count: number, from = 1) =>
  Array.from({ length: count }, (_, n) => ({ uid: n + from, flags: [], text: letter(`number ${n + from}`) }));

describe('a server that lies', () => {
  let server: LyingServer;
  let profile: Profile;
  let account: number;
  const begin = async (count: number, lies: Lies = {}, keep: 'headers' | 'everything' = 'headers') => {
    server = await startLyingServer(letters(count), lies);
    profile = await openProfile();
    account = await addAccount(profile, server.port, { keep });
  };
  const once = async () => (await profile.engine.sync(account, { once: true }))[0];
  afterEach(async () => {
    await profile.close();
    await server.close();
  });

  it('gives no header of some letters: the others come, these are parked', async () => {
    await begin(20, { headless: [7, 13] });
    assert.equal((await once())?.error, null);
    const found = await rows(profile, account);
    assert.equal(found.length, 20);
    assert.deepEqual(
      found.filter((each) => each.body === 2).map((each) => each.uid),
      [7, 13],
    );
  });

  it('gives no body of a letter: parked after three passes, the others are here', async () => {
    await begin(5, {}, 'headers');
    await once();
    server.lies = { headless: [3] };
    await profile.store.write('accounts.update', { id: account, policy: { keep: 'everything' } });
    for (let n = 0; n < 3; n += 1) assert.equal((await once())?.error, null);
    assert.deepEqual(
      (await rows(profile, account)).map((each) => each.body),
      [1, 1, 2, 1, 1],
    );
  });

  it('tells wrong sizes: the octets are what counts', async () => {
    await begin(3, { size: 20_000_000 }, 'everything');
    assert.equal((await once())?.error, null);
    assert.deepEqual(
      (await rows(profile, account)).map((each) => each.body),
      [1, 1, 1],
    );
    server.lies = { size: 0 };
    server.letters.push({ uid: 4, flags: [], text: letter('number 4') });
    await once();
    assert.equal((await rows(profile, account)).at(-1)?.body, 1);
  });

  it('finds nothing in a full folder: nothing is dropped', async () => {
    await begin(600);
    await once();
    server.lies = { search: [] };
    server.letters.push({ uid: 601, flags: [], text: letter('number 601') });
    server.letters.splice(0, 1);
    server.letters.splice(0, 0, { uid: 1, flags: [], text: letter('number 1') });
    assert.equal((await once())?.error, null);
    assert.equal((await rows(profile, account)).length, 601);
  });

  it('has most letters vanish from its search: asked a second way, nothing is dropped', async () => {
    await begin(600);
    await once();
    server.lies = { search: [1, 2, 3], exists: 599 };
    await once();
    assert.equal((await rows(profile, account)).length, 600);
    assert.ok(profile.notices.some((each) => each.code === 'deletions-doubted'));
    assert.equal(await profile.store.read('test.purged'), 0);
  });

  it('really has been emptied: the letters go, and are kept for a while', async () => {
    await begin(600);
    await once();
    server.letters.splice(10);
    server.lies = {};
    await once();
    assert.equal((await rows(profile, account)).length, 10);
    assert.equal(await profile.store.read('test.purged'), 590);
  });

  it('shrinks EXISTS and forgets UIDs: rows without a UID are skipped', async () => {
    await begin(30);
    await once();
    server.lies = { exists: 4, noUid: true };
    await once();
    assert.equal((await rows(profile, account)).length, 30);
  });

  it('numbers everything anew again and again: no letter is doubled', async () => {
    await begin(40);
    for (let round = 1; round <= 4; round += 1) {
      server.lies = { uidValidity: round };
      server.letters = server.letters.map((each, n) => ({ ...each, uid: n + 1 + round * 1000 }));
      assert.equal((await once())?.error, null);
      const found = await rows(profile, account);
      assert.equal(found.length, 40);
      assert.ok(found.every((each) => (each.uid ?? 0) > round * 1000));
    }
  });

  it('refuses a folder: the pass says nothing is wrong with the account', async () => {
    await begin(3, { refuseSelect: '[NOPERM] not for you' });
    assert.equal((await once())?.error, null);
  });

  it('hangs up at every line: in the end each letter is here once', async () => {
    await begin(12, {}, 'everything');
    for (let cut = 0; cut < 200; cut += 3) {
      server.written = 0;
      server.lies = { cutAfter: cut };
      const report = await once();
      if (report?.error === null) break;
      assert.match(report?.error.code ?? '', /server-error|timed-out|tls-failed/);
    }
    server.lies = {};
    assert.equal((await once())?.error, null);
    const found = await rows(profile, account);
    assert.deepEqual(
      found.map((each) => [each.subject, each.body]),
      server.letters.map((_, n) => [`number ${n + 1}`, 1]),
    );
  });
});
