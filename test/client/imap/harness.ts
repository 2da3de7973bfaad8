/** A real store, the real ingest pool and the real engine, on a temporary profile, against a given server. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { systemClock } from '../../../main/base/clock.ts';
import { createLog, type Log } from '../../../main/base/log.ts';
import { ingestModule } from '../../../main/client/entries.ts';
import { createImapEngine, type ImapEngine } from '../../../main/client/imap/engine.ts';
import { Jobs } from '../../../main/client/jobs.ts';
import type { IngestCalls } from '../../../main/client/messages/ingest.ts';
import type { ClientStore } from '../../../main/client/program.ts';
import type { KeepPolicy } from '../../../main/contract/mail/accounts.ts';
import { openStore, type Store } from '../../../main/store/store.ts';
import { openPool, type Pool } from '../../../main/store/threads.ts';
import type { Seen, TestProgram } from './program.ts';

export interface Profile {
  dir: string;
  store: Store<TestProgram>;
  pool: Pool<IngestCalls>;
  engine: ImapEngine;
  jobs: Jobs;
  notices: { code: string; detail: Record<string, unknown> }[];
  arrived: { folder: number; count: number; unread: number }[];
  secrets: Map<string, string>;
  close(): Promise<void>;
}

export const quietLog: Log = createLog(
  (line) => void (process.env['POSTROOM_TEST_LOG'] && process.stderr.write(line)),
  'debug',
);

export async function openProfile(
  options: { dir?: string; keep?: boolean; ruled?: (store: Profile['store']) => Promise<boolean> } = {},
): Promise<Profile> {
  const { ruled } = options;
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'postroom-imap-')));
  const store = await openStore<TestProgram>({
    dir,
    program: new URL('./program.ts', import.meta.url),
    log: quietLog,
  });
  const pool = await openPool<IngestCalls>({ module: ingestModule, size: 1, log: quietLog, name: 'ingest' });
  const jobs = new Jobs(systemClock);
  const notices: Profile['notices'] = [];
  const arrived: Profile['arrived'] = [];
  const secrets = new Map<string, string>();
  const engine = createImapEngine({
    store: store as unknown as ClientStore,
    pool,
    jobs,
    clock: systemClock,
    log: quietLog,
    secrets: { get: async (name) => secrets.get(name) ?? 'secret-anna' },
    trusted: () => undefined,
    random: () => 0.5,
    ...(ruled ? { ruled: () => ruled(store) } : {}),
    notify: {
      states: () => {},
      arrived: (_account, folder, messages, unread) =>
        void arrived.push({ folder, count: messages.length, unread }),
      notice: (_level, code, detail) => void notices.push({ code, detail }),
    },
  });
  return {
    dir,
    store,
    pool,
    engine,
    jobs,
    notices,
    arrived,
    secrets,
    async close() {
      await engine.close();
      await pool.close();
      await store.close();
      if (!options.keep) await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Adds an account of user anna on a loopback port. */
export async function addAccount(
  profile: Profile,
  port: number,
  policy: KeepPolicy = { keep: 'headers' },
  security: 'none' | 'starttls' | 'tls' = 'none',
): Promise<number> {
  return profile.store.write('accounts.insert', {
    address: 'anna@example.org',
    name: 'Anna',
    incoming: { host: '127.0.0.1', port, security, user: 'anna', auth: 'auto' },
    outgoing: null,
    policy,
    saveSent: true,
  });
}

/** Rows as a person would find them, by folder path. */
export async function rows(profile: Profile, account: number, path?: string): Promise<Seen[]> {
  const all = await profile.store.read('test.rows', account);
  return path === undefined ? all : all.filter((each) => each.path === path);
}

/** Polls a condition; fails with its name after the deadline. */
export async function until(
  what: string,
  holds: () => boolean | Promise<boolean>,
  ms = 10_000,
): Promise<void> {
  const deadline = performance.now() + ms;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not in time: ${what}`);
    await wait(20);
  }
}

let serial = 0;
/** A small letter with its own Message-ID. */
export function letter(subject: string, more: { id?: string; body?: string; from?: string } = {}): string {
  serial += 1;
  const id = more.id ?? `${serial}.${Date.now()}@test.example`;
  return [
    `From: ${more.from ?? 'Boris <boris@example.org>'}`,
    'To: Anna <anna@example.org>',
    `Subject: ${subject}`,
    `Message-ID: <${id}>`,
    'Date: Fri, 20 Nov 2026 10:00:00 +0000',
    'Content-Type: text/plain; charset=utf-8',
    '',
    more.body ?? `The text of ${subject}.`,
    '',
  ].join('\r\n');
}
