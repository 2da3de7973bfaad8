/**
 * The mail client, put together: store -> accounts -> sync -> handlers. A host opens a profile, serves its doors
 * (contract/door.ts) and its frames, and closes it.
 *
 * Order of closing is written here once: doors stop first, then what talks to servers, then the work in threads, the store
 * last. A profile that is opened twice or was made by a newer version is refused by the store with a plain sentence.
 */
import { mkdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Clock, systemClock } from '../base/clock.ts';
import { Closers } from '../base/disposable.ts';
import { cancelled } from '../base/errors.ts';
import { type Log, silentLog } from '../base/log.ts';
import { type EntryName, mailEntries } from '../contract/contract.ts';
import { type CallOptions, callHandler, type EngineEvents, type Handlers } from '../contract/door.ts';
import { lazyPool } from '../store/lazy-pool.ts';
import { openStore } from '../store/store.ts';
import { openPool, type Pool } from '../store/threads.ts';
import { Announcer } from './announcer.ts';
import { takeWaitingRestore } from './backup/waiting.ts';
import { ingestModule, programModule } from './entries.ts';
import { type Chosen, openBackups } from './handlers/backup.ts';
import { openContacts } from './handlers/contacts.ts';
import { folderHandlers } from './handlers/folders.ts';
import { openHosting } from './handlers/hosting.ts';
import { announceIdentities, identityHandlers } from './handlers/identities.ts';
import { importHandlers } from './handlers/import.ts';
import { lookHandlers } from './handlers/looks.ts';
import { messageHandlers } from './handlers/messages.ts';
import { movingHandlers } from './handlers/moving.ts';
import { profileHandlers } from './handlers/profile.ts';
import { type ProfilesHost, profilesHandlers } from './handlers/profiles.ts';
import { ruleHandlers } from './handlers/rules.ts';
import { searchHandlers } from './handlers/search.ts';
import { signatureHandlers } from './handlers/signatures.ts';
import { spellingHandlers } from './handlers/spelling.ts';
import { tidyHandlers } from './handlers/tidy.ts';
import { viewHandlers } from './handlers/views.ts';
import type { OfficeHost } from './hosting.ts';
import type { Call } from './import/belongings.ts';
import { Jobs } from './jobs.ts';
import type { IngestCalls } from './messages/ingest.ts';
import { Notices } from './notices/notices.ts';
import type { ClientProgram, ClientStore } from './program.ts';
import { openRules, type Rules } from './rules/rules.ts';
import { SearchCounter } from './search/counter.ts';
import { Indexer } from './search/indexer.ts';
import { Frames, type Served } from './security/frames.ts';
import type { PictureOptions } from './security/pictures.ts';
import type { Secrets } from './security/vault.ts';
import type { SentLetter, ServerHandlers, ServerParts, Servers, SyncOptions, SyncReport } from './servers.ts';
import { readSettings, writeSettings } from './settings.ts';
import { Spelling } from './spelling/spelling.ts';
import { Tidy } from './tidy/tidy.ts';

/** What a host lends to the engine. */
export interface HostServices {
  readonly kind: 'electron' | 'browser' | 'command-line';
  readonly secrets: Secrets;
  /** Origin where the host serves Frames, without a slash at its end; '' when it serves none. */
  frameBase(): string;
  /** Runs an office server beside the client; absent where that cannot be done. */
  readonly office?: OfficeHost;
  /** Closes this engine and opens another on the same folder: after a copy was brought back. */
  readonly restart?: () => void;
  /** Asks the system's own dialog for a path; absent where there is none. */
  readonly choose?: (what: Chosen) => Promise<string | null>;
  /** Profiles of other people on this computer; absent where there is no list of them. */
  readonly profiles?: ProfilesHost;
}

export interface ProfileOptions {
  /** The profile's folder; made if absent. */
  readonly dir: string;
  readonly services: HostServices;
  readonly log?: Log;
  readonly clock?: Clock;
  readonly version?: string;
  /** The host started the engine again after it had stopped by itself. */
  readonly restarted?: boolean;
  /** false: nothing is done by itself (the command line asks for what it wants). */
  readonly background?: boolean;
  /** For tests, whose servers live on loopback. */
  readonly pictures?: PictureOptions;
  /** Authorities instead of the system's, PEM. */
  readonly authorities?: readonly string[];
  /** Sources of account settings, for tests that have no Internet. */
  readonly discovery?: ServerParts['discovery'];
}

