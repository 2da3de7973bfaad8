/**
 * Keeping tidy, carried out: letters found twice or grown old are moved or erased in batches under one undo token, as jobs
 * that can be watched and stopped; retention runs once a day; room is given back to the disk.
 *
 * It must never take a letter away by a rule that nobody has looked at, nor a flagged one by its age; what it erases is
 * kept for a while (deleted.ts) like everything a person erases.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import { MAX_MESSAGE_BYTES } from '../../base/limits.ts';
import type { Log } from '../../base/log.ts';
import type { Action } from '../../contract/mail/messages.ts';
import type { DuplicateGroup } from '../../contract/mail/tidy.ts';
import type { Scope } from '../../contract/mail/views.ts';
import type { Pool } from '../../store/threads.ts';
import type { JobHandle, Jobs } from '../jobs.ts';
import type { IngestCalls } from '../messages/ingest.ts';
import type { ClientStore } from '../program.ts';
import { type Twins, toCompare, twinsOf } from './duplicates.ts';

export interface TidyDeps {
  store: ClientStore;
  pool: Pool<IngestCalls>;
  jobs: Jobs;
  clock: Clock;
  log: Log;
  /** A fact for the status bar. */
  notice(level: 'info' | 'warning', code: string, detail: Record<string, unknown>): void;
}

export interface Done {
  count: number;
  undo: string | null;
}

const DAY = 24 * 3_600_000;
/** Letters in one transaction, as actions of a person have them. */
const BATCH = 200;
/** Octets whose digests are asked for in one call. */
const COMPARED_AT_ONCE = 8 * 1024 * 1024;
/** A rule that waits to be looked at is named so often, ms. */
const TELL_EVERY = 7 * DAY;
const MOST_ROWS = 20;

export class Tidy {
  readonly #deps: TidyDeps;
  #running: Promise<unknown> = Promise.resolve();

  constructor(deps: TidyDeps) {
    this.#deps = deps;
  }

  /** Groups of letters that are the same. */
  async twins(scope: Scope, signal?: AbortSignal): Promise<Twins[]> {
    const { store, pool } = this.#deps;
    const found = await store.read('tidy.candidates', { scope });
    const sizes = new Map(found.map(({ blob, size }) => [blob, size]));
    const digests = new Map<string, string>();
    let batch: string[] = [];
    let octets = 0;
    const compare = async (): Promise<void> => {
      signal?.throwIfAborted();
      const read = await store.blobs.readMany(
        batch.map((hash) => ({ hash, start: 0, end: MAX_MESSAGE_BYTES })),
      );
      // One that cannot be read is like no other.
      const whole = batch.flatMap((hash, n) => {
        const bytes = read[n];
        return bytes instanceof Uint8Array ? [{ hash, bytes: Uint8Array.from(bytes) }] : [];
      });
      const made = await pool.call('contentDigests', { letters: whole.map(({ bytes }) => bytes) });
      whole.forEach(({ hash }, n) => {
        digests.set(hash, made[n] as string);
      });
      batch = [];
      octets = 0;
    };
    for (const blob of toCompare(found)) {
      batch.push(blob);
      octets += sizes.get(blob) ?? 0;
      if (octets >= COMPARED_AT_ONCE) await compare();
    }
    if (batch.length > 0) await compare();
    return twinsOf(found, digests);
  }

  async duplicates(scope: Scope, limit: number, signal: AbortSignal) {
    const twins = await this.twins(scope, signal);
    const extras = twins.flatMap(({ members }) => members.slice(1));
    const groups: DuplicateGroup[] = [];
    for (const { key, members } of twins.slice(0, limit)) {
      const ids = members.slice(0, MOST_ROWS).map(({ id }) => id);
      const rows = await this.#deps.store.read('views.rows', { ids });
      groups.push({ key, keep: ids[0] as number, rows, count: members.length });
    }
    return {
      groups,
      total: twins.length,
      extra: extras.length,
      size: extras.reduce((sum, { size }) => sum + size, 0),
    };
  }

