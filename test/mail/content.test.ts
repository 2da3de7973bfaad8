import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Fault } from '../../main/base/errors.ts';
import {
  attachmentText,
  htmlToText,
  readAttachment,
  readContent,
  readInline,
  readMessage,
  takeAttachment,
} from '../../main/mail/message.ts';
import { fixture, fixtures, octets, read, textOf, utf8 } from './letters.ts';

const LETTER =
  'Здравствуйте! Высылаю счёт за июль и акт сверки. Прошу подтвердить получение до пятницы.\n\nС уважением,\nАнна Белова\n';

describe('charsets of whole letters', () => {
  const cases: [file: string, subject: string, from: string, text: string][] = [
    ['windows-1251-qp.eml', 'Счёт №15 за июль', 'Анна Белова', LETTER],
    ['koi8-r-8bit.eml', 'Протокол совещания', 'Анна Белова', LETTER],
    ['unlabelled-windows-1251.eml', 'Счёт за июль', 'Анна Белова', LETTER],
    ['unlabelled-koi8-r.eml', 'Счёт за июль', 'Анна Белова', LETTER],
    ['ascii-label-utf-8.eml', 'Счёт за июль', '', LETTER],
    [
      'iso-2022-jp.eml',
      '見積書の送付について',
      '山田太郎',
      'お世話になっております。\n見積書を送付いたします。\n',
    ],
    ['gb18030.eml', '七月份的发票', '王小明', '您好，请查收七月份的发票。€ 𠀀\n'],
    ['utf-7.eml', 'Счёт', '', 'Здравствуйте! 1 + 1 = 2, «кавычки»\n'],
  ];
  for (const [file, subject, from, text] of cases)
    it(file, () => {
      const { message, content } = read(fixture(file));
      assert.equal(message.subject, subject);
      assert.equal(message.from[0]?.name, from);
      assert.equal(content.text, text);
      assert.equal(content.html, null);
      assert.deepEqual([message.defects, content.defects], [[], []]);
    });
  it('reads again in the encoding that the person chose', () => {
    const bytes = octets('Content-Type: text/plain; charset=koi8-r\n\n\xd1\xf7\xb8\xf2');
    const message = readMessage(bytes);
    assert.notEqual(readContent(bytes, message).text, 'Счёт');
    assert.equal(readContent(bytes, message, { charset: 'windows-1251' }).text, 'Счёт');
    assert.notEqual(readContent(bytes, message).text, 'Счёт');
  });
  it('names a charset that nobody knows', () => {
    assert.deepEqual(read('Content-Type: text/plain; charset=martian\n\nx').content.defects, [
      'unknown-charset',
    ]);
  });
  it('believes the declaration inside HTML when the header says nothing', () => {
    const { content } = read(octets('Content-Type: text/html\n\n<meta charset="koi8-r"><p>\xf3\xde\xc5\xd4'));
    assert.match(content.html ?? '', /Счет$/);
  });
});

