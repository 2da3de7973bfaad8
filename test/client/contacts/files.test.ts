/** Contacts as files: vCards of three versions and tables of other programs, in and out. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { test } from 'node:test';
import ical from 'ical.js';
import iconv from 'iconv-lite';
import { emptyContent } from '../../../main/client/contacts/content.ts';
import { birthdayOf } from '../../../main/client/contacts/exchange/csv-reader.ts';
import { csvRows } from '../../../main/client/contacts/exchange/csv-text.ts';
import {
  type ExportFormat,
  readContacts,
  type WriteContactsInput,
  writeContacts,
} from '../../../main/client/contacts/exchange/exchange.ts';
import { readVcardFile } from '../../../main/client/contacts/exchange/vcard-reader.ts';
import { type VcardVersion, writeVcard } from '../../../main/client/contacts/exchange/vcard-writer.ts';
import { alreadyIn } from '../../../main/client/contacts/writes.ts';
import type { ContactContent } from '../../../main/contract/mail/contacts.ts';
import { openTestProfile } from '../kit/profile.ts';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const card = (...lines: string[]): Uint8Array =>
  utf8(['BEGIN:VCARD', ...lines, 'END:VCARD', ''].join('\r\n'));
const one = (bytes: Uint8Array): ContactContent => {
  const { cards, notRead } = readVcardFile(bytes);
  assert.deepEqual(notRead, []);
  assert.equal(cards.length, 1);
  return (cards[0] as (typeof cards)[0]).content;
};
const PNG = Uint8Array.from(
  Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
    'base64',
  ),
);

test('a card of a file is looked for by its address, not by walking the book', async (t) => {
  const p = await openTestProfile(t);
  const asked: { sql: string; values: SQLInputValue[] }[] = [];
  const value = (sql: string, ...values: SQLInputValue[]): undefined => void asked.push({ sql, values });
  const db = { value } as unknown as Parameters<typeof alreadyIn>[0]['db'];
  const content = emptyContent({ name: 'A', emails: [{ value: 'a@x.example', type: 'work' }] });
  assert.equal(alreadyIn({ db }, 1, 'urn:uuid:1', content), undefined);
  assert.equal(asked.length, 2, 'by its own id and by its address');
  const read = new DatabaseSync(join(p.dir, 'profile', 'store.db'), { readOnly: true });
  t.after(() => read.close());
  for (const { sql, values } of asked) {
    const plan = read.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...values);
    const [first] = plan.map(({ detail }) => String(detail));
    assert.match(first ?? '', /\((?:uid|address)=\?\)/, sql);
  }
});

test('a quote that nothing closes loses nobody in silence', () => {
  const read = readContacts({
    bytes: utf8('Name,E-mail\r\nAnna,anna@x.example\r\n"Ivan,ivan@x.example\r\nPetr,petr@x.example\r\n'),
  });
  assert.deepEqual(
    read.cards.map(({ content }) => content.name),
    ['Anna'],
  );
  assert.deepEqual(
    read.notRead.map(({ line, reason }) => [line, reason]),
    [[3, 'unfinished']],
  );
});

const FULL: ContactContent = emptyContent({
  name: 'Пётр, «Ёлкин»; инженер',
  family: 'Ёлкин',
  given: 'Пётр',
  middle: 'Иванович',
  prefix: 'г-н',
  suffix: 'мл.',
  nickname: 'Петя',
  emails: [
    { value: 'p.elkin@constr.example', type: 'work' },
    { value: 'petya@home.example', type: 'home' },
    { value: 'elkin@other.example', type: 'other' },
  ],
  phones: [
    { value: '+7 495 123-45-67', type: 'work' },
    { value: '+7 916 000-00-00', type: 'mobile' },
    { value: '123-45-68', type: 'fax' },
  ],
  organisation: 'Строй; и Ко',
  department: 'Сметный отдел',
  title: 'Инженер-сметчик',
  room: '214',
  addresses: [
    {
      type: 'work',
      street: 'ул. Ленина, 1',
      city: 'Москва',
      region: 'МО',
      code: '101000',
      country: 'Россия',
      box: 'а/я 7',
    },
  ],
  urls: ['https://constr.example/?a=1,2;b'],
  birthday: '1980-05-17',
  notes: 'Первая строка\nвторая, с запятой; и \\ косой',
  categories: ['Коллеги', 'a,b'],
  extra: ['item1.X-ABDATE;TYPE=pref:2010-01-01', 'X-UNKNOWN;X-P="a;b:c":значение\\, как есть'],
});

for (const version of ['4.0', '3.0', '2.1'] as VcardVersion[])
  test(`vCard ${version}: everything written is read again, unknown lines and the photograph too`, () => {
    const text = writeVcard({ uid: 'u-1', content: FULL, photo: { type: 'image/png', bytes: PNG } }, version);
    const { cards, notRead } = readVcardFile(utf8(text));
    assert.deepEqual(notRead, []);
    const [read] = cards;
    // The first writing makes parameters; from then on they are kept as they stand.
    const plain = structuredClone(read?.content) as ContactContent;
    for (const each of [...plain.emails, ...plain.phones, ...plain.addresses]) delete each.rest;
    if (version === '2.1') {
      // 2.1 has no escape for anything but the semicolon.
      plain.extra = FULL.extra;
      plain.categories = FULL.categories;
      plain.notes = FULL.notes;
    }
    assert.deepEqual(plain, FULL);
    assert.equal(read?.uid, 'u-1');
    assert.deepEqual(read?.photo, { type: 'image/png', bytes: PNG });
    const again = writeVcard(
      { uid: 'u-1', content: read?.content as ContactContent, photo: read?.photo ?? null },
      version,
    );
    assert.equal(again, text);
    for (const line of text.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 76, line);
  });

test('vCard 3.0 and 4.0 are read by another program as they were meant', () => {
  for (const version of ['3.0', '4.0'] as const) {
    const text = writeVcard({ uid: 'u-1', content: FULL, photo: null }, version);
    const parsed = ical.parse(text) as [string, [string, Record<string, unknown>, string, unknown][]];
    const of = (name: string) => parsed[1].filter(([each]) => each === name).map((each) => each[3]);
    // It leaves the semicolon's escape of 3.0 in place.
    assert.deepEqual(
      of('fn').map((each) => String(each).replaceAll('\\;', ';')),
      [FULL.name],
    );
    assert.deepEqual(
      of('email'),
      FULL.emails.map((each) => each.value),
    );
    assert.deepEqual(
      of('note').map((each) => String(each).replaceAll('\\;', ';')),
      [FULL.notes],
    );
    assert.deepEqual(of('n'), [['Ёлкин', 'Пётр', 'Иванович', 'г-н', 'мл.']]);
  }
});

test('a card of another program comes back line by line', () => {
  const lines = [
    'VERSION:3.0',
    'UID:4c9f',
    'FN:Anna Belova',
    'N:Belova;Anna;;;',
    'item1.EMAIL;TYPE=INTERNET,WORK;X-A=1:anna@x.example',
    'TEL;TYPE=WORK,VOICE,pref:+7 495 000',
    'item1.X-ABLabel:_$!<Work>!$_',
    'X-SOCIALPROFILE;type=twitter;x-user="a;b":http://t.example/a',
    'REV:2020-01-01T00:00:00Z',
  ];
  const [read] = readVcardFile(card(...lines)).cards;
  const text = writeVcard({ uid: read?.uid ?? '', content: read?.content ?? FULL, photo: null }, '3.0');
  const written = text.split('\r\n').slice(1, -2);
  assert.deepEqual([...written].sort(), [...lines].sort());
});

test('vCard 2.1 as old telephones and Outlook write it', () => {
  const cp1251 = (text: string) => iconv.encode(text, 'windows-1251');
  const bytes = Buffer.concat([
    utf8(
      'BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=windows-1251;ENCODING=QUOTED-PRINTABLE:=CF=E5=F2=F0=EE=E2;=C0=ED=\r\n=ED=E0\r\n',
    ),
    utf8(
      'TEL;CELL;PREF:+79160000000\r\nTEL;WORK;FAX:123\r\nEMAIL;INTERNET:anna@x.example\r\nORG;CHARSET=windows-1251:',
    ),
    cp1251('Бетон;Цех 2'),
    utf8('\r\nNOTE;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:one=0D=0Atwo\r\n'),
    utf8(
      `PHOTO;PNG;BASE64:\r\n${Buffer.from(PNG).toString('base64').replace(/.{60}/g, '$&\r\n')}\r\n\r\nEND:VCARD\r\n`,
    ),
  ]);
  const [read] = readVcardFile(bytes).cards;
  const { content } = read as NonNullable<typeof read>;
  assert.equal(`${content.family} ${content.given}`, 'Петров Анна');
  assert.deepEqual(
    content.phones.map(({ value, type }) => [value, type]),
    [
      ['+79160000000', 'mobile'],
      ['123', 'fax'],
    ],
  );
  assert.equal(content.organisation, 'Бетон');
  assert.equal(content.department, 'Цех 2');
  assert.equal(content.notes, 'one\ntwo');
  assert.deepEqual(read?.photo?.bytes, PNG);
});

test('a group names its members by address or by the card of the same file', () => {
  const bytes = Buffer.concat([
    card('VERSION:4.0', 'UID:urn:uuid:1', 'FN:Anna', 'EMAIL:anna@x.example'),
    card(
      'VERSION:4.0',
      'KIND:group',
      'FN:Team',
      'MEMBER:urn:uuid:1',
      'MEMBER;X-CN="B, C":mailto:b@x.example',
      'MEMBER:urn:uuid:9',
    ),
  ]);
  const group = readVcardFile(bytes).cards[1]?.content;
  assert.equal(group?.kind, 'group');
  assert.deepEqual(group?.members, [
    { name: 'Anna', address: 'anna@x.example' },
    { name: 'B, C', address: 'b@x.example' },
  ]);
  assert.deepEqual(group?.extra, ['MEMBER:urn:uuid:9']);
  for (const version of ['4.0', '3.0', '2.1'] as const) {
    const again = one(utf8(writeVcard({ uid: 'g', content: group as ContactContent, photo: null }, version)));
    assert.deepEqual([again.kind, again.members], ['group', group?.members], version);
  }
});

test('what cannot be read is told by line: no name, a bad date, a bad picture, an end that is missing', () => {
  const bytes = Buffer.concat([
    card('VERSION:3.0', 'N:;;;;'),
    card('VERSION:3.0', 'FN:Anna', 'BDAY:yesterday', 'PHOTO;ENCODING=b:AAAA'),
    utf8('BEGIN:VCARD\r\nFN:Half'),
  ]);
  const { cards, notRead } = readVcardFile(bytes);
  assert.equal(cards.length, 1);
  assert.deepEqual(
    notRead.map(({ line, reason }) => [line, reason]),
    [
      [1, 'no-name'],
      [8, 'bad-birthday'],
      [9, 'bad-photo'],
      [11, 'unfinished'],
    ],
  );
  // The date is kept as it came.
  assert.deepEqual(cards[0]?.content.extra, ['BDAY:yesterday']);
});

test('cells: quotes, doubled quotes, line breaks in quotes, empty lines', () => {
  const rows = csvRows('a;"b;""c""\r\nd"\n\n"";x\r\n', ';');
  assert.deepEqual(rows, [
    { line: 1, cells: ['a', 'b;"c"\r\nd'] },
    { line: 4, cells: ['', 'x'] },
  ]);
});

test('dates of birth in the orders people write them', () => {
  const table: [string, string | null][] = [
    ['1980-05-17', '1980-05-17'],
    ['17.05.1980', '1980-05-17'],
    ['17.05.1980 0:00:00', '1980-05-17'],
    ['5/17/1980', '1980-05-17'],
    ['17/5/1980', '1980-05-17'],
    ['--05-17', '--05-17'],
    ['0.0.00', ''],
    ['0/0/00', ''],
    ['31.02.1980', null],
    ['spring', null],
  ];
  for (const [text, expected] of table) assert.equal(birthdayOf(text), expected, text);
});

const OUTLOOK_RU =
  'Обращение;Имя;Отчество;Фамилия;Организация;Отдел;Должность;Рабочий телефон;Телефон переносной;Адрес эл. почты;Адрес 2 эл. почты;День рождения;Заметки;Расположение;Личный номер\r\n' +
  'г-н;Пётр;Иванович;Ёлкин;"Строй; и Ко";Сметный;Инженер;(495) 123-45-67;+7 916 000;p.elkin@constr.example;petya@home.example;17.05.1980;"строка 1\r\nстрока 2";214;007\r\n' +
  ';;;;;;;;;;;0.0.00;;;\r\n' +
  ';Анна;;;;;;;;/o=Org/cn=anna;;0.0.00;;;\r\n';

test('Outlook in Russian: cp1251 with semicolons, guessed; what was not read is told', () => {
  for (const [charset, bytes] of [
    ['windows-1251', iconv.encode(OUTLOOK_RU, 'windows-1251')],
    ['utf-8', utf8(`\ufeff${OUTLOOK_RU}`)],
    ['utf-16le', iconv.encode(`\ufeff${OUTLOOK_RU}`, 'utf-16le')],
  ] as const) {
    const read = readContacts({ bytes: Uint8Array.from(bytes) });
    assert.equal(read.charset, charset);
    assert.equal(read.separator, ';');
    assert.equal(read.cards.length, 2);
    const [elkin, anna] = read.cards.map((each) => each.content);
    assert.equal(elkin?.family, 'Ёлкин');
    assert.equal(elkin?.organisation, 'Строй; и Ко');
    assert.equal(elkin?.birthday, '1980-05-17');
    assert.equal(elkin?.notes, 'строка 1\nстрока 2');
    assert.equal(elkin?.room, '214');
    assert.deepEqual(elkin?.phones, [
      { value: '(495) 123-45-67', type: 'work' },
      { value: '+7 916 000', type: 'mobile' },
    ]);
    assert.equal(anna?.given, 'Анна');
    assert.deepEqual(
      read.notRead.map(({ line, reason, text }) => [line, reason, text]),
      [
        [4, 'no-name', '0.0.00'],
        [5, 'bad-address', '/o=Org/cn=anna'],
        [2, 'unknown-column', 'Личный номер'],
      ],
    );
  }
});

test('tables without heads, with a name in one column, of Google with kinds beside values', () => {
  const bare = readContacts({
    bytes: utf8('Anna Belova\tanna@x.example\t+7 495 123 45 67\nBoris\tb@x.example\t\n'),
  });
  assert.equal(bare.separator, '\t');
  assert.deepEqual(
    bare.cards.map(({ content }) => [content.name, content.emails[0]?.value, content.phones[0]?.value]),
    [
      ['Anna Belova', 'anna@x.example', '+7 495 123 45 67'],
      ['Boris', 'b@x.example', undefined],
    ],
  );
  const named = readContacts({ bytes: utf8('Имя,Почта\nАнна Белова,anna@x.example\n') });
  assert.equal(named.cards[0]?.content.name, 'Анна Белова');
  const google = readContacts({
    bytes: utf8(
      'First Name,Last Name,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Labels\nAnna,Belova,Work,a@x.example ::: b@x.example,Mobile,+7916,* myContacts ::: Friends\n',
    ),
  });
  const { content } = google.cards[0] as (typeof google.cards)[0];
  assert.deepEqual(content.emails, [
    { value: 'a@x.example', type: 'work' },
    { value: 'b@x.example', type: 'work' },
  ]);
  assert.deepEqual(content.phones, [{ value: '+7916', type: 'mobile' }]);
  assert.deepEqual(content.categories, ['Friends']);
  assert.deepEqual(google.notRead, []);
});

test('every table that is written is read again with what it has columns for', async () => {
  const known: ContactContent = {
    ...FULL,
    name: '',
    extra: [],
    urls: ['https://constr.example/'],
    emails: FULL.emails.slice(0, 2),
    categories: ['Коллеги'],
  };
  for (const format of [
    'csv-outlook-en',
    'csv-outlook-ru',
    'csv-thunderbird',
    'csv-google',
  ] as ExportFormat[]) {
    for (const charset of ['utf-8', 'utf-16', 'windows-1251'] as WriteContactsInput['charset'][]) {
      const cards = [{ uid: 'u', content: known, photo: null }];
      const { bytes, lost } = await writeContacts({
        cards,
        format,
        charset,
        separator: undefined,
        first: true,
      });
      const read = readContacts({ bytes });
      assert.deepEqual(read.notRead, [], `${format} ${charset}`);
      const content = read.cards[0]?.content as ContactContent;
      for (const field of [
        'family',
        'given',
        'organisation',
        'department',
        'title',
        'birthday',
        'notes',
      ] as const)
        assert.equal(content[field], known[field].replace(/\n/g, '\n'), `${format} ${charset} ${field}`);
      assert.deepEqual(
        content.emails.map((each) => each.value),
        known.emails.map((each) => each.value),
      );
      assert.deepEqual(
        new Set(content.phones.map((each) => `${each.type} ${each.value}`)),
        new Set(known.phones.map((each) => `${each.type} ${each.value}`)),
        format,
      );
      if (format === 'csv-thunderbird')
        assert.deepEqual(lost, ['middle', 'prefix', 'suffix', 'room', 'categories']);
      if (format === 'csv-outlook-ru') assert.deepEqual(lost, []);
    }
  }
});

test('a file of something else is refused with a sentence, not taken for a table', async (t) => {
  for (const bytes of [PNG, utf8(''), utf8('Hello, this is a letter.\nIt has lines.\n')])
    assert.throws(() => readContacts({ bytes }), { code: 'import-not-contacts' });
  const p = await openTestProfile(t);
  await assert.rejects(p.call('contacts.import', { bytes: Uint8Array.from(PNG) }), {
    code: 'import-not-contacts',
  });
});

test('import: a preview changes nothing; doubles are completed, skipped or added; one undo; export gives it back', async (t) => {
  const p = await openTestProfile(t);
  const bytes = Uint8Array.from(iconv.encode(OUTLOOK_RU, 'windows-1251'));
  const anna = await p.call('contacts.save', {
    id: null,
    content: { name: 'Ёлкин', emails: [{ value: 'P.ELKIN@constr.example', type: 'other' }] },
  });
  const preview = await p.call('contacts.importPreview', { bytes, name: 'contacts.csv' });
  assert.deepEqual([preview.total, preview.known, preview.charset], [2, 1, 'windows-1251']);
  assert.equal((await p.call('contacts.window', {})).total, 1);
  const report = await p.call('contacts.import', { bytes });
  assert.deepEqual([report.imported, report.completed, report.skipped], [1, 1, 0]);
  const completed = (await p.call('contacts.get', { id: anna.id })).content;
  assert.equal(completed.room, '214');
  assert.equal(completed.emails.length, 2);
  const again = await p.call('contacts.import', { bytes, known: 'skip' });
  assert.equal(again.skipped, 1);
  await p.call('contacts.undo', { token: again.undo });
  const pieces: Uint8Array[] = [];
  const { count } = await p.call('contacts.export', { format: 'vcard4' }, (piece) =>
    pieces.push(Uint8Array.from(piece)),
  );
  assert.equal(count, 2);
  const back = readVcardFile(Buffer.concat(pieces)).cards.map((each) => each.content);
  assert.equal(back.find((each) => each.family === 'Ёлкин')?.notes.includes('строка 2'), true);
  await p.call('contacts.undo', { token: report.undo });
  assert.equal((await p.call('contacts.get', { id: anna.id })).content.room, '');
  assert.equal((await p.call('contacts.window', {})).total, 1);
});

test('a card comes back as it was: kinds without parameters, a name made of its parts, members once', () => {
  const content: ContactContent = emptyContent({
    family: 'Ветрова',
    given: 'Анна',
    emails: [{ value: 'anna@x.example', type: 'home' }],
    phones: [
      { value: '1', type: 'work' },
      { value: '2', type: 'mobile' },
      { value: '3', type: 'other' },
    ],
    addresses: [{ type: 'work', street: 'Main 5', city: '', region: '', code: '', country: '' }],
  });
  const named = { ...content, name: 'Анна Ветрова' };
  for (const version of ['4.0', '3.0'] as const)
    for (const made of [content, named, { ...content, name: 'Ветрова А.' }])
      assert.deepEqual(
        one(utf8(writeVcard({ uid: 'urn:uuid:1', content: made, photo: null }, version))),
        made,
      );
  const group = one(
    card('VERSION:4.0', 'KIND:group', 'FN:All', 'MEMBER:mailto:a@x.example', 'MEMBER:mailto:A@x.example'),
  );
  assert.deepEqual(group.members, [{ name: '', address: 'a@x.example' }]);
});
