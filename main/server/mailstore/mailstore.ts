/**
 * The mailstore: mailboxes of people, their messages, flags and numbers. Protocols speak to this interface only;
 * behind it are SQLite rows and segment blobs today.
 *
 * Invariants (RFC 9051 section 2.3, RFC 7162):
 * - UIDs of a mailbox strictly ascend and are never given twice, also after a crash, a delete or a restore.
 * - UIDVALIDITY of a name grows whenever the name is made anew; it comes from one rising counter per person.
 * - Every change of a mailbox gets a greater modseq; nothing is announced before it is durable.
 * - A message's bytes, size, ENVELOPE, BODYSTRUCTURE and INTERNALDATE never change.
 * - Bytes of an expunged message stay readable for a while (EXPUNGED_KEPT_MS), by the same mailbox and UID.
 *
 * It must never block a thread that serves sockets, hold a transaction while a peer is waited for, or hand out a
 * row number of the database: mailboxes have `id`s of their own, messages are (mailbox, UID).
 */
import type { Fault } from '../../base/errors.ts';
import type { SearchKey, SortKey, ThreadAlgorithm, ThreadList } from './search-key.ts';

/** RFC 6154; `inbox` is ours for INBOX itself. */
export type SpecialUse = 'inbox' | 'drafts' | 'sent' | 'junk' | 'trash' | 'archive' | 'flagged' | 'all';

/** Pairs [first, last], ascending, apart from each other. */
export type UidRanges = readonly (readonly [first: number, last: number])[];

/** Bits of `flags` (RFC 9051 section 2.3.2). \Recent is no stored flag. */
export const SEEN = 1;
export const ANSWERED = 2;
export const FLAGGED = 4;
export const DELETED = 8;
export const DRAFT = 16;
/** Every bit that may be stored. */
export const ALL_FLAGS = 31;

export interface Mailbox {
  /** Stable over rename; never reused. MAILBOXID (RFC 8474) is made of it. */
  readonly id: number;
  readonly personId: number;
  /** Full name in NFC, levels joined by `/`; the inbox is exactly `INBOX`. */
  readonly name: string;
  readonly use: SpecialUse | null;
  readonly subscribed: boolean;
  /** False for a name that only holds other mailboxes, or that is only subscribed. */
  readonly selectable: boolean;
  /** False for a name that is subscribed but does not exist (RFC 5258 \NonExistent). */
  readonly exists: boolean;
  readonly uidValidity: number;
  readonly uidNext: number;
  readonly highestModseq: number;
  readonly messages: number;
  readonly unseen: number;
  readonly deleted: number;
  /** Octets of all messages. */
  readonly size: number;
  /** Messages that no read-write session has been told of yet. */
  readonly recent: number;
}

/** What SELECT and a POP3 login need; never re-read under a session's feet (rule I20). */
export interface OpenedMailbox {
  readonly mailbox: Mailbox;
  /** All UIDs, ascending, as ranges of consecutive numbers. */
  readonly uids: UidRanges;
  /** UID of the first message without \Seen; null when all are seen. */
  readonly firstUnseen: number | null;
  /** UIDs from here on are \Recent in this session, null: none. */
  readonly recentFrom: number | null;
  /** Keywords in use in this mailbox. */
  readonly keywords: readonly string[];
}

export interface Columns {
  readonly flags?: boolean;
  readonly size?: boolean;
  readonly internalDate?: boolean;
  readonly modseq?: boolean;
  readonly saveDate?: boolean;
  readonly envelope?: boolean;
  readonly body?: boolean;
  readonly bodyStructure?: boolean;
  readonly preview?: boolean;
  readonly ids?: boolean;
  /** POP3's unique id (P15). */
  readonly uidl?: boolean;
  /** Also messages that were expunged a while ago, for a session that has not been told (G12, I25). */
  readonly expunged?: boolean;
}

/** Texts of a batch laid end to end: text i is bytes[offsets[i] .. offsets[i + 1]]. Ready for the wire. */
export interface PackedTexts {
  readonly bytes: Uint8Array;
  readonly offsets: Uint32Array;
}

/** Messages in ascending UID order; absent columns were not asked for. Missing UIDs are left out. */
export interface RowBatch {
  readonly uids: Uint32Array;
  readonly flags?: Uint8Array;
  /** Keywords of the rows that have any, by row number. */
  readonly keywords?: ReadonlyMap<number, readonly string[]>;
  /** Octets with CRLF: RFC822.SIZE, POP3 size. */
  readonly sizes?: Float64Array;
  /** Milliseconds since 1970 UTC. */
  readonly internalDates?: Float64Array;
  /** Minutes east of UTC that INTERNALDATE is printed with. */
  readonly zones?: Int16Array;
  readonly modseqs?: Float64Array;
  readonly saveDates?: Float64Array;
  /** `("Mon, 7 Feb..." "subject" ...)` as on the wire. */
  readonly envelopes?: PackedTexts;
  readonly bodies?: PackedTexts;
  readonly bodyStructures?: PackedTexts;
  /** UTF-8 text, at most 200 characters, not quoted. */
  readonly previews?: PackedTexts;
  /** EMAILID; the same for copies of one message. THREADID. */
  readonly emailIds?: readonly string[];
  readonly threadIds?: readonly string[];
  readonly uidls?: readonly string[];
}

