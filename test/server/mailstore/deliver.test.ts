import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Delivery } from '../../../main/server/mailstore/append.ts';
import type { MailboxEvent } from '../../../main/server/mailstore/mailstore.ts';
import { takePacked } from '../../../main/server/mailstore/prepared.ts';
import type { Store } from '../../../main/store/store.ts';
import { inboxOf, letterText, openRoom, prepare, wholeLetter } from '../../kit/office-mailstore.ts';
import { type KitProgram, kitProgram } from './kit/program.ts';

async function office(t: TestContext) {
  const room = await openRoom(t, { program: kitProgram });
  const store = room.store as unknown as Store<KitProgram>;
  const deliver = async (text: string | Uint8Array, to: Omit<Delivery, 'letter'>[], fail = false) => {
    const { letter, transfer, settled } = takePacked(await prepare(room.mailstore, text));
    return store.write('kit.deliver', { letter, to, fail }, { transfer }).finally(settled);
  };
  const person = (id: number, quota: number | null) =>
    store.write('kit.run', {
      sql: "INSERT INTO people (id, key, address, name, quota, created) VALUES (?, ?, '', '', ?, 0)",
      values: [id, `p${id}`, quota],
    });
  return { ...room, deliver, person };
}

const to = (personId: number, detail: string | null = null) => ({
  personId,
  detail,
  internalDate: Date.UTC(2026, 10, 21),
  zone: 180,
});

test('one letter to 72 people is one record and 72 rows in one commit; who has no mailboxes gets them', async (t) => {
  const { mailstore, store, deliver } = await office(t);
  const before = await store.stats();
  const done = await deliver(
    letterText(1),
    Array.from({ length: 72 }, (_, n) => to(n + 1)),
  );
  const after = await store.stats();
  assert.equal(after.blobs, 1);
  assert.equal(after.writes - before.writes, 1);
  assert.deepEqual(new Set(done.map((each) => each?.uid)), new Set([1]));
  for (const person of [1, 36, 72]) {
    const inbox = await mailstore.mailbox(person, 'INBOX');
    assert.deepEqual([inbox?.id, inbox?.messages, inbox?.unseen], [done[person - 1]?.mailboxId, 1, 1]);
    const letter = await mailstore.letter(inbox?.id ?? 0, 1);
    assert.ok(letter);
    assert.equal(await wholeLetter(letter), letterText(1));
  }
  assert.deepEqual((await mailstore.check()).problems, []);
});

test('a plus-address finds its mailbox in any case, and INBOX where there is none', async (t) => {
  const { mailstore, deliver } = await office(t);
  await mailstore.provision(1);
  const invoices = await mailstore.create(1, 'Счета');
  const deep = await mailstore.create(1, 'Work/Bridge');
  const inbox = await mailstore.mailbox(1, 'INBOX');
  const done = await deliver(letterText(1), [to(1, 'счета'), to(1, 'work/bridge'), to(1, 'nothing'), to(1)]);
  assert.deepEqual(
    done.map((each) => [each?.mailboxId, each?.uid]),
    [
      [invoices.id, 1],
      [deep.id, 1],
      [inbox?.id, 1],
      [inbox?.id, 2],
    ],
  );
});

test("S9 a full mailbox refuses its copy and nobody else's; a report of our own goes in all the same", async (t) => {
  const { mailstore, deliver, person } = await office(t);
  const size = Buffer.byteLength(letterText(1));
  await person(1, size - 1);
  await person(2, size);
  const done = await deliver(letterText(1), [to(1), to(2), to(2), to(3)]);
  assert.deepEqual(
    done.map((each) => each?.uid ?? null),
    [null, 1, null, 1],
  );
  assert.deepEqual(await mailstore.quota(1), { usedBytes: 0, limitBytes: size - 1, messages: 0 });
  assert.deepEqual(await mailstore.mailboxes(1), []);
  const [report] = await deliver(letterText(2), [{ ...to(1), overQuota: true }]);
  assert.equal(report?.uid, 1);
  assert.deepEqual((await mailstore.check()).problems, []);
});

test('S37 a delivery that fails at its end leaves nothing and tells nobody, not even of a large letter', async (t) => {
  const { mailstore, store, deliver, dir } = await office(t);
  const inbox = await inboxOf(mailstore);
  const told: MailboxEvent[] = [];
  mailstore.watch(inbox, (event) => told.push(event));
  const large = Buffer.alloc(10 * 1024 * 1024, 'A line of a large letter\r\n');
  for (const text of [letterText(1), large]) {
    await assert.rejects(deliver(text, [to(1), to(2)], true), { code: 'kit' });
  }
  assert.deepEqual(told, []);
  assert.equal((await mailstore.mailboxById(inbox))?.uidNext, 1);
  assert.deepEqual(await mailstore.mailboxes(2), []);
  const end = performance.now() + 10_000;
  while (readdirSync(join(dir, 'spool')).length > 0) {
    assert.ok(performance.now() < end, 'the spool is cleared');
    await new Promise((resolve) => setImmediate(resolve));
  }
  await deliver(large, [to(1), to(2)]);
  assert.equal(told.length, 1);
  assert.deepEqual(readdirSync(join(dir, 'spool')), []);
  assert.deepEqual((await store.check()).problems, []);
  assert.deepEqual((await mailstore.check()).problems, []);
});

test('two copies for the same person in one commit are one event with both', async (t) => {
  const { mailstore, deliver } = await office(t);
  const inbox = await inboxOf(mailstore);
  const told: MailboxEvent[] = [];
  mailstore.watch(inbox, (event) => told.push(event));
  await deliver(letterText(1), [to(1), to(1)]);
  assert.deepEqual(
    told.map((event) => [event.added.map((each) => each.uid), event.uidNext]),
    [[[1, 2], 3]],
  );
});
