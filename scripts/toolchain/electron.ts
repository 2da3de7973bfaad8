/** Where Electron's program is, without ever starting a download by accident (requiring the package does). */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { node, root, tool } from './run.ts';

/** Ms for the download of Electron's archive (about 120 MB) before the browser is opened instead. */
const DOWNLOAD_LIMIT = 180_000;

const programName =
  process.platform === 'win32'
    ? 'electron.exe'
    : process.platform === 'darwin'
      ? 'Electron.app/Contents/MacOS/Electron'
      : 'electron';

/** A folder that holds Electron's program, named by the environment. */
function namedFolder(): string | undefined {
  const named = process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  return named && existsSync(join(named, programName)) ? resolve(named) : undefined;
}

function installedFolder(): string | undefined {
  const folder = tool('electron/dist');
  return existsSync(join(folder, programName)) ? folder : undefined;
}

/** The folder of an Electron (or of what stands for it) to run the end-to-end tests on. */
export function electronForTests(): string | undefined {
  return namedFolder() ?? installedFolder();
}

export type Found = { readonly program: string } | { readonly missing: string };

/** Electron's program, downloaded when it is not there yet and can be had in time. */
export async function findElectron(say: (text: string) => void): Promise<Found> {
  const here = namedFolder() ?? installedFolder();
  if (here) return { program: join(here, programName) };
  if (process.env['ELECTRON_OVERRIDE_DIST_PATH'])
    return { missing: 'ELECTRON_OVERRIDE_DIST_PATH names a folder without Electron' };
  if (process.platform === 'linux' && !process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY'])
    return { missing: 'there is no display' };
  if (!existsSync(tool('electron/install.js'))) return { missing: 'the package electron is not installed' };
  say(`fetching Electron ${version()} once (about 120 MB)`);
  const failure = await install();
  const fetched = installedFolder();
  return fetched ? { program: join(fetched, programName) } : { missing: failure };
}

function version(): string {
  const { version } = JSON.parse(readFileSync(tool('electron/package.json'), 'utf8')) as { version: string };
  return version;
}

function install(): Promise<string> {
  return new Promise((done) => {
    const child = spawn(node, [tool('electron/install.js')], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let words = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      words += text;
    });
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      done('its download took too long');
    }, DOWNLOAD_LIMIT);
    child.on('error', () => done('its installer could not be started'));
    child.on('close', () => {
      clearTimeout(timer);
      const reason = /(?:Error|error): (.+)/.exec(words)?.[1]?.slice(0, 120);
      done(
        reason ? `its program could not be downloaded (${reason})` : 'its program could not be downloaded',
      );
    });
  });
}
