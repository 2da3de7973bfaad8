import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readCalendar } from '../../main/mail/calendar.ts';
import { readReport } from '../../main/mail/dsn.ts';
import { flow, unflow } from '../../main/mail/flowed.ts';
import { previewOf } from '../../main/mail/preview.ts';
import { decompressRtf, readRtf } from '../../main/mail/rtf.ts';
import { baseSubject, isReplySubject, threadKeys } from '../../main/mail/thread.ts';
import { readTnef } from '../../main/mail/tnef.ts';
import { decodeBase64 } from '../../main/mail/transfer.ts';
import { readVcards } from '../../main/mail/vcard.ts';
import { fixture, octets, random, read, textOf, utf8 } from './letters.ts';

describe('format=flowed', () => {
  const cases: [string, string, boolean][] = [
    ['a \nb', 'a b', false],
    ['a \nb', 'ab', true],
    ['> a \n> b', '> a b', false],
    ['> a \nb', '> a \nb', false],
    ['>> a \n> b', '>> a \n> b', false],
    ['a\n-- \nb', 'a\n-- \nb', false],
    ['a \n-- \nb', 'a \n-- \nb', false],
    [' From x', 'From x', false],
    [' > no quote', '> no quote', false],
    ['', '', false],
    ['a \n', 'a ', false],
  ];
  for (const [input, expected, delSp] of cases)
    it(JSON.stringify([input, delSp]), () => assert.equal(unflow(input, delSp), expected));
  it('what is wrapped can be joined again', () => {
    const text = `${'слово '.repeat(60)}end\n\n> ${'quoted word '.repeat(30)}end\n>> deep\n From me\nFrom you\nhttps://example.org/${'x'.repeat(200)}\n-- \nАнна`;
    const wrapped = flow(text);
    for (const line of wrapped.split('\n')) assert.ok(line.length <= 75 || line.includes('https'), line);
    assert.equal(unflow(wrapped, false), text);
  });
});

describe('preview', () => {
  const cases: [string | null, string | null, string][] = [
    ['Hello\n\n  world', null, 'Hello world'],
    ['> quoted\nanswer\n-- \nsignature', null, 'answer'],
    ['On Monday Anna wrote:\n> quoted\nYes.', null, 'Yes.'],
    ['17 июля Анна пишет:\n> да\nСогласен', null, 'Согласен'],
    ['Yes\n-----Original Message-----\nFrom: x', null, 'Yes'],
    ['> only a quote', null, 'only a quote'],
    ['------\nTitle\n=====', null, 'Title'],
    [null, '<style>p{}</style><p>Привет,&nbsp;мир</p>', 'Привет, мир'],
    ['  ', '<p>html</p>', 'html'],
    [null, null, ''],
  ];
  for (const [text, html, expected] of cases)
    it(JSON.stringify([text, html]), () => assert.equal(previewOf(text, html), expected));
  it('is short and never cuts a character', () => {
    const preview = previewOf(`a${'😀'.repeat(300)}`, null);
    assert.ok(preview.length <= 200);
    assert.ok(preview.endsWith('😀…'));
  });
});

describe('threads', () => {
  it('parents in order, nearest last', () => {
    assert.deepEqual(threadKeys({ messageId: 'c', references: ['a', 'b', 'a', 'c'], inReplyTo: ['b'] }), {
      id: 'c',
      parents: ['a', 'b'],
    });
    assert.deepEqual(threadKeys({ messageId: 'c', references: ['a'], inReplyTo: ['b'] }), {
      id: 'c',
      parents: ['a', 'b'],
    });
    assert.deepEqual(threadKeys({ messageId: '', references: [], inReplyTo: ['x', 'y'] }), {
      id: '',
      parents: [],
    });
  });
  const subjects: [string, string][] = [
    ['Re: hello', 'hello'],
    ['RE[2]: Re: hello', 'hello'],
    ['Fwd: Re: hello', 'hello'],
    ['Отв: НА: Пересл: привет', 'привет'],
    ['Re: [list] Re: hello (fwd)', 'hello'],
    ['[list] hello', 'hello'],
    ['[list]', '[list]'],
    ['[Fwd: hello]', 'hello'],
    ['Re:  two   blanks ', 'two blanks'],
    ['Re(3): hello', 'hello'],
    ['Research: report', 'Research: report'],
    ['На встречу', 'На встречу'],
    ['AW: SV: x', 'x'],
    ['Re:', ''],
    ['', ''],
  ];
  for (const [subject, base] of subjects)
    it(JSON.stringify(subject), () => assert.equal(baseSubject(subject), base));
  it('knows an answer', () => {
    assert.ok(isReplySubject('[list] Re: x'));
    assert.ok(!isReplySubject('Report: x'));
  });
});

