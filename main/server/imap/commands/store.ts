/**
 * STORE and UID STORE (RFC 9051 section 6.4.6, UNCHANGEDSINCE RFC 7162 section 3.1.3). Changes are atomic in the store
 * (rule I26); a large set is done in groups, so that nobody else waits for it.
 *
 * A message expunged elsewhere stays as it is: NO [EXPUNGEISSUED] by number, silence by UID (rule I25).
 */
import { IMAP_STORE_GROUP } from '../../../base/limits.ts';
import type { FlagChange, FlagOutcome, UidRanges } from '../../mailstore/mailstore.ts';
import { bad } from '../faults.ts';
import { flagSet } from '../flags.ts';
import { columnsOf, type RowItem } from '../messages/items.ts';
import { RowWriter } from '../messages/rows.ts';
import { groupsOf, ownChanges } from '../messages/uid-ranges.ts';
import { WireBuffer } from '../messages/wire-buffer.ts';
import type { Scanner } from '../scanner.ts';
import { rangesOf, rangesText, type SequenceSet, without } from '../sequence-set.ts';
import type { Session } from '../session.ts';
import type { Command, Completion, PlainCommand } from './command.ts';

interface StoreArguments {
  readonly set: SequenceSet;
  readonly change: FlagChange;
  readonly silent: boolean;
}

const MODES: Readonly<Record<string, FlagChange['mode']>> = { '': 'replace', '+': 'add', '-': 'remove' };

function readArguments(scanner: Scanner): StoreArguments {
  scanner.space();
  const set = scanner.sequenceSet();
  scanner.space();
  let unchangedSince: number | null = null;
  if (scanner.atList) {
    scanner.list(() => {
      if (!scanner.maybeAtom('UNCHANGEDSINCE') || unchangedSince !== null)
        throw bad('No such modifier of STORE.');
      scanner.space();
      unchangedSince = scanner.number64();
    });
    scanner.space();
  }
  const match = /^([+-]?)FLAGS(\.SILENT)?$/.exec(scanner.atom().toUpperCase());
  const mode = MODES[match?.[1] ?? ''];
  if (!match || !mode) throw bad('STORE knows FLAGS, +FLAGS and -FLAGS.');
  scanner.space();
  const words: string[] = [];
  if (scanner.atList) words.push(...scanner.list(() => scanner.flag(), { empty: true }));
  else
    do words.push(scanner.flag());
    while (scanner.maybe(32));
  const { flags, keywords } = flagSet(words);
  const change: FlagChange = { mode, flags, keywords };
  return {
    set,
    silent: match[2] !== undefined,
    change: unchangedSince === null ? change : { ...change, unchangedSince },
  };
}

/** The new state of messages, as a FETCH of it would answer. */
async function tell(session: Session, uids: UidRanges, items: readonly RowItem[]): Promise<void> {
  if (uids.length === 0) return;
  const { selected } = session;
  const writer = new RowWriter(items, {
    seqOf: (uid) => selected.view.seqOf(uid),
    isRecent: (uid) => selected.isRecent(uid),
  });
  for await (const batch of session.context.mailstore.rows(
    selected.mailboxId,
    uids,
    columnsOf(items),
    session.signal,
  )) {
    const out = new WireBuffer(batch.uids.length * 64);
    writer.all(out, batch);
    session.out.whole(out.take());
    if (session.out.full) await session.drained();
  }
}

async function run(session: Session, args: StoreArguments, byUid: boolean): Promise<Completion> {
  const selected = session.writable;
  const { change, silent } = args;
  const uids = selected.view.resolve(args.set, byUid, selected.saved);
  if (change.unchangedSince !== undefined) session.condstore = true;
  const items: RowItem[] = byUid || session.qresync ? ['UID'] : [];
  if (session.condstore) items.push('MODSEQ');
  if (!silent) items.push('FLAGS');
  const modified: number[] = [];
  const gone: number[] = [];
  for (const group of groupsOf(uids, IMAP_STORE_GROUP)) {
    const outcome: FlagOutcome = await session.context.mailstore.setFlags(selected.mailboxId, group, change);
    ownChanges(selected, outcome, !silent);
    modified.push(...outcome.modified);
    gone.push(...outcome.gone);
    // RFC 7162 section 3.1.3: .SILENT hides the flags, never the mod-sequence.
    if (silent && !session.condstore) continue;
    const told = silent
      ? rangesOf(outcome.changed.map(({ uid }) => uid))
      : without(without(group, rangesOf(outcome.modified)), rangesOf(outcome.gone));
    await tell(session, told, items);
  }
  if (modified.length > 0) {
    // RFC 7162 section 3.1.3: UIDs for UID STORE, message numbers for STORE.
    const numbers = byUid ? modified : modified.map((uid) => selected.view.seqOf(uid));
    return { code: `MODIFIED ${rangesText(rangesOf(numbers))}`, text: 'Some messages had changed already.' };
  }
  if (gone.length > 0 && !byUid)
    return { status: 'NO', code: 'EXPUNGEISSUED', text: 'Some of the messages have been expunged.' };
  return { text: 'STORE completed.' };
}

function storeCommand(byUid: boolean): PlainCommand<StoreArguments> {
  return {
    kind: 'plain',
    name: byUid ? 'UID STORE' : 'STORE',
    allowed: 'selected',
    announces: byUid ? 'all' : 'no-expunge',
    parse: readArguments,
    run: (session, args) => run(session, args, byUid),
  };
}

export const storeCommands: readonly Command[] = [
  storeCommand(false) as Command,
  storeCommand(true) as Command,
];
