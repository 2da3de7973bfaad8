import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { OFFICE_DOMAIN, passwordOf } from '../../../kit/office.ts';
import { connectImap, imapRoom, openImapOffice, sharedImapOffice } from '../../../kit/office-imap.ts';
import { answered, PLAIN } from './letters.ts';

const LIMIT = 3 * 1024 * 1024;
const office = sharedImapOffice({ after }, { policy: { maxMessageBytes: LIMIT } });

test('I39 APPEND keeps flags, date and octets, answers APPENDUID and EXISTS', async () => {
  const { client, name } = await imapRoom(await office());
  client.send(`a APPEND ${name} (\\Seen $Work) " 7-Feb-1994 21:52:25 -0800" {${PLAIN.length}}\r\n`);
  await client.until(/^\+ [^\r\n]+\r\n/);
  client.send(`${PLAIN}\r\n`);
  const { untagged, tagged } = await client.answer('a');
  assert.match(untagged, /^\* 1 EXISTS\r\n/);
  assert.match(tagged, /^OK \[APPENDUID \d+ 1\]/);
  const fetched = await client.ok('FETCH 1 (FLAGS INTERNALDATE BODY.PEEK[])');
  assert.match(fetched, /FLAGS \(\\Seen \$Work \\Recent\) INTERNALDATE " 7-Feb-1994 21:52:25 -0800"/);
  assert.equal(answered(fetched, 'BODY[]'), PLAIN);
});

test('I39 a bare LF becomes CRLF, and the size is counted afterwards', async () => {
  const { client, name } = await imapRoom(await office());
  assert.match(await client.append(name, PLAIN.replaceAll('\r\n', '\n')), /^OK/);
  const fetched = await client.ok('FETCH 1 (RFC822.SIZE BODY.PEEK[])');
  assert.equal(answered(fetched, 'BODY[]'), PLAIN);
  assert.equal(answered(fetched, 'RFC822.SIZE'), String(PLAIN.length));
});

test('I39 refusals come before the plus: no mailbox, too big, empty, no literal', async () => {
  const { client, name } = await imapRoom(await office());
  for (const [command, expected] of [
    ['APPEND nosuch {10}', /^NO \[TRYCREATE\]/],
    [`APPEND ${name} {${LIMIT + 1}}`, /^NO \[TOOBIG\]/],
    [`APPEND ${name} {99999999999999}`, /^NO \[TOOBIG\]/],
    [`APPEND ${name} {0}`, /^NO /],
    [`APPEND ${name} (\\Recent) {10}`, /^BAD/],
    [`APPEND ${name} "no date" {10}`, /^BAD/],
    [`APPEND ${name} UTF8 (~{10}`, /^BAD/],
    [`APPEND ${name}`, /^BAD/],
    [`APPEND ${name} (\\Seen)`, /^BAD/],
    [`APPEND ${name} text`, /^BAD/],
  ] as const) {
    const answer = await client.command(command);
    assert.match(answer.tagged, expected, command);
    assert.equal(answer.untagged, '', command);
  }
  assert.match(await client.ok(`STATUS ${name} (MESSAGES UIDNEXT)`), /MESSAGES 0 UIDNEXT 1\)/);
});

test('I72 a message of the limit is stored, one octet more is not', async () => {
  const { client, name } = await imapRoom(await office());
  const head = 'Subject: x\r\n\r\n';
  assert.match(
    await client.append(name, `${head}${'y'.repeat(LIMIT - head.length - 2)}\r\n`),
    /^OK \[APPENDUID/,
  );
  assert.match(await client.ok('FETCH 1 RFC822.SIZE'), new RegExp(`RFC822\\.SIZE ${LIMIT}\\)`));
  assert.match((await client.command(`APPEND ${name} {${LIMIT + 1}}`)).tagged, /^NO \[TOOBIG\]/);
});

test('I2 LITERAL+: no plus, a refused one is swallowed and the session goes on', async () => {
  const { client, name } = await imapRoom(await office());
  client.send(`a APPEND ${name} {${PLAIN.length}+}\r\n${PLAIN}\r\nb NOOP\r\n`);
  assert.match((await client.answer('a')).tagged, /^OK \[APPENDUID/);
  await client.answer('b');
  client.send(`c APPEND nosuch {${PLAIN.length}+}\r\n${PLAIN}\r\nd NOOP\r\n`);
  assert.match((await client.answer('c')).tagged, /^NO \[TRYCREATE\]/);
  assert.match((await client.answer('d')).tagged, /^OK/);
});

test('I39 MULTIAPPEND stores all or nothing (RFC 3502)', async () => {
  const { client, name } = await imapRoom(await office());
  client.send(
    `a APPEND ${name} (\\Seen) {${PLAIN.length}+}\r\n${PLAIN} (\\Flagged) {${PLAIN.length}+}\r\n${PLAIN}\r\n`,
  );
  assert.match((await client.answer('a')).tagged, /^OK \[APPENDUID \d+ 1:2\]/);
  client.send(`b APPEND ${name} {${PLAIN.length}+}\r\n${PLAIN} {${LIMIT + 1}}\r\n`);
  assert.match((await client.answer('b')).tagged, /^NO \[TOOBIG\]/);
  client.send(`c APPEND ${name} {${PLAIN.length}+}\r\n${PLAIN} nonsense\r\n`);
  assert.match((await client.answer('c')).tagged, /^BAD/);
  assert.match(await client.ok(`STATUS ${name} (MESSAGES)`), /MESSAGES 2\)/);
  assert.match(
    await client.ok('FETCH 1:2 FLAGS'),
    /1 FETCH \(FLAGS \(\\Seen \\Recent\)\)\r\n\* 2 FETCH \(FLAGS \(\\Flagged \\Recent\)\)/,
  );
});

test('I72 100 messages in one APPEND, the next is NO [LIMIT] and nothing is stored', async () => {
  const { client, name } = await imapRoom(await office());
  const many = (count: number) => Array(count).fill('{5+}\r\na\r\n\r\n').join(' ');
  client.send(`a APPEND ${name} ${many(101)}\r\n`);
  assert.match((await client.answer('a')).tagged, /^NO \[LIMIT\]/);
  client.send(`b APPEND ${name} ${many(100)}\r\n`);
  assert.match((await client.answer('b')).tagged, /^OK \[APPENDUID \d+ 1:100\]/);
});

test('literal8 and UTF8 (RFC 3516, RFC 6855); NUL is never stored', async () => {
  const { client, name } = await imapRoom(await office());
  const letter = `Subject: ${Buffer.from('Привет').toString('latin1')}\r\n\r\nx\r\n`;
  client.send(`a APPEND ${name} ~{${letter.length}+}\r\n${letter}\r\n`);
  assert.match((await client.answer('a')).tagged, /^OK/);
  await client.ok('ENABLE UTF8=ACCEPT');
  client.send(`b APPEND ${name} UTF8 (~{${letter.length}+}\r\n${letter})\r\n`);
  assert.match((await client.answer('b')).tagged, /^OK/);
  client.send(`c APPEND ${name} ~{6+}\r\na\0b\r\n\r\r\n`);
  assert.match((await client.answer('c')).tagged, /^NO \[UNKNOWN-CTE\]/);
  client.send(`d APPEND ${name} {6+}\r\na\0b\r\n\r\r\n`);
  assert.match((await client.answer('d')).tagged, /^BAD/);
  assert.match(await client.ok(`STATUS ${name} (MESSAGES)`), /MESSAGES 2\)/);
});