describe('invitations', () => {
  const invitation = (lines: string) =>
    utf8(
      `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n${lines}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`,
    );
  it('what, when, where, who', () => {
    const calendar = readCalendar(
      invitation(
        'UID:1\r\nSUMMARY:Планёрка\\, еженедельная\r\nDTSTART:20240717T070000Z\r\nDURATION:PT30M\r\nLOCATION:Переговорная 2\r\n' +
          'ORGANIZER;CN="Анна Белова":mailto:anna@x.example\r\nATTENDEE;CN=Пётр;PARTSTAT=ACCEPTED:MAILTO:petr@x.example\r\nRRULE:FREQ=WEEKLY\r\nSEQUENCE:2\r\nthis line is broken',
      ),
    );
    const event = calendar?.events[0];
    assert.equal(calendar?.method, 'request');
    assert.deepEqual(
      [
        event?.summary,
        event?.location,
        event?.start,
        event?.end,
        event?.allDay,
        event?.recurring,
        event?.sequence,
      ],
      [
        'Планёрка, еженедельная',
        'Переговорная 2',
        Date.UTC(2024, 6, 17, 7),
        Date.UTC(2024, 6, 17, 7, 30),
        false,
        true,
        2,
      ],
    );
    assert.deepEqual(event?.organizer, { name: 'Анна Белова', address: 'anna@x.example' });
    assert.deepEqual(event?.attendees, [{ name: 'Пётр', address: 'petr@x.example', status: 'accepted' }]);
  });
  it('whole days and clocks without a zone', () => {
    const day = readCalendar(invitation('UID:1\r\nDTSTART;VALUE=DATE:20240717\r\nDTEND;VALUE=DATE:20240718'))
      ?.events[0];
    assert.deepEqual(
      [day?.start, day?.end, day?.allDay],
      [Date.UTC(2024, 6, 17), Date.UTC(2024, 6, 18), true],
    );
    const wall = readCalendar(invitation('UID:1\r\nDTSTART:20240717T100000'))?.events[0];
    assert.deepEqual([wall?.start, wall?.floating], [Date.UTC(2024, 6, 17, 10), true]);
  });
  it('a zone that the calendar brings along', () => {
    const bytes = utf8(
      'BEGIN:VCALENDAR\nBEGIN:VTIMEZONE\nTZID:Office\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0300\nTZOFFSETTO:+0300\nEND:STANDARD\nEND:VTIMEZONE\n' +
        'BEGIN:VEVENT\nUID:1\nDTSTART;TZID=Office:20240717T100000\nEND:VEVENT\nEND:VCALENDAR\n',
    );
    assert.equal(readCalendar(bytes)?.events[0]?.start, Date.UTC(2024, 6, 17, 7));
  });
  it('what is none, or broken, is not thrown', () => {
    assert.equal(readCalendar(utf8('hello')), undefined);
    assert.equal(readCalendar(utf8('BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:nonsense\n')), undefined);
    assert.equal(readCalendar(invitation('UID:1\r\nDTSTART:99999999T999999'))?.method, 'request');
  });
});

describe('vCards', () => {
  it('3.0 and 4.0 with groups, folds and escapes', () => {
    assert.deepEqual(
      readVcards(
        utf8(
          'BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Анна\\, Бело\r\n ва\r\nitem1.EMAIL;TYPE=work:anna@x.example\r\nTEL;VALUE=uri:tel:+7-495-1\r\nORG:Северный кран;Отдел\r\nTITLE:Бухгалтер\r\nEND:VCARD\r\nBEGIN:VCARD\r\nN:Белов;Пётр;;;\r\nEND:VCARD',
        ),
      ),
      [
        {
          name: 'Анна, Белова',
          organisation: 'Северный кран, Отдел',
          title: 'Бухгалтер',
          emails: ['anna@x.example'],
          phones: ['+7-495-1'],
        },
        { name: 'Пётр Белов', organisation: '', title: '', emails: [], phones: [] },
      ],
    );
  });
  it('2.1 with quoted-printable and a charset', () => {
    const [card] = readVcards(
      octets(
        'BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=windows-1251;ENCODING=QUOTED-PRINTABLE:=C1=E5=EB=EE=E2=E0;=C0=ED=\n=ED=E0\nTEL;WORK;VOICE:123\nEND:VCARD\n',
      ),
    );
    assert.equal(card?.name, 'Анна Белова');
    assert.deepEqual(card?.phones, ['123']);
  });
  it('rubbish gives none', () => assert.deepEqual(readVcards(octets('\xff\0:;=\nBEGIN:x')), []));
});

