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
import { type ReactNode, useState } from 'react';
import { useText } from '../../i18n/text.ts';
import { go, openSettings, usePlace } from '../../state/place.ts';
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
import { findPages, findRows, PAGES, type Page, ROWS } from './rows.ts';
import { SettingControl } from './setting-control.tsx';
import styles from './settings.module.css';
import { TagsPage } from './tags-page.tsx';

const ICONS: Record<Page, typeof Info> = {
  general: SlidersHorizontal,
  appearance: Palette,
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

export function SettingsPages(): ReactNode {
  const t = useText();
  const words = t.settings;
  const named = usePlace((state) => state.page);
  const [typed, setTyped] = useState('');
  const page: Page = isPage(named) ? named : 'general';
  const searching = typed.trim() !== '';
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
        <ul>
          {PAGES.map((name) => {
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
                >
                  <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
                  {words.pages[name]}
                </button>
              </li>
            );
          })}
        </ul>
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
      {rows.map((row) => (
        <SettingControl key={row.name} row={row} />
      ))}
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
        {ROWS.filter((row) => row.page === page).map((row) => (
          <SettingControl key={row.name} row={row} />
        ))}
        <div className={styles.columns}>
          <h2>{t.looks.tableColumns}</h2>
          <ColumnsEditor place="default" />
        </div>
      </>
    );
  }
  return ROWS.filter((row) => row.page === page).map((row) => <SettingControl key={row.name} row={row} />);
}
