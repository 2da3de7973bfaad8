/**
 * COPY and MOVE. A copy is a new row of the same letter: flags, keywords and INTERNALDATE go with it (rule I40). A move
 * is the copy and the removal in one transaction, so a message is in exactly one mailbox whatever happens.
 */
import { Fault } from '../../base/errors.ts';
import { WRITE_SLICE } from '../../base/limits.ts';
import type { WriteTx } from '../../store/program.ts';
import { extend, FlagRuns, pairs, recordMailbox } from './change-record.ts';
import { expungeBetween } from './expunge.ts';
import { admitKeywords, type KeywordText, keywordsOf, keywordText } from './keywords.ts';
import { countUse } from './letters.ts';
import { count, type MailboxRow, requiredRow, Tally, uidsFor } from './mailbox-rows.ts';
import { limitOf, requireRoom } from './quota.ts';

export interface CopyInput {
  readonly mailbox: number;
  /** Flat ranges. */
  readonly uids: Uint32Array;
  readonly target: number;
  /** True: fails when one of the messages has been expunged meanwhile (rule I25). */
  readonly strict: boolean;
  readonly now: number;
}

export interface MoveInput extends CopyInput {
  readonly from: number;
}

export interface CopyOutput {
  readonly uidValidity: number;
  readonly sources: readonly number[];
  readonly targets: readonly number[];
  /** Of the mailbox the messages came from. */
  readonly modseq: number;
  readonly next: number | null;
}

interface Row {
  readonly uid: number;
  readonly letter: number;
  readonly flags: number;
  readonly keywords: KeywordText;
  readonly size: number;
  readonly internal_date: number;
  readonly zone: number;
}

function rowsIn(
  tx: WriteTx,
  mailbox: MailboxRow,
  input: { uids: Uint32Array; from: number; most: number },
): { rows: Row[]; next: number | null } {
  const found: Row[] = [];
  for (const [first, last] of pairs(input.uids)) {
    const start = Math.max(first, input.from);
    const end = Math.min(last, mailbox.uidnext - 1);
    if (start > end) continue;
    const room = input.most - found.length;
    if (room <= 0) return { rows: found, next: start };
    const rows = tx.db.all<Row>(
      `SELECT uid, letter, flags, keywords, size, internal_date, zone FROM messages
       WHERE mailbox = ? AND uid BETWEEN ? AND ? ORDER BY uid LIMIT ?`,
      mailbox.id,
      start,
      end,
      room,
    );
    for (const row of rows) found.push(row);
    const reached = rows.at(-1)?.uid ?? end;
    if (rows.length === room && reached < end) return { rows: found, next: reached + 1 };
  }
  return { rows: found, next: null };
}

/** @throws Fault user `expunged` when one of them is gone. */
function requireAll(tx: WriteTx, mailbox: MailboxRow, uids: Uint32Array): void {
  for (const [first, last] of pairs(uids)) {
    const sql = 'SELECT 1 FROM expunged WHERE mailbox = ? AND uid BETWEEN ? AND ? LIMIT 1';
    if (tx.db.value(sql, mailbox.id, first, last) !== undefined) {
      throw new Fault('user', 'expunged', 'Some of the messages no longer exist.');
    }
  }
}

function copyRows(tx: WriteTx, rows: readonly Row[], target: MailboxRow, now: number): number[] {
  const first = uidsFor(target, rows.length);
  const tally = new Tally();
  const runs = new FlagRuns();
  const spelt = new Map<string, KeywordText>();
  const targets = rows.map((row, n) => {
    let keywords: KeywordText = null;
    if (row.keywords !== null) {
      const known = spelt.get(row.keywords);
      keywords = known ?? keywordText(admitKeywords(tx, target.id, keywordsOf(row.keywords)));
      spelt.set(row.keywords, keywords);
    }
    tx.db.run(
      `INSERT INTO messages (mailbox, uid, letter, flags, keywords, size, internal_date, zone, save_date, modseq)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      target.id,
      first + n,
      row.letter,
      row.flags,
      keywords,
      row.size,
      row.internal_date,
      row.zone,
      // RFC 8514 section 3: a copy is saved when it is made.
      now,
      tx.modseq,
    );
    countUse(tx, row.letter);
    tally.add(row.flags, row.size);
    runs.add(first + n, row.flags, keywords);
    return first + n;
  });
  count(tx, target, tally, 1, first + rows.length);
  recordMailbox(tx, { m: target.id, n: first + rows.length, a: runs.toRuns() });
  return targets;
}

/** All or nothing. @throws Fault user `no-mailbox`, `over-quota`, `too-many-keywords`, `expunged`. */
export function copyMessages(tx: WriteTx, input: CopyInput): CopyOutput {
  const source = requiredRow(tx.db, input.mailbox);
  const target = requiredRow(tx.db, input.target);
  if (input.strict) requireAll(tx, source, input.uids);
  const { rows } = rowsIn(tx, source, { uids: input.uids, from: 1, most: Number.MAX_SAFE_INTEGER });
  const outcome = { uidValidity: target.uidvalidity, modseq: source.modseq, next: null };
  if (rows.length === 0) return { ...outcome, sources: [], targets: [] };
  const octets = rows.reduce((sum, row) => sum + row.size, 0);
  requireRoom(tx.db, target.person, octets, limitOf(tx.db, target.person));
  const targets = copyRows(tx, rows, target, input.now);
  return { ...outcome, sources: rows.map((row) => row.uid), targets };
}

/** One slice of a move. @throws as copyMessages(). */
export function moveMessages(tx: WriteTx, input: MoveInput): CopyOutput {
  const source = requiredRow(tx.db, input.mailbox);
  const target = requiredRow(tx.db, input.target);
  if (input.strict && input.from === 1) requireAll(tx, source, input.uids);
  const { rows, next } = rowsIn(tx, source, { ...input, most: WRITE_SLICE });
  const uidValidity = target.uidvalidity;
  if (rows.length === 0) return { uidValidity, sources: [], targets: [], modseq: source.modseq, next };
  if (source.person !== target.person) {
    const octets = rows.reduce((sum, row) => sum + row.size, 0);
    requireRoom(tx.db, target.person, octets, limitOf(tx.db, target.person));
  }
  const targets = copyRows(tx, rows, target, input.now);
  const tally = new Tally();
  const gone: number[] = [];
  for (const { uid, flags, size } of rows) {
    tally.add(flags, size);
    extend(gone, uid);
  }
  for (let at = 0; at < gone.length; at += 2) {
    const [first, last] = [gone[at] as number, gone[at + 1] as number];
    expungeBetween(tx, { mailbox: source.id, first, last, marked: false, now: input.now });
  }
  count(tx, source, tally, -1);
  const uidNext = source.id === target.id ? source.uidnext + rows.length : source.uidnext;
  recordMailbox(tx, { m: source.id, n: uidNext, v: gone });
  return { uidValidity, sources: rows.map((row) => row.uid), targets, modseq: tx.modseq, next };
}
