import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseDate } from '../../main/mail/date.ts';
import { readMessageIds } from '../../main/mail/head.ts';
import { readHeader } from '../../main/mail/header.ts';
import { readHead } from '../../main/mail/message.ts';
import { readParameters } from '../../main/mail/parameters.ts';
import { decodeWords } from '../../main/mail/words.ts';
import { octets, utf8 } from './letters.ts';

function fields(text: string): { names: string[]; rest: string; defects: string[] } {
  const bytes = octets(text);
  const block = readHeader(bytes, 0, bytes.length);
  return {
    names: block.fields.map((each) => `${each.key}=${each.raw}`),
    rest: text.slice(block.bodyStart),
    defects: block.defects,
  };
}

describe('header block', () => {
  const cases: [name: string, text: string, names: string[], rest: string][] = [
    ['CRLF', 'A: 1\r\nB: 2\r\n\r\nbody', ['a=1', 'b=2'], 'body'],
    ['LF and folding', 'A: 1\n  more\nB : 2\n\nbody', ['a=1\n  more', 'b=2'], 'body'],
    ['mbox line on top', 'From x@y Fri Jan  1 00:00:00 2021\nA: 1\n\nbody', ['a=1'], 'body'],
    ['quoted mbox line on top', '>From x@y Fri Jan  1\nA: 1\n\nbody', ['a=1'], 'body'],
    ['no blank line', 'A: 1\nHello there\nfriend\n', ['a=1'], 'Hello there\nfriend\n'],
    ['no header', 'Hello there\nfriend\n', [], 'Hello there\nfriend\n'],
    ['blank first', '\nbody', [], 'body'],
    ['nothing', '', [], ''],
    ['header only', 'A: 1', ['a=1'], ''],
    ['junk between fields', 'A: 1\njunk line\nB: 2\n\nbody', ['a=1', 'b=2'], 'body'],
    ['blanks only line is a fold', 'A: 1\n \n more\n\nbody', ['a=1\n \n more'], 'body'],
    ['a mark in front', '\xef\xbb\xbfA: 1\n\nbody', ['a=1'], 'body'],
    ['carriage returns only', 'A: 1\r\rbody', [], 'A: 1\r\rbody'],
    ['empty value', 'A:\nB: 2\n\n', ['a=', 'b=2'], ''],
  ];
  for (const [name, text, names, rest] of cases)
    it(name, () => {
      const found = fields(text);
      assert.deepEqual(found.names, names);
      assert.equal(found.rest, rest);
    });
  it('names its defects', () => {
    assert.deepEqual(fields('hi').defects, ['no-header']);
    assert.deepEqual(fields('A: 1\nhi').defects, ['missing-separator']);
    assert.deepEqual(fields('A: 1\nhi\nB: 2\n\n').defects, ['junk-in-header']);
  });
});

describe('encoded words', () => {
  const cases: [string, string][] = [
    ['plain', 'plain'],
    ['=?utf-8?Q?a_b=3D?=', 'a b='],
    ['=?utf-8?B?0YHRh9GR0YI=?= x', 'счёт x'],
    ['=?utf-8?Q?=D1?= =?utf-8?Q?=91=D0=B6?=', 'ёж'],
    ['=?utf-8?B?0Q==?=\r\n =?utf-8?B?kdC2?=', 'ёж'],
    ['=?utf-8?B?0ZHQt?= =?utf-8?B?g==?=', 'ёж'],
    ['=?utf-8?Q?a?= b =?utf-8?Q?c?=', 'a b c'],
    ['=?utf-8?Q?a?==?utf-8?Q?b?=', 'ab'],
    ['=?utf-8?q?what?=20now?=', 'what?\u0020now'],
    ['=?koi8-r?Q?=F0?= =?windows-1251?Q?=F0?=', 'Пр'],
    ['=?utf-8*ru?Q?=D1=91?=', 'ё'],
    ['=?utf-8?Q?open', '=?utf-8?Q?open'],
    ['=?utf-8?Q?open =?utf-8?Q?x?=', '=?utf-8?Q?open x'],
    ['=?utf-8?X?x?=', '=?utf-8?X?x?='],
    ['=?utf-8?Q?bad=ZZ?=', 'bad=ZZ'],
    ['=?utf-8?Q?with blank?=', 'with blank'],
    ['a\r\n\tb', 'a b'],
    ['a\u0000\u0007b', 'ab'],
    ['=?ISO-2022-JP?B?GyRCJUYbKEI=?= =?ISO-2022-JP?B?GyRCJTkbKEI=?=', 'テス'],
  ];
  for (const [raw, expected] of cases)
    it(JSON.stringify(raw), () => assert.equal(decodeWords(raw), expected));
  it('guesses raw octets, and around encoded words', () => {
    assert.equal(decodeWords('\xd1\xf7\xb8\xf2 \xe7\xe0 \xe8\xfe\xeb\xfc'), 'Счёт за июль');
    assert.equal(decodeWords('\xd1\x91 =?utf-8?Q?=D0=B6?='), 'ё ж');
  });
});

