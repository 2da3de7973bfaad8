/**
 * The office server put together: store -> directory -> mailstore -> queue -> listeners. Whoever hosts it (a service,
 * the desktop program, a command line, a test) opens it here and nowhere else.
 *
 * Invariants:
 * - Nothing listens until listen() is called, so an administrator's command works on a stopped office with the same rooms.
 * - Quit order: listeners stop accepting and let transactions finish, then the relay, then the store.
 * - A setting that was changed counts at the next use, without a restart.
 *
 * It must never import the client, Electron or a window.
 */
import type { Clock } from '../base/clock.ts';
import { systemClock } from '../base/clock.ts';
import { Closers } from '../base/disposable.ts';
import type { Log } from '../base/log.ts';
import { type Dns, systemDns, systemReverse } from '../net/dns.ts';
import type { TlsSource } from '../net/listener.ts';
import { openStore } from '../store/store.ts';
import type { OfficeContext } from './context.ts';
import type { DirectoryAdmin } from './directory/admin.ts';
import { openAdmin } from './directory/office-admin.ts';
import { openDirectory } from './directory/office-directory.ts';
import { openSecretBox } from './directory/secret-box.ts';
import { openAuthenticator } from './directory/sign-in.ts';
import { programModule } from './entries.ts';
import { openGuard } from './guard/office-guard.ts';
import { type Listen, openListeners, type Ports } from './listeners.ts';
import { type OpenMailstore, openMailstore } from './mailstore/office-mailstore.ts';
import { type OfficeSettings, readSettings } from './office-settings.ts';
import type { OfficeProgram, OfficeStore } from './program.ts';
import { applyConfig, type Config, type Provisioned } from './provision.ts';
import { type OfficeQueue, openQueue } from './queue/office-queue.ts';
import { openRecords } from './records.ts';
import { newQueueId } from './smtp/trace-header.ts';

export interface OfficeOptions {
  /** The office's folder; made if absent. */
  readonly dir: string;
  readonly log: Log;
  /** Asked when something listens. */
  readonly tls: TlsSource;
  /** The office's CA certificate, PEM, for whoever asks the web port; null: there is none. */
  readonly authority?: () => string | null;
  readonly clock?: Clock;
  readonly dns?: Dns;
  /** Names of an address; default the system's. */
  readonly reverse?: (ip: string) => Promise<string[]>;
  /** For tests: another port than 25 for MX hosts. */
  readonly mxPort?: number;
  /** Authorities besides the system's that may vouch for a smarthost, PEM. */
  readonly authorities?: readonly string[];
}

export interface Office {
  readonly store: OfficeStore;
  readonly context: OfficeContext;
  readonly admin: DirectoryAdmin;
  readonly mailstore: OpenMailstore;
  readonly queue: OfficeQueue;
  settings(): OfficeSettings;
  /** Reads the settings again after an administrator changed them. */
  reload(): Promise<void>;
  /** Applies the file of a silent installation; the same file twice changes nothing. */
  provision(config: Config): Promise<Provisioned>;
  /** @throws Fault user `port-in-use`, `no-access`, `bad-address`; `no-postmaster` for an office without people. */
  listen(listen: Listen): Promise<Ports>;
  /** True from listen() on. */
  readonly listening: boolean;
  /** Sessions open now. */
  readonly sessions: number;
  close(graceMs: number): Promise<void>;
}

/** Ms between two looks at what has outlived its time: expunged letters, old traces. */
const SWEEP_EVERY_MS = 60 * 60 * 1000;
/** Stories of letters are kept this long. */
const TRACE_KEPT_MS = 90 * 24 * 60 * 60 * 1000;
const TRACE_SLICE = 1000;

/** @throws Fault user `store-in-use`, `store-too-new`, `store-wrong-kind`, `no-access`. */
export async function openOffice(options: OfficeOptions): Promise<Office> {
  const { dir, log } = options;
  const clock = options.clock ?? systemClock;
  const closers = new Closers();
  try {
    const records = openRecords(log, clock);
    const onWritten = (ms: number) => records.meters.time('commit', ms);
    const store = closers.add(
      await openStore<OfficeProgram>({
        dir,
        program: programModule,
        log,
        onWritten,
        // Words of letters stand in the office's own tables.
        indexed: false,
        readersOnDemand: true,
      }),
    );
    const mailstore = closers.add(await openMailstore(store, { dir, clock, log }));
    const box = await openSecretBox(dir);
    const directory = openDirectory(store);
    closers.defer(() => directory.close());
    const admin = openAdmin(store, directory, box);
    let settings = await readSettings(admin);
    const guard = await openGuard({ store, clock, log, policy: () => settings.guard });
    const authenticator = openAuthenticator({ store, directory, guard, box, clock, log });
    closers.defer(() => authenticator.close());
    const queue = openQueue({
      store,
      directory,
      mailstore,
      clock,
      log,
      dns: options.dns ?? systemDns(),
      settings: () => settings.relay,
      newQueueId: () => newQueueId(clock.now()),
      ...(options.mxPort ? { mxPort: options.mxPort } : {}),
      ...(options.authorities ? { authorities: options.authorities } : {}),
    });
    const context: OfficeContext = {
      clock,
      log,
      records,
      directory,
      authenticator,
      guard,
      mailstore,
      queue,
      tls: options.tls,
      policy: () => settings.policy,
    };
    const listeners = openListeners(context, {
      authority: options.authority ?? (() => null),
      queue: () => queue.counts(),
      reverse: options.reverse ?? systemReverse,
    });
    const reload = async () => {
      settings = await readSettings(admin);
    };
    const sweep = async () => {
      await mailstore.sweep();
      const before = clock.now() - TRACE_KEPT_MS;
      let pruned = TRACE_SLICE;
      while (pruned === TRACE_SLICE) {
        pruned = await store.write('queue.pruneTrace', { before, limit: TRACE_SLICE });
      }
      await store.compact();
    };
    let listening = false;
    let stopSweeping = () => {};
    let sweeping: Promise<void> | undefined;
    const sweepLater = () => {
      stopSweeping = clock.after(SWEEP_EVERY_MS, () => {
        sweeping = sweep()
          .catch((failure: unknown) => log.error('sweep', { failure }))
          .then(sweepLater);
      });
    };
    return {
      store,
      context,
      admin,
      mailstore,
      queue,
      settings: () => settings,
      reload,
      async provision(config) {
        const done = await applyConfig(config, admin);
        // Side by side: the store commits them in groups.
        await Promise.all((await admin.people()).map(({ id }) => mailstore.provision(id)));
        await reload();
        if (done.changed.length > 0) log.info('provisioned', { changed: done.changed.slice(0, 100) });
        return done;
      },
      async listen(listen) {
        const ports = await listeners.open(listen);
        mailstore.warm();
        listening = true;
        await queue.start();
        sweepLater();
        return ports;
      },
      get listening() {
        return listening;
      },
      get sessions() {
        return listeners.sessions;
      },
      async close(graceMs) {
        stopSweeping();
        await listeners.close(graceMs);
        await queue.close(graceMs);
        await sweeping;
        await closers.close();
      },
    };
  } catch (failure) {
    await closers.close();
    throw failure;
  }
}
