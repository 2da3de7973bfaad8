/**
 * What became of sent letters, and receipts that were answered, as rows. Every function runs inside a write transaction.
 *
 * Invariants: a letter's wish for a receipt has at most one answer for ever (the key of receipts_answered), and the answer
 * stands in the same transaction as the letter that carries it; what a report says is believed only of letters that went
 * out from here, because anybody can write a report.
 */
import type { Report, ReportedRecipient } from '../../mail/dsn.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import type { OutboxRow } from '../outbox/rows.ts';

/** Recipients kept of one letter: more is a mailing, and a report may name anybody. */
const MAX_TRACKED = 1000;
/** Characters of another server's words. */
const MAX_WORDS = 500;

/** ENVID of a letter (RFC 3461 section 4.4): what stands before the @ of its Message-ID, where that is plain. */
export function envelopeIdOf(messageId: string): string | undefined {
  const local = messageId.split('@')[0] ?? '';
  return /^[A-Za-z0-9-]{8,100}$/.test(local) ? local : undefined;
}

/** What the server is asked to report (RFC 3461): failures and delays always, success where the person wants to know. */
export function dsnOf(success: boolean, id: string) {
  return {
    notify: success ? (['SUCCESS', 'FAILURE', 'DELAY'] as const) : (['FAILURE', 'DELAY'] as const),
    id,
  };
}

/** A server has taken the letter: from now on reports about it are believed. */
export function rememberSent(tx: WriteTx, row: OutboxRow, notices: boolean): void {
  if (row.purpose === 'receipt' || row.message_id === '') return;
  const { dsn, to } = row.envelope;
  tx.db.run(
    `INSERT OR IGNORE INTO sent_letters (message_id, envid, account, at, asked_receipt, asked_notice, recipients)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    row.message_id,
    dsn?.id ?? null,
    row.account,
    tx.now,
    row.envelope.askedReceipt ? 1 : 0,
    dsn?.notify.includes('SUCCESS') ? (notices ? 1 : 2) : 0,
    JSON.stringify(to.slice(0, MAX_TRACKED)),
  );
}

/** A report has come and waits to be read. */
export function queueReport(tx: WriteTx, message: number): void {
  tx.db.run('INSERT OR IGNORE INTO to_track (message) VALUES (?)', message);
  tx.change('to-track', { message });
}

/** The letter of ours that a report is about: by its envelope, else by its Message-ID; null: none of ours. */
function letterOf(db: ReadHandle, report: Report): string | null {
  const byEnvelope = report.envelopeId
    ? db.value<string>('SELECT message_id FROM sent_letters WHERE envid = ?', report.envelopeId)
    : undefined;
  if (byEnvelope !== undefined) return byEnvelope;
  const id = report.originalMessageId;
  if (id === '') return null;
  const sent = db.value<number>('SELECT 1 FROM sent_letters WHERE message_id = ?', id);
  // Sent by another program of the same person: its copy lies in Sent.
  const copy =
    sent ??
    db.value<number>(
      `SELECT 1 FROM messages JOIN folders ON folders.id = messages.folder
         WHERE messages.message_id = ? AND messages.message_id != '' AND folders.role = 'sent' LIMIT 1`,
      id,
    );
  return copy === undefined ? null : id;
}

const DELIVERY: Readonly<Record<string, string>> = {
  failed: 'failed',
  delayed: 'delayed',
  delivered: 'delivered',
  relayed: 'relayed',
  expanded: 'expanded',
};
const RECEIPTS: ReadonlySet<string> = new Set(['displayed', 'deleted', 'processed', 'denied', 'failed']);
/** What may still be followed by another word of the same kind. */
const PASSING: ReadonlySet<string> = new Set(['delayed', 'processed']);

function wordsOf({ diagnostic, status, remoteMta }: ReportedRecipient): string {
  const said = diagnostic || status;
  return (remoteMta && said ? `${remoteMta}: ${said}` : said).replace(/\s+/g, ' ').slice(0, MAX_WORDS);
}

/** Takes over what a report says. Returns the Message-ID it was about; null: no letter of ours. */
export function takeReport(
  tx: WriteTx,
  input: { message: number; report: Report; at: number },
): string | null {
  const { db } = tx;
  const { report, at } = input;
  const letter = letterOf(db, report);
  if (letter === null) return null;
  const kind = report.kind === 'delivery' ? 'delivery' : 'receipt';
  const known = db.value<number>('SELECT count(*) FROM tracking WHERE message_id = ?', letter) ?? 0;
  for (const each of report.recipients.slice(0, Math.max(0, MAX_TRACKED - known))) {
    const address = (each.address || each.finalAddress).toLowerCase().slice(0, 320);
    const state =
      kind === 'delivery'
        ? DELIVERY[each.action]
        : RECEIPTS.has(report.disposition)
          ? report.disposition
          : undefined;
    if (state === undefined || address === '') continue;
    const former = db.value<string>(
      'SELECT state FROM tracking WHERE message_id = ? AND address = ? AND kind = ?',
      letter,
      address,
      kind,
    );
    if (former !== undefined && !PASSING.has(former)) continue;
    db.run(
      `INSERT OR REPLACE INTO tracking (message_id, address, kind, state, at, words, report) VALUES (?, ?, ?, ?, ?, ?, ?)`,
      letter,
      address,
      kind,
      state,
      at,
      state === 'delivered' || state === 'displayed' ? '' : wordsOf(each),
      input.message,
    );
  }
  tx.change('tracking', { messageId: letter });
  return letter;
}
