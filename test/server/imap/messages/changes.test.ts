import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { type ImapClient, imapRoom, sharedImapOffice } from '../../../kit/office-imap.ts';
import { PLAIN } from './letters.ts';

const office = sharedImapOffice({ after });

test('I57 STORE sets, adds and removes flags and keywords and answers the new state', async () => {
  const { client } = await imapRoom(await office(), [PLAIN, PLAIN]);
  assert.equal(
    await client.ok('STORE 1:2 FLAGS (\\Seen $Work)'),
    '* 1 FETCH (FLAGS (\\Seen $Work \\Recent))\r\n* 2 FETCH (FLAGS (\\Seen $Work \\Recent))\r\n',
  );
  assert.equal(
    await client.ok('STORE 1 +FLAGS \\Deleted'),
    '* 1 FETCH (FLAGS (\\Deleted \\Seen $Work \\Recent))\r\n',
  );
  assert.equal(
    await client.ok('STORE 1 -FLAGS (\\Seen $work)'),
    '* 1 FETCH (FLAGS (\\Deleted \\Recent))\r\n',
  );
  assert.equal(await client.ok('UID STORE 2 FLAGS ()'), '* 2 FETCH (UID 2 FLAGS (\\Recent))\r\n');
  assert.equal(await client.ok('STORE 2 +FLAGS.SILENT \\Draft \\Answered'), '');
  assert.equal(await client.ok('FETCH 2 FLAGS'), '* 2 FETCH (FLAGS (\\Answered \\Draft \\Recent))\r\n');
  // Nothing changes: the answer is the state all the same.
  assert.equal(
    await client.ok('STORE 2 +FLAGS \\Draft'),
    '* 2 FETCH (FLAGS (\\Answered \\Draft \\Recent))\r\n',
  );
});

test('I57 \\Recent and unknown system flags are BAD, so is a broken STORE', async () => {
  const { client } = await imapRoom(await office(), [PLAIN]);
  for (const bad of [
    'STORE 1 +FLAGS (\\Recent)',
    'STORE 1 +FLAGS (\\Nosuch)',
    'STORE 1 FLAGS',
    'STORE 1 FLAGS.LOUD (\\Seen)',
    'STORE 1 ++FLAGS (\\Seen)',
    'STORE 1 (NOSUCH 1) FLAGS (\\Seen)',
    'STORE 9 FLAGS (\\Seen)',
    'STORE 1 +FLAGS (\\Seen',
  ])
    assert.match((await client.command(bad)).tagged, /^BAD/, bad);
});

test('I57 200 keywords a mailbox, the next one is NO [LIMIT]', async () => {
  const { client } = await imapRoom(await office(), [PLAIN]);
  const words = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => `k${from + i}`).join(' ');
  await client.ok(`STORE 1 +FLAGS.SILENT (${words(0, 200)})`);
  assert.match((await client.command('STORE 1 +FLAGS (onemore)')).tagged, /^NO \[LIMIT\]/);
  await client.ok('STORE 1 +FLAGS.SILENT (K7 \\Seen)');
});

test('I57 UNCHANGEDSINCE leaves alone what has changed and lists it', async () => {
  const { client, another } = await imapRoom(await office(), [PLAIN, PLAIN, PLAIN]);
  const other = await another();
  const first = /MODSEQ \((\d+)\)/.exec(await client.ok('FETCH 3 MODSEQ'))?.[1];
  await other.ok('STORE 2 +FLAGS.SILENT (\\Flagged)');
  const answer = await client.command(`STORE 1:3 (UNCHANGEDSINCE ${first}) +FLAGS.SILENT (\\Deleted)`);
  assert.match(answer.tagged, /^OK \[MODIFIED 2\]/);
  // RFC 7162 section 3.1.3: the mod-sequence is told in spite of .SILENT.
  assert.match(answer.untagged, /^\* 1 FETCH \(MODSEQ \(\d+\)\)\r\n\* 3 FETCH \(MODSEQ \(\d+\)\)\r\n/);
  assert.match(await client.ok('FETCH 2 FLAGS'), /FLAGS \(\\Flagged \\Recent\)/);
  const byUid = await client.command('UID STORE 1:3 (UNCHANGEDSINCE 1) +FLAGS (\\Seen)');
  assert.match(byUid.tagged, /^OK \[MODIFIED 1:3\]/);
});

