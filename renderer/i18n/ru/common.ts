import type { common as en } from '../en/common.ts';

export const common: typeof en = {
  product: 'Postroom',
  close: 'Закрыть',
  cancel: 'Отмена',
  hide: 'Скрыть',
  ok: 'Хорошо',
  save: 'Сохранить',
  remove: 'Убрать',
  undo: 'Отменить',
  redo: 'Вернуть',
  retry: 'Повторить',
  details: 'Подробности',
  more: 'Ещё',
  noSubject: '(без темы)',
  noSender: '(без отправителя)',
  you: 'Вы',
};
