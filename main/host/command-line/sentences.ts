/**
 * What the command line says on standard error, in both languages. A fault of the engine has its English sentence with it;
 * the Russian one is found here by its code. Names of commands, options and fields are not translated.
 */
import type { Fault } from '../../base/errors.ts';

export type Language = 'en' | 'ru';

export const isLanguage = (text: string | undefined): text is Language => text === 'en' || text === 'ru';

/** What the system speaks, by the variables that programs of a terminal go by (POSIX, section 8.2). */
export function systemLanguage(env: Readonly<Record<string, string | undefined>> = process.env): Language {
  const chosen = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || '';
  return /^ru(?:[_.@-]|$)/i.test(chosen) ? 'ru' : 'en';
}

interface Words {
  try: string;
  missingCommand: string;
  noCommand(name: string): string;
  unknownOption(name: string): string;
  badOption(name: string): string;
  missingOption(name: string): string;
  numberOption(name: string): string;
  missingId: string;
  notId(word: string): string;
  missingRule: string;
  notRule(word: string): string;
  noRules: string;
  noRulesOf(ids: string): string;
  noRun: string;
  ruleProblem(rule: string, what: string, detail: string): string;
  oneLetter: string;
  attachmentNumber: string;
  notFlag(word: string): string;
  missingQuery: string;
  missingPaths: string;
  missingFile: string;
  missingAccount: string;
  oneOf(option: string, values: string): string;
  extraWord(word: string): string;
  profileName: string;
  noProfile(name: string): string;
  noFolder(name: string): string;
  nothingNamed(name: string): string;
  noLetters(ids: string): string;
  noAccount(name: string): string;
  notMarked(count: number): string;
  emptyPassword: string;
  nothingImported(path: string, reason: string): string;
  someLeftOut(count: number): string;
  checkFound(count: number): string;
  notSent: string;
  missingPerson: string;
  notPerson(word: string): string;
  noBook(name: string): string;
  nothingHeard(id: number): string;
  noColumn(name: string, columns: string): string;
  unreadable(code: string): string;
  reasons: Readonly<Record<string, string>>;
  faults: Readonly<Record<string, string>>;
  /** What a failure means for the letters, and what to do. */
  advice: Readonly<Record<string, string>>;
  serverSaid(reply: string): string;
  /** A code that has no sentence of its own. */
  failed(code: string): string;
}

const same = (codes: readonly string[], sentence: string): Record<string, string> =>
  Object.fromEntries(codes.map((code) => [code, sentence]));

