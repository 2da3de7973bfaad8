import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compose, type Draft, stripBcc, toCrlf } from '../../main/mail/compose.ts';
import { type MessageHead, readAttachment } from '../../main/mail/message.ts';
import {
  forwardSubject,
  forwardText,
  quoteText,
  replyRecipients,
  replyReferences,
  replySubject,
  replyText,
} from '../../main/mail/quote.ts';
import { octets, random, read, textOf, utf8 } from './letters.ts';

const DRAFT: Draft = {
  from: { name: 'Анна, Белова', address: 'anna@x.example' },
  to: [
    { name: 'Пётр "П"', address: 'petr@x.example' },
    { name: '', address: 'olga@x.example' },
  ],
  cc: [],
  bcc: [{ name: '', address: 'secret@x.example' }],
  subject: 'Счёт № 15 за июль — прошу согласовать до пятницы, если успеете',
  text: 'Привет!\n',
  attachments: [],
  messageId: 'new@x.example',
  date: Date.UTC(2024, 6, 17, 7, 15),
};

function checkWire(bytes: Uint8Array): void {
  const text = Array.from(bytes, (octet) => String.fromCharCode(octet)).join('');
  assert.doesNotMatch(text, /[^\r]\n|\r[^\n]/);
  for (const line of text.split('\r\n')) assert.ok(line.length <= 998);
  const header = text.slice(0, text.indexOf('\r\n\r\n'));
  assert.match(header, /^[\x09\x0a\x0d\x20-\x7e]*$/);
  for (const line of header.split('\r\n')) assert.ok(line.length <= 200, line);
}