  /** All but one of each group go to Trash. The groups are made anew: what changed since they were shown is seen. */
  removeDuplicates(scope: Scope, except: readonly string[]): Promise<Done> {
    return this.#alone(async () => {
      const spared = new Set(except);
      const twins = await this.twins(scope);
      const ids = twins
        .filter(({ key }) => !spared.has(key))
        .flatMap(({ members }) => members.slice(1).map(({ id }) => id));
      return this.#job(ids.length, (job) => this.#act(inBatches(ids), { do: 'delete' }, job));
    });
  }

  before(days: number): number {
    return this.#deps.clock.now() - days * DAY;
  }

  archiveOld(folder: number, days: number): Promise<Done> {
    return this.#alone(async () => {
      const older = { folder, before: this.before(days), unflagged: false };
      const { count } = await this.#deps.store.read('tidy.oldPreview', older);
      return this.#job(count, (job) => this.#act(this.#old(older), { do: 'archive' }, job));
    });
  }

  /**
   * Rules that are due. `all`: whenever they ran last, because a person asks for it.
   * @returns letters that went, and rules that wait to be looked at
   */
  runRetention(all: boolean): Promise<{ count: number; waiting: number }> {
    return this.#alone(async () => {
      const { store, clock, notice } = this.#deps;
      const now = clock.now();
      let count = 0;
      let waiting = 0;
      for (const rule of await store.read('tidy.rules')) {
        const older = { folder: rule.folder, before: this.before(rule.days), unflagged: true };
        if (!rule.confirmed) {
          waiting += 1;
          if (all || now - rule.told < TELL_EVERY) continue;
          const { count: would } = await store.read('tidy.oldPreview', older);
          if (would === 0) continue;
          await store.write('tidy.told', { folder: rule.folder });
          notice('warning', 'retention-waits', { ...(await this.#named(rule.folder)), count: would });
          continue;
        }
        if (!all && rule.lastRun !== null && now - rule.lastRun < DAY && now >= rule.lastRun) continue;
        const done = await this.#rule(rule.end, older);
        await store.write('tidy.ran', { folder: rule.folder, count: done });
        count += done;
      }
      return { count, waiting };
    });
  }

  async #rule(
    end: 'trash' | 'erase',
    older: { folder: number; before: number; unflagged: boolean },
  ): Promise<number> {
    const { count: total } = await this.#deps.store.read('tidy.oldPreview', older);
    if (total === 0) return 0;
    const { count } = await this.#job(total, (job) =>
      this.#act(this.#old(older), { do: end === 'trash' ? 'delete' : 'erase' }, job),
    );
    return count;
  }

  async #named(folder: number): Promise<{ folder: number; name: string }> {
    const row = await this.#deps.store.read('folders.get', { id: folder });
    return { folder, name: row.path };
  }

  /** Letters brought back, with what their octets say. */
  async bringBack(items: readonly { kind: 'letter' | 'draft'; id: number }[]): Promise<number> {
    const { store, pool } = this.#deps;
    let count = 0;
    for (const { kind, id } of items) {
      if (kind === 'draft') {
        const undo = await store.read('tidy.discarded', { id });
        if (undo === null) continue;
        await store.write('drafts.keep', { undo });
        count += 1;
        continue;
      }
      const blob = await store.read('tidy.deletedBlob', { id });
      if (!blob) continue;
      const bytes = Uint8Array.from(await store.blobs.read(blob));
      const { facts } = await pool.call('read', { bytes }, { transfer: [bytes.buffer] });
      if ((await store.write('tidy.bringBack', { id, facts })) !== null) count += 1;
    }
    if (count === 0 && items.length > 0)
      throw new Fault('user', 'no-such-message', 'This letter is not kept any more.');
    return count;
  }

  async forget(items: readonly { kind: 'letter' | 'draft'; id: number }[] | null): Promise<number> {
    const { store } = this.#deps;
    let count = 0;
    if (items) {
      for (const some of inBatches([...items])) count += await store.write('tidy.forget', { items: some });
      return count;
    }
    for (;;) {
      const { items: some } = await store.read('tidy.deleted', { from: 0, count: BATCH });
      if (some.length === 0) return count;
      const gone = await store.write('tidy.forget', { items: some.map(({ kind, id }) => ({ kind, id })) });
      if (gone === 0) return count;
      count += gone;
    }
  }

  /** Gives the room of letters that are gone back. Ending the program in the middle loses nothing (store/compaction.ts). */
  compact(): Promise<{ segments: number; freed: number }> {
    return this.#alone(async () => {
      const { jobs, store } = this.#deps;
      const job = jobs.start('compact', '', 'bytes', { canCancel: true });
      try {
        const { segments, bytesFreed } = await store.compact({
          graceMs: 0,
          deadShare: 0.02,
          databases: true,
          signal: job.signal,
        });
        job.progress(bytesFreed, bytesFreed);
        job.done();
        return { segments, freed: bytesFreed };
      } catch (failure) {
        job.failed(failure);
        throw failure;
      }
    });
  }

  /** Once an hour: forgets what was kept long enough, runs what is due. */
  async upkeep(): Promise<void> {
    while (await this.#deps.store.write('tidy.reclaim')) {
      // Some at a time, so that other writes come in between.
    }
    await this.runRetention(false);
  }

  async *#old(older: { folder: number; before: number; unflagged: boolean }): AsyncGenerator<number[]> {
    for (let after = 0; ; ) {
      const ids = await this.#deps.store.read('tidy.oldSome', { ...older, after, limit: BATCH });
      const last = ids.at(-1);
      if (last === undefined) return;
      after = last;
      yield ids;
    }
  }

  async #job(total: number, work: (job: JobHandle) => Promise<Done>): Promise<Done> {
    if (total === 0) return { count: 0, undo: null };
    const job = this.#deps.jobs.start('tidy', '', 'letters', { canPause: true, total });
    try {
      const done = await work(job);
      job.done();
      return done;
    } catch (failure) {
      job.failed(failure);
      throw failure;
    }
  }

  async #act(
    batches: AsyncIterable<number[]> | Iterable<number[]>,
    action: Action,
    job: JobHandle,
  ): Promise<Done> {
    const token = randomUUID();
    let count = 0;
    let undoable = true;
    let changed = false;
    let n = 0;
    for await (const ids of batches) {
      await job.checkpoint();
      const done = await this.#deps.store.write('messages.act', { ids, action, token, n: n++ });
      count += done.count;
      undoable &&= done.undoable;
      changed ||= done.changed;
      job.progress(count);
    }
    return { count, undo: undoable && changed ? token : null };
  }

  /** One at a time: each of them looks first and acts then. */
  #alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#running.then(work, work);
    this.#running = turn.catch(() => {});
    return turn;
  }
}

function* inBatches<T>(all: readonly T[]): Generator<T[]> {
  for (let at = 0; at < all.length; at += BATCH) yield all.slice(at, at + BATCH);
}
