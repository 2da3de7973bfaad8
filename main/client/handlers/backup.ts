/** Copies: one file with everything, and back; and everything as files that other programs read. */
import { basename } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Handlers } from '../../contract/door.ts';
import { openPool } from '../../store/threads.ts';
import { makeBackup } from '../backup/backup.ts';
import type { BackupManifest } from '../backup/manifest.ts';
import { lookAtBackup, restoreBeside, restoreWaits } from '../backup/restore.ts';
import { ScheduledCopies } from '../backup/schedule.ts';
import type { SnapshotFacts } from '../backup/snapshot-facts.ts';
import { movingModule } from '../entries.ts';
import { type Call, gatherBelongings } from '../import/belongings.ts';
import { exportEverything } from '../import/everything.ts';
import type { MovingCalls } from '../import/moving-thread.ts';
import type { Jobs } from '../jobs.ts';
import type { ClientStore } from '../program.ts';
import type { Secrets } from '../security/vault.ts';
import { readSettings } from '../settings.ts';

/** What a person is to choose in the system's dialog. */
export type Chosen = 'folder' | 'new-copy' | 'copy';

export interface BackupHandlerDeps {
  store: ClientStore;
  jobs: Jobs;
  clock: Clock;
  log: Log;
  secrets: Secrets;
  dir: string;
  version: string;
  /** The other rooms, asked as a window asks. */
  call: Call;
  /** A fact for the status bar. */
  notice(level: 'info' | 'warning', code: string, detail: Record<string, unknown>): void;
  /** Asks the system's dialog; absent where there is none. */
  choose?: ((what: Chosen) => Promise<string | null>) | undefined;
  /** The host closes this engine and opens another on the same folder; absent where it cannot. */
  restart?: (() => void) | undefined;
}

/** The entries, and the copies that are made by themselves. */
export interface Backups {
  readonly handlers: Pick<Handlers, Served>;
  readonly copies: ScheduledCopies;
}

type Served =
  | 'moving.export'
  | 'moving.choose'
  | 'backup.start'
  | 'backup.scheduled'
  | 'backup.now'
  | 'backup.list'
  | 'backup.look'
  | 'backup.restore'
  | 'backup.waiting'
  | 'backup.take';

/**
 * Looks into a database file in a thread of its own, which ends with the call.
 * @param whole it is about to be brought back: checked wholly, and its outgoing letters are held (backup/hold.ts)
 */
export async function factsInThread(log: Log, file: string, whole: boolean): Promise<SnapshotFacts> {
  const pool = await openPool<MovingCalls>({ module: movingModule, size: 1, log, name: 'moving' });
  try {
    const facts = await pool.call('snapshotFacts', { file, whole });
    if (whole) await pool.call('holdOutgoing', { file });
    return facts;
  } finally {
    await pool.close();
  }
}

const bytesOf = (manifest: BackupManifest): number =>
  manifest.files.reduce((sum, each) => sum + each.size, 0);

/** Copies of this profile, by hand and by themselves. */
export function openBackups(deps: BackupHandlerDeps): Backups {
  const { store, jobs, clock, log, secrets, dir, version } = deps;

  /** As a job, which is named at once. */
  function make(path: string, passphrase: string | null): { job: string; done: Promise<void> } {
    const job = jobs.start('backup', basename(path), 'bytes', { canPause: true });
    const work = async (): Promise<void> => {
      const done = await makeBackup(
        { store, secrets, clock, dir, program: version, facts: (file) => factsInThread(log, file, false) },
        {
          path,
          passphrase,
          signal: job.signal,
          checkpoint: () => job.checkpoint(),
          progress: (now, total) => job.progress(now, total),
        },
      );
      await store.write('moving.backup', { at: clock.now(), path, ...done, passwords: passphrase !== null });
      job.done({ imported: done.messages, duplicates: 0, skipped: [] });
    };
    const done = work();
    done.catch((failure: unknown) => job.failed(failure));
    return { job: job.id, done };
  }

  const copySettings = () => readSettings(store);
  const copies = new ScheduledCopies({
    clock,
    log,
    profile: basename(dir),
    settings: copySettings,
    made: () => store.read('moving.backups'),
    make: (path) => make(path, null).done,
    notice: (code, detail) => deps.notice('warning', code, detail),
  });
  const handlers: Backups['handlers'] = {
    async 'moving.export'({ dir: to, layout }) {
      const job = jobs.start('export', basename(to), 'letters', { canPause: true });
      exportEverything(
        {
          store,
          clock,
          rest: async () => {
            const local = (await store.read('profile.accounts')).find(
              (each) => each.kind === 'local' && each.sample === 0,
            );
            return gatherBelongings(deps.call, local?.id ?? null);
          },
        },
        {
          dir: to,
          layout,
          signal: job.signal,
          checkpoint: () => job.checkpoint(),
          progress: (done, total) => job.progress(done, total),
        },
      ).then(
        ({ letters, skipped }) => job.done({ imported: letters - skipped.length, duplicates: 0, skipped }),
        (failure: unknown) => job.failed(failure),
      );
      return { job: job.id };
    },
    'moving.choose': async ({ what }) => ({ path: (await deps.choose?.(what)) ?? null }),
    'backup.start': async ({ path, passphrase }) => ({ job: make(path, passphrase).job }),
    'backup.scheduled': () => copies.state(),
    async 'backup.now'() {
      const set = await copySettings();
      if (set.copyFolder === '')
        throw new Fault('user', 'no-copy-folder', 'No folder for copies has been chosen.');
      await copies.run(set);
      return copies.state();
    },
    'backup.list': () => store.read('moving.backups'),
    async 'backup.look'({ path }) {
      const manifest = await lookAtBackup(path);
      const { at, program, messages, accounts, passwords } = manifest;
      return {
        at,
        version: program,
        messages,
        bytes: bytesOf(manifest),
        accounts,
        passwords: passwords !== null,
      };
    },
    async 'backup.restore'({ path, passphrase }) {
      // A profile with mail in it is never replaced.
      const { letters, server } = await store.read('profile.hello');
      if (letters || server)
        throw new Fault('user', 'profile-not-empty', 'There is mail in this profile already.', {
          detail: { path: dir },
        });
      await lookAtBackup(path);
      const job = jobs.start('restore', basename(path), 'bytes');
      const work = async (): Promise<void> => {
        const { manifest, passwords } = await restoreBeside(dir, {
          path,
          passphrase,
          signal: job.signal,
          checkpoint: () => job.checkpoint(),
          progress: (now, total) => job.progress(now, total),
          facts: (file) => factsInThread(log, file, true),
        });
        for (const [name, value] of passwords) await secrets.set(name, value);
        job.done({ imported: manifest.messages, duplicates: 0, skipped: [] });
      };
      work().catch((failure: unknown) => job.failed(failure));
      return { job: job.id };
    },
    async 'backup.take'() {
      if (!restoreWaits(dir)) throw new Fault('user', 'nothing-waits', 'No copy waits to be taken.');
      deps.restart?.();
      return {};
    },
    'backup.waiting': async () => ({ waiting: restoreWaits(dir) }),
  };
  return { handlers, copies };
}
