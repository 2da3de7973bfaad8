/**
 * Postroom as the system's mail program. macOS and Linux let an application say so; Windows only lets it be listed, and the
 * person chooses in the system's settings.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { app, shell } from 'electron';
import { registryValues } from './mailto-registry.ts';

const run = promisify(execFile);
/** At every start of an installed Postroom on Windows: the person may have moved it. Failures are not worth a word. */
export async function listAmongMailPrograms(): Promise<void> {
  if (process.platform !== 'win32' || !app.isPackaged) return;
  for (const { key, name, value } of registryValues(process.execPath)) {
    const place = name === '' ? ['/ve'] : ['/v', name];
    await run('reg', ['add', key, ...place, '/t', 'REG_SZ', '/d', value, '/f']).catch(() => {});
  }
}

/** The person asked for it. */
export async function becomeMailProgram(): Promise<void> {
  if (process.platform === 'win32')
    await shell.openExternal('ms-settings:defaultapps?registeredAppUser=Postroom');
  else app.setAsDefaultProtocolClient('mailto');
}
