/**
 * Copies by themselves: every day at a time, or when the program ends, into a folder that a person chose; the newest N are
 * kept. A day that was missed (the computer was off, the folder was away) is made up for as soon as it can be.
 *
 * It must never remove a copy before a newer one is whole and on the disk, nor a file that it did not make; and a copy that
 * fails is said, with its reason, not only logged.
 */
import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { Fault, toFault } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { ScheduledCopy } from '../../contract/mail/moving.ts';
import type { Settings } from '../../contract/mail/profile.ts';
import { safeFilename } from '../../mail/filename.ts';

export type CopySettings = Pick<Settings, 'copyWhen' | 'copyAt' | 'copyFolder' | 'copyKeep'>;

export interface ScheduleDeps {
  clock: Clock;
  log: Log;
  /** Of the profile: two people may keep their copies in one folder. */
  profile: string;
  settings(): Promise<CopySettings>;
  /** Copies that were made, newest first. */
  made(): Promise<readonly { at: number; path: string }[]>;
  /** Makes one and waits for it. @throws Fault */
  make(path: string): Promise<void>;
  /** A fact for the status bar. */
  notice(code: string, detail: Record<string, unknown>): void;
}

const DAY = 24 * 3_600_000;
/** Looked at first when the start is over, then again and again: the computer may sleep through any time that was set. */
const LOOK_FIRST = 2 * 60_000;
const LOOK_EVERY = 5 * 60_000;
/** A copy that failed is tried again after this. */
const AGAIN_AFTER = 30 * 60_000;
/** Ending the program twice in this time makes one copy. */
const FRESH = 3_600_000;

/** When the last copy was due, ms, in the computer's own time. @param at `HH:MM` */
export function lastDue(now: number, at: string): number {
  const [hours = 0, minutes = 0] = at.split(':').map(Number);
  const due = new Date(now);
  due.setHours(hours, minutes, 0, 0);
  if (due.getTime() > now) due.setDate(due.getDate() - 1);
  return due.getTime();
}

/** The next time after `now`, likewise. */
export function nextDue(now: number, at: string): number {
  const due = new Date(lastDue(now, at));
  due.setDate(due.getDate() + 1);
  return due.getTime();
}

export class ScheduledCopies {
  readonly #deps: ScheduleDeps;
  #stop: () => void = () => {};
  #running: Promise<void> | null = null;
  #closed = false;
  #problem: { code: string; at: number } | null = null;
  #told = 0;

  constructor(deps: ScheduleDeps) {
    this.#deps = deps;
  }

  start(): void {
    const { clock, log } = this.#deps;
    const look = (): void => {
      this.look()
        .catch((failure: unknown) => log.warn('copies-failed', { failure }))
        .finally(() => {
          if (!this.#closed) this.#stop = clock.after(LOOK_EVERY, look);
        });
    };
    this.#stop = clock.after(LOOK_FIRST, look);
  }

  close(): void {
    this.#closed = true;
    this.#stop();
  }

  /** Makes a copy when one is due. */
  async look(): Promise<void> {
    const { clock, settings } = this.#deps;
    const now = clock.now();
    const set = await settings();
    if (set.copyWhen === 'off' || set.copyFolder === '') return;
    if (this.#problem && now - this.#problem.at < AGAIN_AFTER && now >= this.#problem.at) return;
    const last = await this.#last(set.copyFolder);
    // The copy at the end may have been cut short by a shutdown: a day without one is made up for.
    const due = set.copyWhen === 'daily' ? lastDue(now, set.copyAt) : now - DAY;
    if (last !== null && last >= due) return;
    await this.run(set).catch(() => {});
  }

  /** The program ends. Resolves when the copy is made, or has failed, or none is wanted. */
  async atEnd(): Promise<void> {
    const { clock, settings } = this.#deps;
    const set = await settings();
    if (set.copyWhen !== 'quit' || set.copyFolder === '') return;
    const last = await this.#last(set.copyFolder);
    if (last !== null && clock.now() - last < FRESH) return;
    await this.run(set).catch(() => {});
  }

  /** Now, because it is due or a person asks. @throws Fault, after it was told */
  run(set: CopySettings): Promise<void> {
    this.#running ??= this.#make(set).finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async state(): Promise<ScheduledCopy> {
    const set = await this.#deps.settings();
    const on = set.copyWhen !== 'off' && set.copyFolder !== '';
    return {
      last: on ? await this.#last(set.copyFolder) : null,
      next: on && set.copyWhen === 'daily' ? nextDue(this.#deps.clock.now(), set.copyAt) : null,
      problem: on ? this.#problem : null,
    };
  }

  async #last(folder: string): Promise<number | null> {
    const own = this.#pattern();
    const found = (await this.#deps.made()).find(
      ({ path }) => dirname(path) === resolve(folder) && own.test(basename(path)),
    );
    return found?.at ?? null;
  }

  #name(): string {
    return `Postroom ${safeFilename(this.#deps.profile, 'profile')}`;
  }

  #pattern(end = ''): RegExp {
    const name = this.#name().replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`^${name} \\d{4}-\\d\\d-\\d\\d \\d{6}\\.postroom${end}$`);
  }

  async #make({ copyFolder: folder, copyKeep: keep }: CopySettings): Promise<void> {
    const { clock, log, make, notice } = this.#deps;
    try {
      const there = await stat(folder).catch((cause: NodeJS.ErrnoException) => {
        const code = cause.code === 'ENOENT' ? 'copy-folder-gone' : 'no-access';
        throw new Fault('user', code, 'The folder of the copies is not there.', {
          detail: { path: folder },
          cause,
        });
      });
      if (!there.isDirectory() || !isAbsolute(folder))
        throw new Fault('user', 'copy-folder-gone', 'The folder of the copies is not there.', {
          detail: { path: folder },
        });
      await this.#sweep(folder, this.#pattern('\\.(part|snapshot)'), 0);
      await make(join(resolve(folder), `${this.#name()} ${stamp(clock.now())}.postroom`));
      this.#problem = null;
      this.#told = 0;
    } catch (failure) {
      const { code, kind } = toFault(failure);
      if (kind === 'cancelled') throw failure;
      const now = clock.now();
      this.#problem = { code, at: now };
      log.warn('copy-failed', { code });
      // Once a day: a stick that is not there is not there every half hour.
      if (now - this.#told >= DAY) {
        const told = { 'copy-folder-gone': 'copy-folder-gone', 'disk-full': 'copy-disk-full' }[
          code as string
        ];
        notice(told ?? 'copy-failed', { path: folder, reason: code });
        this.#told = now;
      }
      throw failure;
    }
    // Now that a newer one is whole.
    await this.#sweep(folder, this.#pattern(), keep).catch((failure: unknown) =>
      log.warn('copies-kept', { failure }),
    );
  }

  /** Removes all but the newest `keep` files of ours; their names are in the order of their time. */
  async #sweep(folder: string, pattern: RegExp, keep: number): Promise<void> {
    const own = (await readdir(folder)).filter((name) => pattern.test(name)).sort();
    for (const name of own.slice(0, Math.max(0, own.length - keep))) await rm(join(folder, name));
  }
}

/** `2026-11-21 130000`, in the computer's own time. */
function stamp(ms: number): string {
  const at = new Date(ms);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
}
