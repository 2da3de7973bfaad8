/** Which setting stands on which page, in which order, with which values. A new row: here, in the contract, in i18n. */
import type { Settings } from '../../../main/contract/mail/profile.ts';
import type { Catalogue } from '../../i18n/text.ts';

/** Pages that belong together, in the order of the page list. */
export const SHELVES = {
  window: ['general', 'appearance', 'keyboard', 'notifications'],
  letters: ['reading', 'writing', 'signatures', 'templates', 'tags', 'rules'],
  mail: ['accounts', 'tidy', 'import', 'copies', 'profiles'],
  program: ['office', 'about'],
} as const;
export type Shelf = keyof typeof SHELVES;
export type Page = (typeof SHELVES)[Shelf][number];

export const PAGES: readonly Page[] = Object.values(SHELVES).flat();

export type RowName = keyof Catalogue['settings']['rows'];
/** Rows under one heading of their page. */
export type RowGroup = keyof Catalogue['settings']['groups'];

/** switch: on or off; choice: one of some. */
export type RowKind =
  | { kind: 'switch' }
  | { kind: 'choice'; values: (t: Catalogue) => readonly { id: string; label: string }[] };

export interface SettingRow {
  name: RowName & keyof Settings;
  page: Page;
  group: RowGroup;
  of: RowKind;
}

const list = (words: Record<string, string>) => Object.entries(words).map(([id, label]) => ({ id, label }));
/** Numbers as keys come out of an object in an order of their own. */
const byNumber = (words: Record<string, string>) => list(words).sort((a, b) => Number(a.id) - Number(b.id));

const TEXT_SIZES = [80, 90, 100, 110, 125, 150, 175, 200];

const values = {
  language: (t: Catalogue) => list(t.settings.values.languages),
  theme: (t: Catalogue) => list(t.settings.values.themes),
  textSize: () => TEXT_SIZES.map((size) => ({ id: String(size), label: `${size} %` })),
  density: (t: Catalogue) => list(t.settings.values.densities),
  layout: (t: Catalogue) => list(t.settings.values.layouts),
  markReadAfter: (t: Catalogue) => byNumber(t.settings.values.readAfter),
  unifiedPlace: (t: Catalogue) => list(t.settings.values.unifiedPlaces),
  pictures: (t: Catalogue) => list(t.settings.values.pictures),
  undoSendSeconds: (t: Catalogue) => byNumber(t.settings.values.undo),
  receiptsInside: (t: Catalogue) => list(t.settings.values.receipts),
  receiptsOutside: (t: Catalogue) => list(t.settings.values.receipts),
  quotePosition: (t: Catalogue) => list(t.settings.values.positions),
  spelling: (t: Catalogue) => list(t.signatures.spelling.choices),
  syncEveryMinutes: (t: Catalogue) => byNumber(t.settings.values.every),
  startWithSystem: (t: Catalogue) => list(t.settings.values.starts),
  archiveBy: (t: Catalogue) => list(t.settings.values.archives),
};

const choice = (name: keyof typeof values): Pick<SettingRow, 'name' | 'of'> => ({
  name,
  of: { kind: 'choice', values: values[name] },
});
const onOff = (name: SettingRow['name']): Pick<SettingRow, 'name' | 'of'> => ({
  name,
  of: { kind: 'switch' },
});

type Placed = Partial<Record<RowGroup, readonly Pick<SettingRow, 'name' | 'of'>[]>>;

