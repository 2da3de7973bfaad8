/** Which setting stands on which page, in which order, with which values. A new row: here, in the contract, in i18n. */
import type { Settings } from '../../../main/contract/mail/profile.ts';
import type { Catalogue } from '../../i18n/text.ts';

export const PAGES = [
  'general',
  'appearance',
  'reading',
  'writing',
  'signatures',
  'templates',
  'accounts',
  'rules',
  'tags',
  'notifications',
  'tidy',
  'profiles',
  'import',
  'copies',
  'office',
  'about',
] as const;
export type Page = (typeof PAGES)[number];

export type RowName = keyof Catalogue['settings']['rows'];

/** switch: on or off; choice: one of some. */
export type RowKind =
  | { kind: 'switch' }
  | { kind: 'choice'; values: (t: Catalogue) => readonly { id: string; label: string }[] };

export interface SettingRow {
  name: RowName & keyof Settings;
  page: Page;
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

const choice = (name: keyof typeof values, page: Page): SettingRow => ({
  name,
  page,
  of: { kind: 'choice', values: values[name] },
});
const onOff = (name: SettingRow['name'], page: Page): SettingRow => ({ name, page, of: { kind: 'switch' } });

export const ROWS: readonly SettingRow[] = [
  choice('language', 'general'),
  choice('syncEveryMinutes', 'general'),
  onOff('unifiedInbox', 'general'),
  choice('unifiedPlace', 'general'),
  onOff('singleKeys', 'general'),
  choice('theme', 'appearance'),
  choice('textSize', 'appearance'),
  choice('density', 'appearance'),
  choice('layout', 'appearance'),
  onOff('conversations', 'reading'),
  onOff('groups', 'reading'),
  choice('markReadAfter', 'reading'),
  choice('pictures', 'reading'),
  onOff('plainText', 'reading'),
  choice('receiptsInside', 'reading'),
  choice('receiptsOutside', 'reading'),
  choice('undoSendSeconds', 'writing'),
  onOff('guardAttachment', 'writing'),
  onOff('guardOutside', 'writing'),
  onOff('guardSubject', 'writing'),
  onOff('guardMany', 'writing'),
  onOff('collectPeople', 'writing'),
  onOff('composePlain', 'writing'),
  choice('quotePosition', 'writing'),
  choice('spelling', 'writing'),
  onOff('notifications', 'notifications'),
  onOff('closeToTray', 'notifications'),
  choice('startWithSystem', 'notifications'),
  choice('archiveBy', 'tidy'),
  onOff('hostOffice', 'office'),
  onOff('shareOffice', 'office'),
];

/** What stands on pages without being a row: the headings a person may look for. */
export function headings(t: Catalogue): Partial<Record<Page, readonly string[]>> {
  const { arrival, tidy, signatures, maildrop, moving } = t;
  return {
    appearance: [t.looks.tableColumns],
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
    const text = fold([name, about, t.settings.pages[row.page], ...shown].join(' '));
    return words.every((word) => text.includes(word));
  });
}