const en: Words = {
  try: 'Try: postroom --help',
  missingCommand: 'a command is missing',
  noCommand: (name) => `there is no command "${name}"`,
  unknownOption: (name) => `there is no option ${name}`,
  badOption: (name) => `the option ${name} is not used so`,
  missingOption: (name) => `--${name} is missing`,
  numberOption: (name) => `--${name} needs a number`,
  missingId: 'the number of a letter is missing',
  missingRule: 'the number of a rule is missing (rules list)',
  notRule: (word) => `"${word}" is not the number of a rule`,
  noRules: 'this is no file of rules: it is not JSON',
  noRulesOf: (ids) => `There is no rule ${ids}. Nothing was changed.`,
  noRun: 'no run can be taken back',
  ruleProblem: (rule, what, detail) => `the rule "${rule}": ${what}${detail === '' ? '' : ` (${detail})`}`,
  notId: (word) => `"${word}" is not the number of a letter`,
  oneLetter: 'raw gives one letter',
  attachmentNumber: 'attachment needs the letter and the number of the file',
  notFlag: (word) => `"${word}" is not a flag`,
  missingQuery: 'what to search for is missing',
  missingPaths: 'what to import is missing',
  missingFile: 'the file is missing',
  missingAccount: 'the account is missing',
  oneOf: (option, values) => `--${option} is ${values}`,
  extraWord: (word) => `"${word}" is one word too many`,
  profileName: 'the name of a profile is missing or too long',
  noProfile: (name) => `There is no profile "${name}".`,
  noFolder: (name) => `There is no folder "${name}".`,
  nothingNamed: (name) => `Nothing is called "${name}".`,
  noLetters: (ids) => `There is no letter ${ids}.`,
  noAccount: (name) => `There is no account "${name}".`,
  notMarked: (count) => `${count} letters are not on a POP3 server, or are here already.`,
  emptyPassword: 'No password came on standard input.',
  nothingImported: (path, reason) => `Nothing was imported. ${path}: ${reason}`,
  someLeftOut: (count) => `${count} letters are not wholly on this computer and were left out.`,
  checkFound: (count) => `The check found ${count} problems.`,
  nothingHeard: (id) => `nothing was heard of letter ${id}`,
  notSent: 'The letter was not sent.',
  missingPerson: 'the number of a person is missing',
  notPerson: (word) => `"${word}" is not the number of a person`,
  noBook: (name) => `There is no address book "${name}".`,
  noColumn: (name, columns) => `The table has no column "${name}". It has: ${columns}.`,
  unreadable: (code) => `It could not be read (${code}).`,
  reasons: {
    'not-found': 'There is no such file or folder.',
    'not-a-file': 'This is not a file or folder.',
    'not-a-letter': 'This is not a letter or a mailbox.',
    'empty-file': 'The file is empty.',
    'no-access': 'The file may not be read.',
    'too-large': 'The letter is larger than Postroom can keep.',
    'blob-too-large': 'The letter is larger than Postroom can keep.',
    'file-changed': 'The file changed while it was read.',
    'disk-full': 'The disk is full.',
    damaged: 'It is damaged.',
    'list-damaged': 'Its list is damaged; letters were looked for in the whole file.',
    'only-headers': 'Only the header is here, the rest stayed on the server.',
    'old-format': 'The format is too old to be read.',
    'no-letters-inside': 'There are no letters in this file.',
    encrypted: 'The file is encrypted.',
    'distribution-list': 'A distribution list of Outlook is not brought.',
    'rule-question': 'Rules here have no such question; the rule came switched off.',
    'rule-deed': 'Rules here cannot do this; the rest of the rule came.',
    'rule-nothing': 'Nothing of this filter can be done here; it was left out.',
    'rule-account': 'The account of this filter is not here; the rule came switched off.',
    'account-absent': 'Its account is not here yet.',
    'signature-file': 'The signature is a picture or too large.',
  },
  faults: {
    'no-such-folder': 'There is no such folder here.',
    'no-such-account': 'There is no such account here.',
    'bad-rule': 'This rule cannot be read or kept.',
    'bad-pattern': 'The pattern cannot be used.',
    'pattern-too-large': 'The pattern is too large.',
    'bad-address': 'This is not an e-mail address.',
    'bad-rules-file': 'This is no file of rules.',
    internal: 'Something inside Postroom failed; the folder "log" of the profile says more.',
    'is-a-folder': 'This is a folder; a file is needed here.',
    'not-a-folder': 'A part of this path is a file, not a folder.',
    'file-exists': 'There is a file of this name already.',
    'bad-path': 'This path cannot be used.',
    'no-access': 'The file or folder may not be read or written.',
    'disk-full':
      'The disk is full. What was saved before is whole; make room and run the command again to have the rest.',
    'not-found': 'There is no such file or folder.',
  },
  advice: {
    ...same(
      [
        'name-not-found',
        'no-route',
        'connection-refused',
        'timed-out',
        'connection-lost',
        'server-error',
        'too-many-connections',
      ],
      'Nothing is lost: what is here stays, the rest waits. Run the command again when the server answers.',
    ),
    ...same(
      ['wrong-password', 'login-disabled'],
      'No letter was touched. Check the name, the password and the kind of encryption.',
    ),
    ...same(['wrong-port', 'tls-failed', 'no-tls-offered'], 'Check the port and the kind of encryption.'),
    ...same(
      ['certificate-unknown', 'certificate-changed', 'certificate-name', 'certificate-antivirus'],
      'The password was not sent. Compare the fingerprint; if it is right: --trust HOST:PORT=SHA256.',
    ),
    'mailbox-in-use': 'Close the other program, or wait, and run the command again.',
    'login-too-soon': 'Run the command again later; no letter was touched.',
    'store-in-use': 'Close that Postroom, or do it there.',
  },
  serverSaid: (reply) => `the server says: "${reply}"`,
  failed: (code) => `This did not work (${code}).`,
};

