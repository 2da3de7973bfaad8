import type { ErrorFacts, ErrorWords } from '../en/errors.ts';
import type { moving as en, movingErrors as enErrors } from '../en/moving.ts';
import { pluralRu } from '../plural.ts';

/** `none`: что сказать про ноль. */
const plural = (n: number, one: string, few: string, many: string, none?: string): string =>
  n === 0 && none !== undefined ? none : pluralRu(n, one, few, many);

export const moving: typeof en = {
  found: 'Найдено на этом компьютере',
  looking: 'Поиск старой почты на этом компьютере',
  nothingFound: 'В обычных местах почты других программ нет. Укажите файл или папку ниже.',
  files: 'файлы с письмами',
  notReadable: 'Postroom это не читает. Сначала выгрузите там письма в файлы .eml или mbox.',
  badge: (names) => `Найдено: ${names}`,
  everywhere: 'Пропускать письма, которые уже есть в любой папке',
  ownFolders: 'Этот компьютер, у каждой программы свои папки',
  look: 'Сначала посмотреть',
  lookingThrough: 'Просмотр, ничего не меняется',
  wouldCome: (n) =>
    plural(
      n,
      'Будет перенесено # письмо.',
      'Будет перенесено # письма.',
      'Будет перенесено # писем.',
      'Переносить нечего.',
    ),
  areHere: (n) => plural(n, '# уже здесь.', '# уже здесь.', '# уже здесь.', ''),
  unreadable: (n) => plural(n, '# не читается.', '# не читаются.', '# не читаются.', ''),
  thrownAway: (n) =>
    plural(
      n,
      '# там удалено и не переносится.',
      '# там удалены и не переносятся.',
      '# там удалены и не переносятся.',
      '',
    ),
  people: (n) =>
    plural(
      n,
      'В адресную книгу попадёт # человек.',
      'В адресную книгу попадут # человека.',
      'В адресную книгу попадут # человек.',
      '',
    ),
  peopleCame: (n) =>
    plural(
      n,
      'В адресной книге # человек.',
      'В адресной книге # человека.',
      'В адресной книге # человек.',
      '',
    ),
  others: (n) =>
    plural(
      n,
      '# встреча, задача или заметка не переносится.',
      '# встречи, задачи и заметки не переносятся.',
      '# встреч, задач и заметок не переносятся.',
      '',
    ),
  table: 'Что будет перенесено',
  columns: { folder: 'Папка', letters: 'Письма', doubles: 'Уже здесь', size: 'Размер' },
  moreFolders: (n) => plural(n, 'и ещё # папка', 'и ещё # папки', 'и ещё # папок'),
  earlier: 'Раньше',
  reasons: {
    'not-found': 'этого нет на месте',
    'not-a-file': 'это не файл и не папка',
    'not-a-letter': 'это не письмо и не почтовый ящик',
    'empty-file': 'файл пуст',
    'no-access': 'нет прав на чтение',
    'too-large': 'письмо больше, чем Postroom может сохранить',
    'blob-too-large': 'письмо больше, чем Postroom может сохранить',
    'file-changed': 'файл изменился, пока его читали',
    'disk-full': 'диск заполнен',
    damaged: 'данные повреждены',
    'list-damaged': 'список писем повреждён; письма найдены поиском по всему файлу',
    'only-headers': 'здесь только заголовок, само письмо осталось на сервере',
    'old-format': 'формат слишком старый',
    'no-letters-inside': 'внутри нет писем',
    encrypted: 'файл зашифрован',
    unreadable: 'не читается',
    'body-missing': 'письмо не целиком на этом компьютере',
    'blob-damaged': 'письмо повреждено на этом диске',
    'blob-missing': 'письмо не целиком на этом компьютере',
  },
  otherReason: (code) => `не читается (${code})`,
  restore: {
    door: 'Восстановить из копии',
    title: 'Восстановить из копии',
    intro:
      'Вернётся всё из другого Postroom: письма, папки, отметки, адресные книги, правила, настройки. Копия сначала проверяется целиком, и только потом встаёт на место.',
    where: 'Файл копии',
    whereHint: 'Путь к нему на этом компьютере.',
    look: 'Посмотреть',
    made: (date, version) => `Сделана ${date}, Postroom ${version}.`,
    holds: (letters, size) => `${plural(letters, '# письмо', '# письма', '# писем', 'Писем нет')}, ${size}.`,
    accounts: (names) => `Учётные записи: ${names}.`,
    passphrase: 'Парольная фраза копии',
    passphraseHint: 'Она открывает пароли в копии. Без неё пароли учётных записей придётся ввести заново.',
    noPasswords: 'Паролей в этой копии нет; введите их, когда учётные записи подключатся.',
    start: 'Вернуть',
    running: 'Проверка копии',
    ready: 'Копия цела и лежит наготове. Postroom продолжит с ней после перезапуска модуля почты.',
    restart: 'Продолжить с копией',
    notEmpty: 'В этом профиле уже есть почта. Копия возвращается в пустой: сначала откройте другой профиль.',
  },
  copies: {
    title: 'Копия в одном файле',
    about:
      'Письма, папки, отметки, адресные книги, правила, подписи и настройки. Её можно вернуть на другом компьютере.',
    path: 'Сохранить копию как',
    pathHint: 'Новый файл на этом компьютере или на диске; поверх имеющегося ничего не пишется.',
    withPasswords: 'Вместе с паролями учётных записей',
    passphrase: 'Парольная фраза',
    passphraseHint: 'Ею запечатаны пароли. Без неё их не откроет никто.',
    passphraseMissing: 'Введите парольную фразу.',
    pathMissing: 'Укажите файл.',
    make: 'Сделать копию',
    making: 'Создание копии',
    made: (letters, size) =>
      `Копия готова: ${plural(letters, '# письмо', '# письма', '# писем', 'писем нет')}, ${size}.`,
    last: 'Сделанные копии',
    none: 'Копий пока нет.',
    line: (letters, size) => `${plural(letters, '# письмо', '# письма', '# писем', 'писем нет')}, ${size}`,
    sealed: 'с паролями',
  },
  everything: {
    title: 'Всё в виде файлов',
    about:
      'Каждая папка файлом, который читают другие почтовые программы, адресные книги в vCard, рядом правила, подписи и настройки. Postroom вернёт всё как было.',
    dir: 'В папку',
    dirHint: 'Новая или пустая папка.',
    dirMissing: 'Укажите папку.',
    layout: 'Письма как',
    layouts: {
      mbox: 'один файл mbox на папку',
      maildir: 'папки Maildir',
      eml: 'файл .eml на письмо',
    },
    start: 'Выгрузить всё',
    running: 'Запись писем',
    done: (n) => plural(n, 'Записано # письмо.', 'Записано # письма.', 'Записано # писем.', 'Писем не было.'),
    left: (n) => plural(n, '# пропущено:', '# пропущены:', '# пропущены:', ''),
  },
};

