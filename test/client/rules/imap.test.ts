/** Rules on an IMAP account against Dovecot: moves travel, text is fetched where a rule asks, forwards go out once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RuleDraft } from '../../../main/contract/mail/rules.ts';
import { dovecotMissing } from '../../kit/dovecot.ts';
import { openMailOffice } from '../../kit/mail-office.ts';
import { openTestProfile } from '../kit/profile.ts';

const skip = dovecotMissing();

test('rules on an IMAP account', { skip }, async (t) => {
  const office = await openMailOffice();
  t.after(() => office.close());
  await office.deliver({ subject: 'old report', text: 'The crane is here.' });
  const secrets = new Map<string, string>();
  const p = await openTestProfile(t, {
    background: false,
    services: {
      kind: 'browser',
      frameBase: () => '',
      secrets: {
        get: async (name) => secrets.get(name) ?? null,
        set: async (name, value) => void secrets.set(name, value),
        remove: async (name) => void secrets.delete(name),
      },
    },
  });
  const { store } = p.profile;
  const server = { host: office.host, user: office.user, auth: 'auto' } as const;
  const account = await store.write('accounts.insert', {
    address: office.address,
    name: 'Anna',
    incoming: { ...server, port: office.imap.port, security: 'none' },
    outgoing: null,
    policy: { keep: 'headers' },
    saveSent: false,
  });
  const sync = async () => {
    const [report] = await p.profile.sync({
      account: undefined,
      once: true,
      signal: new AbortController().signal,
    });
    assert.equal(report?.error, null);
  };
  await p.call('accounts.update', { id: account, password: office.password });
  await sync();
  await p.call('folders.create', { account, parent: null, name: 'Cranes' });
  const cranes = (await p.call('folders.list', {})).find((each) => each.name === 'Cranes');
  assert.ok(cranes);
  const rule = (name: string, when: RuleDraft['when'], actions: RuleDraft['actions']) =>
    p.call('rules.save', { rule: RuleDraft.parse({ name, when, actions }), at: 0 });
  await rule(
    'Cranes',
    { match: 'all', of: [{ field: 'body', test: 'contains', value: 'crane', not: false }] },
    [{ do: 'move', to: cranes.id }, { do: 'read' }],
  );
  await office.deliver({ subject: 'new report', text: 'The crane is here.' });
  await office.deliver({ subject: 'lunch', text: 'At noon.' });
  await sync();
  await sync();
  assert.equal(await office.count('Cranes'), 1);
  assert.match((await office.letters('Cranes'))[0] ?? '', /new report/);
  assert.equal(await office.count('INBOX'), 2);
  const { rows } = await p.call('messages.window', {
    view: { scope: { in: 'folder', folder: cranes.id } },
    from: 0,
    count: 10,
  });
  assert.deepEqual(
    rows.map((row) => [row.subject, row.flags]),
    [['new report', ['seen']]],
  );

  // The plan: what comes as a header is fetched, kept or deleted there by a rule, at the next connection.
  for (const mark of ['fetch', 'keep', 'delete'] as const)
    await rule(
      mark,
      { match: 'all', of: [{ field: 'subject', test: 'begins', value: `to ${mark}`, not: false }] },
      [{ do: 'plan', mark }],
    );
  for (const mark of ['fetch', 'keep', 'delete'])
    await office.deliver({ subject: `to ${mark}`, text: 'A long report.' });
  await sync();
  await p.profile.rules.arrivals.settled();
  await sync();
  const inbox = (await p.call('folders.list', {})).find(
    (each) => each.account === account && each.role === 'inbox',
  );
  assert.ok(inbox);
  const left = await p.call('messages.window', {
    view: { scope: { in: 'folder', folder: inbox.id } },
    from: 0,
    count: 10,
  });
  assert.deepEqual(
    left.rows
      .filter((row) => row.subject.startsWith('to '))
      .map((row) => [row.subject, row.body])
      .sort(),
    [
      ['to fetch', 'full'],
      ['to keep', 'header'],
    ],
  );
  const there = (await office.letters('INBOX')).join('\n');
  assert.deepEqual(
    ['fetch', 'keep', 'delete'].map((mark) => there.includes(`to ${mark}`)),
    [true, true, false],
  );

  // An account that fetches everything asks the rules first; what they have moved has its text where it lies now.
  await p.call('accounts.update', { id: account, policy: { keep: 'everything' } });
  await rule('aside', { match: 'all', of: [{ field: 'subject', test: 'is', value: 'aside', not: false }] }, [
    { do: 'move', to: cranes.id },
  ]);
  await office.deliver({ subject: 'to keep at once', text: 'A long report.' });
  await office.deliver({ subject: 'aside', text: 'A long report.' });
  await office.deliver({ subject: 'no rule', text: 'A long report.' });
  await sync();
  const bodyOf = async (folder: number, subject: string) =>
    (
      await p.call('messages.window', { view: { scope: { in: 'folder', folder } }, from: 0, count: 20 })
    ).rows.find((row) => row.subject === subject)?.body;
  assert.deepEqual(
    [
      await bodyOf(inbox.id, 'to keep at once'),
      await bodyOf(cranes.id, 'aside'),
      await bodyOf(inbox.id, 'no rule'),
    ],
    ['header', 'full', 'full'],
  );

  // And what a rule deletes there unread goes from such an account, too.
  await p.call('accounts.update', { id: account, policy: { keep: 'everything' } });
  await office.deliver({ subject: 'to delete at once', text: 'A long report.' });
  await sync();
  await p.profile.rules.arrivals.settled();
  await sync();
  assert.ok(!(await office.letters('INBOX')).join('\n').includes('to delete'));
});
