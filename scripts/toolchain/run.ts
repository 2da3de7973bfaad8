/** Runs one program of the toolchain to its end and collects what it says. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..', '..');

export interface Ran {
  readonly code: number;
  readonly output: string;
  readonly seconds: number;
  /** true: it was ended because it took longer than allowed. */
  readonly tooLong: boolean;
}

export interface RunOptions {
  readonly env?: Record<string, string | undefined>;
  /** Ms; after that the program and everything it started are ended. */
  readonly limit?: number;
  /** Gets standard output line by line, which is then left out of `output`. */
  readonly onLine?: (line: string) => void;
}

/** Our own Node, the one that runs this file. */
export const node = process.execPath;

/** A tool's script inside node_modules, run by our own Node. */
export function tool(path: string): string {
  return join(root, 'node_modules', path);
}

const TEN_MINUTES = 600_000;

export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const began = performance.now();
  const unix = process.platform !== 'win32';
  return new Promise((resolve) => {
    // A group of its own, so that what it started ends with it.
    const child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: unix,
    });
    let output = '';
    let rest = '';
    let tooLong = false;
    const end = (): void => {
      if (unix && child.pid !== undefined) {
        try {
          process.kill(-child.pid, 'SIGKILL');
        } catch {
          // The group is gone already.
        }
      } else child.kill('SIGKILL');
    };
    const stop = (): never => {
      end();
      process.exit(130);
    };
    process.once('SIGINT', stop).once('SIGTERM', stop);
    const timer = setTimeout(() => {
      tooLong = true;
      end();
    }, options.limit ?? TEN_MINUTES);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (!options.onLine) {
        output += text;
        return;
      }
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) options.onLine(line);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const done = (code: number): void => {
      clearTimeout(timer);
      process.off('SIGINT', stop).off('SIGTERM', stop);
      if (rest) options.onLine?.(rest);
      resolve({ code, output, seconds: (performance.now() - began) / 1000, tooLong });
    };
    child.on('error', (failure) => {
      output += failure.message;
      done(1);
    });
    child.on('close', (code) => done(code ?? 1));
  });
}
