import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../main/base/clock.ts';
import type { MailboxEvent, TreeEvent } from '../../../main/server/mailstore/mailstore.ts';
import { allRows, inboxOf, letterText, openRoom, put } from '../../kit/office-mailstore.ts';

const names = (list: readonly { name: string }[]) => list.map((each) => each.name);

test('I38 a new person has the standard mailboxes, subscribed, each use once; again changes nothing', async (t) => {
  const { mailstore, store } = await openRoom(t);
  await mailstore.provision(7);
  const first = await mailstore.mailboxes(7);
  assert.deepEqual(
    first.map(({ name, use, subscribed, selectable, exists }) => [name, use, subscribed, selectable, exists]),
    [
      ['Archive', 'archive', true, true, true],
      ['Drafts', 'drafts', true, true, true],
      ['INBOX', 'inbox', true, true, true],
      ['Junk', 'junk', true, true, true],
      ['Sent', 'sent', true, true, true],
      ['Trash', 'trash', true, true, true],
    ],
  );
  const { writes } = await store.stats();
  await mailstore.provision(7);
  assert.equal((await store.stats()).writes, writes);
  assert.deepEqual(await mailstore.mailboxes(7), first);
  assert.deepEqual(await mailstore.mailboxes(8), []);
});

test('I33 CREATE makes what is above; a delimiter at the end says nothing; names are NFC and INBOX has one spelling', async (t) => {
  const { mailstore } = await openRoom(t);
  await mailstore.provision(1);
  const made = await mailstore.create(1, 'Проекты/2026/Мост/');
  assert.equal(made.name, 'Проекты/2026/Мост');
  assert.ok(await mailstore.mailbox(1, 'Проекты/2026'));
  await mailstore.create(1, 'inbox/Receipts');
  assert.equal((await mailstore.mailbox(1, 'InBoX/Receipts'))?.name, 'INBOX/Receipts');
  await mailstore.create(1, 'e\u0301te\u0301');
  assert.equal((await mailstore.mailbox(1, '\u00e9t\u00e9'))?.name, '\u00e9t\u00e9');
  for (const taken of ['INBOX', 'inbox', 'Проекты', '\u00e9t\u00e9']) {
    await assert.rejects(mailstore.create(1, taken), { kind: 'user', code: 'mailbox-exists' }, taken);
  }
});

test('I34 names: empty levels, controls, lone surrogates, depth and length at the limit and over it', async (t) => {
  const { mailstore } = await openRoom(t);
  await mailstore.provision(1);
  const level = 'я'.repeat(127);
  const good = [Array.from({ length: 20 }, (_, n) => `l${n}`).join('/'), `${level}x`, 'a b', '100%', '*'];
  for (const name of good) assert.equal((await mailstore.create(1, name)).name, name);
  const bad = [
    '',
    '/',
    '/a',
    'a//b',
    'a\u0007',
    'a\u0085b',
    'a\nb',
    '\ud800',
    Array.from({ length: 21 }, (_, n) => `d${n}`).join('/'),
    `${level}xy`,
  ];
  for (const name of bad) {
    await assert.rejects(
      mailstore.create(1, name),
      { kind: 'user', code: 'mailbox-name' },
      JSON.stringify(name),
    );
  }
});

