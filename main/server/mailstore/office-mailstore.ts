/**
 * The mailstore on the store kernel: rows in SQLite, octets in segments (mailstore.ts says what it promises).
 *
 * Everything that costs time runs elsewhere: SQL on the writer and reader threads, parsing and packing in the ingest
 * pool. Here are only the calls, the slices of long writes, and what lives as long as the process: watchers, claims of
 * recent messages, maildrop locks.
 */
import type { Clock } from '../../base/clock.ts';
import { Closers } from '../../base/disposable.ts';
import type { Fault } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { spoolFolder } from '../../store/layout.ts';
import { lazyPool } from '../../store/lazy-pool.ts';
import { openPool } from '../../store/threads.ts';
import { ingestModule } from '../entries.ts';
import type { OfficeStore } from '../program.ts';
import type { NewMessage } from './append.ts';
import { packRanges, pairs } from './change-record.ts';
import type { MailstoreReport } from './check.ts';
import type { CopyOutput } from './copy-move.ts';
import { flagStates, MailstoreEvents } from './events.ts';
import type { ExpungeOutput } from './expunge.ts';
import type { SetFlagsOutput } from './flags.ts';
import type { IngestCalls } from './ingest.ts';
import { IngestQueue } from './ingest-queue.ts';
import { LetterIntake } from './intake.ts';
import { letterOf, piecesOf } from './letter.ts';
import { noMailbox } from './mailbox-rows.ts';
import { MaildropLocks } from './maildrop.ts';
import type {
  AppendMessage,
  Columns,
  Copied,
  FlagChange,
  FlagOutcome,
  FlagState,
  Letter,
  LetterPiece,
  Mailbox,
  MailboxChanges,
  Mailstore,
  OpenedMailbox,
  RowBatch,
  SpecialUse,
  UidRanges,
} from './mailstore.ts';
import { type TakenLetter, takePacked } from './prepared.ts';
import { RecentClaims } from './recent.ts';
import { readAhead } from './row-batches.ts';
import { type MailstoreSearch, openSearch } from './search/mailstore-search.ts';

import type { SweepReport } from './sweep.ts';
import { batchOf, everyUid, statesOf } from './unpack.ts';
import { checkAll, raiseAll, sweepAll } from './upkeep.ts';

export interface MailstoreOptions {
  /** The store's folder: large letters pass through its spool. */
  readonly dir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Ingest threads; default 2. */
  readonly threads?: number;
}

const DEFAULT_THREADS = 2;

export interface OpenMailstore extends Mailstore {
  /** All mailboxes of someone who has left; letters go with the next sweeps. */
  removePerson(personId: number): Promise<void>;
  /** Gives back what nobody can ask for any more; for quiet times, every hour or so. Safe to stop at any moment. */
  sweep(signal?: AbortSignal): Promise<SweepReport>;
  /** Verifies every row, UID and counter; `repair` counts again what can be counted. */
  check(options?: { repair?: boolean }): Promise<MailstoreReport & { readonly repaired: number }>;
  /** After a restore from a backup, before anybody signs in: UIDVALIDITY of every mailbox rises (rule I32). */
  raiseUidValidity(): Promise<void>;
  /** Letters will come: starts the ingest threads, which begin with the first letter otherwise. */
  warm(): void;
  close(): Promise<void>;
}

/** The store stays the caller's to close, after this. */
export async function openMailstore(store: OfficeStore, options: MailstoreOptions): Promise<OpenMailstore> {
  const closers = new Closers();
  const { log } = options;
  try {
    const size = options.threads ?? DEFAULT_THREADS;
    const pool = closers.add(
      lazyPool(size, () =>
        openPool<IngestCalls>({ module: ingestModule, size, log, name: 'mailstore-ingest', onDemand: true }),
      ),
    );
    const search = closers.add(await openSearch(store, { clock: options.clock }));
    const events = new MailstoreEvents(log);
    closers.defer(store.changes.on((batch) => events.publish(batch)));
    const queue = new IngestQueue(pool);
    return new OfficeMailstore(store, options, { closers, events, search, queue, warm: pool.start });
  } catch (failure) {
    await closers.close();
    throw failure;
  }
}

interface Parts {
  readonly closers: Closers;
  readonly events: MailstoreEvents;
  readonly search: MailstoreSearch;
  readonly queue: IngestQueue;
  readonly warm: () => void;
}

class OfficeMailstore implements OpenMailstore {
  readonly search: Mailstore['search'];
  readonly sort: Mailstore['sort'];
  readonly thread: Mailstore['thread'];
  readonly #store: OfficeStore;
  readonly #clock: Clock;
  readonly #parts: Parts;
  readonly #spool: string;
  readonly #recent: RecentClaims;
  readonly #maildrops = new MaildropLocks();

