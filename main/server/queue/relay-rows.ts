/**
 * The queue's rows for the relay: claiming what is due, settling what became of it, looking and changing by hand.
 * Synchronous operations of the store's threads; nothing here knows of sockets.
 *
 * Invariant: a recipient is in one hand only. claim() makes it `sending` with a lease; only settle() or the lease's
 * end gives it back.
 */
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import type { QueueEntry, QueueRecipient, QueueState } from './queue.ts';
import { addStep, type StepKind } from './steps.ts';

/** One recipient in the hands of a sender. */
export interface Claimed {
  readonly position: number;
  readonly recipient: string;
  readonly address: string;
  readonly domain: string;
  readonly returnTo: string | null;
  readonly notify: string;
  readonly original: string | null;
  readonly attempts: number;
  readonly warned: boolean;
}

export interface ClaimedLetter {
  readonly letter: number;
  readonly queueId: string;
  readonly hash: Uint8Array;
  readonly size: number;
  readonly skip: number;
  readonly sender: string;
  readonly envelopeId: string | null;
  readonly ret: string | null;
  readonly smtpUtf8: boolean;
  readonly eightBit: boolean;
  readonly longestLine: number;
  readonly arrived: number;
  readonly recipients: readonly Claimed[];
}

export interface Settled {
  readonly position: number;
  readonly state: QueueState;
  readonly nextAttempt: number | null;
  readonly reply: string;
  readonly status: string;
  readonly host: string;
  readonly warned: boolean;
  /** A report that has to be written, or null. */
  readonly report: string | null;
  readonly step: StepKind;
}

interface LetterRow {
  id: number;
  queue_id: string;
  hash: Uint8Array;
  size: number;
  skip: number;
  sender: string;
  envelope_id: string | null;
  ret: string | null;
  smtputf8: number;
  eight_bit: number;
  longest_line: number;
  arrived: number;
}

interface RecipientRow {
  position: number;
  recipient: string;
  address: string;
  domain: string;
  return_to: string | null;
  notify: string;
  original: string | null;
  attempts: number;
  warned: number;
}

/** Recipients of one transaction (rule S64). */
const MOST_RECIPIENTS = 100;

