/** Runs the command line as a person's script would: a process of its own, a profile in a temporary folder. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface Ran {
  code: number | null;
  stdout: Buffer;
  stderr: string;
}

export interface CommandLine {
  /** The profile is `profile` in here; the rest is free for files. */
  dir: string;
  run(args: readonly string[], input?: string): Promise<Ran>;
  /** With --json; fails unless it ended well. */
  json<T>(args: readonly string[], input?: string): Promise<T>;
  close(): Promise<void>;
}

const program = fileURLToPath(new URL('../../../main/host/postroom.ts', import.meta.url));

export async function openCommandLine(): Promise<CommandLine> {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-cli-'));
  const run = (args: readonly string[], input = ''): Promise<Ran> =>
    new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [program, ...args, '--profile', join(dir, 'profile')], {
        stdio: ['pipe', 'pipe', 'pipe'],
        // Sentences are in English unless a test asks otherwise.
        env: { ...process.env, LC_ALL: 'C' },
      });
      const out: Buffer[] = [];
      let stderr = '';
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString('utf8');
      });
      child.on('error', reject);
      child.on('close', (code) => resolve({ code, stdout: Buffer.concat(out), stderr }));
      // A command that reads nothing may be gone before its input is.
      child.stdin.on('error', () => {});
      child.stdin.end(input);
    });
  return {
    dir,
    run,
    async json<T>(args: readonly string[], input?: string) {
      const { code, stdout, stderr } = await run([...args, '--json'], input);
      assert.equal(code, 0, `postroom ${args.join(' ')}: ${stderr}`);
      return JSON.parse(stdout.toString('utf8')) as T;
    },
    close: () => rm(dir, { recursive: true, force: true }),
  };
}