  constructor(store: OfficeStore, options: MailstoreOptions, parts: Parts) {
    this.#store = store;
    this.#clock = options.clock;
    this.#parts = parts;
    this.#spool = spoolFolder(options.dir);
    this.#recent = new RecentClaims((mailbox, from) =>
      store.write('mailstore.recent', { mailbox, from }, { relaxed: true }),
    );
    const { search } = parts;
    this.search = (...input) => search.search(...input);
    this.sort = (...input) => search.sort(...input);
    this.thread = (...input) => search.thread(...input);
  }

  async provision(person: number): Promise<void> {
    if (await this.#store.read('mailstore.isProvisioned', { person })) return;
    await this.#store.write('mailstore.provision', { person, now: this.#clock.now() });
  }

  async mailboxes(person: number): Promise<Mailbox[]> {
    const found = await this.#store.read('mailstore.list', { person });
    return found.map((each) => this.#recent.shown(each));
  }

  async mailbox(person: number, name: string): Promise<Mailbox | undefined> {
    const found = await this.#store.read('mailstore.mailbox', { person, name });
    return found && this.#recent.shown(found);
  }

  async mailboxById(id: number): Promise<Mailbox | undefined> {
    const found = await this.#store.read('mailstore.mailboxById', { id });
    return found && this.#recent.shown(found);
  }

  async create(person: number, name: string, use?: SpecialUse): Promise<Mailbox> {
    const id = await this.#store.write('mailstore.create', {
      person,
      name,
      use: use ?? null,
      now: this.#clock.now(),
    });
    const made = await this.mailboxById(id);
    if (!made) throw noMailbox(name);
    return made;
  }

  remove(person: number, name: string): Promise<void> {
    return this.#store.write('mailstore.remove', { person, name, now: this.#clock.now() });
  }

  removePerson(person: number): Promise<void> {
    return this.#store.write('mailstore.removeAll', { person, now: this.#clock.now() });
  }

  rename(person: number, from: string, to: string): Promise<void> {
    return this.#store.write('mailstore.rename', { person, from, to, now: this.#clock.now() });
  }

  subscribe(person: number, name: string, subscribed: boolean): Promise<void> {
    return this.#store.write('mailstore.subscribe', { person, name, subscribed });
  }

  async open(mailboxId: number, claimRecent: boolean): Promise<OpenedMailbox> {
    const opened = await this.#store.read('mailstore.open', { id: mailboxId });
    if (!opened) throw noMailbox(mailboxId);
    const { recentStored, ...rest } = opened;
    const { uidNext } = opened.mailbox;
    if (claimRecent) return { ...rest, recentFrom: this.#recent.claim(mailboxId, recentStored, uidNext) };
    const from = this.#recent.from(mailboxId, recentStored);
    return { ...rest, recentFrom: from < uidNext ? from : null };
  }

  async claimRecent(mailboxId: number, uidNext: number): Promise<number | null> {
    const stored = await this.#store.read('mailstore.recentFrom', { id: mailboxId });
    return this.#recent.claim(mailboxId, stored, uidNext);
  }

  async *rows(
    mailbox: number,
    uids: UidRanges,
    columns: Columns,
    signal?: AbortSignal,
  ): AsyncGenerator<RowBatch> {
    for await (const { rows } of readAhead(this.#store, { mailbox, uids, columns }, signal)) {
      if (rows.uids.length > 0) yield batchOf(rows);
    }
  }

  async letter(mailbox: number, uid: number): Promise<Letter | undefined> {
    const place = await this.#store.read('mailstore.letter', { mailbox, uid });
    return place && letterOf(this.#store.blobs, place);
  }

  async letters(mailbox: number, uids: readonly number[]): Promise<(Letter | undefined)[]> {
    const places = await this.#store.read('mailstore.letters', { mailbox, uids });
    return places.map((place) => place && letterOf(this.#store.blobs, place));
  }

  pieces(wanted: readonly LetterPiece[]): Promise<(Uint8Array | Fault)[]> {
    return piecesOf(this.#store.blobs, wanted);
  }

  async changesSince(mailbox: number, modseq: number, uids?: UidRanges): Promise<MailboxChanges> {
    const found = await this.#store.read('mailstore.changes', {
      mailbox,
      modseq,
      uids: uids ? packRanges(uids) : null,
    });
    if (!found) throw noMailbox(mailbox);
    const { highestModseq, vanished } = found;
    return { highestModseq, vanished: pairs(vanished), changed: await statesOf(found) };
  }

  async setFlags(mailbox: number, uids: UidRanges, change: FlagChange): Promise<FlagOutcome> {
    const changed: FlagState[] = [];
    const modified: number[] = [];
    const gone: number[] = [];
    const packed = packRanges(uids);
    let modseq = 0;
    let next: number | null = 1;
    while (next !== null) {
      const slice: SetFlagsOutput = await this.#store.write('mailstore.setFlags', {
        mailbox,
        uids: packed,
        change,
        from: next,
      });
      for (const state of flagStates(slice.changed, slice.modseq)) changed.push(state);
      everyUid(slice.modified, modified);
      everyUid(slice.gone, gone);
      modseq = slice.modseq;
      next = slice.next;
    }
    return { modseq, changed, modified, gone };
  }

  async append(
    mailbox: number,
    messages: readonly AppendMessage[],
  ): Promise<{ uidValidity: number; uids: number[] }> {
    const now = this.#clock.now();
    const transfer: ArrayBuffer[] = [];
    const taken = messages.map((each) => takePacked(each.message));
    const made = messages.map((each, n): NewMessage => {
      const { letter, transfer: own } = taken[n] as TakenLetter;
      transfer.push(...own);
      return {
        letter,
        flags: each.flags,
        keywords: each.keywords,
        internalDate: each.internalDate ?? now,
        zone: each.zone ?? 0,
        saveDate: now,
        uidl: each.uidl,
      };
    });
    try {
      return await this.#store.write('mailstore.append', { mailbox, messages: made }, { transfer });
    } finally {
      for (const { settled } of taken) settled();
    }
  }

  async copy(
    mailbox: number,
    uids: UidRanges,
    target: number,
    options: { strict?: boolean } = {},
  ): Promise<Copied> {
    const strict = options.strict ?? false;
    const { next: _, ...copied } = await this.#store.write('mailstore.copy', {
      mailbox,
      uids: packRanges(uids),
      target,
      strict,
      now: this.#clock.now(),
    });
    return { ...copied, mailboxId: target };
  }

  async move(
    mailbox: number,
    uids: UidRanges,
    target: number,
    options: { strict?: boolean } = {},
  ): Promise<Copied> {
    const sources: number[] = [];
    const targets: number[] = [];
    const strict = options.strict ?? false;
    const now = this.#clock.now();
    // Into itself: what has come to its end is not moved once more.
    const here =
      mailbox === target ? await this.#store.read('mailstore.mailboxById', { id: mailbox }) : undefined;
    const top = here ? here.uidNext - 1 : Number.POSITIVE_INFINITY;
    const wanted = packRanges(uids.map(([first, last]) => [first, Math.min(last, top)] as const));
    for (let from = 1; ; ) {
      const slice: CopyOutput = await this.#store.write('mailstore.move', {
        mailbox,
        uids: wanted,
        target,
        strict,
        now,
        from,
      });
      for (const uid of slice.sources) sources.push(uid);
      for (const uid of slice.targets) targets.push(uid);
      if (slice.next === null) {
        const { uidValidity, modseq } = slice;
        return { uidValidity, modseq, sources, targets, mailboxId: target };
      }
      from = slice.next;
    }
  }

  expunge(mailbox: number, uids?: UidRanges): Promise<{ uids: number[]; modseq: number }> {
    return this.#expunge(mailbox, uids ?? null, true);
  }

  removeMessages(mailbox: number, uids: UidRanges): Promise<{ uids: number[]; modseq: number }> {
    return this.#expunge(mailbox, uids, false);
  }

  async #expunge(
    mailbox: number,
    uids: UidRanges | null,
    marked: boolean,
  ): Promise<{ uids: number[]; modseq: number }> {
    const taken: number[] = [];
    const packed = uids && packRanges(uids);
    const now = this.#clock.now();
    for (let from = 1; ; ) {
      // POP3's UPDATE is one transaction (rule P16).
      const input = { mailbox, uids: packed, marked, whole: !marked, now, from };
      const slice: ExpungeOutput = await this.#store.write('mailstore.expunge', input);
      everyUid(slice.uids, taken);
      if (slice.next === null) return { uids: taken, modseq: slice.modseq };
      from = slice.next;
    }
  }

  quota(person: number): ReturnType<Mailstore['quota']> {
    return this.#store.read('mailstore.quota', { person });
  }

  async lockMaildrop(person: number): ReturnType<Mailstore['lockMaildrop']> {
    return this.#maildrops.lock(person);
  }

  intake(): LetterIntake {
    return new LetterIntake(this.#parts.queue, this.#spool);
  }

  watch(...input: Parameters<Mailstore['watch']>): () => void {
    return this.#parts.events.watch(...input);
  }

  watchTree(...input: Parameters<Mailstore['watchTree']>): () => void {
    return this.#parts.events.watchTree(...input);
  }

  sweep(signal?: AbortSignal): Promise<SweepReport> {
    return sweepAll(this.#store, this.#clock.now(), signal);
  }

  check(options: { repair?: boolean } = {}): Promise<MailstoreReport & { repaired: number }> {
    return checkAll(this.#store, options.repair ?? false);
  }

  raiseUidValidity(): Promise<void> {
    return raiseAll(this.#store, this.#clock.now());
  }

  warm(): void {
    this.#parts.warm();
  }

  close(): Promise<void> {
    return this.#parts.closers.close();
  }
}
