import assert from 'node:assert/strict';
import { test } from 'node:test';
import { OFFICE_DOMAIN, passwordOf } from '../../kit/office.ts';
import { type ImapClient, type ImapOffice, openImapOffice } from '../../kit/office-imap.ts';
import { type Ends, letterText, put } from '../../kit/office-mailstore.ts';

const SEEN = 1;

async function opened(t: Ends): Promise<{ office: ImapOffice; client: ImapClient }> {
  const office = await openImapOffice(t);
  return { office, client: await office.client() };
}

const lines = (text: string) => text.split('\r\n').filter((line) => line !== '');
/** Names of LIST or LSUB responses, in order. */
const names = (text: string) => lines(text).map((line) => line.replace(/^\* \w+ \([^)]*\) "\/" /, ''));

async function no(client: ImapClient, command: string, code: string): Promise<void> {
  const { tagged } = await client.command(command);
  assert.match(tagged, new RegExp(`^NO \\[${code}\\] `), `${command}: ${tagged}`);
}
async function bad(client: ImapClient, command: string): Promise<void> {
  assert.match((await client.command(command)).tagged, /^BAD /, command);
}

test('I30 I28 SELECT tells everything in order; RECENT belongs to the first; UNSEEN only if any', async (t) => {
  const { office, client } = await opened(t);
  for (const [n, flags] of [SEEN, SEEN, 0].entries())
    await put(office.mailstore, office.inboxId, letterText(n), { flags, keywords: n === 1 ? ['$Work'] : [] });
  const first = await client.command('SELECT inbox');
  assert.match(
    first.untagged,
    new RegExp(
      [
        '^\\* FLAGS \\(\\\\Answered \\\\Flagged \\\\Deleted \\\\Seen \\\\Draft \\$Work\\)',
        '\\* 3 EXISTS',
        '\\* 3 RECENT',
        '\\* OK \\[UNSEEN 3\\] [^\\r]+',
        '\\* OK \\[PERMANENTFLAGS \\(\\\\Answered \\\\Flagged \\\\Deleted \\\\Seen \\\\Draft \\$Work \\\\\\*\\)\\] [^\\r]+',
        '\\* OK \\[UIDNEXT 4\\] [^\\r]+',
        '\\* OK \\[UIDVALIDITY \\d+\\] [^\\r]+',
        '\\* OK \\[HIGHESTMODSEQ \\d+\\] [^\\r]+',
        '\\* OK \\[MAILBOXID \\([A-Za-z0-9_-]+\\)\\] [^\\r]+',
        '$',
      ].join('\\r\\n'),
    ),
  );
  assert.match(first.tagged, /^OK \[READ-WRITE\] /);
  const second = await (await office.client()).command('SELECT INBOX');
  assert.match(second.untagged, /\* 0 RECENT\r\n/);
  await client.ok('STORE 3 +FLAGS.SILENT (\\Seen)');
  const again = await client.command('SELECT INBOX');
  // RFC 7162 section 3.2.11: what was open before is said to be closed first.
  assert.match(again.untagged, /^\* OK \[CLOSED\] [^\r\n]+\r\n\* FLAGS/);
  assert.doesNotMatch(again.untagged, /UNSEEN/);
});

test('I30 a failed SELECT leaves nothing selected', async (t) => {
  const { client } = await opened(t);
  await client.ok('SELECT INBOX');
  const failed = await client.command('SELECT nowhere');
  assert.match(failed.untagged, /^\* OK \[CLOSED\] /);
  assert.match(failed.tagged, /^NO \[NONEXISTENT\] /);
  await bad(client, 'CHECK');
  for (const command of [
    'SELECT',
    'SELECT INBOX (FOO)',
    'SELECT INBOX ()',
    'SELECT "INBOX',
    'EXAMINE INBOX x',
  ])
    await bad(client, command);
});

