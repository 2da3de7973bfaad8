import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { imapRoom, sharedImapOffice } from '../../../kit/office-imap.ts';
import { put } from '../../../kit/office-mailstore.ts';
import { answered, NESTED, PLAIN } from './letters.ts';

const office = sharedImapOffice({ after });

test('I50 one untagged FETCH a message, ascending, UID first and RFC822.SIZE before bodies', async () => {
  const { client } = await imapRoom(await office(), [PLAIN, NESTED, PLAIN]);
  const untagged = await client.ok('UID FETCH 3,1:2,2 (BODY.PEEK[TEXT] RFC822.SIZE FLAGS)');
  const starts = [
    ...untagged.matchAll(/\* (\d+) FETCH \(UID (\d+) FLAGS \(.*?\) RFC822\.SIZE \d+ BODY\[TEXT\]/g),
  ];
  assert.deepEqual(
    starts.map((each) => [each[1], each[2]]),
    [
      ['1', '1'],
      ['2', '2'],
      ['3', '3'],
    ],
  );
});

test('I50 macros ALL, FAST and FULL stand for their items', async () => {
  const { client } = await imapRoom(await office(), [PLAIN]);
  const all = await client.ok('FETCH 1 ALL');
  assert.match(
    all,
    /^\* 1 FETCH \(FLAGS \(\\Recent\) INTERNALDATE ".{26}" RFC822\.SIZE \d+ ENVELOPE \(.*\)\)\r\n$/,
  );
  assert.match(
    await client.ok('FETCH 1 fast'),
    /^\* 1 FETCH \(FLAGS \(\\Recent\) INTERNALDATE ".{26}" RFC822\.SIZE \d+\)\r\n$/,
  );
  assert.match(await client.ok('FETCH 1 FULL'), / BODY \("text" "plain" .*\)\)\r\n$/);
  assert.match((await client.command('FETCH 1 (ALL)')).tagged, /^BAD/);
});

test('I51 RFC822.SIZE equals the length of BODY[], and the chunks of a walk past the end make it up', async () => {
  const { client } = await imapRoom(await office(), [NESTED]);
  const untagged = await client.ok('FETCH 1 (RFC822.SIZE BODY.PEEK[])');
  const whole = answered(untagged, 'BODY[]') as string;
  assert.equal(whole, NESTED);
  assert.equal(answered(untagged, 'RFC822.SIZE'), String(NESTED.length));
  let walked = '';
  for (let at = 0; at <= NESTED.length + 200; at += 100)
    walked += answered(await client.ok(`FETCH 1 BODY.PEEK[]<${at}.100>`), `BODY[]<${at}>`);
  assert.equal(walked, NESTED);
  assert.match(await client.ok('FETCH 1 BODY.PEEK[]<99999999999.65536>'), /BODY\[\]<99999999999> ""\)/);
});

test('I51 a partial range of nothing or of words is BAD', async () => {
  const { client } = await imapRoom(await office(), [PLAIN]);
  for (const range of ['<0.0>', '<0>', '<a.b>', '<-1.5>', '<0.5', '<0.5>x'])
    assert.match((await client.command(`FETCH 1 BODY.PEEK[]${range}`)).tagged, /^BAD/, range);
});

