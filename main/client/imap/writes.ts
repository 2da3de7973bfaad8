/**
 * What the IMAP engine writes: plain functions run inside write transactions. Each can be repeated without
 * harm, because a pass that was cut off is begun again.
 *
 * Invariants: `uid_next` and `highest_modseq` of a folder advance only in finishPass, after everything up to
 * them has been applied (C4). A UID that the person has taken out of a folder is not taken in again.
 */
import { Fault } from '../../base/errors.ts';
import type { WriteTx } from '../../store/program.ts';
import type { PreparedBlob } from '../../store/record.ts';
import type { PackedBodies } from '../messages/ingest.ts';
import {
  type Attached,
  attachBodies,
  FLAG,
  insertMessages,
  type LetterFacts,
  markDamaged,
  type NewMessage,
  removeMessages,
  setMarksOf,
  setServerMarks,
} from '../messages/rows.ts';
import { markArrived } from '../rules/marks.ts';
import { mergeMarks, splitKeywords } from './flags.ts';
import { type ListedLetter, type PackedHeads, unpackHeads } from './packed-heads.ts';
import { leavingUids, type SyncState, type UidMarks } from './reads.ts';

/** Tries for one body before the letter is parked (C8). */
export const BODY_TRIES = 3;

export interface AppliedHeads {
  /** Rows made now, unread ones among them in `unread`. */
  inserted: number[];
  unread: number;
}

interface LinkRow {
  id: number;
  flags: number;
  keywords: string;
  server_flags: number;
  server_keywords: string;
}

/** Takes listed letters in; known UIDs only get their marks, letters on their way here get their UID. */
function applyHeads(
  tx: WriteTx,
  input: { folder: number; uidValidity: number } & ({ letters: ListedLetter[] } | { packed: PackedHeads }),
): AppliedHeads {
  const { db } = tx;
  const { folder } = input;
  const letters = 'packed' in input ? unpackHeads(input.packed) : input.letters;
  expectValidity(tx, folder, input.uidValidity);
  const leaving = new Set(leavingUids(db, folder));
  const fresh: NewMessage[] = [];
  const known: UidMarks[] = [];
  const waiting = waitingNames(tx, folder, letters);
  const here = new Set(
    db.pluck<number>(
      'SELECT m.uid FROM json_each(?) j CROSS JOIN messages m ON m.folder = ? AND m.uid = j.value',
      JSON.stringify(letters.map((letter) => letter.uid)),
      folder,
    ),
  );
  for (const letter of letters) {
    if (leaving.has(letter.uid)) continue;
    if (here.has(letter.uid)) {
      known.push(letter);
      continue;
    }
    // A server may name one letter twice in a row of answers.
    here.add(letter.uid);
    if (waiting.has(letter.facts.messageId) && linkWaiting(tx, folder, letter)) continue;
    // Marked for removal and never seen here: hidden, not shown as a letter (C9).
    if ((letter.flags & FLAG.deleted) !== 0) continue;
    fresh.push({
      folder,
      uid: letter.uid,
      received: letter.received,
      flags: letter.flags,
      keywords: splitKeywords(letter.keywords),
      facts: letter.facts,
      blob: null,
      head: letter.head,
      ...(letter.serverId === '' ? {} : { serverId: letter.serverId }),
    });
  }
  if (known.length > 0) applyMarks(tx, { folder, marks: known });
  const inserted = insertMessages(tx, fresh);
  markArrived(tx, folder, inserted);
  return { inserted, unread: fresh.filter((each) => (each.flags & FLAG.seen) === 0).length };
}

/** Message-IDs of these letters which a letter of this folder has that waits for its UID. */
function waitingNames(tx: WriteTx, folder: number, letters: readonly ListedLetter[]): Set<string> {
  const asked = new Map<string, string>();
  for (const { facts } of letters)
    if (facts.messageId !== '') asked.set(facts.messageId.slice(0, 1000), facts.messageId);
  const found = tx.db.pluck<string>(
    `SELECT m.message_id FROM json_each(?) j CROSS JOIN messages m ON m.message_id = j.value AND m.message_id != ''
     WHERE m.folder = ? AND m.uid IS NULL`,
    JSON.stringify([...asked.keys()]),
    folder,
  );
  return new Set(found.map((name) => asked.get(name) ?? name));
}

