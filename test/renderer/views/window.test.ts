import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Account } from '../../../main/contract/mail/accounts.ts';
import type { Folder } from '../../../main/contract/mail/folders.ts';
import type { Look } from '../../../main/contract/mail/looks.ts';
import type { Row } from '../../../main/contract/mail/views.ts';
import { formatsFor } from '../../../renderer/i18n/format.ts';
import { textOf } from '../../../renderer/i18n/text.ts';
import { placeOf, wholeLook } from '../../../renderer/state/whole-look.ts';
import { badgeOfFile, initials } from '../../../renderer/ui/colours.ts';
import { rank } from '../../../renderer/ui/rank.ts';
import {
  type ColumnName,
  fitting as columnsThatFit,
  moved,
  resized,
  switched,
  template,
} from '../../../renderer/views/list/column-sizes.ts';
import { groupLabel } from '../../../renderer/views/list/groups.ts';
import { peopleOf, rowName, rowSubject } from '../../../renderer/views/list/row-name.ts';
import { fileNameOf } from '../../../renderer/views/reader/file-name.ts';
import { pageCount } from '../../../renderer/views/reader/page-count.ts';
import { chipWords, part, takeChips } from '../../../renderer/views/search/query-parts.ts';
import { movedBeside, movedTo } from '../../../renderer/views/tree/moved.ts';
import { buildTree, keyOfView, type TreeInput } from '../../../renderer/views/tree/nodes.ts';
import { fitting } from '../../../renderer/views/window/fitting.ts';

const en = textOf('en');
const ru = textOf('ru');

function folder(id: number, name: string, more: Partial<Folder> = {}): Folder {
  return {
    id,
    account: 1,
    path: name,
    name,
    parent: null,
    role: null,
    subscribed: true,
    selectable: true,
    total: 5,
    unread: 0,
    position: 0,
    synced: 1,
    ...more,
  };
}
const account: Account = {
  id: 1,
  kind: 'imap',
  address: 'o.belova@x.example',
  name: 'Olga',
  incoming: null,
  outgoing: null,
  policy: { keep: 'everything' },
  pop3: null,
  saveSent: true,
  state: 'online',
  problem: null,
  lastSync: null,
};
const SERVER = { host: 'smtp.x.example', port: 465, security: 'tls', user: 'olga', auth: 'auto' } as const;
const base: TreeInput = {
  accounts: [account],
  folders: [
    folder(3, 'Projects'),
    folder(4, 'Block 10', { parent: 3 }),
    folder(5, 'Block 4', { parent: 3, unread: 3 }),
    folder(2, 'Trash', { role: 'trash', unread: 7 }),
    folder(1, 'INBOX', { role: 'inbox', unread: 12 }),
    folder(6, 'Spam', { role: 'junk', unread: 4 }),
    folder(7, 'Hidden', { subscribed: false }),
  ],
  saved: [],
  unified: true,
  outbox: { waiting: 0, scheduled: 2, failed: 0 },
  collapsed: new Set(),
  showHidden: false,
};
const collator = new Intl.Collator('en', { numeric: true });

test('tree: special folders first and localised, the rest by name as a person counts', () => {
  const nodes = buildTree(base, ru, collator);
  assert.deepEqual(
    nodes.map((node) => `${'  '.repeat(node.level - 1)}${node.label}`),
    [
      'Все учётные записи',
      '  Входящие',
      '  Непрочитанные',
      '  С флажком',
      '  Отложенная отправка',
      'o.belova@x.example',
      '  Входящие',
      '  Спам',
      '  Корзина',
      '  Projects',
      '    Block 4',
      '    Block 10',
    ],
  );
});

test('tree: unread is counted where it matters, junk and scheduled in grey', () => {
  const by = new Map(buildTree(base, en, collator).map((node) => [node.key, node]));
  assert.deepEqual(
    [by.get('folder 1')?.unread, by.get('folder 2')?.unread, by.get('folder 6')?.count],
    [12, 0, 4],
  );
  assert.equal(by.get('scheduled')?.count, 2);
  assert.equal(by.get('unified inbox')?.unread, 12);
});

test('tree: a closed folder hides what is in it, hidden folders can be shown', () => {
  const closed = buildTree({ ...base, collapsed: new Set(['folder 3']), showHidden: true }, en, collator);
  assert.equal(
    closed.some((node) => node.key === 'folder 4'),
    false,
  );
  assert.equal(
    closed.some((node) => node.key === 'folder 7'),
    true,
  );
});

