/**
 * Rules on demand: what an edit would catch, and a run over a folder. A preview keeps the letters' facts in the rules' thread
 * while it is looked at, so that an edit costs a look at facts and no reading. A run is a job, and one undo.
 *
 * A run never sends, sounds or notifies: nothing could take that back.
 */
import { randomUUID } from 'node:crypto';
import { cancelled, Fault } from '../../base/errors.ts';
import type { Parsed } from '../../contract/contract.ts';
import type { Rule, RuleDraft, RulePreview } from '../../contract/mail/rules.ts';
import type { JobHandle, Jobs } from '../jobs.ts';
import type { Judged } from './apply.ts';
import { judgeRows, type RuleDeps } from './arrivals.ts';
import type { RuleSet, Verdict } from './judge.ts';
import { loaded } from './octets.ts';

/** Letters read for a preview in one go. */
const LOADED = 500;
/** Letters of a run in one transaction. */
const BATCH = 200;
/** A preview that nobody has asked for this long lets its letters go, ms. */
const ROOM_KEPT_MS = 120_000;

export type RunDeps = Pick<RuleDeps, 'store' | 'thread' | 'clock' | 'log'> & { jobs: Jobs };

export class Runs {
  readonly #deps: RunDeps;
  #forget: (() => void) | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  readonly #running = new Set<Promise<void>>();

  constructor(deps: RunDeps) {
    this.#deps = deps;
  }

  /** One at a time: a window asks again with every letter typed, and only the last answer counts. */
  preview(input: Parsed<'rules.preview'>, signal: AbortSignal): Promise<RulePreview> {
    const turn = this.#turn.then(() => {
      if (signal.aborted) throw cancelled();
      return this.#preview(input, signal);
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #preview(input: Parsed<'rules.preview'>, signal: AbortSignal): Promise<RulePreview> {
    const { store, thread, clock } = this.#deps;
    const set = await this.#set(input.draft, input.rules);
    const before = input.saved === null ? null : await this.#saved(input.saved);
    const body = set.rules.length > 0 && (await thread.call('body', { set }));
    const room = `${input.folder ?? 'inbox'}`;
    const { folder, limit } = input;
    const ids = await store.read('rules.newest', { folder, limit }, { signal });
    const missing = await thread.call('missing', { room, body, ids });
    for (let at = 0; at < missing.length; at += LOADED) {
      const rows = await store.read('rules.lettersOf', { ids: missing.slice(at, at + LOADED) }, { signal });
      for await (const letters of loaded(store, rows, body)) {
        if (signal.aborted) throw cancelled();
        const transfer = letters.map(({ bytes }) => bytes.buffer as ArrayBuffer);
        await thread.call('fill', { room, body, letters }, { transfer });
      }
    }
    this.#forget?.();
    this.#forget = clock.after(ROOM_KEPT_MS, () => void thread.call('clear', undefined).catch(() => {}));
    const found = await thread.call(
      'preview',
      { room, ids, set, before, now: clock.now(), rows: input.rows },
      { signal },
    );
    const broken = found.broken[0];
    if (broken)
      throw new Fault('user', broken.code, 'The pattern cannot be used.', {
        detail: { reason: broken.detail },
      });
    return this.#shown(input, set, ids.length, found);
  }

  async #shown(
    input: Parsed<'rules.preview'>,
    set: RuleSet,
    scanned: number,
    found: { held: Verdict[]; fresh: number[]; waiting: number },
  ): Promise<RulePreview> {
    const { store } = this.#deps;
    const held = found.held;
    const places = await store.read('rules.places', { ids: held.map((each) => each.id) });
    const place = new Map(places.map((each) => [each.id, each]));
    const targets = new Map(
      set.rules.map((rule) => [rule.id, rule.actions.find((each) => each.do === 'move')?.to ?? null]),
    );
    const isThere = (id: number, rule: number): boolean => {
      const target = targets.get(rule);
      return target !== null && target !== undefined && place.get(id)?.folder === target;
    };
    const elsewhere = held.filter((each) => each.held[0] && isThere(each.id, each.held[0].rule)).length;
    const shown = held.slice(0, input.rows);
    const rows = await store.read('views.rows', { ids: shown.map((each) => each.id) });
    const byId = new Map(rows.map((row) => [row.id, row]));
    const fresh = new Set(found.fresh);
    return {
      scanned,
      count: held.length,
      fresh: input.saved === null && input.draft === null ? 0 : fresh.size,
      elsewhere,
      waiting: found.waiting,
      rows: shown.flatMap(({ id, held: by }) => {
        const row = byId.get(id);
        const first = by[0];
        if (!row || !first) return [];
        return {
          row,
          reasons: by.flatMap((each) => each.reasons).slice(0, 5),
          fresh: fresh.has(id),
          elsewhere: isThere(id, first.rule) ? (place.get(id)?.path ?? '') : '',
          rules: by.map((each) => each.name),
        };
      }),
    };
  }

  /** The draft alone, or the rules as they are. */
  async #set(draft: RuleDraft | null, only: readonly number[] | null): Promise<RuleSet> {
    const { store, thread } = this.#deps;
    if (draft === null) return store.read('rules.set', only === null ? null : [...only]);
    await thread.call('check', { rule: draft });
    return { rules: [{ ...draft, id: 1 }], accounts: await store.read('rules.accountsOf', [draft]) };
  }

  async #saved(id: number): Promise<RuleSet | null> {
    const rule = (await this.#deps.store.read('rules.list')).find((each: Rule) => each.id === id);
    return rule && !rule.problem ? { rules: [rule], accounts: [] } : null;
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
    this.#forget?.();
    await Promise.all([...this.#running, this.#turn]);
  }
}