test('I31 EXAMINE changes nothing: \\Recent stays, STORE and EXPUNGE are refused, CLOSE expunges nothing', async (t) => {
  const { office, client } = await opened(t);
  await put(office.mailstore, office.inboxId, letterText(1), { flags: 8 });
  const answer = await client.command('EXAMINE INBOX');
  assert.match(answer.untagged, /\* 1 RECENT\r\n[\s\S]*\[PERMANENTFLAGS \(\)\]/);
  assert.match(answer.tagged, /^OK \[READ-ONLY\] /);
  assert.match((await client.command('STORE 1 +FLAGS (\\Seen)')).tagged, /^NO \[READ-ONLY\] /);
  assert.match((await client.command('EXPUNGE')).tagged, /^NO \[READ-ONLY\] /);
  await client.ok('FETCH 1 BODY[]');
  await client.ok('CLOSE');
  const later = await client.command('SELECT INBOX');
  assert.match(later.untagged, /\* 1 EXISTS\r\n\* 1 RECENT\r\n\* OK \[UNSEEN 1\]/);
});

test('I32 UIDVALIDITY and UIDs: kept for life and by RENAME, greater after delete and create', async (t) => {
  const { office, client } = await opened(t);
  const validity = async (name: string) =>
    Number(/UIDVALIDITY (\d+)/.exec(await client.ok(`STATUS ${name} (UIDVALIDITY)`))![1]);
  const uidNext = async (name: string) =>
    Number(/UIDNEXT (\d+)/.exec(await client.ok(`STATUS ${name} (UIDNEXT)`))![1]);
  await client.ok('CREATE one');
  const before = await validity('one');
  await client.append('one', letterText(1));
  await client.ok('SELECT one');
  await client.ok('STORE 1 +FLAGS.SILENT (\\Deleted)');
  await client.ok('EXPUNGE');
  await client.ok('UNSELECT');
  assert.equal(await uidNext('one'), 2);
  await client.ok('RENAME one two');
  assert.equal(await validity('two'), before);
  assert.equal(await uidNext('two'), 2);
  await client.ok('DELETE two');
  await client.ok('CREATE two');
  assert.ok((await validity('two')) > before);
  assert.ok(office.inboxId > 0);
});

test('I33 CREATE: trailing delimiter, parents, INBOX, existing, USE', async (t) => {
  const { client } = await opened(t);
  assert.match((await client.command('CREATE a/b/c/')).tagged, /^OK \[MAILBOXID \([A-Za-z0-9_-]+\)\] /);
  assert.deepEqual(names(await client.ok('LIST "" a*')), ['a', 'a/b', 'a/b/c']);
  await no(client, 'CREATE inbox', 'ALREADYEXISTS');
  await no(client, 'CREATE a/b/c', 'ALREADYEXISTS');
  await no(client, 'CREATE ""', 'CANNOT');
  await no(client, 'CREATE a//b', 'CANNOT');
  await no(client, 'CREATE &AGE-', 'CANNOT');
  await no(client, 'CREATE &broken', 'CANNOT');
  await bad(client, 'CREATE a*');
  // RFC 9051 section 5.1: in quotes a wildcard is a character of the name.
  await client.ok('CREATE "100 %"');
  assert.deepEqual(names(await client.ok('LIST "" "100*"')), ['"100 %"']);
  await no(client, 'CREATE Trash2 (USE (\\Trash))', 'USEATTR');
  await no(client, 'CREATE Everything (USE (\\All))', 'USEATTR');
  await bad(client, 'CREATE x (FOO)');
  await client.ok('DELETE Trash');
  await client.ok('CREATE Bin (USE (\\Trash))');
  assert.match(await client.ok('LIST "" Bin'), /\(\\HasNoChildren \\Trash\) "\/" Bin/);
});

test('I33 DELETE: INBOX refused, children survive, missing is NONEXISTENT', async (t) => {
  const { client } = await opened(t);
  await client.ok('CREATE a/b');
  await no(client, 'DELETE INBOX', 'CANNOT');
  await no(client, 'DELETE nowhere', 'NONEXISTENT');
  await client.ok('DELETE a');
  assert.deepEqual(lines(await client.ok('LIST "" a*')), [
    '* LIST (\\Noselect \\HasChildren) "/" a',
    '* LIST (\\HasNoChildren) "/" a/b',
  ]);
  await no(client, 'SELECT a', 'NONEXISTENT');
  await no(client, 'STATUS a (MESSAGES)', 'NONEXISTENT');
  await no(client, 'DELETE a', 'HASCHILDREN');
  await client.ok('DELETE a/b');
  assert.deepEqual(names(await client.ok('LIST "" a*')), []);
});

