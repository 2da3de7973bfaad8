import type { status as en } from '../en/status.ts';
import { numberRu, pluralRu } from '../plural.ts';

const letters = (n: number) => pluralRu(n, '# письмо', '# письма', '# писем');

export const status: typeof en = {
  upToDate: (time) => `Всё загружено, ${time}`,
  upToDateNever: 'Загружать нечего',
  connected: (n) =>
    pluralRu(
      n,
      'Подключена # учётная запись',
      'Подключены все # учётные записи',
      'Подключены все # учётных записей',
    ),
  connecting: 'Подключение',
  checking: 'Проверка новых писем',
  working: (what, done, total) => (total === null ? `${what}: ${done}` : `${what}: ${done} из ${total}`),
  remaining: (time) => `осталось ${time}`,
  pause: 'Пауза',
  resume: 'Продолжить',
  cancel: 'Прервать',
  dismiss: 'Убрать',
  jobs: 'Задания',
  noJobs: 'Сейчас ничего не выполняется.',
  kinds: {
    sync: 'Загрузка писем',
    import: 'Перенос старой почты',
    export: 'Выгрузка писем',
    index: 'Подготовка поиска',
    send: 'Отправка',
    sample: 'Создание образца',
    check: 'Проверка хранилища',
    bodies: 'Загрузка текстов',
    tidy: 'Уборка писем',
    compact: 'Освобождение места на диске',
  },
  states: { running: 'идёт', paused: 'пауза', done: 'готово', failed: 'остановлено', cancelled: 'прервано' },
  imported: (n, doubles) =>
    doubles === 0 ? letters(n) : `${letters(n)}, уже были здесь: ${numberRu(doubles)}`,
  skipped: (n) => pluralRu(n, 'Пропущен # файл', 'Пропущены # файла', 'Пропущено # файлов'),
  perSecond: (n) => `${n} в секунду`,
  scheduled: (n) => pluralRu(n, 'Отложено # письмо', 'Отложено # письма', 'Отложено # писем'),
  waiting: (n) => pluralRu(n, '# письмо ждёт отправки', '# письма ждут отправки', '# писем ждут отправки'),
  office: {
    off: 'Офис выключен',
    starting: 'Офис запускается',
    running: 'Офис работает',
    stopping: 'Офис останавливается',
    failed: 'Офис не работает',
  },
  failed: (n) => pluralRu(n, 'Не отправлено # письмо', 'Не отправлены # письма', 'Не отправлено # писем'),
  offline: (time) => `Нет сети с ${time}. Можно читать, искать и писать.`,
  offlineChosen: 'Работа без сети. Можно читать, искать и писать.',
  goOnline: 'Подключиться',
  needsPassword: (address) => `${address}: нужен пароль`,
  needsTrust: (address) => `${address}: проверьте сертификат`,
  accountFailed: (address) => `${address}: нет связи`,
  lost: 'Модуль почты запускается снова',
  indexed: (n) => `Поиск по письмам на этом компьютере: ${n}`,
  indexing: (done, total) => `Поиск знает ${done} из ${total} писем`,
  newMail: (n) => pluralRu(n, '# новое письмо', '# новых письма', '# новых писем'),
  seconds: (n) => pluralRu(n, '# секунда', '# секунды', '# секунд'),
};