/** A letter that was put here by the person and has now appeared on the server. */
function linkWaiting(tx: WriteTx, folder: number, letter: ListedLetter): boolean {
  const { messageId } = letter.facts;
  // Without UIDPLUS a letter that was moved away stays behind, marked: it is not the one that has come back.
  if (messageId === '' || (letter.flags & FLAG.deleted) !== 0) return false;
  const row = tx.db.get<LinkRow>(
    `SELECT id, flags, keywords, server_flags, server_keywords FROM messages
     WHERE folder = ? AND uid IS NULL AND message_id = ? AND message_id != '' ORDER BY id LIMIT 1`,
    folder,
    messageId.slice(0, 1000),
  );
  if (!row) return false;
  setUid(tx, row.id, folder, letter.uid);
  const now = { flags: letter.flags, keywords: letter.keywords };
  // What it carried on its way is what the person sees; what differs from the server has its operation.
  if (row.server_flags === 0 && row.server_keywords === '')
    setServerMarks(tx, row.id, now.flags, now.keywords);
  else settleMarks(tx, row, now);
  return true;
}

function setUid(tx: WriteTx, id: number, folder: number, uid: number): void {
  // The UID may have been taken in as a stranger before it was known to be this letter.
  const twin = tx.db.value<number>(
    'SELECT id FROM messages WHERE folder = ? AND uid = ? AND id != ?',
    folder,
    uid,
    id,
  );
  if (twin !== undefined) removeMessages(tx, [twin], 'erased');
  tx.db.run('UPDATE messages SET uid = ? WHERE id = ?', uid, id);
}

function settleMarks(
  tx: WriteTx,
  row: LinkRow,
  now: { flags: number; keywords: string },
): { id: number; flags: number; keywords: string } | undefined {
  const base = { flags: row.server_flags, keywords: row.server_keywords };
  const merged = mergeMarks(base, row, now);
  if (base.flags !== now.flags || base.keywords !== now.keywords) {
    setServerMarks(tx, row.id, now.flags, now.keywords);
  }
  if (merged.flags === row.flags && merged.keywords === row.keywords) return undefined;
  return { id: row.id, ...merged };
}

/** The server's marks, merged with what the person has done since (C9). */
function applyMarks(tx: WriteTx, input: { folder: number; marks: UidMarks[] }): number {
  const visible: { id: number; flags: number; keywords: string }[] = [];
  // A letter may be told of twice in one answer, as asked and as news: rows are written at the end, so only the last counts.
  const latest = new Map(input.marks.map((each) => [each.uid, each]));
  for (const now of latest.values()) {
    const row = tx.db.get<LinkRow>(
      'SELECT id, flags, keywords, server_flags, server_keywords FROM messages WHERE folder = ? AND uid = ?',
      input.folder,
      now.uid,
    );
    if (!row) continue;
    const change = settleMarks(tx, row, now);
    if (change) visible.push(change);
  }
  if (visible.length > 0) setMarksOf(tx, visible);
  return visible.length;
}

/** Letters the server does not have any more. They stay in the purge area (C6). */
function dropUids(tx: WriteTx, input: { folder: number; uids: number[] }): number {
  const ids = input.uids.flatMap(
    (uid) =>
      tx.db.value<number>('SELECT id FROM messages WHERE folder = ? AND uid = ?', input.folder, uid) ?? [],
  );
  for (const id of ids) {
    // Existence: the server wins (C23). What was still to be told about the letter has no object now.
    tx.db.run("DELETE FROM operations WHERE message = ? AND kind = 'flags' AND state != 'running'", id);
  }
  removeMessages(tx, ids, 'server');
  return ids.length;
}

function expectValidity(tx: WriteTx, folder: number, uidValidity: number): void {
  const stored = tx.db.value<number | null>('SELECT uid_validity FROM folders WHERE id = ?', folder);
  if (stored === undefined) throw new Fault('user', 'no-such-folder', 'This folder does not exist.');
  if (stored === null) tx.db.run('UPDATE folders SET uid_validity = ? WHERE id = ?', uidValidity, folder);
  else if (stored !== uidValidity) {
    throw new Fault('transient', 'uid-validity-changed', 'The server has numbered this folder anew.');
  }
}

export interface PassEnd {
  folder: number;
  uidValidity: number;
  uidNext: number | null;
  /** Decimal; what the server said before the pass began. */
  highestModseq: string | null;
  serverTotal: number;
  complete: boolean;
}

