/**
 * The room of the rules, put together: its thread, what runs on arrival (arrivals.ts), what runs on demand (runs.ts).
 *
 * Invariants. A letter is ruled after it is safe: the mark is committed with the letter, the verdict's deeds with the end of
 * the mark. Rules act through the same doors as a person (messages/act.ts, outbox/writes.ts). Letters that another program
 * moved, that the person wrote, or that a first synchronisation brings are never ruled by themselves.
 */
import type { Clock } from '../../base/clock.ts';
import { Closers } from '../../base/disposable.ts';
import type { Log } from '../../base/log.ts';
import type { EngineEvent } from '../../contract/door.ts';
import { lazyPool } from '../../store/lazy-pool.ts';
import { openPool, type Pool } from '../../store/threads.ts';
import { rulesModule } from '../entries.ts';
import type { Jobs } from '../jobs.ts';
import type { ClientStore } from '../program.ts';
import { readSettings } from '../settings.ts';
import { Signatures } from '../signatures/signatures.ts';
import { Arrivals } from './arrivals.ts';
import { Previews } from './previews.ts';
import { Runs } from './runs.ts';
import type { RuleCalls } from './thread.ts';

export interface RulesParts {
  store: ClientStore;
  jobs: Jobs;
  clock: Clock;
  log: Log;
  version: string;
  emit(event: EngineEvent): void;
  fetchBody(message: number): Promise<void>;
  wakeOutbox(): void;
}

export interface Rules {
  readonly thread: Pool<RuleCalls>;
  readonly arrivals: Arrivals;
  readonly runs: Runs;
  readonly previews: Previews;
  /** Kinds of changes that were committed. */
  heard(kinds: ReadonlySet<string>): void;
  /** Takes up what a crash has left. */
  start(): Promise<void>;
  close(): Promise<void>;
}

export function openRules(parts: RulesParts): Rules {
  const { store, jobs, clock, log, emit, fetchBody, wakeOutbox } = parts;
  const closers = new Closers();
  const thread = closers.add(
    lazyPool<RuleCalls>(1, () => openPool<RuleCalls>({ module: rulesModule, size: 1, log, name: 'rules' })),
  );
  const runs = closers.add(new Runs({ store, thread, clock, log, jobs }));
  const previews = closers.add(new Previews({ store, thread, clock }));
  const arrivals = closers.add(
    new Arrivals({
      store,
      thread,
      clock,
      log,
      emit,
      fetchBody,
      wakeOutbox,
      language: async () => ((await readSettings(store)).language === 'ru' ? 'ru' : 'en'),
      userAgent: `Postroom/${parts.version}`,
      signatures: new Signatures(store, clock),
    }),
  );
  return {
    thread,
    arrivals,
    runs,
    previews,
    heard(kinds) {
      if (kinds.has('rule-marks') || (arrivals.waiting && kinds.has('message'))) arrivals.wake();
      if (!kinds.has('rules')) return;
      store.read('rules.list').then(
        (data) => emit({ name: 'rules.changed', data }),
        (failure: unknown) => log.warn('announce-rules-failed', { failure }),
      );
    },
    async start() {
      await store.write('rules.tidy');
      arrivals.wake();
    },
    close: () => closers.close(),
  };
}
