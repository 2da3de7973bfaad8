import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DELETED, FLAGGED, type MailboxEvent, SEEN } from '../../../main/server/mailstore/mailstore.ts';
import {
  allRows,
  everyUid,
  inboxOf,
  letterText,
  openRoom,
  put,
  wholeLetter,
} from '../../kit/office-mailstore.ts';

const columns = { flags: true, internalDate: true, saveDate: true, ids: true } as const;

test('I40 COPY keeps flags, keywords and INTERNALDATE, pairs the numbers, and is told to the target', async (t) => {
  const { mailstore, store } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  const target = await mailstore.create(1, 'target');
  for (let n = 1; n <= 4; n += 1) {
    await put(mailstore, inbox, letterText(n), {
      flags: n === 2 ? FLAGGED | SEEN : 0,
      keywords: n === 3 ? ['$Work'] : [],
      internalDate: Date.UTC(2020, 1, n),
    });
  }
  await put(mailstore, target.id, letterText('there'));
  const events: MailboxEvent[] = [];
  mailstore.watch(target.id, (event) => events.push(event));
  const copied = await mailstore.copy(
    inbox,
    [
      [2, 3],
      [9, 12],
    ],
    target.id,
  );
  assert.deepEqual(
    [copied.sources, copied.targets, copied.uidValidity, copied.mailboxId],
    [[2, 3], [2, 3], target.uidValidity, target.id],
  );
  assert.deepEqual(
    events.map(({ added, uidNext }) => [
      added.map((each) => [each.uid, each.flags, ...each.keywords]),
      uidNext,
    ]),
    [
      [
        [
          [2, FLAGGED | SEEN],
          [3, 0, '$Work'],
        ],
        4,
      ],
    ],
  );
  const [from] = await allRows(mailstore.rows(inbox, [[2, 3]], columns));
  const [to] = await allRows(mailstore.rows(target.id, [[2, 3]], columns));
  assert.deepEqual(to?.internalDates, from?.internalDates);
  assert.deepEqual(to?.emailIds, from?.emailIds);
  assert.deepEqual(to?.threadIds, from?.threadIds);
  assert.deepEqual((await mailstore.open(target.id, false)).keywords, ['$Work']);
  assert.equal((await mailstore.quota(1)).messages, 7);
  assert.equal((await store.stats()).blobs, 5);
  const nothing = await mailstore.copy(inbox, [[100, 200]], target.id);
  assert.deepEqual([nothing.sources, nothing.targets], [[], []]);
  await assert.rejects(mailstore.copy(inbox, [[1, 1]], 999), { code: 'no-mailbox' });
  assert.deepEqual((await mailstore.check()).problems, []);
});

test('I25 a strict copy or move of an expunged message is refused as a whole', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  const target = await mailstore.create(1, 'target');
  for (let n = 1; n <= 3; n += 1) await put(mailstore, inbox, letterText(n));
  await mailstore.removeMessages(inbox, [[2, 2]]);
  const strict = { strict: true };
  await assert.rejects(mailstore.copy(inbox, [[1, 3]], target.id, strict), {
    kind: 'user',
    code: 'expunged',
  });
  await assert.rejects(mailstore.move(inbox, [[1, 3]], target.id, strict), {
    kind: 'user',
    code: 'expunged',
  });
  assert.equal((await mailstore.mailboxById(target.id))?.messages, 0);
  assert.equal((await mailstore.mailboxById(inbox))?.messages, 2);
  assert.deepEqual((await mailstore.copy(inbox, [[1, 3]], target.id)).sources, [1, 3]);
});

