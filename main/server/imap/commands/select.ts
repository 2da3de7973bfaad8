/**
 * SELECT, EXAMINE, UNSELECT, CLOSE (RFC 3501 section 6.3.1, RFC 9051 sections 6.3.2 to 6.4.2, RFC 7162 sections
 * 3.1.8 and 3.2.5). The subscription to the mailbox begins before its snapshot is taken, so nothing falls between.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MAX_KEYWORDS } from '../../../base/limits.ts';
import type { MailboxEvent, OpenedMailbox, UidRanges } from '../../mailstore/mailstore.ts';
import { bad, no } from '../faults.ts';
import { flagsText, SYSTEM_FLAGS } from '../flags.ts';
import { mailboxIdText } from '../object-id.ts';
import type { Scanner } from '../scanner.ts';
import { SelectedMailbox } from '../selected.ts';
import { common, normalised, rangesText, STAR, without } from '../sequence-set.ts';
import type { Session } from '../session.ts';
import { type Command, noArguments, type PlainCommand } from './command.ts';

interface Resync {
  readonly uidValidity: number;
  readonly modseq: number;
  readonly known: UidRanges | null;
  /** Pairs of message number and UID that the client remembers (RFC 7162 section 3.2.5.2). */
  readonly match: { readonly numbers: UidRanges; readonly uids: UidRanges } | null;
}

interface SelectArguments {
  readonly name: string;
  readonly condstore: boolean;
  readonly resync: Resync | null;
}

/** Octets of one VANISHED line; a longer list becomes several. */
const VANISHED_OCTETS = 8000;

function parse(scanner: Scanner, session: Session): SelectArguments {
  scanner.space();
  const name = scanner.mailbox();
  let condstore = false;
  let resync: Resync | null = null;
  if (scanner.maybe(32)) {
    scanner.list(() => {
      const word = scanner.atom().toUpperCase();
      if (word === 'CONDSTORE') condstore = true;
      else if (word === 'QRESYNC') {
        if (!session.qresync) throw bad('QRESYNC has not been enabled.');
        scanner.space();
        resync = parseResync(scanner);
      } else throw bad('A parameter is not known.');
    });
  }
  return { name, condstore, resync };
}

function parseResync(scanner: Scanner): Resync {
  scanner.open();
  const uidValidity = scanner.nzNumber();
  scanner.space();
  const modseq = scanner.number64();
  let known: UidRanges | null = null;
  let match: Resync['match'] = null;
  if (scanner.maybe(32)) {
    if (!scanner.atList) {
      known = plainSet(scanner);
      if (scanner.maybe(32)) match = parseMatch(scanner);
    } else match = parseMatch(scanner);
  }
  scanner.close();
  return { uidValidity, modseq, known, match };
}

function parseMatch(scanner: Scanner): NonNullable<Resync['match']> {
  scanner.open();
  const numbers = plainSet(scanner);
  scanner.space();
  const uids = plainSet(scanner);
  scanner.close();
  return { numbers, uids };
}

/** RFC 7162 section 7: these sets hold no `*`. */
function plainSet(scanner: Scanner): UidRanges {
  const set = scanner.sequenceSet();
  if (set === '$' || set.some(([first, last]) => first === STAR || last === STAR))
    throw bad('* has no place in this set.');
  return normalised(set, 0);
}

function selecting(name: 'SELECT' | 'EXAMINE'): PlainCommand<SelectArguments> {
  const readOnly = name === 'EXAMINE';
  return {
    kind: 'plain',
    name,
    allowed: 'signed-in',
    announces: 'nothing',
    parse,
    async run(session, { name: mailboxName, condstore, resync }) {
      // RFC 7162 section 3.2.11; a failed SELECT leaves nothing selected.
      if (session.deselect()) session.untagged('OK [CLOSED] The mailbox before is closed.');
      if (condstore) session.condstore = true;
      const { opened, selected } = await open(session, mailboxName, readOnly);
      if (session.closed) {
        selected.close();
        return { text: '' };
      }
      session.select(selected);
      describe(session, opened, selected);
      if (resync && resync.uidValidity === selected.uidValidity)
        await resynchronise(session, selected, resync);
      return { code: readOnly ? 'READ-ONLY' : 'READ-WRITE', text: `${name} completed.` };
    },
  };
}

async function open(
  session: Session,
  name: string,
  readOnly: boolean,
): Promise<{ opened: OpenedMailbox; selected: SelectedMailbox }> {
  const { mailstore } = session.context;
  const mailbox = await mailstore.mailbox(session.person.id, name);
  if (!mailbox?.exists) throw no('NONEXISTENT', 'There is no such mailbox.');
  if (!mailbox.selectable) throw no('NONEXISTENT', 'This name only holds other mailboxes.');
  const early: MailboxEvent[] = [];
  let hear = (event: MailboxEvent): void => {
    early.push(event);
  };
  const stop = mailstore.watch(mailbox.id, (event) => hear(event));
  try {
    const opened = await mailstore.open(mailbox.id, !readOnly);
    const selected = new SelectedMailbox(opened, readOnly, stop);
    hear = (event) => selected.hear(event);
    for (const event of early) selected.hear(event);
    return { opened, selected };
  } catch (failure) {
    stop();
    throw failure;
  }
}

