/** What the server says, in the languages of LANG (RFC 6856 section 3). The keywords before the text never change. */
const messages = (count: number) => `${count} ${count === 1 ? 'message' : 'messages'}`;

const en = {
  ready: (host: string) => `${host} POP3 server ready`,
  busy: 'too many connections, try again later',
  bye: (host: string, left: number) =>
    `${host} POP3 server signing off (${left === 0 ? 'maildrop empty' : `${messages(left)} left`})`,
  byeEarly: (host: string) => `${host} POP3 server signing off`,
  nameAccepted: 'send your password',
  login: (user: string, count: number, octets: number) =>
    `${user}'s maildrop has ${messages(count)} (${octets} octets)`,
  maildrop: (count: number, octets: number) => `maildrop has ${messages(count)} (${octets} octets)`,
  list: (count: number, octets: number) => `${messages(count)} (${octets} octets)`,
  octets: (octets: number) => `${octets} octets`,
  deleted: (number: number) => `message ${number} deleted`,
  alreadyDeleted: (number: number) => `message ${number} already deleted`,
  noSuchMessage: (count: number) => `no such message, only ${messages(count)} in maildrop`,
  numberWanted: 'the number of a message is needed',
  linesWanted: 'TOP takes the number of a message and a number of lines',
  noArgument: (verb: string) => `${verb} takes no argument`,
  unknown: 'unknown command',
  wrongState: (verb: string) => `${verb} is not possible now`,
  tooLong: 'line too long',
  bareLf: 'a command ends with CR LF',
  userFirst: 'USER comes first',
  nameWanted: 'a name is needed',
  clearText: 'passwords are taken over TLS only',
  failed: 'name or password is not right',
  later: (seconds: number) => `too many failed sign-ins, try again in ${seconds} s`,
  locked: 'maildrop already locked',
  cancelled: 'sign-in cancelled',
  badAnswer: 'the answer cannot be read',
  unknownMechanism: 'no such mechanism',
  beginTls: 'begin TLS',
  tlsOn: 'TLS is on already',
  tlsAfterUtf8: 'STLS comes before UTF8',
  utf8: 'UTF8 enabled',
  notRemoved: 'some deleted messages not removed',
  damaged: 'this message cannot be read',
  trouble: 'the server cannot do this now, try again later',
  tooManyErrors: 'too many errors',
  languages: 'languages follow',
  language: 'language changed',
  noLanguage: 'no such language',
  capabilities: 'capabilities follow',
  mechanisms: 'mechanisms follow',
};

export type Texts = typeof en;

const plural = new Intl.PluralRules('ru');
const letters = (count: number) => {
  const forms: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'письмо', few: 'письма' };
  return `${count} ${forms[plural.select(count)] ?? 'писем'}`;
};
const octets = (count: number) => {
  const forms: Partial<Record<Intl.LDMLPluralRule, string>> = { one: 'байт', few: 'байта' };
  return `${count} ${forms[plural.select(count)] ?? 'байт'}`;
};

const ru: Texts = {
  ready: (host) => `${host} сервер POP3 готов`,
  busy: 'слишком много соединений, повторите позже',
  bye: (host, left) => `${host} до свидания (${left === 0 ? 'ящик пуст' : `осталось: ${letters(left)}`})`,
  byeEarly: (host) => `${host} до свидания`,
  nameAccepted: 'теперь пароль',
  login: (user, count, size) => `${user}: в ящике ${letters(count)} (${octets(size)})`,
  maildrop: (count, size) => `в ящике ${letters(count)} (${octets(size)})`,
  list: (count, size) => `${letters(count)} (${octets(size)})`,
  octets,
  deleted: (number) => `письмо ${number} помечено на удаление`,
  alreadyDeleted: (number) => `письмо ${number} уже помечено на удаление`,
  noSuchMessage: (count) => `нет такого письма, в ящике ${letters(count)}`,
  numberWanted: 'нужен номер письма',
  linesWanted: 'TOP: номер письма и число строк',
  noArgument: (verb) => `${verb} без аргументов`,
  unknown: 'неизвестная команда',
  wrongState: (verb) => `${verb} сейчас невозможна`,
  tooLong: 'строка слишком длинная',
  bareLf: 'команда кончается на CR LF',
  userFirst: 'сначала USER',
  nameWanted: 'нужно имя',
  clearText: 'пароль принимается только по TLS',
  failed: 'имя или пароль не подходят',
  later: (seconds) => `слишком много неудачных попыток, повторите через ${seconds} с`,
  locked: 'ящик уже открыт другим сеансом',
  cancelled: 'вход отменён',
  badAnswer: 'ответ не читается',
  unknownMechanism: 'нет такого механизма',
  beginTls: 'начинайте TLS',
  tlsOn: 'TLS уже включён',
  tlsAfterUtf8: 'STLS должна быть до UTF8',
  utf8: 'UTF8 включён',
  notRemoved: 'некоторые письма не удалены',
  damaged: 'это письмо не читается',
  trouble: 'сейчас невозможно, повторите позже',
  tooManyErrors: 'слишком много ошибок',
  languages: 'языки',
  language: 'язык изменён',
  noLanguage: 'нет такого языка',
  capabilities: 'возможности',
  mechanisms: 'механизмы',
};

/** By language tag; the description stands in its own language (RFC 6856 section 3.2). */
export const LANGUAGES: Readonly<Record<string, { readonly name: string; readonly texts: Texts }>> = {
  en: { name: 'English', texts: en },
  ru: { name: 'Русский', texts: ru },
};
export const DEFAULT_TEXTS: Texts = en;
