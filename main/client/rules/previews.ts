/**
 * What an edit would catch, told in pieces: the newest letters at once, the count of the others while it is looked at. The
 * letters' facts stay in the rules' thread meanwhile, so that the next edit costs a look at facts and no reading.
 *
 * It must never do anything to a letter. What it keeps of letters is bounded (RULE_ROOM_CHARS); what has no place there is
 * read again when it is asked for.
 */
import { cancelled, Fault } from '../../base/errors.ts';
import type { Parsed } from '../../contract/contract.ts';
import type { Rule, RuleDraft, RulePreview } from '../../contract/mail/rules.ts';
import type { RuleDeps } from './arrivals.ts';
import { asksBody, type RuleSet, type Verdict } from './judge.ts';
import { loaded } from './octets.ts';
import type { Previewed, RuleCalls } from './thread.ts';

/** Letters looked at in one go: the fewest, and the most. */
const FIRST = 100;
const STEP = 500;
/** Rooms kept; another window's preview needs a second one. */
const ROOMS = 2;
/** A preview that nobody has asked for this long lets its letters go, ms. */
const ROOM_KEPT_MS = 120_000;

/** Letters that can be looked at in what is left of a piece's time, by how it went so far; 0: it is over. */
function stepIn(within: number, passed: number, scanned: number): number {
  const fit = Math.floor((scanned * (within - passed)) / Math.max(1, passed));
  return fit < FIRST ? 0 : Math.min(STEP, fit);
}

type Input = Parsed<'rules.preview'>;
type Found = Pick<Previewed, 'held' | 'fresh' | 'waiting'>;

export class Previews {
  readonly #deps: Pick<RuleDeps, 'store' | 'thread' | 'clock'>;
  #forget: (() => void) | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  /** Letters that each room of the thread holds, the room that was asked last behind the others. */
  readonly #rooms = new Map<string, Set<number>>();

  constructor(deps: Pick<RuleDeps, 'store' | 'thread' | 'clock'>) {
    this.#deps = deps;
  }

