/** The outbox's writes, run in the writer thread. */
import { Fault, type FaultData } from '../../base/errors.ts';
import type { Address } from '../../mail/address.ts';
import type { WriteTx } from '../../store/program.ts';
import type { PreparedBlob } from '../../store/record.ts';
import { discardDraft, reviseDraft } from '../drafts/rows.ts';
import type { LetterFacts } from '../messages/rows.ts';
import { ACCOUNT_PROBLEMS, type AttemptResult, problemOf, settle } from './outcome.ts';
import {
  applySettled,
  type OutboxEnvelope,
  type OutboxRow,
  outboxRow,
  parseOutboxRow,
  removeOutboxRow,
} from './rows.ts';
import { nextTry } from './schedule.ts';

export interface FreezeInput {
  account: number;
  /** null: the account's own Sent. */
  sentFolder?: number | null;
  /** The draft it was, with the version that was frozen; null: a letter from a file. */
  draft: { id: number; version: number } | null;
  blob: PreparedBlob;
  facts: LetterFacts;
  envelope: OutboxEnvelope;
  shownTo: Address[];
  notBefore: number;
  /** The person chose a time. */
  scheduled: boolean;
  /** Default: a letter. Answers to receipts (`receipt`) leave no copy in Sent. */
  purpose?: OutboxRow['purpose'];
  /** The mail merge it belongs to. */
  merge?: number;
  /** What tells this sending from others of the same letter; default: the letter's Message-ID. */
  messageId?: string;
}

/** A chosen time that passed this long before the program ran again was missed, ms; less is its start. */
const MISSED_AFTER_MS = 60_000;

const ABSENT = new Fault('user', 'already-sent', 'This letter has already gone.');

/** States in which a letter stands still, so that it can be taken back or changed. */
function demandStill(row: OutboxRow): void {
  if (row.state === 'sent' || row.state === 'sending') throw ABSENT;
}