export const relayWrites = {
  /**
   * The letter whose recipient has waited longest, with all its due recipients that leave together.
   * @param input.except domains whose destination is busy or resting.
   * @param input.shared true: domains without a route (`routed`) all leave through one smarthost, in one transaction.
   */
  'queue.claim': (
    tx: WriteTx,
    input: {
      now: number;
      lease: number;
      except: readonly string[];
      routed: readonly string[];
      shared: boolean;
      sharedBusy: boolean;
    },
  ): ClaimedLetter | null => {
    const { db } = tx;
    const routed = JSON.stringify(input.routed);
    const first = db.get<{ letter: number; domain: string }>(
      `SELECT r.letter, r.domain FROM queue_recipients r JOIN queue_letters l ON l.id = r.letter
       WHERE r.state = 'waiting' AND r.next_attempt <= ? AND l.held = 0
         AND r.domain NOT IN (SELECT value FROM json_each(?))
         AND (? = 0 OR r.domain IN (SELECT value FROM json_each(?)))
       ORDER BY r.next_attempt LIMIT 1`,
      input.now,
      JSON.stringify(input.except),
      input.sharedBusy ? 1 : 0,
      routed,
    );
    if (!first) return null;
    const together = input.shared && !input.routed.includes(first.domain);
    const row = db.get<LetterRow>('SELECT * FROM queue_letters WHERE id = ?', first.letter)!;
    const due = db.all<RecipientRow>(
      `SELECT * FROM queue_recipients WHERE letter = ? AND state = 'waiting' AND next_attempt <= ?
         AND (domain = ? OR (? = 1 AND domain NOT IN (SELECT value FROM json_each(?))))
       ORDER BY position LIMIT ?`,
      row.id,
      input.now,
      first.domain,
      together ? 1 : 0,
      routed,
      MOST_RECIPIENTS,
    );
    // One reverse path a transaction: a list's copies carry their owner's.
    const taken = due.filter((each) => each.return_to === due[0]!.return_to);
    for (const each of taken) {
      db.run(
        `UPDATE queue_recipients SET state = 'sending', lease = ?, after_dot = 0, attempts = attempts + 1, last_attempt = ?
         WHERE letter = ? AND position = ?`,
        input.lease,
        input.now,
        row.id,
        each.position,
      );
    }
    return {
      letter: row.id,
      queueId: row.queue_id,
      hash: row.hash,
      size: row.size,
      skip: row.skip,
      sender: row.sender,
      envelopeId: row.envelope_id,
      ret: row.ret,
      smtpUtf8: row.smtputf8 === 1,
      eightBit: row.eight_bit === 1,
      longestLine: row.longest_line,
      arrived: row.arrived,
      recipients: taken.map((each) => ({
        position: each.position,
        recipient: each.recipient,
        address: each.address,
        domain: each.domain,
        returnTo: each.return_to,
        notify: each.notify,
        original: each.original,
        attempts: each.attempts + 1,
        warned: each.warned === 1,
      })),
    };
  },

  /** Durable before the final dot goes out: from here on a lost connection is ambiguous (rule S66). */
  'queue.dot': (
    tx: WriteTx,
    input: { letter: number; positions: readonly number[]; lease: number },
  ): void => {
    for (const position of input.positions) {
      tx.db.run(
        'UPDATE queue_recipients SET after_dot = 1, lease = ? WHERE letter = ? AND position = ?',
        input.lease,
        input.letter,
        position,
      );
    }
  },

  'queue.settle': (
    tx: WriteTx,
    input: { letter: number; queueId: string; settled: readonly Settled[] },
  ): void => {
    const { db } = tx;
    for (const each of input.settled) {
      const address = db.value<string>(
        'SELECT address FROM queue_recipients WHERE letter = ? AND position = ?',
        input.letter,
        each.position,
      );
      if (address === undefined) continue;
      const over = each.state === 'done' || each.state === 'failed';
      db.run(
        `UPDATE queue_recipients SET state = ?, next_attempt = ?, last_reply = ?, last_status = ?, last_host = ?, warned = ?,
           report = coalesce(?, report), lease = NULL, after_dot = 0, finished = ? WHERE letter = ? AND position = ?`,
        each.state,
        each.nextAttempt,
        each.reply,
        each.status,
        each.host,
        each.warned ? 1 : 0,
        each.report,
        over ? tx.now : null,
        input.letter,
        each.position,
      );
      addStep(tx, input.queueId, { step: each.step, recipient: address, text: stepText(each) });
    }
    dropFinished(tx, input.letter);
    tx.change('queue', { letter: input.letter });
  },

  /** All other letters of a destination that is down wait as long as the one that found out (rule S63). */
  'queue.rest': (tx: WriteTx, input: { domains: readonly string[]; until: number; reply: string }): void => {
    for (const domain of input.domains) {
      tx.db.run(
        `UPDATE queue_recipients SET next_attempt = ?, last_reply = ? WHERE domain = ? AND state = 'waiting' AND next_attempt < ?`,
        input.until,
        input.reply,
        domain,
        input.until,
      );
    }
  },

  /** After a start, or when a lease has run out: nobody holds these any more. */
  'queue.recover': (tx: WriteTx, input: { now: number; ambiguousMs: number; all: boolean }): number => {
    return tx.db.run(
      `UPDATE queue_recipients SET state = 'waiting', lease = NULL,
         next_attempt = CASE after_dot WHEN 1 THEN ? + ? ELSE ? END, after_dot = 0
       WHERE state = 'sending' AND (? = 1 OR lease < ?)`,
      input.now,
      input.ambiguousMs,
      input.now,
      input.all ? 1 : 0,
      input.now,
    ).changes;
  },

  'queue.retry': (tx: WriteTx, input: { now: number; queueId?: string; domain?: string }): number => {
    const letters = tx.db.pluck<number>(
      `SELECT DISTINCT r.letter FROM queue_recipients r JOIN queue_letters l ON l.id = r.letter
       WHERE r.state = 'waiting' AND l.held = 0 AND (? IS NULL OR l.queue_id = ?) AND (? IS NULL OR r.domain = ?)`,
      input.queueId ?? null,
      input.queueId ?? null,
      input.domain ?? null,
      input.domain ?? null,
    );
    for (const letter of letters) {
      tx.db.run(
        `UPDATE queue_recipients SET next_attempt = ? WHERE letter = ? AND state = 'waiting' AND (? IS NULL OR domain = ?)`,
        input.now,
        letter,
        input.domain ?? null,
        input.domain ?? null,
      );
    }
    return letters.length;
  },

  'queue.hold': (tx: WriteTx, input: { queueId: string; held: boolean }): boolean => {
    const found = tx.db.run(
      'UPDATE queue_letters SET held = ? WHERE queue_id = ?',
      input.held ? 1 : 0,
      input.queueId,
    );
    if (found.changes > 0 && input.held) {
      addStep(tx, input.queueId, { step: 'held', recipient: '', text: 'held by the administrator' });
    }
    return found.changes > 0;
  },

  /** Deleted by hand: nobody is told. A letter in a sender's hands ends with that attempt. */
  'queue.remove': (tx: WriteTx, input: { queueId: string }): boolean => {
    const letter = tx.db.value<number>('SELECT id FROM queue_letters WHERE queue_id = ?', input.queueId);
    if (letter === undefined) return false;
    addStep(tx, input.queueId, { step: 'deleted', recipient: '', text: 'deleted by the administrator' });
    drop(tx, letter);
    return true;
  },
};

