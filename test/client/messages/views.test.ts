import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { silentLog } from '../../../main/base/log.ts';
import { seeded } from '../../../main/client/import/sample/bulk.ts';
import type { NewMessage } from '../../../main/client/messages/rows.ts';
import { View, type ViewInput } from '../../../main/contract/mail/views.ts';
import { openStore, type Store } from '../../../main/store/store.ts';
import { FLAG, type program } from './kit/program.ts';

type TestStore = Store<typeof program>;
const now = Date.UTC(2026, 10, 20, 10, 0, 0);
const AFFINITY = { affinity: 'views' };

async function open(t: TestContext): Promise<{ store: TestStore; inbox: number; archive: number }> {
  const dir = mkdtempSync(join(tmpdir(), 'postroom-views-'));
  const store = await openStore<typeof program>({
    dir,
    program: new URL('./kit/program.ts', import.meta.url),
    log: silentLog,
  });
  t.after(async () => {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const account = await store.write('account', undefined);
  const inbox = await store.write('folder', { account, path: 'INBOX', role: 'inbox' });
  const archive = await store.write('folder', { account, path: 'Archive', role: 'archive' });
  return { store, inbox, archive };
}

function letter(
  folder: number,
  n: number,
  more: {
    date?: number;
    flags?: number;
    subject?: string;
    from?: string;
    size?: number;
    parent?: number;
    files?: number;
  } = {},
): NewMessage {
  return {
    folder,
    uid: null,
    received: now,
    flags: more.flags ?? FLAG.seen,
    keywords: [],
    blob: null,
    head: null,
    facts: {
      messageId: `${n}@x`,
      inReplyTo: more.parent === undefined ? [] : [`${more.parent}@x`],
      references: [],
      subject: more.subject ?? `Letter ${n}`,
      from: { name: more.from ?? 'Pavel', address: 'p.orlov@constr.org' },
      to: [{ name: '', address: 'me@constr.org' }],
      cc: [],
      date: more.date ?? now - n * 60_000,
      preview: '',
      attachments: more.files ?? 0,
      size: more.size ?? 1000 + n,
      listId: '',
    },
  };
}

const view = (input: ViewInput): View => View.parse(input);
const subjects = async (store: TestStore, of: ViewInput, from = 0, count = 50) =>
  (await store.read('views.window', { view: view(of), from, count, now }, AFFINITY)).rows.map(
    (row) => row.subject,
  );

test('rows come by position, newest first, and say how many there are', async (t) => {
  const { store, inbox } = await open(t);
  await store.write(
    'insert',
    Array.from({ length: 300 }, (_, n) => letter(inbox, n)),
  );
  const scope = { in: 'folder', folder: inbox } as const;
  const first = await store.read('views.window', { view: view({ scope }), from: 0, count: 3, now }, AFFINITY);
  assert.deepEqual(
    first.rows.map((row) => row.subject),
    ['Letter 0', 'Letter 1', 'Letter 2'],
  );
  assert.equal(first.total, 300);
  assert.equal(first.exact, true);
  assert.deepEqual(await subjects(store, { scope }, 298, 10), ['Letter 298', 'Letter 299']);
  assert.deepEqual(await subjects(store, { scope }, 1000, 10), []);
  assert.deepEqual(await subjects(store, { scope, descending: false }, 0, 2), ['Letter 299', 'Letter 298']);
});

test('a conversation is one row with its newest letter, its count and its marks', async (t) => {
  const { store, inbox, archive } = await open(t);
  await store.write('insert', [
    letter(inbox, 1, { date: now - 9e6 }),
    letter(inbox, 2, { date: now - 5e6, parent: 1, flags: 0 }),
    letter(archive, 3, { date: now - 4e6, parent: 2 }),
    letter(inbox, 4, { date: now - 7e6 }),
  ]);
  const scope = { in: 'folder', folder: inbox } as const;
  const { rows, total } = await store.read(
    'views.window',
    { view: view({ scope, conversations: true }), from: 0, count: 9, now },
    AFFINITY,
  );
  assert.equal(total, 2);
  assert.deepEqual(
    rows.map((row) => [row.subject, row.count, row.unread]),
    [
      ['Letter 2', 2, 1],
      ['Letter 4', 1, 0],
    ],
  );
  const everywhere = await store.read(
    'views.window',
    { view: view({ scope: { in: 'everywhere' }, conversations: true }), from: 0, count: 9, now },
    AFFINITY,
  );
  assert.deepEqual(
    everywhere.rows.map((row) => [row.subject, row.count]),
    [
      ['Letter 3', 3],
      ['Letter 4', 1],
    ],
  );
  assert.match(everywhere.rows[0]!.folderPath ?? '', /Archive$/);
});

test('filters and orders hold what they say', async (t) => {
  const { store, inbox } = await open(t);
  await store.write('insert', [
    letter(inbox, 1, { flags: 0, subject: 'Ёлки', from: 'Яна', size: 30 }),
    letter(inbox, 2, { flags: FLAG.seen | FLAG.flagged, subject: 'Re: Арбуз', from: 'Анна', size: 20 }),
    letter(inbox, 3, { subject: 'Zebra', from: 'Bob', size: 10, files: 2 }),
  ]);
  const scope = { in: 'folder', folder: inbox } as const;
  assert.deepEqual(await subjects(store, { scope, filter: 'unread' }), ['Ёлки']);
  assert.deepEqual(await subjects(store, { scope, filter: 'flagged' }), ['Re: Арбуз']);
  assert.deepEqual(await subjects(store, { scope, filter: 'files' }), ['Zebra']);
  assert.deepEqual(await subjects(store, { scope, filter: 'to-me' }), ['Ёлки', 'Re: Арбуз', 'Zebra']);
  assert.deepEqual(await subjects(store, { scope, sort: 'size' }), ['Ёлки', 'Re: Арбуз', 'Zebra']);
  assert.deepEqual(await subjects(store, { scope, sort: 'subject', descending: false }), [
    'Re: Арбуз',
    'Ёлки',
    'Zebra',
  ]);
  assert.deepEqual(await subjects(store, { scope, sort: 'from', descending: false }), [
    'Re: Арбуз',
    'Ёлки',
    'Zebra',
  ]);
});

test('heads by day and month stand where their first rows are', async (t) => {
  const { store, inbox } = await open(t);
  const ago = (days: number) => now - days * 86_400_000;
  await store.write(
    'insert',
    [0, 0, 1, 3, 3, 20, 60, 900, 3000].map((days, n) => letter(inbox, n, { date: ago(days) + n })),
  );
  const scope = { in: 'folder', folder: inbox } as const;
  const heads = await store.read('views.groups', { view: view({ scope }), zone: 180, now }, AFFINITY);
  assert.deepEqual(
    heads.map((head) => [head.key, head.at, head.count]),
    [
      ['today', 0, 2],
      ['yesterday', 2, 1],
      ['day:2026-11-17', 3, 2],
      ['month:2026-10', 5, 1],
      ['month:2026-09', 6, 1],
      ['year:2024', 7, 1],
      ['year:2018', 8, 1],
    ],
  );
  const turned = await store.read(
    'views.groups',
    { view: view({ scope, descending: false }), zone: 180, now },
    AFFINITY,
  );
  assert.deepEqual(turned.map((head) => [head.key, head.at, head.count])[0], ['year:2018', 0, 1]);
  assert.deepEqual(turned.at(-1) && [turned.at(-1)!.key, turned.at(-1)!.at], ['today', 7]);
});

test('a window is true after every change, however the change came', async (t) => {
  const { store, inbox, archive } = await open(t);
  const random = seeded(7);
  const scope = { in: 'folder', folder: inbox } as const;
  const model = new Map<number, { id: number; n: number; date: number; flags: number }>();
  let serial = 0;
  const add = async (count: number) => {
    const fresh = Array.from({ length: count }, () =>
      letter(inbox, serial++, {
        date: now - Math.floor(random() * 1e9) * 1000,
        flags: random() < 0.5 ? 0 : FLAG.seen,
      }),
    );
    const ids = await store.write('insert', fresh);
    for (const [index, id] of ids.entries()) {
      const made = fresh[index]!;
      model.set(id, { id, n: serial - count + index, date: made.facts.date!, flags: made.flags });
    }
  };
  await add(200);
  for (let round = 0; round < 60; round++) {
    const ids = [...model.keys()];
    const some = ids.filter(() => random() < 0.05);
    const dice = random();
    if (dice < 0.4) await add(1 + Math.floor(random() * 4));
    else if (dice < 0.6) {
      await store.write('remove', some);
      for (const id of some) model.delete(id);
    } else if (dice < 0.8) {
      await store.write('move', { ids: some, folder: archive });
      for (const id of some) model.delete(id);
    } else {
      await store.write(
        'mark',
        some.map((id) => ({ id, flags: FLAG.seen, keywords: '' })),
      );
      for (const id of some) model.get(id)!.flags = FLAG.seen;
    }
    const expected = [...model.values()].sort((a, b) => b.date - a.date);
    const from = Math.floor(random() * Math.max(1, expected.length - 20));
    const shown = await store.read('views.window', { view: view({ scope }), from, count: 20, now }, AFFINITY);
    assert.equal(shown.total, expected.length, `round ${round}`);
    assert.deepEqual(
      shown.rows.map((row) => row.date),
      expected.slice(from, from + 20).map((each) => each.date),
      `round ${round} from ${from}`,
    );
    const unread = await store.read(
      'views.window',
      { view: view({ scope, filter: 'unread' }), from: 0, count: 500, now },
      AFFINITY,
    );
    assert.deepEqual(
      unread.rows.map((row) => row.id).sort(),
      expected
        .filter((each) => !each.flags)
        .map((each) => each.id)
        .sort(),
      `round ${round}`,
    );
    const known = expected[from];
    if (known)
      assert.equal(
        await store.read('views.locate', { view: view({ scope }), id: known.id, now }, AFFINITY),
        from,
      );
  }
});

test('a view too large to build at once is true on its first page, and everywhere when it is built', async (t) => {
  const { store, inbox } = await open(t);
  for (let at = 0; at < 45_000; at += 5000)
    await store.write(
      'insert',
      Array.from({ length: 5000 }, (_, n) =>
        letter(inbox, at + n, { parent: (at + n) % 3 === 0 ? at + n - 1 : (undefined as never) }),
      ),
    );
  const scope = { in: 'folder', folder: inbox } as const;
  for (const conversations of [false, true]) {
    const wanted = view({ scope, conversations });
    const before = await store.read('views.window', { view: wanted, from: 40, count: 20, now }, AFFINITY);
    assert.equal(before.exact, true, 'counters know the number');
    const deep = await store.read(
      'views.window',
      { view: wanted, from: before.total - 10, count: 20, now },
      AFFINITY,
    );
    assert.equal(deep.rows.length, 10, 'far down is reached without the array');
    let slices = 0;
    for (let done = false; !done; slices++)
      done = (await store.read('views.build', { view: wanted, now }, AFFINITY)).complete;
    assert.ok(slices >= 2, 'in slices');
    const after = await store.read('views.window', { view: wanted, from: 40, count: 20, now }, AFFINITY);
    assert.deepEqual(after.rows, before.rows);
    assert.equal(after.total, before.total);
    assert.deepEqual(
      (await store.read('views.window', { view: wanted, from: before.total - 10, count: 20, now }, AFFINITY))
        .rows,
      deep.rows,
    );
  }
});

test('a folder that is gone is said so', async (t) => {
  const { store } = await open(t);
  await assert.rejects(
    store.read(
      'views.window',
      { view: view({ scope: { in: 'folder', folder: 999 } }), from: 0, count: 1, now },
      AFFINITY,
    ),
    { code: 'no-such-folder' },
  );
});
