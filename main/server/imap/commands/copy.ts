/**
 * COPY and MOVE by number and by UID (RFC 9051 sections 6.4.7 and 6.4.8, COPYUID RFC 4315, rule I40). All or nothing; a
 * moved message is in exactly one mailbox whatever happens. MOVE never sets \Deleted.
 */
import { toFault } from '../../../base/errors.ts';
import type { Copied, Mailbox, UidRanges } from '../../mailstore/mailstore.ts';
import { no } from '../faults.ts';
import { rangesOf, rangesText, type SequenceSet } from '../sequence-set.ts';
import type { Session } from '../session.ts';
import type { Command, Completion, PlainCommand } from './command.ts';

interface CopyArguments {
  readonly set: SequenceSet;
  readonly name: string;
}

/** The mailbox that takes messages. @throws Fault user TRYCREATE (rule I39), CANNOT. */
export async function targetMailbox(session: Session, name: string): Promise<Mailbox> {
  const mailbox = await session.context.mailstore.mailbox(session.person.id, name);
  if (!mailbox?.exists) throw no('TRYCREATE', 'There is no such mailbox.');
  if (!mailbox.selectable) throw no('CANNOT', 'This mailbox holds no messages.');
  return mailbox;
}

/** A target that vanished meanwhile is TRYCREATE too. */
export function targetFault(thrown: unknown): unknown {
  const fault = toFault(thrown);
  if (fault.code === 'no-mailbox') return no('TRYCREATE', 'There is no such mailbox.');
  // Rule I25: expunged elsewhere, the client does not know it yet.
  if (fault.code === 'expunged') return no('EXPUNGEISSUED', 'Some of the messages have been expunged.');
  return thrown;
}

function copyCode({ uidValidity, sources, targets }: Copied): string {
  return `COPYUID ${uidValidity} ${rangesText(rangesOf(sources))} ${rangesText(rangesOf(targets))}`;
}

function requireAll(session: Session, uids: UidRanges): void {
  if (session.selected.expungedOf(uids).length > 0)
    throw no('EXPUNGEISSUED', 'Some of the messages have been expunged.');
}

async function copy(session: Session, args: CopyArguments, byUid: boolean): Promise<Completion> {
  const { selected } = session;
  const uids = selected.view.resolve(args.set, byUid, selected.saved);
  const target = await targetMailbox(session, args.name);
  if (uids.length === 0) return { text: 'Nothing to copy.' };
  requireAll(session, uids);
  try {
    const copied = await session.context.mailstore.copy(selected.mailboxId, uids, target.id, {
      strict: true,
    });
    if (copied.sources.length === 0) throw no('EXPUNGEISSUED', 'The messages have been expunged.');
    return { code: copyCode(copied), text: 'COPY completed.' };
  } catch (thrown) {
    throw targetFault(thrown);
  }
}

async function move(session: Session, args: CopyArguments, byUid: boolean): Promise<Completion> {
  const selected = session.writable;
  const uids = selected.view.resolve(args.set, byUid, selected.saved);
  const target = await targetMailbox(session, args.name);
  if (uids.length === 0) return { text: 'Nothing to move.' };
  requireAll(session, uids);
  let copied: Copied;
  try {
    copied = await session.context.mailstore.move(selected.mailboxId, uids, target.id, { strict: true });
  } catch (thrown) {
    throw targetFault(thrown);
  }
  if (copied.sources.length === 0) throw no('EXPUNGEISSUED', 'The messages have been expunged.');
  // RFC 6851 section 4.3: COPYUID comes untagged and before the EXPUNGEs, which the session announces.
  session.untagged(`OK [${copyCode(copied)}] Moved.`);
  selected.removed(rangesOf(copied.sources));
  return session.condstore
    ? { code: `HIGHESTMODSEQ ${copied.modseq}`, text: 'MOVE completed.' }
    : { text: 'MOVE completed.' };
}

function command(name: 'COPY' | 'MOVE', byUid: boolean): PlainCommand<CopyArguments> {
  const run = name === 'COPY' ? copy : move;
  return {
    kind: 'plain',
    name: byUid ? `UID ${name}` : name,
    allowed: 'selected',
    announces: 'all',
    parse(scanner) {
      scanner.space();
      const set = scanner.sequenceSet();
      scanner.space();
      return { set, name: scanner.mailbox() };
    },
    run: (session, args) => run(session, args, byUid),
  };
}

export const copyCommands: readonly Command[] = (['COPY', 'MOVE'] as const).flatMap((name) => [
  command(name, false) as Command,
  command(name, true) as Command,
]);
