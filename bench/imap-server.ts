/** A Dovecot of our own holding a Maildir of bench/mailboxes, and a client engine with an account on it. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { KeepPolicy } from '../main/contract/mail/accounts.ts';
import { type Dovecot, type DovecotOptions, startDovecot } from '../test/kit/dovecot.ts';
import { type Engine, openEngine } from './engine.ts';
import type { ImapServer } from './peers.ts';

export interface MailServer extends ImapServer {
  /** POP3, where it was asked for; else 0. */
  maildropPort: number;
  close(): Promise<void>;
}

/** Serves a copy of the Maildir as the INBOX of one user. */
export async function serveMaildir(maildir: string, options: DovecotOptions = {}): Promise<MailServer> {
  const dovecot: Dovecot = await startDovecot(options);
  const home = dovecot.mailDir('anna');
  const parent = join(home, '..');
  mkdirSync(parent, { recursive: true });
  rmSync(home, { recursive: true, force: true });
  const steps = [
    ['cp', '-a', maildir, home],
    ['chown', '-R', 'dovecot:dovecot', parent],
  ];
  for (const [command, ...args] of steps) {
    const done = spawnSync(command as string, args, { encoding: 'utf8' });
    if (done.status !== 0) throw new Error(`${command} failed: ${done.stderr}`);
  }
  return {
    host: dovecot.host,
    port: dovecot.port,
    maildropPort: dovecot.maildropPort,
    user: 'anna',
    password: dovecot.password('anna'),
    close: () => dovecot.close(),
  };
}

export interface Synced {
  /** ms from adding the account until the letters are first there to be read, and until all are. */
  first: number;
  all: number;
  /** Longest time the engine's event loop was held, ms of the processor and of the clock (others' work included). */
  blocked: number;
  blockedByClock: number;
  /** Processor time of the whole engine, all threads, ms: on a busy machine it says more than the clock. */
  processor: number;
  /** ms from `all` until the index has every letter too, which it takes in behind arrival. */
  indexed: number;
}

/** A new profile and account; resolves when the first pass (and with `everything`, the last body) is over. */
export async function firstSync(
  dir: string,
  server: MailServer,
  policy: KeepPolicy,
  expected: number,
): Promise<Synced> {
  const engine = await openEngine(dir);
  const holds = watchLoop();
  try {
    return await watched(engine, server, policy, expected, holds);
  } finally {
    holds.stop();
    await engine.close();
  }
}

interface Holds {
  processor: number;
  clock: number;
  stop(): void;
}

/**
 * Longest hold between two turns of the loop. On a shared machine the clock runs on while this process is not
 * given a processor, so the thread's own processor time is what counts.
 */
function watchLoop(): Holds {
  let ticks = performance.now();
  let used = process.threadCpuUsage();
  const timer = setInterval(() => {
    const since = process.threadCpuUsage(used);
    holds.processor = Math.max(holds.processor, (since.user + since.system) / 1000);
    holds.clock = Math.max(holds.clock, performance.now() - ticks);
    ticks = performance.now();
    used = process.threadCpuUsage();
  }, 1);
  const holds: Holds = { processor: 0, clock: 0, stop: () => clearInterval(timer) };
  return holds;
}

async function watched(
  engine: Engine,
  server: MailServer,
  policy: KeepPolicy,
  expected: number,
  holds: Holds,
): Promise<Synced> {
  const last = policy.keep === 'headers' ? 'sync' : 'bodies';
  let first = 0;
  const forget = engine.profile.store.changes.on((batch) => {
    if (first === 0 && batch.changes.some((each) => each.kind === 'message')) first = performance.now();
  });
  const ended = new Promise<void>((resolve, reject) => {
    engine.profile.events((event) => {
      if (event.name !== 'jobs.changed') return;
      for (const job of event.data) {
        if (job.state === 'failed') reject(new Error(`${job.kind} failed: ${job.problem?.message}`));
        else if (job.kind === last && job.state === 'done') resolve();
      }
    });
  });
  const { host, port, user, password } = server;
  holds.processor = 0;
  holds.clock = 0;
  const used = process.cpuUsage();
  const start = performance.now();
  await engine.call('accounts.add', {
    address: 'anna@postroom.example',
    name: 'Anna',
    incoming: { host, port, security: 'none', user, auth: 'auto' },
    outgoing: null,
    password,
    policy,
  });
  await ended;
  const all = performance.now() - start;
  const { user: inUser, system } = process.cpuUsage(used);
  holds.stop();
  forget();
  for (;;) {
    const { indexed, total } = await engine.call('search.state', {});
    if (indexed >= total) break;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const indexed = performance.now() - start - all;
  const folders = await engine.call('folders.list', {});
  const inbox = folders.find((each) => each.role === 'inbox' && each.total > 0);
  if (inbox?.total !== expected) throw new Error(`${inbox?.total} of ${expected} letters are here`);
  const processor = (inUser + system) / 1000;
  return {
    first: first - start,
    all,
    blocked: holds.processor,
    blockedByClock: holds.clock,
    processor,
    indexed,
  };
}
