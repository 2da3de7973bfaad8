/** The office as an administrator starts it: processes of their own, a data folder, a file that provisions it. */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../kit/free-ports.ts';
import type { Ran } from './command-line.ts';

const serveProgram = fileURLToPath(new URL('../../../main/host/serve.ts', import.meta.url));
const officeProgram = fileURLToPath(new URL('../../../main/host/office.ts', import.meta.url));

export const DOMAIN = 'comp3.otd2.constr.org';
/** It takes a second or two; on a machine that fifty others use, a minute and more. */
const READY_MS = 240_000;

export interface Served {
  readonly ports: Readonly<Record<string, number>>;
  readonly process: ChildProcess;
  readonly pid: number;
  readonly stderr: () => string;
  /** SIGTERM, and the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

export interface OfficeFolder {
  readonly dir: string;
  readonly data: string;
  config(value: unknown): Promise<string>;
  serve(config: string, ...more: string[]): Promise<Served>;
  /** For what does not start: exit code and sentence. */
  serveFails(...args: string[]): Promise<Ran>;
  office(args: readonly string[], input?: string): Promise<Ran>;
  json<T>(args: readonly string[], input?: string): Promise<T>;
  close(): Promise<void>;
}

/** A small office on free ports; every service is on. */
export async function smallOffice(more: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  const names = ['smtp', 'submission', 'submissions', 'pop3', 'pop3s', 'imap', 'imaps'];
  const ports = await freePorts(names.length);
  return {
    office: { name: 'Department 2', domains: [DOMAIN], hostname: DOMAIN },
    listen: { host: '127.0.0.1', ...Object.fromEntries(names.map((name, n) => [name, ports[n]])) },
    people: [
      { address: `Petrov@${DOMAIN}`, name: 'Inav Petrov', password: 'petrov secret' },
      { address: `Sirmov@${DOMAIN}`, name: 'Sirmov', password: 'sirmov secret' },
    ],
    policy: { clearTextLoginFrom: ['127.0.0.0/8'], trustedNetworks: ['127.0.0.0/8'] },
    ...more,
  };
}

export async function openOfficeFolder(): Promise<OfficeFolder> {
  const dir = await mkdtemp(join(tmpdir(), 'postroom-served-'));
  const data = join(dir, 'data');
  const running = new Set<ChildProcess>();
  const start = (program: string, args: readonly string[]) =>
    spawn(process.execPath, [program, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C' },
    });
  const run = async (program: string, args: readonly string[], input = ''): Promise<Ran> => {
    const child = start(program, args);
    const out: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (piece: Buffer) => out.push(piece));
    child.stderr.on('data', (piece: Buffer) => {
      stderr += piece.toString();
    });
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, stdout: Buffer.concat(out), stderr };
  };
  const office = (args: readonly string[], input?: string) =>
    run(officeProgram, [...args, '--data', data], input);
  let serial = 0;
  return {
    dir,
    data,
    async config(value) {
      serial += 1;
      const file = join(dir, `office-${serial}.json`);
      await writeFile(file, typeof value === 'string' ? value : JSON.stringify(value));
      return file;
    },
    async serve(config, ...more) {
      const child = start(serveProgram, ['--config', config, '--data', data, ...more]);
      running.add(child);
      child.once('close', () => running.delete(child));
      let stdout = '';
      let stderr = '';
      child.stderr.on('data', (piece: Buffer) => {
        stderr += piece.toString();
      });
      const ports = await new Promise<Record<string, number>>((ready, fail) => {
        const timer = setTimeout(() => fail(new Error(`not ready: ${stderr}`)), READY_MS);
        child.stdout.on('data', (piece: Buffer) => {
          stdout += piece.toString();
          if (!stdout.includes('\n')) return;
          clearTimeout(timer);
          ready((JSON.parse(stdout.split('\n')[0]!) as { ports: Record<string, number> }).ports);
        });
        child.once('close', (code) => {
          clearTimeout(timer);
          fail(new Error(`ended with ${code}: ${stderr}`));
        });
      });
      return {
        ports,
        process: child,
        pid: child.pid!,
        stderr: () => stderr,
        async stop(signal = 'SIGTERM') {
          if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
          const closed = once(child, 'close') as Promise<[number | null]>;
          child.kill(signal);
          return (await closed)[0];
        },
      };
    },
    serveFails: (...args) => run(serveProgram, args),
    office,
    async json<T>(args: readonly string[], input?: string) {
      const { code, stdout, stderr } = await office([...args, '--json'], input);
      assert.equal(code, 0, `office ${args.join(' ')}: ${stderr}`);
      return JSON.parse(stdout.toString()) as T;
    },
    async close() {
      for (const child of running) {
        const closed = once(child, 'close');
        child.kill('SIGKILL');
        await closed;
      }
      await rm(dir, { recursive: true, force: true });
    },
  };
}
