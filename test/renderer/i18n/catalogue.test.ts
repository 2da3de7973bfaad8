import assert from 'node:assert/strict';
import { test } from 'node:test';
import { en } from '../../../renderer/i18n/en/catalogue.ts';
import { pluralEn, pluralRu } from '../../../renderer/i18n/plural.ts';
import { ru } from '../../../renderer/i18n/ru/catalogue.ts';

type Tree = { [key: string]: unknown };

function leaves(tree: Tree, path = ''): [string, unknown][] {
  return Object.entries(tree).flatMap(([key, value]): [string, unknown][] =>
    typeof value === 'object' && value !== null
      ? leaves(value as Tree, `${path}${key}.`)
      : [[path + key, value]],
  );
}

const english = new Map(leaves(en));
const russian = new Map(leaves(ru));

test('both catalogues have the same entries of the same kind', () => {
  assert.deepEqual([...russian.keys()].sort(), [...english.keys()].sort());
  for (const [path, value] of english) assert.equal(typeof russian.get(path), typeof value, path);
});

test('no Russian sentence is empty or was left in English', () => {
  // Names, signs and formats that are the same in both languages.
  const same = /^(common\.product|search\.kinds\.pdf|.*\.(pdf|format|example).*)$/;
  for (const [path, value] of russian) {
    if (typeof value !== 'string') continue;
    assert.notEqual(value.trim(), '', path);
    if (!same.test(path) && value !== 'English' && /[a-z]{4}/.test(value))
      assert.notEqual(value, english.get(path), path);
  }
});

test('sentences carry no exclamation marks and no three full stops', () => {
  for (const [path, value] of [...english, ...russian]) {
    if (typeof value === 'string') assert.doesNotMatch(value, /!|\.\.\./, path);
  }
});

test('Russian typography: guillemets, no straight quotes', () => {
  for (const [path, value] of russian) if (typeof value === 'string') assert.doesNotMatch(value, /"/, path);
});

test('names that tests and screen readers rely on', () => {
  assert.equal(en.a11y.folders, 'Folders');
  assert.equal(ru.a11y.folders, 'Папки');
  assert.equal(en.a11y.messages, 'Messages');
  assert.equal(ru.a11y.messages, 'Письма');
  assert.equal(en.a11y.folderRow('Inbox', 12), 'Inbox, 12 unread');
  assert.equal(ru.a11y.folderRow('Входящие', 12), 'Входящие, новых: 12');
  assert.equal(ru.a11y.folderRow('Входящие', 0), 'Входящие');
  assert.equal(ru.commands.replyAll.includes(ru.commands.replyAllShort.toLowerCase()), true);
});

test('plurals', () => {
  const letters = (n: number) => pluralRu(n, '# письмо', '# письма', '# писем');
  assert.deepEqual([1, 2, 5, 11, 21, 22, 25, 111].map(letters), [
    '1 письмо',
    '2 письма',
    '5 писем',
    '11 писем',
    '21 письмо',
    '22 письма',
    '25 писем',
    '111 писем',
  ]);
  assert.equal(pluralEn(1, '# letter', '# letters'), '1 letter');
  assert.equal(pluralEn(4318, '# letter', '# letters'), '4,318 letters');
});

test('none has a sentence of its own, without a number', () => {
  for (const t of [en, ru]) {
    for (const said of [
      t.list.total(0),
      t.list.unreadOf(0, 0),
      t.contacts.count(0),
      t.search.results(0),
      t.sending.merge.send(0),
    ])
      assert.doesNotMatch(said, /\d/, said);
  }
});

test('one letter goes, two letters go', () => {
  const { archive, retention } = ru.tidy;
  assert.match(archive.found(1, '5 КБ'), /^1 письмо, 5 КБ, уйдёт /);
  assert.match(archive.found(21, '5 КБ'), /^21 письмо, 5 КБ, уйдёт /);
  assert.match(archive.found(2, '5 КБ'), /^2 письма, 5 КБ, уйдут /);
  assert.match(retention.would(1, '5 КБ'), /уйдёт 1 письмо/);
});