describe('compose', () => {
  it('what is written is what is read', async () => {
    const text = `${'Длинный абзац из многих слов. '.repeat(12)}\n\n> цитата\n\n-- \nАнна\n`;
    const png = Uint8Array.from({ length: 1000 }, (_, i) => i & 255);
    const bytes = await compose({
      ...DRAFT,
      text,
      html: '<p>Привет <img src="cid:pic@x"></p>',
      inReplyTo: 'old@x.example',
      references: ['first@x.example', 'old@x.example'],
      replyTo: [{ name: 'Отдел', address: 'team@x.example' }],
      importance: 'high',
      requestReadReceipt: true,
      userAgent: 'Postroom/1',
      headers: [['X-Office', 'значение']],
      attachments: [
        {
          name: 'Отчёт за 2026 год (итоговый, согласованный с бухгалтерией).pdf',
          type: 'application/pdf',
          content: png,
        },
        { name: 'pic.png', type: 'image/png', content: png, contentId: 'pic@x', inline: true },
        { name: 'Письмо.eml', type: 'message/rfc822', content: utf8('Subject: inner\n\nтело\n') },
      ],
    });
    checkWire(bytes);
    const letter = read(bytes);
    const { message, content } = letter;
    assert.equal(message.subject, DRAFT.subject);
    assert.deepEqual(message.from, [DRAFT.from]);
    assert.deepEqual(message.to, DRAFT.to);
    assert.deepEqual(message.bcc, DRAFT.bcc);
    assert.deepEqual(message.replyTo, [{ name: 'Отдел', address: 'team@x.example' }]);
    assert.deepEqual(
      [message.messageId, message.inReplyTo, message.references, message.date],
      ['new@x.example', ['old@x.example'], ['first@x.example', 'old@x.example'], DRAFT.date],
    );
    assert.deepEqual(
      [message.importance, message.dispositionNotificationTo[0]?.address],
      ['high', 'anna@x.example'],
    );
    assert.ok(message.headers.some(([name, value]) => name === 'X-Office' && value === 'значение'));
    assert.equal(content.text?.trimEnd(), text.replace(/ \n/, '\n').trimEnd());
    assert.match(content.html ?? '', /Привет <img src="cid:pic@x">/);
    assert.deepEqual(
      content.attachments.map((each) => [each.name, each.type, each.inline]).sort(),
      [
        ['pic.png', 'image/png', true],
        ['Отчёт за 2026 год (итоговый, согласованный с бухгалтерией).pdf', 'application/pdf', false],
        ['Письмо.eml', 'message/rfc822', false],
      ].sort(),
    );
    const report = content.attachments.find((each) => each.name.endsWith('.pdf'));
    assert.deepEqual(readAttachment(bytes, message, report?.n ?? 0), png);
    const inner = content.attachments.find((each) => each.kind === 'message');
    assert.equal(
      textOf(readAttachment(bytes, message, inner?.n ?? 0)).trimEnd(),
      'Subject: inner\r\n\r\nтело',
    );
    assert.deepEqual([message.defects, content.defects], [[], []]);
  });
  it('no value starts a field of its own', async () => {
    const evil = 'x\r\nX-Evil: 1\r\n\r\nbody\u2028\0';
    const bytes = await compose({
      ...DRAFT,
      from: { name: evil, address: 'a@b.c\r\nX-Evil: 1' },
      to: [{ name: evil, address: `d@e.f>\r\nX-Evil: 1` }],
      subject: evil,
      inReplyTo: evil,
      references: [evil],
      messageId: evil,
      userAgent: evil,
      headers: [
        ['X-Good', evil],
        ['X-Evil:', '1'],
        ['X-Evil\r\nX', '1'],
        ['Bcc', 'z@z.z'],
      ],
      attachments: [{ name: evil, type: evil, content: utf8('x'), contentId: evil }],
    });
    checkWire(bytes);
    const { message } = read(bytes);
    assert.deepEqual(
      message.headers.filter(([name]) => /evil/i.test(name)),
      [],
    );
    assert.equal(message.headers.filter(([name]) => name.toLowerCase() === 'bcc').length, 1);
    assert.doesNotMatch(textOf(bytes), /^X-Evil/im);
  });
  it('takes the shorter encoding and keeps hard texts whole', async () => {
    for (const text of [
      'plain ascii\n',
      'ascii with a — dash\n',
      'вся строка по-русски '.repeat(20),
      'x'.repeat(5000),
      '.\n..\nFrom me\n',
      'tab\tand  blanks  inside\n',
      '=?utf-8?Q?no?=',
      '😀'.repeat(400),
    ]) {
      const bytes = await compose({ ...DRAFT, text });
      checkWire(bytes);
      assert.equal(read(bytes).content.text?.replace(/\n$/, ''), text.replace(/ $/, '').replace(/\n$/, ''));
    }
    assert.match(
      textOf(await compose({ ...DRAFT, text: 'mostly ascii — yes '.repeat(20) })),
      /quoted-printable/,
    );
    assert.match(textOf(await compose({ ...DRAFT, text: 'по-русски '.repeat(20) })), /base64/);
    assert.match(textOf(await compose({ ...DRAFT, text: 'hello' })), /7bit/);
  });
  it('an attached letter that cannot travel open goes as a file', async () => {
    const bytes = await compose({
      ...DRAFT,
      attachments: [
        { name: 'a.eml', type: 'message/rfc822', content: octets(`Subject: x\n\n${'y'.repeat(2000)}`) },
      ],
    });
    checkWire(bytes);
    assert.equal(read(bytes).content.attachments[0]?.type, 'application/octet-stream');
  });
  it('an empty letter is a letter', async () => {
    const bytes = await compose({ ...DRAFT, subject: '', text: '', to: [], bcc: [] });
    checkWire(bytes);
    assert.deepEqual(
      [read(bytes).message.subject, read(bytes).content.text?.trim(), read(bytes).message.to],
      ['', '', []],
    );
  });
});

describe('on the way out', () => {
  it('blind recipients are cut and nothing else', () => {
    const cases: [string, string][] = [
      ['A: 1\r\nBcc: x\r\nB: 2\r\n\r\nBcc: body\r\n', 'A: 1\r\nB: 2\r\n\r\nBcc: body\r\n'],
      ['BCC : x,\r\n y\r\n\tz\r\nB: 2\r\n\r\n', 'B: 2\r\n\r\n'],
      ['A: 1\nResent-Bcc: x\n\nbody', 'A: 1\n\nbody'],
      ['A: 1\r\nBcc: x', 'A: 1\r\n'],
      ['Bcc: x\r\n\r\n', '\r\n'],
      ['Bccx: 1\r\nX-Bcc: 2\r\n\r\n', 'Bccx: 1\r\nX-Bcc: 2\r\n\r\n'],
      ['', ''],
    ];
    for (const [input, expected] of cases) assert.equal(textOf(stripBcc(octets(input))), expected);
  });
  it('a composed letter without its Bcc differs by that field only', async () => {
    const bytes = await compose(DRAFT);
    assert.equal(textOf(stripBcc(bytes)), textOf(bytes).replace(/^Bcc: .*\r\n/m, ''));
    assert.doesNotMatch(textOf(stripBcc(bytes)), /secret/);
  });
  it('line ends become CRLF once', () => {
    for (const [input, expected] of [
      ['a\nb', 'a\r\nb'],
      ['a\r\nb\r\n', 'a\r\nb\r\n'],
      ['a\rb', 'a\r\nb'],
      ['\n\r\n\r', '\r\n\r\n\r\n'],
      ['', ''],
    ] as const)
      assert.equal(textOf(toCrlf(octets(input))), expected);
    const next = random(4);
    for (let round = 0; round < 500; round++) {
      const bytes = Uint8Array.from(
        { length: next() * 40 },
        () => [10, 13, 65][Math.floor(next() * 3)] as number,
      );
      const once = toCrlf(bytes);
      assert.doesNotMatch(textOf(once), /(?:^|[^\r])\n|\r(?:$|[^\n])/);
      assert.equal(toCrlf(once), once);
    }
  });
});

