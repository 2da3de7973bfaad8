import type { windowWords as en } from '../en/window.ts';

export const windowWords: typeof en = {
  searchPlaceholder: 'Письма, люди, файлы',
  mail: 'Почта',
  settings: 'Настройки',
  help: 'Справка',
  openFolders: 'Папки',
  moreNew: 'Другие способы начать',
  layout: 'Область чтения',
  loadingProfile: 'Открывается ваша почта',
  engineLost: 'Модуль почты остановился. Он запускается снова; написанное сохранено.',
  engineRestarted: 'Модуль почты остановился и запущен снова. Ничего не потеряно.',
  nothingChosen: 'Сначала выберите письмо',
  noNeighbour: {
    older: 'Это самое раннее письмо переписки',
    newer: 'Это самое новое письмо переписки',
  },
  alone: 'Других писем в переписке нет',
  needsOne: 'Выберите одно письмо',
  nothingToUndo: 'Отменять нечего',
  nothingToRedo: 'Возвращать нечего',
  removeSample: 'Убрать образец',
  pages: { address: 'Адресная книга', news: 'Новости и ленты', office: 'Офисный сервер' },
  paletteHint: 'Что сделать?',
  helpTitle: 'Клавиши',
  helpText: 'Всё, что умеет окно, и клавиши к этому. Ctrl+Shift+P найдёт любую команду по имени.',
};
