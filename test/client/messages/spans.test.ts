/** What is done with a part of a view, from one row to another. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { joined } from '../../../main/client/messages/spans.ts';
import type { Action } from '../../../main/contract/mail/messages.ts';
import type { ViewInput } from '../../../main/contract/mail/views.ts';
import { letter, openTestProfile, type TestProfile } from '../kit/profile.ts';

const SEEN: Action = { do: 'flag', flag: 'seen', on: true };

async function inboxOf(p: TestProfile, more: Partial<ViewInput> = {}): Promise<ViewInput> {
  return { scope: { in: 'folder', folder: await p.folder('Inbox') }, ...more };
}

test('runs are joined where they overlap or touch', () => {
  assert.deepEqual(
    joined([
      { from: 8, to: 9 },
      { from: 0, to: 3 },
      { from: 2, to: 5 },
      { from: 6, to: 6 },
    ]),
    [
      { from: 0, to: 6 },
      { from: 8, to: 9 },
    ],
  );
});

test('all letters from row to row, whichever is named first, less the exceptions; one undo', async (t) => {
  const p = await openTestProfile(t);
  await p.put('Inbox', ...Array.from({ length: 450 }, () => letter()));
  const view = await inboxOf(p);
  const rows = await p.rows('Inbox');
  const at = (n: number) => rows[n]?.id ?? 0;
  const spans = [
    { first: at(429), last: at(10) },
    { first: at(440), last: at(440) },
  ];
  const selection = { view, between: spans, except: [at(20)] };
  const measured = await p.call('messages.measure', { selection });
  assert.equal(measured.count, 420);
  const done = await p.call('messages.act', { selection, action: { do: 'delete' } });
  assert.equal(done.count, 420);
  const left = (await p.rows('Inbox')).map((row) => row.id);
  const stays = (n: number) => n < 10 || n === 20 || (n > 429 && n !== 440);
  assert.deepEqual(
    left,
    rows.filter((_, n) => stays(n)).map((row) => row.id),
  );
  const back = await p.call('messages.undo', { undo: done.undo ?? '' });
  assert.equal(back.count, 420);
  assert.deepEqual(
    (await p.rows('Inbox')).map((row) => row.id),
    rows.map((row) => row.id),
  );
  assert.deepEqual((await p.profile.store.read('profile.check')).problems, []);
});

test('in another order, and in a view that what is done empties', async (t) => {
  const p = await openTestProfile(t);
  await p.put('Inbox', ...['c', 'a', 'e', 'b', 'd'].map((subject) => letter({ subject })));
  const bySubject = { sort: 'subject', descending: false, filter: 'unread' } as const;
  const view = await inboxOf(p, bySubject);
  const rows = await p.rows('Inbox', bySubject);
  const named = (subject: string) => rows.find((row) => row.subject === subject)?.id ?? 0;
  const between = [{ first: named('b'), last: named('d') }];
  const { count } = await p.call('messages.act', { selection: { view, between }, action: SEEN });
  assert.equal(count, 3);
  assert.deepEqual(
    (await p.rows('Inbox', bySubject)).map((row) => row.subject),
    ['a', 'e'],
  );
});

test('a row of a conversation stands for all its letters, a row taken out, too', async (t) => {
  const p = await openTestProfile(t);
  const talk = (name: string, n: number) =>
    Array.from({ length: n }, (_, k) =>
      letter({
        subject: k === 0 ? name : `Re: ${name}`,
        id: `${name}.${k}@test.example`,
        ...(k > 0 ? { re: `${name}.0@test.example` } : {}),
      }),
    );
  await p.put('Inbox', ...talk('first', 3), ...talk('second', 2), ...talk('third', 4));
  const view = await inboxOf(p, { conversations: true });
  const rows = await p.rows('Inbox', { conversations: true });
  assert.deepEqual(rows.map((row) => row.count).sort(), [2, 3, 4]);
  const ends = { first: rows[0]?.id ?? 0, last: rows[2]?.id ?? 0 };
  const [, middle] = rows;
  const selection = { view, between: [ends], except: [middle?.id ?? 0] };
  assert.equal((await p.call('messages.measure', { selection })).count, 9 - (middle?.count ?? 0));
  const done = await p.call('messages.act', { selection, action: SEEN });
  assert.equal(done.count, 9 - (middle?.count ?? 0));
  const whole = { view, except: [middle?.id ?? 0] };
  assert.equal((await p.call('messages.measure', { selection: whole })).count, 9 - (middle?.count ?? 0));
  const all = await p.call('messages.act', { selection: whole, action: { do: 'archive' } });
  assert.equal(all.count, 9 - (middle?.count ?? 0), 'the whole view, less a conversation');
});

test('where an end has left the view nothing is done', async (t) => {
  const p = await openTestProfile(t);
  await p.put('Inbox', letter(), letter(), letter());
  const view = await inboxOf(p);
  const [a, b, c] = (await p.rows('Inbox')).map((row) => row.id);
  await p.call('messages.act', { selection: { ids: [c ?? 0] }, action: { do: 'archive' } });
  const selection = { view, between: [{ first: a ?? 0, last: c ?? 0 }] };
  await assert.rejects(p.call('messages.act', { selection, action: { do: 'delete' } }), {
    code: 'no-such-message',
  });
  assert.deepEqual(
    (await p.rows('Inbox')).map((row) => row.id),
    [a, b],
  );
});
