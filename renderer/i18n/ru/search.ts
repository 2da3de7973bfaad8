import type { search as en } from '../en/search.ts';
import { pluralRu } from '../plural.ts';

const letters = (n: number) => pluralRu(n, '# письмо', '# письма', '# писем');

export const search: typeof en = {
  results: (n) => (n === 0 ? 'Ничего не найдено' : letters(n)),
  resultsMany: (n) => `Больше ${n} писем`,
  save: 'Сохранить поиск',
  saveTitle: 'Сохранить этот поиск в дереве',
  saveName: 'Имя',
  where: 'Где искать',
  thisFolder: 'Эта папка',
  everywhere: 'Везде',
  from: 'От кого',
  when: 'Когда',
  files: 'Файлы',
  tags: 'Метки',
  kinds: {
    table: 'Таблицы',
    pdf: 'PDF',
    image: 'Изображения',
    document: 'Документы',
    archive: 'Архивы',
    other: 'Другие',
  },
  month: (label, n) => `${label}, ${letters(n)}`,
  clear: 'Очистить поиск',
  removeChip: (chip) => `Убрать ${chip}`,
  took: (seconds) => `${seconds} с`,
  none: (query) => `По запросу «${query}» ничего нет`,
  leftOut: (n) => `Ещё в «Спаме» и «Корзине»: ${letters(n)}.`,
  showLeftOut: 'Показать их',
  suggestions: 'Подсказки',
  words: {
    from: 'от',
    has: 'есть',
    attachment: 'файлы',
    tag: 'метка',
    after: 'после',
    before: 'до',
    type: 'тип',
    types: { table: 'таблица', pdf: 'pdf', image: 'картинка', document: 'документ', archive: 'архив' },
    in: 'в',
  },
};