test('I33 RENAME: children come along, parents are made, not onto or into itself; RENAME INBOX moves the mail', async (t) => {
  const { office, client } = await opened(t);
  await client.ok('CREATE a/b');
  await client.ok('RENAME a x/y');
  assert.deepEqual(names(await client.ok('LIST "" x*')), ['x', 'x/y', 'x/y/b']);
  assert.deepEqual(names(await client.ok('LIST "" a*')), []);
  await no(client, 'RENAME x x/y/z', 'CANNOT');
  await no(client, 'RENAME x Sent', 'ALREADYEXISTS');
  await no(client, 'RENAME x x', 'ALREADYEXISTS');
  await no(client, 'RENAME nowhere z', 'NONEXISTENT');
  await no(client, 'RENAME x inbox', 'ALREADYEXISTS');
  await put(office.mailstore, office.inboxId, letterText(1));
  await client.ok('RENAME INBOX old');
  assert.match(await client.ok('STATUS old (MESSAGES)'), /MESSAGES 1\)/);
  assert.match(await client.ok('STATUS INBOX (MESSAGES)'), /MESSAGES 0\)/);
  assert.deepEqual(names(await client.ok('LIST "" INBOX')), ['INBOX']);
});

test('I33 I36 subscriptions outlive their mailboxes', async (t) => {
  const { client } = await opened(t);
  await client.ok('CREATE a');
  await client.ok('SUBSCRIBE a');
  await client.ok('DELETE a');
  assert.deepEqual(lines(await client.ok('LIST (SUBSCRIBED) "" a')), [
    '* LIST (\\NonExistent \\HasNoChildren \\Subscribed) "/" a',
  ]);
  assert.deepEqual(lines(await client.ok('LIST "" a')), []);
  assert.deepEqual(names(await client.ok('LSUB "" a')), ['a']);
  await client.ok('UNSUBSCRIBE a');
  assert.deepEqual(names(await client.ok('LSUB "" a')), []);
});

test('I34 names: modified UTF-7 before ENABLE UTF8=ACCEPT, UTF-8 after it, the same mailbox', async (t) => {
  const { client } = await opened(t);
  await client.ok('CREATE "R&-D &BBIERQQ+BDQETwRJBDgENQ-"');
  assert.match(await client.ok('LIST "" R*'), /"R&-D &BBIERQQ\+BDQETwRJBDgENQ-"/);
  await client.ok('ENABLE UTF8=ACCEPT');
  const raw = Buffer.from('"R&D Входящие"').toString('latin1');
  assert.ok((await client.ok('LIST "" R*')).includes(raw));
  await client.ok(`SELECT ${raw}`);
  // Thunderbird sends a bare & then.
  await client.ok('CREATE "Q&A"');
  assert.deepEqual(names(await client.ok('LIST "" Q*')), ['"Q&A"']);
});

test('I35 LIST: delimiter, reference, INBOX always in capitals, attributes without being asked', async (t) => {
  const { client } = await opened(t);
  assert.equal(await client.ok('LIST "" ""'), '* LIST (\\Noselect) "/" ""\r\n');
  assert.equal(await client.ok('LIST foo ""'), '* LIST (\\Noselect) "/" ""\r\n');
  await client.ok('CREATE Sent/2026');
  assert.deepEqual(lines(await client.ok('LIST "" %')), [
    '* LIST (\\HasNoChildren) "/" INBOX',
    '* LIST (\\HasNoChildren \\Archive) "/" Archive',
    '* LIST (\\HasNoChildren \\Drafts) "/" Drafts',
    '* LIST (\\HasNoChildren \\Junk) "/" Junk',
    '* LIST (\\HasChildren \\Sent) "/" Sent',
    '* LIST (\\HasNoChildren \\Trash) "/" Trash',
  ]);
  assert.deepEqual(names(await client.ok('LIST Sent/ %')), ['Sent/2026']);
  assert.deepEqual(names(await client.ok('LIST "" inbox')), ['INBOX']);
  assert.deepEqual(names(await client.ok('LIST "" %/%')), ['Sent/2026']);
  for (const command of [
    'LIST ""',
    'LIST (FOO) "" *',
    'LIST "" * RETURN (FOO)',
    'LIST "" * FOO',
    'LIST "" *x*" y',
  ])
    await bad(client, command);
  await client.ok(`LIST "" "${'*%'.repeat(2000)}x"`);
});

