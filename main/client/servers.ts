/**
 * Everything of a profile that speaks to servers, put together: certificates kept, IMAP, outbox, drafts, accounts. Apart
 * from profile.ts so that a command which needs no server does not load their protocols.
 *
 * Order of closing: no new work, letters under way first, then the connections.
 */

import type { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { Closers } from '../base/disposable.ts';
import type { Log } from '../base/log.ts';
import type { EngineEvent, Handlers } from '../contract/door.ts';
import type { OutboxItem } from '../contract/mail/drafts.ts';
import { systemDns } from '../net/dns.ts';
import type { Pool } from '../store/threads.ts';
import type { DiscoveryDeps } from './accounts/discovery.ts';
import { fetchText, knock } from './accounts/questions.ts';
import { openTrust } from './accounts/trust.ts';
import { Drafts } from './drafts/drafts.ts';
import { folderOf } from './folders/operations.ts';
import { accountHandlers, listAccounts } from './handlers/accounts.ts';
import { announceDrafts, draftHandlers } from './handlers/drafts.ts';
import type { ServerFolders } from './handlers/folders.ts';
import { createImapEngine, type ImapEngine } from './imap/engine.ts';
import type { Jobs } from './jobs.ts';
import type { IngestCalls } from './messages/ingest.ts';
import { createOutbox } from './outbox/runner.ts';
import type { ClientStore } from './program.ts';
import type { Secrets } from './security/vault.ts';

export interface ServerParts {
  store: ClientStore;
  pool: Pool<IngestCalls>;
  jobs: Jobs;
  secrets: Secrets;
  clock: Clock;
  log: Log;
  version: string;
  emit(event: EngineEvent): void;
  everyMinutes(): number;
  /** Authorities instead of the system's, PEM. */
  authorities?: readonly string[];
  /** Sources of account settings, for tests that have no Internet. */
  discovery?: Omit<DiscoveryDeps, 'clock'>;
}

export type ServerHandlers = Pick<
  Handlers,
  Extract<keyof Handlers, `accounts.${string}` | `drafts.${string}` | `outbox.${string}`>
>;

/** What a pass did, one an account. */
export interface SyncReport {
  /** Its address. */
  account: string;
  folders: number;
  newMessages: number;
  /** Octets received. */
  bytes: number;
  seconds: number;
  /** A sentence; null: all went well. */
  error: string | null;
}

export type SentLetter = z.output<typeof OutboxItem>;

export interface SyncOptions {
  account: number | undefined;
  /** One full pass; without it until the signal aborts. */
  once: boolean;
  signal: AbortSignal;
}

export interface Servers {
  readonly handlers: ServerHandlers;
  readonly folders: ServerFolders;
  readonly imap: ImapEngine;
  fetchBody(message: number): Promise<void>;
  openFolder(folder: number | null): void;
  /** Keeps every account in step and sends what is due, from now on. */
  start(): Promise<void>;
  sync(options: SyncOptions): Promise<SyncReport[]>;
  send(account: number, letter: Uint8Array): Promise<SentLetter>;
  close(): Promise<void>;
}

/** Rows told with one announcement of new mail. */
const TOLD = 5;

export async function openServers(parts: ServerParts): Promise<Servers> {
  const { store, pool, jobs, secrets, clock, log, emit } = parts;
  const closers = new Closers();
  const trust = await openTrust(store);
  const authorities = parts.authorities ? { authorities: parts.authorities } : {};
  const failed = (event: string) => (failure: unknown) => log.warn(event, { failure });

  const tellAccounts = (): void => {
    listAccounts({ store, imap }).then(
      (data) => emit({ name: 'accounts.changed', data }),
      failed('announce-accounts-failed'),
    );
  };
  const tellArrived = async (
    account: number,
    folder: number,
    ids: number[],
    count: number,
  ): Promise<void> => {
    const rows = await store.read('views.rows', { ids: ids.slice(0, TOLD) });
    emit({ name: 'mail.arrived', data: { account, folder, rows, count } });
  };
  const imap = createImapEngine({
    store,
    pool,
    secrets,
    trusted: trust.trusted,
    clock,
    log,
    jobs,
    everyMinutes: parts.everyMinutes,
    ...authorities,
    notify: {
      states: tellAccounts,
      arrived: (account, folder, ids, unread) => {
        if (unread > 0) tellArrived(account, folder, ids, unread).catch(failed('announce-arrival-failed'));
      },
      notice: (level, code, detail) => emit({ name: 'notice', data: { level, code, detail } }),
    },
  });
  closers.add(imap);
  const fetchBody = (message: number): Promise<void> => imap.fetchBody(message);
  const outbox = createOutbox({
    store,
    secrets,
    trusted: trust.trusted,
    clock,
    log,
    lookForCopies: (account) => void imap.sync(account).catch(failed('look-for-copies-failed')),
    ...authorities,
  });
  closers.defer(() => outbox.close());
  const drafts = new Drafts({
    store,
    pool,
    clock,
    log,
    fetchBody,
    wakeOutbox: () => outbox.wake(),
    userAgent: `Postroom/${parts.version}`,
  });
  let running = false;
  closers.defer(async () => {
    if (running) await drafts.close();
  });
  closers.defer(announceDrafts({ store, clock, log }, emit));
  closers.defer(
    store.changes.on((batch) => {
      if (batch.changes.some(({ kind }) => kind === 'accounts' || kind === 'account')) tellAccounts();
    }),
  );
  const discovery = parts.discovery ?? { dns: systemDns(), fetchText, knock };
  return {
    imap,
    fetchBody,
    openFolder: (folder) => imap.openFolder(folder),
    folders: foldersOf(imap, store),
    handlers: {
      ...accountHandlers({
        store,
        jobs,
        secrets,
        trust,
        imap,
        outbox,
        clock,
        log,
        emit,
        discovery,
        ...authorities,
      }),
      ...draftHandlers({ store, drafts, outbox, clock, log }),
    },
    async start() {
      running = true;
      await outbox.start();
      await drafts.start();
      for (const id of await store.read('imap.accounts')) imap.start(id);
    },
    async sync({ account, once, signal }) {
      await outbox.start();
      await outbox.sendDue();
      const reports = (await imap.sync(account, { once: true })).map(
        ({ address, folders, newMessages, bytes, seconds, error }): SyncReport => ({
          account: address,
          folders,
          newMessages,
          bytes,
          seconds,
          error: error?.message ?? null,
        }),
      );
      if (once) return reports;
      await imap.sync(account);
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener('abort', () => resolve(), { once: true });
      });
      return reports;
    },
    async send(account, letter) {
      await outbox.start();
      const { id } = await drafts.sendLetter(account, letter);
      await outbox.sendDue();
      // The copy for Sent is an operation of its own and may have to wait for the server.
      await imap.sync(account, { once: true }).catch(failed('copy-after-send-failed'));
      return store.read('outbox.item', { id });
    },
    close: () => closers.close(),
  };
}

function foldersOf(imap: ImapEngine, store: ClientStore): ServerFolders {
  const folder = async (id: number) => folderOf(await store.read('folders.get', { id }));
  return {
    create: async (account, parent, name) => folder(await imap.folders.create(account, parent, name)),
    async rename(id, name, parent) {
      await imap.folders.rename(id, name, parent);
      return folder(id);
    },
    remove: (id) => imap.folders.remove(id),
    subscribe: (id, subscribed) => imap.folders.subscribe(id, subscribed),
  };
}