test('I24 .SILENT hides the own change, not that of another', async () => {
  const { client, another } = await imapRoom(await office(), [PLAIN]);
  const other = await another();
  await client.ok('STORE 1 +FLAGS.SILENT (\\Seen)');
  assert.equal(await client.ok('NOOP'), '');
  await other.ok('STORE 1 +FLAGS.SILENT (\\Flagged)');
  const told = await client.ok('STORE 1 +FLAGS.SILENT (\\Answered)');
  assert.match(told, /^\* 1 FETCH \(UID 1 FLAGS \(\\Answered \\Flagged \\Seen \\Recent\)\)\r\n$/);
});

test('I24 .SILENT is silent for 5,000 messages too, and the other session hears of them all', async () => {
  const { client, another, office: shared, id } = await imapRoom(await office(), [PLAIN]);
  for (let n = 1; n < 5000; n *= 2) await shared.mailstore.copy(id, [[1, Math.min(n, 5000 - n)]], id);
  const other = await another();
  await client.ok('NOOP');
  assert.equal(await client.ok('STORE 1:* +FLAGS.SILENT (\\Flagged)'), '');
  assert.equal(await client.ok('NOOP'), '');
  const told = await other.ok('NOOP');
  assert.equal([...told.matchAll(/\* \d+ FETCH \(UID \d+ FLAGS \(\\Flagged[^)]*\)\)/g)].length, 5000);
  const loud = await client.ok('STORE 1:* -FLAGS (\\Flagged)');
  assert.equal([...loud.matchAll(/\* \d+ FETCH \(FLAGS/g)].length, 5000);
});

test('I26 two sessions add different flags at once and both survive', async () => {
  const { client, another } = await imapRoom(await office(), [PLAIN]);
  const other = await another();
  const add = async (session: ImapClient, letter: string) => {
    for (let i = 0; i < 20; i += 1) await session.ok(`STORE 1 +FLAGS.SILENT (${letter}${i})`);
  };
  await Promise.all([add(client, 'a'), add(other, 'b')]);
  const flags = await client.ok('FETCH 1 FLAGS');
  for (let i = 0; i < 20; i += 1) assert.ok(flags.includes(`a${i}`) && flags.includes(`b${i}`), flags);
});

test('I31 EXAMINE refuses STORE, EXPUNGE and MOVE with [READ-ONLY]', async () => {
  const { another } = await imapRoom(await office(), [PLAIN]);
  const reader = await another('EXAMINE');
  for (const command of [
    'STORE 1 +FLAGS (\\Seen)',
    'UID STORE 1 +FLAGS (\\Seen)',
    'EXPUNGE',
    'UID EXPUNGE 1',
    'MOVE 1 Trash',
  ])
    assert.match((await reader.command(command)).tagged, /^NO \[READ-ONLY\]/, command);
  await reader.ok('COPY 1 Archive');
});

test('I5 commands on messages need a selected mailbox', async () => {
  const shared = await office();
  const client = await shared.client();
  for (const command of [
    'FETCH 1 FLAGS',
    'STORE 1 FLAGS ()',
    'COPY 1 Trash',
    'MOVE 1 Trash',
    'EXPUNGE',
    'UID EXPUNGE 1',
  ])
    assert.match((await client.command(command)).tagged, /^BAD/, command);
});

