/** Kinds of attached files, told by their extensions: for the facets of a search and for its `type:`. */
import type { Facets } from '../../contract/mail/search.ts';

export type FileKind = Facets['files'][number]['kind'];

export interface KindOfFile {
  kind: Exclude<FileKind, 'other'>;
  /** How a person calls it after `type:`; the first of each language is the one the window writes. */
  en: readonly string[];
  ru: readonly string[];
  /** In small letters, without the dot. */
  extensions: readonly string[];
}

export const FILE_KINDS: readonly KindOfFile[] = [
  {
    kind: 'table',
    en: ['table', 'tables', 'spreadsheet'],
    ru: ['таблица', 'таблицы'],
    extensions: ['xls', 'xlsx', 'xlsm', 'ods', 'csv', 'tsv'],
  },
  { kind: 'pdf', en: ['pdf'], ru: ['пдф'], extensions: ['pdf'] },
  {
    kind: 'image',
    en: ['picture', 'pictures', 'image', 'images', 'photo'],
    ru: ['картинка', 'картинки', 'изображение', 'изображения', 'фото'],
    extensions: ['png', 'jpg', 'jpeg', 'gif', 'webp', 'bmp', 'tif', 'tiff', 'heic', 'svg'],
  },
  {
    kind: 'document',
    en: ['document', 'documents'],
    ru: ['документ', 'документы'],
    extensions: ['doc', 'docx', 'odt', 'rtf', 'txt', 'ppt', 'pptx', 'odp', 'md'],
  },
  {
    kind: 'archive',
    en: ['archive', 'archives'],
    ru: ['архив', 'архивы'],
    extensions: ['zip', 'rar', '7z', 'gz', 'tgz', 'tar', 'bz2', 'xz'],
  },
];

/** The kind of a file by its name. */
export function kindOfFile(name: string): FileKind {
  const extension = /\.([^.]+)$/.exec(name)?.[1]?.toLowerCase();
  return FILE_KINDS.find(({ extensions }) => extension && extensions.includes(extension))?.kind ?? 'other';
}

/** The kind a person named; null: no such kind. */
export function namedKind(word: string): KindOfFile | null {
  return FILE_KINDS.find(({ en, ru }) => en.includes(word) || ru.includes(word)) ?? null;
}
