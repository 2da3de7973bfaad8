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
const READY_LIMIT = 240_000;
const CLOSE_LIMIT = 60_000;

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
export function startBrowserHost(profile: string, extra: readonly string[] = []): Promise<HostProcess> {
  const rest = ['--browser', '--no-open', '--port', '0', '--profile', profile, ...extra];
  const args = [SMALL_BURSTS, 'scripts/start.mjs', ...rest];
  return whenServing(spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] }));
}

export interface ClockedHost extends HostProcess {
  /** Turns its clock forward by so many ms; gives what it shows then. */
  turn(ms: number): Promise<number>;
}

/** A browser host whose clock is ahead of the system's and can be turned, in the time zone of the tests' pages. */
export async function startClockedHost(profile: string, ahead: number): Promise<ClockedHost> {
  const args = [SMALL_BURSTS, 'test/kit/clocked-host.ts', profile, String(ahead)];
  const env = { ...process.env, TZ: 'Europe/Moscow' };
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  return {
    ...(await whenServing(child)),
    async turn(ms) {
      const answer = once(child, 'message');
      child.send({ turn: ms });
      const [{ now }] = (await answer) as [{ now: number }];
      return now;
    },
  };
}

async function whenServing(child: ChildProcess): Promise<HostProcess> {
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('both are pipes');
  let words = '';
  stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-50_000);
  });
  const exited = once(child, 'exit').then(([code]) => (code as number | null) ?? -1);
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`the browser host does not serve:\n${words}`));
    }, READY_LIMIT);
    createInterface({ input: stdout }).on('line', (line) => {
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
