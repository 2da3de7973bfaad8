/** Where a person's profile lives when nobody says otherwise: the platform's place for an application's own data. */
import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';

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
