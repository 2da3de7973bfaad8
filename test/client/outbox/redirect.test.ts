/** A letter sent on: Resent fields in front (RFC 5322 section 3.6.6), every octet behind them as it came. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readMessage } from '../../../main/mail/message.ts';
import { OWN, openSendingKit } from '../../kit/sending.ts';

const ORIGINAL = [
  'DKIM-Signature: v=1; a=rsa-sha256; d=x.example; b=AbCd==',
  'From: Boris <boris@x.example>',
  `To: ${OWN}`,
  'Subject: =?koi8-r?B?88HFxcEg?=',
  'Message-ID: <original@x.example>',
  'Date: Fri, 20 Nov 2026 10:00:00 +0000',
  '',
  '.dots and trailing blanks   ',
  'From the first line: «смета»',
  '',
].join('\r\n');

test('the body and the header are octet for octet the same; Resent-Bcc stays at home', async (t) => {
  const kit = await openSendingKit(t);
  const [id] = await kit.put('Inbox', ORIGINAL);
  const stored = Buffer.from(ORIGINAL);
  const [item] = await kit.call('messages.redirect', {
    ids: [id!],
    to: [{ name: 'Виктор', address: 'victor@y.example' }],
    cc: [{ name: '', address: 'c@y.example' }],
    bcc: [{ name: '', address: 'secret@y.example' }],
  });
  assert.equal(item?.purpose, 'redirect');
  const letter = await kit.received(0);
  assert.deepEqual([letter.from, letter.to], [OWN, ['victor@y.example', 'c@y.example', 'secret@y.example']]);
  assert.ok(letter.bytes.subarray(letter.bytes.length - stored.length).equals(stored));
  const head = letter.bytes.subarray(0, letter.bytes.length - stored.length).toString();
  assert.match(head, /^Resent-Date: .*\r\nResent-From: .*<anna@office\.example>\r\nResent-To: /);
  assert.match(head, /\r\nResent-Message-ID: <[^>]+@office\.example>\r\n$/);
  assert.doesNotMatch(head, /secret/);
  const message = readMessage(letter.bytes);
  assert.deepEqual([message.messageId, message.from[0]?.address], ['original@x.example', 'boris@x.example']);
  const resent = message.headers.find(([name]) => name === 'Resent-To');
  assert.match(resent?.[1] ?? '', /Виктор <victor@y\.example>/);
  await kit.until(async () => assert.equal((await kit.rows('Sent')).length, 1));
});

test('nobody, a wrong address, a letter that is gone: a clear refusal and nothing in the outbox', async (t) => {
  const kit = await openSendingKit(t);
  const [id] = await kit.put('Inbox', ORIGINAL);
  const refused = (input: Parameters<typeof kit.call<'messages.redirect'>>[1], code: string) =>
    assert.rejects(kit.call('messages.redirect', input), { code });
  await refused({ ids: [id!], to: [] }, 'no-recipients');
  await refused({ ids: [id!], to: [{ name: '', address: 'not one' }] }, 'bad-recipient');
  await refused({ ids: [99_999], to: [{ name: '', address: 'a@b.example' }] }, 'no-such-message');
  assert.deepEqual(await kit.call('outbox.list', {}), []);
});

test('called back in time it does not go', async (t) => {
  const kit = await openSendingKit(t);
  const [id] = await kit.put('Inbox', ORIGINAL);
  const to = [{ name: '', address: 'victor@y.example' }];
  const [item] = await kit.call('messages.redirect', { ids: [id!], to, delay: 60 });
  await kit.call('outbox.drop', { id: item!.id });
  await kit.call('messages.redirect', { ids: [id!], to });
  await kit.received(0);
  assert.deepEqual(
    await kit.until(async () => {
      const list = await kit.call('outbox.list', {});
      assert.equal(
        list.every((each) => each.state === 'sent'),
        true,
      );
      return kit.smtp.received.length;
    }),
    1,
  );
});
