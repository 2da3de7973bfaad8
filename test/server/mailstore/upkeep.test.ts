import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../main/base/clock.ts';
import { EXPUNGED_KEPT_MS } from '../../../main/base/limits.ts';
import type { OfficeStore } from '../../../main/server/program.ts';
import type { Store } from '../../../main/store/store.ts';
import { allRows, inboxOf, letterText, openRoom, prepare, put } from '../../kit/office-mailstore.ts';
import { type KitProgram, kitProgram } from './kit/program.ts';

const kit = (store: OfficeStore) => store as unknown as Store<KitProgram>;

test('G12 expunged letters are kept a day and then given back; one that others hold stays', async (t) => {
  const clock = new ManualClock();
  const { mailstore, store } = await openRoom(t, { clock });
  const inbox = await inboxOf(mailstore);
  const other = await inboxOf(mailstore, 2);
  await put(mailstore, inbox, letterText(1));
  await put(mailstore, inbox, letterText(2));
  await put(mailstore, other, letterText(2));
  await mailstore.removeMessages(inbox, [[1, 2]]);
  clock.advance(EXPUNGED_KEPT_MS);
  assert.equal((await mailstore.sweep()).letters, 0);
  assert.ok(await mailstore.letter(inbox, 1));
  clock.advance(1);
  assert.equal((await mailstore.sweep()).letters, 2);
  assert.equal(await mailstore.letter(inbox, 1), undefined);
  assert.equal(await mailstore.letter(inbox, 2), undefined);
  assert.ok(await mailstore.letter(other, 1));
  assert.equal((await store.stats()).unreferencedBlobs, 1);
  assert.deepEqual((await mailstore.check()).problems, []);
});

test('a deleted mailbox is taken to pieces a day later, and its id never comes back', async (t) => {
  const clock = new ManualClock();
  const { mailstore, store } = await openRoom(t, { clock });
  await mailstore.provision(1);
  const box = await mailstore.create(1, 'box');
  for (let n = 0; n < 700; n += 100) {
    const messages = await Promise.all(
      Array.from({ length: 100 }, async (_, k) => ({
        message: await prepare(mailstore, letterText(n + k)),
        flags: 0,
        keywords: ['$Work'],
      })),
    );
    await mailstore.append(box.id, messages);
  }
  await mailstore.removeMessages(box.id, [[1, 10]]);
  await mailstore.remove(1, 'box');
  assert.equal((await mailstore.quota(1)).usedBytes, 0);
  assert.deepEqual(await mailstore.sweep(), { letters: 0, mailboxes: 0, forgotten: 0 });
  clock.advance(EXPUNGED_KEPT_MS + 1);
  const report = await mailstore.sweep();
  assert.deepEqual([report.letters >= 700, report.mailboxes], [true, 1]);
  assert.equal((await store.stats()).unreferencedBlobs, 700);
  assert.ok((await mailstore.create(1, 'box')).id > box.id);
  assert.deepEqual((await mailstore.check()).problems, []);
});