/** Rule I30: everything a client needs before it may ask. */
function describe(session: Session, opened: OpenedMailbox, selected: SelectedMailbox): void {
  const { mailbox, keywords, firstUnseen } = opened;
  const known = [SYSTEM_FLAGS, ...keywords].join(' ');
  const more = keywords.length < MAX_KEYWORDS ? ' \\*' : '';
  session.untagged(`FLAGS (${known})`);
  session.untagged(`${selected.view.exists} EXISTS`);
  session.untagged(`${selected.recent} RECENT`);
  const unseen = firstUnseen === null ? 0 : selected.view.seqOf(firstUnseen);
  if (unseen > 0) session.untagged(`OK [UNSEEN ${unseen}] Message ${unseen} is the first unseen message`);
  session.untagged(`OK [PERMANENTFLAGS (${selected.readOnly ? '' : `${known}${more}`})] Flags that are kept`);
  session.untagged(`OK [UIDNEXT ${mailbox.uidNext}] Predicted next UID`);
  session.untagged(`OK [UIDVALIDITY ${mailbox.uidValidity}] UIDs valid`);
  session.untagged(`OK [HIGHESTMODSEQ ${Math.max(1, mailbox.highestModseq)}] Highest modification`);
  session.untagged(`OK [MAILBOXID (${mailboxIdText(mailbox.id)})] Mailbox id`);
}

/** Rule I62: what has gone, then what has changed, of the messages this session has just been told of. */
async function resynchronise(session: Session, selected: SelectedMailbox, resync: Resync): Promise<void> {
  const { view } = selected;
  const changes = await session.context.mailstore.changesSince(
    selected.mailboxId,
    resync.modseq,
    resync.known ?? undefined,
  );
  // What has gone since the snapshot is in the view still, and is told like any later expunge.
  let vanished = without(changes.vanished, view.uids);
  if (resync.known) vanished = common(vanished, resync.known);
  const unharmed = lastMatch(selected, resync);
  if (unharmed > 0) vanished = common(vanished, [[unharmed + 1, 0xffffffff]]);
  for (const ranges of pieces(vanished)) session.untagged(`VANISHED (EARLIER) ${ranges}`);
  let count = 0;
  for (const { uid, flags, keywords, modseq } of changes.changed) {
    const number = view.seqOf(uid);
    if (number === 0) continue;
    const words = flagsText(flags, keywords, selected.isRecent(uid));
    session.untagged(`${number} FETCH (UID ${uid} FLAGS (${words}) MODSEQ (${modseq}))`);
    count += 1;
    if (count % 2000 === 0) {
      await session.drained();
      await nextTurn();
    }
  }
}

/** The largest UID whose message number is still what the client remembers: nothing below it has gone. */
function lastMatch(selected: SelectedMailbox, { match }: Resync): number {
  if (!match) return 0;
  let last = 0;
  const uids = numbersOf(match.uids);
  for (const number of numbersOf(match.numbers)) {
    const uid = uids.next();
    if (uid.done || number > selected.view.exists || selected.view.uidAt(number) !== uid.value) break;
    last = uid.value;
  }
  return last;
}

function* numbersOf(ranges: UidRanges): Generator<number, undefined> {
  for (const [first, last] of ranges) for (let each = first; each <= last; each += 1) yield each;
  return undefined;
}

function* pieces(ranges: UidRanges): Generator<string> {
  let piece = '';
  for (const range of ranges) {
    const text = rangesText([range]);
    if (piece.length + text.length > VANISHED_OCTETS) {
      yield piece;
      piece = '';
    }
    piece += piece === '' ? text : `,${text}`;
  }
  if (piece !== '') yield piece;
}

const unselect: PlainCommand<undefined> = {
  kind: 'plain',
  name: 'UNSELECT',
  allowed: 'leaving',
  announces: 'nothing',
  parse: noArguments,
  async run(session) {
    session.deselect();
    return { text: 'UNSELECT completed.' };
  },
};

const close: PlainCommand<undefined> = {
  kind: 'plain',
  name: 'CLOSE',
  allowed: 'leaving',
  announces: 'nothing',
  parse: noArguments,
  async run(session) {
    const { selected } = session;
    // Rules I31, I41: silently, and not after EXAMINE; the client is told nothing, HIGHESTMODSEQ neither (I63).
    if (!selected.readOnly && !selected.gone) await session.context.mailstore.expunge(selected.mailboxId);
    session.deselect();
    return { text: 'CLOSE completed.' };
  },
};

export const selectCommands: readonly Command[] = [
  selecting('SELECT'),
  selecting('EXAMINE'),
  unselect,
  close,
];
