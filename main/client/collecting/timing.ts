/**
 * The waits of one account between its connections. It looks at the clock at least once a minute, so that neither a step of
 * the clock nor a changed schedule nor a night asleep is missed; it never wakes for longer than that look.
 */
import type { Clock } from '../../base/clock.ts';
import type { Schedule } from '../../contract/mail/schedule.ts';
import { nextConnection, openUntil } from './timetable.ts';

/** Longest look away from the clock, ms. */
const LOOK_EVERY = 60_000;
/** Tries after which an account that is not to connect now waits for its time. */
const RETRIES = 4;

export interface TimingParts {
  clock: Clock;
  schedule(): Promise<Schedule>;
  everyMinutes(): number;
  /** The moment of the next connection has changed. */
  changed(): void;
}

export class Timing {
  readonly #parts: TimingParts;
  #last: number;
  #next: number | null = null;
  #wake: (() => void) | undefined;
  #asked = false;

  constructor(parts: TimingParts) {
    this.#parts = parts;
    this.#last = parts.clock.now();
  }

  /** When it connects by itself next, ms; null: not by itself, or now. */
  get next(): number | null {
    return this.#next;
  }

  /** A person asks: ends the wait, or lets the next one not begin. */
  ask(): void {
    this.#asked = true;
    this.#wake?.();
  }

  /** The schedule has changed, or the waiting is over: the clock is looked at now. */
  look(): void {
    this.#wake?.();
  }

  /** A connection was made, or the waiting begins: what comes next counts from here. */
  mark(): void {
    this.#last = this.#parts.clock.now();
  }

  /** A pass begins: what was asked for until now is done by it. */
  begin(): void {
    this.#asked = false;
    this.#set(null);
  }

  /** Whether the account connects at once when the program starts. */
  async atStart(): Promise<boolean> {
    const schedule = await this.#parts.schedule();
    return schedule.onStart || this.#asked;
  }

  /**
   * Waits until a connection is due, or until `enough` (asked after every look) says so, which it must when the account is to
   * stop. `staying`: the account is connected, and the wait ends when it is to leave, too.
   */
  async due(enough: () => boolean, staying = false): Promise<'due' | 'asked' | 'over'> {
    const { clock } = this.#parts;
    for (;;) {
      const schedule = await this.#parts.schedule();
      if (this.#asked || enough()) return 'asked';
      const now = clock.now();
      if (this.#last > now) this.#last = now;
      const at = nextConnection(schedule, this.#last, now, this.#parts.everyMinutes());
      const until = staying ? openUntil(schedule, now) : null;
      if (until !== null && until <= now) return 'over';
      if (at !== null && at <= now) return 'due';
      this.#set(at);
      await this.rest(Math.min(LOOK_EVERY, (at ?? Infinity) - now, (until ?? Infinity) - now));
    }
  }

  /** Whether the account may be connected now without being asked to. */
  async mayStay(): Promise<boolean> {
    const schedule = await this.#parts.schedule();
    const now = this.#parts.clock.now();
    const until = openUntil(schedule, now);
    return until === null || until > now;
  }

  /** The wait before a new try after `failures` in a row; an account with hours tries a few times and then keeps to them. */
  async retry(ms: number, failures: number, enough: () => boolean): Promise<void> {
    await this.rest(ms);
    if (this.#asked || enough() || failures < RETRIES || (await this.mayStay())) return;
    await this.due(enough);
  }

  /** Waits for ask(), look(), or the time; null: only for those. */
  rest(ms: number | null): Promise<void> {
    if (this.#asked) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        stop();
        this.#wake = undefined;
        resolve();
      };
      const stop = ms === null ? () => {} : this.#parts.clock.after(ms, end);
      this.#wake = end;
    });
  }

  #set(next: number | null): void {
    if (this.#next === next) return;
    this.#next = next;
    this.#parts.changed();
  }
}
