/** Reports of a real Postfix (RFC 3461, 3464) on letters of ours: each finds its letter and its recipient. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readReport } from '../../main/mail/dsn.ts';
import { readMessage } from '../../main/mail/message.ts';
import { postfixMissing, startPostfix } from '../kit/postfix.ts';
import { openSendingKit } from '../kit/sending.ts';

test('delivered to one, refused later for another: both stand on the sent letter', {
  skip: postfixMissing ?? false,
}, async (t) => {
  const postfix = await startPostfix({
    // Taken first and refused afterwards, as a server behind another one does.
    config:
      'transport_maps = inline:{{ gone@x.example = error:5.1.1 Nobody of this name }}\nsmtpd_reject_unlisted_recipient = no',
  });
  t.after(() => postfix.close());
  const kit = await openSendingKit(t, { port: postfix.port });
  const draft = await kit.call('drafts.create', { kind: 'new', account: kit.account });
  const to = ['here@x.example', 'gone@x.example'].map((address) => ({ name: '', address }));
  const content = { ...draft, to, subject: 'Смета', text: 'Here.', html: null, requestDeliveryNotice: true };
  await kit.call('drafts.send', { id: draft.id, base: draft.version, content, delay: 0 });
  const reports = await kit.until(() => {
    const found = postfix.delivered().filter((each) => readReport(each, readMessage(each)));
    const kinds = found.flatMap((each) => readReport(each, readMessage(each))?.recipients ?? []);
    assert.deepEqual(kinds.map((each) => each.action).sort(), ['delivered', 'failed'], postfix.log());
    return found;
  });
  const [copy] = await kit.rows('Sent');
  await kit.put('Inbox', ...reports.map((each) => each.toString('latin1')));
  await kit.until(async () => {
    const tracking = await kit.call('receipts.tracking', { id: copy!.id });
    const said = tracking?.recipients.map(({ address, delivery, words }) => [address, delivery, words]);
    assert.equal(said?.length, 2);
    assert.deepEqual(said?.[0], ['here@x.example', 'delivered', '']);
    assert.deepEqual(said?.[1]?.slice(0, 2), ['gone@x.example', 'failed']);
    assert.match(String(said?.[1]?.[2]), /Nobody of this name/);
  });
});
