/**
 * Settings: pages at the left, one search over all of them. Changes apply at once and can be taken back; there
 * is no Save and no dialog. Rows are described in rows.ts, so the search and the pages cannot disagree.
 */
import {
  Archive,
  Bell,
  BookOpen,
  Brush,
  Building2,
  FileText,
  Info,
  Keyboard,
  ListFilter,
  Mail,
  PackageOpen,
  Palette,
  PenLine,
  Signature,
  SlidersHorizontal,
  Tag as TagIcon,
  UsersRound,
} from 'lucide-react';
import { type KeyboardEvent, type ReactNode, useId, useState } from 'react';
import { useText } from '../../i18n/text.ts';
import { go, openSettings, usePlace } from '../../state/place.ts';
import { pressed, type ShortcutId } from '../../state/shortcuts.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/class-names.ts';
import { TextField } from '../../ui/field.tsx';
import { AccountsPage } from '../accounts/accounts-page.tsx';
import { NotificationsPage } from '../arrival/notifications-page.tsx';
import { HostingPage } from '../hosting/hosting-page.tsx';
import { ColumnsEditor } from '../list/columns-dialog.tsx';
import { ProfilesPage } from '../profiles/profiles-page.tsx';
import { RulesPage } from '../rules/rules-page.tsx';
import { SignaturesPage } from '../signatures/signatures-page.tsx';
import { TemplatesPage } from '../signatures/templates-page.tsx';
import { TidyPage } from '../tidy/tidy-page.tsx';
import { AboutPage } from './about-page.tsx';
import { CopiesPage } from './copies-page.tsx';
import { KeyboardPage } from './keyboard-page.tsx';
import { findPages, findRows, PAGES, type Page, SHELVES, type Shelf } from './rows.ts';
import { SettingControl } from './setting-control.tsx';
import { SettingRows } from './setting-rows.tsx';
import styles from './settings.module.css';
import { TagsPage } from './tags-page.tsx';

const ICONS: Record<Page, typeof Info> = {
  general: SlidersHorizontal,
  appearance: Palette,
  keyboard: Keyboard,
  reading: BookOpen,
  writing: PenLine,
  signatures: Signature,
  templates: FileText,
  accounts: Mail,
  rules: ListFilter,
  tags: TagIcon,
  notifications: Bell,
  tidy: Brush,
  profiles: UsersRound,
  import: PackageOpen,
  copies: Archive,
  office: Building2,
  about: Info,
};

/** A list with an editor beside it. */
const WIDE: ReadonlySet<Page> = new Set(['signatures', 'templates']);

function isPage(name: string): name is Page {
  return (PAGES as readonly string[]).includes(name);
}

const SHELF_NAMES = Object.keys(SHELVES) as Shelf[];

/** Where the arrow keys go from one of the pages, among all of them. */
const WALKS: readonly [ShortcutId, (at: number, last: number) => number][] = [
  ['list.down', (at) => at + 1],
  ['list.up', (at) => at - 1],
  ['list.first', () => 0],
  ['list.last', (_at, last) => last],
];

function walk(event: KeyboardEvent<HTMLButtonElement>): void {
  const way = WALKS.find(([id]) => pressed(id, event));
  const pages = [...(event.currentTarget.closest('nav')?.querySelectorAll<HTMLElement>('li > button') ?? [])];
  if (!way) return;
  pages[way[1](pages.indexOf(event.currentTarget), pages.length - 1)]?.focus();
  event.preventDefault();
  event.stopPropagation();
}

export function SettingsPages(): ReactNode {
  const t = useText();
  const words = t.settings;
  const named = usePlace((state) => state.page);
  const [typed, setTyped] = useState('');
  const page: Page = isPage(named) ? named : 'general';
  const searching = typed.trim() !== '';
  const base = useId();
  return (
    <div className={styles.settings}>
      <nav className={styles.nav} aria-label={t.a11y.settings}>
        <TextField
          hideLabel
          label={words.find}
          placeholder={words.find}
          type="search"
          value={typed}
          onChange={setTyped}
        />
        {SHELF_NAMES.map((shelf) => (
          <div key={shelf} className={styles.shelf}>
            <h2 id={`${base}-${shelf}`}>{words.shelves[shelf]}</h2>
            <ul aria-labelledby={`${base}-${shelf}`}>
              {SHELVES[shelf].map((name) => {
                const Icon = ICONS[name];
                const current = name === page && !searching;
                return (
                  <li key={name}>
                    <button
                      type="button"
                      className={classes(styles.page, current && styles.current)}
                      {...(current ? { 'aria-current': 'page' as const } : {})}
                      onClick={() => {
                        setTyped('');
                        openSettings(name);
                      }}
                      onKeyDown={walk}
                    >
                      <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
                      {words.pages[name]}
                    </button>
                  </li>
                );
              })}
            </ul>
          </div>
        ))}
      </nav>
      {page === 'rules' && !searching ? (
        <RulesPage />
      ) : (
        <div className={styles.content}>
          <div className={classes(styles.column, !searching && WIDE.has(page) && styles.wide)}>
            <h1>{searching ? words.title : words.pages[page]}</h1>
            {searching ? <Found typed={typed} /> : <Content page={page} />}
          </div>
        </div>
      )}
    </div>
  );
}

function Found({ typed }: { typed: string }): ReactNode {
  const t = useText();
  const found = findRows(typed, t);
  // The office's switches mean nothing without what stands around them on their page.
  const rows = found.filter((row) => row.page !== 'office');
  const named = findPages(typed, t);
  const pages = PAGES.filter(
    (page) => named.includes(page) || (page === 'office' && rows.length < found.length),
  );
  return (
    <>
      {pages.map((page) => (
        <Button key={page} variant="link" onPress={() => openSettings(page)}>
          {t.settings.pages[page]}
        </Button>
      ))}
      {PAGES.map((page) => {
        const here = rows.filter((row) => row.page === page);
        if (here.length === 0) return null;
        return (
          <section key={page} className={styles.group}>
            <h2>{t.settings.pages[page]}</h2>
            {here.map((row) => (
              <SettingControl key={row.name} row={row} />
            ))}
          </section>
        );
      })}
      {rows.length + pages.length === 0 ? <p role="status">{t.settings.nothing(typed.trim())}</p> : null}
    </>
  );
}

function Content({ page }: { page: Page }): ReactNode {
  const t = useText();
  if (page === 'accounts') return <AccountsPage />;
  if (page === 'signatures') return <SignaturesPage />;
  if (page === 'templates') return <TemplatesPage />;
  if (page === 'tags') return <TagsPage />;
  if (page === 'about') return <AboutPage />;
  if (page === 'office') return <HostingPage />;
  if (page === 'notifications') return <NotificationsPage />;
  if (page === 'keyboard') return <KeyboardPage />;
  if (page === 'tidy') return <TidyPage />;
  if (page === 'copies') return <CopiesPage />;
  if (page === 'profiles') return <ProfilesPage />;
  if (page === 'import') {
    return (
      <>
        <p className={styles.intro}>{t.firstRun.import.intro}</p>
        <Button variant="primary" onPress={() => go({ flow: 'import' })}>
          {t.firstRun.import.title}
        </Button>
      </>
    );
  }
  if (page === 'appearance') {
    return (
      <>
        <SettingRows page={page} />
        <div className={styles.columns}>
          <h2>{t.looks.tableColumns}</h2>
          <ColumnsEditor place="default" />
        </div>
      </>
    );
  }
  return <SettingRows page={page} />;
}
