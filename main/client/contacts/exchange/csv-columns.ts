/**
 * What the columns of other programs' CSV files are about: Outlook (English and Russian), Outlook Express, Thunderbird,
 * Google, and the names people give their own tables. Names are compared folded: lower case, ё as е, letters and digits only.
 */
import type { CsvField } from '../../../contract/mail/contacts.ts';
import { foldWords } from '../words.ts';

/** One line a field: names that mean it, between bars. */
const NAMES: Readonly<Record<CsvField, string>> = {
  name: 'name|display name|full name|fullname|имя и фамилия|фио|ф и о|полное имя|отображаемое имя|контакт|contact|file as|хранить как',
  given: 'first name|given name|имя',
  middle: 'middle name|additional name|отчество',
  family: 'last name|family name|surname|фамилия',
  prefix: 'title prefix|name prefix|honorific|обращение|salutation',
  suffix: 'suffix|name suffix|суффикс',
  nickname: 'nickname|псевдоним|прозвище|краткое имя|псевдо',
  email:
    'e mail address|e mail 2 address|e mail 3 address|email address|email|e mail|mail|primary email|secondary email|e mail 1 value|e mail 2 value|e mail 3 value|e mail 4 value|адрес эл почты|адрес 2 эл почты|адрес 3 эл почты|адрес электронной почты|электронная почта|дополнительный адрес электронной почты|основной адрес эл почты|почта|адрес',
  'phone.work':
    'business phone|business phone 2|company main phone|work phone|рабочий телефон|телефон раб 2|телефон рабочий|основной телефон организации|служебный телефон|внутренний телефон|primary phone',
  'phone.home': 'home phone|home phone 2|домашний телефон|телефон дом 2|телефон домашний',
  'phone.mobile':
    'mobile phone|mobile number|mobile|cell phone|телефон переносной|мобильный телефон|сотовый телефон|мобильный|сотовый',
  'phone.fax': 'business fax|home fax|other fax|fax number|fax|рабочий факс|домашний факс|другой факс|факс',
  'phone.pager': 'pager|pager number|пейджер',
  'phone.other':
    'other phone|phone|telephone|телефон|другой телефон|phone 1 value|phone 2 value|phone 3 value|phone 4 value|car phone|радиотелефон',
  organisation:
    'company|organization|organisation|organization name|organization 1 name|организация|компания|фирма|предприятие',
  department: 'department|organization department|organization 1 department|отдел|подразделение|otdel',
  title: 'job title|organization title|organization 1 title|должность|position',
  room: 'office location|office|расположение|расположение комнаты|комната|кабинет|room|расположение офиса|номер комнаты',
  'address.work.street':
    'business street|business street 2|business street 3|work address|work address 2|улица раб адрес|улица 2 раб адрес|рабочий адрес|адрес организации',
  'address.work.city': 'business city|work city|город раб адрес|рабочий город',
  'address.work.region': 'business state|work state|область раб адрес|рабочая область',
  'address.work.code': 'business postal code|work zipcode|индекс раб адрес|рабочий индекс',
  'address.work.country':
    'business country region|business country|work country|страна или регион раб адрес|страна раб адрес|рабочая страна',
  'address.home.street':
    'home street|home street 2|home street 3|home address|home address 2|улица дом адрес|улица 2 дом адрес|домашний адрес|address 1 street',
  'address.home.city': 'home city|город дом адрес|address 1 city|город',
  'address.home.region': 'home state|область дом адрес|address 1 region|область',
  'address.home.code':
    'home postal code|home zipcode|индекс дом адрес|address 1 postal code|индекс|почтовый индекс',
  'address.home.country':
    'home country region|home country|страна или регион дом адрес|страна дом адрес|address 1 country|страна',
  url: 'web page|web page 1|web page 2|personal web page|business web page|website 1 value|веб страница|веб страница 1|личная веб страница|сайт|website',
  birthday: 'birthday|день рождения|дата рождения|date of birth',
  'birthday.year': 'birth year|год рождения',
  'birthday.month': 'birth month|месяц рождения',
  'birthday.day': 'birth day|число рождения',
  notes: 'notes|note|заметки|примечания|примечание|комментарий',
  categories: 'categories|labels|group membership|категории|категория',
};

const FIELD_OF = new Map<string, CsvField>();
for (const [field, names] of Object.entries(NAMES) as [CsvField, string][])
  for (const name of names.split('|')) FIELD_OF.set(name, field);

