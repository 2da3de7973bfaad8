/**
 * Long work that a person can watch: one registry for the whole engine. A job tells done and total, is asked to pause
 * or to stop, and ends with a result or a problem that stays until it was read. Jobs live in memory only: what must
 * survive a crash is in the database of the room that does the work.
 */
import type { Clock } from '../base/clock.ts';
import { cancelled, Fault, toFault } from '../base/errors.ts';
import { Emitter } from '../base/event.ts';
import type { Job } from '../contract/mail/profile.ts';

export type JobKind = Job['kind'];
export type JobResult = NonNullable<Job['result']>;

export interface JobOptions {
  canPause?: boolean;
  canCancel?: boolean;
  total?: number | null;
}

/** What the worker holds. */
export interface JobHandle {
  readonly id: string;
  /** Aborted when a person cancels. */
  readonly signal: AbortSignal;
  progress(done: number, total?: number | null): void;
  /** Resolves at once, or when a pause ends; rejects with `cancelled` when the job is to stop. */
  checkpoint(): Promise<void>;
  done(result?: JobResult): void;
  /** `cancelled` faults end it as cancelled, all others as failed. */
  failed(problem: unknown): void;
}

/** Ended jobs kept for reading. */
const KEPT = 50;
/** Rates are measured over this long, ms. */
const RATE_WINDOW = 8000;
/** Time left is not told before this, ms: the first seconds say nothing. */
const TOO_EARLY = 3000;
/** Windows hear of progress at most this often, ms. */
const TELL_EVERY = 200;

interface State {
  job: Job;
  abort: AbortController;
  resume: (() => void)[];
  /** (ticks, done) pairs of the last seconds. */
  trail: [number, number][];
  started: number;
}

export class Jobs {
  readonly changed = new Emitter<Job[]>();
  readonly #clock: Clock;
  #jobs = new Map<string, State>();
  #serial = 0;
  #told = Number.NEGATIVE_INFINITY;
  #pending: (() => void) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  list(): Job[] {
    return [...this.#jobs.values()].map(({ job }) => ({ ...job }));
  }

  start(kind: JobKind, subject: string, unit: Job['unit'], options: JobOptions = {}): JobHandle {
    const id = `${kind}-${++this.#serial}`;
    const abort = new AbortController();
    const state: State = {
      job: {
        id,
        kind,
        subject,
        state: 'running',
        done: 0,
        total: options.total ?? null,
        unit,
        rate: null,
        remainingSeconds: null,
        canPause: options.canPause ?? false,
        canCancel: options.canCancel ?? true,
        startedAt: this.#clock.now(),
        endedAt: null,
        result: null,
        problem: null,
      },
      abort,
      resume: [],
      trail: [],
      started: this.#clock.ticks(),
    };
    this.#jobs.set(id, state);
    this.#forgetOld();
    this.#tell(true);
    return {
      id,
      signal: abort.signal,
      progress: (done, total) => this.#progress(state, done, total),
      checkpoint: async () => {
        if (abort.signal.aborted) throw cancelled();
        if (state.job.state === 'paused') await new Promise<void>((go) => state.resume.push(go));
        if (abort.signal.aborted) throw cancelled();
      },
      done: (result) => {
        if (result) state.job.result = result;
        this.#end(state, 'done');
      },
      failed: (thrown) => {
        const fault = toFault(thrown);
        if (fault.kind === 'cancelled') {
          this.#end(state, 'cancelled');
          return;
        }
        const { code, message, detail } = fault;
        state.job.problem = detail ? { code, message, detail: { ...detail } } : { code, message };
        this.#end(state, 'failed');
      },
    };
  }

  pause(id: string, paused: boolean): void {
    const state = this.#find(id);
    if (!state.job.canPause || (state.job.state !== 'running' && state.job.state !== 'paused')) return;
    state.job.state = paused ? 'paused' : 'running';
    state.trail = [];
    if (!paused) for (const go of state.resume.splice(0)) go();
    this.#tell(true);
  }

  cancel(id: string): void {
    const state = this.#find(id);
    if (state.job.endedAt !== null || !state.job.canCancel) return;
    state.abort.abort(cancelled());
    for (const go of state.resume.splice(0)) go();
  }

  dismiss(id: string): void {
    const state = this.#find(id);
    if (state.job.endedAt === null) return;
    this.#jobs.delete(id);
    this.#tell(true);
  }

  /** Ends everything, for quitting. */
  close(): void {
    for (const state of this.#jobs.values()) {
      if (state.job.endedAt === null) state.abort.abort(cancelled());
      for (const go of state.resume.splice(0)) go();
    }
    this.#pending?.();
    this.#pending = null;
  }

  #find(id: string): State {
    const state = this.#jobs.get(id);
    if (!state) throw new Fault('user', 'no-such-job', 'This job is over.');
    return state;
  }

  #progress(state: State, done: number, total?: number | null): void {
    const { job } = state;
    job.done = done;
    if (total !== undefined) job.total = total;
    const now = this.#clock.ticks();
    state.trail.push([now, done]);
    while (state.trail.length > 2 && now - (state.trail[0] as [number, number])[0] > RATE_WINDOW)
      state.trail.shift();
    const [from, before] = state.trail[0] as [number, number];
    if (now - state.started > TOO_EARLY && now > from) {
      job.rate = ((done - before) * 1000) / (now - from);
      job.remainingSeconds =
        job.total === null || job.rate <= 0 ? null : Math.max(0, Math.round((job.total - done) / job.rate));
    }
    this.#tell(false);
  }

  #end(state: State, end: 'done' | 'failed' | 'cancelled'): void {
    if (state.job.endedAt !== null) return;
    state.job.state = end;
    state.job.endedAt = this.#clock.now();
    state.job.remainingSeconds = null;
    this.#tell(true);
  }

  #forgetOld(): void {
    const ended = [...this.#jobs.values()].filter(({ job }) => job.endedAt !== null);
    for (const { job } of ended.slice(0, Math.max(0, ended.length - KEPT))) this.#jobs.delete(job.id);
  }

  #tell(now: boolean): void {
    const wait = this.#told + TELL_EVERY - this.#clock.ticks();
    if (now || wait <= 0) {
      this.#pending?.();
      this.#pending = null;
      this.#told = this.#clock.ticks();
      this.changed.emit(this.list());
      return;
    }
    this.#pending ??= this.#clock.after(wait, () => {
      this.#pending = null;
      this.#told = this.#clock.ticks();
      this.changed.emit(this.list());
    });
  }
}
