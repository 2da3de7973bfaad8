import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IMAP_NOTIFY_MAILBOXES } from '../../../main/base/limits.ts';
import { SEEN } from '../../../main/server/mailstore/mailstore.ts';
import { openImapOffice } from '../../kit/office-imap.ts';
import { letterText, put } from '../../kit/office-mailstore.ts';

const MESSAGES = '(MessageNew MessageExpunge FlagChange)';

test('I64 what is wrong: events that go together, unknown ones, unknown filters', async (t) => {
  const office = await openImapOffice(t);
  const client = await office.client();
  for (const broken of [
    'NOTIFY',
    'NOTIFY SET',
    'NOTIFY SET (personal)',
    'NOTIFY SET (personal (MessageNew))',
    'NOTIFY SET (personal (MessageExpunge))',
    'NOTIFY SET (personal (FlagChange))',
    'NOTIFY SET (personal (MessageNew (UID) MessageExpunge))',
    'NOTIFY SET (selected (MailboxName))',
    'NOTIFY SET (everything NONE)',
    'NOTIFY SET (personal NONE) ',
    'NOTIFY NONE x',
  ])
    assert.match((await client.command(broken)).tagged, /^BAD /, broken);
  assert.match(
    (await client.command('NOTIFY SET (personal (MessageNew MessageExpunge AnnotationChange))')).tagged,
    /^NO \[BADEVENT \(MessageNew MessageExpunge FlagChange MailboxName SubscriptionChange\)\] /,
  );
  await client.ok(
    'NOTIFY SET (selected NONE) (subtree (a b) NONE) (mailboxes INBOX (MessageNew MessageExpunge))',
  );
  await client.ok('NOTIFY NONE');
});

test('I64 STATUS of what is watched first, then at once when something comes, goes or changes', async (t) => {
  const office = await openImapOffice(t);
  const client = await office.client();
  const said = await client.ok(`NOTIFY SET STATUS (mailboxes Sent NONE) (personal ${MESSAGES})`);
  assert.match(said, /\* STATUS INBOX \(UIDVALIDITY \d+ UIDNEXT 1 MESSAGES 0 UNSEEN 0\)\r\n/);
  assert.doesNotMatch(said, /STATUS Sent/);
  await put(office.mailstore, office.inboxId, letterText(1));
  await client.until(/^\* STATUS INBOX \(UIDVALIDITY \d+ UIDNEXT 2 MESSAGES 1 UNSEEN 1\)\r\n/);
  await office.mailstore.setFlags(office.inboxId, [[1, 1]], { mode: 'add', flags: SEEN, keywords: [] });
  await client.until(/^\* STATUS INBOX \(UIDVALIDITY \d+ UIDNEXT 2 MESSAGES 1 UNSEEN 0\)\r\n/);
  await office.mailstore.removeMessages(office.inboxId, [[1, 1]]);
  await client.until(/^\* STATUS INBOX \(UIDVALIDITY \d+ UIDNEXT 2 MESSAGES 0 UNSEEN 0\)\r\n/);
  const sent = (await office.mailstore.mailbox(office.person.id, 'Sent'))!;
  await put(office.mailstore, sent.id, letterText(2));
  assert.equal(await client.ok('NOOP'), '');
  await client.ok('NOTIFY NONE');
  await put(office.mailstore, office.inboxId, letterText(3));
  assert.equal(await client.ok('NOOP'), '');
});

test('I64 selected: EXISTS with what was asked for, EXPUNGE at once; IDLE still works', async (t) => {
  const office = await openImapOffice(t);
  const client = await office.selected();
  await client.ok(
    `NOTIFY SET (selected (MessageNew (UID BODY.PEEK[HEADER.FIELDS (Subject)]) MessageExpunge FlagChange))`,
  );
  await put(office.mailstore, office.inboxId, letterText(1));
  await client.until(
    /^\* 1 EXISTS\r\n\* 1 RECENT\r\n\* 1 FETCH \(UID 1 BODY\[HEADER\.FIELDS \(Subject\)\] \{\d+\}\r\nSubject: letter 1\r\n\r\n\)\r\n/,
  );
  await office.mailstore.removeMessages(office.inboxId, [[1, 1]]);
  await client.until(/^\* 1 EXPUNGE\r\n/);
  client.send('i IDLE\r\n');
  await client.until(/\+ idling\r\n/);
  await put(office.mailstore, office.inboxId, letterText(2));
  await client.until(/^\* 1 EXISTS\r\n[\s\S]*letter 2\r\n\r\n\)\r\n/);
  client.send('DONE\r\n');
  await client.until(/i OK [^\r\n]*\r\n/);
});

