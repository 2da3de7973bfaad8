/** Old mail in, everything out: the contract's names over the rooms of import and backup. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { toFault } from '../../base/errors.ts';
import type { CallOptions, Handlers } from '../../contract/door.ts';
import type { BringReport } from '../../contract/mail/moving.ts';
import { safeFilename } from '../../mail/filename.ts';
import { openPool, type Pool } from '../../store/threads.ts';
import { movingModule } from '../entries.ts';
import { noSuchFolder } from '../folders/rows.ts';
import { type Call, restoreBelongings, takePeople } from '../import/belongings.ts';
import { type BringOptions, bring, previewBring } from '../import/bring.ts';
import { readExport } from '../import/export-manifest.ts';
import { type Foreign, type ForeignPlaces, takeForeign } from '../import/foreign.ts';
import type { ImportDeps } from '../import/importer.ts';
import type { MovingCalls } from '../import/moving-thread.ts';
import { type Origin, type OriginKind, openOrigin } from '../import/origins.ts';
import type { Person } from '../import/outlook/person.ts';
import { addBrought } from '../import/report.ts';
import { findStores } from '../import/stores.ts';
import type { JobHandle, Jobs } from '../jobs.ts';

export interface MovingDeps extends ImportDeps {
  jobs: Jobs;
  clock: Clock;
  /** The other rooms, asked as a window asks. */
  call: Call;
}

type Served =
  | 'import.start'
  | 'import.bytes'
  | 'moving.find'
  | 'moving.preview'
  | 'moving.start'
  | 'moving.reports';

interface Request {
  paths: readonly string[];
  folder: number | null;
  everywhere: boolean;
}

/**
 * Opens what is at the paths, and closes everything again when `use` has ended. With `onProblem` a path that cannot be
 * opened is told and the others go on.
 */
export async function withOrigins<T>(
  deps: Pick<MovingDeps, 'log'>,
  paths: readonly string[],
  use: (origins: Origin[]) => Promise<T>,
  options: { kind?: OriginKind | undefined; onProblem?: (path: string, reason: string) => void } = {},
): Promise<T> {
  const opened: Origin[] = [];
  let pool: Promise<Pool<MovingCalls>> | null = null;
  const moving = (): Promise<Pool<MovingCalls>> => {
    pool ??= openPool<MovingCalls>({ module: movingModule, size: 1, log: deps.log, name: 'moving' });
    return pool;
  };
  try {
    for (const path of paths) {
      try {
        opened.push(...(await openOrigin(path, moving, options.kind)));
      } catch (failure) {
        const { kind, code } = toFault(failure);
        if (kind !== 'user' || !options.onProblem) throw failure;
        options.onProblem(path, code);
      }
    }
    return await use(opened);
  } finally {
    for (const origin of opened) await origin.close().catch(() => {});
    await (await (pool as Promise<Pool<MovingCalls>> | null)?.catch(() => null))?.close();
  }
}

export function movingHandlers(deps: MovingDeps): Pick<Handlers, Served> {
  const { store, jobs, clock } = deps;

  async function checked(folder: number | null): Promise<void> {
    if (folder === null) return;
    const row = await store.read('folders.get', { id: folder });
    if (row.selectable === 0) throw noSuchFolder(folder);
  }

  const subjectOf = (origins: readonly Origin[]): string =>
    origins
      .map((origin) => (origin.title === '' ? basename(origin.path) : origin.title))
      .join(', ')
      .slice(0, 200);

  const optionsFor = (request: Request, origins: readonly Origin[], signal: AbortSignal): BringOptions => ({
    origins,
    folder: request.folder,
    everywhere: request.everywhere,
    readByDefault: true,
    subfolders: true,
    signal,
  });

  const controlOf = (job: JobHandle, total: number) => ({
    checkpoint: () => job.checkpoint(),
    progress: (position: number) => job.progress(Math.min(position, total), total),
  });

  async function run(job: JobHandle, request: Request, origins: Origin[], total: number): Promise<void> {
    const options = {
      ...optionsFor(request, origins, job.signal),
      takePeople: (people: readonly Person[]) => takePeople(deps.call, people),
      takeForeign: (foreign: Foreign, places: ForeignPlaces) => takeForeign(deps.call, foreign, places),
    };
    const report = await bring(deps, options, controlOf(job, total));
    for (const origin of origins) {
      if (origin.kind !== 'postroom') continue;
      const problem = (path: string, reason: string): void => void report.unreadable.push({ path, reason });
      const local = () => store.write('folders.ensureLocal');
      const manifest = await readExport(origin.path);
      addBrought(report, await restoreBelongings(deps.call, origin.path, manifest, local, problem));
    }
    await store.write('moving.report', { at: clock.now(), subject: subjectOf(origins), report });
    job.done({
      imported: report.letters,
      duplicates: report.doubles,
      skipped: report.unreadable,
      people: report.people,
      rules: report.rules,
      signatures: report.signatures,
      thrownAway: report.thrownAway,
      others: report.others,
    });
  }

  /** Resolves with the job when everything is opened; the work goes on behind. */
  function start(request: Request, after: () => Promise<void> = async () => {}): Promise<string> {
    return new Promise((resolve, reject) => {
      withOrigins(deps, request.paths, async (origins) => {
        const total = origins.reduce((sum, origin) => sum + origin.size, 0);
        const job = jobs.start('import', subjectOf(origins), 'bytes', { canPause: true, total });
        resolve(job.id);
        await run(job, request, origins, total).catch((failure: unknown) => job.failed(failure));
      })
        .catch(reject)
        .finally(after)
        .catch((failure: unknown) => deps.log.warn('import-tidy-failed', { failure }));
    });
  }

  async function preview(request: Request, { signal }: CallOptions): Promise<BringReport> {
    return withOrigins(deps, request.paths, async (origins) => {
      const total = origins.reduce((sum, origin) => sum + origin.size, 0);
      const job = jobs.start('preview', subjectOf(origins), 'bytes', { canPause: true, total });
      const both = AbortSignal.any([job.signal, signal]);
      const control = controlOf(job, total);
      const checkpoint = async (): Promise<void> => {
        await control.checkpoint();
        both.throwIfAborted();
      };
      try {
        const report = await previewBring(store, optionsFor(request, origins, both), {
          ...control,
          checkpoint,
        });
        job.done();
        return report;
      } catch (failure) {
        job.failed(failure);
        throw failure;
      }
    });
  }

  return {
    async 'import.start'({ paths, folder }) {
      await checked(folder);
      return { job: await start({ paths, folder, everywhere: false }) };
    },
    async 'import.bytes'({ name, bytes, folder }) {
      await checked(folder);
      const dir = await mkdtemp(join(tmpdir(), 'postroom-upload-'));
      const path = join(dir, safeFilename(name, 'letter.eml'));
      await writeFile(path, bytes, { mode: 0o600 });
      const request = { paths: [path], folder, everywhere: false };
      return { job: await start(request, () => rm(dir, { recursive: true, force: true })) };
    },
    'moving.find': async (_, { signal }) => ({ stores: await findStores({ signal }) }),
    async 'moving.preview'(request, call) {
      await checked(request.folder);
      return preview(request, call);
    },
    async 'moving.start'(request) {
      await checked(request.folder);
      return { job: await start(request) };
    },
    'moving.reports': () => store.read('moving.reports'),
  };
}
