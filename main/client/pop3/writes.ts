/**
 * What the POP3 engine writes: plain functions run inside write transactions. Each can be repeated without harm.
 *
 * Invariants: a letter's row and its line of bookkeeping are written by one transaction, so that a cut at any moment neither
 * loses a letter nor brings it twice (C36); bookkeeping goes only when the server has not listed the letter for
 * MISSING_KEPT_MS, because servers lose their index for a while and find it again.
 */
import type { WriteTx } from '../../store/program.ts';
import { markLetters } from '../collecting/marks.ts';
import { attachBodies, insertMessages, type NewMessage, removeMessages } from '../messages/rows.ts';
import { markArrived } from '../rules/marks.ts';
import {
  blobAt,
  letterAt,
  type PackedHeads,
  type PackedLetters,
  type ReadLetter,
  unpack,
} from './letters.ts';
import { isUnnamed, ownUidl } from './match.ts';
import type { LetterState, Mark } from './plan.ts';

/** ms */
export const MISSING_KEPT_MS = 7 * 24 * 3_600_000;

interface Arrived {
  uidl: string;
  /** As LIST said. */
  octets: number;
}

export interface Taken {
  /** Letters new to this computer. */
  inserted: number[];
  /** For each input letter: it is whole here, or was erased here. */
  safe: boolean[];
}

interface Line {
  uidl: string;
  state: LetterState;
  message: number | null;
}

const lineOf = (tx: WriteTx, account: number, uidl: string): Line | undefined =>
  tx.db.get<Line>(
    'SELECT uidl, state, message FROM pop3_letters WHERE account = ? AND uidl = ?',
    account,
    uidl,
  );

/**
 * The letter's line, looked for under its unique-id and, where the server gave it another one since, by likeness and size.
 * A line without its letter (refused before) is none.
 */
function knownLine(tx: WriteTx, account: number, letter: Arrived, likeness: string): Line | undefined {
  const line = lineOf(tx, account, letter.uidl);
  if (line) {
    rename(tx, account, line.uidl, line.uidl);
    return line;
  }
  // Left to itself SQLite reads every line of the account instead: a large maildrop would cost the square of its letters.
  const lost = tx.db.get<Line>(
    `SELECT uidl, state, message FROM pop3_letters INDEXED BY pop3_letters_missing
     WHERE account = ? AND likeness = ? AND octets = ? AND missing_since IS NOT NULL LIMIT 1`,
    account,
    likeness,
    letter.octets,
  );
  if (!lost) return undefined;
  rename(tx, account, lost.uidl, letter.uidl);
  return { ...lost, uidl: letter.uidl };
}

/** The server lists it, under this unique-id. */
function rename(tx: WriteTx, account: number, from: string, to: string): void {
  tx.db.run(
    'UPDATE OR IGNORE pop3_letters SET uidl = ?, missing_since = NULL WHERE account = ? AND uidl = ?',
    to,
    account,
    from,
  );
}

function writeLine(
  tx: WriteTx,
  account: number,
  letter: Arrived,
  state: LetterState,
  message: number | null,
  likeness: string,
): void {
  tx.db.run(
    `INSERT INTO pop3_letters (account, uidl, octets, state, message, first_seen, likeness) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (account, uidl) DO UPDATE SET octets = excluded.octets, state = excluded.state, mark = NULL,
       message = excluded.message, failures = 0, likeness = excluded.likeness`,
    account,
    letter.uidl,
    letter.octets,
    state,
    message,
    tx.now,
    likeness,
  );
}

const newMessage = (tx: WriteTx, folder: number, read: ReadLetter): Omit<NewMessage, 'blob' | 'head'> => ({
  folder,
  uid: null,
  received: Math.min(read.received ?? tx.now, tx.now),
  flags: 0,
  keywords: [],
  facts: read.facts,
});

/** Without a unique-id of the server's a letter is named by what it is. */
const named = (letter: Arrived, likeness: string): Arrived =>
  isUnnamed(letter.uidl) ? { ...letter, uidl: ownUidl(likeness, letter.octets) } : letter;

interface Fresh {
  letter: Arrived;
  likeness: string;
  row: NewMessage;
}

/** Adds rows with their lines; gives the ids. */
function insertFresh(tx: WriteTx, account: number, state: LetterState, fresh: readonly Fresh[]): number[] {
  const ids = insertMessages(
    tx,
    fresh.map((each) => each.row),
  );
  fresh.forEach(({ letter, likeness }, n) => {
    writeLine(tx, account, letter, state, ids[n] as number, likeness);
  });
  for (const [folder, rows] of Map.groupBy(
    fresh.map(({ row }, n) => [row.folder, ids[n] as number] as const),
    ([each]) => each,
  ))
    markArrived(
      tx,
      folder,
      rows.map(([, id]) => id),
    );
  return ids;
}

/** Whole letters. What is whole here or was erased here already stays as it is. */
function take(
  tx: WriteTx,
  input: { account: number; folder: number; letters: Arrived[]; packed: PackedLetters },
): Taken {
  const { account, folder, packed } = input;
  const read = unpack(packed.letters);
  const seen = new Set<string>();
  const fresh: Fresh[] = [];
  const safe = input.letters.map((arrived, n) => {
    const { facts, likeness } = read[n] as ReadLetter;
    const blob = blobAt(packed, n);
    const letter = named(arrived, likeness);
    if (seen.has(letter.uidl)) return true;
    seen.add(letter.uidl);
    const line = knownLine(tx, account, letter, likeness);
    if (line?.state === 'whole' || line?.state === 'erased') return true;
    tx.blobs.append(blob);
    if (line?.state === 'header' && line.message !== null) {
      attachBodies(tx, [{ id: line.message, facts, blob: blob.hash }]);
      writeLine(tx, account, letter, 'whole', line.message, likeness);
    } else {
      const row = { ...newMessage(tx, folder, read[n] as ReadLetter), blob: blob.hash, head: null };
      fresh.push({ letter, likeness, row });
    }
    return true;
  });
  tx.change('maildrop', { account });
  return { inserted: insertFresh(tx, account, 'whole', fresh), safe };
}

