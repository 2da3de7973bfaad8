/** Whom a program answers (RFC 3834), and what it sends on. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { makeSend, type Sending, whyNotAnswered } from '../../../main/client/rules/letters.ts';
import { readHead } from '../../../main/mail/message.ts';
import { letterText, octets, withFile } from './letters.ts';

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
  const send = async (action: Sending, text: string) => {
    const made = await makeSend({
      bytes: octets(text),
      action,
      from: { name: 'Me', address: 'me@office.example' },
      own: OWN,
      messageId: 'new@office.example',
      date: Date.UTC(2026, 10, 21),
      language: 'en',
      userAgent: 'Test',
    });
    return made;
  };

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

  it('an answer goes where the sender asks for it', async () => {
    const made = await send(
      { do: 'reply', subject: '', text: '{name}, {subject}', days: 7 },
      letterText({ 'Reply-To': 'desk@x.example', 'Message-ID': '<q@x>' }),
    );
    assert.ok('blob' in made);
    assert.deepEqual(
      [made.to, made.answered, made.facts.subject],
      [['desk@x.example'], 'p.orlov@otd2.example', 'Re: Concrete'],
    );
    assert.deepEqual(made.facts.inReplyTo, ['q@x']);
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
