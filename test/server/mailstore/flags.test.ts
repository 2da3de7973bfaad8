import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ANSWERED,
  DELETED,
  FLAGGED,
  type MailboxEvent,
  SEEN,
} from '../../../main/server/mailstore/mailstore.ts';
import type { OpenMailstore } from '../../../main/server/mailstore/office-mailstore.ts';
import { allRows, inboxOf, letterText, openRoom, prepare, put } from '../../kit/office-mailstore.ts';

async function fill(mailstore: OpenMailstore, inbox: number, count: number): Promise<void> {
  for (let at = 0; at < count; at += 500) {
    const messages = await Promise.all(
      Array.from({ length: Math.min(500, count - at) }, async (_, n) => ({
        message: await prepare(mailstore, letterText(at + n)),
        flags: 0,
        keywords: [],
      })),
    );
    await mailstore.append(inbox, messages);
  }
}

const one = [[1, 1]] as const;

test('I60 a store that changes nothing gets no modseq and tells nobody; counters follow what changes', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  await put(mailstore, inbox, letterText(1), { flags: FLAGGED });
  const before = await mailstore.mailboxById(inbox);
  const events: MailboxEvent[] = [];
  mailstore.watch(inbox, (event) => events.push(event));
  const nothing = await mailstore.setFlags(inbox, one, { mode: 'add', flags: FLAGGED, keywords: [] });
  assert.deepEqual(nothing, { modseq: before?.highestModseq, changed: [], modified: [], gone: [] });
  await mailstore.setFlags(inbox, one, { mode: 'replace', flags: SEEN | DELETED, keywords: ['$Junk'] });
  const after = await mailstore.mailboxById(inbox);
  assert.deepEqual([after?.unseen, after?.deleted], [0, 1]);
  await mailstore.setFlags(inbox, one, { mode: 'remove', flags: SEEN, keywords: ['$JUNK'] });
  const last = await mailstore.mailboxById(inbox);
  assert.deepEqual([last?.unseen, last?.deleted], [1, 1]);
  assert.deepEqual(
    events.map((event) => event.changed.map((each) => [each.flags, each.keywords])),
    [[[SEEN | DELETED, ['$Junk']]], [[DELETED, []]]],
  );
  assert.ok(events.every((event, n) => n === 0 || event.modseq > (events[n - 1]?.modseq ?? 0)));
});

test('I26 flags added by two sessions at once are both there', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  await put(mailstore, inbox, letterText(1));
  const words = Array.from({ length: 20 }, (_, n) => `k${n}`);
  await Promise.all([
    mailstore.setFlags(inbox, one, { mode: 'add', flags: SEEN, keywords: [] }),
    mailstore.setFlags(inbox, one, { mode: 'add', flags: ANSWERED, keywords: [] }),
    ...words.map((word) => mailstore.setFlags(inbox, one, { mode: 'add', flags: 0, keywords: [word] })),
  ]);
  const [rows] = await allRows(mailstore.rows(inbox, one, { flags: true }));
  assert.equal(rows?.flags?.[0], SEEN | ANSWERED);
  assert.deepEqual([...(rows?.keywords?.get(0) ?? [])].sort(), words.sort());
});

test('I57 UNCHANGEDSINCE leaves alone what changed after it, and says which', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  for (let n = 1; n <= 5; n += 1) await put(mailstore, inbox, letterText(n));
  const { highestModseq } = (await mailstore.open(inbox, false)).mailbox;
  await mailstore.setFlags(inbox, [[2, 3]], { mode: 'add', flags: SEEN, keywords: [] });
  await mailstore.removeMessages(inbox, [[4, 4]]);
  const outcome = await mailstore.setFlags(inbox, [[1, 9]], {
    mode: 'add',
    flags: FLAGGED,
    keywords: [],
    unchangedSince: highestModseq,
  });
  assert.deepEqual(
    [outcome.changed.map((each) => each.uid), outcome.modified, outcome.gone],
    [[1, 5], [2, 3], [4]],
  );
});

test('I57 a mailbox takes 200 keywords; the next is refused until one of them is unused', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  await put(mailstore, inbox, letterText(1));
  const words = Array.from({ length: 200 }, (_, n) => `key${n}`);
  await mailstore.setFlags(inbox, one, { mode: 'add', flags: 0, keywords: words });
  await assert.rejects(mailstore.setFlags(inbox, one, { mode: 'add', flags: SEEN, keywords: ['more'] }), {
    kind: 'user',
    code: 'too-many-keywords',
  });
  // Nothing of the refused store is there.
  const [rows] = await allRows(mailstore.rows(inbox, one, { flags: true }));
  assert.equal(rows?.flags?.[0], 0);
  // The same word in other letters is no new one.
  await mailstore.setFlags(inbox, one, { mode: 'add', flags: 0, keywords: ['KEY7'] });
  await mailstore.setFlags(inbox, one, { mode: 'remove', flags: 0, keywords: ['key7'] });
  await mailstore.setFlags(inbox, one, { mode: 'add', flags: 0, keywords: ['more'] });
  const { keywords } = await mailstore.open(inbox, false);
  assert.equal(keywords.length, 200);
  assert.ok(keywords.includes('more') && !keywords.includes('key7'));
});

test('I57 201 keywords in one STORE are refused, and nothing of them is kept', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  await put(mailstore, inbox, letterText(1));
  const one = [[1, 1]] as const;
  const words = Array.from({ length: 201 }, (_, n) => `key${n}`);
  await assert.rejects(mailstore.setFlags(inbox, one, { mode: 'add', flags: 0, keywords: words }), {
    kind: 'user',
    code: 'too-many-keywords',
  });
  assert.deepEqual((await mailstore.open(inbox, false)).keywords, []);
  await mailstore.setFlags(inbox, one, { mode: 'add', flags: 0, keywords: words.slice(1) });
  assert.equal((await mailstore.open(inbox, false)).keywords.length, 200);
});

test('flags of more messages than one slice holds change all, each once, in rising modseq', async (t) => {
  const { mailstore } = await openRoom(t);
  const inbox = await inboxOf(mailstore);
  await fill(mailstore, inbox, 9000);
  const events: MailboxEvent[] = [];
  mailstore.watch(inbox, (event) => events.push(event));
  const outcome = await mailstore.setFlags(inbox, [[1, 0xffff_ffff]], {
    mode: 'add',
    flags: SEEN,
    keywords: [],
  });
  assert.equal(outcome.changed.length, 9000);
  assert.deepEqual(
    events.map((event) => event.changed.length),
    [4000, 4000, 1000],
  );
  assert.equal((await mailstore.mailboxById(inbox))?.unseen, 0);
  const since = await mailstore.changesSince(inbox, events[0]?.modseq ?? 0);
  assert.equal(since.changed.length, 5000);
  await mailstore.setFlags(inbox, [[1, 9000]], { mode: 'add', flags: DELETED, keywords: [] });
  const { uids } = await mailstore.expunge(inbox);
  assert.deepEqual([uids.length, uids[0], uids[8999]], [9000, 1, 9000]);
  assert.deepEqual((await mailstore.check()).problems, []);
});
