/**
 * Sessions as well-known programs really hold them (protocol rules, section 4.8), from the first line to the last. Each
 * names the rules that it would break on.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { OFFICE_DOMAIN, passwordOf } from '../../kit/office.ts';
import { connectImap, type ImapClient, type ImapOffice, openImapOffice } from '../../kit/office-imap.ts';
import { letterText, put } from '../../kit/office-mailstore.ts';

const PETROV = `petrov@${OFFICE_DOMAIN}`;
const b64 = (text: string) => Buffer.from(text).toString('base64');

async function office(t: TestContext, count: number, body = 'body'): Promise<ImapOffice> {
  const made = await openImapOffice(t);
  for (let n = 1; n <= count; n += 1) await put(made.mailstore, made.inboxId, letterText(n, `${body} ${n}`));
  return made;
}

/** Everything up to the tagged answer of the last of several commands sent as one packet. */
async function packet(client: ImapClient, text: string, tag: string): Promise<string> {
  client.send(text);
  return client.until(new RegExp(`(?:^|\\r\\n)${tag} (?:OK|NO|BAD)[^\\r\\n]*\\r\\n`));
}

/** Octets of a body that is fetched in chunks until one comes that is shorter than asked for. */
async function chunks(
  client: ImapClient,
  uid: number,
  size: number,
): Promise<{ text: string; asked: number }> {
  let text = '';
  for (let asked = 1; ; asked += 1) {
    const answer = await client.ok(`UID FETCH ${uid} BODY.PEEK[]<${text.length}.${size}>`);
    const found = new RegExp(`BODY\\[\\]<${text.length}> (?:""|\\{(\\d+)\\}\\r\\n)`).exec(answer);
    assert.ok(found, `I51 no origin in ${answer.slice(0, 200)}`);
    const length = Number(found[1] ?? 0);
    assert.ok(length <= size, 'I51 more than asked for');
    text += answer.slice(found.index + found[0].length, found.index + found[0].length + length);
    if (length === 0) return { text, asked };
  }
}

test('4.8 Outlook: LOGIN in two steps, XLIST, subscribed folders, RFC822.PEEK, APPEND to Sent, delete and purge (I35 I52 S17)', async (t) => {
  const made = await office(t, 3);
  const client = await connectImap(t, made.imap.port);
  await client.ok('CAPABILITY');
  client.send('ni AUTHENTICATE LOGIN\r\n');
  assert.match(await client.until(/\+ [^\r\n]*\r\n/), /^\+ \S*\r\n/, 'I3 a space follows the plus');
  client.send(`${b64(PETROV)}\r\n`);
  await client.until(/\+ [^\r\n]*\r\n/);
  client.send(`${b64(passwordOf('petrov'))}\r\n`);
  assert.match(await client.until(/ni [^\r\n]*\r\n/), /^ni OK \[CAPABILITY /m);
  const xlist = await client.ok('XLIST "" "*"');
  assert.match(xlist, /\* XLIST \([^)]*\\Inbox[^)]*\) "\/" /, 'XLIST marks the inbox');
  for (const [use, name] of [
    ['Sent', 'Sent'],
    ['Drafts', 'Drafts'],
    ['Trash', 'Trash'],
    ['Spam', 'Junk'],
  ])
    assert.match(xlist, new RegExp(`\\* XLIST \\([^)]*\\\\${use}[^)]*\\) "/" ${name}\\r\\n`));
  assert.match(await client.ok('LSUB "" "*"'), /\* LSUB \([^)]*\) "\/" INBOX\r\n/, 'I35 INBOX in capitals');
  await client.ok('SELECT "inbox"');
  const headers = await client.ok('UID FETCH 1:* (UID FLAGS RFC822.SIZE INTERNALDATE BODY.PEEK[HEADER])');
  assert.deepEqual(
    [...headers.matchAll(/\* (\d) FETCH \(UID (\d) /g)].map((each) => each[2]),
    ['1', '2', '3'],
    'I50 UID first',
  );
  assert.match(
    await client.ok('UID FETCH 2 (RFC822.PEEK)'),
    /\* 2 FETCH \(UID 2 RFC822(?:\.PEEK)? \{\d+\}\r\n[\s\S]*body 2/,
  );
  assert.doesNotMatch(await client.ok('UID FETCH 2 (FLAGS)'), /\\Seen/, 'I55 PEEK marks nothing');
  assert.match(await client.append('"Sent"', letterText('sent'), '(\\Seen)'), /^OK \[APPENDUID \d+ 1\]/);
  assert.match(
    await client.ok('UID STORE 2 +FLAGS.SILENT (\\Deleted \\Seen)'),
    /^(\* 2 FETCH[^\r\n]*\r\n)?$/,
  );
  assert.match(await client.ok('EXPUNGE'), /^\* 2 EXPUNGE\r\n/);
  assert.match(await client.ok('UID SEARCH 1:* NOT DELETED'), /^\* SEARCH 1 3\r\n/m);
  client.send('z LOGOUT\r\n');
  assert.match(await client.until(/z OK[^\r\n]*\r\n/), /\* BYE /, 'I6');
});

