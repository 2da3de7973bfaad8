/** Letters of an IMAP account that are known by their headers: marked, carried out, and left alone; against Dovecot. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { USUAL } from '../../../main/client/collecting/timetable.ts';
import { type Dovecot, dovecotMissing, startDovecot } from '../../kit/dovecot.ts';
import { startScriptedServer } from '../../kit/scripted-server.ts';
import { addAccount, letter, openProfile, type Profile, rows, until } from '../imap/harness.ts';

describe('headers of an IMAP account', { skip: dovecotMissing() }, () => {
  let server: Dovecot;
  let profile: Profile;
  let account: number;
  before(async () => {
    server = await startDovecot();
    for (const [subject, size] of [
      ['small', 10],
      ['large', 40_000],
      ['unwanted', 50_000],
      ['kept', 60_000],
    ] as const)
      await server.save(
        'anna',
        'INBOX',
        letter(subject, { body: `${'y'.repeat(70)}\r\n`.repeat(size / 72 + 1) }),
      );
    profile = await openProfile();
    account = await addAccount(profile, server.port, { keep: 'everything', headersAbove: 20 });
    const [report] = await profile.engine.sync(account, { once: true });
    assert.equal(report?.error, null);
  });
  after(async () => {
    await profile?.close();
    await server?.close();
  });

  const pass = async () => {
    const [report] = await profile.engine.sync(account, { once: true });
    assert.equal(report?.error, null);
    return report;
  };
  const find = async (subject: string) =>
    (await rows(profile, account, 'INBOX')).find((each) => each.subject === subject);
  const bodies = async () =>
    Object.fromEntries((await rows(profile, account, 'INBOX')).map((each) => [each.subject, each.body]));
  const idOf = async (subject: string) => (await find(subject))?.id ?? assert.fail(subject);
  const mark = async (subject: string, as: 'fetch' | 'keep' | 'delete' | null) =>
    profile.store.write('maildrop.mark', { messages: [await idOf(subject)], mark: as });
  const shown = async (subject: string) =>
    (await profile.store.read('views.rows', { ids: [await idOf(subject)] }))[0]?.server;
  const plan = async () => (await profile.store.read('maildrop.plans', undefined))[0];

  it('above a size they come alone, and say so', async () => {
    assert.deepEqual(await bodies(), { small: 1, large: 0, unwanted: 0, kept: 0 });
    assert.deepEqual(await shown('large'), { mark: null, gone: false });
    assert.equal(await shown('small'), undefined);
    const now = await plan();
    assert.deepEqual([now?.headers.count, now?.threshold, now?.fetch.count], [3, 20, 0]);
    assert.ok(now && now.headers.octets > 150_000);
  });

  it('are marked, and the mark is taken back', async () => {
    assert.equal(await mark('large', 'fetch'), 1);
    assert.equal(await mark('unwanted', 'fetch'), 1);
    assert.equal(await mark('small', 'fetch'), 0, 'its text is here');
    assert.equal((await plan())?.fetch.count, 2);
    assert.equal(await mark('unwanted', null), 1);
    assert.equal(await mark('unwanted', 'delete'), 1);
    assert.equal(await mark('kept', 'keep'), 1);
    assert.deepEqual(await shown('unwanted'), { mark: 'delete', gone: false });
    const now = await plan();
    assert.deepEqual([now?.fetch.count, now?.keep.count, now?.remove.count], [1, 1, 1]);
    const letters = await profile.store.read('maildrop.letters', account);
    assert.deepEqual(
      letters.map((each) => [each.subject, each.mark]),
      [
        ['large', 'fetch'],
        ['kept', 'keep'],
        ['unwanted', 'delete'],
      ],
    );
    assert.equal((await bodies())['unwanted'], 0, 'nothing was done yet');
  });

  it('the first lines are read without the letter', async () => {
    const beginning = Buffer.from(await profile.engine.peek(await idOf('kept'))).toString('latin1');
    assert.match(beginning, /^Subject: kept$/m);
    assert.match(beginning, /yyyy/);
    assert.equal((await bodies())['kept'], 0);
  });

  it('are carried out by the next pass', async () => {
    await pass();
    assert.deepEqual(await bodies(), { small: 1, large: 1, kept: 0 });
    const there = await server.doveadm(['fetch', '-u', 'anna', 'hdr.subject', 'mailbox', 'INBOX', 'all']);
    assert.deepEqual([/unwanted/.test(there), /kept/.test(there), /large/.test(there)], [false, true, true]);
    const now = await plan();
    assert.deepEqual([now?.fetch.count, now?.keep.count, now?.remove.count], [0, 1, 0]);
  });

  it('a kept one stays by its header although the size is raised', async () => {
    await profile.store.write('accounts.update', { id: account, policy: { keep: 'everything' } });
    await pass();
    assert.equal((await bodies())['kept'], 0);
    await mark('kept', null);
    await pass();
    assert.equal((await bodies())['kept'], 1);
  });

  it('an account with hours leaves when it has what there is, and comes when somebody asks', async () => {
    const never = { ...USUAL, when: 'never' as const };
    await profile.store.write('schedule.set', { account, schedule: never });
    profile.engine.start(account);
    const state = () => profile.engine.states().find((each) => each.account === account)?.state;
    await until('it has left', () => state() === 'idle');
    assert.equal(profile.engine.next(account), null);
    await server.save('anna', 'INBOX', letter('later'));
    await profile.engine.sync(account);
    await until('the letter is here', async () => (await find('later')) !== undefined);
    await until('it has left again', () => state() === 'idle');
    const who = await server.doveadm(['who']);
    assert.equal(/anna/.test(who), false, who);
    await profile.store.write('schedule.set', { account, schedule: USUAL });
    profile.engine.retime(account);
    await profile.engine.sync(account);
    await until('it stays', () => state() === 'online' && (profile.engine.next(account) ?? 0) > Date.now());
    await profile.engine.stop(account);
  });

  it('an account that hangs holds up no other, and its pass can be cancelled', async () => {
    const silent = await startScriptedServer(() => ({ greeting: null, answer: () => null }));
    try {
      const hanging = await profile.store.write('accounts.insert', {
        address: 'boris@example.org',
        name: 'Boris',
        incoming: { host: '127.0.0.1', port: silent.port, security: 'none', user: 'boris', auth: 'auto' },
        outgoing: null,
        policy: { keep: 'headers' },
        saveSent: true,
      });
      await server.save('anna', 'INBOX', letter('beside'));
      const both = profile.engine.sync(undefined, { once: true });
      await until('the letter is here', async () => (await find('beside')) !== undefined);
      const job = () =>
        profile.jobs.list().find((each) => each.subject === 'boris@example.org' && each.state === 'running');
      await until('the other one still waits', () => job() !== undefined);
      profile.jobs.cancel(job()?.id ?? '');
      const reports = await both;
      assert.deepEqual(
        reports.map((each) => [each.account, each.error?.code ?? null]).sort(),
        [
          [account, null],
          [hanging, 'cancelled'],
        ].sort(),
      );
    } finally {
      await silent.close();
    }
  });
});
