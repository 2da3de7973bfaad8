/**
 * APPEND (RFC 9051 section 6.3.12) with MULTIAPPEND (RFC 3502), literal8 (RFC 3516), UTF8 (RFC 6855) and APPENDUID. The
 * octets go into the store as they come; mailbox, size and quota are judged before `+` (rule I39). All messages are
 * stored, or none; whatever fails, nothing is left behind.
 */
import { IMAP_APPEND_MESSAGES } from '../../../base/limits.ts';
import type { AppendMessage, Mailbox, PreparedMessage } from '../../mailstore/mailstore.ts';
import { bad, no } from '../faults.ts';
import { type FlagSet, flagSet } from '../flags.ts';
import { rangesOf, rangesText } from '../sequence-set.ts';
import type { Session } from '../session.ts';
import type { DateTime } from '../times.ts';
import type { Announced } from '../wire.ts';
import type { Command, Completion, Incoming } from './command.ts';
import { targetFault, targetMailbox } from './copy.ts';

const QUOTE = 34;
const OPEN = 40;
const CLOSE = 41;

/** The messages of one APPEND so far. */
class Appending {
  readonly #session: Session;
  readonly #mailbox: Mailbox;
  readonly #messages: AppendMessage[] = [];
  #octets = 0;

  constructor(session: Session, mailbox: Mailbox) {
    this.#session = session;
    this.#mailbox = mailbox;
  }

  /** Reads ` [flags] [date] literal` and takes the literal in. */
  async message(incoming: Incoming): Promise<void> {
    const { scanner } = incoming;
    scanner.space();
    const flags = scanner.atList ? flagSet(scanner.list(() => scanner.flag(), { empty: true })) : null;
    if (flags) scanner.space();
    const date = scanner.peek() === QUOTE ? scanner.dateTime() : null;
    if (date) scanner.space();
    // RFC 6855 section 4: `UTF8 (~{n}` ... `)`.
    const utf8 = scanner.maybeAtom('UTF8');
    if (utf8) {
      if (!this.#session.utf8) throw bad('ENABLE UTF8=ACCEPT first.');
      scanner.space();
      scanner.expect(OPEN, 'A parenthesis is missing.');
    }
    if (!scanner.atLiteral || !incoming.literal) throw bad('A message has to be a literal.');
    const announced = incoming.literal;
    if (utf8 && !announced.binary) throw bad('UTF8 takes a binary literal.');
    await this.#check(announced);
    await this.#take(incoming, announced, flags, date);
    if (utf8) scanner.expect(CLOSE, 'A closing parenthesis is missing.');
  }

  async store(): Promise<Completion> {
    const { mailstore } = this.#session.context;
    const { uidValidity, uids } = await mailstore.append(this.#mailbox.id, this.#messages);
    this.#messages.length = 0;
    return { code: `APPENDUID ${uidValidity} ${rangesText(rangesOf(uids))}`, text: 'APPEND completed.' };
  }

  abandon(): void {
    for (const { message } of this.#messages) message.abandon();
  }

  /** Rule I39: before the peer is told to go on. */
  async #check({ size }: Announced): Promise<void> {
    const { context, person } = this.#session;
    if (this.#messages.length >= IMAP_APPEND_MESSAGES) throw no('LIMIT', 'Too many messages in one APPEND.');
    if (size === 0) throw no(null, 'An empty message cannot be stored.');
    if (size > context.policy().maxMessageBytes) throw no('TOOBIG', 'The message is too large.');
    const { usedBytes, limitBytes } = await context.mailstore.quota(person.id);
    if (limitBytes !== null && usedBytes + this.#octets + size > limitBytes)
      throw no('OVERQUOTA', 'There is no room for this message.');
    this.#octets += size;
  }

  async #take(
    incoming: Incoming,
    announced: Announced,
    flags: FlagSet | null,
    date: DateTime | null,
  ): Promise<void> {
    const intake = this.#session.context.mailstore.intake();
    let message: PreparedMessage;
    try {
      await incoming.pour((piece) => intake.write(piece));
      message = await intake.finish(undefined, { normalise: true });
    } catch (thrown) {
      intake.abandon();
      throw thrown;
    }
    this.#messages.push({
      message,
      flags: flags?.flags ?? 0,
      keywords: flags?.keywords ?? [],
      ...(date ? { internalDate: date.ms, zone: date.zone } : {}),
    });
    // RFC 3516 section 4.5, rule I4: mail with NUL makes old programs hang (rule P12).
    if (message.nul)
      throw announced.binary
        ? no('UNKNOWN-CTE', 'Octets of zero are not stored.')
        : bad('NUL has no place in a literal.');
  }
}

async function append(session: Session, incoming: Incoming): Promise<Completion> {
  const { scanner } = incoming;
  scanner.space();
  if (scanner.atLiteral) await incoming.keep();
  const mailbox = await targetMailbox(session, scanner.mailbox());
  const appending = new Appending(session, mailbox);
  try {
    do await appending.message(incoming);
    while (!scanner.atEnd);
    return await appending.store();
  } catch (thrown) {
    appending.abandon();
    throw targetFault(thrown);
  }
}

export const appendCommands: readonly Command[] = [
  { kind: 'stream', name: 'APPEND', allowed: 'signed-in', announces: 'all', stream: append },
];
