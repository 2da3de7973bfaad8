/** Lists that are kept while letters come, go, move and change their marks: at every moment what a fresh look would show. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { silentLog } from '../../../main/base/log.ts';
import { seeded } from '../../../main/client/import/sample/bulk.ts';
import type { NewMessage } from '../../../main/client/messages/rows.ts';
import { View, type ViewInput } from '../../../main/contract/mail/views.ts';
import { openStore } from '../../../main/store/store.ts';
import { FLAG, type program } from './kit/program.ts';

const now = Date.UTC(2026, 10, 20, 10, 0, 0);
const AFFINITY = { affinity: 'views' };
const ROUNDS = Number(process.env['POSTROOM_VIEW_ROUNDS'] ?? 60);

interface Letter {
  id: number;
  key: number;
  folder: number;
  thread: number;
  flags: number;
  keywords: string;
}

test('conversations, unified views, kept filters and orders follow every change', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'postroom-viewchanges-'));
  const store = await openStore<typeof program>({
    dir,
    program: new URL('./kit/program.ts', import.meta.url),
    log: silentLog,
  });
  t.after(async () => {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const [one, two] = [await store.write('account', undefined), await store.write('account', undefined)];
  const folder = (account: number, path: string, role: string | null) =>
    store.write('folder', { account, path, role });
  const inboxes = [await folder(one, 'INBOX', 'inbox'), await folder(two, 'INBOX', 'inbox')] as const;
  const archive = await folder(one, 'Archive', 'archive');
  const trash = await folder(one, 'Trash', 'trash');
  await store.write('tag', { name: 'Money', keyword: 'money' });

  const random = seeded(11);
  const any = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  let serial = 0;
  const make = (): NewMessage => {
    const n = serial++;
    return {
      folder: any([...inboxes, ...inboxes, archive]),
      uid: null,
      received: now - Math.floor(random() * 1e9),
      flags: random() < 0.4 ? 0 : FLAG.seen,
      keywords: random() < 0.2 ? ['money'] : [],
      blob: null,
      head: null,
      facts: {
        messageId: `${n}@x`,
        inReplyTo: n > 3 && random() < 0.5 ? [`${n - 1 - Math.floor(random() * 3)}@x`] : [],
        references: [],
        subject: `Letter ${n}`,
        from: { name: any(['Яна', 'Anna', 'Ёжик', 'bob', 'Борис']), address: 'p@x.example' },
        to: [{ name: '', address: 'me@constr.org' }],
        cc: [],
        date: now - Math.floor(random() * 1e9) * 1000,
        preview: '',
        attachments: random() < 0.3 ? 1 : 0,
        size: Math.floor(random() * 1e6),
        listId: '',
      },
    };
  };

  const inbox = { in: 'unified', role: 'inbox' } as const;
  const asked: [string, ViewInput, (letter: Letter) => boolean][] = [
    ['unified inbox', { scope: inbox }, (m) => inboxes.includes(m.folder)],
    ['its conversations', { scope: inbox, conversations: true }, (m) => inboxes.includes(m.folder)],
    [
      'conversations of a folder, oldest first',
      { scope: { in: 'folder', folder: inboxes[0] }, conversations: true, descending: false },
      (m) => m.folder === inboxes[0],
    ],
    [
      'unread everywhere',
      { scope: { in: 'unified', role: 'unread' }, conversations: true },
      (m) => m.folder !== trash && !(m.flags & FLAG.seen),
    ],
    [
      'a kept filter',
      { scope: inbox, narrow: 'tag:Money OR is:flagged', conversations: true },
      (m) => inboxes.includes(m.folder) && (m.keywords.includes('money') || (m.flags & FLAG.flagged) !== 0),
    ],
    [
      'a search',
      { scope: { in: 'everywhere' }, query: 'tag:Money is:unread' },
      (m) => m.folder !== trash && m.keywords.includes('money') && !(m.flags & FLAG.seen),
    ],
    ['by size', { scope: inbox, sort: 'size' }, (m) => inboxes.includes(m.folder)],
  ];

  await store.write('insert', Array.from({ length: 150 }, make));
  for (let round = 0; round < ROUNDS; round++) {
    const all = await store.read('letters', undefined);
    const some = all.filter(() => random() < 0.03).map(({ id }) => id);
    const dice = random();
    if (dice < 0.3) await store.write('insert', Array.from({ length: 1 + Math.floor(random() * 4) }, make));
    else if (dice < 0.4) await store.write('remove', some.slice(0, 2));
    else if (dice < 0.7) await store.write('move', { ids: some, folder: any([...inboxes, archive, trash]) });
    else
      await store.write(
        'mark',
        some.map((id) => ({
          id,
          flags: (random() < 0.5 ? FLAG.seen : 0) | (random() < 0.3 ? FLAG.flagged : 0),
          keywords: random() < 0.3 ? 'money' : '',
        })),
      );
    const letters = await store.read('letters', undefined);
    for (const [name, input, holds] of asked) {
      const view = View.parse(input);
      const shown = await store.read('views.window', { view, from: 0, count: 500, now }, AFFINITY);
      let expected = letters.filter(holds);
      if (view.conversations)
        expected = expected.filter((m, at, list) => list.findIndex((o) => o.thread === m.thread) === at);
      if (!view.descending) expected.reverse();
      const what = `${name}, round ${round}`;
      assert.equal(shown.total, expected.length, what);
      const ids = shown.rows.map(({ id }) => id);
      if (view.sort === 'date')
        assert.deepEqual(
          ids,
          expected.map(({ id }) => id),
          what,
        );
      else {
        assert.deepEqual([...ids].sort(), expected.map(({ id }) => id).sort(), what);
        const sizes = shown.rows.map(({ size }) => size);
        assert.deepEqual(
          sizes,
          [...sizes].sort((a, b) => b - a),
          what,
        );
      }
      const counted = await store.read('views.count', { view, now }, AFFINITY);
      if (!view.conversations)
        assert.deepEqual(
          counted,
          {
            complete: true,
            total: expected.length,
            unread: expected.filter((m) => !(m.flags & FLAG.seen)).length,
          },
          what,
        );
    }
  }
});

test('every column sorts, and what groups says its groups', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'postroom-sorting-'));
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
  await store.write('tag', { name: 'Money', keyword: 'money' });
  await store.write('tag', { name: 'Block 4', keyword: 'block4' });
  const day = 86_400_000;
  const rows: [string, string, number, number, number, string[], number, number][] = [
    // subject, from, size, received days ago, folder, keywords, flags, files
    ['a 10', 'Ёжик', 5_000, 0, inbox, ['money'], FLAG.seen, 0],
    ['a 9', 'Егор', 50_000, 1, inbox, [], FLAG.seen | FLAG.flagged, 1],
    ['Re: б', 'anna', 500_000, 20, archive, ['block4'], FLAG.seen, 2],
    ['В', 'Жанна', 20_000_000, 0, inbox, [], FLAG.seen, 0],
    ['d', 'Егор', 2_000_000, 1, archive, ['money'], FLAG.seen | FLAG.flagged, 0],
  ];
  await store.write(
    'insert',
    rows.map(([subject, from, size, days, folder, keywords, flags, files], n) => ({
      folder,
      uid: null,
      received: now - days * day,
      flags,
      keywords,
      blob: null,
      head: null,
      facts: {
        messageId: `${n}@x`,
        inReplyTo: [],
        references: [],
        subject,
        from: { name: from, address: `${n}@x.example` },
        to: [{ name: from === 'anna' ? 'Яна' : 'Анна', address: 'x@x.example' }],
        cc: [],
        date: now - n * 1000,
        preview: '',
        attachments: files,
        size,
        listId: '',
      },
    })),
  );
  const look = async (input: Omit<ViewInput, 'scope'>) => {
    const view = View.parse({ scope: { in: 'everywhere' }, ...input });
    const shown = await store.read('views.window', { view, from: 0, count: 9, now }, AFFINITY);
    const groups = await store.read('views.groups', { view, zone: 0, now }, AFFINITY);
    return [shown.rows.map((row) => row.subject), groups.map(({ key, at, count }) => [key, at, count])];
  };
  const up = { descending: false } as const;
  assert.deepEqual(await look({ sort: 'from', ...up }), [
    ['a 9', 'd', 'a 10', 'В', 'Re: б'],
    [
      ['Егор', 0, 2],
      ['Ёжик', 2, 1],
      ['Жанна', 3, 1],
      ['anna', 4, 1],
    ],
  ]);
  assert.deepEqual(await look({ sort: 'subject', ...up }), [['Re: б', 'В', 'a 9', 'a 10', 'd'], []]);
  assert.deepEqual(await look({ sort: 'size' }), [
    ['В', 'd', 'Re: б', 'a 9', 'a 10'],
    [
      ['size:4', 0, 1],
      ['size:3', 1, 1],
      ['size:2', 2, 1],
      ['size:1', 3, 1],
      ['size:0', 4, 1],
    ],
  ]);
  assert.deepEqual((await look({ sort: 'size', ...up }))[1], [
    ['size:0', 0, 1],
    ['size:1', 1, 1],
    ['size:2', 2, 1],
    ['size:3', 3, 1],
    ['size:4', 4, 1],
  ]);
  assert.deepEqual(await look({ sort: 'received' }), [
    ['a 10', 'В', 'a 9', 'd', 'Re: б'],
    [
      ['today', 0, 2],
      ['yesterday', 2, 2],
      ['month:2026-10', 4, 1],
    ],
  ]);
  assert.deepEqual((await look({ sort: 'received', ...up }))[1], [
    ['month:2026-10', 0, 1],
    ['yesterday', 1, 2],
    ['today', 3, 2],
  ]);
  assert.deepEqual(await look({ sort: 'tags', ...up }), [
    ['Re: б', 'a 10', 'd', 'a 9', 'В'],
    [
      ['Block 4', 0, 1],
      ['Money', 1, 2],
      ['none', 3, 2],
    ],
  ]);
  assert.deepEqual((await look({ sort: 'flag' }))[1], [
    ['yes', 0, 2],
    ['no', 2, 3],
  ]);
  assert.deepEqual((await look({ sort: 'files' }))[1], [
    ['yes', 0, 2],
    ['no', 2, 3],
  ]);
  assert.deepEqual((await look({ sort: 'to', ...up }))[1], [
    ['Анна', 0, 4],
    ['Яна', 4, 1],
  ]);
  assert.deepEqual((await look({ sort: 'folder', ...up }))[1], [
    ['Archive', 0, 2],
    ['INBOX', 2, 3],
  ]);
  assert.deepEqual((await look({ sort: 'account' }))[1], [['me@constr.org', 0, 5]]);
});