describe('answers', () => {
  const who = (...addresses: string[]) => addresses.map((address) => ({ name: '', address }));
  const head = (part: Partial<MessageHead>): MessageHead => ({ ...read('\n').message, ...part });
  const own = ['me@x', 'ME2@x'];
  const cases: [
    name: string,
    head: MessageHead,
    mode: 'sender' | 'all' | 'list',
    to: string[],
    cc: string[],
  ][] = [
    ['author', head({ from: who('a@x'), to: who('me@x', 'b@x') }), 'sender', ['a@x'], []],
    [
      'all without oneself',
      head({ from: who('a@x'), to: who('Me@X', 'b@x'), cc: who('c@x', 'me2@x', 'a@x', 'C@x') }),
      'all',
      ['a@x'],
      ['b@x', 'c@x'],
    ],
    [
      'Reply-To wins',
      head({ from: who('a@x'), replyTo: who('r@x'), to: who('me@x') }),
      'sender',
      ['r@x'],
      [],
    ],
    [
      'Reply-To that names oneself does not',
      head({ from: who('a@x'), replyTo: who('me@x') }),
      'sender',
      ['a@x'],
      [],
    ],
    [
      'own letter goes to its recipients',
      head({ from: who('me@x'), to: who('b@x'), cc: who('c@x') }),
      'all',
      ['b@x'],
      ['c@x'],
    ],
    ['own letter to oneself', head({ from: who('me@x'), to: who('me@x') }), 'sender', ['me@x'], []],
    [
      'list',
      head({ from: who('a@x'), headers: [['List-Post', '<mailto:list@x?subject=y>']] }),
      'list',
      ['list@x'],
      [],
    ],
    ['closed list', head({ from: who('a@x'), headers: [['List-Post', 'NO']] }), 'list', ['a@x'], []],
  ];
  for (const [name, letter, mode, to, cc] of cases)
    it(name, () => {
      const found = replyRecipients(letter, own, mode);
      assert.deepEqual(
        [found.to.map((each) => each.address), found.cc.map((each) => each.address)],
        [to, cc],
      );
    });
  it('subjects carry one mark', () => {
    assert.equal(replySubject('RE[2]: Отв: Re: x'), 'Re: x');
    assert.equal(replySubject('Fwd: x'), 'Re: Fwd: x');
    assert.equal(replySubject(''), 'Re:');
    assert.equal(forwardSubject('Fwd: FW: Re: x'), 'Fwd: Re: x');
    assert.equal(replySubject('На складе'), 'Re: На складе');
  });
  it('quotes without the signature', () => {
    assert.equal(quoteText('a\r\n> b\n\nc\n\n-- \nsig'), '> a\n>> b\n>\n> c');
    assert.equal(replyText('a', 'Anna wrote:'), '\n\nAnna wrote:\n> a\n');
    assert.equal(replyText('', 'Anna wrote:'), '');
    assert.equal(
      forwardText('a\n', '--- Fwd ---', [
        ['From', 'x\ny'],
        ['Cc', ''],
      ]),
      '\n\n--- Fwd ---\nFrom: x y\n\na\n',
    );
  });
  it('references grow and stay bounded', () => {
    assert.deepEqual(replyReferences({ messageId: 'c', references: ['a', 'b'], inReplyTo: ['b'] }), [
      'a',
      'b',
      'c',
    ]);
    assert.deepEqual(replyReferences({ messageId: 'c', references: [], inReplyTo: ['b'] }), ['b', 'c']);
    const long = replyReferences({
      messageId: 'z',
      references: Array.from({ length: 100 }, (_, i) => `${i}`),
      inReplyTo: [],
    });
    assert.deepEqual([long.length, long[0], long.at(-1)], [30, '0', 'z']);
  });
});