  /** One at a time: a window asks again with every letter typed, and only the last answer counts. */
  preview(input: Input, signal: AbortSignal): Promise<RulePreview> {
    const turn = this.#turn.then(() => {
      if (signal.aborted) throw cancelled();
      return this.#preview(input, signal);
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async close(): Promise<void> {
    this.#forget?.();
    await this.#turn;
  }

  async #preview(input: Input, signal: AbortSignal): Promise<RulePreview> {
    const { store, clock } = this.#deps;
    const { folder } = input;
    const begun = clock.ticks();
    const [set, before, there] = await Promise.all([
      this.#set(input.draft, input.rules),
      input.saved === null ? null : this.#saved(input.saved),
      store.read('rules.total', folder),
    ]);
    const room = this.#room(`${folder ?? 'inbox'}`, asksBody(set));
    const found: Found = { held: [], fresh: [], waiting: 0 };
    let next = input.below;
    let scanned = 0;
    for (let step = input.within === null ? STEP : FIRST; step > 0; ) {
      const limit = Math.min(input.limit - scanned, step);
      const below = next ?? Number.MAX_SAFE_INTEGER;
      const letters = await store.read('rules.newest', { folder, below, limit }, { signal });
      const question = {
        set,
        before,
        now: clock.now(),
        rows: Math.max(0, input.rows - found.held.length),
        within: input.within === null ? null : Math.max(1, input.within - (clock.ticks() - begun)),
      };
      const seen = await this.#look(room, letters, question, signal);
      found.held.push(...seen.held);
      found.fresh.push(...seen.fresh);
      found.waiting += seen.waiting;
      scanned += seen.looked;
      const over = seen.looked === letters.length && letters.length < limit;
      next = over ? null : (letters[seen.looked - 1]?.key ?? null);
      if (next === null || scanned >= input.limit || seen.looked < letters.length) break;
      if (input.within !== null) step = stepIn(input.within, clock.ticks() - begun, scanned);
    }
    this.#forget?.();
    this.#forget = clock.after(ROOM_KEPT_MS, () => {
      this.#rooms.clear();
      this.#deps.thread.call('clear', null).catch(() => {});
    });
    const answer = await this.#shown(input, set, found);
    // Letters that have come since the pieces began are not of them.
    const total = Math.min(there, input.limit + (input.below === null ? 0 : there));
    return { ...answer, scanned, total, next: scanned < input.limit ? next : null };
  }

  /** A room that holds what is asked: one whose letters' text was read serves for headers, too. */
  #room(folder: string, body: boolean): { name: string; body: boolean } {
    const text = `${folder} text`;
    const name = body || this.#rooms.has(text) ? text : folder;
    const held = this.#rooms.get(name) ?? new Set<number>();
    this.#rooms.delete(name);
    this.#rooms.set(name, held);
    for (const other of this.#rooms.keys()) {
      if (this.#rooms.size <= ROOMS) break;
      this.#rooms.delete(other);
      this.#deps.thread.call('clear', other).catch(() => {});
    }
    return { name, body: name === text };
  }

  /** Puts letters to the rules; those that the room has not got are brought first. */
  async #look(
    { name, body }: { name: string; body: boolean },
    letters: readonly { id: number }[],
    question: Omit<Parameters<RuleCalls['preview']>[0], 'room' | 'ids'>,
    signal: AbortSignal,
  ): Promise<Previewed> {
    const { store, thread } = this.#deps;
    const ids = letters.map(({ id }) => id);
    for (let again = false; ; again = true) {
      const held = this.#rooms.get(name) ?? new Set();
      const wanted = ids.filter((id) => !held.has(id));
      const filled: Promise<void>[] = [];
      if (wanted.length > 0)
        for await (const some of loaded(
          store,
          await store.read('rules.lettersOf', { ids: wanted }, { signal }),
          body,
        )) {
          if (signal.aborted) break;
          const transfer = some.map(({ bytes }) => bytes.buffer as ArrayBuffer);
          // The thread takes them in while the next are read; it does one thing after the other.
          filled.push(thread.call('fill', { room: name, body, letters: some }, { transfer }));
          for (const { id } of some) held.add(id);
        }
      await Promise.all(filled);
      if (signal.aborted) throw cancelled();
      const seen = await thread.call('preview', { room: name, ids, ...question }, { signal });
      for (const id of seen.gone) held.delete(id);
      const broken = seen.broken[0];
      if (broken)
        throw new Fault('user', broken.code, 'The pattern cannot be used.', {
          detail: { reason: broken.detail },
        });
      if (again || !seen.missing.some((id) => held.has(id))) return seen;
      // The thread was begun anew and holds nothing.
      this.#rooms.set(name, new Set());
    }
  }

  async #shown(
    input: Input,
    set: RuleSet,
    found: Found,
  ): Promise<Omit<RulePreview, 'scanned' | 'total' | 'next'>> {
    const { store } = this.#deps;
    const { held } = found;
    const shown = held.slice(0, input.rows);
    const [places, rows] = await Promise.all([
      store.read('rules.places', { ids: held.map((each) => each.id) }),
      store.read('views.rows', { ids: shown.map((each) => each.id) }),
    ]);
    const place = new Map(places.map((each) => [each.id, each]));
    const targets = new Map(
      set.rules.map((rule) => [rule.id, rule.actions.find((each) => each.do === 'move')?.to ?? null]),
    );
    const isThere = ({ id, held: [by] }: Verdict): boolean => {
      const target = by && targets.get(by.rule);
      return target !== null && target !== undefined && place.get(id)?.folder === target;
    };
    const byId = new Map(rows.map((row) => [row.id, row]));
    const fresh = new Set(found.fresh);
    return {
      count: held.length,
      fresh: input.saved === null && input.draft === null ? 0 : fresh.size,
      elsewhere: held.filter(isThere).length,
      waiting: found.waiting,
      rows: shown.flatMap((verdict) => {
        const { id, held: by } = verdict;
        const row = byId.get(id);
        if (!row) return [];
        return {
          row,
          reasons: by.flatMap((each) => each.reasons).slice(0, 5),
          fresh: fresh.has(id),
          elsewhere: isThere(verdict) ? (place.get(id)?.path ?? '') : '',
          rules: by.map((each) => each.name),
        };
      }),
    };
  }

  /** The draft alone, or the rules as they are. */
  async #set(draft: RuleDraft | null, only: readonly number[] | null): Promise<RuleSet> {
    const { store } = this.#deps;
    if (draft === null) return store.read('rules.set', only === null ? null : [...only]);
    return { rules: [{ ...draft, id: 1 }], accounts: await store.read('rules.accountsOf', [draft]) };
  }

  async #saved(id: number): Promise<RuleSet | null> {
    const rule = (await this.#deps.store.read('rules.list')).find((each: Rule) => each.id === id);
    return rule && !rule.problem ? { rules: [rule], accounts: [] } : null;
  }
}
