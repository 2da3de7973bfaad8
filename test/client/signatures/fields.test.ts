import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allInside, chooseSignature } from '../../../main/client/signatures/choice.ts';
import {
  type FieldValues,
  fillBoth,
  fillHtml,
  fillText,
  firstName,
} from '../../../main/client/signatures/fields.ts';
import { inkOn, papered } from '../../../main/client/signatures/signatures.ts';

const values: FieldValues = {
  name: 'Ольга <Белова>',
  address: 'o.belova@otd1.constr.org',
  organisation: '',
  recipient: { name: 'Кузнецова Ирина Павловна', address: 'i@otd3.constr.org' },
  subject: 'Смета & счёт',
  now: new Date(2026, 10, 12, 9, 5),
  language: 'ru',
};

test('fields by both names; what people are called cannot become markup', () => {
  assert.equal(
    fillHtml('<b>{{name}}</b>, {{ИМЯ}}', values),
    '<b>Ольга &lt;Белова&gt;</b>, Ольга &lt;Белова&gt;',
  );
  assert.equal(fillText('{{ дата }}, {{time}}', values).text, '12 ноября 2026 г., 09:05');
  assert.equal(fillHtml('{{subject}}', values), 'Смета &amp; счёт');
  assert.equal(fillText('{{date}}', { ...values, language: 'en' }).text, '12 November 2026');
});

test('an empty field takes its space along, an unknown one stays', () => {
  const nobody = { ...values, recipient: undefined };
  assert.equal(fillText('Здравствуйте, {{имя-получателя}}!', values).text, 'Здравствуйте, Ирина!');
  assert.equal(fillText('Hello {{first-name}},', nobody).text, 'Hello,');
  assert.equal(fillText('{{organisation}}|{{price}}', values).text, '|{{price}}');
});

test('the places of the cursor and of the quote', () => {
  const filled = fillBoth(
    { html: 'a{{cursor}}b<div>{{цитата}}</div>', text: 'a{{quote}}b{{курсор}}c' },
    values,
  );
  assert.equal(
    filled.html,
    'a<span class="postroom-cursor"></span>b<div><div class="postroom-quote"></div></div>',
  );
  assert.deepEqual([filled.text, filled.quote, filled.cursor], ['abc', 1, 2]);
  assert.deepEqual(fillText('none', values), { text: 'none', cursor: null, quote: null });
  assert.equal(fillBoth({ html: '<p>One</p><p>two</p>', text: '' }, values).text.trim(), 'One\n\ntwo');
});

test('first names', () => {
  const names = [
    'Irina Kuznetsova',
    'Kuznetsova, Irina',
    'Кузнецова Ирина Павловна',
    'Ирина Павловна',
    'Otdel',
    '',
  ];
  assert.deepEqual(names.map(firstName), ['Irina', 'Irina', 'Ирина', 'Ирина', 'Otdel', '']);
});

const choices = { new: 'default', reply: 'default', newInside: 'default', replyInside: 'default' } as const;
const own = ['o.belova@otd1.constr.org', 'olga@gmail.com'];
const signatures = [7, 8, 9];
const ask = (
  set: Partial<Record<keyof typeof choices, 'default' | 'none' | number>>,
  use: 'new' | 'reply',
  ...recipients: string[]
) => chooseSignature({ choices: { ...choices, ...set }, use, recipients, own, signatures });
const inside = 'p@otd2.constr.org';
const outside = 'x@beton.example';

test('a signature by use and by recipients', () => {
  assert.equal(ask({}, 'new'), 7);
  assert.equal(ask({ new: 8 }, 'reply', outside), 8);
  assert.equal(ask({ new: 8, reply: 'none' }, 'reply', outside), null);
  assert.equal(ask({ new: 8, newInside: 9 }, 'new', inside), 9);
  assert.equal(ask({ new: 8, newInside: 9 }, 'new', inside, outside), 8);
  assert.equal(ask({ new: 8, newInside: 9 }, 'new'), 8);
  assert.equal(ask({ new: 8, newInside: 9, reply: 7, replyInside: 'none' }, 'reply', inside), null);
  assert.equal(ask({ new: 8, newInside: 9 }, 'reply', inside), 8);
  assert.equal(ask({ new: 99 }, 'new', outside), 7);
});

test('inside is the own house, not a public mail service', () => {
  assert.equal(allInside(['a@constr.org', 'b@otd9.constr.org'], own), true);
  assert.equal(allInside(['friend@gmail.com'], own), false);
  assert.equal(allInside([], own), false);
});

test('paper: its ink can be read on it', () => {
  const paper = { background: '#fffbe6', font: 'serif' } as const;
  assert.match(
    papered('<p>x</p>', { paper }),
    /^<div class="postroom-paper" style="background-color: #fffbe6; color: #1f1d1a; font-family: Georgia, 'Times/,
  );
  assert.equal(papered('<p>x</p>', { paper: { background: '', font: '' } }), '<p>x</p>');
  assert.deepEqual(['#000000', '#24479f', '#ffffff', '#8a8378'].map(inkOn), [
    '#ffffff',
    '#ffffff',
    '#1f1d1a',
    '#1f1d1a',
  ]);
});