describe('what is the letter and what is a file', () => {
  it('text, HTML with its picture, a named file and an attached letter', () => {
    const { bytes, message, content } = read(fixture('related.eml'));
    assert.equal(content.text, 'plain form');
    assert.match(content.html ?? '', /rich form/);
    assert.deepEqual(
      content.attachments.map((each) => [
        each.n,
        each.name,
        each.type,
        each.size,
        each.inline,
        each.kind,
        each.path,
      ]),
      [
        [1, 'logo.png', 'image/png', 8, true, 'image', '1.2.2'],
        [2, 'Отчёт №7.pdf', 'application/pdf', 8, false, 'file', '2'],
        [3, 'Inner letter.eml', 'message/rfc822', 62, false, 'message', '3'],
      ],
    );
    assert.equal(textOf(readAttachment(bytes, message, 2)), '%PDF-1.4');
    assert.match(textOf(readAttachment(bytes, message, 3)), /^From: inner[\s\S]*inner body$/);
    assert.deepEqual(readInline(bytes, message, 'logo@news')?.type, 'image/png');
    assert.deepEqual(readInline(bytes, message, '<LOGO%40news>')?.bytes.length, 8);
    assert.equal(readInline(bytes, message, 'other'), undefined);
    assert.equal(message.tree.children[2]?.message?.subject, 'Inner letter');
  });
  it('a number that is not there is a fault', () => {
    const { bytes, message } = read(fixture('related.eml'));
    for (const n of [0, 4, -1, 1.5])
      assert.throws(
        () => readAttachment(bytes, message, n),
        (thrown) => thrown instanceof Fault && thrown.code === 'no-such-attachment' && thrown.kind === 'user',
      );
  });
  for (const order of ['forwards', 'backwards'])
    it(`files taken ${order}, each in its own place, are the files that are read`, () => {
      let taken = 0;
      for (const name of fixtures()) {
        const { bytes, message, content } = read(fixture(name));
        const spent = read(bytes.slice());
        const numbers = content.attachments.map(({ n }) => n);
        for (const n of order === 'forwards' ? numbers : numbers.reverse()) {
          const file = takeAttachment(spent.bytes, spent.message, n);
          assert.deepEqual(file, readAttachment(bytes, message, n), `${name} ${n}`);
          if (file.buffer === spent.bytes.buffer) taken += 1;
        }
      }
      assert.ok(taken > 3, `${taken}`);
    });
  it('reads a message that crossed a thread', () => {
    const bytes = fixture('related.eml');
    const message = structuredClone(readMessage(bytes));
    assert.equal(textOf(readAttachment(bytes, message, 2)), '%PDF-1.4');
  });
  it('files in the text', () => {
    const { bytes, message, content } = read(fixture('uuencode.eml'));
    assert.deepEqual(
      content.attachments.map((each) => [each.name, each.size, each.source]),
      [
        ['first.bin', 200, 'uuencode'],
        ['отчёт.txt', 15, 'uuencode'],
      ],
    );
    assert.deepEqual(
      readAttachment(bytes, message, 1),
      Uint8Array.from({ length: 200 }, (_, i) => (i * 37) & 255),
    );
    assert.equal(textOf(readAttachment(bytes, message, 2)), 'hello uuencode\n');
    assert.match(
      content.text ?? '',
      /See the files\.[\s\S]*Between them\.[\s\S]*The end\.\nbegin 644 of nothing/,
    );
    assert.doesNotMatch(content.text ?? '', /first\.bin/);
  });
  it('files in winmail.dat', () => {
    const { bytes, message, content } = read(fixture('winmail.eml'));
    assert.equal(content.text, 'Текст письма из Outlook\n');
    assert.deepEqual(
      content.attachments.map((each) => [each.name, each.type, each.source]),
      [
        ['Отчёт за июль.doc', 'application/msword', 'tnef'],
        ['смета.txt', 'text/plain', 'tnef'],
      ],
    );
    assert.equal(textOf(readAttachment(bytes, message, 1)), 'document octets');
  });
  it('a winmail.dat that is none stays a file', () => {
    const { content } = read('Content-Type: application/ms-tnef; name=winmail.dat\n\nnothing');
    assert.deepEqual(content.defects, ['bad-tnef']);
    assert.equal(content.attachments[0]?.name, 'winmail.dat');
  });
  it('format=flowed is unwrapped, in quotes too', () => {
    assert.equal(
      read(fixture('flowed.eml')).content.text,
      'This paragraph is wrapped softly and ends here.\n> A quoted line goes on.\n>> Deeper.\nFrom stuffed\n-- \nsignature\n',
    );
  });
  it('a multipart without its end', () => {
    const { message, content } = read(fixture('broken-multipart.eml'));
    assert.deepEqual(message.defects, ['truncated-multipart']);
    assert.equal(content.text, 'plain words');
    assert.equal(content.html, '<p>rich words</p>');
    assert.deepEqual(
      content.attachments.map((each) => [each.name, each.size]),
      [['a.pdf', 6]],
    );
  });
  it('no header at all', () => {
    const { message, content } = read(fixture('no-header.eml'));
    assert.deepEqual(message.defects, ['no-header']);
    assert.equal(content.text, 'This is a letter without any header.\nIt must still be shown.\n');
  });
  it('a multipart in which no part can be found shows its text', () => {
    assert.equal(read('Content-Type: multipart/mixed; boundary=x\n\nhello').content.text, 'hello');
    assert.equal(read('Content-Type: multipart/mixed\n\nhello').content.text, 'hello');
  });
  it('a text that follows HTML is lost in neither view', () => {
    const { content } = read(
      'Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>news</p>\n--b\n\nlist <footer>\n--b--\n',
    );
    assert.equal(content.text, 'news\nlist <footer>');
    assert.match(content.html ?? '', /<p>news<\/p>\n<pre[^>]*>list &lt;footer&gt;<\/pre>/);
  });
  it('HTML only has no text', () => {
    const { content } = read('Content-Type: text/html\n\n<p>Привет</p>');
    assert.equal(content.text, null);
    assert.equal(content.preview, 'Привет');
  });
  it('an invitation, a card and a signature are told apart', () => {
    const part = (type: string, name: string) =>
      `--b\nContent-Type: ${type}\nContent-Disposition: attachment; filename="${name}"\n\nx\n`;
    const { content } = read(
      `Content-Type: multipart/mixed; boundary=b\n\n${part('text/calendar', 'a.ics')}${part('application/octet-stream', 'b.vcf')}${part('application/pgp-signature', 's.asc')}${part('text/csv', 't.csv')}${part('image/png', 'i.png')}--b--\n`,
    );
    assert.deepEqual(
      content.attachments.map((each) => each.kind),
      ['calendar', 'contact', 'signature', 'text', 'image'],
    );
  });
  it('a named text is a file, except where it must be the letter', () => {
    const text = 'Content-Type: text/plain; name="a.txt"\n\nwords\n';
    const alone = read(text).content;
    assert.deepEqual([alone.text, alone.attachments.length], ['words\n', 0]);
    const form = read(`Content-Type: multipart/alternative; boundary=b\n\n--b\n${text}--b--\n`).content;
    assert.deepEqual([form.text, form.attachments.length], ['words', 0]);
    const beside = read(
      `Content-Type: multipart/mixed; boundary=b\n\n--b\n\nletter\n--b\n${text}--b--\n`,
    ).content;
    assert.deepEqual([beside.text, beside.attachments.map((each) => each.name)], ['letter', ['a.txt']]);
  });
  it('bad base64 is told, and the size is that of the octets', () => {
    const { bytes, message, content } = read(
      'Content-Type: application/x-y; name=a\nContent-Transfer-Encoding: base64\n\nQU!JD\n',
    );
    assert.deepEqual(content.defects, ['bad-base64']);
    assert.equal(content.attachments[0]?.size, readAttachment(bytes, message, 1).length);
  });
});

