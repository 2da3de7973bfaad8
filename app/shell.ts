/**
 * The application once it is ready: engine, windows, menu, tray, notifications, and what they tell each other. It knows
 * settings and counts by its own door and nothing of letters but their numbers.
 */
import { join } from 'node:path';
import { app, dialog, ipcMain, powerMonitor, type Session, shell } from 'electron';
import { systemClock } from '../main/base/clock.ts';
import type { FaultData } from '../main/base/errors.ts';
import type { Notice } from '../main/contract/mail/notices.ts';
import type { Settings } from '../main/contract/mail/profile.ts';
import { OfficeKeeper, officeFolder } from '../main/host/office-keeper.ts';
import type { WindowFile } from '../main/host/window-files.ts';
import { choosePath } from './choose.ts';
import type { CommandLine } from './command-line.ts';
import { guideDownloads } from './downloads.ts';
import { EngineHost } from './engine-host.ts';
import { type LoginItem, startWithSystem } from './login-item.ts';
import { setMenu } from './menu.ts';
import { notify } from './notifications.ts';
import { launchOffice } from './office-process.ts';
import { openProfileWindow } from './profiles.ts';
import { serveSchemes } from './protocol.ts';
import { SystemSecrets, systemSecretsWork } from './secrets.ts';
import { isOwnWindow } from './security.ts';
import { ShellDoor, type ShellEvent } from './shell-door.ts';
import { TrayMark } from './tray.ts';
import { Windows } from './windows.ts';
import { CONNECT_CHANNEL } from './wire.ts';
import { type ShellLanguage, type ShellWords, shellLanguage, shellWords } from './words.ts';

export interface ShellOptions {
  /** The profile's folder. */
  readonly profile: string;
  /** Folder of the built application. */
  readonly bundle: string;
  /** Folder of icons. */
  readonly icons: string;
  readonly files: ReadonlyMap<string, WindowFile>;
  readonly language: ShellLanguage | undefined;
  /** How the system starts this profile. */
  readonly loginItem: LoginItem;
}

export class Shell {
  readonly #options: ShellOptions;
  readonly #engine: EngineHost;
  readonly #office: OfficeKeeper;
  readonly #door = new ShellDoor();
  readonly #windows: Windows;
  readonly #tray: TrayMark;
  readonly #served = new WeakSet<Session>();
  #settings: Settings | undefined;
  readonly #known = Promise.withResolvers<void>();
  #unread = 0;
  #locked = false;