const SECTIONS: [section: string, expected: string | null | RegExp][] = [
  ['HEADER', /^From: a@b\.example\r\nSubject: nested\r\nContent-Type: [^\r]*\r\n\r\n$/],
  ['TEXT', /^preamble\r\n[\s\S]*epilogue\r\n$/],
  ['HEADER.FIELDS (SUBJECT)', 'Subject: nested\r\n\r\n'],
  ['HEADER.FIELDS (subject FROM)', 'From: a@b.example\r\nSubject: nested\r\n\r\n'],
  ['HEADER.FIELDS (Nothing)', '\r\n'],
  ['HEADER.FIELDS.NOT (Content-Type)', 'From: a@b.example\r\nSubject: nested\r\n\r\n'],
  ['1', /^--inner\r\n[\s\S]*--inner--$/],
  ['1.MIME', 'Content-Type: multipart/alternative; boundary=inner\r\n\r\n'],
  ['1.1', '=D0=9F=D1=80=D0=B8=\r\n=D0=B2=D0=B5=D1=82 \r\nend'],
  ['1.2', '<p>html</p>'],
  ['1.2.MIME', 'Content-Type: text/html\r\n\r\n'],
  ['2.MIME', /^Content-Type: image\/png; name="a\.png"\r\nContent-Transfer-Encoding: base64\r\n\r\n$/],
  ['3', /^From: c@d\.example\r\n[\s\S]*--deep--$/],
  [
    '3.HEADER',
    'From: c@d.example\r\nSubject: inside\r\nContent-Type: multipart/mixed; boundary=deep\r\n\r\n',
  ],
  ['3.HEADER.FIELDS (From)', 'From: c@d.example\r\n\r\n'],
  ['3.TEXT', /^--deep\r\n[\s\S]*--deep--$/],
  ['3.1', 'first'],
  ['3.2', 'second'],
  ['3.2.MIME', 'Content-Type: text/plain\r\nX-Part: two\r\n\r\n'],
  ['4.HEADER', 'Subject: alone\r\n\r\n'],
  ['4.TEXT', 'lonely'],
  ['4.1', 'lonely'],
  ['9', null],
  ['1.9', null],
  ['1.1.1', null],
  ['1.1.HEADER', null],
  ['4.2', null],
  ['2.TEXT', null],
];

for (const [section, expected] of SECTIONS) {
  test(`I52 BODY[${section}]`, async () => {
    const shared = await office();
    const { client } = await imapRoom(shared, [NESTED]);
    const answer = await client.command(`FETCH 1 BODY.PEEK[${section}]`);
    assert.match(answer.tagged, /^OK/);
    const value = answered(answer.untagged, `BODY[${section}]`);
    if (expected instanceof RegExp) assert.match(value ?? '', expected);
    else assert.equal(value, expected);
    // Rule I52: a space before every literal.
    assert.doesNotMatch(answer.untagged, /\S\{\d+\}\r\n/);
    client.close();
  });
}

test('I52 part 1 of a letter of one part is its body, folded fields come whole', async () => {
  const { client } = await imapRoom(await office(), [PLAIN]);
  assert.equal(answered(await client.ok('FETCH 1 BODY.PEEK[1]'), 'BODY[1]'), 'Hello,\r\nworld\r\n');
  assert.equal(
    answered(
      await client.ok('FETCH 1 BODY.PEEK[HEADER.FIELDS (X-FOLDED)]'),
      'BODY[HEADER.FIELDS (X-FOLDED)]',
    ),
    'X-Folded: one\r\n two\r\n\r\n',
  );
  const not = answered(
    await client.ok('FETCH 1 BODY.PEEK[HEADER.FIELDS.NOT (x-folded from to date message-id)]'),
    'BODY[HEADER.FIELDS.NOT (x-folded from to date message-id)]',
  );
  assert.equal(not, 'Subject: plain\r\n\r\n');
});

test('I52 header names may be quoted strings and literals, and are echoed', async () => {
  const { client } = await imapRoom(await office(), [PLAIN]);
  client.send('q FETCH 1 BODY.PEEK[HEADER.FIELDS ("Subject" {4+}\r\nFrom "odd name")]\r\n');
  const { untagged, tagged } = await client.answer('q');
  assert.match(tagged, /^OK/);
  assert.equal(
    answered(untagged, 'BODY[HEADER.FIELDS (Subject From "odd name")]'),
    'From: Ivanov <Ivanov@comp1.otd1.constr.org>\r\nSubject: plain\r\n\r\n',
  );
});

test('I52 RFC822, RFC822.HEADER, RFC822.TEXT and RFC822.PEEK', async () => {
  const { client } = await imapRoom(await office(), [PLAIN]);
  const header = PLAIN.slice(0, PLAIN.indexOf('\r\n\r\n') + 4);
  assert.equal(answered(await client.ok('FETCH 1 RFC822.PEEK'), 'RFC822'), PLAIN);
  assert.equal(answered(await client.ok('FETCH 1 RFC822.HEADER'), 'RFC822.HEADER'), header);
  assert.doesNotMatch(await client.ok('FETCH 1 FLAGS'), /\\Seen/);
  assert.equal(answered(await client.ok('FETCH 1 RFC822.TEXT'), 'RFC822.TEXT'), 'Hello,\r\nworld\r\n');
  assert.match(await client.ok('FETCH 1 FLAGS'), /\\Seen/);
  assert.equal(answered(await client.ok('FETCH 1 RFC822'), 'RFC822'), PLAIN);
});

