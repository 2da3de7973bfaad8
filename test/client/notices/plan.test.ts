/** Who is told of what, and when: the plan is pure, so the table is the proof. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Arrived, MOST_SINGLE, planNotices } from '../../../main/client/notices/plan.ts';
import { isQuiet, type Moment } from '../../../main/client/notices/quiet.ts';
import { NOTICE_RULES, type NoticeRules, type QuietHours } from '../../../main/contract/mail/notices.ts';

const noon: Moment = { minute: 12 * 60, day: 3 };
let next = 1;
function came(change: Partial<Arrived> = {}): Arrived {
  const id = next++;
  return {
    id,
    account: 1,
    folder: 10,
    cameTo: 10,
    role: 'inbox',
    date: 1_000_000 + id,
    seen: false,
    junk: false,
    own: false,
    known: false,
    from: { name: 'Boris', address: 'Boris@Beton.example' },
    subject: 'Concrete',
    preview: 'Two trucks at eight.',
    ...change,
  };
}
const rules = (change: Partial<NoticeRules> = {}): NoticeRules => ({ ...NOTICE_RULES, ...change });
const told = (letters: Arrived[], change: Partial<NoticeRules> = {}, moment = noon) =>
  planNotices(letters, rules(change), moment);

test('a new letter is told with who and what', () => {
  const letter = came();
  const [notice, ...more] = told([letter]);
  assert.equal(more.length, 0);
  assert.equal(notice?.kind, 'letter');
  assert.deepEqual(notice?.ids, [letter.id]);
  assert.deepEqual(notice?.letter, { id: letter.id, folder: 10 });
  assert.equal(notice?.subject, 'Concrete');
  assert.equal(notice?.sound, 'chime');
});

const never: [string, Partial<Arrived>][] = [
  ['read elsewhere', { seen: true }],
  ['junk by its mark', { junk: true }],
  ['junk by its folder', { role: 'junk' }],
  ['from the person', { own: true }],
  ['moved by a rule', { folder: 11, role: null }],
  ['in a folder nobody asked for', { folder: 12, cameTo: 12, role: null }],
  ['in Trash', { role: 'trash' }],
];
for (const [what, change] of never)
  test(`nothing is told of a letter ${what}`, () => assert.deepEqual(told([came(change)]), []));

test('by account, by folder', () => {
  assert.deepEqual(told([came()], { silent: [1] }), []);
  assert.deepEqual(told([came()], { notFolders: [10] }), []);
  const projects = came({ folder: 12, cameTo: 12, role: null });
  assert.equal(told([projects], { folders: [12] }).length, 1);
  assert.deepEqual(told([came({ role: 'junk' })], { folders: [10] }), [], 'junk is never news');
});

test('by who wrote', () => {
  assert.deepEqual(told([came()], { who: 'book' }), []);
  assert.equal(told([came({ known: true })], { who: 'book' }).length, 1);
  assert.deepEqual(told([came({ known: true })], { who: 'chosen', people: [] }), []);
  assert.equal(told([came()], { who: 'chosen', people: ['boris@beton.example'] }).length, 1);
  assert.equal(told([came()], { who: 'chosen', people: ['@beton.example'] }).length, 1);
  assert.deepEqual(told([came()], { who: 'chosen', people: ['@ton.example'] }), []);
});

test(`up to ${MOST_SINGLE} come one by one and only the first is heard; more are one summary`, () => {
  const five = told(Array.from({ length: MOST_SINGLE }, () => came()));
  assert.deepEqual(
    five.map(({ kind, sound }) => [kind, sound]),
    [['letter', 'chime'], ...Array.from({ length: MOST_SINGLE - 1 }, () => ['letter', 'none'])],
  );
  const letters = Array.from({ length: MOST_SINGLE + 1 }, (_, n) =>
    came({ from: { name: n < 4 ? 'Boris' : 'Anna', address: 'x@y.example' } }),
  );
  const [summary, ...more] = told(letters);
  assert.equal(more.length, 0);
  assert.equal(summary?.kind, 'summary');
  assert.equal(summary?.count, MOST_SINGLE + 1);
  assert.deepEqual(summary?.senders, ['Boris', 'Anna']);
  assert.deepEqual(summary?.letter, { id: letters.at(-1)?.id, folder: 10 }, 'the newest is opened');
});

test('sounds by account; a silent one does not silence the others', () => {
  const [first] = told([came({ account: 2 })], { sounds: { '2': 'knock' } });
  assert.equal(first?.sound, 'knock');
  const [quiet, loud] = told([came({ account: 2 }), came()], { sounds: { '2': 'none' } });
  assert.deepEqual([quiet?.sound, loud?.sound], ['none', 'chime']);
});

test('nothing is told in quiet hours', () => {
  const quiet = { on: true, from: 0, to: 0, days: [0, 1, 2, 3, 4, 5, 6] };
  assert.deepEqual(told([came()], { quiet }), []);
  assert.equal(told([came()], { quiet: { ...quiet, on: false } }).length, 1);
});

test('quiet hours by the hands of the clock', () => {
  const night: QuietHours = { on: true, from: 19 * 60, to: 8 * 60, days: [1, 2, 3, 4, 5] };
  const lunch: QuietHours = { on: true, from: 13 * 60, to: 14 * 60, days: [3] };
  const table: [QuietHours, number, number, boolean][] = [
    [night, 18 * 60 + 59, 1, false],
    [night, 19 * 60, 1, true],
    [night, 7 * 60 + 59, 2, true],
    [night, 8 * 60, 2, false],
    [night, 60, 6, true], // Friday's night ends on Saturday morning
    [night, 20 * 60, 6, false],
    [night, 60, 1, false], // Sunday's night is none
    [lunch, 13 * 60, 3, true],
    [lunch, 14 * 60, 3, false],
    [lunch, 13 * 60 + 30, 4, false],
    [{ ...lunch, to: 13 * 60 }, 12 * 60, 4, true], // a whole day from Wednesday's 13:00
    [{ ...lunch, to: 13 * 60 }, 13 * 60, 4, false],
    [{ ...lunch, on: false }, 13 * 60, 3, false],
  ];
  for (const [hours, minute, day, expected] of table)
    assert.equal(isQuiet(hours, { minute, day }), expected, `${minute} on ${day}`);
});