  private constructor(options: ShellOptions, secrets: SystemSecrets | undefined) {
    this.#options = options;
    const { bundle, icons, profile } = options;
    const clock = systemClock;
    this.#office = new OfficeKeeper({
      dir: officeFolder(profile),
      clock,
      launch: () => launchOffice(join(bundle, 'office', 'office.js')),
    });
    const entry = join(bundle, 'engine.js');
    this.#engine = new EngineHost({
      entry,
      profile,
      secrets,
      clock,
      office: this.#office,
      choose: (what) => choosePath(what, this.#windows.current),
    });
    this.#windows = new Windows({
      preload: join(bundle, 'preload.cjs'),
      icon: join(icons, process.platform === 'win32' ? 'icon.ico' : '256x256.png'),
      keepInTray: () => this.#settings?.closeToTray ?? false,
    });
    this.#tray = new TrayMark(join(icons, '32x32.png'), {
      show: () => this.show(),
      compose: () => this.#command('write.new'),
      check: () => this.#command('application.checkAll'),
      quit: () => app.quit(),
    });
  }

  /** Call when the application is ready. Opens no window. */
  static async open(options: ShellOptions): Promise<Shell> {
    const secrets = (await systemSecretsWork()) ? new SystemSecrets(options.profile) : undefined;
    const opened = new Shell(options, secrets);
    opened.#start();
    return opened;
  }

  /** Serves the application's schemes to a session and guides what it saves, once. */
  serve(session: Session): void {
    if (this.#served.has(session)) return;
    this.#served.add(session);
    guideDownloads(session);
    serveSchemes(session, this.#options.files, (path) => this.#engine.frame(path));
  }

  show(): void {
    this.#windows.show();
  }

  /** The system started it without a word about how: as the settings say, once they are known. */
  async showAsChosen(): Promise<void> {
    await this.#known.promise;
    if (this.#settings?.startWithSystem !== 'hidden') this.show();
  }

  /** mailto: a new letter; files: letters to bring in. */
  act({ mailto, files }: Pick<CommandLine, 'mailto' | 'files'>): void {
    for (const url of mailto) this.compose(url);
    if (files.length > 0) this.#import([...files]);
  }

  compose(mailto: string): void {
    this.#windows.tell({ postroom: 'mailto', url: mailto });
  }

  openLetter(id: number): void {
    this.#windows.openLetter(id);
  }

  /** After this both stores are closed: the engine's first, whose connections the office serves. */
  async close(): Promise<void> {
    await this.#engine.close().finally(() => this.#office.close());
  }

  get #language(): ShellLanguage {
    const setting = this.#settings?.language ?? this.#options.language ?? 'system';
    return shellLanguage(setting, app.getPreferredSystemLanguages());
  }

  get #words(): ShellWords {
    return shellWords[this.#language];
  }

  #start(): void {
    ipcMain.on(CONNECT_CHANNEL, ({ sender, senderFrame }) => {
      // Only our own page, and not a frame in it, gets a port.
      if (senderFrame && senderFrame.parent === null && isOwnWindow(senderFrame.url))
        this.#engine.connect(sender);
    });
    this.#engine.refused.on((fault) => this.#refuse(fault));
    this.#engine.lost.on(() => void this.#giveUp());
    this.#engine.started.on(() => this.#greet());
    this.#engine.otherProfile.on(openProfileWindow);
    this.#door.heard.on((event) => this.#hear(event));
    this.#engine.start();
    this.#draw();
    powerMonitor.on('lock-screen', () => {
      this.#locked = true;
    });
    powerMonitor.on('unlock-screen', () => {
      this.#locked = false;
    });
    // A laptop that woke up: connections are most likely dead, and mail has come meanwhile.
    powerMonitor.on('resume', () => void this.#door.request('accounts.wake', {}).catch(() => {}));
  }

  /** A failed request of the shell's own is not worth a word: the engine's next start brings everything anew. */
  #greet(): void {
    this.#door.attach(this.#engine.port());
    const { language } = this.#options;
    const asked =
      language && !this.#settings
        ? this.#door.request('settings.set', { language })
        : this.#door.request('settings.get', {});
    asked.then(
      (settings) => this.#take(settings),
      () => {},
    );
    this.#door.request('folders.list', {}).then(
      (folders) => this.#count(folders),
      () => {},
    );
  }

  #hear(event: ShellEvent): void {
    if (event.name === 'settings.changed') this.#take(event.data);
    else if (event.name === 'folders.changed') this.#count(event.data);
    else if (event.name === 'notices.shown') this.#notify(event.data);
  }

  #notify(notice: Notice): void {
    const window = this.#windows.current;
    // Who looks at the window sees the letter come.
    if (notice.kind !== 'example' && window?.isFocused() && !this.#locked) return;
    const actions = {
      open: (letter: { id: number; folder: number }) => this.#windows.tell({ postroom: 'letter', ...letter }),
      reply: (letter: { id: number; folder: number }) => this.#windows.tell({ postroom: 'reply', ...letter }),
      markRead: (ids: number[]) => this.#act(ids, { do: 'flag', flag: 'seen', on: true }),
      archive: (ids: number[]) => this.#act(ids, { do: 'archive' }),
      delete: (ids: number[]) => this.#act(ids, { do: 'delete' }),
    };
    notify(notice, this.#words, actions, { locked: this.#locked, canPlay: window !== undefined });
  }

  #act(
    ids: number[],
    action: { do: 'archive' | 'delete' } | { do: 'flag'; flag: 'seen'; on: boolean },
  ): void {
    if (ids.length > 0)
      void this.#door.request('messages.act', { selection: { ids }, action }).catch(() => {});
  }

  #take(settings: Settings): void {
    const before = this.#language;
    const start = this.#settings?.startWithSystem;
    this.#settings = settings;
    this.#known.resolve();
    if (start !== undefined || settings.startWithSystem !== 'no') this.#startWithSystem(settings, start);
    if (before !== this.#language) this.#draw();
  }

  #startWithSystem(
    { startWithSystem: now }: Settings,
    before: Settings['startWithSystem'] | undefined,
  ): void {
    if (now === before) return;
    startWithSystem(now, this.#options.loginItem);
  }

  #count(folders: readonly { role: string | null; unread: number }[]): void {
    const inboxes = folders.filter(({ role }) => role === 'inbox');
    this.#unread = inboxes.reduce((sum, folder) => sum + folder.unread, 0);
    this.#tray.update(this.#words, this.#unread);
  }

  #draw(): void {
    setMenu(this.#words, {
      command: (id) => this.#command(id),
      newWindow: () => void this.#windows.open(),
      importMail: () => void this.#chooseImport(),
    });
    this.#tray.update(this.#words, this.#unread);
  }

  #command(id: string): void {
    this.#windows.tell({ postroom: 'command', id }, this.#windows.focused);
  }

  async #chooseImport(): Promise<void> {
    const window = this.#windows.current;
    const properties: ('openFile' | 'openDirectory' | 'multiSelections')[] = [
      'openFile',
      'multiSelections',
      // One dialog chooses both on macOS alone; elsewhere a folder of letters is dropped on the window.
      ...(process.platform === 'darwin' ? (['openDirectory'] as const) : []),
    ];
    const chosen = window
      ? await dialog.showOpenDialog(window, { properties })
      : await dialog.showOpenDialog({ properties });
    if (!chosen.canceled && chosen.filePaths.length > 0) this.#import(chosen.filePaths);
  }

  /** The window shows the job and what came of it. */
  #import(paths: string[]): void {
    void this.#door.request('import.start', { paths, folder: null }).catch(() => {});
    this.show();
  }

  #refuse(fault: FaultData): void {
    dialog.showErrorBox(this.#words.profileRefused, fault.message);
    app.exit(1);
  }

  async #giveUp(): Promise<void> {
    const { engineLost, engineLostBody, openLog, quit } = this.#words;
    const { response } = await dialog.showMessageBox({
      type: 'error',
      message: engineLost,
      detail: engineLostBody,
      buttons: [openLog, quit],
    });
    if (response === 0) shell.showItemInFolder(join(this.#options.profile, 'log', 'postroom.log'));
    app.exit(1);
  }
}