for (const bad of [
  'FETCH',
  'FETCH 1',
  'FETCH 1 ',
  'FETCH x FLAGS',
  'FETCH 1 ()',
  'FETCH 1 (FLAGS',
  'FETCH 1 NOSUCH',
  'FETCH 1 BODY[MIME]',
  'FETCH 1 BODY[0]',
  'FETCH 1 BODY[1.]',
  'FETCH 1 BODY[1.HEADER.FIELDS]',
  'FETCH 1 BODY[HEADER.FIELDS ()]',
  'FETCH 1 BODY[NOSUCH]',
  'FETCH 1 BODY[1HEADER]',
  'FETCH 1 BODY[',
  'FETCH 1 BODY.PEEK',
  'FETCH 1 BINARY[HEADER]',
  'FETCH 1 FLAGS (NOSUCH 1)',
  'FETCH 1 FLAGS (PARTIAL 1:2)',
  'UID FETCH 1 FLAGS (PARTIAL 1:-2)',
  'UID FETCH 1 FLAGS (CHANGEDSINCE)',
  'UID FETCH 1 FLAGS (CHANGEDSINCE 1 VANISHED)',
  'FETCH 1 FLAGS more',
]) {
  test(`I52 BAD for "${bad}"`, async () => {
    const { client } = await imapRoom(await office(), [PLAIN]);
    assert.match((await client.command(bad)).tagged, /^BAD/);
    client.close();
  });
}

test('I71 100 items and 100 header names pass, 101 are BAD [LIMIT]', async () => {
  const { client } = await imapRoom(await office(), [PLAIN]);
  const items = (count: number) =>
    `FETCH 1 (${Array.from({ length: count }, (_, i) => `BODY.PEEK[${i + 1}]`).join(' ')})`;
  assert.match((await client.command(items(100))).tagged, /^OK/);
  assert.match((await client.command(items(101))).tagged, /^BAD \[LIMIT\]/);
  const names = (count: number) =>
    `FETCH 1 BODY.PEEK[HEADER.FIELDS (${Array.from({ length: count }, (_, i) => `n${i}`).join(' ')})]`;
  assert.match((await client.command(names(100))).tagged, /^OK/);
  assert.match((await client.command(names(101))).tagged, /^BAD \[LIMIT\]/);
});