describe('text of attachments', () => {
  it('reads what is text', () => {
    assert.equal(attachmentText('text/csv', 'a.csv', utf8('а;б')), 'а;б');
    assert.equal(attachmentText('text/html', 'a.html', utf8('<p>а<script>x</script>')), 'а');
    assert.equal(
      attachmentText(
        'application/octet-stream',
        'a.txt',
        octets('\xd1\xf7\xb8\xf2 \xe7\xe0 \xe8\xfe\xeb\xfc'),
      ),
      'Счёт за июль',
    );
    assert.match(
      attachmentText('message/rfc822', '', fixture('koi8-r-8bit.eml')) ?? '',
      /Протокол совещания[\s\S]*акт сверки/,
    );
    assert.equal(attachmentText('application/pdf', 'a.pdf', utf8('%PDF')), null);
    assert.equal(attachmentText('text/plain', 'a.exe', octets('MZ\0\0')), null);
    assert.equal(
      attachmentText(
        'application/rtf',
        'a.rtf',
        octets("{\\rtf1\\ansi\\ansicpg1251 \\'d1\\'f7\\'b8\\'f2\\par x}"),
      ),
      'Счёт\nx',
    );
  });
});

describe('htmlToText', () => {
  const cases: [string, string][] = [
    ['<p>a</p><p>b</p>', 'a\n\nb'],
    ['a<br>b<br/>c', 'a\nb\nc'],
    ['a <b>b</b>c', 'a bc'],
    ['<style>x</style><SCRIPT>y</Script><title>t</title>z', 'z'],
    ['a&nbsp;&amp;&#1105;&#x451;&laquo;&unknown;&#128;', 'a &ёё«&unknown;€'],
    ['<ul><li>one<li>two</ul>', '- one\n- two'],
    ['<table><tr><td>1</td><td>2</td></tr><tr><td>3</td></tr></table>', '1 2\n3'],
    ['<pre>a\n  b</pre>', 'a\n  b'],
    ['1 < 2 <3', '1 < 2 <3'],
    ['<a href="x>y">link</a>', 'link'],
    ['<!-- c --><![if x]>a', 'a'],
    ['<p>open', 'open'],
    ['<', '<'],
    ['', ''],
  ];
  for (const [html, text] of cases) it(JSON.stringify(html), () => assert.equal(htmlToText(html), text));
});
