/**
 * An office served by a process of its own, as an administrator starts it, for the rows that measure the server. A
 * mailbox of bench/mailboxes becomes a data folder once and is kept beside it, until what is stored is made otherwise.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { systemClock } from '../main/base/clock.ts';
import { silentLog } from '../main/base/log.ts';
import { SEEN } from '../main/server/mailstore/mailstore.ts';
import { type Office, openOffice } from '../main/server/office.ts';
import { checkConfig } from '../main/server/provision-file.ts';
import { type MailboxOptions, mailbox } from './mailbox.ts';

export const DOMAIN = 'postroom.example';
export const USER = 'anna';
export const ADDRESS = `${USER}@${DOMAIN}`;
export const PASSWORD = 'secret-anna';

const SERVE = join(import.meta.dirname, '..', 'main', 'host', 'serve.ts');
const READY_MS = 60_000;
/** Letters that are prepared side by side, and that share a transaction. */
const AHEAD = 200;

export interface ServedOffice {
  readonly host: string;
  readonly port: (name: 'smtp' | 'imap' | 'pop3') => number;
  readonly pid: number;
  /** ms from the start of the process to the line that says ready. */
  readonly ready: number;
  stop(): Promise<void>;
}

/** People beside anna; limits so wide that a benchmark meets none of them. */
function configOf(people: readonly string[], ports: readonly number[] = []): Record<string, unknown> {
  return {
    office: { name: 'Bench', domains: [DOMAIN], hostname: `mail.${DOMAIN}` },
    listen: { host: '127.0.0.1', smtp: ports[0] ?? 0, imap: ports[1] ?? 0, pop3: ports[2] ?? 0 },
    people: [USER, ...people].map((local) => ({
      address: `${local}@${DOMAIN}`,
      name: local,
      password: `secret-${local}`,
    })),
    policy: {
      clearTextLoginFrom: ['127.0.0.0/8'],
      trustedNetworks: ['127.0.0.0/8'],
      sessions: 5000,
      sessionsPerAddress: 5000,
      sessionsPerTrustedAddress: 5000,
      sessionsPerPerson: 5000,
      connectionsPerMinute: 1_000_000,
      messagesPerMinute: 1_000_000,
      messagesPerHour: 100_000_000,
      recipientsPerHour: 100_000_000,
    },
  };
}

/** A port of loopback that nobody has now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  if (address === null || typeof address !== 'object') throw new Error('no free port');
  return address.port;
}

export interface ServeOptions {
  readonly people?: readonly string[];
  /** For the server's process: --cpu-prof and the like. */
  readonly nodeArguments?: readonly string[];
}

export async function serveOffice(data: string, options: ServeOptions = {}): Promise<ServedOffice> {
  mkdirSync(data, { recursive: true });
  const config = join(data, 'bench.json');
  writeFileSync(
    config,
    JSON.stringify(configOf(options.people ?? [], [await freePort(), await freePort(), await freePort()])),
  );
  const extra = process.env['POSTROOM_BENCH_NODE']?.split(' ') ?? [];
  const args = [...extra, ...(options.nodeArguments ?? []), SERVE, '--config', config, '--data', data];
  const start = performance.now();
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ports = await portsOf(child);
  const ready = performance.now() - start;
  return {
    host: '127.0.0.1',
    port: (name) => ports[name] as number,
    pid: child.pid as number,
    ready,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      await closed;
    },
  };
}

function portsOf(child: ChildProcess): Promise<Record<string, number>> {
  let stdout = '';
  let stderr = '';
  child.stderr?.on('data', (piece: Buffer) => {
    stderr += piece.toString();
  });
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`the office is not ready: ${stderr}`)), READY_MS);
    child.stdout?.on('data', (piece: Buffer) => {
      stdout += piece.toString();
      if (!stdout.includes('\n')) return;
      clearTimeout(timer);
      resolve((JSON.parse(stdout.split('\n')[0] as string) as { ports: Record<string, number> }).ports);
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      reject(new Error(`the office ended with ${code}: ${stderr}`));
    });
  });
}

/** What decides whether a kept data folder is still as the office would write it today. */
function stampOf(): string {
  const hash = createHash('sha256');
  const root = join(import.meta.dirname, '..', 'main', 'server');
  for (const folder of ['schema', 'mailstore/wire-text', 'mailstore/search', 'directory']) {
    for (const name of readdirSync(join(root, folder)).sort()) {
      if (/^(?:evaluate|operations|order|threading|mailstore-search)\.ts$/.test(name)) continue;
      if (name.endsWith('.ts')) hash.update(readFileSync(join(root, folder, name)));
    }
  }
  return hash.digest('hex');
}

/** A data folder whose anna has the mailbox as her INBOX; made now if there is none. Read it, do not change it. */
export async function filledOffice(
  options: Omit<MailboxOptions, 'format'>,
  say: (text: string) => void,
): Promise<string> {
  const maildir = await mailbox({ ...options, format: 'maildir' });
  const data = `${maildir.slice(0, -'maildir'.length)}store`;
  const done = `${data}.done`;
  const stamp = stampOf();
  if (existsSync(done) && readFileSync(done, 'utf8') === stamp) return data;
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { recursive: true });
  const office = await openOffice({ dir: data, log: silentLog, tls: { secureContext: noTls } });
  try {
    const start = performance.now();
    await office.provision(checkConfig(configOf([]), 'bench.json'));
    const count = await fill(office, maildir);
    say(`${count} letters stored in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  } finally {
    await office.close(0);
  }
  writeFileSync(done, stamp);
  return data;
}

function noTls(): never {
  throw new Error('nothing listens while a mailbox is filled');
}

/** Paths of a Maildir's letters, read and unread, in the order of their names. */
export function lettersOf(maildir: string): string[] {
  const names = ['cur', 'new'].flatMap((folder) =>
    readdirSync(join(maildir, folder)).map((name) => [name, join(maildir, folder, name)] as const),
  );
  return names.sort(([a], [b]) => (a < b ? -1 : 1)).map(([, path]) => path);
}

async function fill(office: Office, maildir: string): Promise<number> {
  const { mailstore, admin } = office;
  const person = (await admin.people()).find(({ address }) => address === ADDRESS);
  const inbox = person && (await mailstore.mailbox(person.id, 'INBOX'));
  if (!inbox) throw new Error('anna has no INBOX');
  const paths = lettersOf(maildir);
  const prepared = async (path: string) => {
    const intake = mailstore.intake();
    await intake.write(await readFile(path));
    return intake.finish(undefined, { normalise: true });
  };
  let before: Promise<unknown> = Promise.resolve();
  for (let at = 0; at < paths.length; at += AHEAD) {
    const batch = await Promise.all(paths.slice(at, at + AHEAD).map(prepared));
    await before;
    // Some of every mailbox is unread, and the dates of arrival differ.
    const messages = batch.map((message, n) => ({
      message,
      flags: (at + n) % 10 === 0 ? 0 : SEEN,
      keywords: [],
      internalDate: systemClock.now() - (paths.length - at - n) * 60_000,
    }));
    before = mailstore.append(inbox.id, messages);
  }
  await before;
  return paths.length;
}
