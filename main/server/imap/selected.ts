/**
 * The mailbox a session has selected: its view, and what has happened since that the client has not been told.
 *
 * Events of the store are only collected here (rule G11); tell() turns them into untagged responses when the
 * command allows it, EXPUNGE held back where it is forbidden (I21), never lost. What is collected is bounded: a
 * session that does not ask for long catches up by modseq instead.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { IMAP_CHANGES_KEPT } from '../../base/limits.ts';
import type {
  FlagState,
  MailboxChanges,
  MailboxEvent,
  OpenedMailbox,
  UidRanges,
} from '../mailstore/mailstore.ts';
import { flagsText } from './flags.ts';
import { common, countOf, normalised, rangesOf, rangesText } from './sequence-set.ts';
import { View } from './view.ts';

export interface TellOptions {
  /** EXPUNGE and VANISHED may be sent now. */
  readonly expunge: boolean;
  readonly condstore: boolean;
  readonly qresync: boolean;
}

/** Lines that are handed over at a time, so that a slow reader is noticed. */
const LINES = 500;
/** Changes that are taken in during one turn of the event loop. */
const STATES_A_TURN = 10_000;

export class SelectedMailbox {
  readonly mailboxId: number;
  readonly uidValidity: number;
  /** EXAMINE: nothing may change (I31). */
  readonly readOnly: boolean;
  readonly view: View;
  /** What `$` stands for (RFC 5182); set by SEARCH RETURN (SAVE). */
  saved: UidRanges = [];
  /** The mailbox has been deleted (I27). */
  gone = false;
  /** Called when something new has been heard (IDLE, NOTIFY). */
  onNews: (() => void) | null = null;

  #events: MailboxEvent[] = [];
  #weight = 0;
  #behind = false;
  /** Everything up to here has been folded in. */
  #modseq: number;
  /** Changes made by this session: by modseq, whether it has told their new state already. */
  #own: Map<number, boolean> | null = null;
  #vanished: UidRanges = [];
  #flags: Map<number, FlagState> | null = null;
  #added: number[] = [];
  /** UIDs that are \Recent in this session alone (I28). */
  #recent: UidRanges = [];
  #lastHeard: number;
  readonly #stop: () => void;

  /** @param stop ends the subscription whose events come to hear(). */
  constructor(opened: OpenedMailbox, readOnly: boolean, stop: () => void) {
    this.mailboxId = opened.mailbox.id;
    this.uidValidity = opened.mailbox.uidValidity;
    this.readOnly = readOnly;
    this.view = new View(opened.uids);
    if (opened.recentFrom !== null) this.#recent = [[opened.recentFrom, opened.mailbox.uidNext - 1]];
    this.#modseq = opened.mailbox.highestModseq;
    this.#lastHeard = Math.max(this.view.lastUid, opened.mailbox.uidNext - 1);
    this.#stop = stop;
  }

  close(): void {
    this.#stop();
    this.onNews = null;
  }

