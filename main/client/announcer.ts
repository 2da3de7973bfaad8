/**
 * Turns the store's change log into the contract's events: after the commit, in commit order, gathered for a moment so
 * that a sync of thousands of letters is some events a second and not one a letter.
 */
import type { Clock } from '../base/clock.ts';
import { Emitter } from '../base/event.ts';
import type { EngineEvent } from '../contract/door.ts';
import type { ChangeBatch } from '../store/store.ts';

export interface MessageChange {
  folder: number;
  /** null: many. */
  ids: number[] | null;
}

/** What the rest of the profile hears beside the windows. */
export interface Heard {
  /** Letters, folders, accounts ... changed: kinds as the rows announce them. */
  kinds: ReadonlySet<string>;
}

export interface AnnouncerDeps {
  clock: Clock;
  folders(): Promise<Extract<EngineEvent, { name: 'folders.changed' }>['data']>;
  settings(): Promise<Extract<EngineEvent, { name: 'settings.changed' }>['data']>;
  /** Short lists that windows keep whole, asked anew when something of their kind changed. */
  arranged: { [K in Arranged]: () => Promise<Extract<EngineEvent, { name: `${K}.changed` }>['data']> };
  onFailure(failure: unknown): void;
}

const ARRANGED = ['looks', 'favourites', 'filters', 'searches', 'tags'] as const;
type Arranged = (typeof ARRANGED)[number];

/** Changes gathered into one event, ms. */
const GATHER_MS = 100;
/** Ids named in one event. */
const MAX_IDS = 500;

export class Announcer {
  readonly events = new Emitter<EngineEvent>();
  readonly heard = new Emitter<Heard>();
  readonly #deps: AnnouncerDeps;
  #modseq = 0;
  #folders = new Set<number>();
  #messages: Set<number> | null = new Set();
  #kinds = new Set<string>();
  #timer: (() => void) | null = null;
  #last = Number.NEGATIVE_INFINITY;

  constructor(deps: AnnouncerDeps) {
    this.#deps = deps;
  }

  emit(event: EngineEvent): void {
    this.events.emit(event);
  }

  /** The number of a view became exact: whoever shows these folders asks again. */
  touch(folders: number[]): void {
    this.emit({ name: 'mail.changed', data: { modseq: this.#modseq, folders, messages: [] } });
  }

  take(batch: ChangeBatch): void {
    this.#modseq = batch.modseq;
    for (const { kind, data } of batch.changes) {
      this.#kinds.add(kind);
      if (kind !== 'message') continue;
      const { folder, ids } = data as MessageChange;
      this.#folders.add(folder);
      if (ids === null) this.#messages = null;
      else if (this.#messages) for (const id of ids) this.#messages.add(id);
      if (this.#messages && this.#messages.size > MAX_IDS) this.#messages = null;
    }
    const wait = this.#last + GATHER_MS - this.#deps.clock.ticks();
    if (wait <= 0) this.#tell();
    else this.#timer ??= this.#deps.clock.after(wait, () => this.#tell());
  }

  close(): void {
    this.#timer?.();
    this.#timer = null;
  }

  #tell(): void {
    this.#timer?.();
    this.#timer = null;
    this.#last = this.#deps.clock.ticks();
    const kinds = this.#kinds;
    this.#kinds = new Set();
    if (this.#folders.size > 0) {
      const folders = [...this.#folders];
      const messages = this.#messages === null ? null : [...this.#messages];
      this.#folders = new Set();
      this.#messages = new Set();
      this.emit({ name: 'mail.changed', data: { modseq: this.#modseq, folders, messages } });
    }
    const { onFailure } = this.#deps;
    if (kinds.has('folder') || kinds.has('folders')) {
      this.#deps.folders().then((data) => this.emit({ name: 'folders.changed', data }), onFailure);
    }
    if (kinds.has('settings')) {
      this.#deps.settings().then((data) => this.emit({ name: 'settings.changed', data }), onFailure);
    }
    for (const kind of ARRANGED) if (kinds.has(kind)) this.#arranged(kind);
    this.heard.emit({ kinds });
  }

  #arranged<K extends Arranged>(kind: K): void {
    this.#deps.arranged[kind]().then(
      (data) => this.emit({ name: `${kind}.changed`, data } as EngineEvent),
      this.#deps.onFailure,
    );
  }
}