const PLACED: Partial<Record<Page, Placed>> = {
  general: {
    language: [choice('language')],
    checking: [choice('syncEveryMinutes')],
    tree: [onOff('unifiedInbox'), choice('unifiedPlace')],
  },
  appearance: {
    look: [choice('theme'), choice('textSize')],
    panes: [choice('layout'), choice('density')],
  },
  keyboard: { single: [onOff('singleKeys')] },
  reading: {
    list: [onOff('conversations'), onOff('groups')],
    letter: [choice('markReadAfter'), choice('pictures'), onOff('plainText')],
    receipts: [choice('receiptsInside'), choice('receiptsOutside')],
  },
  writing: {
    leaving: [choice('undoSendSeconds')],
    questions: [onOff('guardAttachment'), onOff('guardOutside'), onOff('guardSubject'), onOff('guardMany')],
    text: [onOff('composePlain'), choice('quotePosition'), choice('spelling')],
    people: [onOff('collectPeople')],
  },
  notifications: {
    notes: [onOff('notifications')],
    tray: [onOff('closeToTray'), choice('startWithSystem')],
  },
  tidy: { archive: [choice('archiveBy')] },
  office: { office: [onOff('hostOffice'), onOff('shareOffice')] },
};

/** In the order of pages and of their headings. */
export const ROWS: readonly SettingRow[] = PAGES.flatMap((page) =>
  (Object.entries(PLACED[page] ?? {}) as [RowGroup, Placed[RowGroup]][]).flatMap(([group, rows]) =>
    (rows ?? []).map((row): SettingRow => ({ ...row, page, group })),
  ),
);

/** Rows under their headings, in order. */
export function grouped(rows: readonly SettingRow[]): readonly { group: RowGroup; rows: SettingRow[] }[] {
  const groups: { group: RowGroup; rows: SettingRow[] }[] = [];
  for (const row of rows) {
    const last = groups.at(-1);
    if (last?.group === row.group) last.rows.push(row);
    else groups.push({ group: row.group, rows: [row] });
  }
  return groups;
}

/** What stands on pages without being a row: the headings a person may look for. */
export function headings(t: Catalogue): Partial<Record<Page, readonly string[]>> {
  const { arrival, tidy, signatures, maildrop, moving } = t;
  return {
    appearance: [t.looks.tableColumns],
    keyboard: [t.window.helpTitle, ...Object.values(t.keyboard.sections)],
    signatures: [signatures.useTitle],
    templates: [signatures.templates.title, signatures.snippets.title, signatures.spelling.words],
    accounts: [signatures.identity.title, maildrop.schedule.title, maildrop.collect.title],
    notifications: [
      arrival.who.title,
      arrival.sound.title,
      arrival.accounts.title,
      arrival.folders.title,
      arrival.quiet.title,
      arrival.locked.name,
    ],
    tidy: [
      tidy.archive.title,
      tidy.twins.title,
      tidy.large.title,
      tidy.retention.title,
      tidy.deleted.title,
      tidy.disk.title,
    ],
    copies: [moving.copies.title, moving.restore.title, moving.everything.title],
  };
}

/** Pages whose name or headings contain every typed word. */
export function findPages(typed: string, t: Catalogue): Page[] {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  const on = headings(t);
  return PAGES.filter((page) =>
    [t.settings.pages[page], ...(on[page] ?? [])].some((text) =>
      words.every((word) => fold(text).includes(word)),
    ),
  );
}

/** The setting as the contract wants it: numbers come back as numbers. */
export function changeOf(row: SettingRow, present: Settings, chosen: string | boolean): Partial<Settings> {
  const value = typeof present[row.name] === 'number' ? Number(chosen) : chosen;
  return { [row.name]: value };
}

const fold = (text: string) => text.toLocaleLowerCase().replaceAll('ё', 'е');

/** Rows whose name, explanation or values contain every typed word. */
export function findRows(typed: string, t: Catalogue): SettingRow[] {
  const words = fold(typed).split(/\s+/).filter(Boolean);
  return ROWS.filter((row) => {
    const { name, about } = t.settings.rows[row.name];
    const shown = row.of.kind === 'choice' ? row.of.values(t).map((each) => each.label) : [];
    const text = fold(
      [name, about, t.settings.pages[row.page], t.settings.groups[row.group], ...shown].join(' '),
    );
    return words.every((word) => text.includes(word));
  });
}
