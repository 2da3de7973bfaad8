/** Old mail in, and the sample office: the contract's names over the room of import. */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import { measureSources } from '../../boxes/source.ts';
import type { Handlers } from '../../contract/door.ts';
import { safeFilename } from '../../mail/filename.ts';
import { noSuchFolder } from '../folders/rows.ts';
import { diskLetters } from '../import/disk.ts';
import {
  type ImportControl,
  type ImportDeps,
  type ImportReport,
  type IncomingSource,
  importLetters,
} from '../import/importer.ts';
import { OWNER } from '../import/sample/people.ts';
import { makeSample, SAMPLE_ADDRESS, SAMPLE_LETTERS, SAMPLE_TAGS } from '../import/sample/sample.ts';
import type { JobHandle, Jobs } from '../jobs.ts';
import { keywordFor } from '../messages/act.ts';
import { readSettings } from '../settings.ts';

export interface ImportHandlerDeps extends ImportDeps {
  jobs: Jobs;
  clock: Clock;
}

type Served = 'import.start' | 'import.bytes' | 'sample.create' | 'sample.remove';

function control(job: JobHandle, total: number | null): ImportControl {
  return {
    checkpoint: () => job.checkpoint(),
    progress: (_, position) => job.progress(position, total),
  };
}

async function readable(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await stat(path).catch((cause: unknown) => {
      const message = 'The file or folder cannot be read.';
      throw new Fault('user', 'no-access', message, { detail: { path }, cause });
    });
  }
}

export function importHandlers(deps: ImportHandlerDeps): Pick<Handlers, Served> {
  const { store, jobs, clock } = deps;

  /** The folder named, or the local Inbox where none is. */
  async function target(folder: number | null): Promise<number> {
    if (folder !== null) {
      const row = await store.read('folders.get', { id: folder });
      if (row.selectable === 0) throw noSuchFolder(folder);
      return folder;
    }
    const account = await store.write('folders.ensureLocal');
    const inbox = await store.read('folders.byRole', { account, role: 'inbox' });
    if (!inbox) throw noSuchFolder('Inbox');
    return inbox.id;
  }

  /** Runs as a job that its caller does not wait for. */
  async function start(paths: readonly string[], into: number, after: () => Promise<void>): Promise<string> {
    const total = await measureSources(paths);
    const subject = paths.map((path) => basename(path)).join(', ');
    const job = jobs.start('import', subject.slice(0, 200), 'bytes', { canPause: true, total });
    const problems: ImportReport['failed'] = [];
    const source = diskLetters(store, {
      paths,
      folder: into,
      readByDefault: true,
      subfolders: true,
      signal: job.signal,
      onProblem: (path, reason) => problems.push({ path, reason }),
    });
    importLetters(deps, source, control(job, total))
      .then(
        ({ imported, duplicates, failed }) =>
          job.done({ imported, duplicates, skipped: [...problems, ...failed] }),
        (failure: unknown) => job.failed(failure),
      )
      .finally(after);
    return job.id;
  }

  return {
    async 'import.start'({ paths, folder }) {
      await readable(paths);
      return { job: await start(paths, await target(folder), async () => {}) };
    },
    async 'import.bytes'({ name, bytes, folder }) {
      const into = await target(folder);
      const dir = await mkdtemp(join(tmpdir(), 'postroom-upload-'));
      const path = join(dir, safeFilename(name, 'letter.eml'));
      await writeFile(path, bytes, { mode: 0o600 });
      return { job: await start([path], into, () => rm(dir, { recursive: true, force: true })) };
    },
    async 'sample.create'() {
      const known = (await store.read('profile.accounts')).find((each) => each.sample !== 0);
      if (known) return { account: known.id };
      const language = (await readSettings(store)).language === 'ru' ? 'ru' : 'en';
      return { account: await fillSample(deps, clock.now(), language) };
    },
    async 'sample.remove'() {
      while (!(await store.write('sample.removeSome'))) {
        // Some letters at a time, so that other writes come in between.
      }
      deps.indexer.wake();
      return {};
    },
  };
}

/** Resolves with the account when its first letters can be read; the rest arrives behind, as a job. */
async function fillSample(deps: ImportHandlerDeps, now: number, language: 'en' | 'ru'): Promise<number> {
  const { store, jobs } = deps;
  const letters = [...makeSample(now, language)];
  const paths = [...new Set(letters.map((letter) => letter.folder))];
  const name = OWNER[language];
  const account = await store.write('sample.account', { address: SAMPLE_ADDRESS, name });
  const tags = SAMPLE_TAGS.map((tag) => ({ name: tag[language], colour: tag.colour }));
  const folders = await store.write('sample.folders', { account, paths, tags });
  const job = jobs.start('sample', SAMPLE_ADDRESS, 'letters', { total: SAMPLE_LETTERS, canCancel: false });
  const source = function* (): Generator<IncomingSource> {
    for (const [n, letter] of letters.entries()) {
      const bytes = Uint8Array.from(letter.bytes);
      yield {
        path: letter.folder,
        size: bytes.length,
        folder: folders[letter.folder] as number,
        flags: letter.flags,
        keywords: letter.tags.map(keywordFor),
        received: letter.date,
        position: n + 1,
        read: async () => bytes,
      };
    }
  };
  await new Promise<void>((resolve, reject) => {
    const watch = control(job, SAMPLE_LETTERS);
    const progress: ImportControl['progress'] = (report, position) => {
      watch.progress(report, position);
      resolve();
    };
    importLetters(deps, source(), { ...watch, progress }).then(
      ({ imported, duplicates, failed }) => {
        job.done({ imported, duplicates, skipped: failed });
        resolve();
      },
      (failure: unknown) => {
        job.failed(failure);
        reject(failure);
      },
    );
  });
  return account;
}
