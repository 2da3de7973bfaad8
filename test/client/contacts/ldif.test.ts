/** Contacts of LDIF, and columns that no program writes but people do. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fieldOfColumn } from '../../../main/client/contacts/exchange/csv-columns.ts';
import { readContacts } from '../../../main/client/contacts/exchange/exchange.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

const LDIF = `version: 1
# exported
dn: cn=Anna Vetrova,mail=anna@office.example
objectclass: top
objectclass: person
objectclass: inetOrgPerson
objectclass: mozillaAbPersonAlpha
givenName:: ${base64('Анна')}
sn:: ${base64('Ветрова')}
cn:: ${base64('Анна Ветрова')}
mail: anna@office.example
mozillaSecondEmail: anna@home.example
telephoneNumber: +7 495 123-45-67
mobile: 8 916 000-11-22
street: Main street 5
mozillaWorkStreet2: floor 2
l:: ${base64('Москва')}
mozillaHomeLocalityName: Tver
o: Works
ou: Department 2
birthyear: 1980
birthmonth: 5
birthday: 17
jpegPhoto:: ${PNG.slice(0, 40)}
 ${PNG.slice(40)}
description: a note that
  goes on

dn: ou=people,dc=office,dc=example
objectclass: organizationalUnit
ou: people

dn:: ${base64('cn=Сметчики')}
objectclass: groupOfNames
cn:: ${base64('Сметчики')}
member: cn=Anna Vetrova,mail=anna@office.example
member: cn=Boris\\, the second,mail=boris@office.example

dn: cn=nobody
objectclass: person
`;

test('an LDIF file is people and groups, not lines', () => {
  for (const text of [LDIF, LDIF.replaceAll('\n', '\r\n'), `\ufeff${LDIF}`]) {
    const read = readContacts({ bytes: new TextEncoder().encode(text) });
    assert.deepEqual([read.format, read.cards.length], ['ldif', 2]);
    const [anna, group] = read.cards;
    const { content, photo } = anna ?? assert.fail();
    assert.deepEqual(
      [content.name, content.given, content.family, content.organisation, content.department],
      ['', 'Анна', 'Ветрова', 'Works', 'Department 2'],
    );
    assert.deepEqual(
      content.emails.map((each) => each.value),
      ['anna@office.example', 'anna@home.example'],
    );
    assert.deepEqual(
      content.phones.map(({ type, value }) => [type, value]),
      [
        ['work', '+7 495 123-45-67'],
        ['mobile', '8 916 000-11-22'],
      ],
    );
    assert.deepEqual(
      content.addresses.map(({ type, street, city }) => [type, street, city]),
      [
        ['work', 'Main street 5, floor 2', 'Москва'],
        ['home', '', 'Tver'],
      ],
    );
    assert.deepEqual([content.birthday, content.notes], ['1980-05-17', 'a note that goes on']);
    assert.deepEqual([photo?.type, Buffer.from(photo?.bytes ?? []).toString('base64')], ['image/png', PNG]);
    assert.deepEqual(
      [group?.content.kind, group?.content.name, group?.content.members],
      [
        'group',
        'Сметчики',
        [
          { name: 'Anna Vetrova', address: 'anna@office.example' },
          { name: 'Boris, the second', address: 'boris@office.example' },
        ],
      ],
    );
    assert.deepEqual(
      read.notRead.map(({ reason, text: said }) => [reason, said]),
      [['no-name', 'cn=nobody']],
    );
  }
});

test('columns are understood by what people call them, and kinds of values are none', () => {
  const said = (name: string) => fieldOfColumn(name);
  assert.deepEqual(
    ['Тел', 'Тел.', 'Моб. тел.', 'Тел. раб.', 'Рабочий тел', 'Дом. телефон', 'Факс (раб)'].map(said),
    ['phone.other', 'phone.other', 'phone.mobile', 'phone.work', 'phone.work', 'phone.home', 'phone.fax'],
  );
  assert.deepEqual(
    ['Эл. почта', 'Дополнительный адрес эл. почты', 'E-mail (личный)', 'Контактный телефон'].map(said),
    ['email', 'email', 'email', 'phone.other'],
  );
  assert.deepEqual(
    ['Тип эл. почты', 'Краткое имя эл. почты', 'E-mail Type', 'E-mail Display Name', 'Почтовый адрес'].map(
      said,
    ),
    [null, null, null, null, null],
  );
  assert.equal(said('Почтовый индекс'), 'address.home.code');
});

test('line ends of a cell are those of a note', () => {
  const { cards } = readContacts({
    bytes: new TextEncoder().encode('Name,E-mail,Notes\r\nAnna,anna@x.example,"one\r\ntwo\rthree"\r\n'),
  });
  assert.equal(cards[0]?.content.notes, 'one\ntwo\nthree');
});
