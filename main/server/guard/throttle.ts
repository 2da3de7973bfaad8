/**
 * Slowing down who fails to sign in (rule G9): 1 s, 2 s, 4 s ... from one attempt to the next. Attempts side by side
 * get one place after another, so that many connections at once guess no faster than one.
 *
 * Time is monotonic: a step of the wall clock neither frees nor holds anybody.
 */
import { GUARD_ENTRIES, SIGN_IN_WINDOW_MS } from '../../base/limits.ts';
import { Remembered } from './counters.ts';

interface Failures {
  /** What failed, oldest first; at most `most`. */
  events: { readonly at: number; readonly account: string }[];
  /** When the next attempt may be answered. */
  next: number;
}

/** Failures kept of one key; the step has long reached its greatest by then. */
const MOST = 32;

export class Throttle {
  readonly #longestMs: number;
  readonly #entries = new Remembered<Failures>(GUARD_ENTRIES);

  /** @param longestMs greatest step from one attempt to the next. */
  constructor(longestMs: number) {
    this.#longestMs = longestMs;
  }

  /** Takes the next place; ms until then. */
  take(key: string, now: number): number {
    const entry = this.#current(key, now);
    if (!entry) return 0;
    const at = Math.max(now, entry.next);
    entry.next = at + this.#step(entry);
    return at - now;
  }

  /** Returns how many failures there were within the window, this one included. */
  failed(key: string, account: string, now: number): number {
    const entry = this.#current(key, now) ?? this.#entries.set(key, { events: [], next: now });
    entry.events = [...entry.events, { at: now, account }].slice(-MOST);
    entry.next = Math.max(entry.next, now + this.#step(entry));
    return entry.events.length;
  }

  /** A success pays for the failures of its own account, never for those of others. */
  succeeded(key: string, account: string, now: number): void {
    const entry = this.#current(key, now);
    if (!entry) return;
    entry.events = entry.events.filter((each) => each.account !== account);
    if (entry.events.length === 0) this.#entries.delete(key);
    else entry.next = Math.min(entry.next, now + this.#step(entry));
  }

  forget(key: string): void {
    this.#entries.delete(key);
  }
  get size(): number {
    return this.#entries.size;
  }

  #step({ events }: Failures): number {
    return Math.min(1000 * 2 ** (events.length - 1), this.#longestMs);
  }

  #current(key: string, now: number): Failures | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    entry.events = entry.events.filter(({ at }) => at > now - SIGN_IN_WINDOW_MS);
    if (entry.events.length > 0) return entry;
    this.#entries.delete(key);
    return undefined;
  }
}
