import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { FLAGGED, SEEN } from '../../../main/server/mailstore/mailstore.ts';
import { type ImapClient, type ImapOffice, openImapOffice } from '../../kit/office-imap.ts';
import { type Ends, put } from '../../kit/office-mailstore.ts';

/** 1 to 6, as the tables below know them. */
const LETTERS: readonly { text: string | Uint8Array; flags?: number; keywords?: string[]; at: string }[] = [
  {
    text: 'From: "Пётр Иванов" <ivanov@a.example>\r\nTo: petrov@b.example\r\nSubject: =?koi8-r?B?89nFyydh?= one\r\nDate: Mon, 2 Nov 2026 23:30:00 +0300\r\nMessage-ID: <one@a.example>\r\n\r\nHello world\r\nsecond line\r\n',
    flags: SEEN,
    at: '2026-11-03T10:00:00Z',
  },
  {
    text: Buffer.from(
      'From: Anna <anna@c.example>\r\nTo: list@b.example\r\nCc: Boss <boss@b.example>\r\nSubject: =?utf-8?B?0J7RgtGH0ZHRgiDQt9CwINC90L7Rj9Cx0YDRjA==?=\r\nDate: Tue, 3 Nov 2026 09:00:00 +0000\r\nMessage-ID: <two@c.example>\r\nContent-Type: text/plain; charset=windows-1251\r\nContent-Transfer-Encoding: base64\r\n\r\n' +
        Buffer.from([0xd1, 0xec, 0xe5, 0xf2, 0xe0, 0x20, 0xe3, 0xee, 0xf2, 0xee, 0xe2, 0xe0]).toString(
          'base64',
        ) +
        '\r\n',
    ),
    flags: FLAGGED,
    at: '2026-11-03T12:00:00Z',
  },
  {
    text: 'From: robot@d.example\r\nSubject: html\r\nMessage-ID: <three@d.example>\r\nIn-Reply-To: <one@a.example>\r\nX-Mark: yes\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Visible <b>words</b></p><script>hidden()</script>\r\n--b\r\nContent-Type: application/octet-stream\r\n\r\nbinary needle\r\n--b--\r\n',
    keywords: ['$Work'],
    at: '2026-11-05T00:00:01Z',
  },
  {
    text: 'From: Anna <anna@c.example>\r\nSubject: Re: html\r\nMessage-ID: <four@c.example>\r\nDate: Thu, 5 Nov 2026 10:00:00 +0000\r\n\r\nquoted-printable?\r\n',
    at: '2026-11-05T12:00:00Z',
  },
  {
    text: `From: Zoe <zoe@e.example>\r\nSubject: big\r\nDate: Fri, 6 Nov 2026 10:00:00 +0000\r\n\r\n${'x'.repeat(5000)}\r\n`,
    at: '2026-11-06T12:00:00Z',
  },
  {
    text: 'From: anna@c.example\r\nSubject: Fwd: outer\r\nContent-Type: message/rfc822\r\n\r\nFrom: inner@f.example\r\nSubject: inner subject\r\n\r\nnested words\r\n',
    flags: SEEN,
    at: '2026-11-07T12:00:00Z',
  },
];

const endings: (() => unknown)[] = [];
const ends: Ends = { after: (action) => void endings.push(action) };
let office: ImapOffice;
let client: ImapClient;

before(async () => {
  office = await openImapOffice(ends);
  for (const { text, flags = 0, keywords = [], at } of LETTERS) {
    await put(office.mailstore, office.inboxId, text, { flags, keywords, internalDate: Date.parse(at) });
  }
  client = await office.client();
  await client.ok('SELECT INBOX');
});
after(async () => {
  for (const end of endings.reverse()) await end();
});

const numbers = (said: string) => /^\* (?:SEARCH|SORT)((?: \d+)*)/m.exec(said)![1]!.trim();
const searched = async (keys: string) => numbers(await client.ok(`SEARCH ${keys}`));