/** Headers alone. */
function takeHeads(
  tx: WriteTx,
  input: { account: number; folder: number; letters: Arrived[]; packed: PackedHeads },
): Taken {
  const { account, folder, packed } = input;
  const read = unpack(packed.letters);
  const seen = new Set<string>();
  const fresh: Fresh[] = [];
  const safe = input.letters.map((arrived, n) => {
    const { likeness } = read[n] as ReadLetter;
    const letter = named(arrived, likeness);
    const line = seen.has(letter.uidl) ? undefined : knownLine(tx, account, letter, likeness);
    if (!seen.has(letter.uidl) && (!line || line.state === 'failed')) {
      const head = Uint8Array.from(letterAt(packed, n));
      fresh.push({
        letter,
        likeness,
        row: { ...newMessage(tx, folder, read[n] as ReadLetter), blob: null, head },
      });
    }
    seen.add(letter.uidl);
    return line?.state === 'whole' || line?.state === 'erased';
  });
  tx.change('maildrop', { account });
  return { inserted: insertFresh(tx, account, 'header', fresh), safe };
}

/** What the server lists and lists no more. `gone`: letters known by their header that can no longer be had. */
function listed(
  tx: WriteTx,
  input: { account: number; back: string[]; missing: string[]; gone: string[] },
): void {
  const { account } = input;
  for (const uidl of input.back)
    tx.db.run('UPDATE pop3_letters SET missing_since = NULL WHERE account = ? AND uidl = ?', account, uidl);
  for (const uidl of input.missing)
    tx.db.run(
      'UPDATE pop3_letters SET missing_since = ? WHERE account = ? AND uidl = ?',
      tx.now,
      account,
      uidl,
    );
  dropHeaders(tx, account, input.gone);
  const old = tx.db.all<Line>(
    'SELECT uidl, state, message FROM pop3_letters WHERE account = ? AND missing_since < ?',
    account,
    tx.now - MISSING_KEPT_MS,
  );
  dropHeaders(
    tx,
    account,
    old.filter((each) => each.state === 'header').map((each) => each.uidl),
  );
  for (const { uidl } of old)
    tx.db.run('DELETE FROM pop3_letters WHERE account = ? AND uidl = ?', account, uidl);
}

/** Rows of letters whose rest is not to be had any more; kept in the purge area for a while. */
function dropHeaders(tx: WriteTx, account: number, uidls: readonly string[]): void {
  const rows: number[] = [];
  for (const uidl of uidls) {
    const line = lineOf(tx, account, uidl);
    if (line?.state !== 'header') continue;
    if (line.message !== null) rows.push(line.message);
    tx.db.run(
      "UPDATE pop3_letters SET state = 'erased', message = NULL WHERE account = ? AND uidl = ?",
      account,
      uidl,
    );
  }
  removeMessages(tx, rows, 'server');
}

/** The server has said +OK to QUIT. A server that lists one of them again is told again, and nothing comes twice. */
function removed(tx: WriteTx, input: { account: number; uidls: string[] }): void {
  tx.change('maildrop', { account: input.account });
  dropHeaders(tx, input.account, input.uidls);
  for (const uidl of input.uidls) {
    tx.db.run(
      'UPDATE pop3_letters SET missing_since = ? WHERE account = ? AND uidl = ?',
      tx.now,
      input.account,
      uidl,
    );
  }
}

/** The server would not give these. */
function failed(tx: WriteTx, input: { account: number; letters: Arrived[] }): void {
  for (const { uidl, octets } of input.letters) {
    if (isUnnamed(uidl)) continue;
    tx.db.run(
      `INSERT INTO pop3_letters (account, uidl, octets, state, first_seen, failures, tried) VALUES (?, ?, ?, 'failed', ?, 1, ?)
       ON CONFLICT (account, uidl) DO UPDATE SET failures = failures + 1, tried = excluded.tried`,
      input.account,
      uidl,
      octets,
      tx.now,
      tx.now,
    );
  }
}

/** Unique-ids that the server has given anew. */
function relink(tx: WriteTx, input: { account: number; pairs: { from: string; to: string }[] }): void {
  for (const { from, to } of input.pairs) rename(tx, input.account, from, to);
}

/** A promised write that changes something: it takes along to the disk all that was written before it. */
function synced(tx: WriteTx, account: number): void {
  tx.db.run('UPDATE accounts SET last_sync = ? WHERE id = ?', tx.now, account);
  tx.change('accounts', { id: account });
}

export const pop3Writes = {
  'pop3.take': take,
  'pop3.takeHeads': takeHeads,
  'pop3.listed': listed,
  'pop3.removed': removed,
  'pop3.failed': failed,
  'pop3.relink': relink,
  'pop3.mark': (tx: WriteTx, input: { messages: number[]; mark: Mark | null }): number =>
    markLetters(tx, input.messages, input.mark),
  'pop3.synced': synced,
};
