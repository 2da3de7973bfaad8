/** What the office's hosts say to whoever starts or commands them, in two languages. */
import type { Fault } from '../base/errors.ts';
import type { Language } from './command-line/sentences.ts';

type Detail = Readonly<Record<string, unknown>>;
type Sentence = (detail: Detail) => string;
const text = (detail: Detail, name: string) => String(detail[name] ?? '');

const REASONS: Readonly<Record<string, readonly [en: string, ru: string]>> = {
  missing: ['there is no such file', 'такого файла нет'],
  'no-access': ['it may not be read', 'его нельзя прочитать'],
  'not-a-file': ['it is a folder', 'это папка'],
  'too-large': ['it is too large', 'он слишком велик'],
};

const SENTENCES: Readonly<Record<string, readonly [en: Sentence, ru: Sentence]>> = {
  'config-unreadable': [
    (d) =>
      `The configuration ${text(d, 'file')} cannot be read: ${REASONS[text(d, 'reason')]?.[0] ?? text(d, 'reason')}.`,
    (d) =>
      `Файл настроек ${text(d, 'file')} не читается: ${REASONS[text(d, 'reason')]?.[1] ?? text(d, 'reason')}.`,
  ],
  'config-not-json': [
    (d) =>
      `The configuration ${text(d, 'file')} is no JSON, line ${text(d, 'line')}, column ${text(d, 'column')}: ${text(d, 'problem')}.`,
    (d) =>
      `Файл настроек ${text(d, 'file')} не в формате JSON, строка ${text(d, 'line')}, позиция ${text(d, 'column')}: ${text(d, 'problem')}.`,
  ],
  'config-invalid': [
    (d) => `The configuration ${text(d, 'file')} has a mistake at ${at(d)}: ${mistake(d, 'en')}.`,
    (d) => `В файле настроек ${text(d, 'file')} ошибка: ${at(d)}: ${mistake(d, 'ru')}.`,
  ],
  'port-in-use': [
    (d) =>
      `Port ${text(d, 'port')} on ${text(d, 'host')} is in use by another program. End that program or choose another port.`,
    (d) =>
      `Порт ${text(d, 'port')} на ${text(d, 'host')} занят другой программой. Закройте её или выберите другой порт.`,
  ],
  'no-access': [
    (d) =>
      d['port'] === undefined
        ? 'The data folder may not be written by this user.'
        : `Port ${text(d, 'port')} may not be opened by this user: ports below 1024 need more rights.`,
    (d) =>
      d['port'] === undefined
        ? 'У этого пользователя нет прав на запись в папку данных.'
        : `У этого пользователя нет прав открыть порт ${text(d, 'port')}: порты ниже 1024 требуют больших прав.`,
  ],
  'not-a-folder': [
    (d) =>
      `The data folder ${text(d, 'folder')} cannot be made: a file is in its way, or the disk takes no writing.`,
    (d) => `Папку данных ${text(d, 'folder')} не создать: на её пути файл, или на диск нельзя писать.`,
  ],
  'bad-address': [
    (d) =>
      d['port'] === undefined
        ? `${text(d, 'address')} is no mail address.`
        : `${text(d, 'host')} is no address of this computer.`,
    (d) =>
      d['port'] === undefined
        ? `${text(d, 'address')} не является почтовым адресом.`
        : `${text(d, 'host')} не является адресом этого компьютера.`,
  ],
  'store-in-use': [
    () => 'This office is already running in another process.',
    () => 'Этот офис уже запущен другим процессом.',
  ],
  'store-too-new': [
    () => 'This office was made by a newer version of Postroom. Install that version; nothing was changed.',
    () => 'Этот офис создан более новой версией Postroom. Установите её; ничего не изменено.',
  ],
  'store-wrong-kind': [
    () => 'This folder holds something else than an office.',
    () => 'В этой папке не офис, а другие данные.',
  ],
  'disk-full': [
    () => 'The disk is full. Nothing was lost; make room and try again.',
    () => 'Диск заполнен. Ничего не потеряно; освободите место и повторите.',
  ],
  'no-postmaster': [
    () => 'Nobody would get the postmaster’s letters: add at least one person.',
    () => 'Некому получать письма postmaster: добавьте хотя бы одного человека.',
  ],
  'unknown-domain': [
    (d) => `${text(d, 'domain') || text(d, 'address')} is no domain of this office.`,
    (d) => `${text(d, 'domain') || text(d, 'address')} не домен этого офиса.`,
  ],
  'duplicate-address': [
    (d) => `${text(d, 'address')} is taken already.`,
    (d) => `Адрес ${text(d, 'address')} уже занят.`,
  ],
  'duplicate-domain': [
    (d) => `${text(d, 'domain')} is a domain of this office already.`,
    (d) => `${text(d, 'domain')} уже домен этого офиса.`,
  ],
  'bad-domain': [
    (d) => `${text(d, 'domain')} is no domain name.`,
    (d) => `${text(d, 'domain')} не является именем домена.`,
  ],
  'bad-password': [
    () => 'The password is empty, too long, or holds a character that cannot be typed.',
    () => 'Пароль пуст, слишком длинен или содержит недопустимый знак.',
  ],
  'no-such-address': [
    (d) => `There is no ${text(d, 'address')} in this office.`,
    (d) => `В этом офисе нет адреса ${text(d, 'address')}.`,
  ],
  'alias-without-target': [
    (d) => `The alias ${text(d, 'address')} leads nowhere: name at least one address.`,
    (d) => `Псевдоним ${text(d, 'address')} никуда не ведёт: укажите хотя бы один адрес.`,
  ],
  'alias-loop': [
    (d) => `The alias ${text(d, 'address')} leads back to itself.`,
    (d) => `Псевдоним ${text(d, 'address')} ведёт к самому себе.`,
  ],
  'list-without-members': [
    (d) => `The list ${text(d, 'address')} has no members.`,
    (d) => `В списке ${text(d, 'address')} нет участников.`,
  ],
  'list-without-owners': [
    (d) => `Only owners may write to ${text(d, 'address')}, and it has none.`,
    (d) => `В ${text(d, 'address')} могут писать только владельцы, а их нет.`,
  ],
  'domain-in-use': [
    (d) => `${text(d, 'domain')} still has addresses.`,
    (d) => `В домене ${text(d, 'domain')} ещё есть адреса.`,
  ],
  'no-office': [
    (d) => `There is no office in ${text(d, 'folder')}.`,
    (d) => `В папке ${text(d, 'folder')} нет офиса.`,
  ],
  'office-unreachable': [
    () => 'The office is running but does not answer. Try again, or stop it first.',
    () => 'Офис запущен, но не отвечает. Повторите или сначала остановите его.',
  ],
  'office-running': [
    () => 'The office is running; stop it first.',
    () => 'Офис запущен; сначала остановите его.',
  ],
  'no-such-letter': [
    (d) => `There is no letter ${text(d, 'queueId')} in the queue.`,
    (d) => `В очереди нет письма ${text(d, 'queueId')}.`,
  ],
  'no-such-ban': [(d) => `${text(d, 'ip')} is not banned.`, (d) => `Адрес ${text(d, 'ip')} не заблокирован.`],
  'own-certificate': [
    () => 'This office uses a certificate of its own and has no authority to export.',
    () => 'У этого офиса свой сертификат, центра сертификации для выгрузки нет.',
  ],
  'over-quota': [
    () => 'The mailbox has no room for this; nothing of the last group was stored.',
    () => 'В ящике нет места; последняя группа писем не сохранена.',
  ],
  'mailbox-name': [() => 'A mailbox cannot have this name.', () => 'Папка не может так называться.'],
  'file-exists': [
    (d) => `${text(d, 'path')} is there already; nothing was written over.`,
    (d) => `${text(d, 'path')} уже есть; ничего не перезаписано.`,
  ],
  'not-found': [
    (d) => `There is no ${text(d, 'path')}.`,
    (d) => `Файл или папка ${text(d, 'path')} не найдены.`,
  ],
  'certificate-unreadable': [
    (d) => `The certificate or key ${text(d, 'file')} cannot be read.`,
    (d) => `Сертификат или ключ ${text(d, 'file')} не читается.`,
  ],
  'certificate-invalid': [
    (d) => `${text(d, 'file')} is no certificate in PEM form.`,
    (d) => `${text(d, 'file')} не сертификат в формате PEM.`,
  ],
  'key-invalid': [
    (d) => `${text(d, 'file')} is no private key in PEM form.`,
    (d) => `${text(d, 'file')} не закрытый ключ в формате PEM.`,
  ],
  'key-encrypted': [
    (d) => `The key ${text(d, 'file')} is locked with a password; give one without.`,
    (d) => `Ключ ${text(d, 'file')} защищён паролем; нужен ключ без пароля.`,
  ],
  'authority-damaged': [
    (d) =>
      `The office's certificate authority ${text(d, 'file')} is damaged. Restore it from a backup, or remove it and let every computer join again.`,
    (d) =>
      `Центр сертификации офиса ${text(d, 'file')} повреждён. Восстановите его из копии или удалите и подключите компьютеры заново.`,
  ],
  'certificate-key-mismatch': [
    () => 'The certificate and the key do not belong together.',
    () => 'Сертификат и ключ не подходят друг к другу.',
  ],
};

function at(detail: Detail): string {
  return text(detail, 'path') || '/';
}

function mistake(detail: Detail, language: Language): string {
  const expected = text(detail, 'expected');
  const problem = text(detail, 'problem');
  if (language === 'en') {
    if (problem === 'unknown-key') return 'there is no such setting';
    return problem === 'missing' ? `it is missing; expected ${expected}` : `expected ${expected}`;
  }
  if (problem === 'unknown-key') return 'такой настройки нет';
  return problem === 'missing' ? `значения нет; ожидается: ${expected}` : `ожидается: ${expected}`;
}

/** One sentence for a person; the English text of the fault where it has none of its own here. */
export function officeSentence(
  fault: Pick<Fault, 'code' | 'message' | 'detail'>,
  language: Language,
): string {
  const sentence = SENTENCES[fault.code]?.[language === 'en' ? 0 : 1];
  return sentence ? sentence(fault.detail ?? {}) : fault.message;
}
