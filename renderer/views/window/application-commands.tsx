/** Commands of the window itself: where to go, how it looks, checking for mail. */
import { useText } from '../../i18n/text.ts';
import { sayFailure } from '../../state/actions.ts';
import { type Command, useCommands } from '../../state/commands.ts';
import { engine } from '../../state/engine.ts';
import { go, openMail, openSettings, usePlace } from '../../state/place.ts';
import { changeSettings, folderOf, useSession } from '../../state/session.ts';
import { newContact, openContacts } from '../contacts/contacts-state.ts';
import { focusNextList } from '../list/focus-list.ts';
import { PAGES, type Page } from '../settings/rows.ts';
import { movePane } from './panes.ts';

type Change = Parameters<typeof changeSettings>[0];

/** Pages of the settings that have a command by a name of their own. */
const ELSEWHERE: ReadonlySet<Page> = new Set(['general', 'rules', 'profiles', 'tidy']);

/** Steps of "Text size". */
const TEXT_STEP = 10;

function change(settings: Change): void {
  changeSettings(settings).catch(sayFailure);
}

function check(all: boolean): void {
  const { view } = usePlace.getState();
  const account = view?.scope.in === 'folder' ? folderOf(view.scope.folder)?.account : undefined;
  engine()
    .request('accounts.sync', all || account === undefined ? {} : { id: account })
    .catch(sayFailure);
}

export function useApplicationCommands(): void {
  const t = useText();
  const words = t.commands;
  const settings = useSession((state) => state.settings);
  const offline = useSession((state) => state.hello?.offline ?? false);
  const letterOpen = usePlace((state) => state.letterOpen);
  const set = (id: string, label: string, value: Change, checked: boolean): Command => ({
    id,
    label,
    group: 'view',
    checked,
    run: () => change(value),
  });
  const size = settings?.textSize ?? 100;
  useCommands([
    {
      id: 'application.palette',
      label: words.palette,
      group: 'application',
      where: 'anywhere',
      hidden: true,
      run: () => go({ palette: true }),
    },
    { id: 'go.mail', label: words.openMail, group: 'go', run: openMail },
    { id: 'go.contacts', label: t.contacts.commands.open, group: 'go', run: openContacts },
    { id: 'contact.new', label: t.contacts.commands.add, group: 'write', run: () => newContact() },
    {
      id: 'application.settings',
      label: words.settings,
      group: 'go',
      run: () => openSettings(),
    },
    {
      id: 'application.help',
      label: words.help,
      group: 'application',
      where: 'anywhere',
      run: () => go({ help: true }),
    },
    {
      id: 'go.nextPane',
      label: words.nextPane,
      group: 'go',
      where: 'anywhere',
      run: () => movePane(1),
    },
    {
      id: 'go.previousPane',
      label: words.previousPane,
      group: 'go',
      where: 'anywhere',
      run: () => movePane(-1),
    },
    {
      id: 'application.check',
      label: words.checkMail,
      group: 'application',
      run: () => check(false),
    },
    {
      id: 'application.checkAll',
      label: words.checkAll,
      group: 'application',
      run: () => check(true),
    },
    {
      id: 'application.offline',
      label: words.workOffline,
      group: 'application',
      checked: offline,
      run: () => {
        engine().request('accounts.offline', { offline: !offline }).catch(sayFailure);
      },
    },
    {
      id: 'application.addAccount',
      label: words.addAccount,
      group: 'application',
      run: () => go({ flow: 'connect' }),
    },
    {
      id: 'application.profiles',
      label: t.profiles.command,
      group: 'application',
      run: () => openSettings('profiles'),
    },
    {
      id: 'go.tidy',
      label: t.settings.pages.tidy,
      group: 'go',
      run: () => openSettings('tidy'),
    },
    ...PAGES.filter((page) => !ELSEWHERE.has(page)).map(
      (page): Command => ({
        id: `go.settings.${page}`,
        label: words.settingsPage(t.settings.pages[page]),
        group: 'go',
        run: () => openSettings(page),
      }),
    ),
    {
      id: 'application.import',
      label: words.importMail,
      group: 'application',
      run: () => go({ flow: 'import' }),
    },
    {
      id: 'go.back',
      label: words.back,
      group: 'go',
      where: ['reader', 'list'],
      hidden: true,
      reason: letterOpen ? undefined : words.back,
      run: () => {
        go({ letterOpen: false });
        // The list is drawn first; then it takes the keyboard at the row one came from.
        requestAnimationFrame(focusNextList);
      },
    },
    set('view.layoutRight', words.layoutRight, { layout: 'right' }, settings?.layout === 'right'),
    set('view.layoutBelow', words.layoutBelow, { layout: 'below' }, settings?.layout === 'below'),
    set('view.layoutOff', words.layoutOff, { layout: 'off' }, settings?.layout === 'off'),
    set('view.cosy', words.densityCosy, { density: 'cosy' }, settings?.density === 'cosy'),
    set('view.compact', words.densityCompact, { density: 'compact' }, settings?.density === 'compact'),
    set('view.roomy', words.densityRoomy, { density: 'roomy' }, settings?.density === 'roomy'),
    set('view.table', words.densityTable, { density: 'table' }, settings?.density === 'table'),
    set('view.themeSystem', words.themeSystem, { theme: 'system' }, settings?.theme === 'system'),
    set('view.themeLight', words.themeLight, { theme: 'light' }, settings?.theme === 'light'),
    set('view.themeDark', words.themeDark, { theme: 'dark' }, settings?.theme === 'dark'),
    set('view.themeContrast', words.themeContrast, { theme: 'contrast' }, settings?.theme === 'contrast'),
    set('view.english', words.languageEnglish, { language: 'en' }, settings?.language === 'en'),
    set('view.russian', words.languageRussian, { language: 'ru' }, settings?.language === 'ru'),
    {
      id: 'view.larger',
      label: words.textLarger,
      group: 'view',
      run: () => change({ textSize: Math.min(200, size + TEXT_STEP) }),
    },
    {
      id: 'view.smaller',
      label: words.textSmaller,
      group: 'view',
      run: () => change({ textSize: Math.max(80, size - TEXT_STEP) }),
    },
    {
      id: 'view.normal',
      label: words.textNormal,
      group: 'view',
      run: () => change({ textSize: 100 }),
    },
  ]);
}
