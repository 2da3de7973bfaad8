import type { tree as en } from '../en/tree.ts';
import { pluralRu } from '../plural.ts';

export const tree: typeof en = {
  allAccounts: 'Все учётные записи',
  savedSearches: 'Сохранённые поиски',
  local: 'На этом компьютере',
  roles: {
    inbox: 'Входящие',
    drafts: 'Черновики',
    sent: 'Отправленные',
    archive: 'Архив',
    junk: 'Спам',
    trash: 'Корзина',
    outbox: 'Исходящие',
    scheduled: 'Отложенная отправка',
    all: 'Вся почта',
    flagged: 'С флажком',
    unread: 'Непрочитанные',
  },
  words: {
    special: 'Эта папка принадлежит учётной записи, её имя не меняется',
    chooseFolder: 'Выберите папку в дереве',
    chooseAccount: 'Выберите в дереве учётную запись или папку',
    chooseSearch: 'Выберите в дереве сохранённый поиск',
    onlyTrash: 'Очистить можно только «Корзину» и «Спам»',
    showHidden: 'Показывать скрытые папки',
    forgetSearch: 'Убрать сохранённый поиск',
    noMatch: 'С таким именем ничего нет',
    name: 'Имя папки',
    create: 'Создать',
    rename: 'Переименовать',
    deleteQuestion: (name) => `Удалить папку «${name}»?`,
    deleteBody: 'Её письма удалятся вместе с ней, и на сервере тоже. Это нельзя отменить.',
    emptyQuestion: (name, n) =>
      pluralRu(
        n,
        `Очистить «${name}»? # письмо удалится навсегда.`,
        `Очистить «${name}»? # письма удалятся навсегда.`,
        `Очистить «${name}»? # писем удалятся навсегда.`,
      ),
  },
};