test('I33 DELETE leaves children under a name that only holds them; INBOX and bare names are refused', async (t) => {
  const { mailstore } = await openRoom(t);
  await mailstore.provision(1);
  const parent = await mailstore.create(1, 'a');
  await mailstore.create(1, 'a/b');
  await put(mailstore, parent.id, letterText(1));
  const events: MailboxEvent[] = [];
  mailstore.watch(parent.id, (event) => events.push(event));
  await mailstore.remove(1, 'a');
  assert.equal(events.length, 1);
  assert.equal(events[0]?.deleted, true);
  const bare = (await mailstore.mailboxes(1)).find((each) => each.name === 'a');
  assert.deepEqual([bare?.exists, bare?.selectable], [true, false]);
  assert.equal(await mailstore.mailbox(1, 'a'), undefined);
  await assert.rejects(mailstore.open(parent.id, false), { code: 'no-mailbox' });
  // I27, G12: an open session still reads what it had.
  assert.ok(await mailstore.letter(parent.id, 1));
  await assert.rejects(mailstore.remove(1, 'a'), { code: 'has-children' });
  await assert.rejects(mailstore.remove(1, 'nothing'), { code: 'no-mailbox' });
  await assert.rejects(mailstore.remove(1, 'inbox'), { code: 'inbox' });
  assert.equal((await mailstore.quota(1)).usedBytes, 0);
});

test('I32 UIDVALIDITY is greater after delete and create, also when the clock has gone back a day', async (t) => {
  const clock = new ManualClock();
  const { mailstore } = await openRoom(t, { clock });
  await mailstore.provision(1);
  const first = await mailstore.create(1, 'a');
  await mailstore.remove(1, 'a');
  clock.step(-86_400_000);
  const second = await mailstore.create(1, 'a');
  assert.ok(second.uidValidity > first.uidValidity);
  assert.notEqual(second.id, first.id);
  await mailstore.remove(1, 'a');
  clock.step(2 * 86_400_000);
  const third = await mailstore.create(1, 'a');
  assert.ok(third.uidValidity > second.uidValidity);
  assert.equal(third.uidValidity, Math.floor(clock.now() / 1000));
});

test('I33 RENAME takes everything below along, keeps ids and UIDVALIDITY, makes what is above', async (t) => {
  const { mailstore } = await openRoom(t);
  await mailstore.provision(1);
  const a = await mailstore.create(1, 'a');
  const c = await mailstore.create(1, 'a/b/c');
  await mailstore.create(1, 'ab');
  const told: TreeEvent[] = [];
  mailstore.watchTree(1, (event) => told.push(event));
  await mailstore.rename(1, 'a', 'x/y');
  const after = await mailstore.mailboxes(1);
  assert.deepEqual(
    names(after).filter((name) => /^[abxy]/.test(name)),
    ['ab', 'x', 'x/y', 'x/y/b', 'x/y/b/c'],
  );
  const moved = await mailstore.mailbox(1, 'x/y');
  assert.deepEqual([moved?.id, moved?.uidValidity], [a.id, a.uidValidity]);
  assert.equal((await mailstore.mailbox(1, 'x/y/b/c'))?.id, c.id);
  assert.deepEqual(
    told.map(({ kind, name, oldName }) => [kind, name, oldName]),
    [
      ['created', 'x', undefined],
      ['renamed', 'x/y', 'a'],
      ['renamed', 'x/y/b', 'a/b'],
      ['renamed', 'x/y/b/c', 'a/b/c'],
    ],
  );
  await assert.rejects(mailstore.rename(1, 'x/y', 'x/y/z'), { code: 'mailbox-name' });
  await assert.rejects(mailstore.rename(1, 'x/y', 'ab'), { code: 'mailbox-exists' });
  await assert.rejects(mailstore.rename(1, 'nothing', 'n'), { code: 'no-mailbox' });
  await assert.rejects(mailstore.rename(1, 'ab', 'inbox'), { code: 'mailbox-exists' });
});

test('I32 a renamed mailbox gets a greater UIDVALIDITY where its new name once had a greater one', async (t) => {
  const { mailstore } = await openRoom(t);
  await mailstore.provision(1);
  const old = await mailstore.create(1, 'old');
  const later = await mailstore.create(1, 'later');
  assert.ok(later.uidValidity > old.uidValidity);
  await mailstore.remove(1, 'later');
  await mailstore.rename(1, 'old', 'later');
  const renamed = await mailstore.mailbox(1, 'later');
  assert.equal(renamed?.id, old.id);
  assert.ok((renamed?.uidValidity ?? 0) > later.uidValidity);
  // There and back again it is what it was.
  await mailstore.rename(1, 'later', 'elsewhere');
  await mailstore.rename(1, 'elsewhere', 'later');
  assert.equal((await mailstore.mailbox(1, 'later'))?.uidValidity, renamed?.uidValidity);
});

