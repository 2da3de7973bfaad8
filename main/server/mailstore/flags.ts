/**
 * STORE: flags and keywords change in slices, each its own transaction, so that marking 100,000 messages does not hold
 * up deliveries. Within a message a change is atomic: what two sessions add at once is both there (rule I26).
 */
import { WRITE_SLICE } from '../../base/limits.ts';
import type { WriteTx } from '../../store/program.ts';
import { extend, type FlagRun, FlagRuns, pairs, recordMailbox } from './change-record.ts';
import { admitKeywords, type KeywordText, keywordsOf, keywordText } from './keywords.ts';
import { recount, requiredRow } from './mailbox-rows.ts';
import { ALL_FLAGS, DELETED, type FlagChange, SEEN } from './mailstore.ts';

export interface SetFlagsInput {
  readonly mailbox: number;
  /** Flat ranges. */
  readonly uids: Uint32Array;
  readonly change: FlagChange;
  /** UIDs below it were done by an earlier slice. */
  readonly from: number;
}

/** One slice; ranges are flat: first, last, first, last ... */
export interface SetFlagsOutput {
  /** The mailbox's modseq afterwards. */
  readonly modseq: number;
  readonly changed: readonly FlagRun[];
  readonly modified: readonly number[];
  readonly gone: readonly number[];
  /** Where the next slice begins; null when all is done. */
  readonly next: number | null;
}

interface Row {
  readonly uid: number;
  readonly flags: number;
  readonly keywords: KeywordText;
  readonly modseq: number;
}

/** Keywords after a change; `words` are spelt as the mailbox does. */
function changedKeywords(
  before: KeywordText,
  mode: FlagChange['mode'],
  words: readonly string[],
): KeywordText {
  if (mode === 'replace') return keywordText(words);
  if (words.length === 0) return before;
  if (mode === 'add') return keywordText([...keywordsOf(before), ...words]);
  const gone = new Set(words.map((word) => word.toLowerCase()));
  return keywordText(keywordsOf(before).filter((word) => !gone.has(word.toLowerCase())));
}

function changedFlags(before: number, mode: FlagChange['mode'], flags: number): number {
  if (mode === 'replace') return flags;
  return mode === 'add' ? before | flags : before & ~flags;
}

/** @throws Fault user `no-mailbox`, `too-many-keywords`, `bad-keyword`. */
export function setFlags(tx: WriteTx, input: SetFlagsInput): SetFlagsOutput {
  const { change, from } = input;
  const mailbox = requiredRow(tx.db, input.mailbox);
  const words = change.mode === 'remove' ? change.keywords : admitKeywords(tx, mailbox.id, change.keywords);
  const flags = change.flags & ALL_FLAGS;
  const runs = new FlagRuns();
  const modified: number[] = [];
  const gone: number[] = [];
  let unseen = 0;
  let deleted = 0;
  let left = WRITE_SLICE;
  let next: number | null = null;
  for (const [first, last] of pairs(input.uids)) {
    const start = Math.max(first, from);
    const end = Math.min(last, mailbox.uidnext - 1);
    if (start > end) continue;
    if (left <= 0) {
      next = start;
      break;
    }
    const rows = tx.db.all<Row>(
      'SELECT uid, flags, keywords, modseq FROM messages WHERE mailbox = ? AND uid BETWEEN ? AND ? ORDER BY uid LIMIT ?',
      mailbox.id,
      start,
      end,
      left,
    );
    left -= rows.length;
    const reached = left <= 0 ? (rows.at(-1)?.uid ?? end) : end;
    if (rows.length < reached - start + 1) {
      const sql = 'SELECT uid FROM expunged WHERE mailbox = ? AND uid BETWEEN ? AND ? ORDER BY uid';
      for (const uid of tx.db.pluck<number>(sql, mailbox.id, start, reached)) extend(gone, uid);
    }
    for (const row of rows) {
      if (change.unchangedSince !== undefined && row.modseq > change.unchangedSince) {
        extend(modified, row.uid);
        continue;
      }
      const now = changedFlags(row.flags, change.mode, flags);
      const keywords = changedKeywords(row.keywords, change.mode, words);
      // RFC 7162 section 3.1: what changes nothing gets no new modseq.
      if (now === row.flags && keywords === row.keywords) continue;
      tx.db.run(
        'UPDATE messages SET flags = ?, keywords = ?, modseq = ? WHERE mailbox = ? AND uid = ?',
        now,
        keywords,
        tx.modseq,
        mailbox.id,
        row.uid,
      );
      unseen += ((row.flags & SEEN) === 0 ? -1 : 0) + ((now & SEEN) === 0 ? 1 : 0);
      deleted += ((now & DELETED) !== 0 ? 1 : 0) - ((row.flags & DELETED) !== 0 ? 1 : 0);
      runs.add(row.uid, now, keywords);
    }
    if (reached < end) {
      next = reached + 1;
      break;
    }
  }
  const changed = runs.toRuns();
  if (changed.length > 0) {
    recount(tx, mailbox.id, unseen, deleted);
    recordMailbox(tx, { m: mailbox.id, n: mailbox.uidnext, c: changed });
  }
  return { modseq: changed.length > 0 ? tx.modseq : mailbox.modseq, changed, modified, gone, next };
}
