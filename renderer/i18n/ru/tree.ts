import type { tree as en } from '../en/tree.ts';

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
  },
};