describe('parameters', () => {
  const cases: [string, string, Record<string, string>][] = [
    ['text/plain; charset=utf-8', 'text/plain', { charset: 'utf-8' }],
    ['Text/HTML (comment); Charset="x y"; ; name=a', 'text/html', { charset: 'x y', name: 'a' }],
    ['attachment; filename="a\\"b;c.txt"', 'attachment', { filename: 'a"b;c.txt' }],
    ['attachment; filename=two words.txt', 'attachment', { filename: 'two words.txt' }],
    ["attachment; filename*=utf-8'ru'%D1%91.txt", 'attachment', { filename: 'ё.txt' }],
    ["attachment; filename*0*=koi8-r''%F0; filename*2=c; filename*1=b", 'attachment', { filename: 'Пbc' }],
    ['attachment; filename*0="=?utf-8?Q?=D1"; filename*1="=91.txt?="', 'attachment', { filename: 'ё.txt' }],
    ['attachment; filename="=?utf-8?B?0ZEudHh0?="', 'attachment', { filename: 'ё.txt' }],
    ["attachment; filename=old.txt; filename*=utf-8''new.txt", 'attachment', { filename: 'new.txt' }],
    ['attachment; filename="open', 'attachment', { filename: 'open' }],
    ['attachment; filename="C:\\TEMP\\a.txt"', 'attachment', { filename: 'C:\\TEMP\\a.txt' }],
    [
      'attachment; filename="\xf1\xf7\xb8\xf2 \xef\xee\xf1\xeb\xe5\xe4\xed\xe8\xe9.txt"',
      'attachment',
      { filename: 'счёт последний.txt' },
    ],
    ['multipart/mixed; boundary="a=b"; boundary=c', 'multipart/mixed', { boundary: 'a=b' }],
    ['', '', {}],
  ];
  for (const [raw, value, params] of cases)
    it(JSON.stringify(raw), () => assert.deepEqual(readParameters(raw), { value, params }));
});

describe('dates', () => {
  const cases: [string, string | null][] = [
    ['Wed, 17 Jul 2024 10:15:00 +0300', '2024-07-17T07:15:00Z'],
    ['17 Jul 24 10:15 GMT', '2024-07-17T10:15:00Z'],
    ['Wed, 17 Jul 2024 10:15:00 +0300 (MSK)', '2024-07-17T07:15:00Z'],
    ['Wed, 17 Jul 2024 10:15:00 EST', '2024-07-17T15:15:00Z'],
    ['Wed, 17 Jul 2024 10:15:00', '2024-07-17T10:15:00Z'],
    ['Wed Jul 17 10:15:00 2024', '2024-07-17T10:15:00Z'],
    ['Wed Jul 17 10:15:00 MSK 2024', '2024-07-17T07:15:00Z'],
    ['2024-07-17T10:15:00+03:00', '2024-07-17T07:15:00Z'],
    ['2024-07-17 10:15:00', '2024-07-17T10:15:00Z'],
    ['Wed, 17-Jul-2024 10:15:00 -0530', '2024-07-17T15:45:00Z'],
    ['Ср, 17 июл 2024 10:15:00 +0300', '2024-07-17T07:15:00Z'],
    ['Fri, 1 Jan 99 00:00:00 +0000', '1999-01-01T00:00:00Z'],
    ['Sat, 1 Jan 100 00:00:00 +0000', '2000-01-01T00:00:00Z'],
    ['Fri, 01 Jan 99999 00:00:00 +0000', null],
    ['Mon, 99 Jan 2024 00:00:00 +0000', null],
    ['yesterday', null],
    ['', null],
  ];
  for (const [text, expected] of cases)
    it(text || 'empty', () => assert.equal(parseDate(text), expected === null ? null : Date.parse(expected)));
});

describe('head', () => {
  it('reads the fields of a header fetch', () => {
    const head = readHead(
      utf8(
        'Subject: =?utf-8?Q?=D1=91?=\r\nFrom: "Белова, Анна" <a@x.example>\r\nTo: b@x.example\r\nTo: c@x.example\r\nMessage-ID: <1@x>\r\n' +
          'In-Reply-To: Your message of Monday <0@x>\r\nReferences: <-1@x>\r\n <0@x>\r\nList-Id: Office <office.x.example>\r\nX-Priority: 1\r\n' +
          'List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\nAuto-Submitted: auto-replied\r\nDate: Wed, 17 Jul 2024 10:15:00 +0300\r\n\r\n',
      ),
    );
    assert.equal(head.subject, 'ё');
    assert.deepEqual(head.from, [{ name: 'Белова, Анна', address: 'a@x.example' }]);
    assert.deepEqual(
      head.to.map((each) => each.address),
      ['b@x.example', 'c@x.example'],
    );
    assert.deepEqual([head.messageId, head.inReplyTo, head.references], ['1@x', ['0@x'], ['-1@x', '0@x']]);
    assert.deepEqual(
      [head.listId, head.listUnsubscribePost, head.autoSubmitted, head.importance],
      ['office.x.example', true, true, 'high'],
    );
    assert.equal(head.headers[0]?.[0], 'Subject');
    assert.equal(head.date, Date.UTC(2024, 6, 17, 7, 15));
  });
  it('finds identifiers with and without brackets', () => {
    assert.deepEqual(readMessageIds('<a@b><c@d> junk <e@\n f>'), ['a@b', 'c@d', 'e@f']);
    assert.deepEqual(readMessageIds('a@b said "x@y"'), ['a@b']);
    assert.deepEqual(readMessageIds('your letter'), []);
  });
});