test('check finds every wrong number and repair counts again; UIDNEXT and modseq only rise', async (t) => {
  const { mailstore, store } = await openRoom(t, { program: kitProgram });
  const inbox = await inboxOf(mailstore);
  for (let n = 1; n <= 3; n += 1) await put(mailstore, inbox, letterText(n));
  const before = await mailstore.mailboxById(inbox);
  const run = (sql: string) => kit(store).write('kit.run', { sql, values: [] });
  const wrong: [sql: string, code: string][] = [
    [`UPDATE mailboxes SET messages = 7, unseen = 9, size = 1 WHERE id = ${inbox}`, 'mailbox-counters'],
    ['UPDATE mailstores SET bytes = 5', 'person-counters'],
    [`UPDATE mailboxes SET uidnext = 2 WHERE id = ${inbox}`, 'uid-next'],
    [`UPDATE mailboxes SET modseq = 1 WHERE id = ${inbox}`, 'modseq'],
    ['UPDATE mailstores SET validity = 1', 'uid-validity'],
    ['UPDATE letters SET uses = 4 WHERE id = 1', 'letter-uses'],
  ];
  for (const [sql, code] of wrong) {
    await run(sql);
    const found = await mailstore.check({ repair: true });
    assert.ok(
      found.problems.some((each) => each.code === code && each.repairable),
      `${code}: ${JSON.stringify(found.problems)}`,
    );
    assert.ok(found.repaired > 0);
    assert.deepEqual((await mailstore.check()).problems, [], code);
  }
  const after = await mailstore.mailboxById(inbox);
  assert.deepEqual(
    [after?.messages, after?.unseen, after?.size, after?.uidNext, after?.uidValidity],
    [3, 3, before?.size, 4, before?.uidValidity],
  );
  assert.ok((after?.highestModseq ?? 0) >= (before?.highestModseq ?? 0));
  const lost: [sql: string, code: string][] = [
    [
      `INSERT INTO expunged SELECT mailbox, uid, NULL, 0, NULL, 1, 1, 0, 1, modseq, NULL, 1 FROM messages WHERE uid = 1`,
      'uid-twice',
    ],
    ['UPDATE messages SET size = 1 WHERE uid = 1', 'letter-size'],
    ['UPDATE letter_texts SET parts = zeroblob(9) WHERE letter = 2', 'parts-damaged'],
    ['DELETE FROM letter_sort WHERE letter = 2', 'letter-texts'],
    ['DELETE FROM blobs WHERE hash = (SELECT hash FROM letters WHERE id = 3)', 'letter-octets'],
    ['DELETE FROM letters WHERE id = 3', 'letter-missing'],
  ];
  for (const [sql, code] of lost) {
    await run(sql);
    const { problems } = await mailstore.check();
    assert.ok(
      problems.some((each) => each.code === code && !each.repairable),
      `${code}: ${JSON.stringify(problems)}`,
    );
  }
});

test('I32 after a restore every UIDVALIDITY is greater, unique ids of POP3 stay, ids do not come back', async (t) => {
  const clock = new ManualClock();
  const { mailstore } = await openRoom(t, { clock });
  const inbox = await inboxOf(mailstore);
  await put(mailstore, inbox, letterText(1));
  await put(mailstore, inbox, letterText(2), { uidl: 'kept' });
  const before = await mailstore.mailboxes(1);
  const [rows] = await allRows(mailstore.rows(inbox, [[1, 2]], { uidl: true }));
  clock.step(-30 * 86_400_000);
  await mailstore.raiseUidValidity();
  const after = await mailstore.mailboxes(1);
  for (const [n, each] of after.entries()) assert.ok(each.uidValidity > (before[n]?.uidValidity ?? 0));
  assert.equal(new Set(after.map((each) => each.uidValidity)).size, after.length);
  const [again] = await allRows(mailstore.rows(inbox, [[1, 2]], { uidl: true }));
  assert.deepEqual(again?.uidls, rows?.uidls);
  const uid = await put(mailstore, inbox, letterText(3));
  const [fresh] = await allRows(mailstore.rows(inbox, [[uid, uid]], { uidl: true }));
  assert.ok(!rows?.uidls?.includes(fresh?.uidls?.[0] ?? ''));
  const most = Math.max(...before.map((each) => each.id));
  assert.ok((await mailstore.create(1, 'new')).id > most + 1000);
  assert.deepEqual((await mailstore.check()).problems, []);
});

test('quota: counters follow every way in and out; over it nothing comes in', async (t) => {
  const { mailstore, store } = await openRoom(t, { program: kitProgram });
  const inbox = await inboxOf(mailstore);
  const size = Buffer.byteLength(letterText(1));
  await kit(store).write('kit.run', {
    sql: "INSERT INTO people (id, key, address, name, quota, created) VALUES (1, 'a@b', 'a@b', 'A', ?, 0)",
    values: [size * 2],
  });
  await put(mailstore, inbox, letterText(1));
  assert.deepEqual(await mailstore.quota(1), { usedBytes: size, limitBytes: size * 2, messages: 1 });
  await put(mailstore, inbox, letterText(2));
  await assert.rejects(put(mailstore, inbox, letterText(3)), { kind: 'user', code: 'over-quota' });
  await assert.rejects(mailstore.copy(inbox, [[1, 1]], inbox), { code: 'over-quota' });
  // A move takes no room.
  const target = await mailstore.create(1, 'target');
  await mailstore.move(inbox, [[1, 1]], target.id);
  await mailstore.removeMessages(inbox, [[2, 2]]);
  assert.equal((await mailstore.quota(1)).usedBytes, size);
  await put(mailstore, inbox, letterText(3));
  assert.equal((await mailstore.mailboxById(inbox))?.uidNext, 4);
});
