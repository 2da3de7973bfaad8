/**
 * Rules run over a folder on demand: a job, and one undo.
 *
 * A run never sends, sounds or notifies: nothing could take that back.
 */
import { randomUUID } from 'node:crypto';
import { Fault } from '../../base/errors.ts';
import type { Parsed } from '../../contract/contract.ts';
import type { JobHandle, Jobs } from '../jobs.ts';
import type { Judged } from './apply.ts';
import { judgeRows, type RuleDeps } from './arrivals.ts';
import type { RuleSet } from './judge.ts';

/** Letters of a run in one transaction. */
const BATCH = 200;

export type RunDeps = Pick<RuleDeps, 'store' | 'thread' | 'clock' | 'log'> & { jobs: Jobs };

export class Runs {
  readonly #deps: RunDeps;
  readonly #running = new Set<Promise<void>>();

  constructor(deps: RunDeps) {
    this.#deps = deps;
  }

  /** Starts a run; its job tells how it goes. */
  async run(input: Parsed<'rules.run'>): Promise<{ job: string; undo: string; done: Promise<void> }> {
    const { store, jobs } = this.#deps;
    const folder = await store.read('folders.get', { id: input.folder });
    const set = await store.read('rules.set', input.rules);
    if (input.rules && set.rules.length < input.rules.length)
      throw new Fault('user', 'no-such-rule', 'This rule is not there any more, or it cannot run.');
    const token = randomUUID();
    await store.write('rules.begun', { token, folder: input.folder });
    const job = jobs.start('rules', folder.path, 'letters', { total: folder.total });
    const done = this.#run(input.folder, set, token, job).then(
      () => job.done(),
      (failure: unknown) => job.failed(failure),
    );
    this.#running.add(done);
    void done.finally(() => this.#running.delete(done));
    return { job: job.id, undo: token, done };
  }

  async #run(folder: number, set: RuleSet, token: string, job: JobHandle): Promise<void> {
    const { store } = this.#deps;
    let seen = 0;
    let batch = 0;
    for (let below = Number.MAX_SAFE_INTEGER; ; ) {
      await job.checkpoint();
      const rows = await store.read('rules.letters', { folder, below, limit: BATCH });
      const last = rows.at(-1);
      if (!last) return;
      below = last.key;
      const verdicts = await judgeRows(this.#deps, set, rows);
      await job.checkpoint();
      const judged = verdicts
        .filter((each) => each.held.length > 0)
        .map((each): Judged => ({ ...each, before: [] }));
      let caught = 0;
      if (judged.length > 0)
        caught = (await store.write('rules.apply', { verdicts: judged, run: { token, batch: batch++ } }))
          .caught;
      await store.write('rules.ran', { token, letters: rows.length, caught });
      seen += rows.length;
      job.progress(seen);
    }
  }

  async close(): Promise<void> {
    await Promise.all(this.#running);
  }
}
