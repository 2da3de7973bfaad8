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
import { Fault } from '../base/errors.ts';
import { type Log, silentLog } from '../base/log.ts';
import type { Output } from '../contract/contract.ts';
import type { EngineEvents, Handlers } from '../contract/door.ts';
import { openStore } from '../store/store.ts';
import { openPool, type Pool } from '../store/threads.ts';
import { Announcer } from './announcer.ts';
import { ingestModule, programModule } from './entries.ts';
import { folderHandlers } from './handlers/folders.ts';
import { importHandlers } from './handlers/import.ts';
import { messageHandlers } from './handlers/messages.ts';
import { profileHandlers } from './handlers/profile.ts';
import { searchHandlers } from './handlers/search.ts';
import { viewHandlers } from './handlers/views.ts';
import { Jobs } from './jobs.ts';
import type { IngestCalls } from './messages/ingest.ts';
import type { ClientProgram, ClientStore } from './program.ts';
import { Indexer } from './search/indexer.ts';
import { Frames, type Served } from './security/frames.ts';
import type { PictureOptions } from './security/pictures.ts';
import type { Secrets } from './security/vault.ts';
import { readSettings } from './settings.ts';

export type OutboxItem = Output<'outbox.list'>[number];

/** What a host lends to the engine. */
export interface HostServices {
  readonly kind: 'electron' | 'browser' | 'command-line';
  readonly secrets: Secrets;
  /** Origin where the host serves Frames, without a slash at its end; '' when it serves none. */
  frameBase(): string;
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
  sync(options: { account: number | undefined; once: boolean; signal: AbortSignal }): Promise<SyncReport[]>;
  /** A ready letter, as it stands, to its recipients. Resolves when its outcome is known. */
  send(account: number, letter: Uint8Array): Promise<OutboxItem>;
  close(): Promise<void>;
}

/** What a pass did, one an account. */
export interface SyncReport {
  /** Its address. */
  account: string;
  folders: number;
  newMessages: number;
  /** Octets of letters that came. */
  bytes: number;
  seconds: number;
  /** A sentence; null: all went well. */
  error: string | null;
}

const INGEST_THREADS = 2;
/** Housekeeping: a first time after a minute, then every hour, ms. */
const UPKEEP_FIRST = 60_000;
const UPKEEP_EVERY = 3_600_000;

/** @throws Fault user `store-in-use`, `store-too-new`, `no-access` */
export async function openProfile(options: ProfileOptions): Promise<Profile> {
  const { dir, services, log = silentLog, clock = systemClock, background = true } = options;
  const closers = new Closers();
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const store = closers.add(await openStore<ClientProgram>({ dir, program: programModule, log }));
    const pool = closers.add(
      await openPool<IngestCalls>({ module: ingestModule, size: INGEST_THREADS, log, name: 'ingest' }),
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
        onFailure: (failure) => log.warn('announce-failed', { failure }),
      }),
    );
    closers.defer(store.changes.on((batch) => announcer.take(batch)));
    jobs.changed.on((data) => announcer.emit({ name: 'jobs.changed', data }));
    announcer.heard.on(({ kinds }) => {
      if (kinds.has('message')) indexer.wake();
    });

    let restarted = options.restarted ?? false;
    const takeRestarted = (): boolean => {
      const was = restarted;
      restarted = false;
      return was;
    };
    const fetchBody = async (message: number): Promise<void> => {
      throw new Fault('transient', 'offline', 'There is no connection to the server.', {
        detail: { message },
      });
    };
    const offline = async (): Promise<never> => {
      throw new Fault('transient', 'offline', 'There is no connection to the server.');
    };
    const shared = { store, pool, jobs, indexer, clock, log };
    const handlers = {
      ...profileHandlers({
        ...shared,
        name: basename(dir),
        version: options.version ?? '0.1.0',
        host: services.kind === 'electron' ? 'electron' : 'browser',
        takeRestarted,
        isOffline: () => false,
      }),
      ...folderHandlers({
        ...shared,
        server: { create: offline, rename: offline, remove: offline, subscribe: offline },
        fetchBody,
        openFolder: () => {},
      }),
      ...messageHandlers({ ...shared, frames, frameBase: () => services.frameBase(), fetchBody }),
      ...viewHandlers({ ...shared, settled: (view) => void settled(view) }),
      ...searchHandlers(shared),
      ...importHandlers({ ...shared, now: () => clock.now() }),
    } as Handlers;

    async function settled(
      view: Parameters<Parameters<typeof viewHandlers>[0]['settled']>[0],
    ): Promise<void> {
      const all = await store.read('folders.list');
      announcer.touch(view.scope.in === 'folder' ? [view.scope.folder] : all.map((each) => each.id));
    }

    if (background) {
      await indexer.start();
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
      sync: offline,
      send: offline,
      close: () => closers.close(),
    };
  } catch (failure) {
    await closers.close().catch((again: unknown) => log.warn('close-failed', { failure: again }));
    throw failure;
  }
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
