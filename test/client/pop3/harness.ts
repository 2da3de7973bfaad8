/** A real store, the real ingest pool and the real POP3 engine, on a temporary profile, against a given server. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Clock, systemClock } from '../../../main/base/clock.ts';
import { ingestModule } from '../../../main/client/entries.ts';
import { Jobs } from '../../../main/client/jobs.ts';
import type { IngestCalls } from '../../../main/client/messages/ingest.ts';
import { Pop3Engine } from '../../../main/client/pop3/engine.ts';
import type { ClientStore } from '../../../main/client/program.ts';
import type { Pop3Policy } from '../../../main/contract/mail/accounts.ts';
import { openStore, type Store } from '../../../main/store/store.ts';
import { openPool, type Pool } from '../../../main/store/threads.ts';
import { quietLog } from '../imap/harness.ts';
import type { Seen, TestProgram } from '../imap/program.ts';

export { letter, quietLog, until } from '../imap/harness.ts';

export interface Profile {
  dir: string;
  store: Store<TestProgram>;
  pool: Pool<IngestCalls>;
  engine: Pop3Engine;
  jobs: Jobs;
  arrived: { folder: number; count: number; unread: number }[];
  secrets: Map<string, string>;
  close(): Promise<void>;
}

export interface ProfileOptions {
  dir?: string;
  keep?: boolean;
  clock?: Clock;
  everyMinutes?: number;
  authorities?: readonly string[];
}

export async function openProfile(options: ProfileOptions = {}): Promise<Profile> {
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'postroom-pop3-')));
  const clock = options.clock ?? systemClock;
  const program = new URL('../imap/program.ts', import.meta.url);
  const store = await openStore<TestProgram>({ dir, program, log: quietLog });
  const pool = await openPool<IngestCalls>({ module: ingestModule, size: 2, log: quietLog, name: 'ingest' });
  const jobs = new Jobs(clock);
  const arrived: Profile['arrived'] = [];
  const secrets = new Map<string, string>();
  const engine = new Pop3Engine({
    store: store as unknown as ClientStore,
    pool,
    jobs,
    clock,
    log: quietLog,
    secrets: { get: async (name) => secrets.get(name) ?? null },
    trusted: () => undefined,
    ...(options.authorities ? { authorities: options.authorities } : {}),
    everyMinutes: () => options.everyMinutes ?? 5,
    random: () => 0.5,
    notify: {
      states: () => {},
      arrived: (_account, folder, messages, unread) =>
        void arrived.push({ folder, count: messages.length, unread }),
    },
  });
  return {
    dir,
    store,
    pool,
    engine,
    jobs,
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

export const POLICY: Pop3Policy = { headersAbove: null, leave: 'always', days: 14, deleteFromTrash: false };

/** Adds an account on a loopback port. */
export async function addAccount(
  profile: Profile,
  server: { port: number; user: string; password: string; security?: 'none' | 'starttls' | 'tls' },
  policy: Partial<Pop3Policy> = {},
): Promise<number> {
  const id = await profile.store.write('accounts.insert', {
    kind: 'pop3',
    address: `${server.user}@example.org`,
    name: server.user,
    incoming: {
      host: '127.0.0.1',
      port: server.port,
      security: server.security ?? 'none',
      user: server.user,
      auth: 'auto',
    },
    outgoing: null,
    policy: { keep: 'everything' },
    pop3: { ...POLICY, ...policy },
    saveSent: true,
  });
  profile.secrets.set(`account:${id}:password`, server.password);
  return id;
}

/** One pass, which must not fail. */
export async function collect(profile: Profile, account: number) {
  const [report] = await profile.engine.sync(account, { once: true });
  if (!report || report.error)
    throw new Error(`the pass failed: ${report?.error?.code} ${report?.error?.message}`);
  return report;
}

export async function rows(profile: Profile, account: number, path?: string): Promise<Seen[]> {
  const all = await profile.store.read('test.rows', account);
  return path === undefined ? all : all.filter((each) => each.path === path);
}

/** The octets of a row's letter, as latin1. */
export async function octetsOf(profile: Profile, id: number): Promise<string> {
  const { blob } = await profile.store.read('messages.stored', { id });
  if (!blob) throw new Error(`letter ${id} is not here`);
  return Buffer.from(await profile.store.blobs.read(blob)).toString('latin1');
}