const ru: Words = {
  try: 'Справка: postroom --help',
  missingCommand: 'не указана команда',
  noCommand: (name) => `нет команды «${name}»`,
  unknownOption: (name) => `нет параметра ${name}`,
  badOption: (name) => `параметр ${name} указан неверно`,
  missingOption: (name) => `не указан --${name}`,
  numberOption: (name) => `для --${name} нужно число`,
  missingRule: 'не указан номер правила (rules list)',
  notRule: (word) => `«${word}» — не номер правила`,
  noRules: 'это не файл правил: в нём не JSON',
  noRulesOf: (ids) => `Нет правила ${ids}. Ничего не изменено.`,
  noRun: 'отменять нечего',
  ruleProblem: (rule, what, detail) => `правило «${rule}»: ${what}${detail === '' ? '' : ` (${detail})`}`,
  missingId: 'не указан номер письма',
  notId: (word) => `«${word}» не номер письма`,
  oneLetter: 'raw выдаёт одно письмо',
  attachmentNumber: 'для attachment нужны номер письма и номер вложения',
  notFlag: (word) => `«${word}» не отметка`,
  missingQuery: 'не указано, что искать',
  missingPaths: 'не указано, что загрузить',
  missingFile: 'не указан файл',
  missingAccount: 'не указана учётная запись',
  oneOf: (option, values) => `--${option}: ${values}`,
  extraWord: (word) => `лишнее слово «${word}»`,
  profileName: 'не указано имя профиля, или оно слишком длинное',
  noProfile: (name) => `Нет профиля «${name}».`,
  noFolder: (name) => `Нет папки «${name}».`,
  nothingNamed: (name) => `Ничего с названием «${name}» нет.`,
  noLetters: (ids) => `Нет письма ${ids}.`,
  noAccount: (name) => `Нет учётной записи «${name}».`,
  notMarked: (count) => `Нет на сервере POP3 или уже здесь, писем: ${count}.`,
  emptyPassword: 'Пароль не пришёл со стандартного ввода.',
  nothingImported: (path, reason) => `Ничего не загружено. ${path}: ${reason}`,
  someLeftOut: (count) => `Есть на этом компьютере не целиком и пропущено писем: ${count}.`,
  checkFound: (count) => `Проверка нашла ошибок: ${count}.`,
  nothingHeard: (id) => `о письме ${id} ничего не известно`,
  notSent: 'Письмо не отправлено.',
  missingPerson: 'не указан номер человека',
  notPerson: (word) => `«${word}» не номер человека`,
  noBook: (name) => `Нет адресной книги «${name}».`,
  noColumn: (name, columns) => `В таблице нет столбца «${name}». Есть: ${columns}.`,
  unreadable: (code) => `Не удалось прочитать (${code}).`,
  reasons: {
    'not-found': 'Нет такого файла или папки.',
    'not-a-file': 'Это не файл и не папка.',
    'not-a-letter': 'Это не письмо и не почтовый ящик.',
    'empty-file': 'Файл пуст.',
    'no-access': 'Нет прав на чтение файла.',
    'too-large': 'Письмо больше, чем Postroom может сохранить.',
    'blob-too-large': 'Письмо больше, чем Postroom может сохранить.',
    'file-changed': 'Файл изменился, пока его читали.',
    'disk-full': 'Диск заполнен.',
    damaged: 'Данные повреждены.',
    'list-damaged': 'Список писем повреждён; письма найдены поиском по всему файлу.',
    'only-headers': 'Здесь только заголовок, само письмо осталось на сервере.',
    'old-format': 'Формат слишком старый и не читается.',
    'no-letters-inside': 'В этом файле нет писем.',
    encrypted: 'Файл зашифрован.',
    'distribution-list': 'Список рассылки Outlook не переносится.',
    'rule-question': 'Здесь у правил нет такого вопроса; правило пришло выключенным.',
    'rule-deed': 'Здесь правила этого не умеют; остальное в правиле перенесено.',
    'rule-nothing': 'Ничего из этого фильтра здесь сделать нельзя; он не перенесён.',
    'rule-account': 'Учётной записи этого фильтра здесь нет; правило пришло выключенным.',
    'account-absent': 'Учётной записи здесь пока нет.',
    'signature-file': 'Подпись — картинка или слишком велика.',
  },
  faults: {
    'no-such-rule': 'Такого правила нет.',
    'bad-pattern': 'Шаблон использовать нельзя.',
    'pattern-too-large': 'Шаблон слишком велик.',
    'bad-rule': 'Такое правило сохранить нельзя.',
    'bad-rules-file': 'Это не файл правил.',
    'undo-too-late': 'Это уже нельзя отменить.',
    internal: 'Внутри Postroom произошёл сбой; подробности в папке «log» профиля.',
    cancelled: 'Остановлено.',
    'disk-full':
      'Диск заполнен. Сохранённое раньше цело; освободите место и повторите команду, чтобы получить остальное.',
    'disk-failed': 'Диск не читается или не записывает.',
    'no-access': 'Нет прав на этот файл или папку.',
    'not-found': 'Нет такого файла или папки.',
    'not-a-file': 'Это не файл и не папка.',
    'file-exists': 'Файл с таким именем уже есть.',
    'not-a-letter': 'Это не письма и не почтовый ящик.',
    'not-readable': 'Эту почту сначала нужно выгрузить из той программы, где она хранится.',
    'old-format': 'Формат слишком старый и не читается.',
    encrypted: 'Файл зашифрован.',
    'not-a-backup': 'Это не копия Postroom.',
    'no-copy-folder': 'Не выбрана папка для копий.',
    'copy-folder-gone': 'Папки для копий сейчас нет: диск не подключён или папку убрали.',
    'backup-damaged': 'Копия повреждена или не дописана.',
    'backup-too-new': 'Копию сделал более новый Postroom. Установите новую версию, чтобы её прочитать.',
    'wrong-passphrase': 'У копии другая парольная фраза.',
    'profile-not-empty': 'В этой папке уже есть профиль.',
    'store-in-use': 'Этот профиль уже открыт в другом Postroom.',
    'store-too-new': 'Этот профиль записан более новым Postroom. Установите новую версию, чтобы открыть его.',
    'store-wrong-kind': 'Эта папка принадлежит базе данных Postroom другого вида.',
    'store-busy': 'База данных занята.',
    'store-closed': 'База данных закрыта.',
    'store-writer-failed': 'База данных не записывается.',
    'database-damaged': 'База данных повреждена.',
    'migration-failed': 'Не удалось обновить базу данных.',
    'thread-crashed': 'Рабочий поток остановился.',
    'blob-damaged': 'Сохранённое письмо повреждено на диске.',
    'blob-missing': 'Текст письма не сохранён.',
    'blob-too-large': 'Письмо больше, чем Postroom может сохранить.',
    'too-large': 'Письмо слишком велико.',
    'file-changed': 'Файл изменился, пока его читали.',
    'vault-damaged': 'Сохранённый пароль не читается. Введите его заново.',
    'body-missing': 'Текста этого письма нет на этом компьютере.',
    damaged: 'Это письмо не читается.',
    'no-such-message': 'Этого письма здесь больше нет.',
    'no-such-attachment': 'В письме нет такого вложения.',
    'no-such-folder': 'Такой папки нет.',
    'no-such-account': 'Такой учётной записи нет.',
    'no-role-folder': 'В учётной записи нет папки для этого.',
    'account-exists': 'Такая учётная запись уже есть.',
    'bad-address': 'Это не почтовый адрес.',
    'is-a-folder': 'Это папка, а нужен файл.',
    'not-a-folder': 'Часть этого пути — файл, а не папка.',
    'bad-path': 'Такой путь использовать нельзя.',
    'folder-exists': 'Такая папка уже есть.',
    'no-such-profile': 'Такого профиля нет.',
    'profile-exists': 'Профиль с таким именем уже есть.',
    'profile-open': 'Этот профиль открыт в другом окне; закройте его и повторите.',
    'too-many-profiles': 'На этом компьютере слишком много профилей.',
    'connection-lost': 'Соединение с сервером прервалось.',
    'line-too-long': 'Сервер прислал строку длиннее допустимой.',
    'uid-validity-changed': 'Сервер перенумеровал письма папки; она сверяется заново.',
    'sasl-syntax': 'Ответ сервера при входе непонятен.',
    'no-such-tag': 'Такой метки нет.',
    'tag-exists': 'Такая метка уже есть.',
    'photo-too-large': 'Фотография слишком велика.',
    'photo-unknown': 'Это не фотография, которую умеет показывать Postroom.',
    'too-many-requests': 'Слишком много запросов сразу; повторите.',
    'no-such-job': 'Эта работа уже закончилась.',
    'no-such-identity': 'Такого отправителя нет.',
    'main-identity': 'Основной отправитель принадлежит своей учётной записи: у него её адрес.',
    'no-such-signature': 'Такой подписи нет.',
    'no-such-template': 'Такого шаблона нет.',
    'no-such-snippet': 'Такой заготовки нет.',
    'name-taken': 'Такое название уже есть.',
    'bad-keyword': 'В ключевом слове бывают только буквы, цифры, «-» и «_».',
    'bad-input': 'Postroom не понял, что нужно сделать.',
    'bad-query': 'Запрос непонятен.',
    'bad-folder-name': 'У папки не может быть такого имени.',
    'no-recipients': 'У письма нет получателей.',
    'no-such-contact': 'Этого человека в адресной книге больше нет.',
    'no-such-book': 'Такой адресной книги нет.',
    'book-name-taken': 'Адресная книга с таким названием уже есть.',
    'book-is-needed': 'Эта адресная книга нужна; удалить можно только записи в ней.',
    'book-is-read-only': 'Эта адресная книга из каталога: её можно только читать.',
    'contact-empty': 'Нужно имя или адрес.',
    'nothing-to-undo': 'Возвращать нечего.',
    'import-not-contacts': 'В этом файле нет контактов.',
    'import-too-large': 'Файл слишком велик для контактов.',
    'ldap-refused': 'Каталог отказал в запросе.',
    'ldap-wrong-password': 'Каталог не принимает имя или пароль.',
    'ldap-no-base': 'В каталоге нет такого места для поиска.',
    'ldap-bad-filter': 'Фильтр каталога записан неверно.',
    'ldap-limit': 'Каталог отдаёт меньше записей, чем в нём есть.',
    'bad-table': 'В таблице нет заголовка или строк.',
    'table-too-long': 'Таблица слишком длинная для одной рассылки.',
    'nothing-to-merge': 'Ни одна строка таблицы не может стать письмом.',
    'no-such-merge': 'Эта рассылка уже закончилась.',
    'no-such-letter': 'Этого письма в исходящих больше нет.',
    'already-sent': 'Это письмо уже в пути.',
    'no-such-draft': 'Этого черновика больше нет.',
    'no-account': 'Отправить письмо не через что.',
    'bad-recipient': 'Один из адресов неверен.',
    'not-allowed': 'Это не разрешено.',
    'wrong-password': 'Сервер не принимает имя или пароль.',
    'name-not-found': 'Сервера с таким именем нет.',
    'no-route': 'До сервера нет пути из этой сети.',
    'connection-refused': 'Сервер не принимает соединения на этом порту.',
    'timed-out': 'Сервер не ответил вовремя.',
    'wrong-port': 'На этом порту работает что-то другое.',
    'tls-failed': 'Защищённое соединение не получилось.',
    'certificate-unknown': 'За сертификат сервера никто известный не ручается.',
    'certificate-name': 'Сертификат выдан другому серверу.',
    'certificate-expired': 'Срок сертификата сервера истёк.',
    'certificate-changed': 'Сертификат сервера сменился.',
    'certificate-antivirus': 'В защищённое соединение вклинилась программа на этом компьютере.',
    'no-tls-offered': 'Сервер не предлагает шифрования.',
    'too-many-connections': 'У сервера слишком много соединений.',
    'mailbox-in-use': 'Ящик сейчас открыт в другой программе.',
    'login-too-soon': 'Сервер просит подождать до следующего входа.',
    'not-pop3': 'Эта учётная запись забирает почту не по POP3.',
    'login-disabled': 'Сервер не предлагает подходящего способа входа.',
    'server-error': 'Сервер сейчас не может этого сделать.',
    refused: 'Сервер отказал.',
    'letter-refused': 'Сервер отказался принять письмо.',
    'letter-deferred': 'Сервер сейчас не принимает письмо.',
    'outcome-unknown': 'Соединение прервалось, пока сервер принимал письмо. Неизвестно, ушло ли оно.',
    'over-quota': 'На сервере не осталось места.',
    offline: 'Postroom работает без сети.',
  },
  advice: {
    ...same(
      [
        'name-not-found',
        'no-route',
        'connection-refused',
        'timed-out',
        'connection-lost',
        'server-error',
        'too-many-connections',
      ],
      'Ничего не потеряно: что здесь — цело, остальное ждёт. Повторите команду, когда сервер ответит.',
    ),
    ...same(
      ['wrong-password', 'login-disabled'],
      'Ни одно письмо не тронуто. Проверьте имя, пароль и вид защиты.',
    ),
    ...same(['wrong-port', 'tls-failed', 'no-tls-offered'], 'Проверьте порт и вид защиты.'),
    ...same(
      ['certificate-unknown', 'certificate-changed', 'certificate-name', 'certificate-antivirus'],
      'Пароль не отправлен. Сверьте отпечаток; если он верен: --trust HOST:PORT=SHA256.',
    ),
    'mailbox-in-use': 'Закройте ту программу или подождите и повторите команду.',
    'login-too-soon': 'Повторите команду позже; ни одно письмо не тронуто.',
    'store-in-use': 'Закройте тот Postroom или сделайте это в нём.',
  },
  serverSaid: (reply) => `сервер отвечает: «${reply}»`,
  failed: (code) => `Это не получилось (${code}).`,
};

