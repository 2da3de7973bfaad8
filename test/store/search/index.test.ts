import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { collectingLog, folder, open, type TestStore } from '../kit/profile.ts';

const letters: [number, string, string][] = [
  [
    1,
    'Ёлка в офис',
    'Коллеги, заказана ёлка. Ёлки привезут завтра. С уважением, Ольга Белова o.belova@otd1.constr.org',
  ],
  [2, 'Поставка бетона B30', 'Отгрузка бетона по договору №2214 переносится. Бетонный завод стоит.'],
  [3, 'Счёт на оплату', 'Во вложении счёт за бетон и цемент. Йод и чай отдельно.'],
  [4, 'Invoices for November', 'Please find the attached invoices; the delivery of concrete was late.'],
  [5, 'Meeting', 'The meetings are moved. Café at noon? 東京へ行く'],
];

async function filled(t: Parameters<typeof folder>[0]): Promise<TestStore> {
  const store = await open(t, folder(t));
  await store.search.index(
    letters.map(([key, subject, body]) => ({ key, fields: { subject, body } })),
    5,
  );
  return store;
}

test('what a person types finds what they mean', async (t) => {
  const store = await filled(t);
  const table: [string, number[]][] = [
    ['елка ', [1]],
    ['Ёлки ', [1]],
    ['ёлку ', [1]],
    ['бетон ', [3, 2]],
    ['бетона ', [3, 2]],
    ['бетонный ', [3, 2]],
    ['"бетона" ', [2]],
    ['БЕТОН -цемент ', [2]],
    ['бетон цемент ', [3]],
    ['ёлка OR invoice ', [4, 1]],
    ['ёлка ИЛИ счета ', [3, 1]],
    ['"по договору 2214" ', [2]],
    ['№2214 ', [2]],
    ['2214', [2]],
    ['b30 ', [2]],
    ['o.belova@otd1.constr.org ', [1]],
    ['belova ', [1]],
    ['otd1', [1]],
    ['o.belova@otd2.constr.org ', []],
    ['invoice ', [4]],
    ['deliveries ', [4]],
    ['meeting ', [5]],
    ['cafe ', [5]],
    ['京へ ', [5]],
    ['へ京 ', []],
    ['дого', [2]],
    ['дого ', []],
    ['"attached invoices" ', [4]],
    ['"invoices attached" ', []],
    ['subject:бетон ', [2]],
    ['йод ', [3]],
    ['иод ', []],
    ['nothing ', []],
    ['-ёлка бетон ', [3, 2]],
  ];
  const failed: string[] = [];
  for (const [text, expected] of table) {
    const found = await store.read('search', text);
    if (JSON.stringify(found) !== JSON.stringify(expected))
      failed.push(`${text}: ${found} instead of ${expected}`);
  }
  assert.deepEqual(failed, []);
});

test('broken queries find something or nothing, and never throw', async (t) => {
  const store = await filled(t);
  const broken = [
    '"',
    '""',
    '"a',
    'a"b',
    '*',
    '^a',
    'a*',
    'NEAR(a b)',
    'NEAR/3',
    'a NEAR b ',
    '{x}:y',
    'subject : x',
    ':',
    '::',
    '(((',
    ')',
    'AND',
    'NOT',
    'OR OR',
    '-',
    '--',
    '-"',
    '+a',
    '\\',
    "'",
    ';--',
    '%',
    '\u0000',
    'a\u0000b',
    '😀',
    '👨‍👩‍👧 x',
    '\ud800',
    'x'.repeat(10_000),
    'слово '.repeat(2000),
    '"'.repeat(10_000),
    '-'.repeat(10_000),
    'a OR '.repeat(2000),
    'subject:'.repeat(500),
    'subject:"',
    'subject:"*',
    'rank:x',
    'docs MATCH 1',
    'و مرحبا',
    'ё',
    '<script>',
  ];
  for (const text of broken) assert.ok(Array.isArray(await store.read('search', text)), text.slice(0, 40));
});

test('a document is replaced and removed; the mark moves with it', async (t) => {
  const dir = folder(t);
  const store = await open(t, dir);
  assert.equal(await store.search.mark(), 0);
  await store.search.index([{ key: 7, fields: { subject: 'first' } }], 10);
  await store.search.index([{ key: 7, fields: { subject: 'second' } }], 11);
  assert.deepEqual(await store.read('search', 'first '), []);
  assert.deepEqual(await store.read('search', 'second '), [7]);
  await store.search.remove([7], 12);
  assert.deepEqual(await store.read('search', 'second '), []);
  await store.close();
  const again = await open(t, dir);
  assert.equal(await again.search.mark(), 12);
});

test('a failing batch leaves the index and the mark as they were', async (t) => {
  const store = await open(t, folder(t));
  await store.search.setMark(3);
  const docs = [
    { key: 1, fields: { subject: 'договоры' } },
    { key: 2, fields: { colour: 'red' } },
  ];
  await assert.rejects(store.search.index(docs, 4), { code: 'no-such-field', detail: { name: 'colour' } });
  assert.equal(await store.search.mark(), 3);
  assert.deepEqual(await store.read('search', 'договоры '), []);
  await store.search.index(docs.slice(0, 1), 4);
  assert.deepEqual(await store.read('search', 'договор '), [1], 'its stem is in the table after the failure');
});

test('rebuild empties the index under open readers', async (t) => {
  const store = await filled(t);
  await store.search.rebuild();
  assert.equal(await store.search.mark(), 0);
  assert.deepEqual(await store.read('search', 'бетон '), []);
  await store.search.index([{ key: 9, fields: { body: 'бетоном' } }]);
  assert.deepEqual(await store.read('search', 'бетон '), [9]);
});

test('a damaged index is made anew and says so by its mark', async (t) => {
  const dir = folder(t);
  const store = await open(t, dir);
  await store.search.index([{ key: 1, fields: { subject: 'x' } }], 5);
  await store.close();
  writeFileSync(join(dir, 'search.db'), 'this is no database at all, whatever it was once'.repeat(100));
  const log = collectingLog();
  const again = await open(t, dir, { log });
  assert.equal(await again.search.mark(), 0);
  assert.deepEqual(await again.read('search', 'x '), []);
  assert.ok(log.events.some(({ event }) => event === 'search-index-lost'));
});

test('keys may be dates with a counter, and order the answer whatever the order of indexing', async (t) => {
  const store = await open(t, folder(t));
  const keys = [
    1_790_000_000_000_001,
    1_790_000_000_000_003,
    1_790_000_000_000_002,
    Number.MAX_SAFE_INTEGER,
    1,
  ];
  await store.search.index(keys.map((key) => ({ key, fields: { subject: 'заказ' } })));
  assert.deepEqual(
    await store.read('search', 'заказы '),
    [...keys].sort((a, b) => b - a),
  );
});
