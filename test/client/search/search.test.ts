import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { silentLog } from '../../../main/base/log.ts';
import { View, type ViewInput } from '../../../main/contract/mail/views.ts';
import { openStore, type Store } from '../../../main/store/store.ts';
import { FLAG, type program } from '../messages/kit/program.ts';

type TestStore = Store<typeof program>;
const now = new Date(2026, 10, 20, 10, 0, 0).getTime();
const DAY = 86_400_000;

interface Given {
  subject: string;
  body?: string;
  from?: [name: string, address: string];
  folder?: 'inbox' | 'trash';
  days?: number;
  flags?: number;
  keywords?: string[];
  files?: string[];
}

async function office(t: TestContext, letters: Given[]) {
  const dir = mkdtempSync(join(tmpdir(), 'postroom-search-'));
  const store: TestStore = await openStore<typeof program>({
    dir,
    program: new URL('../messages/kit/program.ts', import.meta.url),
    log: silentLog,
  });
  t.after(async () => {
    await store.close();
    rmSync(dir, { recursive: true, force: true });
  });
  const account = await store.write('account', undefined);
  const inbox = await store.write('folder', { account, path: 'INBOX', role: 'inbox' });
  const trash = await store.write('folder', { account, path: 'Trash', role: 'trash' });
  await store.write('tag', { name: 'Срочно', keyword: '$urgent' });
  const ids = await store.write(
    'insert',
    letters.map((each, n) => ({
      folder: each.folder === 'trash' ? trash : inbox,
      uid: null,
      received: now,
      flags: each.flags ?? FLAG.seen,
      keywords: each.keywords ?? [],
      blob: null,
      head: null,
      facts: {
        messageId: `${n}@x`,
        inReplyTo: [],
        references: [],
        subject: each.subject,
        from: { name: each.from?.[0] ?? 'Павел Орлов', address: each.from?.[1] ?? 'p.orlov@constr.org' },
        to: [{ name: 'Ольга Белова', address: 'o.belova@constr.org' }],
        cc: [],
        date: now - (each.days ?? n) * DAY - n * 1000,
        preview: '',
        attachments: each.files?.length ?? 0,
        size: 1000,
        listId: '',
        files: each.files ?? [],
      },
    })),
  );
  const rows = await store.read('views.rows', { ids });
  const keys = new Map(rows.map((row) => [row.id, row]));
  await store.search.index(
    ids.map((id, n) => {
      const given = letters[n]!;
      const key = Math.floor(keys.get(id)!.date / 1000) * 2 ** 20;
      return {
        key,
        fields: {
          subject: given.subject,
          from: `${keys.get(id)!.from.name} ${keys.get(id)!.from.address}`,
          to: 'Ольга Белова o.belova@constr.org',
          body: given.body ?? '',
          files: (given.files ?? []).join(' '),
        },
      };
    }),
  );
  const find = async (query: string, more: Partial<ViewInput> = {}) => {
    const view = View.parse({ scope: { in: 'everywhere' }, query, ...more });
    return (await store.read('views.window', { view, from: 0, count: 50, now }, { affinity: 'views' })).rows;
  };
  return {
    store,
    inbox,
    trash,
    find,
    subjects: async (query: string, more: Partial<ViewInput> = {}) =>
      (await find(query, more)).map((row) => row.subject),
  };
}

const LETTERS: Given[] = [
  { subject: 'Бетон на корпус 4', body: 'Поставка перенесена на пятницу, ёлки не трогать' },
  { subject: 'Прайс завода', body: 'цена за куб', files: ['прайс_бетон.xlsx'] },
  { subject: 'Акт приёмки бетона', folder: 'trash', days: 3 },
  {
    subject: 'Invoice 2214',
    body: 'the concrete is without delivery',
    from: ['Irina Kuznetsova', 'i.kuznetsova@constr.org'],
    flags: 0,
    keywords: ['$urgent'],
  },
  { subject: 'Старая заявка', body: 'бетонные работы B30', days: 400 },
];

