/** Opens an address in the person's browser, without a shell and without waiting for it. */
import { spawn } from 'node:child_process';
import type { Log } from '../base/log.ts';

/** The platform's program for opening an address, with its arguments. */
export function openerOf(platform: NodeJS.Platform, url: string): { command: string; args: string[] } {
  if (platform === 'win32') return { command: 'rundll32', args: ['url.dll,FileProtocolHandler', url] };
  if (platform === 'darwin') return { command: 'open', args: [url] };
  return { command: 'xdg-open', args: [url] };
}

/** Resolves to false when there is no program to open it with: the address then has to be opened by hand. */
export function launchBrowser(url: string, log: Log): Promise<boolean> {
  const { command, args } = openerOf(process.platform, url);
  return new Promise((resolve) => {
    const child = spawn(command, args, { stdio: 'ignore', detached: true });
    child.once('error', (failure) => {
      log.warn('browser-not-opened', { command, failure });
      resolve(false);
    });
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
