/** The sample office: the contract's names over the room of import. Old mail is moving.ts. */
import type { Clock } from '../../base/clock.ts';
import type { Handlers } from '../../contract/door.ts';
import {
  type ImportControl,
  type ImportDeps,
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

type Served = 'sample.create' | 'sample.remove';

function control(job: JobHandle, total: number | null): ImportControl {
  return {
    checkpoint: () => job.checkpoint(),
    progress: (_, position) => job.progress(position, total),
  };
}

export function importHandlers(deps: ImportHandlerDeps): Pick<Handlers, Served> {
  const { store, clock } = deps;

  return {
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