describe('I58 keys', () => {
  const table: [string, string][] = [
    ['ALL', '1 2 3 4 5 6'],
    ['SEEN', '1 6'],
    ['UNSEEN', '2 3 4 5'],
    ['NOT SEEN', '2 3 4 5'],
    ['FLAGGED', '2'],
    ['UNFLAGGED SEEN', '1 6'],
    ['KEYWORD $work', '3'],
    ['UNKEYWORD $Work', '1 2 4 5 6'],
    ['KEYWORD wor', ''],
    ['2:4', '2 3 4'],
    ['*', '6'],
    ['NOT 2:4 SEEN', '1 6'],
    ['UID 1,3:4', '1 3 4'],
    ['UID 100:*', '6'],
    ['FROM anna', '2 4 6'],
    ['FROM "PETR"', ''],
    ['TO petrov@B.EXAMPLE', '1'],
    ['CC boss', '2'],
    ['BCC x', ''],
    ['SUBJECT html', '3 4'],
    ['SUBJECT "re: HTML"', '4'],
    ['BODY "hello WORLD"', '1'],
    ['BODY "world second"', '1'],
    ['BODY visible', '3'],
    ['BODY "visible words"', '3'],
    ['BODY hidden', ''],
    ['BODY needle', ''],
    ['BODY nested', '6'],
    ['TEXT nested', '6'],
    ['TEXT robot@d', '3'],
    ['TEXT ""', '1 2 3 4 5 6'],
    ['HEADER X-Mark ""', '3'],
    ['HEADER X-Mark yes', '3'],
    ['HEADER x-mark no', ''],
    ['HEADER Message-ID <one@a', '1'],
    ['HEADER In-Reply-To one@', '3'],
    ['LARGER 4000', '5'],
    ['SMALLER 4000', '1 2 3 4 6'],
    ['BEFORE 5-Nov-2026', '1 2'],
    ['ON 5-Nov-2026', '3 4'],
    ['SINCE 5-Nov-2026', '3 4 5 6'],
    ['SENTON 2-Nov-2026', '1'],
    ['SENTBEFORE "3-Nov-2026"', '1'],
    ['SENTSINCE 5-Nov-2026', '4 5'],
    ['OR SEEN FLAGGED', '1 2 6'],
    ['OR (SEEN FROM ivanov) (FROM anna SUBJECT html)', '1 4'],
    ['OR OR SEEN FLAGGED KEYWORD $Work', '1 2 3 6'],
    ['NOT (OR SEEN FLAGGED)', '3 4 5'],
    ['ANSWERED', ''],
    ['DELETED', ''],
    ['UNDELETED UNDRAFT UNANSWERED', '1 2 3 4 5 6'],
    ['YOUNGER 1', ''],
    ['OLDER 1', '1 2 3 4 5 6'],
    ['SAVEDSINCE 1-Jan-2020', '1 2 3 4 5 6'],
    ['CHARSET US-ASCII SEEN', '1 6'],
    ['(SEEN) (1)', '1'],
  ];
  for (const [keys, expected] of table) {
    test(keys, async () => assert.equal(await searched(keys), expected));
  }
});

describe('I58 Russian, in any case and charset of the letter', () => {
  const table: [string, string, string][] = [
    ['SUBJECT', 'отчет', '2'],
    ['SUBJECT', 'ОТЧЁТ ЗА', '2'],
    ['BODY', 'СМЕТА', '2'],
    ['TEXT', 'мета гот', '2'],
    ['FROM', 'пётр', '1'],
    ['FROM', 'Петр ИВАНОВ', '1'],
  ];
  for (const [key, text, expected] of table) {
    test(`${key} ${text}`, async () => {
      const octets = Buffer.from(text);
      const literal = octets.toString('latin1');
      assert.equal(await searched(`CHARSET UTF-8 ${key} {${octets.length}+}\r\n${literal}`), expected);
      assert.equal(await searched(`${key} "${literal}"`), expected);
    });
  }
});

test('I58 an unknown charset, a broken key, too deep, too many', async () => {
  const refused = await client.command('SEARCH CHARSET KOI8-R ALL');
  assert.match(refused.tagged, /^NO \[BADCHARSET \(UTF-8 US-ASCII\)\]/);
  for (const keys of [
    '',
    ' ',
    'NONSENSE',
    'FROM',
    'OR SEEN',
    'NOT',
    '(SEEN',
    'SEEN)',
    'LARGER x',
    'BEFORE 32-Foo-2026',
    '9',
    '0',
    'RETURN (NONSENSE) ALL',
    'RETURN (PARTIAL 1:5 ALL) ALL',
    'RETURN (PARTIAL 1:-5) ALL',
  ]) {
    assert.match((await client.command(`SEARCH ${keys}`)).tagged, /^BAD/, keys);
  }
  assert.match((await client.command(`SEARCH ${'NOT '.repeat(60)}SEEN`)).tagged, /^BAD \[LIMIT\]/);
  assert.match(
    (await client.command(`SEARCH ${'('.repeat(60)}SEEN${')'.repeat(60)}`)).tagged,
    /^BAD \[LIMIT\]/,
  );
  assert.match((await client.command(`SEARCH ${'SEEN '.repeat(1001)}SEEN`)).tagged, /^BAD \[LIMIT\]/);
  assert.equal(await searched(`${'NOT '.repeat(40)}SEEN`), '1 6');
});

