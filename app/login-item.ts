/**
 * Starting with the system: an entry of the system's own on macOS and Windows, a file of the desktop on Linux
 * (Desktop Application Autostart Specification). Nothing is written before a person has asked for it.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, posix } from 'node:path';
import { app } from 'electron';
import type { Settings } from '../main/contract/mail/profile.ts';

export type StartWithSystem = Settings['startWithSystem'];

const quoted = (word: string): string => `"${word.replace(/(["\\$`])/g, '\\$1').replaceAll('%', '%%')}"`;

/** The file's text. Pure. @param command the program and its arguments */
export function autostartEntry(command: readonly string[]): string {
  return `[Desktop Entry]\nType=Application\nName=Postroom\nExec=${command.map(quoted).join(' ')}\nX-GNOME-Autostart-enabled=true\n`;
}

/** Where the file stands; a relative XDG_CONFIG_HOME is to be ignored (XDG Base Directory). */
export function autostartFile(
  name: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
  home: string = homedir(),
): string {
  const config = env['XDG_CONFIG_HOME'];
  return join(config?.startsWith('/') ? config : posix.join(home, '.config'), 'autostart', `${name}.desktop`);
}

export interface LoginItem {
  /** Arguments of this program that name the profile. */
  readonly args: readonly string[];
  /** Tells the entries of several profiles apart. */
  readonly name: string;
}

/** Makes the system do as the setting says. Failures are not worth a word: the setting stays as it was chosen. */
export function startWithSystem(choice: StartWithSystem, { args, name }: LoginItem): void {
  const words = [...args, ...(choice === 'hidden' ? ['--hidden'] : [])];
  if (process.platform !== 'linux') {
    // Windows knows an entry by its words, and those were other ones before; it is told anew each time. macOS knows none.
    const known = process.platform === 'darwin' && app.getLoginItemSettings().openAtLogin;
    if (process.platform === 'darwin' && known === (choice !== 'no')) return;
    app.setLoginItemSettings({ openAtLogin: choice !== 'no', args: words, name });
    return;
  }
  const file = autostartFile(name);
  try {
    if (choice === 'no') {
      rmSync(file, { force: true });
      return;
    }
    const program = app.isPackaged ? [process.execPath] : [process.execPath, app.getAppPath()];
    const text = autostartEntry([...program, ...words]);
    if (read(file) === text) return;
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text);
  } catch (failure) {
    process.stderr.write(`start with the system: ${String(failure)}\n`);
  }
}

/** macOS gives a program that it starts with the system no words; it says so itself. */
export const startedBySystem = (): boolean =>
  process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin;

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