test('I40 COPY keeps flags, keywords and INTERNALDATE, COPYUID pairs sources and targets', async () => {
  const { client, name } = await imapRoom(await office(), [PLAIN]);
  await client.append(name, PLAIN, '(\\Flagged $Work) " 7-Feb-1994 21:52:25 -0800"');
  await client.ok('CREATE target40');
  const answer = await client.command('UID COPY 2,1 target40');
  assert.match(answer.tagged, /^OK \[COPYUID \d+ 1:2 1:2\]/);
  const other = await (await office()).client();
  await other.ok('SELECT target40');
  assert.match(
    await other.ok('FETCH 2 (FLAGS INTERNALDATE)'),
    /FLAGS \(\\Flagged \$Work \\Recent\) INTERNALDATE " 7-Feb-1994 21:52:25 -0800"/,
  );
  const none = await client.command('UID COPY 77 target40');
  assert.match(none.tagged, /^OK [^[]/);
  assert.match((await client.command('COPY 1 nosuch')).tagged, /^NO \[TRYCREATE\]/);
  assert.match((await client.command('MOVE 1 nosuch')).tagged, /^NO \[TRYCREATE\]/);
});

test('I40 MOVE: COPYUID untagged before the EXPUNGEs, no \\Deleted, into itself too', async () => {
  const { client, name } = await imapRoom(await office(), [PLAIN, PLAIN, PLAIN]);
  await client.ok('CREATE target41');
  const moved = await client.command('MOVE 1,3 target41');
  assert.match(moved.untagged, /^\* OK \[COPYUID \d+ 1,3 1:2\] [^\r]*\r\n\* 1 EXPUNGE\r\n\* 2 EXPUNGE\r\n$/);
  assert.match(moved.tagged, /^OK/);
  assert.match(await client.ok('STATUS target41 (MESSAGES DELETED)'), /MESSAGES 2 DELETED 0/);
  const self = await client.command(`UID MOVE 2 ${name}`);
  assert.match(self.untagged, /COPYUID \d+ 2 4\][^\r]*\r\n\* 1 EXPUNGE\r\n\* 1 EXISTS\r\n/);
  assert.match(await client.ok('FETCH 1 UID'), /UID 4/);
});

test('I25 COPY and MOVE of what was expunged elsewhere is NO, STORE changes nothing', async () => {
  const { client, another } = await imapRoom(await office(), [PLAIN, PLAIN]);
  const other = await another();
  await other.ok('STORE 1 +FLAGS.SILENT (\\Deleted)');
  await other.ok('EXPUNGE');
  assert.match((await client.command('STORE 1 +FLAGS (\\Seen)')).tagged, /^NO \[EXPUNGEISSUED\]/);
  const copy = await client.command('COPY 1:2 Archive');
  assert.match(copy.tagged, /^NO \[EXPUNGEISSUED\]/);
});

test('I41 EXPUNGE takes what has \\Deleted, UID EXPUNGE only the given ones', async () => {
  const { client, another, name } = await imapRoom(await office(), [PLAIN, PLAIN, PLAIN, PLAIN]);
  await client.ok('STORE 1,3,4 +FLAGS.SILENT (\\Deleted)');
  assert.equal(await client.ok('UID EXPUNGE 2:3,77'), '* 3 EXPUNGE\r\n');
  assert.equal(await client.ok('UID EXPUNGE 99'), '');
  // Rule I23: numbers as they are at that moment.
  assert.equal(await client.ok('EXPUNGE'), '* 1 EXPUNGE\r\n* 2 EXPUNGE\r\n');
  assert.equal(await client.ok('EXPUNGE'), '');
  await client.ok('STORE 1 +FLAGS.SILENT (\\Deleted)');
  assert.equal(await client.ok('CLOSE'), '');
  assert.match(await client.ok(`STATUS ${name} (MESSAGES)`), /MESSAGES 0/);
  assert.match((await client.command('FETCH 1 UID')).tagged, /^BAD/);
  assert.ok(await another());
});

test('I63 HIGHESTMODSEQ in the tagged OK of EXPUNGE and MOVE after ENABLE QRESYNC, VANISHED for EXPUNGE', async () => {
  const { client } = await imapRoom(await office(), [PLAIN, PLAIN, PLAIN]);
  await client.ok('ENABLE QRESYNC');
  await client.ok('STORE 1 +FLAGS.SILENT (\\Deleted)');
  const expunged = await client.command('UID EXPUNGE 1:2');
  assert.equal(expunged.untagged, '* VANISHED 1\r\n');
  assert.match(expunged.tagged, /^OK \[HIGHESTMODSEQ \d+\]/);
  const moved = await client.command('UID MOVE 3 Trash');
  assert.match(moved.untagged, /\* VANISHED 3\r\n$/);
  assert.match(moved.tagged, /^OK \[HIGHESTMODSEQ \d+\]/);
});