export const WORDS: Readonly<Record<Language, Words>> = { en, ru };

export type { Words };

/** The sentence for a fault that came from anywhere below. */
export function faultSentence(fault: Pick<Fault, 'code' | 'message'>, language: Language): string {
  const words = WORDS[language];
  return words.faults[fault.code] ?? (language === 'en' ? fault.message : words.failed(fault.code));
}

/** The sentence with the server's name and words, and what to do. */
export function wholeSentence(fault: Pick<Fault, 'code' | 'message' | 'detail'>, language: Language): string {
  const words = WORDS[language];
  const sentence = faultSentence(fault, language);
  const { host, port, reply } = fault.detail ?? {};
  const server = typeof host === 'string' ? [host, port].filter((each) => each !== undefined).join(':') : '';
  const said = typeof reply === 'string' ? reply.replace(/[\s\x00-\x1f\x7f]+/g, ' ').trim() : '';
  const facts = [
    sentence.includes(server) ? '' : server,
    said === '' || sentence.includes(said) ? '' : words.serverSaid(said.slice(0, 200)),
  ].filter((each) => each !== '');
  const whole = facts.length === 0 ? sentence : `${sentence.replace(/\.$/, '')} (${facts.join('; ')}).`;
  const advice = words.advice[fault.code];
  return advice === undefined ? whole : `${whole} ${advice}`;
}
