/**
 * FETCH and UID FETCH (RFC 9051 section 6.4.5) with CHANGEDSINCE and VANISHED (RFC 7162) and PARTIAL (RFC 9394).
 *
 * Answers come in ascending order, one per message (rule I50); rows are packed into one buffer a batch, bodies are
 * streamed. It never shows a message that the client has not been told of, and never leaves a requested item out
 * without a tagged NO.
 */
import type { Fault } from '../../../base/errors.ts';
import { IMAP_SEEN_BATCH } from '../../../base/limits.ts';
import {
  type Columns,
  type FlagState,
  type RowBatch,
  SEEN,
  type UidRanges,
} from '../../mailstore/mailstore.ts';
import { bad } from '../faults.ts';
import { BodyAnswers } from '../messages/answers.ts';
import { columnsOf, type FetchItems, ROW_ITEMS, type RowItem, readItems } from '../messages/items.ts';
import { RowWriter } from '../messages/rows.ts';
import { ownChanges, pickRange } from '../messages/uid-ranges.ts';
import { WireBuffer } from '../messages/wire-buffer.ts';
import type { Scanner } from '../scanner.ts';
import type { SelectedMailbox } from '../selected.ts';
import {
  common,
  countOf,
  normalised,
  rangesOf,
  rangesText,
  type SequenceSet,
  without,
} from '../sequence-set.ts';
import type { Session } from '../session.ts';
import type { Command, Completion, PlainCommand } from './command.ts';

interface FetchArguments {
  readonly set: SequenceSet;
  readonly items: FetchItems;
  readonly changedSince: number | null;
  readonly vanished: boolean;
  /** Places in what matches, from 1 or, negative, from the end. */
  readonly partial: readonly [number, number] | null;
}

const LARGEST_UID = 0xffffffff;

function readModifiers(
  scanner: Scanner,
  byUid: boolean,
): Pick<FetchArguments, 'changedSince' | 'vanished' | 'partial'> {
  let changedSince: number | null = null;
  let vanished = false;
  let partial: [number, number] | null = null;
  if (scanner.maybe(32)) {
    scanner.list(() => {
      const word = scanner.atom().toUpperCase();
      if (word === 'CHANGEDSINCE' && changedSince === null) {
        scanner.space();
        changedSince = scanner.number64();
      } else if (word === 'VANISHED' && !vanished) vanished = true;
      else if (word === 'PARTIAL' && byUid && partial === null) {
        scanner.space();
        const match = /^(-?)([1-9]\d{0,9}):\1([1-9]\d{0,9})$/.exec(scanner.atom());
        if (!match) throw bad('A partial range is broken.');
        const sign = match[1] === '-' ? -1 : 1;
        partial = [sign * Number(match[2]), sign * Number(match[3])];
      } else throw bad(`${word} is no modifier of this command.`);
    });
  }
  return { changedSince, vanished, partial };
}

class Fetch {
  readonly session: Session;
  readonly selected: SelectedMailbox;
  readonly items: FetchItems;
  readonly rows: readonly RowItem[];
  readonly columns: Columns;
  readonly writer: RowWriter;
  /** Messages that have been answered. */
  answered = 0;
  failure: Fault | null = null;

  constructor(session: Session, items: FetchItems, byUid: boolean) {
    this.session = session;
    this.selected = session.selected;
    this.items = items;
    const wanted = new Set(items.rows);
    if (byUid) wanted.add('UID');
    // Rule I61: once CONDSTORE is on, every FETCH response tells the mod-sequence.
    if (session.condstore) wanted.add('MODSEQ');
    this.rows = ROW_ITEMS.filter((item) => wanted.has(item));
    const columns = columnsOf(this.rows);
    // A body that sets \Seen has to know the flags before it.
    this.columns = {
      ...columns,
      flags: columns.flags || items.seen,
      size: columns.size || items.sections.length > 0,
      // Rule I25: what goes meanwhile is still there for a client that has not been told.
      expunged: true,
    };
    const { view } = this.selected;
    this.writer = new RowWriter(this.rows, {
      seqOf: (uid) => view.seqOf(uid),
      isRecent: (uid) => this.selected.isRecent(uid),
    });
  }

  async run(uids: UidRanges): Promise<void> {
    if (uids.length === 0) return;
    const { session, selected } = this;
    const { mailstore } = session.context;
    // Without any row item there is still one row a message: its UID is what the store is asked for.
    for await (const batch of mailstore.rows(selected.mailboxId, uids, this.columns, session.signal)) {
      this.answered += batch.uids.length;
      if (this.items.sections.length > 0) await this.#bodies(batch);
      else {
        const out = new WireBuffer(this.#expected(batch));
        this.writer.all(out, batch);
        session.out.whole(out.take());
      }
      if (session.out.full) await session.drained();
    }
  }

  #expected(batch: RowBatch): number {
    const texts = [batch.envelopes, batch.bodies, batch.bodyStructures, batch.previews];
    const octets = texts.reduce((sum, each) => sum + (each?.bytes.length ?? 0), 0);
    return octets + batch.uids.length * (64 + 24 * this.rows.length);
  }

