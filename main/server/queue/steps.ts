/**
 * What happened to a letter, a line a step: kept from acceptance to the end, read by `trace`. Steps are written in the
 * same transaction as what they tell of, so the story is never ahead of the truth or behind it.
 */
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import type { TraceFilter, TraceStep } from './queue.ts';

export type StepKind = TraceStep['step'];

export interface NewStep {
  readonly step: StepKind;
  /** Empty for a step of the whole letter. */
  readonly recipient: string;
  readonly text: string;
}

export interface TracedLetter {
  readonly queueId: string;
  readonly sender: string;
  readonly subject: string;
  readonly messageId: string;
  readonly person: number | null;
  /** Session id of the records. */
  readonly session: string;
  readonly size: number;
  readonly at: number;
}

/** Longest text of a step and of a subject that is kept; replies of other hosts may be pages. */
const TEXT_CHARS = 500;
const DEFAULT_LETTERS = 50;
const MOST_LETTERS = 1000;

/** The beginning of a letter's story. */
export function beginTrace(tx: WriteTx, letter: TracedLetter, steps: readonly NewStep[]): void {
  const { lastId } = tx.db.run(
    `INSERT INTO trace_letters (queue_id, at, sender, subject, message_id, person, session, size)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    letter.queueId,
    letter.at,
    letter.sender,
    letter.subject.slice(0, TEXT_CHARS),
    letter.messageId,
    letter.person,
    letter.session,
    letter.size,
  );
  steps.forEach((step, number) => void insert(tx, lastId, number, letter.at, step));
}

/** One more step; nothing when the letter's story has been pruned. */
export function addStep(tx: WriteTx, queueId: string, step: NewStep, at = tx.now): void {
  const letter = tx.db.value<number>('SELECT id FROM trace_letters WHERE queue_id = ?', queueId);
  if (letter === undefined) return;
  const last = tx.db.value<number>('SELECT max(number) FROM trace_steps WHERE letter = ?', letter);
  insert(tx, letter, (last ?? -1) + 1, at, step);
}

function insert(tx: WriteTx, letter: number, number: number, at: number, step: NewStep): void {
  tx.db.run(
    'INSERT INTO trace_steps (letter, number, at, step, recipient, text) VALUES (?, ?, ?, ?, ?, ?)',
    letter,
    number,
    at,
    step.step,
    step.recipient,
    step.text.slice(0, TEXT_CHARS),
  );
}

/** Forgets stories that began before `before`, at most `limit` letters; how many were forgotten. */
export function pruneTrace(tx: WriteTx, input: { before: number; limit: number }): number {
  const old = tx.db.pluck<number>(
    'SELECT id FROM trace_letters WHERE id IN (SELECT id FROM trace_letters ORDER BY id LIMIT ?) AND at < ?',
    input.limit,
    input.before,
  );
  for (const id of old) {
    tx.db.run('DELETE FROM trace_steps WHERE letter = ?', id);
    tx.db.run('DELETE FROM trace_letters WHERE id = ?', id);
  }
  return old.length;
}

interface StepRow {
  at: number;
  queue_id: string;
  step: string;
  sender: string;
  recipient: string;
  subject: string;
  text: string;
}

/** Newest letters first, the steps of each in order. */
function trace(db: ReadHandle, filter: TraceFilter): TraceStep[] {
  const count = Math.min(filter.count ?? DEFAULT_LETTERS, MOST_LETTERS);
  const ids = lettersOf(db, filter, count);
  return ids.flatMap((id) =>
    db
      .all<StepRow>(
        `SELECT s.at, l.queue_id, s.step, l.sender, s.recipient, l.subject, s.text
         FROM trace_letters l JOIN trace_steps s ON s.letter = l.id WHERE l.id = ? ORDER BY s.number`,
        id,
      )
      .map(({ queue_id, step, ...row }) => ({ ...row, queueId: queue_id, step: step as StepKind })),
  );
}

function lettersOf(db: ReadHandle, { queueId, person, subject }: TraceFilter, count: number): number[] {
  if (queueId !== undefined)
    return db.pluck<number>('SELECT id FROM trace_letters WHERE queue_id = ?', queueId);
  const wanted = subject?.toLowerCase();
  const mine =
    person === undefined
      ? ''
      : `WHERE id IN (SELECT id FROM trace_letters WHERE sender = ?1
           UNION SELECT letter FROM trace_steps WHERE recipient = ?1)`;
  const rows = db.iterate<{ id: number; subject: string }>(
    `SELECT id, subject FROM trace_letters ${mine} ORDER BY id DESC`,
    ...(person === undefined ? [] : [person]),
  );
  const found: number[] = [];
  for (const row of rows) {
    // Folded here: SQLite's own folding knows no Cyrillic.
    if (wanted !== undefined && !row.subject.toLowerCase().includes(wanted)) continue;
    found.push(row.id);
    if (found.length >= count) break;
  }
  return found;
}

export const traceWrites = { 'queue.pruneTrace': pruneTrace };
export const traceReads = { 'queue.trace': trace };