test('I33 RENAME INBOX moves the mail; INBOX stays, empty, with its numbers and what is below it', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  await mailstore.create(1, 'INBOX/Receipts');
  await put(mailstore, inbox, letterText(1), { keywords: ['$Work'] });
  await put(mailstore, inbox, letterText(2), { flags: 1 });
  const events: MailboxEvent[] = [];
  mailstore.watch(inbox, (event) => events.push(event));
  await mailstore.rename(1, 'INBOX', 'Old mail');
  assert.deepEqual(events[0]?.vanished, [[1, 2]]);
  const now = await mailstore.mailboxById(inbox);
  assert.deepEqual([now?.name, now?.messages, now?.uidNext, now?.size], ['INBOX', 0, 3, 0]);
  const moved = await mailstore.mailbox(1, 'Old mail');
  assert.deepEqual([moved?.messages, moved?.unseen, moved?.uidNext], [2, 1, 3]);
  assert.ok((moved?.uidValidity ?? 0) > (now?.uidValidity ?? 0));
  const [rows] = await allRows(mailstore.rows(moved?.id ?? 0, [[1, 9]], { flags: true }));
  assert.deepEqual([...(rows?.uids ?? [])], [1, 2]);
  assert.deepEqual(rows?.keywords?.get(0), ['$Work']);
  assert.equal((await mailstore.quota(1)).messages, 2);
  assert.ok(await mailstore.mailbox(1, 'INBOX/Receipts'));
  assert.equal(await put(mailstore, inbox, letterText(3)), 3);
  assert.deepEqual((await mailstore.check()).problems, []);
});

test('I33 subscriptions are names: they outlive their mailbox and are not touched by RENAME', async (t) => {
  const { mailstore } = await openRoom(t);
  await mailstore.provision(1);
  await mailstore.create(1, 'a');
  await mailstore.subscribe(1, 'a', true);
  await mailstore.subscribe(1, 'never/was', true);
  await mailstore.rename(1, 'a', 'b');
  const listed = new Map((await mailstore.mailboxes(1)).map((each) => [each.name, each]));
  assert.deepEqual([listed.get('a')?.exists, listed.get('a')?.subscribed], [false, true]);
  assert.deepEqual([listed.get('b')?.exists, listed.get('b')?.subscribed], [true, false]);
  assert.equal(listed.get('never/was')?.exists, false);
  assert.equal(listed.has('never'), false);
  await mailstore.subscribe(1, 'a', false);
  assert.equal(
    (await mailstore.mailboxes(1)).some((each) => each.name === 'a'),
    false,
  );
});

test('a use is taken once (RFC 6154 section 3)', async (t) => {
  const { mailstore } = await openRoom(t);
  await mailstore.provision(1);
  await assert.rejects(mailstore.create(1, 'Other trash', 'trash'), { code: 'special-use' });
  await mailstore.remove(1, 'Trash');
  assert.equal((await mailstore.create(1, 'Other trash', 'trash')).use, 'trash');
});

test('people see only their own mailboxes, and a person who leaves takes all along', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore, 1);
  await mailstore.provision(2);
  await mailstore.create(2, 'mine');
  assert.equal(await mailstore.mailbox(1, 'mine'), undefined);
  await put(mailstore, inbox, letterText(1));
  await mailstore.removePerson(1);
  assert.deepEqual(await mailstore.mailboxes(1), []);
  assert.equal((await mailstore.mailboxes(2)).length, 7);
  assert.equal((await mailstore.quota(1)).messages, 0);
});
