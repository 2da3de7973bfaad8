/** Where a person's profile lives when nobody says otherwise: the platform's place for an application's own data. */
import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';
import { Fault, toFault } from '../base/errors.ts';

const NO_FOLDER = new Set(['EEXIST', 'ENOTDIR', 'ENOENT', 'ELOOP', 'ENAMETOOLONG']);

/**
 * Makes the folder, and the folders above it, where they are missing; only this user may look into it.
 * @throws Fault user `not-a-folder` {folder}, `no-access` {folder}; transient `disk-full`.
 */
export async function makeDataFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.W_OK);
  } catch (cause) {
    const options = { detail: { folder }, cause };
    const { code } = cause as { code?: string };
    if (code !== undefined && NO_FOLDER.has(code))
      throw new Fault('user', 'not-a-folder', `${folder} cannot be a folder.`, options);
    const fault = toFault(cause);
    throw fault.code === 'no-access' ? new Fault('user', 'no-access', fault.message, options) : fault;
  }
}

/**
 * @param platform as `process.platform`
 * @returns an absolute path; the folder need not exist
 */
export function dataFolder(
  platform: NodeJS.Platform = process.platform,
  env: Readonly<Record<string, string | undefined>> = process.env,
  home: string = homedir(),
): string {
  if (platform === 'win32') {
    return win32.join(env['APPDATA'] || win32.join(home, 'AppData', 'Roaming'), 'Postroom');
  }
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Postroom');
  // XDG Base Directory: a relative value is to be ignored.
  const data = env['XDG_DATA_HOME'];
  return posix.join(data?.startsWith('/') ? data : posix.join(home, '.local', 'share'), 'postroom');
}
