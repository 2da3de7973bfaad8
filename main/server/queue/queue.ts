/**
 * The queue: takes a letter over from a session and answers for it from then on (RFC 5321 section 4.2.5, rule S37).
 * Local copies and relay rows of one letter are one transaction: after accept() resolves, everything is durable.
 *
 * It must never lose a letter, answer before the commit, or send a report about a report.
 */
import type { LocalTarget } from '../directory/directory.ts';
import type { PreparedMessage } from '../mailstore/mailstore.ts';

export type Notify = 'success' | 'failure' | 'delay' | 'never';

/** RFC 3461 options of one recipient. */
export interface RecipientOptions {
  readonly notify: readonly Notify[];
  /** `rfc822;addr`, decoded from xtext; null when not given. */
  readonly originalRecipient: string | null;
}

export interface LocalRecipient extends RecipientOptions {
  /** The address of RCPT. */
  readonly recipient: string;
  readonly targets: readonly LocalTarget[];
}

export interface RemoteRecipient extends RecipientOptions {
  readonly recipient: string;
  /** Where it is sent now (the alias's or list's target); equals `recipient` without one. */
  readonly address: string;
  /** Reverse path of this copy when it is not the letter's own: a list's owner (RFC 5321 section 3.9.2). */
  readonly returnTo?: string;
}

export interface Envelope {
  /** Reverse path; empty for `<>`. */
  readonly sender: string;
  readonly envelopeId: string | null;
  readonly return: 'full' | 'headers' | null;
  readonly smtpUtf8: boolean;
}

export interface Acceptance {
  readonly message: PreparedMessage;
  /** Octets at the beginning of the message that are not sent to others: our own Return-Path (rule S35). */
  readonly skip: number;
  readonly envelope: Envelope;
  readonly local: readonly LocalRecipient[];
  readonly remote: readonly RemoteRecipient[];
  /** Written into Received and every record; unique. */
  readonly queueId: string;
  /** The signed-in person, for S58 and `trace`. */
  readonly personId: number | null;
  /** Submission only: the same account, Message-ID and envelope within 24 h is not delivered again (S58). */
  readonly idempotent: boolean;
  /** Session id, for `trace`. */
  readonly session: string;
  /** This letter is the report about these recipients: they are settled in the same transaction. */
  readonly reported?: { readonly letter: number; readonly positions: readonly number[] };
}

export interface Accepted {
  /** The id the letter is known by: that of the first time when it was a repetition. */
  readonly queueId: string;
  readonly repeated: boolean;
}

export type QueueState = 'waiting' | 'sending' | 'held' | 'done' | 'failed';

export interface QueueRecipient {
  readonly address: string;
  readonly state: QueueState;
  readonly attempts: number;
  /** The last reply of the other side, one line. */
  readonly lastReply: string;
  readonly nextAttempt: number | null;
}

export interface QueueEntry {
  readonly queueId: string;
  readonly sender: string;
  readonly size: number;
  readonly arrived: number;
  readonly subject: string;
  readonly recipients: readonly QueueRecipient[];
}

/** What happened to a letter, a line a step (`trace`). */
export interface TraceStep {
  readonly at: number;
  readonly queueId: string;
  readonly step:
    | 'accepted'
    | 'repeated'
    | 'delivered'
    | 'queued'
    | 'relayed'
    | 'deferred'
    | 'failed'
    | 'bounced'
    | 'held'
    | 'deleted';
  readonly sender: string;
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
}

/** The part that takes letters over; the rest of the queue works on the rows it leaves. */
export interface AcceptingQueue {
  /** @throws Fault transient `disk-full`; user `over-quota` only when no target has room and nothing was stored. */
  accept(acceptance: Acceptance): Promise<Accepted>;
  trace(filter: TraceFilter): Promise<TraceStep[]>;
}

export interface TraceFilter {
  /** Sender or recipient. */
  readonly person?: string;
  /** A part of the subject, without case. */
  readonly subject?: string;
  readonly queueId?: string;
  /** Letters, newest first; default 50. */
  readonly count?: number;
}

export interface Queue extends AcceptingQueue {
  /** True when letters to this domain can leave the office: relay is switched on, or the domain has a route. */
  reaches(domain: string): Promise<boolean>;
  list(options?: { from?: number; count?: number }): Promise<{ total: number; entries: QueueEntry[] }>;
  show(queueId: string): Promise<QueueEntry | undefined>;
  /** Tries now; false when there is no such letter. Without an id: everything that waits. */
  retry(queueId?: string): Promise<number>;
  hold(queueId: string, held: boolean): Promise<boolean>;
  remove(queueId: string): Promise<boolean>;
  /** ETRN (RFC 1985): starts what waits for a domain; how many letters did. */
  flush(domain: string): Promise<number>;
}
