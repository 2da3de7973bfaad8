/**
 * Tables of the queue: letters that still have something to do outside (or a report to write), their recipients, what
 * happened to every letter that was accepted (`trace`), and submissions seen in the last day (rule S58).
 *
 * A letter that only had local recipients leaves no queue_letters row: its copies and its trace are all there is.
 */
import type { WriteHandle } from '../../store/program.ts';

/**
 * queue_letters
 *   hash         the blob; one reference is held while the row is here
 *   skip         octets at the beginning (our own Return-Path, rule S35) that are left out when the letter is relayed
 *   held         1: nobody tries until it is released
 *   list         the list the letter was written to, else ''
 *
 * queue_recipients
 *   recipient    as the sender wrote it at RCPT: Original- and Final-Recipient of reports
 *   address      where it goes now; the same, or the target of an alias or a list
 *   domain       of `address`, A-labels in lower case: one destination, one back-off; '' for a local one that failed
 *   return_to    reverse path of this copy when it is not the letter's (a list's owner, RFC 5321 section 3.9.2)
 *   notify       RFC 3461 words, comma between; '' is the default (failure and delay)
 *   state        waiting | sending | held | done | failed
 *   report       the report that has to be written: failure | delay | delivered | relayed | expanded; null: none
 *   lease        until when the sender that took it may work on it; null: nobody has it
 *   after_dot    1: the final dot may have gone out and no reply came yet (rule S66)
 */
export function createQueueTables(db: WriteHandle): void {
  db.exec(`
    CREATE TABLE queue_letters (
      id INTEGER PRIMARY KEY,
      queue_id TEXT NOT NULL UNIQUE,
      hash BLOB NOT NULL,
      size INTEGER NOT NULL,
      skip INTEGER NOT NULL,
      sender TEXT NOT NULL,
      envelope_id TEXT,
      ret TEXT,
      smtputf8 INTEGER NOT NULL,
      eight_bit INTEGER NOT NULL,
      longest_line INTEGER NOT NULL,
      subject TEXT NOT NULL,
      message_id TEXT NOT NULL,
      person INTEGER,
      list TEXT NOT NULL DEFAULT '',
      arrived INTEGER NOT NULL,
      held INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE queue_recipients (
      letter INTEGER NOT NULL REFERENCES queue_letters (id) ON DELETE CASCADE,
      position INTEGER NOT NULL,
      recipient TEXT NOT NULL,
      address TEXT NOT NULL,
      domain TEXT NOT NULL,
      return_to TEXT,
      notify TEXT NOT NULL DEFAULT '',
      original TEXT,
      state TEXT NOT NULL,
      attempts INTEGER NOT NULL DEFAULT 0,
      next_attempt INTEGER,
      last_attempt INTEGER,
      last_reply TEXT NOT NULL DEFAULT '',
      last_status TEXT NOT NULL DEFAULT '',
      last_host TEXT NOT NULL DEFAULT '',
      lease INTEGER,
      after_dot INTEGER NOT NULL DEFAULT 0,
      warned INTEGER NOT NULL DEFAULT 0,
      report TEXT,
      finished INTEGER,
      PRIMARY KEY (letter, position)
    ) WITHOUT ROWID;
    CREATE INDEX queue_recipients_due ON queue_recipients (next_attempt) WHERE state = 'waiting';
    CREATE INDEX queue_recipients_domain ON queue_recipients (domain, state) WHERE state IN ('waiting', 'sending');
    CREATE INDEX queue_recipients_lease ON queue_recipients (lease) WHERE state = 'sending';
    CREATE INDEX queue_recipients_report ON queue_recipients (letter) WHERE report IS NOT NULL;

    CREATE TABLE trace_letters (
      id INTEGER PRIMARY KEY,
      queue_id TEXT NOT NULL UNIQUE,
      at INTEGER NOT NULL,
      sender TEXT NOT NULL COLLATE NOCASE,
      subject TEXT NOT NULL,
      message_id TEXT NOT NULL,
      person INTEGER,
      session TEXT NOT NULL,
      size INTEGER NOT NULL
    );
    CREATE INDEX trace_letters_sender ON trace_letters (sender, id);
    CREATE TABLE trace_steps (
      letter INTEGER NOT NULL,
      number INTEGER NOT NULL,
      at INTEGER NOT NULL,
      step TEXT NOT NULL,
      recipient TEXT NOT NULL COLLATE NOCASE,
      text TEXT NOT NULL,
      PRIMARY KEY (letter, number)
    ) WITHOUT ROWID;
    CREATE INDEX trace_steps_recipient ON trace_steps (recipient, letter);

    CREATE TABLE submissions_seen (
      key BLOB PRIMARY KEY,
      queue_id TEXT NOT NULL,
      at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX submissions_seen_at ON submissions_seen (at);
  `);
}