test('tree: folders that claim to contain each other end somewhere', () => {
  const loop = [folder(1, 'a', { parent: 2 }), folder(2, 'b', { parent: 1 }), folder(3, 'c')];
  assert.ok(buildTree({ ...base, folders: loop }, en, collator).length < 100);
});

test('tree: the line of a view', () => {
  assert.equal(keyOfView({ scope: { in: 'folder', folder: 4 }, filter: 'unread' }, []), 'folder 4');
  assert.equal(keyOfView({ scope: { in: 'unified', role: 'inbox' } }, []), 'unified inbox');
  const saved = [{ id: 9, name: 's', view: { scope: { in: 'everywhere' as const }, query: 'x' } }];
  assert.equal(keyOfView({ scope: { in: 'everywhere' }, query: 'x' }, saved), 'search 9');
});

const row: Row = {
  id: 1,
  folder: 1,
  thread: 1,
  count: 3,
  from: { name: 'Pavel Orlov', address: 'p@x' },
  to: [{ name: '', address: 'b@x' }],
  subject: 'Concrete for block 4',
  preview: '',
  date: Date.parse('2026-11-19T07:38:00Z'),
  size: 1,
  flags: ['flagged'],
  tags: [],
  attachments: 1,
  body: 'full',
  outside: false,
  unread: 1,
};

test('a row says itself in one sentence after the other', () => {
  const now = Date.parse('2026-11-19T09:00:00Z');
  const zone = 'Europe/Moscow';
  assert.equal(
    rowName(row, peopleOf(row, 'inbox', en), en, formatsFor('en', zone), now),
    'Unread. Pavel Orlov. Concrete for block 4. Today 10:38. 3 letters, has attachments, flagged.',
  );
  assert.equal(
    rowName(
      { ...row, subject: ' ', flags: ['seen'], count: 1, attachments: 0 },
      peopleOf(row, 'sent', ru),
      ru,
      formatsFor('ru', zone),
      now,
    ),
    'b@x. (без темы). Сегодня, 10:38.',
  );
});

const subjects: [subject: string, count: number, shown: string][] = [
  ['Re: Concrete', 3, 'Concrete'],
  ['RE[2]: Fwd: Отв: Бетон', 2, 'Бетон'],
  ['Re: Concrete', 1, 'Re: Concrete'],
  ['Re: ', 2, 'Re:'],
  ['Release notes', 2, 'Release notes'],
  ['', 1, en.common.noSubject],
];
for (const [subject, letters, shown] of subjects) {
  test(`the subject of ${letters}: ${subject}`, () =>
    assert.equal(rowSubject({ subject, count: letters }, en), shown));
}

test('portraits and badges', () => {
  assert.deepEqual(
    [initials('Pavel Orlov', 'x'), initials('', 'olga.belova@x'), initials('Ёлкин', 'x'), initials('', '')],
    ['PO', 'OB', 'Ё', '?'],
  );
  assert.equal(initials('Петров Иван Сергеевич', 'x'), 'ПС');
  assert.deepEqual(
    [
      badgeOfFile('a.XLSX').letters,
      badgeOfFile('offer.pdf').letters,
      badgeOfFile('run.exe').letters,
      badgeOfFile('noext').letters,
    ],
    ['XLS', 'PDF', 'EXE', '…'],
  );
  assert.equal(badgeOfFile('invoice.pdf.exe').letters, 'EXE');
});

test('query parts: quoted when they must be, read back the same', () => {
  assert.equal(part('от', 'Павел Орлов'), 'от:"Павел Орлов"');
  assert.equal(part('file', 'xlsx'), 'file:xlsx');
  assert.deepEqual(chipWords('от:"Павел Орлов"'), { operator: 'от:', value: 'Павел Орлов' });
  assert.deepEqual(chipWords('-from:a'), { operator: '-from:', value: 'a' });
});

test('a finished operator becomes a chip, an unfinished one stays text', () => {
  const known = (typed: string, operator: string, start: number, end: number) =>
    takeChips(typed, [{ operator, start, end, known: true }]);
  assert.deepEqual(known('from:pavel concrete', 'from', 0, 10), { chips: ['from:pavel'], rest: 'concrete' });
  assert.deepEqual(known('from:pav', 'from', 0, 8), { chips: [], rest: 'from:pav' });
  assert.deepEqual(takeChips('http://x y', [{ operator: 'http', start: 0, end: 8, known: false }]), {
    chips: [],
    rest: 'http://x y',
  });
});

