/** The shell's own words: menu, tray, notifications, the few dialogs before a window exists. The window has its own catalogue. */
const en = {
  file: 'File',
  newMessage: 'New message',
  newWindow: 'New window',
  newFolder: 'New folder',
  importMail: 'Bring my old mail…',
  addAccount: 'Add an account…',
  saveAs: 'Save as file…',
  print: 'Print…',
  closeWindow: 'Close window',
  quit: 'Quit Postroom',
  edit: 'Edit',
  undo: 'Undo',
  redo: 'Redo',
  cut: 'Cut',
  copy: 'Copy',
  paste: 'Paste',
  selectAll: 'Select all',
  search: 'Search',
  find: 'Find in this letter',
  view: 'View',
  layoutRight: 'Reading pane on the right',
  layoutBelow: 'Reading pane below',
  layoutOff: 'No reading pane',
  larger: 'Larger text',
  smaller: 'Smaller text',
  normal: 'Normal text size',
  fullScreen: 'Full screen',
  go: 'Go',
  mail: 'Mail',
  contacts: 'Address book',
  settings: 'Settings',
  nextUnread: 'Next unread',
  message: 'Message',
  reply: 'Reply',
  replyAll: 'Reply all',
  forward: 'Forward',
  archive: 'Archive',
  delete: 'Delete',
  junk: 'Junk',
  moveTo: 'Move to…',
  tag: 'Tag…',
  flag: 'Flag',
  markRead: 'Mark read',
  markUnread: 'Mark unread',
  source: 'Show source',
  folder: 'Folder',
  check: 'Check for mail',
  checkAll: 'Check all accounts',
  offline: 'Work offline',
  help: 'Help',
  keys: 'Help and keys',
  palette: 'Command palette',
  developer: 'Developer tools',
  open: 'Open Postroom',
  unread: (count: number) => (count === 1 ? '1 unread letter' : `${count} unread letters`),
  newLetters: (count: number) => (count === 1 ? 'New letter' : `${count} new letters`),
  noSubject: '(no subject)',
  exampleTitle: 'This is how Postroom tells of a letter',
  exampleBody: 'Who wrote, the subject, and how it begins.',
  profiles: 'Another person uses this computer…',
  profileRefused: 'Postroom cannot open this profile',
  engineLost: 'The mail engine stopped several times',
  engineLostBody:
    'Postroom has to end. Your letters are kept. Start it again; if that happens again, send the log file.',
  openLog: 'Show the log',
};
export type ShellWords = typeof en;

/** Russian: 1 письмо, 2 письма, 5 писем. */
function russianForm(count: number, one: string, few: string, many: string): string {
  const tens = count % 100;
  const units = count % 10;
  if (units === 1 && tens !== 11) return one;
  return units >= 2 && units <= 4 && (tens < 12 || tens > 14) ? few : many;
}

const ru: ShellWords = {
  file: 'Файл',
  newMessage: 'Новое письмо',
  newWindow: 'Новое окно',
  newFolder: 'Новая папка',
  importMail: 'Перенести старую почту…',
  addAccount: 'Добавить учётную запись…',
  saveAs: 'Сохранить в файл…',
  print: 'Печать…',
  closeWindow: 'Закрыть окно',
  quit: 'Завершить Postroom',
  edit: 'Правка',
  undo: 'Отменить',
  redo: 'Вернуть',
  cut: 'Вырезать',
  copy: 'Копировать',
  paste: 'Вставить',
  selectAll: 'Выбрать все',
  search: 'Поиск',
  find: 'Найти в письме',
  view: 'Вид',
  layoutRight: 'Область чтения справа',
  layoutBelow: 'Область чтения снизу',
  layoutOff: 'Без области чтения',
  larger: 'Крупнее',
  smaller: 'Мельче',
  normal: 'Обычный размер',
  fullScreen: 'Во весь экран',
  go: 'Переход',
  mail: 'Почта',
  contacts: 'Адресная книга',
  settings: 'Настройки',
  nextUnread: 'Следующее непрочитанное',
  message: 'Письмо',
  reply: 'Ответить',
  replyAll: 'Ответить всем',
  forward: 'Переслать',
  archive: 'В архив',
  delete: 'Удалить',
  junk: 'Спам',
  moveTo: 'Переместить…',
  tag: 'Метка…',
  flag: 'Флажок',
  markRead: 'Прочитано',
  markUnread: 'Не прочитано',
  source: 'Исходный текст',
  folder: 'Папка',
  check: 'Проверить почту',
  checkAll: 'Проверить все учётные записи',
  offline: 'Работать без сети',
  help: 'Справка',
  keys: 'Справка и клавиши',
  palette: 'Палитра команд',
  developer: 'Инструменты разработчика',
  open: 'Открыть Postroom',
  unread: (count) =>
    `${count} ${russianForm(count, 'непрочитанное письмо', 'непрочитанных письма', 'непрочитанных писем')}`,
  newLetters: (count) =>
    count === 1
      ? 'Новое письмо'
      : `${count} ${russianForm(count, 'новое письмо', 'новых письма', 'новых писем')}`,
  noSubject: '(без темы)',
  exampleTitle: 'Так Postroom сообщает о письме',
  exampleBody: 'Кто написал, тема и начало письма.',
  profiles: 'За компьютером другой человек…',
  profileRefused: 'Postroom не может открыть этот профиль',
  engineLost: 'Почтовый движок несколько раз остановился',
  engineLostBody:
    'Postroom придётся завершить. Письма сохранены. Запустите его снова; если это повторится, пришлите файл журнала.',
  openLog: 'Показать журнал',
};

export type ShellLanguage = 'en' | 'ru';
export const shellWords: Readonly<Record<ShellLanguage, ShellWords>> = { en, ru };

/** The setting as a language: `system` follows what the system prefers, English when it is neither. */
export function shellLanguage(
  setting: 'system' | ShellLanguage,
  preferred: readonly string[],
): ShellLanguage {
  if (setting !== 'system') return setting;
  for (const tag of preferred) {
    const primary = tag.toLowerCase().split(/[-_]/)[0];
    if (primary === 'ru' || primary === 'en') return primary;
  }
  return 'en';
}
