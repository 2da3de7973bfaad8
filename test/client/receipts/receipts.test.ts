/** Read receipts (RFC 8098) and delivery notices (RFC 3461, 3464) through the contract, against a real SMTP server. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readReport } from '../../../main/mail/dsn.ts';
import { readMessage } from '../../../main/mail/message.ts';
import { OWN, openSendingKit, type SendingKit } from '../../kit/sending.ts';

const FROM = 'boris@office.example';
interface Wish {
  id?: string;
  from?: string;
  notify?: string;
  path?: string | null;
  more?: string[];
}
function wish({ id = 'w1@office.example', from = FROM, notify = from, path = notify, more = [] }: Wish = {}) {
  return [
    ...(path === null ? [] : [`Return-Path: <${path}>`]),
    `From: Boris <${from}>`,
    `To: ${OWN}`,
    'Subject: =?utf-8?B?0KHQvNC10YLQsA==?=',
    `Message-ID: <${id}>`,
    'Date: Fri, 20 Nov 2026 10:00:00 +0000',
    `Disposition-Notification-To: <${notify}>`,
    ...more,
    '',
    'Please read.',
    '',
  ].join('\r\n');
}

const reportOf = (bytes: Uint8Array) => readReport(bytes, readMessage(bytes));

async function stateOf(kit: SendingKit, letter: string, folder = 'Inbox') {
  const [id] = await kit.put(folder, letter);
  return { id: id!, ...(await kit.call('receipts.state', { id: id! })) };
}

test('a person answers: one multipart/report from nobody, once for ever, marked $MDNSent', async (t) => {
  const kit = await openSendingKit(t);
  const { id, state, to } = await stateOf(kit, wish());
  assert.deepEqual([state, to], ['ask', FROM]);
  const said = await Promise.all(
    [1, 2, 3].map(() => kit.call('receipts.answer', { id, send: true, byHand: true })),
  );
  assert.deepEqual(
    said.map((each) => each.state),
    ['sent', 'sent', 'sent'],
  );
  const letter = await kit.received(0);
  assert.deepEqual([letter.from, letter.to], ['', [FROM]]);
  const message = readMessage(letter.bytes);
  assert.equal(message.tree.type, 'multipart/report');
  assert.equal(message.tree.params['report-type'], 'disposition-notification');
  assert.ok(message.autoSubmitted);
  const report = reportOf(letter.bytes);
  assert.equal(report?.kind, 'receipt');
  assert.equal(report?.originalMessageId, 'w1@office.example');
  assert.equal(report?.disposition, 'displayed');
  assert.equal(report?.recipients[0]?.finalAddress, OWN);
  assert.match(letter.bytes.toString(), /manual-action\/MDN-sent-manually/);
  const facts = await kit.profile.store.read('receipts.facts', { message: id });
  assert.ok(facts?.keywords.split(' ').includes('$MDNSent'));
  // The same letter once more, in another folder: it has its answer.
  const twin = await stateOf(kit, wish(), 'Copies');
  assert.equal(twin.state, 'sent');
  await kit.call('receipts.answer', { id: twin.id, send: true, byHand: true });
  assert.deepEqual(await kit.call('outbox.list', {}), [], 'an answer is no letter of the person');
  assert.equal((await kit.rows('Sent')).length, 0, 'and leaves no copy');
  assert.equal(kit.smtp.received.length, 1);
});

test('a refusal sends nothing and is the answer', async (t) => {
  const kit = await openSendingKit(t);
  const { id } = await stateOf(kit, wish());
  assert.equal((await kit.call('receipts.answer', { id, send: false, byHand: true })).state, 'refused');
  assert.equal((await kit.call('receipts.answer', { id, send: true, byHand: true })).state, 'refused');
  assert.equal(kit.smtp.received.length, 0);
});

test('who is never answered, who is asked about, who is answered by the settings', async (t) => {
  const kit = await openSendingKit(t);
  const state = async (letter: string, folder?: string) => (await stateOf(kit, letter, folder)).state;
  let n = 0;
  const id = () => {
    n += 1;
    return `n${n}@x`;
  };
  const bulk = [
    'List-Id: <all.office.example>',
    'Precedence: bulk',
    'Auto-Submitted: auto-generated',
    'List-Unsubscribe: <mailto:x@y.example>',
  ];
  for (const line of bulk) assert.equal(await state(wish({ id: id(), more: [line] })), 'none', line);
  for (const folder of ['Sent', 'Junk', 'Trash', 'Drafts'])
    assert.equal(await state(wish({ id: id() }), folder), 'none', folder);
  assert.equal(await state(wish({ id: id(), from: OWN })), 'none');
  assert.equal(await state(wish({ id: id() })), 'ask');
  await kit.call('settings.set', { receiptsInside: 'always', receiptsOutside: 'never' });
  assert.equal(await state(wish({ id: id() })), 'send');
  assert.equal(await state(wish({ id: id(), from: 'x@far.example' })), 'never');
  // RFC 8098 section 2.1: elsewhere than it came from only by a person's word.
  assert.equal(await state(wish({ id: id(), path: null })), 'ask');
  assert.equal(await state(wish({ id: id(), path: 'other@office.example' })), 'ask');
  assert.equal(
    await state(wish({ id: id(), notify: 'spy@far.example' })),
    'never',
    'the answer would leave the office',
  );
  const open = await stateOf(kit, wish({ id: id() }));
  await kit.call('receipts.answer', { id: open.id, send: true, byHand: false });
  assert.match((await kit.received(0)).bytes.toString(), /automatic-action\/MDN-sent-automatically/);
  const never = await stateOf(kit, wish({ id: id(), from: 'x@far.example' }));
  assert.equal(
    (await kit.call('receipts.answer', { id: never.id, send: true, byHand: false })).state,
    'never',
  );
});

async function sendOne(kit: SendingKit, to: string[], asks: Record<string, boolean>) {
  const draft = await kit.call('drafts.create', { kind: 'new', account: kit.account });
  const content = {
    ...draft,
    to: to.map((address) => ({ name: '', address })),
    subject: 'Estimate',
    text: 'Here.',
    html: null,
    ...asks,
  };
  await kit.call('drafts.send', { id: draft.id, base: draft.version, content, delay: 0 });
  const letter = await kit.received(kit.smtp.received.length);
  const messageId = readMessage(letter.bytes).messageId;
  const copy = await kit.until(async () => {
    const [row] = await kit.rows('Sent');
    assert.ok(row);
    return row;
  });
  return { letter, messageId, copy };
}

test('notices are asked of the server, and what comes back stands on the sent letter', async (t) => {
  const kit = await openSendingKit(t);
  const { letter, messageId, copy } = await sendOne(kit, ['b@x.example', 'c@x.example'], {
    requestReadReceipt: true,
    requestDeliveryNotice: true,
  });
  assert.deepEqual(letter.notify, [
    ['SUCCESS', 'FAILURE', 'DELAY'],
    ['SUCCESS', 'FAILURE', 'DELAY'],
  ]);
  const envid = String(letter.parameters['ENVID']);
  assert.match(messageId, new RegExp(`^${envid}@`));
  assert.match(letter.bytes.toString(), /^Disposition-Notification-To: <anna@office\.example>/m);
  const tracking = () => kit.call('receipts.tracking', { id: copy.id });
  const before = await tracking();
  assert.deepEqual([before?.askedReceipt, before?.askedNotice, before?.recipients.length], [true, true, 2]);
  const dsn = (fields: string[], original = '') =>
    [
      'From: MAILER-DAEMON@mx.x.example',
      `To: ${OWN}`,
      'Subject: Report',
      `Message-ID: <${Math.random()}@mx>`,
      'Date: Fri, 20 Nov 2026 10:42:00 +0000',
      'MIME-Version: 1.0',
      'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain',
      '',
      'A report.',
      '--b',
      'Content-Type: message/delivery-status',
      '',
      ...fields,
      '',
      ...(original ? ['--b', 'Content-Type: text/rfc822-headers', '', `Message-ID: <${original}>`, ''] : []),
      '--b--',
      '',
    ].join('\r\n');
  await kit.put(
    'Inbox',
    dsn([
      `Original-Envelope-Id: ${envid}`,
      'Reporting-MTA: dns; mx',
      '',
      'Final-Recipient: rfc822; B@x.example',
      'Action: delivered',
      'Status: 2.0.0',
    ]),
    dsn(
      [
        'Reporting-MTA: dns; mx',
        '',
        'Final-Recipient: rfc822; c@x.example',
        'Action: failed',
        'Status: 5.1.1',
        'Remote-MTA: dns; mx.x.example',
        'Diagnostic-Code: smtp; 550 No such user',
      ],
      messageId,
    ),
    // Somebody else's letter, and a report that names nobody of ours.
    dsn(
      [
        'Reporting-MTA: dns; mx',
        '',
        'Final-Recipient: rfc822; b@x.example',
        'Action: failed',
        'Status: 5.0.0',
      ],
      'unknown@elsewhere',
    ),
  );
  const heard = await kit.until(async () => {
    const now = await tracking();
    assert.equal(now?.recipients.filter((each) => each.delivery !== null).length, 2);
    return now;
  });
  const [b, c] = heard!.recipients;
  assert.deepEqual([b?.delivery, b?.deliveryAt], ['delivered', Date.UTC(2026, 10, 20, 10, 42)]);
  assert.deepEqual([c?.delivery, c?.words], ['failed', 'mx.x.example: 550 No such user']);
  const mdn = [
    'From: b@x.example',
    `To: ${OWN}`,
    'Subject: Read',
    'Message-ID: <mdn@x>',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=disposition-notification; boundary=b',
    '',
    '--b',
    'Content-Type: text/plain',
    '',
    'Read.',
    '--b',
    'Content-Type: message/disposition-notification',
    '',
    'Final-Recipient: rfc822;b@x.example',
    `Original-Message-ID: <${messageId}>`,
    'Disposition: manual-action/MDN-sent-manually; displayed',
    '',
    '--b--',
    '',
  ].join('\r\n');
  await kit.put('Inbox', mdn);
  await kit.until(async () => assert.equal((await tracking())?.recipients[0]?.receipt, 'displayed'));
  await kit.profile.store.write('receipts.sweep', { before: Date.now() + 1000 });
  const list = await kit.call('receipts.list', {});
  assert.deepEqual(
    list.map((each) => each.subject),
    ['Estimate'],
  );
  assert.ok(
    kit.events.some(
      (event) => event.name === 'receipts.changed' && event.data.messageIds.includes(messageId),
    ),
  );
});

test('a server that gives no notices: said, not waited for', async (t) => {
  const kit = await openSendingKit(t, { server: { hideDSN: true } });
  const { letter, copy } = await sendOne(kit, ['b@x.example'], { requestDeliveryNotice: true });
  assert.equal(letter.parameters['ENVID'], undefined);
  const tracking = await kit.call('receipts.tracking', { id: copy.id });
  assert.deepEqual([tracking?.askedNotice, tracking?.noNotices], [false, true]);
});
