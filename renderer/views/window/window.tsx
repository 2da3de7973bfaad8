/**
 * The window: title bar, command bar, rail, tree, sheet, status bar. It composes the views and owns nothing
 * of theirs: where the person is lives in state/place, what the engine said in state/session.
 */
import { RotateCcw, WifiOff } from 'lucide-react';
import { type ReactNode, useEffect } from 'react';
import { useText } from '../../i18n/text.ts';
import { go, usePlace } from '../../state/place.ts';
import { useSession } from '../../state/session.ts';
import { Banner } from '../../ui/banner.tsx';
import { classes } from '../../ui/class-names.ts';
import { Splitter } from '../../ui/splitter.tsx';
import { AccountNotices } from '../accounts/account-notices.tsx';
import { ShownNotices } from '../arrival/shown-notices.tsx';
import { Composers } from '../composer/composers.tsx';
import { OutboxPage } from '../composer/outbox-page.tsx';
import { ContactsPage } from '../contacts/contacts-page.tsx';
import { MaildropCommands } from '../maildrop/maildrop-commands.tsx';
import { Palette } from '../palette/palette.tsx';
import { RuleCommands } from '../rules/rule-commands.tsx';
import { SettingsPages } from '../settings/settings.tsx';
import { StatusBar } from '../status/status-bar.tsx';
import { FolderTree } from '../tree/folder-tree.tsx';
import { useApplicationCommands } from './application-commands.tsx';
import { CommandBar } from './command-bar.tsx';
import { Help } from './help.tsx';
import { MailSheet } from './mail-sheet.tsx';
import { MenuBar } from './menu-bar.tsx';
import { MessageCommands } from './message-commands.tsx';
import { NewMail } from './new-mail.tsx';
import { Rail } from './rail.tsx';
import { SendingCommands } from './sending-commands.tsx';
import { TitleBar } from './title-bar.tsx';
import { Toasts } from './toasts.tsx';
import { useDragged } from './use-dragged.ts';
import { useMedia } from './use-media.ts';
import styles from './window.module.css';

export function Window(): ReactNode {
  const t = useText();
  useApplicationCommands();
  useFirstFolder();
  const narrow = useMedia('(max-width: 899px)');
  const single = useMedia('(max-width: 699px)');
  const { section, outbox, drawer } = usePlace();
  const stored = useSession((state) => state.settings?.treeWidth ?? 248);
  const below = useSession((state) => state.settings?.layout === 'below') && !single;
  const [treeWidth, setTreeWidth] = useDragged(stored, 'treeWidth');
  return (
    <div className={styles.window}>
      <header className={styles.top}>
        <TitleBar />
        <MenuBar />
        <CommandBar narrow={narrow} />
      </header>
      <WindowNotices />
      <div className={styles.body}>
        <Rail />
        {narrow || section !== 'mail' ? null : (
          <nav className={styles.tree} aria-label={t.commands.folders}>
            <div style={{ width: treeWidth }}>
              <FolderTree />
            </div>
            <Splitter
              bare
              label={t.a11y.folderWidth}
              value={treeWidth}
              min={180}
              max={400}
              initial={248}
              onChange={setTreeWidth}
            />
          </nav>
        )}
        <main
          className={classes(styles.sheet, section === 'mail' && outbox === null && below && styles.below)}
        >
          {section === 'contacts' ? (
            <ContactsPage />
          ) : section === 'settings' ? (
            <div className={styles.page} data-scope="page" data-pane="page">
              <SettingsPages />
            </div>
          ) : outbox ? (
            <div className={styles.page} data-scope="page" data-pane="page">
              <OutboxPage which={outbox} />
            </div>
          ) : (
            <MailSheet narrow={narrow} single={single} />
          )}
          <Toasts />
        </main>
      </div>
      <StatusBar />
      {narrow && drawer ? <Drawer /> : null}
      <MaildropCommands />
      <MessageCommands />
      <RuleCommands />
      <SendingCommands />
      <Composers />
      <Palette />
      <Help />
      <NewMail />
      <ShownNotices />
    </div>
  );
}

/** On the first day the first inbox is open. */
function useFirstFolder(): void {
  const folders = useSession((state) => state.folders);
  const view = usePlace((state) => state.view);
  useEffect(() => {
    const scope = view?.scope;
    const gone = scope?.in === 'folder' && !folders.some((folder) => folder.id === scope.folder);
    if ((view && !gone) || folders.length === 0) return;
    const inboxes = folders.filter((folder) => folder.role === 'inbox');
    const first =
      inboxes.find((folder) => folder.total > 0) ?? inboxes[0] ?? folders.find((folder) => folder.selectable);
    if (first) go({ view: { scope: { in: 'folder', folder: first.id } }, letter: null });
  }, [folders, view]);
}

/** What concerns the whole window: the engine is away or came back, there is no network. */
function WindowNotices(): ReactNode {
  const t = useText();
  const lost = useSession((state) => state.door === 'lost');
  const restarted = useSession((state) => state.restarted);
  const icon = { size: 18, strokeWidth: 1.75, 'aria-hidden': true } as const;
  return (
    <div className={styles.notices}>
      {lost ? (
        <Banner alert label={t.a11y.notices} icon={<WifiOff {...icon} />} title={t.window.engineLost} />
      ) : restarted ? (
        <Banner
          label={t.a11y.notices}
          icon={<RotateCcw {...icon} />}
          title={t.window.engineRestarted}
          onClose={() => useSession.setState({ restarted: false })}
        />
      ) : null}
      <AccountNotices />
    </div>
  );
}

/** The tree over the window, where there is no room beside it. */
function Drawer(): ReactNode {
  const t = useText();
  const close = () => go({ drawer: false });
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') go({ drawer: false });
    };
    window.addEventListener('keydown', onKey);
    document.querySelector<HTMLElement>('[data-pane="tree"] [tabindex="0"]')?.focus();
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  return (
    <div
      role="dialog"
      aria-modal="true"
      aria-label={t.commands.folders}
      tabIndex={-1}
      className={styles.drawer}
      onClick={(event) => {
        if (event.target === event.currentTarget) close();
      }}
    >
      <div>
        <FolderTree onChosen={close} />
      </div>
    </div>
  );
}