/** One MIME part by octet offsets into the message; what BODY[n] needs (RFC 9051 section 6.4.5.1). */
export interface PartOffsets {
  /** The MIME header of the part (the message's header for the root), blank line included. */
  readonly headStart: number;
  readonly bodyStart: number;
  readonly end: number;
  /** Lower case `type/subtype`. */
  readonly type: string;
  /** Lower-case transfer encoding, for BINARY. */
  readonly encoding: string;
  /** Children of a multipart; for message/rfc822 the one root of the letter inside. */
  readonly parts: readonly PartOffsets[];
}

export interface Letter {
  readonly size: number;
  readonly root: PartOffsets;
  /** Octets from `start` up to, without, `end`; pulled piece by piece. A damaged blob is a Fault `blob-damaged`. */
  stream(start: number, end: number): AsyncIterable<Uint8Array>;
  /**
   * To be asked before octets are announced that are going to be streamed: reads the whole range where this letter has
   * failed before, so that its damage cuts a client off at most once; else it costs nothing.
   * @throws Fault internal `blob-damaged`, `blob-missing`.
   */
  probe(start: number, end: number): Promise<void>;
  /** The same for a short range, in one piece (at most 1 MiB). */
  read(start: number, end: number): Promise<Uint8Array>;
}

/** Octets [start, end) of a letter that the mailstore gave. */
export interface LetterPiece {
  readonly letter: Letter;
  readonly start: number;
  readonly end: number;
}

/** Message bytes on their way in: written in pieces, parsed and packed off the event loop when finished. */
export interface Intake {
  /** Resolves when the next piece may come (back-pressure). @throws Fault transient `disk-full`. */
  write(piece: Uint8Array): Promise<void>;
  /** Octets written so far. */
  readonly size: number;
  /**
   * No more octets. `head` (trace lines, CRLF ended) is put in front. Bare CR or LF, NUL and the longest line are
   * reported; with `normalise` a bare CR or LF becomes CRLF, without it the octets stay as they came.
   */
  finish(head?: Uint8Array, options?: { normalise?: boolean }): Promise<PreparedMessage>;
  /** Forgets everything; safe at any time. */
  abandon(): void;
}

/** Parsed and packed, not yet stored. Use it once, or abandon() it. */
export interface PreparedMessage {
  readonly size: number;
  readonly messageId: string;
  readonly subject: string;
  /** Addresses of From, Sender and Reply-To as written, for policy. */
  readonly from: readonly string[];
  readonly receivedCount: number;
  readonly deliveredTo: readonly string[];
  readonly hasDate: boolean;
  readonly eightBit: boolean;
  readonly bareLineEnds: boolean;
  readonly nul: boolean;
  /** Longest line in octets with its CRLF. */
  readonly longestLine: number;
  /** Opaque to callers; the store's own. */
  readonly packed: unknown;
  abandon(): void;
}

export interface AppendMessage {
  readonly message: PreparedMessage;
  readonly flags: number;
  readonly keywords: readonly string[];
  /** Milliseconds; default now. */
  readonly internalDate?: number;
  readonly zone?: number;
  /** Keep this UIDL (import of an old maildrop). */
  readonly uidl?: string;
}

export interface FlagChange {
  readonly mode: 'add' | 'remove' | 'replace';
  readonly flags: number;
  readonly keywords: readonly string[];
  /** CONDSTORE: leave alone what changed after this. */
  readonly unchangedSince?: number;
}

export interface FlagOutcome {
  readonly modseq: number;
  /** Messages whose flags really changed, with what they have now. */
  readonly changed: readonly FlagState[];
  /** UIDs left alone because of unchangedSince. */
  readonly modified: readonly number[];
  /** UIDs that are expunged already. */
  readonly gone: readonly number[];
}

export interface FlagState {
  readonly uid: number;
  readonly flags: number;
  readonly keywords: readonly string[];
  readonly modseq: number;
}

export interface Copied {
  readonly uidValidity: number;
  /** Paired: sources[i] became targets[i]. */
  readonly sources: readonly number[];
  readonly targets: readonly number[];
  readonly mailboxId: number;
  readonly modseq: number;
}

/** What happened to a mailbox since a modseq (QRESYNC, catching up). */
export interface MailboxChanges {
  readonly highestModseq: number;
  readonly vanished: UidRanges;
  readonly changed: readonly FlagState[];
}

/** Told after the commit, in commit order; carries all a session needs, so that nobody re-reads. */
export interface MailboxEvent {
  readonly mailboxId: number;
  readonly modseq: number;
  readonly added: readonly FlagState[];
  readonly changed: readonly FlagState[];
  readonly vanished: UidRanges;
  /** The mailbox itself is gone. */
  readonly deleted?: boolean;
  readonly uidNext: number;
}