const nothing = 'Ничего не изменено.';

export const movingErrors: typeof enErrors = {
  'not-found': ({ name }: ErrorFacts): ErrorWords => ({
    title: name ? `«${name}»: этого нет на месте.` : 'Такого файла или папки нет.',
    body: `${nothing} Проверьте путь.`,
  }),
  'not-a-letter': ({ name }: ErrorFacts): ErrorWords => ({
    title: name ? `«${name}»: писем, известных Postroom, там нет.` : 'Писем, известных Postroom, там нет.',
    body: nothing,
  }),
  'not-readable': ({ program }: ErrorFacts): ErrorWords => ({
    title: `Postroom не читает почту программы ${program}.`,
    body: `${nothing} Выгрузите там письма в файлы .eml или mbox и перенесите их.`,
  }),
  damaged: ({ name }: ErrorFacts): ErrorWords => ({
    title: name ? `«${name}»: файл повреждён.` : 'Файл повреждён.',
    body: `${nothing} Возьмите более старую его копию.`,
  }),
  'old-format': (): ErrorWords => ({
    title: 'Файл слишком старой программы.',
    body: `${nothing} Откройте его один раз в Outlook Express 5 или 6 и перенесите потом.`,
  }),
  encrypted: (): ErrorWords => ({
    title: 'Файл зашифрован.',
    body: `${nothing} Снимите шифрование в той программе, откуда он.`,
  }),
  'not-a-backup': ({ name }: ErrorFacts): ErrorWords => ({
    title: name ? `«${name}»: это не копия Postroom.` : 'Это не копия Postroom.',
    body: nothing,
  }),
  'backup-damaged': (): ErrorWords => ({
    title: 'Копия повреждена или не дописана.',
    body: `${nothing} Возьмите другую копию.`,
  }),
  'backup-too-new': (): ErrorWords => ({
    title: 'Копию сделал более новый Postroom.',
    body: `${nothing} Установите новую версию и верните копию там.`,
  }),
  'wrong-passphrase': (): ErrorWords => ({
    title: 'У копии другая парольная фраза.',
    body: `${nothing} Введите её ещё раз или верните копию без паролей.`,
  }),
  'nothing-waits': (): ErrorWords => ({
    title: 'Наготове нет копии.',
    body: `${nothing} Верните её ещё раз.`,
  }),
  'profile-not-empty': (): ErrorWords => ({
    title: 'В этом профиле уже есть почта.',
    body: `${nothing} Копия возвращается в пустой профиль.`,
  }),
};
