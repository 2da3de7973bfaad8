import type { profiles as en } from '../en/profiles.ts';

export const profiles: typeof en = {
  command: 'За компьютером другой человек',
  intro:
    'У каждого человека свой профиль: папки, письма, адресная книга и окно. Кто знает пароль от этого компьютера, может открыть любой из них.',
  list: 'Профили',
  first: 'Первый профиль',
  own: 'Это окно',
  open: 'Открыт в другом окне',
  start: 'Открывается при запуске',
  openIt: 'Открыть',
  openOf: (name) => `Открыть ${name}`,
  makeStart: 'Открывать при запуске',
  makeStartOf: (name) => `Открывать при запуске: ${name}`,
  rename: 'Переименовать',
  renameOf: (name) => `Переименовать ${name}`,
  remove: 'Удалить',
  removeOf: (name) => `Удалить ${name}`,
  name: 'Имя',
  add: 'Добавить профиль',
  added: (name) => `Профиль «${name}» создан.`,
  renamed: 'Профиль переименован.',
  removed: (name) => `Профиль «${name}» удалён.`,
  question: (name) => `Удалить профиль «${name}»?`,
  questionBody:
    'Его папка исчезнет со всеми письмами, которых нет на сервере, с адресной книгой и настройками. Вернуть это нельзя.',
  browser: 'В браузере каждый профиль запускается отдельно. Для этого:',
  command2: (folder) => `npm start -- --browser --profile "${folder}"`,
  started: (name) => `«${name}» открывается в своём окне.`,
  none: 'Этот Postroom не ведёт список профилей.',
};