test('4.8 iOS and macOS Mail: pipelined NAMESPACE and LIST, chunks past the end, CHANGEDSINCE 0, IDLE in every cut (I10 I22 I35 I51 I61)', async (t) => {
  const made = await office(t, 2, 'x'.repeat(1000));
  const client = await connectImap(t, made.imap.port);
  const plain = b64(`\0${PETROV}\0${passwordOf('petrov')}`);
  const first = await packet(
    client,
    `1 AUTHENTICATE PLAIN ${plain}\r\n2 ID ("name" "iPhone Mail" "version" "22A")\r\n`,
    '2',
  );
  assert.match(first, /1 OK [\s\S]*\* ID \("name" [\s\S]*2 OK/);
  const tree = await packet(client, '3 NAMESPACE\r\n4 LIST "" "*"\r\n5 LIST "" ""\r\n', '5');
  assert.match(tree, /\* NAMESPACE \(\("" "\/"\)\) NIL NIL\r\n3 OK/);
  // It never asks for SPECIAL-USE: the attributes stand in the plain LIST.
  assert.match(tree, /\* LIST \([^)]*\\Drafts[^)]*\) "\/" Drafts\r\n/);
  await client.ok('ENABLE CONDSTORE');
  assert.match(await client.ok('SELECT INBOX (CONDSTORE)'), /\* 2 EXISTS\r\n[\s\S]*HIGHESTMODSEQ \d+/);
  const all = await client.ok('UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE 0)');
  assert.equal(all.match(/FETCH \(UID \d+ (?=.*MODSEQ \(\d+\)).*FLAGS \(/g)?.length, 2, 'I61');
  const whole = await chunks(client, 1, 393_216);
  const small = await chunks(client, 1, 100);
  assert.equal(small.text, whole.text, 'I51 chunks are the whole');
  assert.match(
    await client.ok('UID FETCH 1 RFC822.SIZE'),
    new RegExp(`RFC822\\.SIZE ${whole.text.length}\\)`),
  );
  // IDLE: DONE with the next command in one packet, in two, and a new IDLE without DONE.
  client.send('7 IDLE\r\n');
  await client.until(/\+ [^\r\n]+\r\n/);
  assert.match(await packet(client, 'DONE\r\n8 NOOP\r\n', '8'), /7 OK [^\r\n]*\r\n8 OK/);
  client.send('9 IDLE\r\n');
  await client.until(/\+ [^\r\n]+\r\n/);
  client.send('DONE');
  assert.match(await packet(client, '\r\n10 NOOP\r\n', '10'), /9 OK [^\r\n]*\r\n10 OK/);
  client.send('11 IDLE\r\n');
  await client.until(/\+ [^\r\n]+\r\n/);
  client.send('12 IDLE\r\n');
  assert.match(await client.until(/\+ [^\r\n]+\r\n/), /^11 BAD /);
  await put(made.mailstore, made.inboxId, letterText('new'));
  assert.match(await client.until(/\* \d+ EXISTS\r\n/), /\* 3 EXISTS/);
  await made.mailstore.removeMessages(made.inboxId, [[1, 1]]);
  const gone = await client.until(/\* 1 EXPUNGE\r\n/);
  assert.doesNotMatch(gone, /EXISTS/, 'I22 no EXISTS with an EXPUNGE');
  const done = await packet(client, 'DONE\r\n13 NOOP\r\n', '13');
  assert.doesNotMatch(done, /EXISTS/, 'I22 nor after it: that is an endless loop');
});

test('4.8 Thunderbird: UTF8=ACCEPT and raw &, subscribed with SPECIAL-USE, headers with UID first, 64 KiB chunks, copies to Trash (G8 I34 I36 I50 I51)', async (t) => {
  const made = await office(t, 3, 'y'.repeat(70_000));
  const client = await connectImap(t, made.imap.port);
  const capability = await client.ok('CAPABILITY');
  // It would take CRAM-MD5 if it were there, and nobody here has the secret that needs.
  assert.doesNotMatch(capability, /CRAM-MD5/, 'G8');
  await client.ok(`AUTHENTICATE PLAIN ${b64(`\0${PETROV}\0${passwordOf('petrov')}`)}`);
  assert.match(await client.ok('ENABLE UTF8=ACCEPT CONDSTORE'), /\* ENABLED [^\r\n]*UTF8=ACCEPT/);
  await client.ok(
    'CREATE "Счета & акты"'.replace(/[^\0-\x7f]+/g, (word) => Buffer.from(word).toString('latin1')),
  );
  const name = Buffer.from('"Счета & акты"').toString('latin1');
  await client.ok(`SUBSCRIBE ${name}`);
  const list = await client.ok('LIST (SUBSCRIBED) "" "*" RETURN (SPECIAL-USE)');
  assert.ok(list.includes(name), 'I34 plain UTF-8, the ampersand as it is');
  assert.match(list, /\\Trash[^)]*\) "\/" Trash/);
  assert.doesNotMatch(list, /\\NonExistent/i, 'I36');
  await client.ok(`STATUS ${name} (UIDNEXT MESSAGES UNSEEN RECENT)`);
  await client.ok('SELECT "INBOX"');
  const flags = await client.ok('UID FETCH 1:* (FLAGS)');
  assert.equal(flags.match(/FETCH \(UID \d /g)?.length, 3, 'I50');
  const headers = await client.ok(
    'UID FETCH 1:3 (UID RFC822.SIZE FLAGS BODY.PEEK[HEADER.FIELDS (From To Cc Bcc Subject Date Message-ID Priority X-Priority References Newsgroups In-Reply-To Content-Type Reply-To)])',
  );
  for (const row of headers.match(/\* \d FETCH \([^{]*\{/g) ?? [])
    assert.match(
      row,
      /\(UID \d .*RFC822\.SIZE \d+ .*BODY\[HEADER\.FIELDS \(/,
      'I50 UID, then the size, then the body',
    );
  const { text, asked } = await chunks(client, 2, 65_536);
  assert.ok(asked >= 3);
  assert.ok(text.includes(`${'y'.repeat(70_000)} 2\r\n`));
  assert.match(await client.ok('UID COPY 2 Trash'), /^$/);
  await client.ok('UID STORE 2 +FLAGS (\\Seen \\Deleted)');
  assert.match(await client.ok('UID EXPUNGE 2'), /\* 2 EXPUNGE/);
  assert.match(await client.ok('STATUS Trash (MESSAGES)'), /MESSAGES 1/);
  client.send('90 IDLE\r\n');
  await client.until(/\+ [^\r\n]+\r\n/);
  assert.match(await packet(client, 'DONE\r\n91 CLOSE\r\n', '91'), /90 OK[\s\S]*91 OK/);
});

test('4.8 K-9 and Thunderbird for Android: EXAMINE, UID SEARCH of message numbers, IDLE again and again (I7 I31 I58)', async (t) => {
  const made = await office(t, 8);
  const client = await made.client();
  assert.match((await client.command('EXAMINE INBOX')).tagged, /^OK \[READ-ONLY\]/);
  await made.mailstore.setFlags(made.inboxId, [[3, 3]], { mode: 'add', flags: 8, keywords: [] });
  assert.match(await client.ok('UID SEARCH 2:6 NOT DELETED'), /\* SEARCH 2 4 5 6\r\n/, 'I58');
  assert.match((await client.command('UID STORE 4 +FLAGS (\\Seen)')).tagged, /^NO \[READ-ONLY\]/, 'I31');
  assert.match(await client.ok('UID FETCH 4 (BODY[])'), /body 4/);
  assert.doesNotMatch(await client.ok('UID FETCH 4 (FLAGS)'), /\\Seen/, 'I31 EXAMINE marks nothing');
  for (let round = 0; round < 20; round += 1) {
    client.send(`i${round} IDLE\r\n`);
    await client.until(/\+ [^\r\n]+\r\n/);
    client.send('DONE\r\n');
    assert.match(
      await client.until(new RegExp(`i${round} [^\\r\\n]*\\r\\n`)),
      /OK/,
      'one failure switches push off',
    );
  }
});

test('4.8 mbsync and offlineimap: APPENDUID, non-synchronising literals, exact sizes, its own header found right after APPEND (I2 I39 I51)', async (t) => {
  const made = await office(t, 2);
  const client = await made.client();
  assert.match(await client.ok('CAPABILITY'), /UIDPLUS/);
  await client.ok('SELECT INBOX');
  const text = letterText('tuid', 'mine', ['X-TUID: AbCdEfGh1234']);
  const octets = Buffer.byteLength(text);
  const appended = await packet(
    client,
    `a1 APPEND "Archive" (\\Seen) {${octets}+}\r\n${Buffer.from(text).toString('latin1')}\r\na2 NOOP\r\n`,
    'a2',
  );
  assert.match(appended, /a1 OK \[APPENDUID \d+ 1\]/, 'I39');
  await client.ok('SELECT Archive');
  assert.match(await client.ok('UID SEARCH HEADER X-TUID AbCdEfGh1234'), /\* SEARCH 1\r\n/);
  const sized = await client.ok('UID FETCH 1 (RFC822.SIZE BODY.PEEK[])');
  assert.match(sized, new RegExp(`RFC822\\.SIZE ${octets} BODY\\[\\] \\{${octets}\\}`), 'I51');
  assert.ok(sized.includes(Buffer.from(text).toString('latin1')), 'I39 octets are kept');
  // It asks for what it knows by UID, and for what is gone in between.
  assert.match((await client.command('UID FETCH 1,7:9 (UID FLAGS)')).untagged, /^\* 1 FETCH/);
  assert.match(await client.ok('UID STORE 1 -FLAGS.SILENT (\\Seen)'), /^/);
});

test('4.8 JavaMail and scripts: message numbers hold for hours without NOOP, whatever others do (I20 I25)', async (t) => {
  const made = await office(t, 9);
  const client = await made.selected();
  const other = await made.selected();
  await other.ok('STORE 2,3 +FLAGS (\\Deleted)');
  await other.ok('EXPUNGE');
  await other.append('INBOX', letterText('later', 'body later'));
  for (let round = 0; round < 3; round += 1) {
    for (const number of [1, 4, 9]) {
      const answer = await client.ok(`FETCH ${number} (UID BODY.PEEK[TEXT])`);
      assert.match(answer, new RegExp(`\\* ${number} FETCH \\(UID ${number} [\\s\\S]*body ${number}`), 'I20');
      assert.doesNotMatch(answer, /EXPUNGE/, 'I21');
    }
    assert.match(
      await client.ok('FETCH 2 (BODY.PEEK[TEXT])'),
      /body 2/,
      'I25 still there for whoever was not told',
    );
    assert.match(await client.ok('STORE 4 +FLAGS (\\Flagged)'), /\* 4 FETCH /);
    assert.doesNotMatch(await client.ok('SEARCH ALL'), /EXPUNGE/);
  }
  const told = await client.ok('NOOP');
  assert.match(told, /\* 2 EXPUNGE\r\n\* 2 EXPUNGE\r\n/, 'I23 counted down');
  assert.match(await client.ok('FETCH 2 (UID BODY.PEEK[TEXT])'), /UID 4 [\s\S]*body 4/);
});

test('4.8 Outlook mobile and cloud: LIST with *, % and %/% over a tree with gaps (I35)', async (t) => {
  const { client: open } = await office(t, 0);
  const client = await open();
  await client.ok('CREATE a/b/c');
  await client.ok('CREATE other');
  await client.ok('DELETE a/b');
  const names = (text: string) =>
    [...text.matchAll(/^\* LIST \([^)]*\) "\/" ([^\r\n]+)\r$/gm)].map((each) => each[1]).sort();
  const standard = ['Archive', 'Drafts', 'INBOX', 'Junk', 'Sent', 'Trash'];
  assert.deepEqual(names(await client.ok('LIST "" "%"')), [...standard, 'a', 'other']);
  assert.deepEqual(names(await client.ok('LIST "" "%/%"')), ['a/b']);
  const all = await client.ok('LIST "" "*"');
  assert.ok(names(all).includes('a/b/c'));
  assert.match(
    all,
    /\* LIST \([^)]*\\(?:NonExistent|Noselect)[^)]*\) "\/" a\/b\r\n/i,
    'I33 the parent stays as a name',
  );
});