test('I64 I21 selected-delayed: EXPUNGE waits for a command that may carry it; nothing falls into a literal', async (t) => {
  const office = await openImapOffice(t);
  for (let n = 1; n <= 2; n += 1) await put(office.mailstore, office.inboxId, letterText(n));
  const client = await office.selected();
  await client.ok(`NOTIFY SET (selected-delayed ${MESSAGES})`);
  await office.mailstore.removeMessages(office.inboxId, [[1, 1]]);
  await put(office.mailstore, office.inboxId, letterText(3));
  await client.until(/^\* 3 EXISTS\r\n\* \d+ RECENT\r\n/);
  assert.match(await client.ok('FETCH 1 (UID)'), /^\* 1 FETCH \(UID 1\)\r\n$/);
  client.send('l LIST "" {5}\r\n');
  await client.until(/\+ [^\r\n]*\r\n/);
  await office.mailstore.setFlags(office.inboxId, [[2, 2]], { mode: 'add', flags: SEEN, keywords: [] });
  assert.equal(client.pending, '');
  client.send('INBOX\r\n');
  const said = await client.until(/l OK [^\r\n]*\r\n/);
  assert.match(said, /\* 1 EXPUNGE\r\n/);
  assert.match(said, /\* 1 FETCH \(UID 2 FLAGS \(\\Seen/);
});

test('I64 names: made, renamed with OLDNAME, deleted, subscribed; a new mailbox is watched', async (t) => {
  const office = await openImapOffice(t);
  const client = await office.client();
  await client.ok('NOTIFY SET (personal (MessageNew MessageExpunge MailboxName SubscriptionChange))');
  const { mailstore, person } = office;
  const made = await mailstore.create(person.id, 'Отчёты');
  await client.until(/^\* LIST \(\) "\/" "?&BB4EQgRHBFEEQgRL-"?\r\n/);
  await put(mailstore, made.id, letterText(1));
  await client.until(
    /^\* STATUS "?&BB4EQgRHBFEEQgRL-"? \(UIDVALIDITY \d+ UIDNEXT 2 MESSAGES 1 UNSEEN 1\)\r\n/,
  );
  await mailstore.rename(person.id, 'Отчёты', 'old');
  await client.until(/^\* LIST \(\) "\/" old \("OLDNAME" \("?&BB4EQgRHBFEEQgRL-"?\)\)\r\n/);
  await mailstore.subscribe(person.id, 'old', true);
  await client.until(/^\* LIST \(\\Subscribed\) "\/" old\r\n/);
  await mailstore.remove(person.id, 'old');
  await client.until(/^\* LIST \(\\NonExistent[^)]*\) "\/" old\r\n/);
});

test('I64 too much to watch: NOTIFICATIONOVERFLOW, then silence', async (t) => {
  const office = await openImapOffice(t);
  const listed = await office.mailstore.mailboxes(office.person.id);
  const many = Array.from({ length: IMAP_NOTIFY_MAILBOXES + 1 }, (_, n) => ({
    ...listed[0]!,
    id: 1_000_000 + n,
    name: `m${n}`,
  }));
  const mailstore = new Proxy(office.mailstore, {
    get(target, name) {
      if (name === 'mailboxes') return async () => many;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const { memorySession } = await import('../../kit/imap-peer.ts');
  const { OFFICE_DOMAIN, passwordOf } = await import('../../kit/office.ts');
  const { peer, say } = await memorySession({ ...office.context, mailstore });
  say(`l LOGIN petrov@${OFFICE_DOMAIN} ${passwordOf('petrov')}\r\nn NOTIFY SET (personal ${MESSAGES})\r\n`);
  await peer.until(/n OK [^\r\n]*\r\n\* OK \[NOTIFICATIONOVERFLOW\] [^\r\n]+\r\n$/);
  say('x NOOP\r\n');
  await peer.until(/^x OK [^\r\n]*\r\n$/);
});
