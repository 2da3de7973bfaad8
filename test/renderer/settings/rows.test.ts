import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Settings } from '../../../main/contract/mail/profile.ts';
import { textOf } from '../../../renderer/i18n/text.ts';
import { changeOf, findPages, findRows, PAGES, ROWS } from '../../../renderer/views/settings/rows.ts';

const defaults = Settings.parse({});
/** Set by dragging a line between panes, not on a page. */
const BY_HAND = ['notices', 'treeWidth', 'listWidth', 'listHeight', 'treeCollapsed'];
/** On the page of copies, as one sentence with the time and the folder. */
const OF_COPIES = ['copyAt', 'copyFolder', 'copyKeep', 'copyWhen'];

test('every setting of the contract has a row, and every row a setting', () => {
  const rows = ROWS.map((row) => row.name as string);
  assert.deepEqual([...rows, ...BY_HAND, ...OF_COPIES].sort(), Object.keys(defaults).sort());
  assert.equal(new Set(rows).size, rows.length);
  for (const row of ROWS) assert.ok(PAGES.includes(row.page), row.name);
});

test('every offered value is one the contract takes, and the default is among them', () => {
  for (const language of ['en', 'ru'] as const) {
    for (const row of ROWS) {
      if (row.of.kind !== 'choice') continue;
      const values = row.of.values(textOf(language));
      for (const { id, label } of values) {
        assert.doesNotThrow(
          () => Settings.parse({ ...defaults, ...changeOf(row, defaults, id) }),
          `${row.name} ${id}`,
        );
        assert.notEqual(label, '');
      }
      assert.ok(
        values.some(({ id }) => id === String(defaults[row.name])),
        row.name,
      );
    }
  }
});

test('numbers are offered in their order', () => {
  const row = ROWS.find((each) => each.name === 'markReadAfter');
  assert.ok(row?.of.kind === 'choice');
  assert.deepEqual(
    row.of.values(textOf('en')).map(({ id }) => id),
    ['-1', '0', '2', '5', '10', '30'],
  );
});

test('search finds by name, explanation and value, in both languages', () => {
  const found = (typed: string, language: 'en' | 'ru') =>
    findRows(typed, textOf(language)).map((row) => row.name);
  assert.deepEqual(found('theme', 'en'), ['theme']);
  assert.ok(found('DARK', 'en').includes('theme'));
  assert.ok(found('тёмная', 'ru').includes('theme'));
  assert.ok(found('темная', 'ru').includes('theme'), 'ё is е');
  assert.ok(found('картинки сети', 'ru').includes('pictures'));
  assert.deepEqual(found('no such thing', 'en'), []);
});

test('search finds the page by a heading that stands on it', () => {
  const found = (typed: string, language: 'en' | 'ru') => findPages(typed, textOf(language));
  assert.deepEqual(found('quiet hours', 'en'), ['notifications']);
  assert.deepEqual(found('тихие', 'ru'), ['notifications']);
  assert.deepEqual(found('ТИХИЕ ЧАСЫ', 'ru'), ['notifications']);
  assert.deepEqual(found('недавно удаленные', 'ru'), ['tidy'], 'ё is е');
  assert.deepEqual(found('signat', 'en'), ['signatures']);
  assert.deepEqual(found('no such thing', 'en'), []);
});