describe('reports', () => {
  it('a bounce', () => {
    const { bytes, message } = read(fixture('bounce.eml'));
    const report = readReport(bytes, message);
    assert.equal(report?.kind, 'delivery');
    assert.equal(report?.reportingMta, 'mx.fixtures.example');
    assert.equal(report?.originalMessageId, 'lost@fixtures.example');
    assert.deepEqual(report?.recipients, [
      {
        address: 'petr@fixtures.example',
        finalAddress: 'petr@inner.example',
        action: 'failed',
        status: '5.1.1',
        diagnostic: '550 5.1.1 no such user here',
        remoteMta: 'mx.other.example',
      },
      {
        address: 'olga@fixtures.example',
        finalAddress: 'olga@fixtures.example',
        action: 'delayed',
        status: '4.4.1',
        diagnostic: '',
        remoteMta: '',
      },
    ]);
  });
  it('a read receipt', () => {
    const { bytes, message } = read(fixture('receipt.eml'));
    const report = readReport(bytes, message);
    assert.deepEqual(
      [report?.kind, report?.disposition, report?.originalMessageId, report?.recipients[0]?.address],
      ['receipt', 'displayed', 'asked@fixtures.example', 'petr@fixtures.example'],
    );
  });
  it('an ordinary letter is none', () => {
    const { bytes, message } = read(fixture('related.eml'));
    assert.equal(readReport(bytes, message), undefined);
  });
});

describe('Outlook', () => {
  // The example of [MS-OXRTFCP] section 4.1.
  const compressed = Uint8Array.from(
    Buffer.from(
      '2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0',
      'hex',
    ),
  );
  it('compressed RTF', () => {
    const plain = decompressRtf(compressed) as Uint8Array;
    assert.equal(textOf(plain), '{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n');
    assert.equal(readRtf(plain).text, 'hello world');
  });
  it('stored and damaged RTF', () => {
    const stored = octets(`\x00\x00\x00\x00\x0d\x00\x00\x00MELA\0\0\0\0{\\rtf1 hello}`);
    assert.equal(textOf(decompressRtf(stored) as Uint8Array), '{\\rtf1 hello}');
    assert.equal(decompressRtf(octets('short')), undefined);
    for (let cut = 16; cut < compressed.length; cut++)
      assert.ok(decompressRtf(compressed.subarray(0, cut)) !== undefined);
  });
  it('RTF that wraps HTML', () => {
    const { text, html } = readRtf(
      octets(
        "{\\rtf1\\ansi\\ansicpg1251\\fromhtml1{\\fonttbl{\\f0\\fcharset204 Arial;}}{\\*\\htmltag64 <p>}\\htmlrtf {\\b \\htmlrtf0 \\'cf\\'f0\\'e8\\'e2\\'e5\\'f2 \\u1081?{\\*\\htmltag72 </p>}}}",
      ),
    );
    assert.equal(text, 'Привет й');
    assert.equal(html.replace(/\s+$/, ''), '<p>Привет й</p>');
  });
  it('a cut or mutated TNEF file never throws', () => {
    const { bytes, message } = read(fixture('winmail.eml'));
    const whole = decodeBase64(bytes, message.tree.bodyStart, message.tree.end).bytes;
    assert.equal(readTnef(whole)?.bad, false);
    const next = random(3);
    for (let cut = 0; cut < whole.length; cut++) {
      const part = whole.slice(0, cut);
      readTnef(part);
      if (cut > 20) part[6 + Math.floor(next() * (cut - 6))] = Math.floor(next() * 256);
      assert.ok((readTnef(part)?.files.length ?? 0) < 10);
    }
    assert.equal(readTnef(whole.slice(0, whole.length - 20))?.bad, true);
  });
});