test('I35 LSUB: % shows a level above a subscribed name as \\Noselect', async (t) => {
  const { client } = await opened(t);
  await client.ok('CREATE a/b/c');
  await client.ok('SUBSCRIBE a/b/c');
  assert.deepEqual(lines(await client.ok('LSUB "" a%')), ['* LSUB (\\Noselect) "/" a']);
  assert.deepEqual(lines(await client.ok('LSUB "" a*')), ['* LSUB () "/" a/b/c']);
});

test('I36 LIST-EXTENDED: several patterns, selections, CHILDINFO, RECURSIVEMATCH alone is BAD', async (t) => {
  const { client } = await opened(t);
  await client.ok('CREATE Foo/Bar');
  await client.ok('CREATE Foo/Baz');
  await client.ok('SUBSCRIBE Foo/Baz');
  await client.ok('SUBSCRIBE gone/deep');
  assert.deepEqual(names(await client.ok('LIST "" (INBOX "Foo/%")')), ['INBOX', 'Foo/Bar', 'Foo/Baz']);
  assert.deepEqual(names(await client.ok('LIST (SPECIAL-USE) "" *')), [
    'Archive',
    'Drafts',
    'Junk',
    'Sent',
    'Trash',
  ]);
  assert.deepEqual(lines(await client.ok('LIST (SUBSCRIBED RECURSIVEMATCH) "" (Foo gone)')), [
    '* LIST (\\HasChildren) "/" Foo ("CHILDINFO" ("SUBSCRIBED"))',
    '* LIST (\\NonExistent \\HasNoChildren) "/" gone ("CHILDINFO" ("SUBSCRIBED"))',
  ]);
  assert.deepEqual(lines(await client.ok('LIST (SUBSCRIBED RECURSIVEMATCH) "" Foo*')), [
    '* LIST (\\HasNoChildren \\Subscribed) "/" Foo/Baz',
  ]);
  assert.deepEqual(lines(await client.ok('LIST () "" Foo/% RETURN (SUBSCRIBED CHILDREN)')), [
    '* LIST (\\HasNoChildren) "/" Foo/Bar',
    '* LIST (\\HasNoChildren \\Subscribed) "/" Foo/Baz',
  ]);
  await bad(client, 'LIST (RECURSIVEMATCH) "" *');
  await bad(client, 'LIST (REMOTE RECURSIVEMATCH) "" *');
  await client.ok('LIST (REMOTE) "" *');
});

test('I36 I37 LIST-STATUS: each mailbox followed by its numbers, none for what cannot be selected', async (t) => {
  const { office, client } = await opened(t);
  await put(office.mailstore, office.inboxId, letterText(1));
  await client.ok('CREATE a/b');
  await client.ok('DELETE a');
  assert.deepEqual(lines(await client.ok('LIST "" (INBOX a*) RETURN (STATUS (MESSAGES UNSEEN))')), [
    '* LIST (\\HasNoChildren) "/" INBOX',
    '* STATUS INBOX (MESSAGES 1 UNSEEN 1)',
    '* LIST (\\Noselect \\HasChildren) "/" a',
    '* LIST (\\HasNoChildren) "/" a/b',
    '* STATUS a/b (MESSAGES 0 UNSEEN 0)',
  ]);
});

