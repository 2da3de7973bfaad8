/**
 * Gathers letters that come within a moment, looks at them once rules have had their turn, and announces what is to be told.
 *
 * It must never tell of letters of a first synchronisation (its caller does not name them), nor hold up an arrival: it waits
 * on the clock, and what fails here is logged and forgotten.
 */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../base/clock.ts';
import type { Log } from '../../base/log.ts';
import { NOTICE_RULES, type Notice, type Sound } from '../../contract/mail/notices.ts';
import type { Settings } from '../../contract/mail/profile.ts';
import type { Row } from '../../contract/mail/views.ts';
import type { ClientStore } from '../program.ts';
import { planNotices } from './plan.ts';
import { isQuiet, momentOf } from './quiet.ts';

export interface NoticeDeps {
  store: ClientStore;
  clock: Clock;
  log: Log;
  settings(): Promise<Settings>;
  emit(notice: Notice): void;
}

/** Letters that come within this time came together, ms. Rules on arrival are done well before. */
const GATHER_MS = 1200;
/** Letters looked at of one gathering: more are a summary in any case. */
const MOST_GATHERED = 5000;

export class Notices {
  readonly #deps: NoticeDeps;
  #came = new Map<number, number>();
  readonly #muted = new Set<number>();
  #timer: (() => void) | null = null;

  constructor(deps: NoticeDeps) {
    this.#deps = deps;
  }

  /** New letters of a folder that was synchronised before. */
  arrived(folder: number, ids: readonly number[]): void {
    for (const id of ids) if (this.#came.size < MOST_GATHERED) this.#came.set(id, folder);
    if (this.#came.size > 0) this.#timer ??= this.#deps.clock.after(GATHER_MS, () => this.#tell());
  }

  /** These letters come in silence, whatever the settings say (a rule's wish). */
  mute(ids: readonly number[]): void {
    for (const id of ids) if (this.#came.has(id)) this.#muted.add(id);
  }

  /** Letters that a rule wants told or heard, whatever the settings say of their folder or sender; not in quiet hours. */
  async alert(rows: readonly Row[], wish: { sound: boolean; notify: boolean }): Promise<void> {
    const { clock, settings, emit } = this.#deps;
    const { notifications, notices: rules } = await settings();
    const told = rows.filter(({ flags }) => !flags.includes('seen'));
    if (wish.notify) this.mute(told.map(({ id }) => id));
    if (!notifications || isQuiet(rules.quiet, momentOf(clock.now()))) return;
    const loud = rules.sound === 'none' ? 'chime' : rules.sound;
    for (const [n, row] of told.entries()) {
      if (!wish.notify && n > 0) return;
      emit({
        id: randomUUID(),
        kind: wish.notify ? 'letter' : 'sound',
        account: row.account ?? null,
        letter: { id: row.id, folder: row.folder },
        ids: [row.id],
        count: 1,
        from: row.from,
        subject: row.subject,
        preview: row.preview,
        senders: [],
        sound: wish.sound && n === 0 ? loud : 'none',
        hideWhenLocked: rules.hideWhenLocked,
      });
    }
  }

  /** Something that only looks like a letter, for a person who tries the settings. */
  async example(sound?: Sound): Promise<void> {
    const { notices: rules } = await this.#deps.settings();
    this.#deps.emit({
      id: randomUUID(),
      kind: 'example',
      account: null,
      letter: null,
      ids: [],
      count: 1,
      from: { name: '', address: '' },
      subject: '',
      preview: '',
      senders: [],
      sound: sound ?? rules.sound ?? NOTICE_RULES.sound,
      hideWhenLocked: rules.hideWhenLocked,
    });
  }

  close(): void {
    this.#timer?.();
    this.#timer = null;
  }

  #tell(): void {
    this.#timer = null;
    const came = [...this.#came].filter(([id]) => !this.#muted.has(id));
    this.#came = new Map();
    this.#muted.clear();
    this.#plan(came.map(([id, cameTo]) => ({ id, cameTo }))).catch((failure: unknown) =>
      this.#deps.log.warn('notices-failed', { failure }),
    );
  }

  async #plan(came: { id: number; cameTo: number }[]): Promise<void> {
    const { store, clock, settings, emit } = this.#deps;
    const { notifications, notices: rules } = await settings();
    if (!notifications || came.length === 0) return;
    const letters = await store.read('notices.arrived', came);
    for (const notice of planNotices(letters, rules, momentOf(clock.now())))
      emit({ ...notice, id: randomUUID() });
  }
}
