/** The window in Chromium over the browser host, both real, each in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export { chromiumProgram, launchChromium } from '../../scripts/toolchain/chromium.ts';

const root = join(import.meta.dirname, '..', '..');

/** As in package.json: the engine's threads work in small steps and need no room for large ones. */
const SMALL_BURSTS = '--max-semi-space-size=4';
/** Ms for a host to serve: a cold build of the window is in it. */
const READY_LIMIT = 60_000;
const CLOSE_LIMIT = 20_000;

export interface HostProcess {
  /** With the one-time token. */
  readonly url: string;
  readonly child: ChildProcess;
  /** What it said on standard error. */
  said(): string;
  /** Ends it as a person would (SIGTERM) and gives its exit code. */
  close(): Promise<number>;
}

/** Starts `npm start -- --browser --no-open` without npm, which tests/host covers. */
export async function startBrowserHost(profile: string, extra: readonly string[] = []): Promise<HostProcess> {
  const args = [
    SMALL_BURSTS,
    'scripts/start.mjs',
    '--browser',
    '--no-open',
    '--port',
    '0',
    '--profile',
    profile,
    ...extra,
  ];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-50_000);
  });
  const exited = once(child, 'exit').then(([code]) => (code as number | null) ?? -1);
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the browser host does not serve:\n${words}`));
    }, READY_LIMIT);
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.startsWith('{')) return;
      clearTimeout(timer);
      resolve((JSON.parse(line) as { url: string }).url);
    });
    void exited.then((code) => {
      clearTimeout(timer);
      reject(new Error(`the browser host ended with ${code}:\n${words}`));
    });
  });
  return {
    url,
    child,
    said: () => words,
    async close() {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), CLOSE_LIMIT);
      const code = await exited;
      clearTimeout(timer);
      return code;
    },
  };
}