/** A mailbox of a person was made, renamed, deleted or (un)subscribed. */
export interface TreeEvent {
  readonly personId: number;
  readonly kind: 'created' | 'renamed' | 'deleted' | 'subscribed';
  readonly name: string;
  readonly oldName?: string;
  readonly mailboxId: number;
}

export interface Quota {
  readonly usedBytes: number;
  readonly limitBytes: number | null;
  readonly messages: number;
}

/** A POP3 maildrop lock with a lease (P8); another POP3 session is refused while it lives. */
export interface MaildropLock {
  release(): Promise<void>;
}

/**
 * Faults of all methods: user `no-mailbox`, `mailbox-exists`, `mailbox-name` (not allowed), `inbox` (not for INBOX),
 * `has-children`, `special-use` (that use is taken), `too-many-mailboxes`, `over-quota`, `too-many-keywords`, `bad-keyword`,
 * `expunged`, `maildrop-locked`; transient `disk-full`; internal ones.
 */
export interface Mailstore {
  /** Makes INBOX, Drafts, Sent, Junk, Trash and Archive where missing, subscribed (I38). Idempotent. */
  provision(personId: number): Promise<void>;
  /** All names of a person: existing ones, containers, and subscribed names that do not exist; sorted by name. */
  mailboxes(personId: number): Promise<Mailbox[]>;
  mailbox(personId: number, name: string): Promise<Mailbox | undefined>;
  mailboxById(id: number): Promise<Mailbox | undefined>;
  create(personId: number, name: string, use?: SpecialUse): Promise<Mailbox>;
  remove(personId: number, name: string): Promise<void>;
  rename(personId: number, from: string, to: string): Promise<void>;
  subscribe(personId: number, name: string, subscribed: boolean): Promise<void>;

  /** @param claimRecent true for a read-write SELECT: those messages are recent in this session alone. */
  open(mailboxId: number, claimRecent: boolean): Promise<OpenedMailbox>;
  /**
   * A read-write session that has the mailbox open was told of arrivals below `uidNext`: the first one to ask has them
   * as \Recent (I28). UIDs from the result on are recent in this session; null: another session has them all.
   */
  claimRecent(mailboxId: number, uidNext: number): Promise<number | null>;
  /** Batches of at most some thousand rows in ascending UID order. */
  rows(mailboxId: number, uids: UidRanges, columns: Columns, signal?: AbortSignal): AsyncIterable<RowBatch>;
  /** The bytes of one message, also of one expunged a while ago. undefined when it never was or is long gone. */
  letter(mailboxId: number, uid: number): Promise<Letter | undefined>;
  /** The same for many, in the order of `uids`, by one look-up. */
  letters(mailboxId: number, uids: readonly number[]): Promise<(Letter | undefined)[]>;
  /**
   * Short ranges of letters in one go, at most some MiB in sum; a Fault in place of what cannot be read. The memory of the
   * octets is the caller's alone; ranges may share a buffer with each other.
   */
  pieces(wanted: readonly LetterPiece[]): Promise<(Uint8Array | Fault)[]>;
  changesSince(mailboxId: number, modseq: number, uids?: UidRanges): Promise<MailboxChanges>;

  setFlags(mailboxId: number, uids: UidRanges, change: FlagChange): Promise<FlagOutcome>;
  /** All or nothing, UIDs in order. @throws no-mailbox, over-quota. */
  append(
    mailboxId: number,
    messages: readonly AppendMessage[],
  ): Promise<{ uidValidity: number; uids: number[] }>;
  /** Atomic. `strict`: nothing is copied, Fault user `expunged`, when one of them is gone (I25); else it is left out. */
  copy(mailboxId: number, uids: UidRanges, targetId: number, options?: { strict?: boolean }): Promise<Copied>;
  move(mailboxId: number, uids: UidRanges, targetId: number, options?: { strict?: boolean }): Promise<Copied>;
  /** Removes messages with \Deleted, of `uids` only where given. Ascending. */
  expunge(mailboxId: number, uids?: UidRanges): Promise<{ uids: number[]; modseq: number }>;
  /** Removes these, flag or not: POP3's UPDATE in one transaction. Gone ones are no error. */
  removeMessages(mailboxId: number, uids: UidRanges): Promise<{ uids: number[]; modseq: number }>;

  /** UIDs that match, ascending. `within`: only these. */
  search(mailboxId: number, key: SearchKey, within?: UidRanges, signal?: AbortSignal): Promise<Uint32Array>;
  sort(
    mailboxId: number,
    uids: Uint32Array,
    keys: readonly SortKey[],
    signal?: AbortSignal,
  ): Promise<Uint32Array>;
  thread(mailboxId: number, uids: Uint32Array, algorithm: ThreadAlgorithm): Promise<ThreadList>;

  quota(personId: number): Promise<Quota>;
  lockMaildrop(personId: number): Promise<MaildropLock>;
  intake(): Intake;

  watch(mailboxId: number, listener: (event: MailboxEvent) => void): () => void;
  watchTree(personId: number, listener: (event: TreeEvent) => void): () => void;
}