function finishPass(tx: WriteTx, end: PassEnd): void {
  const state: SyncState = { complete: end.complete };
  const before = tx.db.get<{ synced: number | null }>('SELECT synced FROM folders WHERE id = ?', end.folder);
  tx.db.run(
    `UPDATE folders SET uid_validity = ?, uid_next = ?, highest_modseq = ?, server_total = ?, sync_state = ?,
       synced = CASE WHEN ? THEN 1 ELSE synced END WHERE id = ?`,
    end.uidValidity,
    end.uidNext,
    end.highestModseq,
    end.serverTotal,
    JSON.stringify(state),
    end.complete ? 1 : 0,
    end.folder,
  );
  if (end.complete && before?.synced !== 1) tx.change('folder', { id: end.folder });
}

/** 0..1 while a first pass is under way. */
function progress(tx: WriteTx, input: { folder: number; synced: number }): void {
  tx.db.run('UPDATE folders SET synced = ? WHERE id = ?', Math.min(0.999, input.synced), input.folder);
  tx.change('folder', { id: input.folder });
}

/** The folder was numbered anew: letters matched by validity.ts keep their rows, the others go. */
function relink(
  tx: WriteTx,
  input: { folder: number; uidValidity: number; linked: [id: number, uid: number][]; gone: number[] },
): void {
  const { db } = tx;
  db.run('UPDATE messages SET uid = NULL WHERE folder = ? AND uid IS NOT NULL', input.folder);
  for (const [id, uid] of input.linked)
    db.run('UPDATE messages SET uid = ? WHERE id = ? AND folder = ?', uid, id, input.folder);
  removeMessages(tx, input.gone, 'server');
  // An operation's old UID means nothing now; the letter's row tells where it is, if it is there still.
  db.run(
    `UPDATE operations SET uid = (SELECT uid FROM messages m WHERE m.id = operations.message AND m.folder = operations.folder)
     WHERE folder = ?`,
    input.folder,
  );
  db.run(
    "UPDATE folders SET uid_validity = ?, uid_next = NULL, highest_modseq = NULL, sync_state = '{}' WHERE id = ?",
    input.uidValidity,
    input.folder,
  );
  tx.change('folder', { id: input.folder });
}

/** Bodies of header-only letters as the pool made them ready: one blob and one set of facts for each id. */
function keepBodies(tx: WriteTx, input: { ids: number[] } & PackedBodies): number {
  const facts = JSON.parse(new TextDecoder().decode(input.facts)) as LetterFacts[];
  const wanted = input.ids.flatMap((id, n): Attached[] => {
    const row = tx.db.get<{ body: number }>('SELECT body FROM messages WHERE id = ?', id);
    if (!row || row.body === 1) return [];
    const blob = input.blobs[n] as PreparedBlob;
    tx.blobs.append(blob);
    return [{ id, facts: facts[n] as LetterFacts, blob: blob.hash }];
  });
  attachBodies(tx, wanted);
  return wanted.length;
}

/** One more failed try for a body; the last one parks the letter. Gives whether it is parked now. */
function bodyFailed(tx: WriteTx, id: number): boolean {
  tx.db.run('UPDATE messages SET failures = failures + 1 WHERE id = ?', id);
  const failures = tx.db.value<number>('SELECT failures FROM messages WHERE id = ?', id) ?? 0;
  if (failures < BODY_TRIES) return false;
  markDamaged(tx, id);
  return true;
}

/** A letter the server lists but gives no header of: its place is shown, and it blocks nobody (C8). */
function parkUids(
  tx: WriteTx,
  input: { folder: number; uidValidity: number; letters: ListedLetter[] },
): void {
  for (const id of applyHeads(tx, input).inserted) markDamaged(tx, id);
}

function accountSynced(tx: WriteTx, input: { account: number; server: Record<string, unknown> }): void {
  tx.db.run(
    'UPDATE accounts SET last_sync = ?, server = ? WHERE id = ?',
    tx.now,
    JSON.stringify(input.server),
    input.account,
  );
  tx.change('accounts', { id: input.account });
}

export const syncWrites = {
  'imap.applyHeads': applyHeads,
  'imap.applyMarks': applyMarks,
  'imap.dropUids': dropUids,
  'imap.finishPass': finishPass,
  'imap.progress': progress,
  'imap.relink': relink,
  'imap.attachBodies': keepBodies,
  'imap.bodyFailed': bodyFailed,
  'imap.parkUids': parkUids,
  'imap.accountSynced': accountSynced,
};

export { setUid };