const phone = '(?:^| )(?:тел|телефон|телефоны|tel|phone)(?: |$)';
const saying = (...parts: string[]): RegExp => new RegExp(parts.join(''), 'u');

/** What a name that is not in the table says all the same; the first that fits. Kinds and shown names of addresses are none. */
const HINTS: readonly [RegExp, CsvField | null][] = [
  [/(?:^| )(?:type|label|display|format|тип|краткое|формат|метка)(?: |$)/, null],
  [/(?:^| )(?:факс|fax)(?: |$)/, 'phone.fax'],
  [/(?:^| )(?:моб|мобильный|сот|сотовый|mobile|cell)(?: |$)/, 'phone.mobile'],
  [saying('(?=.*', phone, ').*(?:^| )(?:раб|служ|work|business)'), 'phone.work'],
  [saying('(?=.*', phone, ').*(?:^| )(?:дом|home)'), 'phone.home'],
  [saying(phone), 'phone.other'],
  [/(?:^| )(?:e mail|email|почта|почты|эл почта|электронный адрес)(?: |$)/, 'email'],
];

/** null: nothing that is known here. */
export function fieldOfColumn(name: string): CsvField | null {
  const folded = foldWords(name);
  return FIELD_OF.get(folded) ?? HINTS.find(([pattern]) => pattern.test(folded))?.[1] ?? null;
}

export type CsvKind = 'csv-outlook-en' | 'csv-outlook-ru' | 'csv-thunderbird' | 'csv-google';

/** A column that is written: its name, its field, and which of several values it takes (from 0). */
export type WrittenColumn = readonly [
  name: string,
  field: CsvField | 'phone.type' | 'email.type' | '',
  n?: number,
];

const OUTLOOK_EN: readonly WrittenColumn[] = [
  ['Title', 'prefix'],
  ['First Name', 'given'],
  ['Middle Name', 'middle'],
  ['Last Name', 'family'],
  ['Suffix', 'suffix'],
  ['Company', 'organisation'],
  ['Department', 'department'],
  ['Job Title', 'title'],
  ['Business Street', 'address.work.street'],
  ['Business City', 'address.work.city'],
  ['Business State', 'address.work.region'],
  ['Business Postal Code', 'address.work.code'],
  ['Business Country/Region', 'address.work.country'],
  ['Home Street', 'address.home.street'],
  ['Home City', 'address.home.city'],
  ['Home State', 'address.home.region'],
  ['Home Postal Code', 'address.home.code'],
  ['Home Country/Region', 'address.home.country'],
  ['Business Fax', 'phone.fax'],
  ['Business Phone', 'phone.work'],
  ['Business Phone 2', 'phone.work', 1],
  ['Home Phone', 'phone.home'],
  ['Home Phone 2', 'phone.home', 1],
  ['Mobile Phone', 'phone.mobile'],
  ['Other Phone', 'phone.other'],
  ['Pager', 'phone.pager'],
  ['Birthday', 'birthday'],
  ['Categories', 'categories'],
  ['E-mail Address', 'email'],
  ['E-mail 2 Address', 'email', 1],
  ['E-mail 3 Address', 'email', 2],
  ['Notes', 'notes'],
  ['Office Location', 'room'],
  ['Web Page', 'url'],
  ['Nickname', 'nickname'],
];

const OUTLOOK_RU: readonly WrittenColumn[] = [
  ['Обращение', 'prefix'],
  ['Имя', 'given'],
  ['Отчество', 'middle'],
  ['Фамилия', 'family'],
  ['Суффикс', 'suffix'],
  ['Организация', 'organisation'],
  ['Отдел', 'department'],
  ['Должность', 'title'],
  ['Улица (раб. адрес)', 'address.work.street'],
  ['Город (раб. адрес)', 'address.work.city'],
  ['Область (раб. адрес)', 'address.work.region'],
  ['Индекс (раб. адрес)', 'address.work.code'],
  ['Страна или регион (раб. адрес)', 'address.work.country'],
  ['Улица (дом. адрес)', 'address.home.street'],
  ['Город (дом. адрес)', 'address.home.city'],
  ['Область (дом. адрес)', 'address.home.region'],
  ['Индекс (дом. адрес)', 'address.home.code'],
  ['Страна или регион (дом. адрес)', 'address.home.country'],
  ['Рабочий факс', 'phone.fax'],
  ['Рабочий телефон', 'phone.work'],
  ['Телефон раб. 2', 'phone.work', 1],
  ['Домашний телефон', 'phone.home'],
  ['Телефон дом. 2', 'phone.home', 1],
  ['Телефон переносной', 'phone.mobile'],
  ['Другой телефон', 'phone.other'],
  ['Пейджер', 'phone.pager'],
  ['День рождения', 'birthday'],
  ['Категории', 'categories'],
  ['Адрес эл. почты', 'email'],
  ['Адрес 2 эл. почты', 'email', 1],
  ['Адрес 3 эл. почты', 'email', 2],
  ['Заметки', 'notes'],
  ['Расположение', 'room'],
  ['Веб-страница', 'url'],
  ['Псевдоним', 'nickname'],
];

