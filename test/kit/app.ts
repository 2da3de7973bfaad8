/** The window in Electron, or in what stands for it, driven by Playwright. */
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication } from 'playwright-core';
import { electronForTests } from '../../scripts/toolchain/electron.ts';

const root = join(import.meta.dirname, '..', '..');

/** True when the application is built and something can run it. */
export function canRunApp(): boolean {
  return electronForTests() !== undefined && existsSync(join(root, 'out', 'app', 'main.js'));
}

export interface AppOptions {
  /** Chromium's folder; the profile lies in it unless named. */
  readonly userData?: string;
  readonly profile?: string;
  readonly lang?: 'en' | 'ru';
  readonly extra?: readonly string[];
  /** A CommonJS module to load before the application. */
  readonly preload?: string;
}

/** Starts the built application. A launch is tried twice: a busy machine closes a fresh browser now and then. */
export async function launchApp(options: AppOptions = {}): Promise<ElectronApplication> {
  const userData = options.userData ?? mkdtempSync(join(tmpdir(), 'postroom-app-'));
  const args = [
    ...(options.preload ? ['-r', options.preload] : []),
    '.',
    `--user-data-dir=${userData}`,
    ...(options.profile ? [`--profile=${options.profile}`] : []),
    ...(options.lang ? [`--lang=${options.lang}`] : []),
    ...(options.extra ?? []),
  ];
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) if (value !== undefined) env[name] = value;
  delete env['ELECTRON_RUN_AS_NODE'];
  // Inherited from node --test, it would make the application a test itself.
  delete env['NODE_TEST_CONTEXT'];
  env['PATH'] = `${join(root, 'node_modules', '.bin')}:${env['PATH'] ?? ''}`;
  const launch = () => _electron.launch({ args, cwd: root, env });
  try {
    return await launch();
  } catch (failure) {
    if (!/closed|Timeout/i.test(String(failure))) throw failure;
    return launch();
  }
}
