import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePeriod, parseSize } from '../../../main/client/search/dates.ts';
import {
  columns,
  type FilterContext,
  filterCondition,
  operators,
  vocabulary,
} from '../../../main/client/search/operators.ts';
import { searchSql } from '../../../main/client/search/plan-sql.ts';

const now = new Date(2026, 10, 20, 10, 42).getTime();
const context: FilterContext = {
  now,
  folders: [
    { id: 1, path: 'INBOX', name: 'INBOX', role: 'inbox' },
    { id: 2, path: 'Объекты/Ёлки', name: 'Ёлки', role: null },
    { id: 3, path: 'Archive', name: 'Archive', role: 'archive' },
    { id: 4, path: 'Archive/2026', name: '2026', role: null },
  ],
  tags: [{ name: 'Срочно', keyword: '$urgent' }],
};
const at = (year: number, month: number, date: number) => new Date(year, month - 1, date).getTime();

const periods: [text: string, start: number | null, end?: number][] = [
  ['2026-09-01', at(2026, 9, 1), at(2026, 9, 2)],
  ['01.09.2026', at(2026, 9, 1), at(2026, 9, 2)],
  ['1.9.26', at(2026, 9, 1), at(2026, 9, 2)],
  ['1.9', at(2026, 9, 1), at(2026, 9, 2)],
  ['2026-09', at(2026, 9, 1), at(2026, 10, 1)],
  ['09.2026', at(2026, 9, 1), at(2026, 10, 1)],
  ['2026', at(2026, 1, 1), at(2027, 1, 1)],
  ['today', at(2026, 11, 20), at(2026, 11, 21)],
  ['Вчера', at(2026, 11, 19), at(2026, 11, 20)],
  ['7d', at(2026, 11, 13), at(2026, 11, 14)],
  ['2н', at(2026, 11, 6), at(2026, 11, 7)],
  ['31.02.2026', null],
  ['2026-13', null],
  ['soon', null],
  ['99999', null],
];
for (const [text, start, end] of periods) {
  test(`a date as typed: ${text}`, () => {
    const period = parsePeriod(text, now);
    assert.equal(period?.start ?? null, start);
    if (start !== null) assert.equal(period?.end, end);
  });
}

const sizes: [text: string, octets: number | null][] = [
  ['5mb', 5 << 20],
  ['1,5 МБ', 1.5 * (1 << 20)],
  ['500к', 500 << 10],
  ['1024', 1024],
  ['2G', 2 * (1 << 30)],
  ['much', null],
  ['5xb', null],
];
for (const [text, octets] of sizes) {
  test(`a size as typed: ${text}`, () => assert.equal(parseSize(text), octets));
}

const filters: [name: string, value: string, sql: RegExp, values: unknown[]][] = [
  ['has', 'attachment', /attachments > 0/, []],
  ['has', 'файлы', /attachments > 0/, []],
  ['type', 'pdf', /^\(m\.files \|\| char\(10\) LIKE/, ['pdf']],
  ['type', 'Архивы', /LIKE .* OR /, ['zip', 'rar', '7z', 'gz', 'tgz', 'tar', 'bz2', 'xz']],
  ['type', 'strange', /^0$/, []],
  ['in', 'входящие', /m\.folder IN \(\?\)/, [1]],
  ['in', 'елки', /m\.folder IN/, [2]],
  ['in', 'archive', /m\.folder IN/, [3]],
  ['in', 'Archive/2026', /m\.folder IN/, [4]],
  ['in', 'nowhere', /^0$/, []],
  ['tag', 'срочно', /instr/, ['$urgent']],
  ['before', '01.09.2026', /date < \?/, [at(2026, 9, 1)]],
  ['after', '2026-09-01', /date >= \?/, [at(2026, 9, 1)]],
  ['on', 'yesterday', /date >= \? AND m\.date < \?/, [at(2026, 11, 19), at(2026, 11, 20)]],
  ['larger', '5мб', /size > \?/, [5 << 20]],
  ['smaller', '10kb', /size < \?/, [10 << 10]],
  ['is', 'unread', /flags & 1 = 0/, []],
  ['is', 'с-флажком', /flags & 4 != 0/, []],
  ['is', 'header', /m\.body = 0/, []],
  ['is', 'отмеченное', /pop3_letters.*fetch_marks/s, []],
  ['is', 'strange', /^0$/, []],
  ['no-such', 'x', /^0$/, []],
];
for (const [name, value, sql, values] of filters) {
  test(`${name}:${value}`, () => {
    const found = filterCondition(name, value, context);
    assert.match(found.sql, sql);
    assert.deepEqual(found.values, values);
  });
}

test('no alias means two operators, and every operator has a name in both languages', () => {
  const aliases = operators.flatMap(({ en, ru }) => [...en, ...ru]);
  assert.equal(new Set(aliases).size, aliases.length);
  for (const operator of operators) {
    assert.ok(operator.en.length > 0 && operator.ru.length > 0);
    assert.ok(
      Boolean(operator.columns) !== Boolean(operator.filter),
      `${operator.name} is a column or a filter`,
    );
  }
  assert.equal(vocabulary['тема'], 'subject');
  assert.deepEqual(columns['file'], ['files']);
});

test('words that every hit must have lead the statement, the rest are conditions', () => {
  const sql = searchSql(
    {
      kind: 'and',
      plans: [
        { kind: 'match', match: '"бетон"' },
        { kind: 'filter', name: 'has', value: 'files', quoted: false },
        { kind: 'not', plan: { kind: 'match', match: '"b25"' } },
        { kind: 'match', match: '"b30"' },
      ],
    },
    [{ sql: 'm.folder = ?', values: [7] }],
    context,
  );
  assert.match(sql.from, /^search\.docs/);
  assert.deepEqual(sql.values, ['("бетон") AND ("b30")', '"b25"', 7]);
  assert.match(sql.where, /attachments > 0.*NOT \(m\.key IN.*m\.folder = \?/);
});

test('a condition that cannot hold finds nothing without asking the index', () => {
  const sql = searchSql(
    {
      kind: 'and',
      plans: [
        { kind: 'match', match: 'x' },
        { kind: 'filter', name: 'in', value: 'nowhere', quoted: false },
      ],
    },
    [],
    context,
  );
  assert.equal(sql.possible, false);
  const negated = searchSql(
    { kind: 'not', plan: { kind: 'filter', name: 'in', value: 'nowhere', quoted: false } },
    [],
    context,
  );
  assert.equal(negated.possible, true);
});