  /** An event of the store, in commit order. Those the view was opened with are not news. */
  hear(event: MailboxEvent): void {
    if (event.deleted) this.gone = true;
    else if (event.modseq <= this.#modseq) return;
    else if (!this.#behind) {
      this.#events.push(event);
      this.#weight += 1 + event.added.length + event.changed.length + event.vanished.length;
      if (this.#weight > IMAP_CHANGES_KEPT && this.#own === null) this.#fallBehind();
    }
    this.onNews?.();
  }

  /**
   * This session itself made the change of that modseq. `told`: its new flags have been sent already; else they
   * are not to be sent at all (.SILENT), unless somebody else had changed the message too (I24).
   */
  own(modseq: number, told: boolean): void {
    if (this.#behind || modseq <= this.#modseq) return;
    this.#own ??= new Map();
    this.#own.set(modseq, told);
    // Events come before the write resolves: folded at once, a large change of one's own never falls behind.
    if (this.#events.some((event) => event.modseq === modseq)) this.#fold();
  }

  /** Messages that a command of this session has removed; told with the next announcement. */
  removed(uids: UidRanges): void {
    this.#vanished = union(this.#vanished, common(this.view.uids, uids));
  }

  /** Those the client knows of. */
  get recentUids(): UidRanges {
    return common(this.view.uids, this.#recent);
  }
  isRecent(uid: number): boolean {
    return this.#recent.some(([first, last]) => uid >= first && uid <= last);
  }
  get recent(): number {
    return this.#recent.length === 0 ? 0 : countOf(common(this.view.uids, this.#recent));
  }
  /** UIDNEXT behind the messages that wait to be announced; null when there are none, or nothing may be claimed. */
  get claimable(): number | null {
    if (this.readOnly) return null;
    const last =
      this.#events.findLast((event) => event.added.length > 0)?.added.at(-1)?.uid ?? this.#added.at(-1);
    return last === undefined ? null : last + 1;
  }
  /** Messages from `from` up to, without, `uidNext` are recent in this session. */
  claimed(from: number, uidNext: number): void {
    this.#recent = union(this.#recent, [[from, uidNext - 1]]);
  }
  /** Expunged elsewhere, the client does not know it yet (I25). */
  isExpunged(uid: number): boolean {
    const holds = (ranges: UidRanges) => ranges.some(([first, last]) => uid >= first && uid <= last);
    return holds(this.#vanished) || this.#events.some((event) => holds(event.vanished));
  }
  /** Those of `uids` that have been expunged elsewhere, the client does not know it yet (I25). */
  expungedOf(uids: UidRanges): UidRanges {
    const gone = this.#events.reduce((all, event) => union(all, event.vanished), this.#vanished);
    return common(uids, gone);
  }
  /** There is something to tell. */
  get hasNews(): boolean {
    return (
      this.#events.length > 0 || this.#behind || this.#vanished.length > 0 || (this.#flags?.size ?? 0) > 0
    );
  }
  get needsCatchUp(): boolean {
    return this.#behind;
  }
  /** Where a catch-up begins. */
  get modseq(): number {
    return this.#modseq;
  }

  /** What the store says about everything since `modseq`, in place of the events that were dropped. In slices (I75). */
  async catchUp({ highestModseq, vanished, changed }: MailboxChanges): Promise<void> {
    this.#behind = false;
    this.#own = null;
    this.#modseq = Math.max(this.#modseq, highestModseq);
    this.#vanished = union(this.#vanished, vanished);
    const known = this.#lastHeard;
    this.#flags ??= new Map();
    for (const [at, state] of changed.entries()) {
      if (state.uid <= known) this.#flags.set(state.uid, state);
      else {
        this.#added.push(state.uid);
        this.#lastHeard = state.uid;
      }
      if (at % STATES_A_TURN === STATES_A_TURN - 1) await nextTurn();
    }
  }

  /**
   * The untagged responses that are due, in the order of rules I22 and I23: removals, EXISTS, then flags. The view
   * moves as they are handed over.
   */
  *tell(options: TellOptions): Generator<string> {
    this.#fold();
    if (options.expunge && this.#vanished.length > 0) yield* this.#tellVanished(options.qresync);
    if (this.#added.length > 0) {
      const gone = this.#vanished;
      // A message that came and went between two answers was never there.
      const added = this.#added.filter((uid) => !gone.some(([first, last]) => uid >= first && uid <= last));
      this.#added = [];
      if (added.length > 0) {
        this.view.append(rangesOf(added));
        yield `* ${this.view.exists} EXISTS\r\n* ${this.recent} RECENT\r\n`;
      }
    }
    if (this.#flags !== null) {
      const flags = this.#flags;
      this.#flags = null;
      yield* this.#tellFlags(flags, options.condstore);
    }
  }

  *#tellVanished(qresync: boolean): Generator<string> {
    const gone = common(this.view.uids, this.#vanished);
    // What has vanished and was never told stays hidden from an EXISTS that is still to come.
    this.#added = this.#added.filter(
      (uid) => !this.#vanished.some(([first, last]) => uid >= first && uid <= last),
    );
    this.#vanished = [];
    if (gone.length === 0) return;
    const numbers = this.view.remove(gone);
    if (qresync) {
      yield `* VANISHED ${rangesText(gone)}\r\n`;
      return;
    }
    let lines: string[] = [];
    for (const [number, times] of numbers)
      for (let each = 0; each < times; each += 1) {
        lines.push(`* ${number} EXPUNGE\r\n`);
        if (lines.length >= LINES) {
          yield lines.join('');
          lines = [];
        }
      }
    if (lines.length > 0) yield lines.join('');
  }

  *#tellFlags(states: ReadonlyMap<number, FlagState>, condstore: boolean): Generator<string> {
    let lines: string[] = [];
    for (const uid of Uint32Array.from(states.keys()).sort()) {
      const { flags, keywords, modseq } = states.get(uid)!;
      const number = this.view.seqOf(uid);
      if (number === 0) continue;
      const words = flagsText(flags, keywords, this.isRecent(uid));
      lines.push(
        `* ${number} FETCH (UID ${uid} FLAGS (${words})${condstore ? ` MODSEQ (${modseq})` : ''})\r\n`,
      );
      if (lines.length >= LINES) {
        yield lines.join('');
        lines = [];
      }
    }
    if (lines.length > 0) yield lines.join('');
  }

  #fallBehind(): void {
    this.#behind = true;
    this.#events = [];
    this.#weight = 0;
  }

  #fold(): void {
    for (const event of this.#events) {
      const own = this.#own?.get(event.modseq);
      if (own !== undefined) this.#own!.delete(event.modseq);
      // What a catch-up has taken in already.
      if (event.modseq <= this.#modseq) continue;
      if (event.vanished.length > 0) {
        this.#vanished = union(this.#vanished, event.vanished);
        if (this.#flags !== null)
          for (const [first, last] of event.vanished)
            for (const uid of [...this.#flags.keys()])
              if (uid >= first && uid <= last) this.#flags.delete(uid);
      }
      for (const { uid } of event.added)
        if (uid > this.#lastHeard) {
          this.#added.push(uid);
          this.#lastHeard = uid;
        }
      for (const state of event.changed) {
        if (own === true) this.#flags?.delete(state.uid);
        else if (own === undefined || this.#flags?.has(state.uid)) {
          this.#flags ??= new Map();
          this.#flags.set(state.uid, state);
        }
      }
      this.#modseq = Math.max(this.#modseq, event.modseq);
    }
    this.#events = [];
    this.#weight = 0;
    if (this.#own?.size === 0) this.#own = null;
  }
}

function union(left: UidRanges, right: UidRanges): UidRanges {
  if (left.length === 0) return right;
  if (right.length === 0) return left;
  return normalised([...left, ...right], 0);
}
