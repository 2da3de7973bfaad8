/**
 * EXPUNGE and UID EXPUNGE (RFC 9051 section 6.4.3, RFC 4315): only what has \Deleted goes, of the given UIDs where they
 * are given (rule I41).
 */
import type { UidRanges } from '../../mailstore/mailstore.ts';
import { rangesOf, type SequenceSet } from '../sequence-set.ts';
import type { Session } from '../session.ts';
import { type Command, type Completion, noArguments, type PlainCommand } from './command.ts';

async function expunge(session: Session, uids?: UidRanges): Promise<Completion> {
  const selected = session.writable;
  const outcome = await session.context.mailstore.expunge(selected.mailboxId, uids);
  selected.removed(rangesOf(outcome.uids));
  const text = 'EXPUNGE completed.';
  // RFC 7162 sections 3.1.11 and 3.2.7: only when something has gone.
  return session.condstore && outcome.uids.length > 0
    ? { code: `HIGHESTMODSEQ ${outcome.modseq}`, text }
    : { text };
}

const uidExpunge: PlainCommand<SequenceSet> = {
  kind: 'plain',
  name: 'UID EXPUNGE',
  allowed: 'selected',
  announces: 'all',
  parse(scanner) {
    scanner.space();
    return scanner.sequenceSet();
  },
  async run(session, set) {
    const { view, saved } = session.writable;
    const uids = view.resolve(set, true, saved);
    return uids.length === 0 ? { text: 'Nothing to expunge.' } : expunge(session, uids);
  },
};

export const expungeCommands: readonly Command[] = [
  {
    kind: 'plain',
    name: 'EXPUNGE',
    allowed: 'selected',
    announces: 'all',
    parse: noArguments,
    run: (session) => expunge(session),
  },
  uidExpunge as Command,
];
