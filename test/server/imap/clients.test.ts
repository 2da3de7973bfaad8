/** What well-known clients really send (protocol rules, section 4.8), and imapflow itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ImapFlow } from 'imapflow';
import { OFFICE_DOMAIN, passwordOf } from '../../kit/office.ts';
import { type ImapOffice, openImapOffice } from '../../kit/office-imap.ts';
import { type Ends, letterText, put } from '../../kit/office-mailstore.ts';

async function office(t: Ends, count: number): Promise<ImapOffice> {
  const made = await openImapOffice(t);
  for (let n = 1; n <= count; n += 1) await put(made.mailstore, made.inboxId, letterText(n, `body ${n}`));
  return made;
}

test('4.8 Apple Mail: NAMESPACE and LIST in one packet, partial fetch past the end, CHANGEDSINCE 0, IDLE without DONE', async (t) => {
  const { client: open } = await office(t, 3);
  const client = await open();
  client.send('1.1 NAMESPACE\r\n1.2 LIST "" ""\r\n1.3 LIST "" "*"\r\n');
  const said = await client.until(/1\.3 OK [^\r\n]*\r\n/);
  assert.match(
    said,
    /^\* NAMESPACE [^\r\n]+\r\n1\.1 OK [\s\S]*1\.2 OK [\s\S]*\\Trash\) "\/" Trash\r\n1\.3 OK /,
  );
  await client.ok('SELECT INBOX (CONDSTORE)');
  assert.match(await client.ok('UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 0)'), /\* 3 FETCH \(UID 3 /);
  assert.match(
    await client.ok('UID FETCH 1 BODY.PEEK[]<1000000.393216>'),
    /BODY\[\]<1000000> (""|\{0\}\r\n)/,
  );
  client.send('2.1 IDLE\r\n');
  await client.until(/\+ idling\r\n/);
  client.send('2.2 IDLE\r\n');
  assert.match(await client.until(/\+ idling\r\n/), /^2\.1 BAD /);
  client.send('DO');
  client.send('NE\r\n2.3 NOOP\r\n');
  assert.match(await client.until(/2\.3 OK [^\r\n]*\r\n/), /^2\.2 OK /);
});

test('4.8 Thunderbird: ENABLE UTF8=ACCEPT then raw &, LIST (SUBSCRIBED) RETURN (SPECIAL-USE), UID first', async (t) => {
  const { client: open } = await office(t, 2);
  const client = await open();
  assert.match(await client.ok('ENABLE UTF8=ACCEPT'), /ENABLED UTF8=ACCEPT/);
  await client.ok('CREATE "Q&A"');
  await client.ok('SUBSCRIBE "Q&A"');
  const list = await client.ok('LIST (SUBSCRIBED) "" "*" RETURN (SPECIAL-USE)');
  assert.match(list, /\\Subscribed \\Sent\) "\/" Sent/);
  assert.match(list, /"Q&A"/);
  assert.doesNotMatch(list, /NonExistent/);
  await client.ok('SELECT INBOX');
  assert.match(
    await client.ok('UID FETCH 1:* (FLAGS RFC822.SIZE BODY.PEEK[HEADER.FIELDS (Subject)])'),
    /\* 1 FETCH \(UID 1 /,
  );
});

test('4.8 Outlook: XLIST, RFC822.PEEK, AUTHENTICATE LOGIN with an initial response', async (t) => {
  const made = await office(t, 1);
  const { connectImap } = await import('../../kit/office-imap.ts');
  const client = await connectImap(t, made.imap.port);
  const b64 = (text: string) => Buffer.from(text).toString('base64');
  client.send(`a AUTHENTICATE LOGIN ${b64(`petrov@${OFFICE_DOMAIN}`)}\r\n`);
  await client.until(/\+ [^\r\n]*\r\n/);
  client.send(`${b64(passwordOf('petrov'))}\r\n`);
  await client.until(/a OK [^\r\n]*\r\n/);
  const list = await client.ok('XLIST "" "%"');
  for (const word of ['\\\\Inbox', '\\\\Drafts', '\\\\Sent', '\\\\Spam', '\\\\Trash'])
    assert.match(list, new RegExp(word));
  await client.ok('SELECT INBOX');
  assert.match(await client.ok('UID FETCH 1 (RFC822.PEEK)'), /body 1/);
});

test('4.8 Outlook mobile: plain LIST with *, % and %/%', async (t) => {
  const { client: open } = await office(t, 0);
  const client = await open();
  await client.ok('CREATE a/b');
  for (const pattern of ['*', '%', '%/%']) assert.match(await client.ok(`LIST "" "${pattern}"`), /^\* LIST /);
});

test('4.8 JavaMail: numbers hold for hours without NOOP', async (t) => {
  const made = await office(t, 5);
  const client = await made.selected();
  await made.mailstore.removeMessages(made.inboxId, [[2, 3]]);
  for (let round = 0; round < 5; round += 1) {
    assert.match(await client.ok('FETCH 4 BODY.PEEK[TEXT]'), /body 4/);
    assert.match(await client.ok('FETCH 2 BODY.PEEK[TEXT]'), /body 2/);
  }
});

function flow(made: ImapOffice, options: Record<string, unknown> = {}): ImapFlow {
  return new ImapFlow({
    host: '127.0.0.1',
    port: made.imap.port,
    secure: false,
    tls: { rejectUnauthorized: false },
    auth: { user: `petrov@${OFFICE_DOMAIN}`, pass: passwordOf('petrov') },
    logger: false,
    ...options,
  });
}

test('imapflow: STARTTLS, login, folders, append, flags, fetch, move, idle', {
  timeout: 60_000,
}, async (t) => {
  const made = await office(t, 3);
  const client = flow(made);
  t.after(() => client.close());
  await client.connect();
  assert.ok(client.secureConnection);
  const listed = await client.list({ statusQuery: { messages: true, uidNext: true, highestModseq: true } });
  assert.deepEqual(
    listed.map((each) => [each.path, each.specialUse]),
    [
      ['INBOX', '\\Inbox'],
      ['Sent', '\\Sent'],
      ['Drafts', '\\Drafts'],
      ['Archive', '\\Archive'],
      ['Junk', '\\Junk'],
      ['Trash', '\\Trash'],
    ],
  );
  assert.equal(listed[0]!.status?.messages, 3);
  await client.mailboxCreate('Отчёты/2026');
  assert.ok((await client.list()).some((each) => each.path === 'Отчёты/2026'));
  const added = await client.append(
    'Отчёты/2026',
    letterText(77),
    ['\\Seen', '$Work'],
    new Date('2026-11-20T10:00:00Z'),
  );
  assert.ok(added && added.uid === 1);
  const lock = await client.getMailboxLock('INBOX');
  try {
    const box = client.mailbox;
    assert.ok(box && box.exists === 3);
    const subjects: string[] = [];
    for await (const message of client.fetch('1:*', {
      envelope: true,
      uid: true,
      flags: true,
      size: true,
      source: true,
    }))
      subjects.push(`${message.uid} ${message.envelope?.subject} ${message.source?.length === message.size}`);
    assert.deepEqual(subjects, ['1 letter 1 true', '2 letter 2 true', '3 letter 3 true']);
    assert.ok(await client.messageFlagsAdd('2', ['\\Flagged'], { uid: true }));
    const moved = await client.messageMove('1', 'Trash', { uid: true });
    assert.ok(moved && moved.uidMap?.get(1) === 1);
    const heard = new Promise<number>((resolve) => client.once('exists', (event) => resolve(event.count)));
    const idling = client.idle();
    await put(made.mailstore, made.inboxId, letterText(4));
    assert.equal(await heard, 3);
    await client.noop();
    await idling;
  } finally {
    lock.release();
  }
  await client.mailboxDelete('Отчёты/2026');
  await client.logout();
});

test('imapflow: QRESYNC tells what has gone and what has changed', {
  timeout: 60_000,
}, async (t) => {
  const made = await office(t, 6);
  const first = flow(made);
  await first.connect();
  const before = await first.mailboxOpen('INBOX');
  const { uidValidity, highestModseq } = before;
  await first.logout();
  await made.mailstore.removeMessages(made.inboxId, [[2, 3]]);
  await made.mailstore.setFlags(made.inboxId, [[5, 5]], { mode: 'add', flags: 1, keywords: [] });
  const gone: number[] = [];
  const changed: number[] = [];
  const client = flow(made, {
    qresync: true,
    expungeHandler: (event: { uid: number; earlier?: boolean }) => gone.push(event.uid),
  });
  t.after(() => client.close());
  client.on('flags', (event) => changed.push(event.uid!));
  await client.connect();
  assert.ok(client.enabled.has('QRESYNC'));
  await client.mailboxOpen('INBOX', {
    changedSince: String(highestModseq),
    uidValidity: String(uidValidity),
  } as never);
  assert.deepEqual(gone, [2, 3]);
  assert.deepEqual(changed, [5]);
  await client.logout();
});
