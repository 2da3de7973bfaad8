/**
 * Messages come in: APPEND and final delivery. One place where a row of messages is made from a letter.
 *
 * appendDelivered() is for other rooms' writes: it runs inside their transaction, so that local copies and relay rows of
 * one letter are one commit (rule S37).
 */
import type { WriteTx } from '../../store/program.ts';
import { FlagRuns, recordMailbox } from './change-record.ts';
import { admitKeywords, type KeywordText, keywordText } from './keywords.ts';
import { type LetterInput, storeLetter } from './letters.ts';
import { count, inboxOf, type MailboxRow, requiredRow, Tally, uidsFor } from './mailbox-rows.ts';
import { ALL_FLAGS } from './mailstore.ts';
import { limitOf, requireRoom } from './quota.ts';
import { uidlOf } from './row-reads.ts';

/** One message for one mailbox. */
export interface NewMessage {
  readonly letter: LetterInput;
  readonly flags: number;
  readonly keywords: readonly string[];
  /** Ms since 1970 UTC. */
  readonly internalDate: number;
  /** Minutes east that INTERNALDATE is printed with. */
  readonly zone: number;
  readonly saveDate: number;
  readonly uidl?: string | undefined;
}

export interface AppendInput {
  readonly mailbox: number;
  readonly messages: readonly NewMessage[];
}

export interface Appended {
  readonly uidValidity: number;
  readonly uids: number[];
}

const INSERT = `INSERT INTO messages (mailbox, uid, letter, flags, keywords, size, internal_date, zone, save_date, modseq, uidl)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;

function insertInto(tx: WriteTx, mailbox: MailboxRow, messages: readonly NewMessage[]): Appended {
  const first = uidsFor(mailbox, messages.length);
  const tally = new Tally();
  const runs = new FlagRuns();
  const uids = messages.map((message, n) => {
    const letter = storeLetter(tx, message.letter);
    const keywords: KeywordText =
      message.keywords.length === 0 ? null : keywordText(admitKeywords(tx, mailbox.id, message.keywords));
    const uid = first + n;
    const flags = message.flags & ALL_FLAGS;
    tx.db.run(
      INSERT,
      mailbox.id,
      uid,
      letter.id,
      flags,
      keywords,
      letter.size,
      message.internalDate,
      message.zone,
      message.saveDate,
      tx.modseq,
      message.uidl === undefined ? null : freeUidl(tx, mailbox, message.uidl),
    );
    tally.add(flags, letter.size);
    runs.add(uid, flags, keywords);
    return uid;
  });
  count(tx, mailbox, tally, 1, first + messages.length);
  recordMailbox(tx, { m: mailbox.id, n: first + messages.length, a: runs.toRuns() });
  return { uidValidity: mailbox.uidvalidity, uids };
}

/**
 * The unique id that an old maildrop gave (rule P15: 1-70 characters from 0x21 to 0x7E, unique), or null where it is
 * none, is taken, or looks like those that are made here.
 */
function freeUidl(tx: WriteTx, mailbox: MailboxRow, uidl: string): string | null {
  if (!/^[!-~]{1,70}$/.test(uidl) || uidl.startsWith(uidlOf(mailbox.uidvalidity, 0).slice(0, -1)))
    return null;
  const sql = 'SELECT 1 FROM messages WHERE mailbox = ? AND uidl = ?';
  return tx.db.value(sql, mailbox.id, uidl) === undefined ? uidl : null;
}

/** All or nothing, in order. @throws Fault user `no-mailbox`, `over-quota`, `too-many-keywords`. */
export function appendMessages(tx: WriteTx, input: AppendInput): Appended {
  const mailbox = requiredRow(tx.db, input.mailbox);
  const octets = input.messages.reduce((sum, each) => sum + each.letter.blob.raw, 0);
  requireRoom(tx.db, mailbox.person, octets, limitOf(tx.db, mailbox.person));
  return insertInto(tx, mailbox, input.messages);
}

/** A local copy of an accepted letter. */
export interface Delivery {
  readonly personId: number;
  /** LocalTarget.detail: a mailbox of that name takes the letter, else INBOX. */
  readonly detail: string | null;
  readonly letter: LetterInput;
  /** Default 0 and none. */
  readonly flags?: number;
  readonly keywords?: readonly string[];
  /** Arrival in ms by the office's clock. */
  readonly internalDate: number;
  /** Minutes east; default 0. */
  readonly zone?: number;
  /** True delivers over the person's quota, too: reports of our own. */
  readonly overQuota?: boolean;
}

export interface Delivered {
  readonly mailboxId: number;
  readonly uidValidity: number;
  readonly uid: number;
}

/**
 * Final delivery of one copy, inside the caller's transaction. A person without mailboxes gets the standard ones.
 * @throws Fault user `over-quota` before anything was changed, so that the caller may go on with the others.
 */
export function appendDelivered(tx: WriteTx, delivery: Delivery): Delivered {
  const { personId, letter, internalDate } = delivery;
  if (!delivery.overQuota) requireRoom(tx.db, personId, letter.blob.raw, limitOf(tx.db, personId));
  const inbox = inboxOf(tx, personId, internalDate);
  const mailbox = (delivery.detail !== null && detailMailbox(tx, personId, delivery.detail)) || inbox;
  const { uidValidity, uids } = insertInto(tx, mailbox, [
    {
      letter,
      flags: delivery.flags ?? 0,
      keywords: delivery.keywords ?? [],
      internalDate,
      zone: delivery.zone ?? 0,
      saveDate: internalDate,
    },
  ]);
  return { mailboxId: mailbox.id, uidValidity, uid: uids[0] as number };
}

/** The mailbox a plus-address means: the same name, in any case. */
function detailMailbox(tx: WriteTx, person: number, detail: string): MailboxRow | undefined {
  const wanted = detail.normalize('NFC').toLowerCase();
  const names = tx.db.all<{ id: number; name: string }>(
    'SELECT id, name FROM mailboxes WHERE person = ? AND name IS NOT NULL ORDER BY name',
    person,
  );
  const found = names.find((each) => each.name.toLowerCase() === wanted);
  return found && requiredRow(tx.db, found.id);
}