export interface Profile {
  readonly handlers: Handlers;
  readonly events: EngineEvents;
  readonly store: ClientStore;
  readonly pool: Pool<IngestCalls>;
  readonly jobs: Jobs;
  readonly indexer: Indexer;
  readonly rules: Rules;
  readonly frames: { serve(path: string): Promise<Served | null> };
  /** A full pass over one account or all; without `once` until the signal aborts. */
  sync(options: SyncOptions): Promise<SyncReport[]>;
  /** A ready letter, as it stands, to its recipients. Resolves when its outcome is known. */
  send(account: number, letter: Uint8Array): Promise<SentLetter>;
  close(): Promise<void>;
}

const INGEST_THREADS = 2;
/** Ms without a letter to read after which one thread is enough. */
const INGEST_REST = 20_000;
/** Housekeeping: a first time after a minute, then every hour, ms. */
const UPKEEP_FIRST = 60_000;
const UPKEEP_EVERY = 3_600_000;

/** @throws Fault user `store-in-use`, `store-too-new`, `no-access` */
export async function openProfile(options: ProfileOptions): Promise<Profile> {
  const {
    dir,
    services,
    log = silentLog,
    clock = systemClock,
    background = true,
    version = '0.1.0',
  } = options;
  const closers = new Closers();
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    await takeWaitingRestore(dir);
    const store = closers.add(
      await openStore<ClientProgram>({ dir, program: programModule, log, readersOnDemand: !background }),
    );
    const pool = closers.add(
      lazyPool(INGEST_THREADS, () =>
        openPool<IngestCalls>({
          module: ingestModule,
          size: INGEST_THREADS,
          log,
          name: 'ingest',
          restMs: INGEST_REST,
        }),
      ),
    );
    const jobs = closers.add(new Jobs(clock));
    const indexer = new Indexer(store, pool, log);
    closers.defer(() => indexer.stop());
    const frames = new Frames(options.pictures);
    const announcer = closers.add(
      new Announcer({
        clock,
        folders: () => store.read('folders.list'),
        settings: () => readSettings(store),
        arranged: {
          looks: () => store.read('looks.list', undefined),
          favourites: () => store.read('favourites.list', undefined),
          filters: () => store.read('filters.list', undefined),
          searches: () => store.read('search.saved', undefined),
          tags: () => store.read('tags.list', undefined),
        },
        onFailure: (failure) => log.warn('announce-failed', { failure }),
      }),
    );
    closers.defer(store.changes.on((batch) => announcer.take(batch)));
    jobs.changed.on((data) => announcer.emit({ name: 'jobs.changed', data }));
    announcer.heard.on(({ kinds }) => {
      if (kinds.has('message')) indexer.wake();
    });
    const counter = closers.add(
      new SearchCounter({
        store,
        clock,
        log,
        changed: (data) => announcer.emit({ name: 'searches.changed', data }),
      }),
    );
    announcer.heard.on(({ kinds }) => {
      if (['message', 'indexed', 'searches', 'tags'].some((kind) => kinds.has(kind))) counter.wake();
    });

    const notices = closers.add(
      new Notices({
        store,
        clock,
        log,
        settings: () => readSettings(store),
        emit: (data) => announcer.emit({ name: 'notices.shown', data }),
      }),
    );
    let restarted = options.restarted ?? false;
    const takeRestarted = (): boolean => {
      const was = restarted;
      restarted = false;
      return was;
    };
    const servers = lazyServers(closers, async () => {
      const { openServers } = await import('./servers.ts');
      const { authorities, discovery } = options;
      return openServers({
        store,
        pool,
        jobs,
        secrets: services.secrets,
        clock,
        log,
        version,
        emit: (event) => announcer.emit(event),
        arrived: (folder, ids) => notices.arrived(folder, ids),
        everyMinutes: () => everyMinutes,
        ruled: () => rules.arrivals.judged(),
        ...(authorities ? { authorities } : {}),
        ...(discovery ? { discovery } : {}),
      });
    });
    let everyMinutes = (await readSettings(store)).syncEveryMinutes;
    const hosting = closers.add(
      openHosting({
        office: services.office,
        settings: () => readSettings(store),
        change: (settings) => writeSettings(store, settings),
        emit: (event) => announcer.emit(event),
        onFailure: (failure) => log.warn('hosting-failed', { failure }),
      }),
    );
    announcer.heard.on(({ kinds }) => {
      if (!kinds.has('settings')) return;
      void hosting.apply();
      readSettings(store).then(
        (settings) => {
          everyMinutes = settings.syncEveryMinutes;
        },
        (failure) => log.warn('settings-failed', { failure }),
      );
    });
    const contacts = closers.add(
      openContacts({
        store,
        pool,
        jobs,
        clock,
        log,
        secrets: services.secrets,
        isOffline: async () => (servers.opened() ? (await servers()).imap.offline : false),
        ...(options.authorities ? { authorities: options.authorities } : {}),
      }),
    );
    announcer.heard.on(({ kinds }) => {
      const books = kinds.has('books');
      if (books || kinds.has('contacts')) announcer.emit({ name: 'contacts.changed', data: { books } });
    });
    const fetchBody = async (message: number): Promise<void> => (await servers()).fetchBody(message);
    const spelling = closers.add(new Spelling(store, clock, log));
    closers.defer(announceIdentities({ store, log }, (event) => announcer.emit(event)));
    const rules = closers.add(
      openRules({
        store,
        jobs,
        clock,
        log,
        version,
        emit: (event) => announcer.emit(event),
        fetchBody,
        wakeOutbox: () => {
          // The profile may be closing; the letters stand in the outbox.
          servers().then(
            (each) => each.wakeOutbox(),
            (failure: unknown) => log.debug('wake-outbox-failed', { failure }),
          );
        },
      }),
    );
    announcer.heard.on(({ kinds }) => rules.heard(kinds));
    closers.defer(
      announcer.events.on((event) => {
        if (event.name !== 'rules.alert') return;
        notices
          .alert(event.data.rows, event.data)
          .catch((failure: unknown) => log.warn('notices-failed', { failure }));
      }),
    );
    const shared = { store, pool, jobs, indexer, clock, log };
    const tidy = new Tidy({
      store,
      pool,
      jobs,
      clock,
      log,
      notice: (level, code, detail) => announcer.emit({ name: 'notice', data: { level, code, detail } }),
    });
    announcer.heard.on(({ kinds }) => {
      if (kinds.has('deleted') || kinds.has('retention') || kinds.has('draft'))
        announcer.emit({ name: 'tidy.changed', data: {} });
    });
    const asked = new AbortController();
    closers.defer(() => asked.abort(cancelled()));
    const ask: Call = (name, input, chunk = () => {}) =>
      callHandler(handlers, name, input, { signal: asked.signal, chunk });
    const backups = openBackups({
      ...shared,
      secrets: services.secrets,
      dir,
      version,
      call: ask,
      restart: services.restart,
      choose: services.choose,
      notice: (level, code, detail) => announcer.emit({ name: 'notice', data: { level, code, detail } }),
    });
    closers.add(backups.copies);
    const handlers: Handlers = {
      ...serverHandlers(servers),
      ...profileHandlers({
        ...shared,
        name: basename(dir),
        version,
        host: services.kind === 'electron' ? 'electron' : 'browser',
        takeRestarted,
        isOffline: async () => (servers.opened() ? (await servers()).imap.offline : false),
      }),
      ...folderHandlers({
        ...shared,
        server: {
          create: async (...rest) => (await servers()).folders.create(...rest),
          rename: async (...rest) => (await servers()).folders.rename(...rest),
          remove: async (...rest) => (await servers()).folders.remove(...rest),
          subscribe: async (...rest) => (await servers()).folders.subscribe(...rest),
        },
        fetchBody,
        openFolder: (folder) => void servers().then((each) => each.openFolder(folder)),
      }),
      ...messageHandlers({ ...shared, frames, frameBase: () => services.frameBase(), fetchBody }),
      ...viewHandlers({
        ...shared,
        settled: (view) => {
          // The profile may be closing; nobody waits for this.
          settled(view).catch((failure: unknown) => log.debug('settled-failed', { failure }));
        },
      }),
      ...searchHandlers({ ...shared, counter }),
      ...identityHandlers(shared),
      ...signatureHandlers(shared),
      ...spellingHandlers({ store, spelling }),
      ...lookHandlers(shared),
      ...ruleHandlers({ ...shared, rules, fetchBody }),
      ...importHandlers({ ...shared, now: () => clock.now() }),
      ...movingHandlers({ ...shared, now: () => clock.now(), call: ask }),
      ...backups.handlers,
      ...hosting.handlers,
      ...contacts.handlers,
      ...tidyHandlers({ store, tidy, notices }),
      ...profilesHandlers(services.profiles),
    };

    async function settled(
      view: Parameters<Parameters<typeof viewHandlers>[0]['settled']>[0],
    ): Promise<void> {
      const all = await store.read('folders.list');
      announcer.touch(view.scope.in === 'folder' ? [view.scope.folder] : all.map((each) => each.id));
    }

    if (background) {
      await indexer.start();
      void rules.start().catch((failure: unknown) => log.warn('rules-failed', { failure }));
      void hosting.apply();
      contacts.start();
      backups.copies.start();
      // Servers are slow to load and slower to answer: windows are served meanwhile.
      const starting = servers().then((each) => each.start());
      starting.catch((failure: unknown) => {
        if (!closers.closed) log.error('servers-failed', { failure });
      });
      closers.defer(
        upkeep(
          clock,
          async () => {
            await store.write('messages.reclaim');
            await tidy.upkeep();
          },
          log,
        ),
      );
    }
    return {
      handlers,
      events: (listener) => announcer.events.on(listener),
      store,
      pool,
      jobs,
      indexer,
      frames,
      rules,
      async sync(input) {
        const reports = await (await servers()).sync(input);
        await rules.arrivals.settled();
        await (await servers()).sendDue();
        return reports;
      },
      send: async (account, letter) => (await servers()).send(account, letter),
      async close() {
        // While everything is still open; a host that cannot wait ends the process, and the last copy stays as it is.
        if (background && !closers.closed)
          await backups.copies
            .atEnd()
            .catch((failure: unknown) => log.warn('copy-at-end-failed', { failure }));
        await closers.close();
      },
    };
  } catch (failure) {
    await closers.close().catch((again: unknown) => log.warn('close-failed', { failure: again }));
    throw failure;
  }
}

