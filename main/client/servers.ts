/**
 * Everything of a profile that speaks to servers, put together: certificates kept, IMAP, POP3, outbox, drafts, accounts. Apart
 * from profile.ts so that a command which needs no server does not load their protocols.
 *
 * Order of closing: no new work, letters under way first, then the connections.
 */

import type { z } from 'zod';
import type { Clock } from '../base/clock.ts';
import { Closers } from '../base/disposable.ts';
import type { FaultData } from '../base/errors.ts';
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
import { openMaildrop } from './handlers/maildrop.ts';
import { type SendingNames, sendingHandlers } from './handlers/sending.ts';
import { createImapEngine, type ImapEngine, type SyncReport as ImapSyncReport } from './imap/engine.ts';
import type { Jobs } from './jobs.ts';
import { Merges } from './merge/merges.ts';
import type { IngestCalls } from './messages/ingest.ts';
import { createOutbox } from './outbox/runner.ts';
import type { Pop3SyncReport } from './pop3/account-sync.ts';
import { Pop3Engine } from './pop3/engine.ts';
import type { ClientStore } from './program.ts';
import { Receipts } from './receipts/receipts.ts';
import { Tracker } from './receipts/tracker.ts';
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
  /** New unread letters of a folder that was here before, for notices. */
  arrived?(folder: number, ids: readonly number[]): void;
  everyMinutes(): number;
  /** Rules have looked at what has arrived so far; false: they could not. */
  ruled?(): Promise<boolean>;
  /** Authorities instead of the system's, PEM. */
  authorities?: readonly string[];
  /** Sources of account settings, for tests that have no Internet. */
  discovery?: Omit<DiscoveryDeps, 'clock'>;
}

export type ServerHandlers = Pick<
  Handlers,
  | Extract<
      keyof Handlers,
      | `accounts.${string}`
      | `maildrop.${string}`
      | `schedule.${string}`
      | `drafts.${string}`
      | `outbox.${string}`
    >
  | SendingNames
>;

/** Why a pass did not end: as a fault, for a sentence. */
export type SyncProblem = Pick<FaultData, 'code' | 'message' | 'detail'>;

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
  problem: SyncProblem | null;
  /** Of a maildrop. */
  pop3?: Pop3SyncReport['pop3'];
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
  /** Letters stand in the outbox that were put there by no window. */
  wakeOutbox(): void;
  /** Sends what is due now. */
  sendDue(): Promise<void>;
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
    maildrop.tell();
    listAccounts({ store, imap, pop3 }).then(
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
  const arrived = (account: number, folder: number, ids: number[], unread: number): void => {
    if (unread === 0) return;
    parts.arrived?.(folder, ids);
    tellArrived(account, folder, ids, unread).catch(failed('announce-arrival-failed'));
  };
  const incoming = {
    store,
    pool,
    secrets,
    trusted: trust.trusted,
    clock,
    log,
    jobs,
    everyMinutes: parts.everyMinutes,
    ...authorities,
  };
  const imap = createImapEngine({
    ...incoming,
    ...(parts.ruled ? { ruled: parts.ruled } : {}),
    notify: {
      states: tellAccounts,
      arrived,
      notice: (level, code, detail) => emit({ name: 'notice', data: { level, code, detail } }),
    },
  });
  const pop3 = new Pop3Engine({ ...incoming, notify: { states: tellAccounts, arrived } });
  closers.add(imap);
  closers.add(pop3);
  const fetchBody = async (message: number): Promise<void> =>
    (await store.read('pop3.place', message)) ? pop3.fetchBody(message) : imap.fetchBody(message);
  const enginesOf = async (account: number | undefined): Promise<(ImapEngine | Pop3Engine)[]> => {
    if (account === undefined) return [imap, pop3];
    return (await store.read('accounts.row', { id: account })).kind === 'pop3' ? [pop3] : [imap];
  };
  const outbox = createOutbox({
    store,
    secrets,
    trusted: trust.trusted,
    clock,
    log,
    lookForCopies: (account) => {
      // A maildrop shows nothing of what was sent.
      void enginesOf(account).then(
        ([engine]) =>
          engine === imap ? imap.sync(account).catch(failed('look-for-copies-failed')) : undefined,
        failed('look-for-copies-failed'),
      );
    },
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
  const userAgent = `Postroom/${parts.version}`;
  const wakeOutbox = () => outbox.wake();
  const sending = { store, pool, clock, fetchBody, wakeOutbox, userAgent };
  const merges = closers.add(
    new Merges({ ...sending, jobs, log, changed: (data) => emit({ name: 'merge.changed', data }) }),
  );
  const receipts = new Receipts({ ...sending, language: () => drafts.language() });
  const tracker = new Tracker({
    store,
    pool,
    clock,
    log,
    heard: (messageIds) => emit({ name: 'receipts.changed', data: { messageIds } }),
  });
  closers.add(tracker);
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
  const maildrop = closers.add(openMaildrop({ store, pool, clock, log, imap, pop3, fetchBody, emit }));
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
        pop3,
        outbox,
        clock,
        log,
        emit,
        discovery,
        ...authorities,
      }),
      ...maildrop.handlers,
      ...draftHandlers({ store, drafts, outbox, clock, log }),
      ...sendingHandlers({ store, receipts, merges, redirect: sending }),
    },
    async start() {
      running = true;
      await merges.start();
      await outbox.start();
      tracker.start();
      await drafts.start();
      for (const id of await store.read('imap.accounts')) imap.start(id);
      for (const id of await store.read('pop3.accounts')) pop3.start(id);
    },
    async sync({ account, once, signal }) {
      await outbox.start();
      await outbox.sendDue();
      const engines = await enginesOf(account);
      const passed: (Pop3SyncReport | (ImapSyncReport & { pop3?: never }))[][] = await Promise.all(
        engines.map((each) => each.sync(account, { once: true })),
      );
      const reports = passed.flat().map(
        ({ address, folders, newMessages, bytes, seconds, error, pop3: maildrop }): SyncReport => ({
          account: address,
          folders,
          newMessages,
          bytes,
          seconds,
          error: error?.message ?? null,
          problem: error,
          ...(maildrop ? { pop3: maildrop } : {}),
        }),
      );
      if (once) return reports;
      for (const each of engines) await each.sync(account);
      await new Promise<void>((resolve) => {
        if (signal.aborted) resolve();
        else signal.addEventListener('abort', () => resolve(), { once: true });
      });
      return reports;
    },
    wakeOutbox: () => outbox.wake(),
    sendDue: async () => void (await outbox.sendDue()),
    async send(account, letter) {
      await outbox.start();
      const { id } = await drafts.sendLetter(account, letter);
      await outbox.sendDue();
      // The copy for Sent is an operation of its own and may have to wait for the server.
      const { kind } = await store.read('accounts.row', { id: account });
      if (kind === 'imap') await imap.sync(account, { once: true }).catch(failed('copy-after-send-failed'));
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
