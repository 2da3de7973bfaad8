/**
 * The desktop application's main process: windows, tray, the operating system. It opens no mail, parses nothing and reaches
 * no network; the engine does that in a process of its own.
 *
 * Start order: schemes and guards before ready; one instance a profile; engine; window. Quit order: windows close, then the
 * engine closes its store, then the office (where one runs), then the end. A profile that cannot be opened is said in a dialog, and that is the end too.
 */
import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { app, dialog, session } from 'electron';
import { faultData } from '../main/base/errors.ts';
import { dataFolder } from '../main/host/data-folder.ts';
import { startProfile } from '../main/host/profiles.ts';
import { readWindowFiles } from '../main/host/window-files.ts';
import { type CommandLine, isMailto, readCommandLine } from './command-line.ts';
import { listAmongMailPrograms } from './default-apps.ts';
import { type LoginItem, startedBySystem } from './login-item.ts';
import { registerSchemes } from './protocol.ts';
import { guardEverything } from './security.ts';
import { selfcheck } from './selfcheck.ts';
import { Shell } from './shell.ts';

const bundle = import.meta.dirname;
const given = readCommandLine(process.argv.slice(1), process.cwd());
const profile =
  given.profile ?? (given.userData ? join(given.userData, 'profile') : startProfile(dataFolder()));
// Chromium's own files beside the mail, so that two profiles are two applications to the system as well.
const desktop = given.userData ?? join(profile, 'desktop');
// The lock of the single instance lies in it, before anything else is written.
mkdirSync(desktop, { recursive: true, mode: 0o700 });
if (!given.userData) app.setPath('userData', desktop);
if (given.language) app.commandLine.appendSwitch('lang', given.language);
app.setAppUserModelId('org.postroom.Postroom');

let shell: Shell | undefined;
/** macOS names addresses and files by events, maybe before there is anything to show them. */
const early: { mailto: string[]; files: string[] } = { mailto: [], files: [] };

registerSchemes();
guardEverything({
  compose: (url) => shell?.compose(url),
  letter: (id) => shell?.openLetter(id),
  onSession: (made) => shell?.serve(made),
});
app.on('open-url', (event, url) => {
  event.preventDefault();
  if (!isMailto(url)) return;
  if (shell) shell.compose(url);
  else early.mailto.push(url);
});
app.on('open-file', (event, path) => {
  event.preventDefault();
  if (shell) shell.act({ mailto: [], files: [path] });
  else early.files.push(path);
});

/** The profile that is opened at start needs no name; another one brings its own. */
function loginItemOf(folder: string): LoginItem {
  if (folder === startProfile(dataFolder())) return { args: [], name: 'org.postroom.Postroom' };
  return { args: [`--profile=${folder}`], name: `org.postroom.Postroom.${basename(folder)}` };
}

async function start(): Promise<void> {
  const files = await readWindowFiles(join(bundle, '..', 'renderer'));
  await app.whenReady();
  const icons = join(bundle, '..', '..', 'resources', 'icons');
  const loginItem = loginItemOf(profile);
  shell = await Shell.open({ profile, bundle, icons, files, language: given.language, loginItem });
  shell.serve(session.defaultSession);
  if (startedBySystem()) void shell.showAsChosen();
  else if (!given.hidden) shell.show();
  shell.act(given);
  shell.act(early);
  void listAmongMailPrograms();
}

/** The other instance's words come parsed: Chromium reorders a command line. */
function welcomeSecond(other: unknown): void {
  const { mailto = [], files = [] } = (other ?? {}) as Partial<CommandLine>;
  shell?.show();
  shell?.act({ mailto, files });
}

let closed = false;
function endOrderly(event: { preventDefault(): void }): void {
  if (closed || !shell) return;
  event.preventDefault();
  shell.close().finally(() => {
    closed = true;
    app.quit();
  });
}

if (given.selfcheck) {
  const result = await selfcheck();
  process.stdout.write(`${JSON.stringify(result)}\n`);
  app.exit(result.ok ? 0 : 1);
} else if (!app.requestSingleInstanceLock({ mailto: given.mailto, files: given.files })) {
  app.quit();
} else {
  app.on('second-instance', (_event, _words, _folder, other) => welcomeSecond(other));
  app.on('activate', () => shell?.show());
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('will-quit', endOrderly);
  start().catch((failure: unknown) => {
    dialog.showErrorBox('Postroom', faultData(failure).message);
    app.exit(1);
  });
}
