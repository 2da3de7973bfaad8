import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MAX_LINE_BYTES } from '../../../main/base/limits.ts';
import { numberedLines, parseReply, ReplyParser } from '../../../main/client/pop3/wire.ts';

interface Heard {
  status: string;
  text: string;
  code: string;
  body: string | null;
}

/** What a parser makes of these packets; `blocks` says for each reply whether a block follows. */
function hear(packets: readonly Buffer[], blocks: readonly boolean[]): Heard[] {
  const heard: Heard[] = [];
  let n = 0;
  let body: Buffer[] = [];
  let ended = true;
  const parser = new ReplyParser({
    blockFollows: () => blocks[n] ?? false,
    status(reply, block) {
      n += 1;
      heard.push({ ...reply, body: null });
      ended = !block;
      body = [];
    },
    piece: (octets) => void body.push(Buffer.from(octets)),
    blockEnd() {
      ended = true;
      (heard.at(-1) as Heard).body = Buffer.concat(body).toString('latin1');
    },
  });
  for (const packet of packets) parser.push(packet);
  assert.equal(ended, true, 'a block did not end');
  assert.equal(parser.unfinished, false);
  return heard;
}

/** The letter as it is, and as it goes over the wire. */
const LETTERS: [name: string, letter: string, sent: string][] = [
  ['a plain letter', 'A: b\r\n\r\ntext\r\n', 'A: b\r\n\r\ntext\r\n.\r\n'],
  ['nothing at all', '', '.\r\n'],
  ['one empty line', '\r\n', '\r\n.\r\n'],
  ['a line of one dot', 'a\r\n.\r\nb\r\n', 'a\r\n..\r\nb\r\n.\r\n'],
  ['lines that begin with dots', '.a\r\n..b\r\n...\r\n', '..a\r\n...b\r\n....\r\n.\r\n'],
  ['a dot and a CR that end nothing', '.\rx\r\n', '..\rx\r\n.\r\n'],
  ['a stuffed dot before CR and text', '\rx\r\n', '.\rx\r\n.\r\n'],
  ['a bare LF and a dot', 'a\n.\n.b\r\n', 'a\n.\n.b\r\n.\r\n'],
  ['bare LF, dot, CRLF', 'a\n.\r\nb\r\n', 'a\n.\r\nb\r\n.\r\n'],
  ['CR CR LF', 'a\r\r\n.\r\n', 'a\r\r\n..\r\n.\r\n'],
  ['many CRs', '\r\r\r\n\r\r\n', '\r\r\r\n\r\r\n.\r\n'],
  ['a first dot that is doubled CR', '.\r\r\n', '..\r\r\n.\r\n'],
  [
    'octets above 127 and NUL',
    'S: \xd0\x9f\x00\r\n\r\n\xff\xfe\r\n',
    'S: \xd0\x9f\x00\r\n\r\n\xff\xfe\r\n.\r\n',
  ],
];

describe('replies of a POP3 server', () => {
  for (const [name, letter, sent] of LETTERS) {
    test(`${name}: the same at every cut`, () => {
      const wire = Buffer.from(`+OK hello\r\n+OK here it is\r\n${sent}-ERR [SYS/TEMP] later\r\n`, 'latin1');
      const wanted = hear([wire], [false, true, false]);
      assert.deepEqual(
        wanted.map((each) => [each.status, each.code, each.text, each.body]),
        [
          ['ok', '', 'hello', null],
          ['ok', '', 'here it is', letter],
          ['err', 'SYS/TEMP', 'later', null],
        ],
      );
      for (let cut = 1; cut < wire.length; cut++) {
        const two = [wire.subarray(0, cut), wire.subarray(cut)];
        assert.deepEqual(hear(two, [false, true, false]), wanted, `cut at ${cut}`);
        for (let second = cut + 1; second < Math.min(wire.length, cut + 6); second++) {
          const three = [wire.subarray(0, cut), wire.subarray(cut, second), wire.subarray(second)];
          assert.deepEqual(hear(three, [false, true, false]), wanted, `cuts at ${cut} and ${second}`);
        }
      }
      assert.deepEqual(
        hear(
          [...wire].map((octet) => Buffer.from([octet])),
          [false, true, false],
        ),
        wanted,
      );
    });
  }

  test('a server that ends all its lines with a bare LF is understood', () => {
    const wire = Buffer.from('+OK hello\n+OK\na\n..b\n.\n+OK bye\n', 'latin1');
    for (let cut = 1; cut < wire.length; cut++) {
      const heard = hear([wire.subarray(0, cut), wire.subarray(cut)], [false, true, false]);
      assert.deepEqual(
        heard.map((each) => each.body),
        [null, 'a\n.b\n', null],
        `cut at ${cut}`,
      );
    }
  });

  test('a refusal has no block behind it', () => {
    const heard = hear([Buffer.from('-ERR no such message\r\n+OK\r\nx\r\n.\r\n')], [true, true]);
    assert.deepEqual(
      heard.map((each) => [each.status, each.body]),
      [
        ['err', null],
        ['ok', 'x\r\n'],
      ],
    );
  });

  test('status lines', () => {
    const cases: [string, ReturnType<typeof parseReply>][] = [
      ['+OK', { status: 'ok', code: '', text: '' }],
      ['+ok  2 320', { status: 'ok', code: '', text: '2 320' }],
      ['-ERR [in-use] locked', { status: 'err', code: 'IN-USE', text: 'locked' }],
      ['-ERR [AUTH]', { status: 'err', code: 'AUTH', text: '' }],
      ['+ ', { status: 'more', code: '', text: '' }],
      ['+', { status: 'more', code: '', text: '' }],
      ['+ abc=', { status: 'more', code: '', text: 'abc=' }],
    ];
    for (const [line, wanted] of cases) assert.deepEqual(parseReply(line), wanted, line);
    for (const line of ['', 'OK', '* OK IMAP4', '220 smtp', '+OKAY', 'HTTP/1.1 400'])
      assert.throws(() => parseReply(line), { code: 'server-error' }, line);
  });

  test('a line of the greatest length is taken, a longer one is not', () => {
    const line = (length: number) => Buffer.from(`+OK ${'x'.repeat(length - 4)}`);
    const crlf = Buffer.from('\n');
    assert.equal(hear([line(MAX_LINE_BYTES), crlf], [false])[0]?.text.length, MAX_LINE_BYTES - 4);
    assert.throws(() => hear([line(MAX_LINE_BYTES + 1), crlf], [false]), { code: 'server-error' });
    assert.throws(() => hear([line(MAX_LINE_BYTES), Buffer.from('xx\n')], [false]), { code: 'server-error' });
  });

  test('listings', () => {
    const block = Buffer.from('1 abc\r\n2  def more\r\n\r\nnonsense\r\n 3 ~!#\r\n');
    assert.deepEqual(
      [...numberedLines(block)],
      [
        [1, 'abc'],
        [2, 'def'],
        [3, '~!#'],
      ],
    );
  });
});