test('I37 STATUS: every item, of the selected mailbox too; it never consumes \\Recent', async (t) => {
  const { office, client } = await opened(t);
  const text = letterText(1);
  await put(office.mailstore, office.inboxId, text, { flags: 8 });
  await put(office.mailstore, office.inboxId, text, { flags: SEEN });
  const size = Buffer.byteLength(text);
  const all = 'MESSAGES RECENT UIDNEXT UNSEEN DELETED SIZE DELETED-STORAGE APPENDLIMIT';
  const expected = `* STATUS INBOX (MESSAGES 2 RECENT 2 UIDNEXT 3 UNSEEN 1 DELETED 1 SIZE ${size * 2} DELETED-STORAGE ${size} APPENDLIMIT 52428800)\r\n`;
  assert.equal(await client.ok(`STATUS inbox (${all})`), expected);
  assert.equal(await client.ok(`STATUS "INBOX" (${all})`), expected);
  assert.match(
    await client.ok('STATUS INBOX (UIDVALIDITY HIGHESTMODSEQ MAILBOXID)'),
    /^\* STATUS INBOX \(UIDVALIDITY \d+ HIGHESTMODSEQ \d+ MAILBOXID \([A-Za-z0-9_-]+\)\)\r\n$/,
  );
  assert.match((await client.command('SELECT INBOX')).untagged, /\* 2 RECENT/);
  assert.match(await client.ok('STATUS INBOX (MESSAGES RECENT)'), /\(MESSAGES 2 RECENT 0\)/);
  await no(client, 'STATUS nowhere (MESSAGES)', 'NONEXISTENT');
  for (const command of ['STATUS INBOX', 'STATUS INBOX ()', 'STATUS INBOX (FOO)', 'STATUS INBOX MESSAGES'])
    await bad(client, command);
});

test('I38 a new account has its mailboxes, subscribed, each with its attribute', async (t) => {
  const { client } = await opened(t);
  const subscribed = ['INBOX', 'Archive', 'Drafts', 'Junk', 'Sent', 'Trash'];
  assert.deepEqual(names(await client.ok('LSUB "" *')), subscribed);
});

test('I65 quota in KiB; the root is the empty name; without a limit there are no resources', async (t) => {
  const { office, client } = await opened(t);
  assert.equal(await client.ok('GETQUOTAROOT INBOX'), '* QUOTAROOT INBOX ""\r\n* QUOTA "" ()\r\n');
  await no(client, 'GETQUOTA other', 'NONEXISTENT');
  await no(client, 'GETQUOTAROOT nowhere', 'NONEXISTENT');
  const limited = await office.add({ address: `ivanov@${OFFICE_DOMAIN}`, quotaBytes: 10 * 1024 * 1024 });
  await put(office.mailstore, await office.inbox(limited), letterText(1, 'x'.repeat(3000)));
  const { usedBytes } = await office.mailstore.quota(limited.id);
  await client.ok('LOGOUT');
  const { connectImap } = await import('../../kit/office-imap.ts');
  const other = await connectImap(t, office.imap.port);
  await other.ok(`LOGIN ivanov@${OFFICE_DOMAIN} ${passwordOf('ivanov')}`);
  assert.equal(
    await other.ok('GETQUOTA ""'),
    `* QUOTA "" (STORAGE ${Math.ceil(usedBytes / 1024)} 10240)\r\n`,
  );
});

test('I65 MAILBOXID survives RENAME', async (t) => {
  const { client } = await opened(t);
  await client.ok('CREATE a');
  const id = /MAILBOXID \((.*?)\)/.exec(await client.ok('STATUS a (MAILBOXID)'))![1];
  await client.ok('RENAME a b');
  assert.equal(/MAILBOXID \((.*?)\)/.exec(await client.ok('STATUS b (MAILBOXID)'))![1], id);
});

test('no mailbox of another person can be seen, opened or guessed', async (t) => {
  const { office, client } = await opened(t);
  const ivanov = await office.add({ address: `ivanov@${OFFICE_DOMAIN}` });
  await office.mailstore.create(ivanov.id, 'Secret');
  assert.doesNotMatch(await client.ok('LIST "" *'), /Secret/);
  const missing = (await client.command('SELECT nowhere')).tagged;
  assert.equal((await client.command('SELECT Secret')).tagged, missing);
  assert.equal(
    (await client.command('STATUS Secret (MESSAGES)')).tagged,
    (await client.command('STATUS nowhere (MESSAGES)')).tagged,
  );
});
