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
import type { CallOptions, EngineEvents, Handlers } from '../contract/door.ts';
import { openStore } from '../store/store.ts';
import { openPool, type Pool } from '../store/threads.ts';
import { Announcer } from './announcer.ts';
import { ingestModule, programModule } from './entries.ts';
import { folderHandlers } from './handlers/folders.ts';
import { openHosting } from './handlers/hosting.ts';
import { importHandlers } from './handlers/import.ts';
import { lookHandlers } from './handlers/looks.ts';
import { messageHandlers } from './handlers/messages.ts';
import { profileHandlers } from './handlers/profile.ts';
import { searchHandlers } from './handlers/search.ts';
import { viewHandlers } from './handlers/views.ts';
import type { OfficeHost } from './hosting.ts';
import { Jobs } from './jobs.ts';
import { lazyPool } from './lazy-pool.ts';
import type { IngestCalls } from './messages/ingest.ts';
import type { ClientProgram, ClientStore } from './program.ts';
import { SearchCounter } from './search/counter.ts';
import { Indexer } from './search/indexer.ts';
import { Frames, type Served } from './security/frames.ts';
import type { PictureOptions } from './security/pictures.ts';
import type { Secrets } from './security/vault.ts';
import type { SentLetter, ServerHandlers, ServerParts, Servers, SyncOptions, SyncReport } from './servers.ts';
import { readSettings, writeSettings } from './settings.ts';

/** What a host lends to the engine. */
export interface HostServices {
  readonly kind: 'electron' | 'browser' | 'command-line';
  readonly secrets: Secrets;
  /** Origin where the host serves Frames, without a slash at its end; '' when it serves none. */
  frameBase(): string;
  /** Runs an office server beside the client; absent where that cannot be done. */
  readonly office?: OfficeHost;
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
  readonly frames: { serve(path: string): Promise<Served | null> };
  /** A full pass over one account or all; without `once` until the signal aborts. */
  sync(options: SyncOptions): Promise<SyncReport[]>;
  /** A ready letter, as it stands, to its recipients. Resolves when its outcome is known. */
  send(account: number, letter: Uint8Array): Promise<SentLetter>;
  close(): Promise<void>;
}

const INGEST_THREADS = 2;
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
    const store = closers.add(await openStore<ClientProgram>({ dir, program: programModule, log }));
    const pool = closers.add(
      lazyPool(INGEST_THREADS, () =>
        openPool<IngestCalls>({ module: ingestModule, size: INGEST_THREADS, log, name: 'ingest' }),
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
        everyMinutes: () => everyMinutes,
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
    const fetchBody = async (message: number): Promise<void> => (await servers()).fetchBody(message);
    const shared = { store, pool, jobs, indexer, clock, log };
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
      ...lookHandlers(shared),
      ...importHandlers({ ...shared, now: () => clock.now() }),
      ...hosting.handlers,
    };

    async function settled(
      view: Parameters<Parameters<typeof viewHandlers>[0]['settled']>[0],
    ): Promise<void> {
      const all = await store.read('folders.list');
      announcer.touch(view.scope.in === 'folder' ? [view.scope.folder] : all.map((each) => each.id));
    }

    if (background) {
      await indexer.start();
      void hosting.apply();
      // Servers are slow to load and slower to answer: windows are served meanwhile.
      const starting = servers().then((each) => each.start());
      starting.catch((failure: unknown) => {
        if (!closers.closed) log.error('servers-failed', { failure });
      });
      closers.defer(upkeep(clock, async () => void (await store.write('messages.reclaim')), log));
    }
    return {
      handlers,
      events: (listener) => announcer.events.on(listener),
      store,
      pool,
      jobs,
      indexer,
      frames,
      sync: async (input) => (await servers()).sync(input),
      send: async (account, letter) => (await servers()).send(account, letter),
      close: () => closers.close(),
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
    /^(accounts|drafts|outbox)\./.test(name),
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