test('type-ahead: beginnings of words before middles, ё like е', () => {
  const items = ['Move to', 'Remove flag', 'Отчёты', 'Mark read'];
  const find = (typed: string) => rank(typed, items, (item) => item);
  assert.deepEqual(find('mo'), ['Move to', 'Remove flag']);
  assert.deepEqual(find('отчет'), ['Отчёты']);
  assert.deepEqual(find('re ma'), ['Mark read']);
  assert.deepEqual(find(''), items);
  assert.deepEqual(find('('), []);
});

test('the command bar gives up labels before commands, and from the right', () => {
  const labels = ['Reply', 'Reply all', 'Forward'];
  const measure = (text: string) => text.length * 8;
  assert.deepEqual(fitting(1000, labels, measure), { labelled: 3, shown: 3 });
  const some = fitting(290, labels, measure);
  assert.ok(some.labelled > 0 && some.labelled < 3 && some.shown === 3);
  assert.deepEqual(fitting(160, labels, measure), { labelled: 0, shown: 2 });
});

test('file names from subjects take no sign a file system refuses', () => {
  assert.equal(fileNameOf('Re: a/b\\c <x>? "y"|*', 'eml'), 'Re a b c x y.eml');
  assert.equal(fileNameOf('', 'eml'), 'letter.eml');
  assert.equal(fileNameOf('..', 'eml'), 'letter.eml');
});

test('pages of a letter: one for a short one, more with more text', () => {
  assert.equal(pageCount('Good morning.', 500), 1);
  assert.equal(pageCount('', 0), 1);
  const long = 'word '.repeat(4000);
  assert.ok(pageCount(long, 500) > 8);
  assert.ok(pageCount(long, 1000) < pageCount(long, 500));
});

test('tree: where letters can leave from, their lines stand before and after', () => {
  const lines = (outbox: TreeInput['outbox'], can: boolean) =>
    buildTree({ ...base, accounts: [{ ...account, outgoing: can ? SERVER : null }], outbox }, en, collator)
      .filter((node) => node.kind === 'outbox')
      .map((node) => `${node.label} ${node.count}`);
  const empty = { waiting: 0, scheduled: 0, failed: 0 };
  assert.deepEqual(lines(empty, true), ['Outbox 0', 'Scheduled 0']);
  assert.deepEqual(lines({ waiting: 1, scheduled: 2, failed: 1 }, true), ['Outbox 2', 'Scheduled 2']);
  assert.deepEqual(lines(empty, false), []);
  assert.deepEqual(lines({ waiting: 0, scheduled: 0, failed: 1 }, false), ['Outbox 1']);
});

test('tree: favourites first, all accounts last or not at all, folders and searches as they were put', () => {
  const labels = (input: Partial<TreeInput>) =>
    buildTree({ ...base, outbox: { waiting: 0, scheduled: 0, failed: 0 }, ...input }, en, collator).map(
      (node) => `${'  '.repeat(node.level - 1)}${node.label}`,
    );
  const saved = [
    { id: 2, name: 'From supply', view: { scope: { in: 'everywhere' as const } }, total: 9, unread: 4 },
    { id: 1, name: 'Waiting', view: { scope: { in: 'everywhere' as const } }, total: 5, unread: 0 },
  ];
  assert.deepEqual(
    labels({
      favourites: ['folder 5', 'search 1', 'unified flagged', 'folder 99'],
      collapsed: new Set(['account 1', 'saved']),
      saved,
    }),
    [
      'Favourites',
      '  Block 4',
      '  Waiting',
      '  Flagged',
      'All accounts',
      '  Inbox',
      '  Unread',
      '  Flagged',
      'o.belova@x.example',
      'Saved searches',
    ],
  );
  const collapsed = new Set(['account 1']);
  assert.deepEqual(labels({ unifiedPlace: 'last', collapsed }).slice(0, 2), [
    'o.belova@x.example',
    'All accounts',
  ]);
  assert.deepEqual(labels({ unified: false, collapsed }), ['o.belova@x.example']);
  const nodes = new Map(
    buildTree({ ...base, saved, favourites: ['folder 5'] }, en, collator).map((node) => [node.key, node]),
  );
  assert.deepEqual([nodes.get('search 2')?.unread, nodes.get('search 2')?.count], [4, 0]);
  assert.deepEqual([nodes.get('search 1')?.unread, nodes.get('search 1')?.count], [0, 5]);
  assert.equal(nodes.get('unified unread')?.unread, 15, 'Junk and Trash are no news');
  assert.deepEqual([nodes.get('favourite folder 5')?.unread, nodes.get('folder 5')?.unread], [3, 3]);
  const byHand = base.folders.map((each) =>
    each.id === 4 ? { ...each, order: 0 } : each.id === 5 ? { ...each, order: 1 } : each,
  );
  const order = buildTree({ ...base, folders: byHand }, en, collator)
    .filter((node) => node.parent === 'folder 3')
    .map((node) => node.label);
  assert.deepEqual(order, ['Block 10', 'Block 4']);
});

