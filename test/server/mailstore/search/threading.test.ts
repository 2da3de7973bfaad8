import assert from 'node:assert/strict';
import { test } from 'node:test';
import { threadTexts } from '../../../../main/server/imap/commands/search.ts';
import {
  orderedSubject,
  references,
  type ThreadRow,
} from '../../../../main/server/mailstore/search/threading.ts';
import type { ThreadList } from '../../../../main/server/mailstore/search-key.ts';

const row = (uid: number, more: Partial<ThreadRow> = {}): ThreadRow => ({
  uid,
  date: uid * 1000,
  subject: '',
  reply: false,
  messageId: `m${uid}`,
  parents: [],
  ...more,
});
const text = (list: ThreadList) => [...threadTexts(list, (uid) => uid)].join('');

test('I59 RFC 5256 section 4: how threads are written', () => {
  const list = (...pairs: [number, number][]): ThreadList => ({
    uids: Uint32Array.from(pairs, ([uid]) => uid),
    depths: Uint32Array.from(pairs, ([, depth]) => depth),
  });
  // The two examples of the RFC.
  assert.equal(
    text(list([2, 0], [3, 0], [6, 1], [4, 2], [23, 3], [44, 2], [7, 3], [96, 4])),
    '(2)(3 6 (4 23)(44 7 96))',
  );
  assert.equal(text(list([0, 0], [3, 1], [5, 1])), '((3)(5))');
});

test('I59 REFERENCES: chains, brothers, a parent that is missing, two who blame each other', () => {
  assert.equal(
    text(references([row(1), row(2, { parents: ['m1'] }), row(3, { parents: ['m1', 'm2'] })])),
    '(1 2 3)',
  );
  assert.equal(
    text(references([row(1), row(2, { parents: ['m1'] }), row(3, { parents: ['m1'] })])),
    '(1 (2)(3))',
  );
  assert.equal(text(references([row(1, { parents: ['gone'] }), row(2, { parents: ['gone'] })])), '((1)(2))');
  assert.equal(text(references([row(1, { parents: ['gone'] })])), '(1)');
  assert.equal(
    text(references([row(1, { parents: ['a', 'b'] }), row(2, { parents: ['a', 'b', 'm1'] })])),
    '(1 2)',
  );
  const loop = text(references([row(1, { parents: ['m2'] }), row(2, { parents: ['m1'] })]));
  assert.match(loop, /^\((1 2|2 1)\)$/);
});

test('I59 REFERENCES: what a letter says of its own parent counts before what others guessed', () => {
  const rows = [row(1), row(2), row(3, { parents: ['m1', 'm2'] }), row(4, { parents: ['m1'] })];
  assert.equal(
    text(references([row(1), row(3, { parents: ['m1', 'm2'] }), row(2, { parents: ['m4'] }), row(4)])),
    '(1)(4 2 3)',
  );
  assert.equal(text(references(rows)), '(1 (2 3)(4))');
});

test('I59 REFERENCES: doubled and missing message ids are letters of their own', () => {
  const rows = [
    row(1, { messageId: 'same' }),
    row(2, { messageId: 'same' }),
    row(3, { messageId: '' }),
    row(4, { parents: ['same'] }),
  ];
  assert.equal(text(references(rows)), '(1 4)(2)(3)');
});

test('I59 REFERENCES step 5: threads of one subject belong together', () => {
  const subject = 'Смета';
  assert.equal(text(references([row(1, { subject }), row(2, { subject, reply: true })])), '(1 2)');
  assert.equal(text(references([row(1, { subject }), row(2, { subject: 'СМЕТА' })])), '((1)(2))');
  assert.equal(text(references([row(1, { subject }), row(2, { subject: 'Другое' })])), '(1)(2)');
});

test('I59 ORDEREDSUBJECT: by subject without case, the first is the parent of all, threads by date', () => {
  const rows = [
    row(1, { subject: 'B', date: 50 }),
    row(2, { subject: 'a', date: 10 }),
    row(3, { subject: 'b', date: 20 }),
    row(4, { subject: 'A', date: 30 }),
    row(5, { subject: 'B', date: 60 }),
  ];
  assert.equal(text(orderedSubject(rows)), '(2 4)(3 (1)(5))');
});

test('I75 a conversation ten thousand answers deep neither overflows nor takes long', () => {
  const deep = Array.from({ length: 10_000 }, (_, n) => row(n + 1, n === 0 ? {} : { parents: [`m${n}`] }));
  const list = references(deep);
  assert.equal(list.depths[9999], 9999);
  assert.equal(text(list), `(${deep.map((each) => each.uid).join(' ')})`);
  assert.equal(text({ uids: new Uint32Array(0), depths: new Uint32Array(0) }), '');
});