  async #bodies(batch: RowBatch): Promise<void> {
    const { session, selected } = this;
    const answers = new BodyAnswers(
      session.context.mailstore,
      selected.mailboxId,
      this.items.sections,
      this.writer,
      session.out,
    );
    const step = this.items.seen && !selected.readOnly ? IMAP_SEEN_BATCH : batch.uids.length;
    for (let from = 0; from < batch.uids.length; from += step) {
      const to = Math.min(batch.uids.length, from + step);
      const { batch: current, flagged } = await this.#markSeen(batch, from, to);
      await answers.send(current, from, to, flagged);
    }
    this.failure ??= answers.failure;
  }

  /** Sets \Seen on rows that lack it (rule I55); gives the rows as they are then. */
  async #markSeen(
    batch: RowBatch,
    from: number,
    to: number,
  ): Promise<{ batch: RowBatch; flagged: ReadonlySet<number> }> {
    const flagged = new Set<number>();
    const { flags } = batch;
    if (!this.items.seen || this.selected.readOnly || !flags) return { batch, flagged };
    const places = new Map<number, number>();
    for (let row = from; row < to; row += 1)
      if (!((flags[row] as number) & SEEN)) places.set(batch.uids[row] as number, row);
    if (places.size === 0) return { batch, flagged };
    const { mailstore } = this.session.context;
    const change = { mode: 'add', flags: SEEN, keywords: [] } as const;
    const outcome = await mailstore.setFlags(this.selected.mailboxId, rangesOf(places.keys()), change);
    ownChanges(this.selected, outcome, true);
    const keywords = new Map(batch.keywords);
    for (const state of outcome.changed) {
      const row = places.get(state.uid);
      if (row === undefined) continue;
      flagged.add(row);
      patch(batch, keywords, row, state);
    }
    return { batch: { ...batch, keywords }, flagged };
  }
}

/** Writes a new state into a batch, which belongs to this command alone. */
function patch(
  batch: RowBatch,
  keywords: Map<number, readonly string[]>,
  row: number,
  state: FlagState,
): void {
  if (batch.flags) batch.flags[row] = state.flags;
  if (batch.modseqs) batch.modseqs[row] = state.modseq;
  if (state.keywords.length > 0) keywords.set(row, state.keywords);
  else keywords.delete(row);
}

async function run(session: Session, args: FetchArguments, byUid: boolean): Promise<Completion> {
  const { selected } = session;
  let uids = selected.view.resolve(args.set, byUid, selected.saved);
  const { changedSince, partial } = args;
  if (args.items.rows.includes('MODSEQ') || changedSince !== null) session.condstore = true;
  if (args.vanished && !(byUid && changedSince !== null && session.qresync))
    throw bad('VANISHED needs UID FETCH, CHANGEDSINCE and ENABLE QRESYNC.');
  if (changedSince !== null) uids = await changedOnes(session, uids, args);
  if (partial) uids = pickRange(uids, partial);
  const fetch = new Fetch(session, args.items, byUid);
  await fetch.run(uids);
  const text = 'FETCH completed.';
  if (fetch.failure && fetch.failure.code !== 'expunged') throw fetch.failure;
  // Rule I25, RFC 2180 section 4.1.2: what has been expunged long ago cannot be shown any more.
  if (fetch.failure || fetch.answered < countOf(uids))
    return { status: 'NO', code: 'EXPUNGEISSUED', text: 'Some of the messages have been expunged.' };
  return { text };
}

/** Answers for these UIDs of the selected mailbox, each with its UID (NOTIFY's MessageNew, RFC 5465 section 5.2). */
export function fetchItems(session: Session, items: FetchItems, uids: UidRanges): Promise<void> {
  return new Fetch(session, items, true).run(uids);
}

/** The messages that changed after a modseq; tells VANISHED (EARLIER) where it was asked for (RFC 7162 section 3.2.6). */
async function changedOnes(session: Session, uids: UidRanges, args: FetchArguments): Promise<UidRanges> {
  const { selected } = session;
  const { mailstore } = session.context;
  const since = args.changedSince ?? 0;
  const asked = args.set === '$' ? uids : normalised(args.set, LARGEST_UID);
  const changes = await mailstore.changesSince(selected.mailboxId, since, args.vanished ? asked : uids);
  if (args.vanished) {
    const gone = without(common(asked, changes.vanished), selected.view.uids);
    if (gone.length > 0) session.untagged(`VANISHED (EARLIER) ${rangesText(gone)}`);
  }
  return common(uids, rangesOf(changes.changed.map(({ uid }) => uid).sort((a, b) => a - b)));
}

function fetchCommand(byUid: boolean): PlainCommand<FetchArguments> {
  return {
    kind: 'plain',
    name: byUid ? 'UID FETCH' : 'FETCH',
    allowed: 'selected',
    announces: byUid ? 'all' : 'no-expunge',
    parse(scanner) {
      scanner.space();
      const set = scanner.sequenceSet();
      scanner.space();
      const items = readItems(scanner);
      return { set, items, ...readModifiers(scanner, byUid) };
    },
    run: (session, args) => run(session, args, byUid),
  };
}

export const fetchCommands: readonly Command[] = [
  fetchCommand(false) as Command,
  fetchCommand(true) as Command,
];