test('ESEARCH (RFC 4731): MIN MAX ALL COUNT, RETURN () is ALL, nothing found', async () => {
  const said = async (keys: string) => (await client.ok(keys)).trim().replace(/\(TAG "[^"]+"\)/, 'T');
  assert.equal(await said('SEARCH RETURN (MIN MAX COUNT) UNSEEN'), '* ESEARCH T MIN 2 MAX 5 COUNT 4');
  assert.equal(await said('SEARCH RETURN () UNSEEN'), '* ESEARCH T ALL 2:5');
  assert.equal(await said('UID SEARCH RETURN (ALL) OR SEEN FLAGGED'), '* ESEARCH T UID ALL 1:2,6');
  assert.equal(await said('SEARCH RETURN (MIN COUNT) ANSWERED'), '* ESEARCH T COUNT 0');
  assert.equal(await said('SEARCH RETURN (ALL) ANSWERED'), '* ESEARCH T');
});

test('SEARCHRES (RFC 5182): $ stands for what was saved; a failed search saves nothing', async () => {
  assert.equal(await client.ok('SEARCH RETURN (SAVE) UNSEEN'), '');
  assert.equal(await searched('$'), '2 3 4 5');
  assert.equal(await searched('$ FROM anna'), '2 4');
  assert.equal(await searched('UID $ SMALLER 4000'), '2 3 4');
  await client.ok('SEARCH RETURN (SAVE MIN) UNSEEN');
  assert.equal(await searched('$'), '2');
  assert.match(await client.ok('FETCH $ (UID)'), /^\* 2 FETCH \(UID 2\)/);
  await client.command('SEARCH RETURN (SAVE) CHARSET X ALL');
});

test('PARTIAL (RFC 9394): a window from the beginning and from the end', async () => {
  const said = async (keys: string) => (await client.ok(keys)).trim().replace(/\(TAG "[^"]+"\)/, 'T');
  assert.equal(await said('SEARCH RETURN (PARTIAL 2:3) ALL'), '* ESEARCH T PARTIAL (2:3 2:3)');
  assert.equal(
    await said('UID SEARCH RETURN (PARTIAL -1:-2 COUNT) ALL'),
    '* ESEARCH T UID COUNT 6 PARTIAL (-1:-2 5:6)',
  );
  assert.equal(await said('SEARCH RETURN (PARTIAL 100:200) ALL'), '* ESEARCH T PARTIAL (100:200 NIL)');
});

test('I61 SEARCH MODSEQ answers with the highest and turns MODSEQ on', async () => {
  const other = await office.client();
  await other.ok('SELECT INBOX');
  const [, modseq] = /MODSEQ \((\d+)\)/.exec(await other.ok('FETCH 3 (MODSEQ)'))!;
  const said = await other.ok(`SEARCH MODSEQ ${modseq}`);
  assert.match(said, /^\* SEARCH 3 4 5 6 \(MODSEQ \d+\)/);
  assert.match(await other.ok(`SEARCH MODSEQ "/flags/\\\\Seen" all 999999999999`), /^\* SEARCH\r\n/);
  assert.match(await other.ok('SEARCH RETURN (COUNT) MODSEQ 1'), /COUNT 6 MODSEQ \d+/);
});

describe('I59 SORT', () => {
  const table: [string, string][] = [
    ['(ARRIVAL) UTF-8 ALL', '1 2 3 4 5 6'],
    ['(REVERSE ARRIVAL) UTF-8 ALL', '6 5 4 3 2 1'],
    ['(SIZE) US-ASCII 4:5', '4 5'],
    ['(REVERSE SIZE) US-ASCII 4:5', '5 4'],
    ['(FROM) UTF-8 ALL', '2 4 6 1 3 5'],
    ['(FROM REVERSE ARRIVAL) UTF-8 ALL', '6 4 2 1 3 5'],
    ['(SUBJECT) UTF-8 3:5', '5 3 4'],
    ['(DATE) UTF-8 1:5', '1 2 3 4 5'],
    ['(DISPLAYFROM) UTF-8 2:5', '2 4 3 5'],
    ['(CC ARRIVAL) UTF-8 1:2', '1 2'],
  ];
  for (const [keys, expected] of table) {
    test(keys, async () => assert.equal(numbers(await client.ok(`SORT ${keys}`)), expected));
  }
  test('ESORT keeps the order', async () => {
    const said = await client.ok('UID SORT RETURN (ALL COUNT) (REVERSE ARRIVAL) UTF-8 ALL');
    assert.match(said, /^\* ESEARCH \(TAG "[^"]+"\) UID ALL 6,5,4,3,2,1 COUNT 6\r\n/);
  });
  test('broken ones', async () => {
    for (const keys of [
      '() UTF-8 ALL',
      '(NONSENSE) UTF-8 ALL',
      '(REVERSE) UTF-8 ALL',
      '(DATE) ALL',
      '(DATE) UTF-8',
    ]) {
      assert.match((await client.command(`SORT ${keys}`)).tagged, /^(BAD|NO \[BADCHARSET)/, keys);
    }
  });
});

test('I59 THREAD', async () => {
  assert.match(await client.ok('THREAD REFERENCES UTF-8 1:4'), /^\* THREAD \(1 3\)\(2\)\(4\)\r\n/);
  assert.match(await client.ok('THREAD ORDEREDSUBJECT UTF-8 3:4'), /^\* THREAD \(3 4\)\r\n/);
  assert.match(await client.ok('UID THREAD REFERENCES US-ASCII ANSWERED'), /^\* THREAD\r\n/);
  assert.match((await client.command('THREAD NONSENSE UTF-8 ALL')).tagged, /^BAD/);
});

test('RFC 8474: EMAILID and THREADID find what FETCH shows', async () => {
  const said = await client.ok('FETCH 3 (EMAILID THREADID)');
  const [, email, thread] = /EMAILID \(([^)]+)\) THREADID \(([^)]+)\)/.exec(said)!;
  assert.equal(await searched(`EMAILID ${email}`), '3');
  assert.match(await searched(`THREADID ${thread}`), /\b3\b/);
  assert.equal(await searched('EMAILID nonsense'), '');
});

test('I20 a search sees only what the client has been told of, and never what is gone', async () => {
  const room = await openImapOffice(ends);
  for (let n = 0; n < 3; n += 1) await put(room.mailstore, room.inboxId, `Subject: s${n}\r\n\r\nx\r\n`);
  const told = await room.client();
  await told.ok('SELECT INBOX');
  await put(room.mailstore, room.inboxId, 'Subject: late\r\n\r\nx\r\n');
  await room.mailstore.removeMessages(room.inboxId, [[2, 2]]);
  const answer = await told.command('SEARCH ALL');
  assert.equal(numbers(answer.untagged), '1 3');
  assert.match(answer.untagged, /\* 4 EXISTS/);
  assert.doesNotMatch(answer.untagged, /EXPUNGE/, 'I21');
  assert.match((await told.command('NOOP')).untagged, /\* 2 EXPUNGE/);
  assert.equal(numbers(await told.ok('SEARCH ALL')), '1 2 3');
});

test('I28 RECENT, NEW and OLD belong to the session', async () => {
  const room = await openImapOffice(ends);
  await put(room.mailstore, room.inboxId, 'Subject: a\r\n\r\nx\r\n');
  const first = await room.client();
  await first.ok('SELECT INBOX');
  assert.equal(numbers(await first.ok('SEARCH RECENT')), '1');
  assert.equal(numbers(await first.ok('SEARCH NEW')), '1');
  assert.equal(numbers(await first.ok('SEARCH OLD')), '');
  const second = await room.client();
  await second.ok('SELECT INBOX');
  assert.equal(numbers(await second.ok('SEARCH RECENT')), '');
  assert.equal(numbers(await second.ok('SEARCH OLD')), '1');
});
