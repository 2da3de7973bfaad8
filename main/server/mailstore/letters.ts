/**
 * Letters in the writer: one row and one blob a distinct message, however many mailboxes hold it.
 *
 * Invariants: `uses` counts the rows of messages and of expunged that mean the letter; a letter holds one reference to
 * its blob; both go with the last use. What a letter says of itself never changes.
 */
import { Fault } from '../../base/errors.ts';
import type { WriteTx } from '../../store/program.ts';
import type { PreparedBlob } from '../../store/record.ts';
import type { ArrivalText } from './search/arrival.ts';
import { forgetArrival, keepArrival } from './search/arrival.ts';
import { threadOf } from './thread-ids.ts';

/** What SORT and THREAD compare (RFC 5256), made once at arrival. */
export interface SortFacts {
  /** Base subject (section 2.1), case kept. */
  readonly subject: string;
  readonly reply: boolean;
  /** Local part of the first address. */
  readonly from: string;
  readonly to: string;
  readonly cc: string;
  /** RFC 5957: display name, else the address. */
  readonly displayFrom: string;
  readonly displayTo: string;
}

/** A letter ready to be stored; made by the ingest workers. Texts hold one character an octet. */
export interface LetterInput {
  readonly blob: PreparedBlob;
  readonly envelope: string;
  readonly body: string;
  readonly structure: string;
  /** part-offsets.ts. */
  readonly parts: Uint8Array;
  readonly preview: string;
  /** Without brackets; empty when there is none. */
  readonly messageId: string;
  /** References and In-Reply-To, oldest first. */
  readonly parents: readonly string[];
  /** Ms since 1970 UTC, and the day as it was written. */
  readonly sent: number | null;
  readonly sentDay: number | null;
  readonly sort: SortFacts;
  readonly search: ArrivalText | null;
}

/** A letter that is stored and counts the caller's row. */
export interface StoredLetter {
  readonly id: number;
  readonly size: number;
}

/** Stores a letter, or finds the same octets, for one row of the caller's. */
export function storeLetter(tx: WriteTx, letter: LetterInput): StoredLetter {
  const { blob } = letter;
  const known = tx.db.value<number>('SELECT id FROM letters WHERE hash = ?', blob.hash);
  if (known !== undefined) {
    // Taken in all the same where that heals damaged octets or clears a spooled file away.
    if (typeof blob.record === 'string' || !tx.blobs.has(blob.hash)) {
      tx.blobs.append(blob);
      tx.blobs.release(blob.hash);
    }
    countUse(tx, known);
    return { id: known, size: blob.raw };
  }
  tx.blobs.append(blob);
  const { sort } = letter;
  const { lastId: id } = tx.db.run(
    'INSERT INTO letters (hash, size, uses, thread, sent, sent_day, envelope) VALUES (?, ?, 1, ?, ?, ?, ?)',
    blob.hash,
    blob.raw,
    threadOf(tx.db, letter),
    letter.sent,
    letter.sentDay,
    letter.envelope,
  );
  tx.db.run(
    'INSERT INTO letter_texts (letter, body, structure, parts, preview) VALUES (?, ?, ?, ?, ?)',
    id,
    letter.body,
    letter.structure,
    letter.parts,
    letter.preview,
  );
  tx.db.run(
    `INSERT INTO letter_sort (letter, message_id, parents, subject, reply, from_key, to_key, cc_key, display_from, display_to)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    id,
    letter.messageId,
    letter.parents.join('\n'),
    sort.subject,
    sort.reply ? 1 : 0,
    sort.from,
    sort.to,
    sort.cc,
    sort.displayFrom,
    sort.displayTo,
  );
  keepArrival(tx, id, letter.search);
  return { id, size: blob.raw };
}

/** `count` rows more that mean this letter. */
export function countUse(tx: WriteTx, id: number, count = 1): void {
  tx.db.run('UPDATE letters SET uses = uses + ? WHERE id = ?', count, id);
}

/** One row less; with the last one the letter and its octets go. */
export function dropLetter(tx: WriteTx, id: number): void {
  const row = tx.db.get<{ uses: number; hash: Uint8Array }>(
    'SELECT uses, hash FROM letters WHERE id = ?',
    id,
  );
  if (!row) throw new Fault('internal', 'letter-missing', 'A message has no letter.', { detail: { id } });
  if (row.uses > 1) {
    tx.db.run('UPDATE letters SET uses = uses - 1 WHERE id = ?', id);
    return;
  }
  tx.db.run('DELETE FROM letters WHERE id = ?', id);
  tx.db.run('DELETE FROM letter_texts WHERE letter = ?', id);
  tx.db.run('DELETE FROM letter_sort WHERE letter = ?', id);
  forgetArrival(tx, id);
  tx.blobs.release(row.hash);
}
