import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DraftContent } from '../../../main/contract/mail/drafts.ts';
import {
  announcedFile,
  type Guard,
  type GuardFacts,
  guardsOf,
  MANY_OUTSIDE,
  stops,
  wanted,
} from '../../../renderer/views/composer/guards.ts';

const content: DraftContent = {
  account: 1,
  from: { name: '', address: 'o@constr.org' },
  to: [{ name: '', address: 'p@constr.org' }],
  cc: [],
  bcc: [],
  replyTo: [],
  subject: 'Concrete',
  html: '<div>Hello</div>',
  text: 'Hello',
  quoteHtml: null,
  quoteText: '',
  importance: 'normal',
  requestReadReceipt: false,
};

function kinds(change: Partial<GuardFacts> & { letter?: Partial<DraftContent> } = {}): string[] {
  const { letter, ...rest } = change;
  const facts: GuardFacts = {
    content: { ...content, ...letter },
    kind: 'new',
    knownDomains: [],
    files: 0,
    ownText: 'Hello',
    houses: new Set(['constr.org']),
    ownDomains: new Set(['constr.org']),
    ...rest,
  };
  return guardsOf(facts).map((guard) => guard.kind);
}

test('an ordinary letter is asked nothing', () => assert.deepEqual(kinds(), []));

const announcing = [
  'I have attached the schedule.',
  'See attachment',
  'Please find enclosed',
  'ATTACHING the file',
  'Смета во вложении.',
  'см. вложение',
  'Прилагаю счёт',
  'исправленную смету прикладываю',
  'Прикрепил файл',
  'документ приложен',
  'как в приложенном файле',
  'В прикреплённом файле всё есть.',
  'Высылаю договор на подпись',
  'направляю вам счёт',
  'Вложенный документ подписан',
];
for (const text of announcing) {
  test(`announces a file: ${text}`, () => assert.notEqual(announcedFile(text), null));
}

const silent = [
  'The detached house',
  'Скачайте приложение для телефона',
  'Вложили много сил',
  '> I have attached the schedule.\nThank you',
  'приложите усилия',
  'Отправляю тебе привет',
  'Я направляю бригаду на объект',
];
for (const text of silent) {
  test(`announces nothing: ${text}`, () => assert.equal(announcedFile(text), null));
}

test('an announced file is asked about only while there is none', () => {
  const ownText = 'See the attached file';
  assert.deepEqual(kinds({ ownText }), ['forgotten-attachment']);
  assert.deepEqual(kinds({ ownText, files: 1 }), []);
});

test('a new outside house is asked about in an answer, a known one and a new letter are not', () => {
  const letter = { to: [{ name: '', address: 'x@beton.example' }] };
  assert.deepEqual(kinds({ kind: 'reply', letter }), ['new-outside']);
  assert.deepEqual(kinds({ kind: 'reply', letter, knownDomains: ['mail.beton.example'] }), []);
  assert.deepEqual(kinds({ kind: 'new', letter }), []);
  assert.deepEqual(kinds({ kind: 'reply-all', letter, houses: new Set<string>() }), []);
});

test('many outside people are asked about above the limit, not at it, and not in Bcc', () => {
  const outside = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ name: '', address: `p${at}@beton.example` }));
  assert.deepEqual(kinds({ letter: { to: outside(MANY_OUTSIDE) } }), []);
  assert.deepEqual(kinds({ letter: { to: outside(MANY_OUTSIDE + 1) } }), ['many-outside']);
  assert.deepEqual(kinds({ letter: { bcc: outside(MANY_OUTSIDE + 1) } }), []);
});

test('nobody, an invalid address and no account stop a letter; the others ask', () => {
  assert.deepEqual(kinds({ letter: { to: [] } }), ['no-recipients']);
  assert.deepEqual(kinds({ letter: { to: [{ name: 'P', address: 'p' }] } }), ['invalid']);
  assert.deepEqual(kinds({ letter: { account: null } }), ['no-account']);
  assert.equal(stops({ kind: 'no-recipients' }), true);
  assert.equal(stops({ kind: 'invalid', recipients: [] }), true);
  assert.equal(stops({ kind: 'no-account' }), true);
  assert.equal(stops({ kind: 'no-subject' }), false);
});

test('an empty subject is asked about', () => {
  assert.deepEqual(kinds({ letter: { subject: '  ' } }), ['no-subject']);
});

test('each question can be switched off, what stops a letter cannot', () => {
  const all = { guardAttachment: true, guardOutside: true, guardSubject: true, guardMany: true };
  const guards: readonly Guard[] = [
    { kind: 'new-outside', recipients: [] },
    { kind: 'forgotten-attachment', word: 'attached' },
    { kind: 'many-outside', count: 21 },
    { kind: 'no-subject' },
    { kind: 'no-recipients' },
  ];
  const left = (change: Partial<typeof all>) =>
    wanted(guards, { ...all, ...change }).map((guard) => guard.kind);
  assert.equal(left({}).length, 5);
  assert.deepEqual(
    left({ guardOutside: false }),
    guards.slice(1).map((guard) => guard.kind),
  );
  assert.equal(left({ guardAttachment: false }).includes('forgotten-attachment'), false);
  assert.equal(left({ guardMany: false }).includes('many-outside'), false);
  assert.equal(left({ guardSubject: false }).includes('no-subject'), false);
  const off = { guardAttachment: false, guardOutside: false, guardSubject: false, guardMany: false };
  assert.deepEqual(left(off), ['no-recipients']);
  assert.equal(wanted(guards, null).length, 5);
});
