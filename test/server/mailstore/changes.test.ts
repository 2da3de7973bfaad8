import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../main/base/clock.ts';
import { EXPUNGED_KEPT_MS, EXPUNGED_REMEMBERED_MS } from '../../../main/base/limits.ts';
import { FLAGGED, type MailboxEvent, SEEN } from '../../../main/server/mailstore/mailstore.ts';
import { inboxOf, letterText, openRoom, put } from '../../kit/office-mailstore.ts';

test('I62 changesSince tells what vanished and what changed, of the given UIDs where some are given', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  for (let n = 1; n <= 6; n += 1) await put(mailstore, inbox, letterText(n));
  const then = (await mailstore.open(inbox, false)).mailbox.highestModseq;
  assert.deepEqual(await mailstore.changesSince(inbox, then), {
    highestModseq: then,
    vanished: [],
    changed: [],
  });
  await mailstore.setFlags(inbox, [[1, 2]], { mode: 'add', flags: SEEN, keywords: ['$Work'] });
  await mailstore.removeMessages(inbox, [[2, 4]]);
  await put(mailstore, inbox, letterText(7), { flags: FLAGGED });
  const since = await mailstore.changesSince(inbox, then);
  assert.deepEqual(since.vanished, [[2, 4]]);
  assert.deepEqual(
    since.changed.map(({ uid, flags, keywords }) => [uid, flags, keywords]),
    [
      [1, SEEN, ['$Work']],
      [7, FLAGGED, []],
    ],
  );
  assert.equal(since.highestModseq, since.changed[1]?.modseq);
  const some = await mailstore.changesSince(inbox, then, [[3, 7]]);
  assert.deepEqual([some.vanished, some.changed.map((each) => each.uid)], [[[3, 4]], [7]]);
  await assert.rejects(mailstore.changesSince(999, 0), { code: 'no-mailbox' });
});

test('I62 I63 beyond its memory a mailbox names every UID that is missing', async (t) => {
  const clock = new ManualClock();
  const { mailstore } = await openRoom(t, { clock });
  const inbox = await inboxOf(mailstore);
  for (let n = 1; n <= 9; n += 1) await put(mailstore, inbox, letterText(n));
  const then = (await mailstore.open(inbox, false)).mailbox.highestModseq;
  await mailstore.removeMessages(inbox, [[2, 3]]);
  clock.advance(EXPUNGED_KEPT_MS + 1);
  const first = await mailstore.sweep();
  assert.deepEqual(first, { letters: 2, mailboxes: 0, forgotten: 0 });
  assert.deepEqual((await mailstore.changesSince(inbox, then)).vanished, [[2, 3]]);
  clock.advance(EXPUNGED_REMEMBERED_MS);
  await mailstore.removeMessages(inbox, [[7, 9]]);
  const now = (await mailstore.open(inbox, false)).mailbox.highestModseq;
  assert.equal((await mailstore.sweep()).forgotten, 2);
  assert.deepEqual((await mailstore.changesSince(inbox, then)).vanished, [
    [2, 3],
    [7, 9],
  ]);
  assert.deepEqual((await mailstore.changesSince(inbox, then, [[3, 7]])).vanished, [
    [3, 3],
    [7, 7],
  ]);
  assert.deepEqual((await mailstore.changesSince(inbox, now)).vanished, []);
});

test('G11 events come in commit order and carry what a session needs; whoever stops is told no more', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  const other = await mailstore.create(1, 'other');
  const told: MailboxEvent[] = [];
  const stop = mailstore.watch(inbox, (event) => told.push(event));
  mailstore.watch(inbox, () => {
    throw new Error('a listener that fails');
  });
  let elsewhere = 0;
  mailstore.watch(other.id, () => {
    elsewhere += 1;
  });
  await Promise.all(Array.from({ length: 20 }, (_, n) => put(mailstore, inbox, letterText(n))));
  assert.deepEqual(
    told.flatMap((event) => event.added.map((each) => each.uid)),
    Array.from({ length: 20 }, (_, n) => n + 1),
  );
  assert.ok(told.every((event, n) => n === 0 || event.modseq > (told[n - 1]?.modseq ?? 0)));
  assert.ok(told.every((event) => event.added.every((each) => each.modseq === event.modseq)));
  assert.equal(elsewhere, 0);
  stop();
  await put(mailstore, inbox, letterText('last'));
  assert.equal(told.at(-1)?.uidNext, 21);
});

test('I28 recent is claimed once: by the first read-write session, for arrivals by the first that is told', async (t) => {
  const { mailstore, store, dir, close } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  await put(mailstore, inbox, letterText(1));
  await put(mailstore, inbox, letterText(2));
  assert.equal((await mailstore.mailboxById(inbox))?.recent, 2);
  // EXAMINE and STATUS see, and take nothing.
  assert.equal((await mailstore.open(inbox, false)).recentFrom, 1);
  assert.equal((await mailstore.open(inbox, true)).recentFrom, 1);
  assert.equal((await mailstore.open(inbox, true)).recentFrom, null);
  assert.equal((await mailstore.mailboxById(inbox))?.recent, 0);
  await put(mailstore, inbox, letterText(3));
  assert.deepEqual(await Promise.all([mailstore.claimRecent(inbox, 4), mailstore.claimRecent(inbox, 4)]), [
    3,
    null,
  ]);
  await put(mailstore, inbox, letterText(4));
  await close();
  // The claims were written down behind.
  const again = await openRoom(t, { dir });
  assert.equal((await again.mailstore.mailboxById(inbox))?.recent, 1);
  assert.equal((await again.mailstore.open(inbox, true)).recentFrom, 4);
  assert.notEqual(store, again.store);
});

test('500 watchers of 500 mailboxes are not asked about a change in another one', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  let told = 0;
  for (let n = 0; n < 500; n += 1) {
    mailstore.watch(10_000 + n, () => {
      told += 1;
    });
  }
  await put(mailstore, inbox, letterText(1));
  assert.equal(told, 0);
});