test('I40 MOVE takes messages out of one mailbox into the other in one commit, without \\Deleted', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  const target = await mailstore.create(1, 'target');
  for (let n = 1; n <= 3; n += 1) await put(mailstore, inbox, letterText(n), { flags: SEEN });
  const told: [string, MailboxEvent][] = [];
  mailstore.watch(inbox, (event) => told.push(['inbox', event]));
  mailstore.watch(target.id, (event) => told.push(['target', event]));
  const moved = await mailstore.move(inbox, [[1, 2]], target.id);
  assert.deepEqual(
    [moved.sources, moved.targets],
    [
      [1, 2],
      [1, 2],
    ],
  );
  const [first, second] = told;
  assert.deepEqual(
    [told.length, first?.[0], second?.[0], first?.[1].modseq],
    [2, 'target', 'inbox', second?.[1].modseq],
  );
  assert.deepEqual(
    first?.[1].added.map((each) => each.flags),
    [SEEN, SEEN],
  );
  assert.deepEqual(second?.[1].vanished, [[1, 2]]);
  assert.equal(moved.modseq, second?.[1].modseq);
  const left = await mailstore.mailboxById(inbox);
  assert.deepEqual([left?.messages, left?.deleted, left?.uidNext], [1, 0, 4]);
  // G12: still readable where it was.
  const letter = await mailstore.letter(inbox, 1);
  assert.ok(letter);
  assert.equal(await wholeLetter(letter), letterText(1));
  assert.deepEqual((await mailstore.check()).problems, []);
});

test('I40 MOVE into the same mailbox gives new numbers, once, and one event says both', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  for (let n = 1; n <= 3; n += 1) await put(mailstore, inbox, letterText(n));
  const events: MailboxEvent[] = [];
  mailstore.watch(inbox, (event) => events.push(event));
  const moved = await mailstore.move(inbox, [[1, 0xffff_ffff]], inbox);
  assert.deepEqual(
    [moved.sources, moved.targets],
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
  );
  assert.equal(events.length, 1);
  assert.deepEqual(
    events[0]?.added.map((each) => each.uid),
    [4, 5, 6],
  );
  assert.deepEqual([events[0]?.vanished, events[0]?.uidNext], [[[1, 3]], 7]);
  assert.deepEqual(everyUid((await mailstore.open(inbox, false)).uids), [4, 5, 6]);
  assert.deepEqual((await mailstore.check()).problems, []);
});

test('I41 EXPUNGE takes only what is marked, of the given ones where some are given', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  for (let n = 1; n <= 5; n += 1) await put(mailstore, inbox, letterText(n), { flags: n % 2 ? DELETED : 0 });
  assert.deepEqual((await mailstore.expunge(inbox, [[1, 2]])).uids, [1]);
  const before = (await mailstore.mailboxById(inbox))?.highestModseq;
  assert.deepEqual(await mailstore.expunge(inbox, [[1, 2]]), { uids: [], modseq: before });
  assert.deepEqual((await mailstore.expunge(inbox)).uids, [3, 5]);
  assert.deepEqual(everyUid((await mailstore.open(inbox, false)).uids), [2, 4]);
});

test('P16 POP3 removes what it was told in one transaction, marked or not; what is gone is no error', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  for (let n = 1; n <= 5; n += 1) await put(mailstore, inbox, letterText(n));
  await mailstore.removeMessages(inbox, [[2, 2]]);
  const events: MailboxEvent[] = [];
  mailstore.watch(inbox, (event) => events.push(event));
  const removed = await mailstore.removeMessages(inbox, [
    [1, 3],
    [5, 5],
    [77, 77],
  ]);
  assert.deepEqual(removed.uids, [1, 3, 5]);
  assert.equal(events.length, 1);
  // P21: IMAP sees an expunge with a new modseq.
  assert.deepEqual(
    [events[0]?.vanished, events[0]?.modseq],
    [
      [
        [1, 1],
        [3, 3],
        [5, 5],
      ],
      removed.modseq,
    ],
  );
});

test('P8 a maildrop is locked by one session at a time', async (t) => {
  const { mailstore } = await openRoom(t);
  const lock = await mailstore.lockMaildrop(1);
  await assert.rejects(mailstore.lockMaildrop(1), { kind: 'user', code: 'maildrop-locked' });
  await (await mailstore.lockMaildrop(2)).release();
  await lock.release();
  const again = await mailstore.lockMaildrop(1);
  // A second release of the first is not the second's.
  await lock.release();
  await assert.rejects(mailstore.lockMaildrop(1), { code: 'maildrop-locked' });
  await again.release();
});