interface LazyServers {
  (): Promise<Servers>;
  opened(): boolean;
}

/** Opened once, when first asked for. */
function lazyServers(closers: Closers, open: () => Promise<Servers>): LazyServers {
  let servers: Promise<Servers> | null = null;
  closers.defer(async () => {
    await (await servers?.catch(() => null))?.close();
  });
  const get = (): Promise<Servers> => {
    if (closers.closed) return Promise.reject(cancelled());
    servers ??= open();
    return servers;
  };
  return Object.assign(get, { opened: () => servers !== null });
}

/** The entries of accounts, drafts and the outbox, which load their rooms when they are first asked. */
function serverHandlers(servers: LazyServers): ServerHandlers {
  const names = (Object.keys(mailEntries) as EntryName[]).filter((name) =>
    /^(accounts|maildrop|schedule|drafts|outbox|receipts|merge)\.|^messages\.redirect$/.test(name),
  );
  const entries = names.map((name) => {
    const handler = async (input: never, call: CallOptions): Promise<unknown> => {
      const { handlers } = await servers();
      const found = handlers[name as keyof ServerHandlers] as (
        value: never,
        options: CallOptions,
      ) => Promise<unknown>;
      return found(input, call);
    };
    return [name, handler] as const;
  });
  return Object.fromEntries(entries) as unknown as ServerHandlers;
}

/** Repeats housekeeping until the returned function is called. */
function upkeep(clock: Clock, work: () => Promise<void>, log: Log): () => void {
  let stop: () => void = () => {};
  let stopped = false;
  const run = (): void => {
    work()
      .catch((failure: unknown) => log.warn('upkeep-failed', { failure }))
      .finally(() => {
        if (!stopped) stop = clock.after(UPKEEP_EVERY, run);
      });
  };
  stop = clock.after(UPKEEP_FIRST, run);
  return () => {
    stopped = true;
    stop();
  };
}
