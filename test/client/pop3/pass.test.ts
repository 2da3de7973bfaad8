import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { Pop3Policy } from '../../../main/contract/mail/accounts.ts';
import { passwordOf } from '../../kit/office.ts';
import { openPop3Office, type Pop3Office } from '../../kit/pop3.ts';
import { addAccount, collect, letter, octetsOf, openProfile, type Profile, rows } from './harness.ts';

interface Scene {
  office: Pop3Office;
  profile: Profile;
  account: number;
}

async function scene(t: TestContext, policy: Partial<Pop3Policy> = {}): Promise<Scene> {
  const office = await openPop3Office(t);
  const profile = await openProfile();
  t.after(() => profile.close());
  const server = { port: office.port, user: 'kcope', password: passwordOf('kcope') };
  return { office, profile, account: await addAccount(profile, server, policy) };
}

/** Subjects on the server, as its own session lists them. */
async function there({ office }: Scene): Promise<string[]> {
  const client = await office.signIn();
  const count = Number(/^\+OK (\d+)/.exec(await client.ask('STAT'))?.[1]);
  const subjects: string[] = [];
  for (let n = 1; n <= count; n += 1) {
    await client.ask(`TOP ${n} 0`);
    const head = await client.dotted();
    subjects.push(/^Subject: (.*)$/m.exec(head.join('\n'))?.[1] ?? '');
  }
  await client.ask('QUIT');
  return subjects.sort();
}

const subjects = async ({ profile, account }: Scene, path?: string) =>
  (await rows(profile, account, path)).map((each) => each.subject).sort();

const act = ({ profile }: Scene, ids: number[], action: { do: 'delete' } | { do: 'erase' }) =>
  profile.store.write('messages.act', { ids, action, token: null, n: 0 });

