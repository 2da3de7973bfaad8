import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readReport } from '../../main/mail/dsn.ts';
import { readContent, readMessage } from '../../main/mail/message.ts';
import { stripBcc } from '../../main/mail/outgoing.ts';
import { buildReceipt, type ReceiptFacts, receiptRequest } from '../../main/mail/receipt.ts';
import { redirectLetter } from '../../main/mail/resent.ts';

const letter = (...fields: string[]) =>
  readMessage(new TextEncoder().encode(`${['From: a@x.example', ...fields].join('\r\n')}\r\n\r\nText\r\n`));

describe('what may be answered (RFC 8098 section 2.1)', () => {
  const WISH = 'Disposition-Notification-To: <a@x.example>';
  const CASES: [string, string[], boolean | null][] = [
    ['no wish', [], null],
    ['back to where it came from', [WISH, 'Return-Path: <A@X.example>'], true],
    ['no Return-Path', [WISH], false],
    ['another Return-Path', [WISH, 'Return-Path: <b@x.example>'], false],
    ['a bounce that is no report', [WISH, 'Return-Path: <>'], null],
    ['a Return-Path without brackets', [WISH, 'Return-Path: a@x.example'], true],
    ['two addresses', [`${WISH}, <b@x.example>`, 'Return-Path: <a@x.example>'], false],
    ['a list', [WISH, 'List-Id: <all.x.example>'], null],
    ['a mailing', [WISH, 'List-Unsubscribe: <mailto:u@x.example>'], null],
    ['bulk', [WISH, 'Precedence: Bulk'], null],
    ['a program', [WISH, 'Auto-Submitted: auto-replied'], null],
    ['a person who says so', [WISH, 'Auto-Submitted: no', 'Return-Path: <a@x.example>'], true],
    ['a report', [WISH, 'Content-Type: multipart/report; boundary=b'], null],
    ['no address in it', ['Disposition-Notification-To: somebody'], null],
  ];
  for (const [name, fields, safe] of CASES)
    test(name, () => assert.equal(receiptRequest(letter(...fields))?.safe ?? null, safe));
});

const FACTS: ReceiptFacts = {
  from: { name: 'Анна', address: 'anna@x.example' },
  to: { name: '', address: 'b@x.example' },
  messageId: 'r@x.example',
  date: Date.UTC(2026, 10, 20, 10, 42, 7),
  subject: 'Прочитано: смета на бетон для корпуса номер четыре и ещё немного слов',
  text: 'Письмо открыто.',
  originalMessageId: 'o@x.example',
  originalRecipient: 'rfc822;sales@x.example',
  userAgent: 'Postroom/0.1',
  byHand: false,
  boundary: 'abc',
};

describe('the answer', () => {
  test('is read back as what was meant, in 7 bits and short lines', () => {
    const bytes = buildReceipt(FACTS);
    assert.ok(bytes.every((octet) => octet < 128));
    const text = new TextDecoder().decode(bytes);
    for (const line of text.split('\r\n')) assert.ok(line.length <= 78 && !/[\r\n]/.test(line), line);
    const message = readMessage(bytes);
    assert.deepEqual([message.subject, message.date], [FACTS.subject, FACTS.date]);
    assert.equal(readContent(bytes, message).text?.trim(), FACTS.text);
    const report = readReport(bytes, message);
    assert.equal(report?.recipients[0]?.address, 'sales@x.example');
    assert.equal(report?.recipients[0]?.finalAddress, 'anna@x.example');
    assert.deepEqual([report?.disposition, report?.originalMessageId], ['displayed', 'o@x.example']);
    assert.match(text, /^Disposition: automatic-action\/MDN-sent-automatically; displayed$/m);
  });
  test('nothing from a foreign letter starts a field of its own', () => {
    const bytes = buildReceipt({
      ...FACTS,
      subject: 'a\r\nBcc: spy@x.example',
      originalMessageId: 'o@x>\r\nBcc: spy@x.example',
      originalRecipient: 'rfc822;a\r\nBcc: spy@x.example',
      to: { name: 'b\r\nBcc: spy@x.example', address: 'b@x.example' },
    });
    assert.deepEqual(readMessage(bytes).bcc, []);
    assert.doesNotMatch(new TextDecoder().decode(bytes), /^Bcc/im);
  });
});

test('a redirected letter: the fields of this sending in front, the blind ones taken out on the way', () => {
  const bytes = new TextEncoder().encode('Resent-To: old@x.example\r\nFrom: a@x.example\r\n\r\nText\r\n');
  const people = (address: string) => [{ name: '', address }];
  const sent = redirectLetter(bytes, {
    from: { name: 'Анна', address: 'anna@x.example' },
    to: Array.from({ length: 60 }, (_, n) => ({ name: '', address: `person${n}@x.example` })),
    cc: people('c@x.example'),
    bcc: people('secret@x.example'),
    date: FACTS.date,
    messageId: 'n@x.example',
  });
  const text = new TextDecoder().decode(sent);
  assert.ok(text.endsWith(new TextDecoder().decode(bytes)));
  assert.match(text, /^Resent-Date: Fri, 20 Nov 2026 10:42:07 \+0000\r\n/);
  assert.match(text, /secret@x\.example/);
  for (const line of text.split('\r\n')) assert.ok(line.length <= 78, line);
  const wire = new TextDecoder().decode(stripBcc(sent));
  assert.doesNotMatch(wire, /secret/);
  assert.equal(wire.match(/^Resent-To:/gm)?.length, 2, 'an earlier sending keeps its own');
});
