/** What a person does with letters, and takes back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Action } from '../../../main/contract/mail/messages.ts';
import { letter, openTestProfile, type TestProfile } from '../kit/profile.ts';

async function counts(p: TestProfile): Promise<Record<string, [number, number]>> {
  const list = await p.call('folders.list', {});
  return Object.fromEntries(
    list.filter((each) => each.total > 0).map((each) => [each.path, [each.total, each.unread]]),
  );
}

async function sound(p: TestProfile): Promise<void> {
  assert.deepEqual((await p.profile.store.read('profile.check')).problems, []);
}

test('delete goes to Trash, deletes again there, and is taken back by undo and redo', async (t) => {
  const p = await openTestProfile(t);
  const ids = await p.put('Inbox', letter(), letter(), letter());
  const [first = 0] = ids;
  const done = await p.call('messages.act', { selection: { ids: [first] }, action: { do: 'delete' } });
  assert.equal(done.count, 1);
  assert.equal(done.to, await p.folder('Trash'));
  assert.deepEqual(await counts(p), { Inbox: [2, 2], Trash: [1, 1] });
  assert.ok(done.undo);
  const back = await p.call('messages.undo', { undo: done.undo });
  assert.deepEqual(await counts(p), { Inbox: [3, 3] });
  assert.ok(back.redo);
  await p.call('messages.undo', { undo: back.redo });
  assert.deepEqual(await counts(p), { Inbox: [2, 2], Trash: [1, 1] });
  const erased = await p.call('messages.act', { selection: { ids: [first] }, action: { do: 'delete' } });
  assert.equal(erased.undo, null);
  assert.deepEqual(await counts(p), { Inbox: [2, 2] });
  await sound(p);
});

test('a token can be used once', async (t) => {
  const p = await openTestProfile(t);
  const ids = await p.put('Inbox', letter());
  const { undo } = await p.call('messages.act', { selection: { ids }, action: { do: 'archive' } });
  await p.call('messages.undo', { undo: undo ?? '' });
  await assert.rejects(p.call('messages.undo', { undo: undo ?? '' }), { code: 'undo-too-late' });
  await assert.rejects(p.call('messages.undo', { undo: 'never given' }), { code: 'undo-too-late' });
});

test('a whole view is one action and one undo, whatever its size', async (t) => {
  const p = await openTestProfile(t);
  await p.put('Inbox', ...Array.from({ length: 650 }, () => letter()));
  const view = {
    scope: { in: 'folder' as const, folder: await p.folder('Inbox') },
    filter: 'unread' as const,
  };
  const [kept] = await p.rows('Inbox');
  const seen: Action = { do: 'flag', flag: 'seen', on: true };
  const done = await p.call('messages.act', { selection: { view, except: [kept?.id ?? 0] }, action: seen });
  assert.equal(done.count, 649);
  assert.deepEqual(await counts(p), { Inbox: [650, 1] });
  const back = await p.call('messages.undo', { undo: done.undo ?? '' });
  assert.equal(back.count, 649);
  assert.deepEqual(await counts(p), { Inbox: [650, 650] });
  await sound(p);
});

test('undo takes back only what the action changed', async (t) => {
  const p = await openTestProfile(t);
  const [a = 0, b = 0] = await p.put('Inbox', letter(), letter());
  const flag: Action = { do: 'flag', flag: 'flagged', on: true };
  await p.call('messages.act', { selection: { ids: [a] }, action: flag });
  const both = await p.call('messages.act', { selection: { ids: [a, b] }, action: flag });
  await p.call('messages.undo', { undo: both.undo ?? '' });
  const rows = await p.rows('Inbox');
  assert.deepEqual(rows.find((row) => row.id === a)?.flags, ['flagged']);
  assert.deepEqual(rows.find((row) => row.id === b)?.flags, []);
});

test('a letter that went on stays where it is when the first move is undone', async (t) => {
  const p = await openTestProfile(t);
  const ids = await p.put('Inbox', letter());
  const first = await p.call('messages.act', { selection: { ids }, action: { do: 'archive' } });
  await p.call('messages.act', {
    selection: { ids },
    action: { do: 'move', to: await p.folder('Projects') },
  });
  await p.call('messages.undo', { undo: first.undo ?? '' });
  assert.deepEqual(await counts(p), { Projects: [1, 1] });
});

test('tags, junk and copies', async (t) => {
  const p = await openTestProfile(t);
  const [id = 0] = await p.put('Inbox', letter());
  await p.call('tags.save', { name: 'Корпус 4', colour: 'blue' });
  await p.call('messages.act', {
    selection: { ids: [id] },
    action: { do: 'tag', tag: 'Корпус 4', on: true },
  });
  assert.deepEqual((await p.rows('Inbox'))[0]?.tags, ['Корпус 4']);
  const copied = await p.call('messages.act', {
    selection: { ids: [id] },
    action: { do: 'copy', to: await p.folder('Archive') },
  });
  assert.deepEqual(await counts(p), { Inbox: [1, 1], Archive: [1, 1] });
  await p.call('messages.undo', { undo: copied.undo ?? '' });
  assert.deepEqual(await counts(p), { Inbox: [1, 1] });
  const junk = await p.call('messages.act', { selection: { ids: [id] }, action: { do: 'junk', on: true } });
  assert.deepEqual(await counts(p), { Junk: [1, 1] });
  assert.ok((await p.rows('Junk'))[0]?.flags.includes('junk'));
  await p.call('messages.undo', { undo: junk.undo ?? '' });
  assert.deepEqual(await counts(p), { Inbox: [1, 1] });
  assert.deepEqual((await p.rows('Inbox'))[0]?.flags, []);
  await sound(p);
});

test('a selected conversation brings its letters of the same folder', async (t) => {
  const p = await openTestProfile(t);
  const [, second = 0] = await p.put(
    'Inbox',
    letter({ id: 'root@x' }),
    letter({ id: 'answer@x', re: 'root@x' }),
    letter(),
  );
  const [sent = 0] = await p.put('Sent', letter({ id: 'mine@x', re: 'answer@x' }));
  const selection = { ids: [second], conversations: true };
  assert.equal((await p.call('messages.measure', { selection })).count, 2);
  await p.call('messages.act', { selection, action: { do: 'archive' } });
  assert.deepEqual(await counts(p), { Inbox: [1, 1], Archive: [2, 2], Sent: [1, 1] });
  const conversation = await p.call('messages.conversation', { id: sent });
  assert.equal(conversation.length, 3);
  await sound(p);
});

test('an action on a folder that is not there changes nothing', async (t) => {
  const p = await openTestProfile(t);
  const ids = await p.put('Inbox', letter());
  await assert.rejects(p.call('messages.act', { selection: { ids }, action: { do: 'move', to: 9999 } }), {
    code: 'no-such-folder',
  });
  assert.deepEqual(await counts(p), { Inbox: [1, 1] });
});

test('folders can be emptied only where that is meant', async (t) => {
  const p = await openTestProfile(t);
  await p.put('Trash', letter(), letter());
  await p.put('Inbox', letter());
  await assert.rejects(p.call('folders.empty', { id: await p.folder('Inbox') }), { code: 'not-allowed' });
  assert.equal((await p.call('folders.empty', { id: await p.folder('Trash') })).count, 2);
  assert.deepEqual(await counts(p), { Inbox: [1, 1] });
  const read = await p.call('folders.markRead', { id: await p.folder('Inbox') });
  assert.equal(read.count, 1);
  assert.deepEqual(await counts(p), { Inbox: [1, 0] });
});