describe('collecting from a maildrop', () => {
  it('brings every letter once, octet by octet, and leaves it there', async (t) => {
    const s = await scene(t);
    const letters = [
      letter('one'),
      letter('two', { body: '.\r\n..dots\r\n' }),
      letter('three', { body: 'x'.repeat(90_000) }),
    ];
    await s.office.deliver('kcope', ...letters);
    const first = await collect(s.profile, s.account);
    assert.deepEqual([first.newMessages, first.pop3.fetched, first.pop3.removed], [3, 3, 0]);
    const here = await rows(s.profile, s.account, 'Inbox');
    assert.deepEqual(
      (await Promise.all(here.map((each) => octetsOf(s.profile, each.id)))).sort(),
      [...letters].sort(),
    );
    assert.deepEqual(
      s.profile.arrived.map((each) => each.count),
      [3],
    );
    const second = await collect(s.profile, s.account);
    assert.deepEqual([second.newMessages, second.pop3.fetched], [0, 0]);
    assert.equal((await rows(s.profile, s.account)).length, 3);
    assert.deepEqual(await there(s), ['one', 'three', 'two']);
    await s.office.deliver('kcope', letter('four'));
    assert.equal((await collect(s.profile, s.account)).newMessages, 1);
  });

  it('leaves nothing when it is told so', async (t) => {
    const s = await scene(t, { leave: 'never' });
    await s.office.deliver('kcope', letter('one'), letter('two'));
    const report = await collect(s.profile, s.account);
    assert.deepEqual([report.newMessages, report.pop3.removed], [2, 2]);
    assert.deepEqual(await there(s), []);
    assert.deepEqual(await subjects(s), ['one', 'two']);
  });

  it('takes away on the server what was erased here, and only that', async (t) => {
    const s = await scene(t, { leave: 'until-deleted' });
    await s.office.deliver('kcope', letter('stays'), letter('goes'));
    await collect(s.profile, s.account);
    const goes = (await rows(s.profile, s.account))
      .filter((each) => each.subject === 'goes')
      .map((each) => each.id);
    await act(s, goes, { do: 'delete' });
    assert.deepEqual(await subjects(s, 'Trash'), ['goes']);
    assert.equal((await collect(s.profile, s.account)).pop3.removed, 0, 'it is in Trash, not erased');
    await act(s, goes, { do: 'delete' });
    assert.deepEqual(await subjects(s), ['stays']);
    assert.equal((await collect(s.profile, s.account)).pop3.removed, 1);
    assert.deepEqual(await there(s), ['stays']);
    assert.equal((await collect(s.profile, s.account)).newMessages, 0);
  });

  it('keeps what was erased here where letters stay for ever, and does not bring it back', async (t) => {
    const s = await scene(t, { leave: 'always' });
    await s.office.deliver('kcope', letter('one'));
    await collect(s.profile, s.account);
    await act(
      s,
      (await rows(s.profile, s.account)).map((each) => each.id),
      { do: 'erase' },
    );
    const again = await collect(s.profile, s.account);
    assert.deepEqual([again.newMessages, again.pop3.removed], [0, 0]);
    assert.deepEqual(await subjects(s), []);
    assert.deepEqual(await there(s), ['one']);
  });

  it('fetches headers alone above a size, then what is marked', async (t) => {
    const s = await scene(t, { headersAbove: 10 });
    const large = letter('large', { body: 'y'.repeat(40_000) });
    await s.office.deliver('kcope', letter('small'), large, letter('unwanted', { body: 'z'.repeat(30_000) }));
    const first = await collect(s.profile, s.account);
    assert.deepEqual([first.pop3.fetched, first.pop3.headers], [1, 2]);
    assert.ok(
      first.pop3.saved > 70_000 && first.bytes < 10_000,
      `${first.pop3.saved} saved, ${first.bytes} moved`,
    );
    const find = async (subject: string) =>
      (await rows(s.profile, s.account)).find((each) => each.subject === subject) ?? assert.fail(subject);
    assert.equal((await find('small')).body, 1);
    assert.equal((await find('large')).body, 0);
    const [wanted, unwanted] = [(await find('large')).id, (await find('unwanted')).id];

    assert.equal(await s.profile.engine.mark([wanted, unwanted], 'fetch'), 2);
    assert.equal(await s.profile.engine.mark([unwanted], null), 1, 'a mark can be taken back');
    assert.equal(await s.profile.engine.mark([unwanted], 'delete'), 1);
    for (const ask of [false, true]) {
      const plan = await s.profile.engine.plan(s.account, ask);
      assert.deepEqual(
        [plan.fetch, plan.remove.count],
        [{ count: 1, octets: large.length }, 1],
        `ask ${ask}`,
      );
      assert.deepEqual(plan.marked.delete.count, 1);
      assert.equal(plan.saved > 30_000, true);
    }
    assert.deepEqual(await there(s), ['large', 'small', 'unwanted'], 'a plan does nothing');

    const second = await collect(s.profile, s.account);
    assert.deepEqual([second.newMessages, second.pop3.fetched, second.pop3.removed], [0, 1, 1]);
    assert.equal((await find('large')).id, wanted, 'the row is the same');
    assert.equal(await octetsOf(s.profile, wanted), large);
    assert.deepEqual(await subjects(s), ['large', 'small']);
    assert.deepEqual(await there(s), ['large', 'small']);
    const third = await collect(s.profile, s.account);
    assert.deepEqual([third.newMessages, third.pop3.fetched, third.pop3.removed], [0, 0, 0]);
  });

  it('brings one body for a person who waits', async (t) => {
    const s = await scene(t, { headersAbove: 0 });
    const text = letter('one', { body: 'w'.repeat(20_000) });
    await s.office.deliver('kcope', text);
    await collect(s.profile, s.account);
    const [row] = await rows(s.profile, s.account);
    await s.profile.engine.fetchBody(row!.id);
    assert.equal(await octetsOf(s.profile, row!.id), text);
  });

  it('tells a wrong password, and goes on when it is right', async (t) => {
    const s = await scene(t);
    s.profile.secrets.set(`account:${s.account}:password`, 'wrong');
    const [report] = await s.profile.engine.sync(s.account, { once: true });
    assert.equal(report?.error?.code, 'wrong-password');
    assert.equal(s.profile.engine.states()[0]?.state, 'needs-password');
  });

  it('is told that another program has the maildrop', async (t) => {
    const s = await scene(t);
    const other = await s.office.signIn();
    const [report] = await s.profile.engine.sync(s.account, { once: true });
    assert.equal(report?.error?.code, 'mailbox-in-use');
    await other.ask('QUIT');
    await collect(s.profile, s.account);
  });
});
