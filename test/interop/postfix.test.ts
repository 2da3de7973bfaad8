/** Our outbox and a real Postfix: what was composed is what is filed, octet for octet. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { stripBcc } from '../../main/mail/outgoing.ts';
import { letterBytes, type OutboxKit, openOutboxKit } from '../kit/outbox.ts';
import { type Postfix, postfixMissing, startPostfix } from '../kit/postfix.ts';

const skip = postfixMissing ?? false;
let postfix: Postfix;
let kit: OutboxKit;

before(async () => {
  if (skip) return;
  postfix = await startPostfix();
  kit = await openOutboxKit(postfix.port);
});
after(async () => {
  if (skip) return;
  await kit.close();
  await postfix.close();
});

async function filed(messageId: string): Promise<Buffer> {
  const end = performance.now() + 20_000;
  for (;;) {
    const found = postfix.delivered().find((each) => each.includes(`<${messageId}>`));
    if (found) return found;
    assert.ok(performance.now() < end, 'the letter was never filed');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** What Postfix puts before a letter (its trace) ends where the letter begins; it stores bare LF. */
const letterOf = (file: Buffer) =>
  file.subarray(file.indexOf('From: Anna')).toString().replaceAll('\n', '\r\n');

test('a letter arrives byte for byte, without Bcc', { skip }, async () => {
  const body = `${'.\r\n..\r\nFrom here on\r\n'.repeat(2000)}${'x'.repeat(900)}`;
  const id = await kit.letter({ messageId: 'exact@office.example', body });
  await kit.outbox().sendDue();
  assert.equal((await kit.item(id)).state, 'sent');
  const expected = Buffer.from(stripBcc(letterBytes({ messageId: 'exact@office.example', body }))).toString();
  const found = letterOf(await filed('exact@office.example'));
  assert.ok(found === expected, `${found.length} octets for ${expected.length}: ${found.slice(0, 300)}`);
});

test('a refused recipient is told in the words of Postfix, the other has the letter', { skip }, async () => {
  const to = ['boris@example.org', 'refused@example.org'];
  const id = await kit.letter({ messageId: 'half@office.example', to });
  await kit.outbox().sendDue();
  const item = await kit.item(id);
  assert.equal(item.state, 'failed');
  assert.deepEqual(
    item.results.map((each) => each.state),
    ['accepted', 'refused'],
  );
  assert.match(item.results[1]!.reply, /^554 5\.7\.1 .*No such person here/);
  await filed('half@office.example');
});

test('an address outside ASCII travels as it is', { skip }, async () => {
  const id = await kit.letter({ messageId: 'utf8@office.example', to: ['борис@example.org'] });
  await kit.outbox().sendDue();
  assert.equal((await kit.item(id)).state, 'sent');
  await filed('utf8@office.example');
});

test('ten letters go in order over one connection, each filed once', { skip }, async () => {
  const ids = Array.from({ length: 10 }, (_, at) => `many-${at}@office.example`);
  for (const messageId of ids) await kit.letter({ messageId });
  await kit.outbox().sendDue();
  for (const messageId of ids) await filed(messageId);
  for (const messageId of ids) {
    assert.equal(postfix.delivered().filter((each) => each.includes(`<${messageId}>`)).length, 1);
  }
});
