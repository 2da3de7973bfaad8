/** Rows and everything that counts them, under random use. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { letter, openTestProfile } from '../kit/profile.ts';

/** Mulberry32: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

test('counters, conversations and rows agree after three hundred random actions and undos', async (t) => {
  const p = await openTestProfile(t);
  const random = seeded(20261121);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const names = Array.from({ length: 40 }, (_, n) => `t${n}@x`);
  const letters = Array.from({ length: 120 }, (_, n) =>
    letter({ id: `l${n}@x`, ...(random() < 0.7 ? { re: pick(names) } : {}) }),
  );
  let ids = await p.put('Inbox', ...letters);
  const folders = await Promise.all(
    ['Inbox', 'Archive', 'Trash', 'Projects/A'].map((path) => p.folder(path)),
  );
  const undos: string[] = [];
  for (let n = 0; n < 300; n++) {
    const some = Array.from({ length: 1 + Math.floor(random() * 5) }, () => pick(ids));
    const action = pick([
      { do: 'flag', flag: 'seen', on: random() < 0.5 },
      { do: 'flag', flag: 'flagged', on: random() < 0.5 },
      { do: 'move', to: pick(folders) },
      { do: 'copy', to: pick(folders) },
      { do: 'delete' },
      { do: 'archive' },
      { do: 'junk', on: random() < 0.5 },
    ] as const);
    const undo = random() < 0.3 ? undos.pop() : undefined;
    if (undo) {
      const { redo } = await p.call('messages.undo', { undo });
      if (redo) undos.push(redo);
    } else {
      const done = await p.call('messages.act', { selection: { ids: [...new Set(some)] }, action });
      if (done.undo) undos.push(done.undo);
    }
    if (n % 50 === 0) ids = (await p.rows('Inbox')).map((row) => row.id);
    if (ids.length === 0) break;
  }
  const { problems } = await p.profile.store.read('profile.check');
  assert.deepEqual(problems, []);
  for (const folder of await p.call('folders.list', {})) {
    const view = { scope: { in: 'folder' as const, folder: folder.id }, conversations: true };
    const window = await p.call('messages.window', { view, from: 0, count: 500 });
    assert.equal(window.total, window.rows.length, folder.path);
    assert.equal(
      window.rows.reduce((sum, row) => sum + row.count, 0),
      folder.total,
      folder.path,
    );
    assert.equal(
      window.rows.reduce((sum, row) => sum + row.unread, 0),
      folder.unread,
      folder.path,
    );
  }
  const report = await p.call('check.run', {});
  assert.deepEqual(report.problems, []);
});

test('letters that turn out to be one conversation are joined, whatever order they come in', async (t) => {
  const p = await openTestProfile(t);
  await p.put('Inbox', letter({ id: 'c@x', re: 'b@x' }), letter({ id: 'a@x' }));
  assert.equal((await p.rows('Inbox', { conversations: true })).length, 2);
  await p.put('Inbox', letter({ id: 'b@x', re: 'a@x' }));
  const rows = await p.rows('Inbox', { conversations: true });
  assert.deepEqual(
    rows.map((row) => row.count),
    [3],
  );
  assert.deepEqual((await p.profile.store.read('profile.check')).problems, []);
});

test('a date of the year 99999, of tomorrow week or none does not break the order', async (t) => {
  const p = await openTestProfile(t);
  const odd = ['Sat, 01 Jan 99999 00:00:00 +0000', 'Thu, 01 Jan 2099 00:00:00 +0000', 'nonsense', ''];
  await p.put(
    'Inbox',
    ...odd.map((date) => letter({ date })),
    letter({ date: 'Mon, 02 Nov 2026 10:00:00 +0300' }),
  );
  const rows = await p.rows('Inbox');
  assert.equal(rows.length, 5);
  assert.equal(rows[0]?.date, Date.UTC(2026, 10, 2, 7));
  for (const row of rows.slice(1)) assert.equal(row.date, Date.UTC(2026, 10, 1));
});

test('thousands of letters of the same second each have a place of their own', async (t) => {
  const p = await openTestProfile(t);
  const date = 'Mon, 02 Nov 2026 10:00:00 +0300';
  await p.put('Inbox', ...Array.from({ length: 1500 }, () => letter({ date })));
  const view = { scope: { in: 'folder' as const, folder: await p.folder('Inbox') } };
  const seen = new Set<number>();
  for (let from = 0; from < 1500; from += 500) {
    for (const row of (await p.call('messages.window', { view, from, count: 500 })).rows) seen.add(row.id);
  }
  assert.equal(seen.size, 1500);
});
