/**
 * Rules on arrival: takes the marked letters in their order, has them judged in the rules' thread and written in batches.
 * What a rule sends goes to the outbox by a second step (sends.ts).
 *
 * It must never decide anything that a crash could lose: all of its state is in the database (marks, lines of sends), and a
 * verdict that comes too late changes nothing.
 */
import type { Clock } from '../../base/clock.ts';
import { Fault } from '../../base/errors.ts';
import { RULE_FETCH_BYTES } from '../../base/limits.ts';
import type { Log } from '../../base/log.ts';
import type { EngineEvent } from '../../contract/door.ts';
import type { Pool } from '../../store/threads.ts';
import type { Language } from '../drafts/wording.ts';
import type { ClientStore } from '../program.ts';
import type { Signatures } from '../signatures/signatures.ts';
import type { Alert, Judged } from './apply.ts';
import { asksBody, type RuleSet, type Verdict } from './judge.ts';
import { loaded } from './octets.ts';
import type { LetterRow } from './reads.ts';
import { sendLetters } from './sends.ts';
import type { RuleCalls } from './thread.ts';

export interface RuleDeps {
  store: ClientStore;
  /** The rules' own thread. */
  thread: Pool<RuleCalls>;
  clock: Clock;
  log: Log;
  emit(event: EngineEvent): void;
  fetchBody(message: number): Promise<void>;
  /** Letters stand in the outbox. */
  wakeOutbox(): void;
  language(): Promise<Language>;
  userAgent: string;
  signatures: Pick<Signatures, 'fillTemplate'>;
}

/** Letters in one transaction. */
const BATCH = 100;
/** Letters fetched for a rule's sake in one go. */
const FETCHES = 20;
/** A letter whose text could not be had is asked for again after this, ms. */
const FETCH_AGAIN_MS = 5 * 60_000;
/** Rows told with one alert. */
const TOLD = 5;

export class Arrivals {
  readonly #deps: RuleDeps;
  #turn: Promise<void> = Promise.resolve();
  #pending = false;
  #closed = false;
  /** The last pass came to no good end. */
  #failed = false;
  #waiting = false;
  readonly #fetching = new Set<Promise<void>>();
  /** When a letter's text may be asked for again; the clock's ticks. */
  readonly #fetches = new Map<number, number>();
  #again: (() => void) | null = null;

  constructor(deps: RuleDeps) {
    this.#deps = deps;
  }

  /** Something has arrived, or a text has come. */
  wake(): void {
    if (this.#pending || this.#closed) return;
    this.#pending = true;
    this.#turn = this.#turn.then(async () => {
      this.#pending = false;
      try {
        await this.#pass();
        this.#failed = false;
      } catch (failure) {
        this.#failed = true;
        if (!this.#closed) this.#deps.log.warn('rules-failed', { failure });
      }
    });
  }

  /** Letters wait for their text, which may have come with any change. */
  get waiting(): boolean {
    return this.#waiting;
  }

  /** Resolves when what has arrived so far was judged by what is here of it. false: it could not be. */
  async judged(): Promise<boolean> {
    this.wake();
    await this.#turn;
    return !this.#failed && !this.#closed;
  }

  /** Resolves when all that can be done now is done; what failed lately is asked for again. */
  async settled(): Promise<void> {
    this.#fetches.clear();
    this.wake();
    await this.#turn;
    while (this.#fetching.size > 0) {
      await Promise.all(this.#fetching);
      this.wake();
      await this.#turn;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#again?.();
    await this.#turn;
  }

  async #pass(): Promise<void> {
    await this.#judge();
    await this.#send();
    await this.#fetch();
  }

  async #judge(): Promise<void> {
    const { store } = this.#deps;
    for (let last = ''; !this.#closed; ) {
      const rows = await store.read('rules.marked', { limit: BATCH });
      if (rows.length === 0) return;
      // Nothing of the last batch could be carried out: it would come round for ever.
      const batch = JSON.stringify(rows.map(({ id, before }) => [id, before.done]));
      if (batch === last) throw new Fault('internal', 'rules-stuck', 'Rules came to no end.');
      last = batch;
      const set = await store.read('rules.set', null);
      const verdicts = await judgeRows(this.#deps, set, rows);
      if (this.#closed) return;
      const before = new Map(rows.map((row) => [row.id, row.before.done]));
      const judged = verdicts.map((each): Judged => ({ ...each, before: before.get(each.id) ?? [] }));
      const { alerts, fetch, sends } = await store.write('rules.apply', { verdicts: judged, run: null });
      for (const alert of alerts) await this.#tell(alert);
      for (const id of fetch) this.#bring(id);
      if (sends) await this.#send();
    }
  }

  async #tell({ rule, sound, notify, ids }: Alert): Promise<void> {
    const rows = await this.#deps.store.read('views.rows', { ids: ids.slice(0, TOLD) });
    this.#deps.emit({ name: 'rules.alert', data: { rule, sound, notify, rows } });
  }

  #send(): Promise<void> {
    return sendLetters(this.#deps, () => this.#closed);
  }

  async #fetch(): Promise<void> {
    const { store, clock } = this.#deps;
    this.#waiting = (await store.read('rules.waiting')) > 0;
    if (!this.#waiting) return;
    const wanted = await store.read('rules.wanted', { most: RULE_FETCH_BYTES, limit: FETCHES });
    const now = clock.ticks();
    for (const { id } of wanted) if ((this.#fetches.get(id) ?? 0) <= now) this.#bring(id);
  }

  /** Asks for a letter's text; its coming wakes the rules. */
  #bring(id: number): void {
    const { clock, fetchBody, log } = this.#deps;
    if (this.#closed) return;
    this.#fetches.set(id, clock.ticks() + FETCH_AGAIN_MS);
    const fetching = fetchBody(id).then(
      () => {
        this.#fetches.delete(id);
        this.wake();
      },
      (failure: unknown) => {
        log.debug('rules-fetch-failed', { failure });
        if (this.#closed) return;
        this.#again ??= clock.after(FETCH_AGAIN_MS, () => {
          this.#again = null;
          this.wake();
        });
      },
    );
    this.#fetching.add(fetching);
    void fetching.finally(() => this.#fetching.delete(fetching));
  }
}

/** Verdicts of rows, and rules that cannot be used marked as such. */
export async function judgeRows(
  { store, thread, clock }: Pick<RuleDeps, 'store' | 'thread' | 'clock'>,
  set: RuleSet,
  rows: readonly LetterRow[],
): Promise<Verdict[]> {
  const body = asksBody(set);
  const verdicts: Verdict[] = [];
  for await (const letters of loaded(store, rows, body)) {
    const transfer = letters.map(({ bytes }) => bytes.buffer as ArrayBuffer);
    const judged = await thread.call('judge', { set, letters, now: clock.now() }, { transfer });
    verdicts.push(...judged.verdicts);
    for (const problem of judged.broken) await store.write('rules.problem', problem);
  }
  return verdicts;
}
