/**
 * Postroom as the system's mail program. macOS and Linux let an application say so; Windows only lets it be listed, and the
 * person chooses in the system's settings.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { app, shell } from 'electron';

const run = promisify(execFile);
const CLIENT = 'HKCU\\Software\\Clients\\Mail\\Postroom';
const PROGRAM = 'HKCU\\Software\\Classes\\Postroom.mailto';

/** The registry values that list Postroom among the mail programs of Windows. Pure. */
export function registryValues(program: string): { key: string; name: string; value: string }[] {
  return [
    { key: CLIENT, name: '', value: 'Postroom' },
    { key: `${CLIENT}\\Capabilities`, name: 'ApplicationName', value: 'Postroom' },
    { key: `${CLIENT}\\Capabilities`, name: 'ApplicationDescription', value: 'Mail for an office' },
    { key: `${CLIENT}\\Capabilities\\URLAssociations`, name: 'mailto', value: 'Postroom.mailto' },
    {
      key: 'HKCU\\Software\\RegisteredApplications',
      name: 'Postroom',
      value: 'Software\\Clients\\Mail\\Postroom\\Capabilities',
    },
    { key: PROGRAM, name: '', value: 'URL:mailto' },
    { key: PROGRAM, name: 'URL Protocol', value: '' },
    { key: `${PROGRAM}\\DefaultIcon`, name: '', value: `"${program}",0` },
    { key: `${PROGRAM}\\shell\\open\\command`, name: '', value: `"${program}" "%1"` },
  ];
}

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