test('lists by hand: up, down, beside, and no further than their ends', () => {
  assert.deepEqual(movedTo(['a', 'b', 'c'], 'a', 1), ['b', 'a', 'c']);
  const list = ['a', 'b', 'c'];
  assert.equal(movedTo(list, 'a', -1), list);
  assert.equal(movedTo(list, 'c', 3), list);
  assert.deepEqual(movedBeside(list, 'a', 'c', true), ['b', 'c', 'a']);
  assert.deepEqual(movedBeside(list, 'c', 'a', false), ['c', 'a', 'b']);
  assert.equal(movedBeside(list, 'x', 'a', false), list);
});

test('columns: what has no room is left out from the right, the subject last', () => {
  const columns = (...names: ColumnName[]) => names.map((name) => ({ name, width: null }));
  const all = columns('from', 'subject', 'date', 'size', 'tags');
  assert.deepEqual(columnsThatFit(all, 2000), all);
  assert.deepEqual(
    columnsThatFit(all, 400).map(({ name }) => name),
    ['from', 'subject', 'date'],
  );
  assert.deepEqual(
    columnsThatFit(all, 10).map(({ name }) => name),
    ['subject'],
  );
  assert.equal(template(columns('from', 'subject')), '30px minmax(5.25rem, 11rem) minmax(6rem, 1fr)');
  assert.match(
    template([
      { name: 'subject', width: 200 },
      { name: 'date', width: null },
    ]),
    /12.5rem\) minmax\(4.75rem, 1fr\)$/,
  );
  assert.deepEqual(
    moved(all, 'size', -1).map(({ name }) => name),
    ['from', 'subject', 'size', 'date', 'tags'],
  );
  assert.equal(moved(all, 'from', -1), all);
  assert.deepEqual(
    switched(all, 'received', true).map(({ name }) => name),
    ['from', 'subject', 'date', 'received', 'size', 'tags'],
  );
  assert.equal(switched(columns('from'), 'from', false).length, 1, 'the last one stays');
  assert.deepEqual(resized(all, 'size', 5).at(3), { name: 'size', width: 60 });
});

test('looks: a place, then all folders, then the settings', () => {
  const looks = new Map<string, Look>([
    ['default', { conversations: false, sort: 'size' }],
    ['folder 3', { sort: 'from' }],
  ]);
  const settings = { conversations: true, groups: true };
  assert.deepEqual(
    (({ sort, descending, conversations, grouped }) => [sort, descending, conversations, grouped])(
      wholeLook('folder 3', looks, settings),
    ),
    ['from', false, false, true],
  );
  assert.equal(wholeLook('folder 9', looks, settings).sort, 'size');
  assert.equal(wholeLook('found', looks, settings).sort, 'date', 'searches follow no folder');
  assert.equal(placeOf({ scope: { in: 'everywhere' }, query: 'x' }, []), 'found');
  assert.equal(
    placeOf({ scope: { in: 'everywhere' }, query: 'x' }, [
      { id: 7, view: { scope: { in: 'everywhere' }, query: 'x' } },
    ]),
    'search 7',
  );
  assert.equal(placeOf({ scope: { in: 'unified', role: 'inbox' } }, []), 'unified inbox');
});

test('groups of other orders have names', () => {
  const now = Date.UTC(2026, 10, 20);
  const name = (key: string, sort: Parameters<typeof groupLabel>[1], t = en) =>
    groupLabel({ key, at: 0, count: 1 }, sort, t, formatsFor('en'), now);
  assert.equal(name('size:4', 'size'), 'Over 10 MB');
  assert.equal(name('none', 'tags', ru), 'Без меток');
  assert.equal(name('yes', 'flag'), 'Flagged');
  assert.equal(name('Яна', 'from'), 'Яна');
  assert.equal(
    groupLabel({ key: 'year:2019', at: 0, count: 1, start: 1 }, 'date', en, formatsFor('en'), now),
    '2019',
  );
});
