/**
 * The whole queue of an office: acceptance, relay and reports on one set of rows, and what an administrator does by
 * hand. The rooms: accept (one write a letter), relay (out of the office), reporter (what the sender is told).
 */
import { domainToASCII } from 'node:url';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import type { Dns } from '../../net/dns.ts';
import type { SmtpTimeouts } from '../../net/smtp/session.ts';
import type { Directory } from '../directory/directory.ts';
import type { Mailstore } from '../mailstore/mailstore.ts';
import { openAcceptance } from './accept.ts';
import { destinationOf, type RelaySettings } from './destination.ts';
import type { Queue } from './queue.ts';
import { createRelay } from './relay.ts';
import { createReporter } from './reporter.ts';
import type { QueueStore } from './rows.ts';
import { SCHEDULE, type Schedule } from './schedule.ts';

export interface QueueDeps {
  readonly store: QueueStore;
  readonly directory: Directory;
  readonly mailstore: Mailstore;
  readonly clock: Clock;
  readonly log: Log;
  readonly dns: Dns;
  newQueueId(): string;
  /** Read at each attempt. */
  settings(): RelaySettings;
  readonly schedule?: Schedule;
  readonly mxPort?: number;
  readonly authorities?: readonly string[];
  readonly timeouts?: SmtpTimeouts;
}

export interface OfficeQueue extends Queue {
  /** Gives back what a crash left in a sender's hands, then sends what is due. */
  start(): Promise<void>;
  counts(): Promise<{ letters: number; waiting: number; held: number }>;
  close(graceMs: number): Promise<void>;
}

export function openQueue(deps: QueueDeps): OfficeQueue {
  const { store, clock, log } = deps;
  const accepting = openAcceptance({
    store,
    clock,
    log,
    onQueued: () => {
      relay.wake();
      reporter.wake();
    },
  });
  const schedule = deps.schedule ?? SCHEDULE;
  const reporter = createReporter({
    store,
    blobs: store.blobs,
    directory: deps.directory,
    mailstore: deps.mailstore,
    queue: accepting,
    clock,
    log,
    schedule,
    newQueueId: deps.newQueueId,
  });
  const relay = createRelay({
    store,
    blobs: store.blobs,
    clock,
    log,
    dns: deps.dns,
    schedule,
    settings: deps.settings,
    hostname: async () => (await deps.directory.office()).hostname,
    onReport: reporter.wake,
    ...(deps.mxPort ? { mxPort: deps.mxPort } : {}),
    ...(deps.authorities ? { authorities: deps.authorities } : {}),
    ...(deps.timeouts ? { timeouts: deps.timeouts } : {}),
  });
  const retry = async (input: { queueId?: string; domain?: string }): Promise<number> => {
    const letters = await store.write('queue.retry', { now: clock.now(), ...input });
    relay.wake();
    return letters;
  };
  return {
    accept: accepting.accept,
    trace: accepting.trace,
    reaches: async (domain) => destinationOf(deps.settings(), plain(domain)) !== undefined,
    list: (options) => store.read('queue.list', { from: options?.from ?? 0, count: options?.count ?? 100 }),
    show: async (queueId) => (await store.read('queue.show', { queueId })) ?? undefined,
    retry: (queueId) => retry(queueId === undefined ? {} : { queueId }),
    flush: (domain) => retry({ domain: plain(domain) }),
    async hold(queueId, held) {
      const found = await store.write('queue.hold', { queueId, held });
      if (!held) relay.wake();
      return found;
    },
    remove: (queueId) => store.write('queue.remove', { queueId }),
    counts: () => store.read('queue.counts'),
    async start() {
      await relay.start();
      reporter.wake();
    },
    async close(graceMs) {
      await relay.close(graceMs);
      await reporter.close();
    },
  };
}

function plain(domain: string): string {
  return (domainToASCII(domain) || domain).toLowerCase();
}
