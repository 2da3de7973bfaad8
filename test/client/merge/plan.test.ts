import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import iconv from 'iconv-lite';
import { MAX_MERGE_LETTERS } from '../../../main/base/limits.ts';
import { fieldsOf, fill } from '../../../main/client/merge/fields.ts';
import { columnsOf, contentOfRow, planMerge } from '../../../main/client/merge/plan.ts';
import { readTable } from '../../../main/client/merge/table.ts';

const AUTO = { charset: 'auto', delimiter: 'auto' } as const;
const table = (text: string) => readTable(new TextEncoder().encode(text), AUTO);
const values = new Map([
  ['имя', 'Пётр & <сын>'],
  ['сумма', ''],
]);

describe('tables', () => {
  const CASES: [string, Uint8Array, string, string][] = [
    ['utf-8, semicolons', Buffer.from('Имя;Почта\r\nПётр;p@x.example\r\n'), 'utf-8', ';'],
    ['utf-8 with a mark, commas', Buffer.from('\ufeffИмя,Почта\nПётр,p@x.example'), 'utf-8', ','],
    ['windows-1251', iconv.encode('Имя;Почта\r\nПётр;p@x.example\r\n', 'windows-1251'), 'windows-1251', ';'],
    [
      'utf-16 with tabs',
      Buffer.from('\ufeffИмя\tПочта\r\nПётр\tp@x.example\r\n', 'utf16le'),
      'utf-16le',
      '\t',
    ],
    ["Excel's first line", Buffer.from('sep=;\r\nИмя;Почта\r\nПётр;p@x.example'), 'utf-8', ';'],
  ];
  for (const [name, bytes, charset, delimiter] of CASES) {
    test(name, () => {
      const read = readTable(bytes, AUTO);
      assert.deepEqual([read.charset, read.delimiter], [charset, delimiter]);
      assert.deepEqual(read.columns, ['Имя', 'Почта']);
      assert.deepEqual(read.rows, [['Пётр', 'p@x.example']]);
    });
  }
  test('quotes, line ends and delimiters inside cells; empty lines are none; short rows are named', () => {
    const read = table('a;b;c\r\n"one;\r\ntwo ""x""";2; 3 \r\n\r\n;;\r\n4\r\n');
    assert.deepEqual(read.rows, [
      ['one;\r\ntwo "x"', '2', '3'],
      ['4', '', ''],
    ]);
    assert.deepEqual(read.short, [2]);
  });
  test('no head, no row: refused', () => {
    for (const text of ['', 'a;b', '\n\n']) assert.throws(() => table(text), { code: 'bad-table' });
  });
  test('at the limit and over it', () => {
    const rows = (n: number) => `mail\n${'a@x.example\n'.repeat(n)}`;
    assert.equal(table(rows(MAX_MERGE_LETTERS)).rows.length, MAX_MERGE_LETTERS);
    assert.throws(() => table(rows(MAX_MERGE_LETTERS + 1)), { code: 'table-too-long' });
  });
});

describe('fields', () => {
  test('values, fallbacks, escapes; what has no column stays', () => {
    assert.equal(fill('{{ имя }}, {{СУММА|нет}} {{x}}', values, false), 'Пётр & <сын>, нет {{x}}');
    assert.equal(fill('<b>{{Имя}}</b>', values, true), '<b>Пётр &amp; &lt;сын&gt;</b>');
    assert.equal(fill('{{<b>И</b>мя&nbsp;}}', values, true), 'Пётр &amp; &lt;сын&gt;');
    assert.equal(fill('{{}} {имя} {{{имя}}}', values, false), '{{}} {имя} {Пётр & <сын>}');
  });
  test('a value never becomes a field of its own', () => {
    const odd = new Map([
      ['a', '{{b}}'],
      ['b', 'secret'],
    ]);
    assert.equal(fill('{{a}}', odd, false), '{{b}}');
  });
  test('each name once', () => {
    assert.deepEqual(
      fieldsOf('{{Имя}} {{имя|x}} {{дата}}', false).map((each) => each.name),
      ['Имя', 'дата'],
    );
  });
});

describe('plans', () => {
  const people = table(
    'ФИО;E-mail;Долг;Файл\nПётр;p@x.example;100;a.pdf\nАнна;нет;;\nОльга;;5;\nИван;P@x.example;7;b.pdf|a.pdf\nОлег;o@x.example, o2@x.example;8;',
  );
  const content = { subject: 'Долг {{долг}}', html: null, text: 'Здравствуйте, {{фио}}!' };
  test('columns are found by their names, else by what stands in them', () => {
    assert.deepEqual(columnsOf(people, {}), { address: 'E-mail', name: 'ФИО', file: '' });
    assert.equal(columnsOf(table('a;b\nx;y@z.example'), {}).address, 'b');
    assert.equal(columnsOf(table('a;b\nx;y'), {}).address, '');
  });
  test('each row has its problems by name', () => {
    const plan = planMerge(content, people, columnsOf(people, { file: 'Файл' }), ['A.PDF']);
    assert.deepEqual(
      plan.problems.map(({ row, code, what, stops }) => [row, code, what, stops]),
      [
        [2, 'bad-address', 'нет', true],
        [2, 'empty-field', 'Долг'.toLowerCase(), false],
        [3, 'no-address', '', true],
        [4, 'double-address', 'P@x.example', false],
        [4, 'no-such-file', 'b.pdf', true],
      ],
    );
    assert.deepEqual(
      plan.letters.map((each) => each.stopped),
      [false, true, true, true, false],
    );
    assert.deepEqual(plan.letters[0]?.to, [{ name: 'Пётр', address: 'p@x.example' }]);
    assert.equal(plan.letters[4]?.to.length, 2);
  });
  test('a field without a column stops everything', () => {
    const plan = planMerge({ ...content, text: '{{нет такого}}' }, people, columnsOf(people, {}), []);
    assert.deepEqual(plan.problems[0], { row: 0, code: 'no-such-field', what: 'нет такого', stops: true });
    assert.ok(plan.letters.every((each) => each.stopped));
  });
  test('a value cannot start a line of the header', () => {
    const odd = table('mail;s\na@x.example;"one\r\nBcc: b@x.example"');
    const whole = { ...content, subject: '{{s}}' } as never;
    assert.equal(contentOfRow(whole, odd, { row: 1, to: [] }).subject, 'one Bcc: b@x.example');
  });
});
