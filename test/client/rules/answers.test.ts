/** Whom a program answers (RFC 3834), and what it sends on. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RULE_MOST_HOPS } from '../../../main/base/limits.ts';
import { makeSend, type Sending, type Written } from '../../../main/client/rules/letters.ts';
import { answerTo, whyNotAnswered, whyNotSentOn } from '../../../main/client/rules/loops.ts';
import { readHead } from '../../../main/mail/message.ts';
import { letterOf, letterText, octets, withFile } from './letters.ts';

const OWN = ['me@office.example'];

describe('whom a program answers', () => {
  const table: [string, Record<string, string>, string | null][] = [
    ['a person who wrote to me', {}, null],
    ['a person who copied me in', { To: 'x@y.example', Cc: 'Me <ME@office.example>' }, null],
    ['a list', { 'List-Id': '<l.example>' }, 'list'],
    ['bulk mail', { Precedence: 'bulk' }, 'list'],
    ['a program', { 'Auto-Submitted': 'auto-replied' }, 'automatic'],
    ['a person who says so', { 'Auto-Submitted': 'no' }, null],
    ['a bounce', { 'Return-Path': '<>' }, 'automatic'],
    ['a daemon', { From: 'MAILER-DAEMON@x.example' }, 'automatic'],
    ['no-reply', { From: 'no-reply@x.example' }, 'automatic'],
    ['the owner of a list', { From: 'owner-builders@x.example' }, 'automatic'],
    ['the postmaster', { From: 'Postmaster <postmaster@x.example>' }, 'automatic'],
    ['whom a daemon sends for', { Sender: 'bounce+17@x.example' }, 'automatic'],
    ['whose failures a list takes', { 'Return-Path': '<builders-bounces@x.example>' }, 'automatic'],
    ['a delivery report', { 'Content-Type': 'multipart/report; report-type=delivery-status' }, 'automatic'],
    ['a list that only says who keeps it', { 'List-Owner': '<mailto:anna@x.example>' }, 'list'],
    ['junk', { Precedence: 'junk' }, 'list'],
    ['an answering machine', { 'X-Autoreply': 'yes' }, 'automatic'],
    ['a letter that was sent on to me', { To: 'x@y.example', 'Resent-To': 'me@office.example' }, null],
    ['a letter with a way back', { 'Return-Path': '<p.orlov@otd2.example>' }, null],
    ['who asks for no answers', { 'X-Auto-Response-Suppress': 'All' }, 'automatic'],
    ['oneself', { From: 'Me <me@office.example>' }, 'own'],
    ['nobody', { From: '' }, 'no-sender'],
    ['a letter to others', { To: 'all@office.example' }, 'not-to-me'],
    ['what has been through here', { 'X-Loop': 'me@office.example' }, 'loop'],
  ];
  for (const [name, fields, why] of table)
    it(`${why === null ? 'answers' : 'does not answer'} ${name}`, () =>
      assert.equal(whyNotAnswered(readHead(octets(letterText(fields))), OWN), why));
});

describe('letters that rules send', () => {
  const INPUT = {
    from: { name: 'Me', address: 'me@office.example' },
    organisation: '',
    written: null,
    own: OWN,
    messageId: 'new@office.example',
    date: Date.UTC(2026, 10, 21),
    language: 'en',
    userAgent: 'Test',
  } as const;
  const send = (action: Sending, text: string, written: Written | null = null) =>
    makeSend({ ...INPUT, own: OWN, bytes: octets(text), action, written });

  it('a forward has the text, the head and the files, and says that a program sent it', async () => {
    const made = await send({ do: 'forward', to: ['a@b.example'] }, letterText(...withFile('list.pdf')));
    assert.ok('blob' in made);
    assert.equal(made.facts.subject, 'Fwd: Concrete');
    assert.deepEqual(made.facts.files, ['list.pdf']);
    assert.deepEqual(made.to, ['a@b.example']);
    assert.equal(made.sender, 'me@office.example');
  });

  it('a redirect leaves every octet as it came, behind its own fields', async () => {
    const text = letterText({ 'DKIM-Signature': 'v=1; b=abc' });
    const made = await send({ do: 'redirect', to: ['a@b.example'] }, text);
    assert.ok('blob' in made);
    assert.equal(made.facts.from.address, 'p.orlov@otd2.example');
    assert.ok(made.facts.size > octets(text).length);
  });

  it('an answer goes to whom failures go, never to Reply-To', async () => {
    const answered = async (fields: Record<string, string>) => {
      const made = await send(
        { do: 'reply', subject: '', text: '{name}, {subject}', days: 7 },
        letterText({ 'Reply-To': 'all@x.example', 'Message-ID': '<q@x>', ...fields }),
      );
      assert.ok('blob' in made);
      return made;
    };
    const made = await answered({});
    assert.deepEqual(
      [made.to, made.answered, made.facts.subject],
      [['p.orlov@otd2.example'], ['p.orlov@otd2.example'], 'Re: Concrete'],
    );
    assert.deepEqual(made.facts.inReplyTo, ['q@x']);
    const elsewhere = await answered({ 'Return-Path': '<orlov@home.example>' });
    assert.deepEqual(elsewhere.to, ['orlov@home.example']);
    assert.deepEqual(elsewhere.answered, ['orlov@home.example', 'p.orlov@otd2.example']);
    const head = readHead(octets(letterText({ 'Return-Path': '<P.Orlov@otd2.example>' })));
    assert.deepEqual(answerTo(head), { name: 'Pavel Orlov', address: 'p.orlov@otd2.example' });
  });

  it('an answer by a template has its text, its files and no place for a cursor', async () => {
    const made = await send({ do: 'reply', template: 1, subject: '', text: '', days: 7 }, letterText({}), {
      subject: 'We have it',
      html: '<p>Dear Pavel<span class="postroom-cursor"></span></p><div class="postroom-quote"></div>',
      text: 'Dear Pavel',
      files: [{ name: 'hours.txt', type: 'text/plain', content: octets('9 to 18') }],
    });
    assert.ok('blob' in made);
    assert.deepEqual([made.facts.subject, made.facts.files], ['We have it', ['hours.txt']]);
    const bytes = letterOf(made.blob);
    assert.match(bytes, /<p>Dear Pavel<\/p>/);
    assert.doesNotMatch(bytes, /postroom-/);
    assert.match(bytes, /^Auto-Submitted: auto-replied\r$/m);
  });

  it('the fields of templates stand in an answer of its own words, too', async () => {
    const made = await send(
      { do: 'reply', subject: '{{тема}}', text: '{{recipient}}: {subject}, {{me}}, {me}', days: 7 },
      letterText({}),
    );
    assert.ok('blob' in made);
    assert.equal(made.facts.subject, 'Concrete');
    assert.match(letterOf(made.blob), /^Pavel Orlov: Concrete, \{\{me\}\}, Me/m);
  });

  it('a ring of computers that forward ends where it began', async () => {
    const people = ['a@office.example', 'b@office.example', 'c@other.example'];
    let text = letterText({});
    for (const [at, me] of people.entries()) {
      const made = await makeSend({
        ...INPUT,
        bytes: octets(text),
        action: { do: 'forward', to: [people[(at + 1) % 3] as string] },
        from: { name: '', address: me },
        own: [me],
      });
      assert.ok('blob' in made, me);
      text = letterOf(made.blob);
    }
    assert.equal(whyNotSentOn(readHead(octets(text)), ['a@office.example']), 'loop');
    assert.equal(whyNotSentOn(readHead(octets(text)), ['d@office.example']), null);
  });

  it('a failure is not sent on to where it failed, nor a letter that goes round and round', async () => {
    const report = letterText({
      'Content-Type': 'multipart/report; report-type=delivery-status; boundary=b',
    });
    assert.deepEqual(await send({ do: 'redirect', to: ['a@b.example'] }, report), { refused: 'bounce' });
    const old = letterText({ From: 'MAILER-DAEMON@x.example', 'Return-Path': '<>' });
    assert.deepEqual(await send({ do: 'forward', to: ['a@b.example'] }, old), { refused: 'bounce' });
    const hops = (n: number) =>
      `${'Received: from a by b; Sat, 21 Nov 2026 10:00:00 +0000\n'.repeat(n)}${letterText({})}`;
    assert.deepEqual(await send({ do: 'redirect', to: ['a@b.example'] }, hops(RULE_MOST_HOPS + 1)), {
      refused: 'loop',
    });
    assert.ok('blob' in (await send({ do: 'redirect', to: ['a@b.example'] }, hops(RULE_MOST_HOPS))));
  });

  it('a redirect takes no path of failures along', async () => {
    const made = await send(
      { do: 'redirect', to: ['a@b.example'] },
      `Return-Path: <p.orlov@otd2.example>\n${letterText({ 'DKIM-Signature': 'v=1; b=abc' })}`,
    );
    assert.ok('blob' in made);
    const bytes = letterOf(made.blob);
    assert.doesNotMatch(bytes, /^Return-Path/im);
    assert.match(bytes, /^X-Loop: me@office\.example\r$/m);
    assert.ok(bytes.endsWith(letterText({ 'DKIM-Signature': 'v=1; b=abc' }).replace(/\r?\n/g, '\r\n')));
  });

  it('what has been through here is not sent on, nor what would come back', async () => {
    assert.deepEqual(
      await send({ do: 'forward', to: ['a@b.example'] }, letterText({ 'X-Loop': 'me@office.example' })),
      { refused: 'loop' },
    );
    assert.deepEqual(await send({ do: 'redirect', to: ['Me@office.example'] }, letterText({})), {
      refused: 'own',
    });
  });
});