test('I34 a mailbox name may be a literal', async () => {
  const { client, name } = await imapRoom(await office());
  client.send(`a APPEND {${name.length}}\r\n`);
  await client.until(/^\+ [^\r\n]+\r\n/);
  client.send(`${name} {${PLAIN.length}}\r\n`);
  await client.until(/^\+ [^\r\n]+\r\n/);
  client.send(`${PLAIN}\r\n`);
  assert.match((await client.answer('a')).tagged, /^OK \[APPENDUID/);
});

test('I39 a client that vanishes in the middle of a literal leaves nothing behind', async () => {
  const { client, name, another } = await imapRoom(await office());
  client.send(`a APPEND ${name} {${LIMIT}}\r\n`);
  await client.until(/^\+ [^\r\n]+\r\n/);
  client.send('x'.repeat(2 * 1024 * 1024));
  client.close();
  const other = await another();
  assert.match(await other.ok(`STATUS ${name} (MESSAGES UIDNEXT)`), /MESSAGES 0 UIDNEXT 1\)/);
});

test('I39 a mailbox that vanishes while the literal comes in is TRYCREATE', async () => {
  const shared = await office();
  const { name } = await imapRoom(shared);
  const client = await shared.client();
  client.send(`a APPEND ${name} {${PLAIN.length}}\r\n`);
  await client.until(/^\+ [^\r\n]+\r\n/);
  await shared.mailstore.remove(shared.person.id, name);
  client.send(`${PLAIN}\r\n`);
  assert.match((await client.answer('a')).tagged, /^NO \[TRYCREATE\]/);
});

test('G1 APPEND one octet a packet, and two of them in one packet', async () => {
  const { client, name } = await imapRoom(await office());
  const command = `a APPEND ${name} (\\Seen) {${PLAIN.length}+}\r\n${PLAIN}\r\n`;
  for (const octet of command) client.send(octet);
  assert.match((await client.answer('a')).tagged, /^OK \[APPENDUID \d+ 1\]/);
  client.send(command + command.replace('a APPEND', 'b APPEND'));
  assert.match((await client.answer('a')).tagged, /^OK \[APPENDUID \d+ 2\]/);
  assert.match((await client.answer('b')).tagged, /^OK \[APPENDUID \d+ 3\]/);
  assert.equal(answered(await client.ok('FETCH 3 BODY.PEEK[]'), 'BODY[]'), PLAIN);
});

test('I39 quota is judged before the plus: NO [OVERQUOTA]', async (t) => {
  const small = await openImapOffice(t);
  await small.add({ address: `orlov@${OFFICE_DOMAIN}`, quotaBytes: 1000 });
  const client = await connectImap(t, small.imap.port);
  await client.ok(`LOGIN orlov@${OFFICE_DOMAIN} ${passwordOf('orlov')}`);
  const answer = await client.command('APPEND INBOX {1001}');
  assert.match(answer.tagged, /^NO \[OVERQUOTA\]/);
  assert.equal(answer.untagged, '');
  assert.match(await client.append('INBOX', PLAIN), /^OK/);
  await client.ok('SELECT INBOX');
  for (let i = 0; i < 10; i += 1) {
    const { tagged } = await client.command('COPY 1 INBOX');
    if (!tagged.startsWith('OK')) {
      assert.match(tagged, /^NO \[OVERQUOTA\]/);
      return;
    }
  }
  assert.fail('the quota never held');
});