export const outboxWrites = {
  /** Octets, Message-ID and envelope are committed here, before the first attempt (C40). */
  'outbox.freeze'(tx: WriteTx, input: FreezeInput): number {
    if (input.draft) {
      const draft = tx.db.get<{ version: number; discarded_at: number | null }>(
        'SELECT version, discarded_at FROM drafts WHERE id = ?',
        input.draft.id,
      );
      if (!draft || draft.discarded_at !== null || draft.version !== input.draft.version) {
        throw new Fault('user', 'no-such-draft', 'The draft has changed or gone.', {
          detail: { id: input.draft.id },
        });
      }
      const frozen = tx.db.get<{ id: number }>(
        "SELECT id FROM outbox WHERE draft = ? AND state != 'sent'",
        input.draft.id,
      );
      if (frozen) throw new Fault('user', 'no-such-draft', 'The letter is in the outbox already.');
    }
    tx.blobs.append(input.blob);
    const { lastId } = tx.db.run(
      `INSERT INTO outbox (account, draft, state, blob, message_id, subject, size, envelope, shown_to, results,
         not_before, at, facts, purpose, merge, copy) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      input.account,
      input.draft?.id ?? null,
      input.scheduled ? 'scheduled' : 'queued',
      input.blob.hash,
      input.messageId ?? input.facts.messageId,
      input.facts.subject,
      input.facts.size,
      JSON.stringify(input.envelope),
      JSON.stringify(input.shownTo),
      JSON.stringify(input.envelope.to.map((address) => ({ address, state: 'waiting', reply: '' }))),
      input.notBefore,
      tx.now,
      JSON.stringify(input.facts),
      input.purpose ?? 'letter',
      input.merge ?? null,
      input.purpose === 'receipt' ? 'done' : 'none',
    );
    if (input.sentFolder)
      tx.db.run('UPDATE outbox SET sent_folder = ? WHERE id = ?', input.sentFolder, lastId);
    tx.change('outbox', { id: lastId, merge: input.merge ?? null });
    return lastId;
  },

  /** Takes a letter up; null when it is no longer to be sent. */
  'outbox.begin'(tx: WriteTx, input: { id: number; now: number }): OutboxRow | null {
    const raw = tx.db.get('SELECT * FROM outbox WHERE id = ?', input.id);
    if (!raw) return null;
    const row = parseOutboxRow(raw);
    if (row.state !== 'queued' && row.state !== 'scheduled' && row.state !== 'deferred') return null;
    if (row.not_before > input.now) return null;
    tx.db.run(
      `UPDATE outbox SET state = 'sending', phase = 'envelope', attempts = attempts + 1,
         first_try = coalesce(first_try, ?), next_try = NULL WHERE id = ?`,
      input.now,
      row.id,
    );
    tx.change('outbox', { id: row.id });
    return outboxRow(tx.db, row.id);
  },

  /** "Body complete, waiting for the reply": durable before the final dot goes out (C41). */
  'outbox.waiting'(tx: WriteTx, input: { id: number }): void {
    const { changes } = tx.db.run(
      "UPDATE outbox SET phase = 'waiting' WHERE id = ? AND state = 'sending'",
      input.id,
    );
    if (changes !== 1)
      throw new Fault('internal', 'internal', 'A letter that is being sent is not in the outbox.');
  },

  'outbox.settle'(
    tx: WriteTx,
    input: {
      id: number;
      result: AttemptResult;
      now: number;
      /** The server reports what becomes of a letter (RFC 3461). */
      notices?: boolean;
    },
  ): OutboxRow {
    const row = outboxRow(tx.db, input.id);
    const attempt = { results: row.results, attempts: row.attempts, firstTry: row.first_try ?? input.now };
    const { now, notices = true } = input;
    applySettled(tx, row, settle(attempt, input.result, now), { notices, now });
    return outboxRow(tx.db, row.id);
  },

  /** The server could not be reached or signed in to: every letter that is due waits with it. */
  'outbox.postpone'(tx: WriteTx, input: { account: number; fault: FaultData; now: number }): void {
    const due = tx.db.all(
      `SELECT * FROM outbox WHERE account = ? AND state IN ('queued', 'scheduled', 'deferred', 'sending')
         AND not_before <= ? AND coalesce(next_try, 0) <= ?`,
      input.account,
      input.now,
      input.now,
    );
    const problem = JSON.stringify(problemOf(input.fault));
    const paused = ACCOUNT_PROBLEMS.has(input.fault.code);
    for (const each of due) {
      const row = parseOutboxRow(each);
      const attempts = row.state === 'sending' ? row.attempts : row.attempts + 1;
      const first = row.first_try ?? input.now;
      const again = paused ? null : nextTry(attempts, first, input.now);
      tx.db.run(
        `UPDATE outbox SET state = ?, phase = 'idle', attempts = ?, first_try = ?, next_try = ?, problem = ? WHERE id = ?`,
        paused ? 'queued' : again === null ? 'failed' : 'deferred',
        attempts,
        first,
        again,
        problem,
        row.id,
      );
      tx.change('outbox', { id: row.id });
    }
  },

  /** After a crash: where the final dot may have gone out nobody knows; everything else is tried again. */
  'outbox.recover'(tx: WriteTx, input: { now: number }): { unknown: number[]; queued: number[] } {
    tx.db.run(
      "UPDATE outbox SET missed = not_before WHERE state = 'scheduled' AND missed IS NULL AND not_before < ?",
      input.now - MISSED_AFTER_MS,
    );
    const unknown: number[] = [];
    const queued: number[] = [];
    for (const raw of tx.db.all("SELECT * FROM outbox WHERE state = 'sending'")) {
      const row = parseOutboxRow(raw);
      if (row.phase === 'waiting') {
        unknown.push(row.id);
        const results = row.results.map((each) =>
          each.state === 'waiting' || each.state === 'deferred'
            ? { ...each, state: 'unknown' as const }
            : each,
        );
        const problem = {
          code: 'outcome-unknown',
          message: 'Postroom was ended while the server was taking the letter.',
          reply: '',
        };
        applySettled(tx, row, {
          state: 'unknown',
          results,
          nextTry: null,
          problem,
          taken: results.some((each) => each.state === 'accepted'),
        });
      } else {
        queued.push(row.id);
        tx.db.run("UPDATE outbox SET state = 'queued', phase = 'idle', next_try = NULL WHERE id = ?", row.id);
        tx.change('outbox', { id: row.id });
      }
    }
    return { unknown, queued };
  },

  /** An unknown outcome is cleared up: the server's own copy stands in Sent. */
  'outbox.confirm'(tx: WriteTx, input: { id: number; message: number }): void {
    const row = outboxRow(tx.db, input.id);
    if (row.state !== 'unknown') return;
    tx.db.run("UPDATE outbox SET copy = 'done', copy_message = ? WHERE id = ?", input.message, row.id);
    const results = row.results.map((each) =>
      each.state === 'unknown' ? { ...each, state: 'accepted' as const } : each,
    );
    const refused = results.find((each) => each.state === 'refused');
    applySettled(tx, outboxRow(tx.db, row.id), {
      state: refused ? 'failed' : 'sent',
      results,
      nextTry: null,
      problem: refused
        ? { code: 'some-refused', message: 'Some recipients were refused.', reply: refused.reply }
        : null,
      taken: true,
    });
  },

  /** The person's "now": also after a failure, and after an unknown outcome, which is theirs to decide. */
  'outbox.now'(tx: WriteTx, input: { id: number; now: number }): OutboxRow {
    const row = outboxRow(tx.db, input.id);
    demandStill(row);
    const results = row.results.map((each) =>
      each.state === 'accepted' ? each : { address: each.address, state: 'waiting' as const, reply: '' },
    );
    tx.db.run(
      `UPDATE outbox SET state = 'queued', not_before = ?, next_try = NULL, first_try = NULL, attempts = 0, problem = NULL,
         results = ? WHERE id = ?`,
      Math.min(row.not_before, input.now),
      JSON.stringify(results),
      row.id,
    );
    tx.change('outbox', { id: row.id });
    return outboxRow(tx.db, row.id);
  },

  /** A letter that came from a file gets a draft, so that it can be changed. */
  'outbox.adopt'(tx: WriteTx, input: { id: number; draft: number }): void {
    const row = outboxRow(tx.db, input.id);
    demandStill(row);
    if (row.draft !== null) throw new Fault('internal', 'internal', 'This letter has a draft already.');
    tx.db.run('UPDATE outbox SET draft = ? WHERE id = ?', input.draft, row.id);
  },

  /** Back to its draft. `messageId`: a new identity, used once the old one may have been seen by anybody. */
  'outbox.edit'(tx: WriteTx, input: { id: number; remaining: boolean; messageId: string }): number {
    const row = outboxRow(tx.db, input.id);
    demandStill(row);
    if (row.draft === null) throw new Fault('internal', 'internal', 'This letter has no draft.');
    const accepted = row.results.filter((each) => each.state === 'accepted').map((each) => each.address);
    reviseDraft(tx, row.draft, {
      ...(input.remaining ? { without: accepted } : {}),
      ...(row.attempts > 0 ? { messageId: input.messageId } : {}),
    });
    removeOutboxRow(tx, row);
    return row.draft;
  },

  /** "Not needed": the draft is kept as a discarded one for 30 days. */
  'outbox.drop'(tx: WriteTx, input: { id: number; undo: string }): void {
    const row = outboxRow(tx.db, input.id);
    demandStill(row);
    if (row.draft !== null) discardDraft(tx, row.draft, input.undo);
    removeOutboxRow(tx, row);
  },

  /** Forgets letters that went long ago and whose copies are filed. */
  'outbox.sweep'(tx: WriteTx, input: { before: number }): number {
    const gone = tx.db.all(
      `SELECT * FROM outbox WHERE state = 'sent' AND done_at < ? AND NOT EXISTS
         (SELECT 1 FROM operations WHERE kind = 'append' AND message = outbox.copy_message) LIMIT 500`,
      input.before,
    );
    // An answer to a receipt that could not go is nobody's letter.
    const answers = tx.db.all(
      "SELECT * FROM outbox WHERE purpose = 'receipt' AND state IN ('failed', 'unknown') AND at < ? LIMIT 500",
      input.before,
    );
    for (const raw of [...gone, ...answers]) removeOutboxRow(tx, parseOutboxRow(raw));
    return gone.length + answers.length;
  },
};