export const relayReads = {
  'queue.nextDue': (db: ReadHandle): number | null =>
    db.value<number | null>(
      `SELECT min(r.next_attempt) FROM queue_recipients r JOIN queue_letters l ON l.id = r.letter
       WHERE r.state = 'waiting' AND l.held = 0`,
    ) ?? null,

  'queue.list': (
    db: ReadHandle,
    input: { from: number; count: number },
  ): { total: number; entries: QueueEntry[] } => {
    const ids = db.pluck<number>(
      'SELECT id FROM queue_letters ORDER BY arrived DESC, id DESC LIMIT ? OFFSET ?',
      input.count,
      input.from,
    );
    return {
      total: db.value<number>('SELECT count(*) FROM queue_letters') ?? 0,
      entries: ids.map((id) => entryOf(db, id)!),
    };
  },

  'queue.show': (db: ReadHandle, input: { queueId: string }): QueueEntry | null => {
    const id = db.value<number>('SELECT id FROM queue_letters WHERE queue_id = ?', input.queueId);
    return id === undefined ? null : entryOf(db, id);
  },

  'queue.counts': (db: ReadHandle): { letters: number; waiting: number; held: number } => ({
    letters: db.value<number>('SELECT count(*) FROM queue_letters') ?? 0,
    waiting: db.value<number>("SELECT count(*) FROM queue_recipients WHERE state = 'waiting'") ?? 0,
    held: db.value<number>('SELECT count(*) FROM queue_letters WHERE held = 1') ?? 0,
  }),
};

/** Once nobody waits and no report is owed, the letter leaves the queue; its trace stays. */
export function dropFinished(tx: WriteTx, letter: number): void {
  const open = tx.db.value<number>(
    `SELECT count(*) FROM queue_recipients WHERE letter = ? AND (state NOT IN ('done', 'failed') OR report IS NOT NULL)`,
    letter,
  );
  if (open === 0) drop(tx, letter);
}

function drop(tx: WriteTx, letter: number): void {
  const hash = tx.db.value<Uint8Array>('SELECT hash FROM queue_letters WHERE id = ?', letter);
  if (hash === undefined) return;
  tx.db.run('DELETE FROM queue_recipients WHERE letter = ?', letter);
  tx.db.run('DELETE FROM queue_letters WHERE id = ?', letter);
  tx.blobs.release(hash);
}

function stepText({ status, reply, host }: Settled): string {
  return [host, status, reply].filter((each) => each !== '').join(' ');
}

function entryOf(db: ReadHandle, id: number): QueueEntry | null {
  const row = db.get<{
    queue_id: string;
    sender: string;
    size: number;
    arrived: number;
    subject: string;
    held: number;
  }>('SELECT queue_id, sender, size, arrived, subject, held FROM queue_letters WHERE id = ?', id);
  if (!row) return null;
  const recipients = db
    .all<{
      address: string;
      state: QueueState;
      attempts: number;
      last_reply: string;
      next_attempt: number | null;
    }>(
      'SELECT address, state, attempts, last_reply, next_attempt FROM queue_recipients WHERE letter = ? ORDER BY position',
      id,
    )
    .map(
      (each): QueueRecipient => ({
        address: each.address,
        state: row.held === 1 && each.state === 'waiting' ? 'held' : each.state,
        attempts: each.attempts,
        lastReply: each.last_reply,
        nextAttempt: each.next_attempt,
      }),
    );
  return {
    queueId: row.queue_id,
    sender: row.sender,
    size: row.size,
    arrived: row.arrived,
    subject: row.subject,
    recipients,
  };
}