const queries: [query: string, subjects: string[]][] = [
  ['бетон', ['Бетон на корпус 4', 'Прайс завода', 'Старая заявка']],
  ['БЕТОНА', ['Бетон на корпус 4', 'Прайс завода', 'Старая заявка']],
  ['елка', ['Бетон на корпус 4']],
  ['перенес', ['Бетон на корпус 4']],
  ['файл:бетон', ['Прайс завода']],
  ['тема:бетон', ['Бетон на корпус 4']],
  ['от:орлов бетон -корпус', ['Прайс завода', 'Старая заявка']],
  ['from:kuznetsova', ['Invoice 2214']],
  ['i.kuznetsova@constr.org', ['Invoice 2214']],
  ['b30', ['Старая заявка']],
  ['есть:файлы', ['Прайс завода']],
  ['тип:таблица', ['Прайс завода']],
  ['type:pdf', []],
  ['is:unread', ['Invoice 2214']],
  ['метка:срочно', ['Invoice 2214']],
  ['before:2026', ['Старая заявка']],
  ['бетон после:01.01.2026', ['Бетон на корпус 4', 'Прайс завода']],
  ['в:корзина бетон', ['Акт приёмки бетона']],
  ['"цена за куб"', ['Прайс завода']],
  ['"куб цена"', []],
  ['invoice ИЛИ заявка', ['Invoice 2214', 'Старая заявка']],
  ['in:nowhere', []],
  ['"', ['Бетон на корпус 4', 'Прайс завода', 'Invoice 2214', 'Старая заявка']],
];
test('what a query finds', async (t) => {
  const { subjects: found } = await office(t, LETTERS);
  for (const [query, subjects] of queries) {
    await t.test(query, async () => assert.deepEqual(await found(query), subjects));
  }
});

test('a hit says why it was found where its row does not show it', async (t) => {
  const { find } = await office(t, LETTERS);
  const rows = await find('бетон');
  assert.equal(rows[0]?.found, undefined);
  assert.deepEqual(rows[1]?.found, { where: 'file', name: 'прайс_бетон.xlsx' });
  assert.deepEqual(rows[2]?.found, { where: 'body' });
});

test('facets count people, months, files and tags, and what lies in Trash', async (t) => {
  const { store, inbox } = await office(t, LETTERS);
  const view = View.parse({ scope: { in: 'everywhere' }, query: 'бетон' });
  const facets = await store.read('search.facets', { view, folder: inbox, account: null, now });
  assert.deepEqual(facets.scopes, { folder: 3, account: null, everywhere: 3 });
  assert.equal(facets.people[0]?.count, 3);
  assert.deepEqual(facets.files, [{ kind: 'table', count: 1 }]);
  assert.equal(facets.leftOut, 1);
  assert.equal(facets.exact, true);
  const named = View.parse({ scope: { in: 'everywhere' }, query: 'в:корзина бетон' });
  const inTrash = await store.read('search.facets', { view: named, folder: null, account: null, now });
  assert.equal(inTrash.leftOut, 0, 'what the query names is not left out');
  assert.equal(
    facets.months.reduce((sum, each) => sum + each.count, 0),
    3,
  );
});

test('chips, words to mark and completions follow the language that is typed', async (t) => {
  const { store } = await office(t, LETTERS);
  const parsed = await store.read('search.parse', { query: 'от:"Павел Орлов" бетон -насос' });
  assert.deepEqual(
    parsed.chips.map((chip) => [chip.operator, chip.value, chip.negated]),
    [
      ['from', 'Павел Орлов', false],
      ['', 'насос', true],
    ],
  );
  assert.ok(
    parsed.highlight.includes('бетона') && parsed.highlight.includes('бетонные'),
    parsed.highlight.join(),
  );
  assert.ok(!parsed.highlight.includes('насос'));
  const suggest = (query: string) => store.read('search.suggest', { query, at: query.length });
  assert.ok((await suggest('от:пав')).some((each) => each.insert === 'от:"Павел Орлов"'));
  assert.ok((await suggest('те')).some((each) => each.insert === 'тема:'));
  assert.ok((await suggest('su')).some((each) => each.insert === 'subject:'));
  assert.deepEqual(
    (await suggest('есть:')).map((each) => each.insert),
    ['есть:файлы'],
  );
  assert.deepEqual(
    (await suggest('tag:сро')).map((each) => each.label),
    ['Срочно'],
  );
});

test('saved searches are kept and forgotten', async (t) => {
  const { store } = await office(t, []);
  const view = View.parse({ scope: { in: 'everywhere' }, query: 'бетон' });
  const id = await store.write('search.save', { name: 'Бетон', view });
  assert.deepEqual(await store.read('search.saved', undefined), [
    { id, name: 'Бетон', view, total: null, unread: null },
  ]);
  await store.write('search.counted', { counts: [{ id, total: 3, unread: 1 }] });
  await store.write('search.update', { id, name: 'Цемент' });
  const second = await store.write('search.save', { name: 'Песок', view });
  await store.write('search.arrange', { ids: [second] });
  assert.deepEqual(
    (await store.read('search.saved', undefined)).map(({ name, total }) => [name, total]),
    [
      ['Песок', null],
      ['Цемент', 3],
    ],
    'a new name keeps the number',
  );
  await store.write('search.update', { id, view: { ...view, query: 'цемент' } });
  assert.equal((await store.read('search.saved', undefined))[1]?.total, null, 'other words do not');
  await assert.rejects(store.write('search.update', { id: 99, name: 'x' }), { code: 'no-such-search' });
  await store.write('search.forget', { id: second });
  await store.write('search.forget', { id });
  assert.deepEqual(await store.read('search.saved', undefined), []);
});
