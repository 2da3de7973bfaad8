/** The signature of a letter in plain text: what recipients and sender may change, and what they never touch. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Draft } from '../../../main/contract/mail/drafts.ts';
import {
  type FilledSignature,
  LetterSignature,
  questionOf,
  type SignatureEngine,
  signed,
} from '../../../renderer/views/composer/letter-signature.ts';
import { applyTemplate } from '../../../renderer/views/composer/template.ts';

const FULL: FilledSignature = { signature: 1, name: 'Full', html: '<div>Olga, 118</div>', text: 'Olga, 118' };
const SHORT: FilledSignature = { signature: 2, name: 'Short', html: '<div>O.</div>', text: 'O.' };
const NONE: FilledSignature = { signature: null, name: '', html: '', text: '' };

const draft: Draft = {
  account: 1,
  identity: 1,
  from: { name: 'Olga', address: 'o@otd1.example' },
  to: [],
  cc: [],
  bcc: [],
  replyTo: [],
  subject: '',
  html: null,
  text: '',
  quoteHtml: null,
  quoteText: '',
  importance: 'normal',
  requestReadReceipt: false,
  id: 1,
  kind: 'new',
  of: null,
  attachments: [],
  savedAt: 0,
  version: 1,
  kept: 'local',
  knownDomains: [],
  size: 0,
};
const to = (...addresses: string[]) => addresses.map((address) => ({ name: '', address }));

function engineThat(answer: () => FilledSignature | Promise<FilledSignature>) {
  const asked: unknown[] = [];
  const engine: SignatureEngine = {
    async fill(input) {
      asked.push(input);
      return answer();
    },
    carry: async () => {},
  };
  return { engine, asked };
}

const begun = () => {
  const whole = { ...draft, ...signed(draft, FULL) };
  return { whole, hold: new LetterSignature(whole, FULL) };
};

test('a fresh letter has its signature below two dashes', () => {
  assert.equal(begun().whole.text, '\n\n-- \nOlga, 118');
  assert.equal(signed(draft, NONE).text, '');
});

test('recipients change it while nobody wrote in it; the same question is asked once', async () => {
  const { whole, hold } = begun();
  const { engine, asked } = engineThat(() => SHORT);
  assert.equal(await hold.due(whole, engine), null);
  const colleague = { ...whole, to: to('b@otd2.example'), text: `Hello.${whole.text}` };
  const due = await hold.due(colleague, engine);
  assert.equal(due?.signature, 2);
  assert.equal(hold.putPlain(colleague.text, due ?? NONE, false), 'Hello.\n\n-- \nO.');
  assert.equal(await hold.due(colleague, engine), null);
  assert.equal(asked.length, 1);
});

test('what a person wrote in it stays, and so does the absence of one that was taken away', async () => {
  for (const text of ['\n\n-- \nOlga, 118 and 119', 'no signature any more']) {
    const { whole, hold } = begun();
    const { engine } = engineThat(() => SHORT);
    const changed = { ...whole, text, to: to('b@otd2.example') };
    const due = await hold.due(changed, engine);
    assert.equal(hold.putPlain(text, due ?? NONE, false), null, text);
    assert.equal(hold.auto, false);
  }
});

test('what a person picked is not changed by recipients, and is by another sender', async () => {
  const { whole, hold } = begun();
  const { engine } = engineThat(() => SHORT);
  const picked = await hold.pick(whole, 2, engine);
  const text = hold.putPlain(whole.text, picked ?? NONE, true) ?? '';
  assert.equal(text, '\n\n-- \nO.'.replace(/^\n\n/, '\n\n'));
  assert.equal(await hold.due({ ...whole, text, to: to('x@y.example') }, engine), null);
  hold.follow(null, text);
  assert.equal(
    (await hold.due({ ...whole, text, identity: 2 }, engineThat(() => FULL).engine))?.signature,
    1,
  );
});

test('"none" by choice; picking replaces even what was written in', async () => {
  const { whole, hold } = begun();
  const none = await hold.pick(whole, 'none', engineThat(() => NONE).engine);
  assert.equal(hold.putPlain('Text\n\n-- \nmy own words', none ?? FULL, true), 'Text');
});

test('an answer that was overtaken counts for nothing', async () => {
  const { whole, hold } = begun();
  const waiting: ((filled: FilledSignature) => void)[] = [];
  const { engine } = engineThat(() => new Promise((resolve) => waiting.push(resolve)));
  const first = hold.due({ ...whole, to: to('a@x.example') }, engine);
  const second = hold.due({ ...whole, to: to('b@x.example') }, engine);
  waiting[1]?.(SHORT);
  waiting[0]?.(FULL);
  assert.deepEqual([await first, (await second)?.signature], [null, 2]);
});

test('a forward is an answer, a letter sent again is a new one', () => {
  const use = (kind: Draft['kind']) => questionOf({ ...draft, kind }).use;
  assert.deepEqual(
    [use('new'), use('resend'), use('reply'), use('forward')],
    ['new', 'new', 'reply', 'reply'],
  );
});

test('a template in a plain letter: above what is written, the quote at its place, the signature last', () => {
  const filled = {
    html: '',
    text: 'Thank you.\n\nOlga asks:',
    cursor: null,
    quote: 12,
    subject: 'From the template',
    to: to('b@otd2.example', 'c@x.example'),
    cc: [],
    bcc: [],
    plain: true,
    kind: 'template' as const,
  };
  const letter = {
    ...draft,
    subject: 'Mine',
    to: to('B@otd2.example'),
    text: 'My words.\n\n-- \nOlga',
    quoteText: '> quoted\n',
  };
  const next = applyTemplate(letter, filled);
  assert.equal(
    next.text,
    'Thank you.\n\n> quoted\nOlga asks:\nMy words.\n\n-- \nOlga'.replace('\n\n> ', '\n\n> '),
  );
  assert.deepEqual([next.subject, next.quoteText], ['Mine', '']);
  assert.deepEqual(
    next.to.map((each) => each.address),
    ['B@otd2.example', 'c@x.example'],
  );
});
