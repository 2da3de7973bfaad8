/** Mail merges through the contract: all or nothing, each once, in their time, cancelled in the middle, killed in the middle. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callHandler } from '../../../main/contract/door.ts';
import { readContent, readMessage } from '../../../main/mail/message.ts';
import { openSendingKit, type SendingKit } from '../../kit/sending.ts';

const csv = (rows: number) =>
  new TextEncoder().encode(
    `name;mail;file\n${Array.from({ length: rows }, (_, n) => `Person ${n};p${n}@x.example;${n === 1 ? 'own.txt' : ''}\n`).join('')}`,
  );

async function draftOf(kit: SendingKit) {
  const made = await kit.call('drafts.create', { kind: 'new', account: kit.account });
  const content = {
    ...made,
    subject: 'Dear {{name}}',
    text: 'Hello, {{name}}.',
    html: '<p>Hello, {{name}}.</p>',
  };
  return kit.call('drafts.save', { id: made.id, base: made.version, content });
}

test('a preview sends nothing; the merge sends one letter a row, each with its own words and files', async (t) => {
  const kit = await openSendingKit(t);
  const draft = await draftOf(kit);
  const seen = await kit.call('merge.preview', {
    draft: draft.id,
    csv: csv(3),
    row: 2,
    fileColumn: 'file',
    files: ['own.txt'],
  });
  assert.deepEqual(
    [seen.total, seen.ready, seen.letter?.subject, seen.letter?.files],
    [3, 3, 'Dear Person 1', ['own.txt']],
  );
  assert.deepEqual(await kit.call('merge.list', {}), []);
  const files = [{ name: 'own.txt', type: 'text/plain', bytes: new TextEncoder().encode('only yours') }];
  const merge = await kit.call('merge.start', {
    draft: draft.id,
    csv: csv(3),
    fileColumn: 'file',
    files,
    perMinute: 0,
  });
  assert.deepEqual([merge.total, merge.state], [3, 'sending']);
  await kit.received(2);
  await kit.until(async () => assert.equal((await kit.call('merge.list', {}))[0]?.sent, 3));
  const letters = kit.smtp.received.map(({ bytes, to }) => {
    const message = readMessage(bytes);
    const content = readContent(bytes, message);
    return [
      to[0],
      message.subject,
      content.text?.trim(),
      content.attachments.map((each) => each.name).join(),
    ];
  });
  assert.deepEqual(
    letters.sort(),
    [0, 1, 2].map((n) => [
      `p${n}@x.example`,
      `Dear Person ${n}`,
      `Hello, Person ${n}.`,
      n === 1 ? 'own.txt' : '',
    ]),
  );
  assert.equal(new Set(kit.smtp.received.map(({ bytes }) => readMessage(bytes).messageId)).size, 3);
  assert.deepEqual(await kit.call('outbox.list', {}), [], 'letters of a merge are one line, not three');
  assert.equal((await kit.rows('Sent')).length, 3);
});

test('a rate is kept, the rest is cancelled, and one job tells of it', async (t) => {
  const kit = await openSendingKit(t);
  const draft = await draftOf(kit);
  const merge = await kit.call('merge.start', { draft: draft.id, csv: csv(50), perMinute: 6 });
  await kit.received(0);
  const dues = await kit.profile.store.read('outbox.due');
  assert.ok((dues[0]?.due ?? 0) > Date.now(), 'the second letter waits for its time');
  await kit.until(async () =>
    assert.ok((await kit.call('jobs.list', {})).some((job) => job.kind === 'send' && job.total === 50)),
  );
  const after = await kit.call('merge.cancel', { id: merge.id });
  assert.deepEqual([after.state, after.waiting, after.sent], ['cancelled', 0, 1]);
  await kit.until(async () =>
    assert.ok(
      (await kit.call('jobs.list', {})).some((job) => job.kind === 'send' && job.state === 'cancelled'),
    ),
  );
  assert.deepEqual(await kit.profile.store.read('outbox.due'), []);
  assert.equal(kit.smtp.received.length, 1);
  await kit.call('accounts.remove', { id: kit.account });
  assert.deepEqual(await kit.call('merge.list', {}), [], 'it goes with its account');
});

test('given up while it is prepared: nothing stands in the outbox; a wrong copy is refused before', async (t) => {
  const kit = await openSendingKit(t);
  const draft = await draftOf(kit);
  const stop = new AbortController();
  const going = callHandler(
    kit.profile.handlers,
    'merge.start',
    { draft: draft.id, csv: csv(400), perMinute: 0 },
    { signal: stop.signal, chunk: () => {} },
  );
  const refused = assert.rejects(going, { code: 'cancelled' });
  await kit.until(async () => assert.ok(((await kit.call('merge.list', {}))[0]?.waiting ?? 0) > 0));
  stop.abort();
  await refused;
  assert.deepEqual(await kit.profile.store.read('outbox.due'), []);
  assert.deepEqual(await kit.call('merge.list', {}), []);
  assert.equal(kit.smtp.received.length, 0);
  const content = { ...draft, cc: [{ name: '', address: 'not one' }] };
  await kit.call('drafts.save', { id: draft.id, base: draft.version, content });
  const wrong = kit.call('merge.start', { draft: draft.id, csv: csv(2) });
  await assert.rejects(wrong, { code: 'bad-recipient' });
});

test('what was being prepared when the program ended never goes; what was missed keeps its distance', async (t) => {
  const kit = await openSendingKit(t, { background: false });
  const { store, pool } = kit.profile;
  const bytes = new TextEncoder().encode(
    'From: a@x.example\r\nTo: b@x.example\r\nMessage-ID: <a@x>\r\n\r\nx\r\n',
  );
  const letter = async () => {
    const { head: _head, ...composed } = await pool.call('draft.freeze', { bytes: bytes.slice() });
    const envelope = { from: 'a@x.example', to: ['b@x.example'], eightBit: false };
    return {
      account: kit.account,
      draft: null,
      ...composed,
      envelope,
      shownTo: [],
      notBefore: 0,
      scheduled: false,
    };
  };
  const make = async () => {
    const merge = await store.write('merge.create', {
      account: kit.account,
      subject: 's',
      total: 3,
      perMinute: 60,
    });
    await store.write('merge.add', { merge, letters: [await letter(), await letter(), await letter()] });
    return merge;
  };
  const half = await make();
  assert.equal((await store.read('outbox.due'))[0]!.due > 8e15, true, 'held until all of them stand');
  const whole = await make();
  await store.write('merge.release', { merge: whole, from: 1000 });
  const now = Date.now();
  assert.deepEqual(await store.write('merge.recover', { now }), [half]);
  const list = await store.read('merge.list');
  assert.deepEqual(
    list.map((each) => [each.id, each.waiting]),
    [[whole, 3]],
  );
  const ids = [1, 2, 3, 4, 5, 6];
  const times = (
    await Promise.all(ids.map((id) => store.read('outbox.row', { id }).catch(() => null)))
  ).flatMap((row) => (row ? [row.not_before - now] : []));
  assert.deepEqual(times, [0, 1000, 2000]);
});