test('I55 a body without PEEK sets \\Seen and says so in the same answer, once', async () => {
  const { client, another } = await imapRoom(await office(), [PLAIN, PLAIN]);
  const other = await another();
  assert.match(await client.ok('FETCH 1 BODY[TEXT]'), /^\* 1 FETCH \(FLAGS \(\\Seen \\Recent\) BODY\[TEXT\]/);
  assert.match(await client.ok('FETCH 1 BODY[TEXT]'), /^\* 1 FETCH \(BODY\[TEXT\]/);
  assert.equal(await client.ok('NOOP'), '');
  // The other session hears of it by itself (rule I24).
  assert.match(await other.ok('NOOP'), /^\* 1 FETCH \(UID 1 FLAGS \(\\Seen\)\)\r\n$/);
  assert.doesNotMatch(await client.ok('FETCH 2 (FLAGS BODY.PEEK[TEXT])'), /\\Seen/);
});

test('I55 hundreds of bodies: each sets \\Seen, is answered once and in order, across batches of reading and marking', async () => {
  const { client, office: shared, id } = await imapRoom(await office(), [PLAIN, NESTED, PLAIN]);
  for (let round = 0; round < 149; round += 1) await shared.mailstore.copy(id, [[1, 3]], id);
  await client.ok('NOOP');
  await client.ok('STORE 5:9 +FLAGS.SILENT (\\Seen)');
  const untagged = await client.ok('FETCH 1:* (BODY[HEADER.FIELDS (Subject)])');
  const answers = [
    ...untagged.matchAll(/\* (\d+) FETCH \((FLAGS \(\\Seen[^)]*\) )?BODY[^\r]*\r\nSubject: (\w+)/g),
  ];
  assert.equal(answers.length, 450);
  for (const [n, answer] of answers.entries()) {
    assert.equal(answer[1], String(n + 1));
    assert.equal(answer[2] === undefined, n >= 4 && n <= 8, `message ${n + 1}`);
    assert.equal(answer[3], n % 3 === 1 ? 'nested' : 'plain');
  }
  assert.equal(await client.ok('NOOP'), '');
});

test('I55 I31 EXAMINE: BODY[] sets nothing', async () => {
  const { client, another } = await imapRoom(await office(), [PLAIN]);
  const reader = await another('EXAMINE');
  assert.match(await reader.ok('FETCH 1 (FLAGS BODY[])'), /^\* 1 FETCH \(FLAGS \([^\\]*\) BODY\[\]/);
  assert.doesNotMatch(await client.ok('FETCH 1 FLAGS'), /\\Seen/);
});

test('I55 INTERNALDATE has a space-padded day and does not change', async () => {
  const { client, name } = await imapRoom(await office());
  await client.append(name, PLAIN, '" 7-Feb-1994 21:52:25 -0830"');
  await client.append(name, PLAIN, '"17-Jul-1996 02:44:25 +0545"');
  const first = await client.ok('FETCH 1:2 INTERNALDATE');
  assert.equal(
    first,
    '* 1 FETCH (INTERNALDATE " 7-Feb-1994 21:52:25 -0830")\r\n* 2 FETCH (INTERNALDATE "17-Jul-1996 02:44:25 +0545")\r\n',
  );
  await client.ok('STORE 1:2 +FLAGS (\\Flagged)');
  assert.equal(await client.ok('FETCH 1:2 INTERNALDATE'), first);
});

test('I56 sets: reversed, star, duplicates; a number above EXISTS is BAD, an unknown UID is ignored', async () => {
  const { client } = await imapRoom(await office(), [PLAIN, PLAIN, PLAIN]);
  const numbers = (text: string) => [...text.matchAll(/\* (\d+) FETCH/g)].map((each) => Number(each[1]));
  assert.deepEqual(numbers(await client.ok('FETCH *:2 UID')), [2, 3]);
  assert.deepEqual(numbers(await client.ok('FETCH 3,1,1:2,2 UID')), [1, 2, 3]);
  assert.match((await client.command('FETCH 4 UID')).tagged, /^BAD/);
  assert.match((await client.command('FETCH 1:4 UID')).tagged, /^BAD/);
  assert.deepEqual(numbers(await client.ok('UID FETCH 99 FLAGS')), []);
  assert.deepEqual(numbers(await client.ok('UID FETCH 99:* FLAGS')), [3]);
  assert.deepEqual(numbers(await client.ok('UID FETCH 2:50 FLAGS')), [2, 3]);
});

test('I56 a set of 100 KiB works', async () => {
  const { client } = await imapRoom(await office(), [PLAIN]);
  const set = Array.from({ length: 14_000 }, (_, i) => 100_000 + 2 * i).join(',');
  assert.match(await client.ok(`UID FETCH 1,${set} UID`), /^\* 1 FETCH \(UID 1\)\r\n$/);
});

test('I56 a mailbox without messages', async () => {
  const { client } = await imapRoom(await office());
  assert.match((await client.command('FETCH 1:* FLAGS')).tagged, /^BAD/);
  assert.equal(await client.ok('UID FETCH 1:* FLAGS'), '');
});

test('I61 MODSEQ and CHANGEDSINCE turn CONDSTORE on; CHANGEDSINCE 0 is everything', async () => {
  const { client } = await imapRoom(await office(), [PLAIN, PLAIN]);
  assert.equal(await client.ok('FETCH 1 FLAGS'), '* 1 FETCH (FLAGS (\\Recent))\r\n');
  const all = await client.ok('UID FETCH 1:* (FLAGS) (CHANGEDSINCE 0)');
  const modseqs = [...all.matchAll(/MODSEQ \((\d+)\)/g)].map((each) => Number(each[1]));
  assert.equal(modseqs.length, 2);
  assert.match(await client.ok('FETCH 1 FLAGS'), /^\* 1 FETCH \(MODSEQ \(\d+\) FLAGS/);
  const since = Math.max(...modseqs);
  assert.equal(await client.ok(`FETCH 1:* (UID) (CHANGEDSINCE ${since})`), '');
  await client.ok('STORE 2 +FLAGS.SILENT (\\Flagged)');
  const changed = await client.ok(`FETCH 1:* (UID) (CHANGEDSINCE ${since})`);
  assert.match(changed, /^\* 2 FETCH \(UID 2 MODSEQ \(\d+\)\)\r\n$/);
});

test('I62 VANISHED (EARLIER) comes before the FETCHes of CHANGEDSINCE', async () => {
  const { client, name } = await imapRoom(await office(), [PLAIN, PLAIN, PLAIN, PLAIN]);
  await client.ok('ENABLE QRESYNC');
  const before = /HIGHESTMODSEQ (\d+)/.exec(await client.ok(`STATUS ${name} (HIGHESTMODSEQ)`))?.[1];
  await client.ok('STORE 2:3 +FLAGS.SILENT (\\Deleted)');
  assert.match(await client.ok('EXPUNGE'), /\* VANISHED 2:3\r\n/);
  await client.ok('STORE 1 +FLAGS.SILENT (\\Flagged)');
  assert.match(
    await client.ok(`UID FETCH 1:* (FLAGS) (CHANGEDSINCE ${before} VANISHED)`),
    /^\* VANISHED \(EARLIER\) 2:3\r\n\* 1 FETCH \(UID 1 MODSEQ \(\d+\) FLAGS \(\\Flagged \\Recent\)\)\r\n$/,
  );
});

test('PARTIAL picks by place, from either end, after CHANGEDSINCE (RFC 9394)', async () => {
  const { client } = await imapRoom(await office(), [PLAIN, PLAIN, PLAIN, PLAIN, PLAIN]);
  await client.ok('STORE 2 +FLAGS.SILENT (\\Deleted)');
  await client.ok('EXPUNGE');
  const uids = async (modifier: string) =>
    [...(await client.ok(`UID FETCH 1:* (UID) (${modifier})`)).matchAll(/UID (\d+)/g)].map((each) =>
      Number(each[1]),
    );
  assert.deepEqual(await uids('PARTIAL 1:2'), [1, 3]);
  assert.deepEqual(await uids('PARTIAL -1:-2'), [4, 5]);
  assert.deepEqual(await uids('PARTIAL 4:9'), [5]);
  assert.deepEqual(await uids('PARTIAL 5:9'), []);
  assert.deepEqual(await uids('CHANGEDSINCE 0 PARTIAL -1:-1'), [5]);
});

test('BINARY decodes base64 and quoted-printable, BINARY.SIZE tells the decoded size (RFC 3516)', async () => {
  const { client } = await imapRoom(await office(), [NESTED]);
  const picture = Buffer.from(Array.from({ length: 300 }, (_, i) => i % 256)).toString('latin1');
  const untagged = await client.ok('FETCH 1 (BINARY.SIZE[2] BINARY.PEEK[2] BINARY.PEEK[1.1])');
  assert.equal(answered(untagged, 'BINARY.SIZE[2]'), '300');
  // What holds NUL is a literal8.
  assert.match(untagged, /BINARY\[2\] ~\{300\}\r\n/);
  assert.equal(answered(untagged, 'BINARY[2]'), picture);
  assert.equal(answered(untagged, 'BINARY[1.1]'), Buffer.from('Привет\r\nend').toString('latin1'));
  assert.equal(
    answered(await client.ok('FETCH 1 BINARY.PEEK[2]<250.100>'), 'BINARY[2]<250>'),
    picture.slice(250),
  );
  assert.equal(answered(await client.ok('FETCH 1 BINARY.PEEK[]'), 'BINARY[]'), NESTED);
  assert.match((await client.command('FETCH 1 BINARY.PEEK[5]')).tagged, /^NO \[UNKNOWN-CTE\]/);
  assert.doesNotMatch(await client.ok('FETCH 1 FLAGS'), /\\Seen/);
  assert.match(
    await client.ok('FETCH 1 BINARY[1.2]'),
    /FLAGS \(\\Seen \\Recent\) BINARY\[1\.2\] \{11\}\r\n<p>html/,
  );
});

test('BINARY of a part larger than memory allows is streamed and whole', async () => {
  const octets = Buffer.alloc(900_000, 'postroom ');
  const text = octets.toString('base64').replace(/.{76}/g, '$&\r\n');
  const letter = `Content-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n${text}\r\n`;
  const { client } = await imapRoom(await office(), [letter]);
  assert.equal(answered(await client.ok('FETCH 1 BINARY.PEEK[1]'), 'BINARY[1]'), octets.toString('latin1'));
  assert.equal(
    answered(await client.ok('FETCH 1 BINARY.PEEK[1]<450000.9>'), 'BINARY[1]<450000>'),
    octets.toString('latin1', 450_000, 450_009),
  );
});

test('I65 EMAILID is the same for copies, THREADID, SAVEDATE, PREVIEW', async () => {
  const { client, name } = await imapRoom(await office(), [PLAIN]);
  await client.ok(`COPY 1 ${name}`);
  const untagged = await client.ok('FETCH 1:* (EMAILID THREADID SAVEDATE PREVIEW)');
  const ids = [...untagged.matchAll(/EMAILID \((M[0-9A-Za-z_-]+)\)/g)].map((each) => each[1]);
  assert.equal(ids.length, 2);
  assert.equal(ids[0], ids[1]);
  assert.match(untagged, /THREADID \(T[0-9A-Za-z_-]+\) SAVEDATE "[ \d]\d-[A-Z][a-z]{2}-\d{4} /);
  assert.match(untagged, /PREVIEW "Hello, world"/);
  assert.match(
    await client.ok('FETCH 1 (PREVIEW (LAZY) UID)'),
    /^\* 1 FETCH \(UID 1 PREVIEW "Hello, world"\)/,
  );
  assert.match(await client.ok('FETCH 1 PREVIEW (LAZY)'), /PREVIEW "Hello, world"/);
});

test('I25 what was expunged elsewhere and not yet told is still there for FETCH', async () => {
  const { client, another } = await imapRoom(await office(), [PLAIN, NESTED, PLAIN]);
  const other = await another();
  await other.ok('STORE 2 +FLAGS.SILENT (\\Deleted)');
  await other.ok('EXPUNGE');
  const untagged = await client.ok('FETCH 1:3 (UID FLAGS ENVELOPE BODY.PEEK[])');
  assert.deepEqual(
    [...untagged.matchAll(/\* (\d+) FETCH \(UID (\d+)/g)].map((each) => each[2]),
    ['1', '2', '3'],
  );
  assert.ok(untagged.includes(NESTED));
  // Rule I21: no EXPUNGE in a FETCH; the next NOOP tells it.
  assert.doesNotMatch(untagged, /EXPUNGE/);
  assert.match(await client.ok('NOOP'), /^\* 2 EXPUNGE\r\n/);
});

test('I22 EXISTS comes with a FETCH, after its own answers', async () => {
  const { client, office: shared, id } = await imapRoom(await office(), [PLAIN]);
  await put(shared.mailstore, id, PLAIN);
  const untagged = await client.ok('FETCH 1 UID');
  assert.match(untagged, /^\* 1 FETCH \(UID 1\)\r\n\* 2 EXISTS\r\n/);
});

test('G3 a reader that stops reading pauses the answer and gets all of it in the end', async () => {
  const big = `Subject: big\r\n\r\n${'0123456789abcdef'.repeat(4).concat('\r\n').repeat(60_000)}`;
  const { client } = await imapRoom(await office(), [big, big, big, big]);
  client.socket.pause();
  client.send('s FETCH 1:4 BODY.PEEK[]\r\n');
  const { mailstore, inboxId } = await office();
  // Something else is served meanwhile.
  assert.ok((await mailstore.mailboxById(inboxId))?.exists);
  client.socket.resume();
  const { untagged, tagged } = await client.answer('s');
  assert.match(tagged, /^OK/);
  assert.equal(untagged.length, 4 * (big.length + `* 1 FETCH (BODY[] {${big.length}}\r\n)\r\n`.length));
});