const THUNDERBIRD: readonly WrittenColumn[] = [
  ['First Name', 'given'],
  ['Last Name', 'family'],
  ['Display Name', 'name'],
  ['Nickname', 'nickname'],
  ['Primary Email', 'email'],
  ['Secondary Email', 'email', 1],
  ['Screen Name', ''],
  ['Work Phone', 'phone.work'],
  ['Home Phone', 'phone.home'],
  ['Fax Number', 'phone.fax'],
  ['Pager Number', 'phone.pager'],
  ['Mobile Number', 'phone.mobile'],
  ['Home Address', 'address.home.street'],
  ['Home Address 2', ''],
  ['Home City', 'address.home.city'],
  ['Home State', 'address.home.region'],
  ['Home ZipCode', 'address.home.code'],
  ['Home Country', 'address.home.country'],
  ['Work Address', 'address.work.street'],
  ['Work Address 2', ''],
  ['Work City', 'address.work.city'],
  ['Work State', 'address.work.region'],
  ['Work ZipCode', 'address.work.code'],
  ['Work Country', 'address.work.country'],
  ['Job Title', 'title'],
  ['Department', 'department'],
  ['Organization', 'organisation'],
  ['Web Page 1', 'url'],
  ['Web Page 2', 'url', 1],
  ['Birth Year', 'birthday.year'],
  ['Birth Month', 'birthday.month'],
  ['Birth Day', 'birthday.day'],
  ['Custom 1', ''],
  ['Custom 2', ''],
  ['Custom 3', ''],
  ['Custom 4', ''],
  ['Notes', 'notes'],
];

const GOOGLE: readonly WrittenColumn[] = [
  ['First Name', 'given'],
  ['Middle Name', 'middle'],
  ['Last Name', 'family'],
  ['Name Prefix', 'prefix'],
  ['Name Suffix', 'suffix'],
  ['Nickname', 'nickname'],
  ['File As', 'name'],
  ['Organization Name', 'organisation'],
  ['Organization Title', 'title'],
  ['Organization Department', 'department'],
  ['Birthday', 'birthday'],
  ['Notes', 'notes'],
  ['Labels', 'categories'],
  ['E-mail 1 - Label', 'email.type'],
  ['E-mail 1 - Value', 'email'],
  ['E-mail 2 - Label', 'email.type', 1],
  ['E-mail 2 - Value', 'email', 1],
  ['E-mail 3 - Label', 'email.type', 2],
  ['E-mail 3 - Value', 'email', 2],
  ['Phone 1 - Label', 'phone.type'],
  ['Phone 1 - Value', 'phone.other'],
  ['Phone 2 - Label', 'phone.type', 1],
  ['Phone 2 - Value', 'phone.other', 1],
  ['Phone 3 - Label', 'phone.type', 2],
  ['Phone 3 - Value', 'phone.other', 2],
  ['Address 1 - Street', 'address.home.street'],
  ['Address 1 - City', 'address.home.city'],
  ['Address 1 - Region', 'address.home.region'],
  ['Address 1 - Postal Code', 'address.home.code'],
  ['Address 1 - Country', 'address.home.country'],
  ['Website 1 - Value', 'url'],
];

export const COLUMNS: Readonly<Record<CsvKind, readonly WrittenColumn[]>> = {
  'csv-outlook-en': OUTLOOK_EN,
  'csv-outlook-ru': OUTLOOK_RU,
  'csv-thunderbird': THUNDERBIRD,
  'csv-google': GOOGLE,
};
