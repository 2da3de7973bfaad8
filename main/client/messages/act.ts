/**
 * What a person does with letters: marks, tags, moves, copies, deletes. Each action changes the rows and, for an account
 * on a server, queues the operation that tells it, in one transaction (C20); each is written down as steps that can be
 * turned round, so undo is an action like any other and gives a redo.
 *
 * It must never look at what a server says: the rows show the person's will at once, replay is the IMAP room's matter.
 */
import { Fault } from '../../base/errors.ts';
import type { Action } from '../../contract/mail/messages.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import { type FolderRow, folderRow, noSuchFolder } from '../folders/rows.ts';
import { queueOperation } from '../imap/oplog.ts';
import { roleFolderFor } from '../imap/role-folders.ts';
import { archiveBy, datedFolder, datedLevels } from '../tidy/dated.ts';
import { keywordFor } from './keywords.ts';
import {
  FLAG,
  insertCopies,
  type MessageRow,
  messageRow,
  moveMessages,
  removeMessages,
  setMarksOf,
} from './rows.ts';

export interface ActInput {
  ids: number[];
  action: Action;
  /** Steps of all batches of one action are kept under one token; null: not undoable. */
  token: string | null;
  /** Number of the batch. */
  n: number;
}

export interface ActOutput {
  count: number;
  /** Folder the letters went to. */
  to: number | null;
  /** false: this cannot be taken back. */
  undoable: boolean;
  /** false: every letter was so already; there is nothing to take back. */
  changed: boolean;
}

export interface UndoInput {
  token: string;
  /** Token of the redo, under which the inverse steps are kept. */
  redo: string;
}

/** Steps that can be turned round; ids are those that did change. */
type Step =
  | { do: 'flag'; bit: number; on: boolean; ids: number[] }
  | { do: 'keyword'; keyword: string; on: boolean; ids: number[] }
  | { do: 'move'; from: number; to: number; ids: number[] }
  | { do: 'copied'; ids: number[] };

/** Undo is offered this long. */
const UNDO_KEPT_MS = 24 * 3_600_000;

function rowsOf(tx: WriteTx, ids: readonly number[]): MessageRow[] {
  return ids.map((id) => messageRow(tx.db, id)).filter((row) => row !== undefined);
}

/** Sets or clears one flag and tells the server. Returns the ids that changed. */
function flag(tx: WriteTx, rows: readonly MessageRow[], bit: number, on: boolean): Step | null {
  const changed = rows.filter((row) => ((row.flags & bit) !== 0) !== on);
  if (changed.length === 0) return null;
  setMarksOf(
    tx,
    changed.map((row) => ({
      id: row.id,
      flags: on ? row.flags | bit : row.flags & ~bit,
      keywords: row.keywords,
    })),
  );
  for (const row of changed)
    queueOperation(tx, { kind: 'flags', ...place(row), ...(on ? { add: bit } : { remove: bit }) });
  return { do: 'flag', bit, on, ids: changed.map((row) => row.id) };
}

function keyword(tx: WriteTx, rows: readonly MessageRow[], word: string, on: boolean): Step | null {
  // RFC 9051 section 2.3.2: keywords are told apart by their letters, not by their case.
  const same = (each: string) => each.toLowerCase() === word.toLowerCase();
  const has = (row: MessageRow) => row.keywords.split(' ').some(same);
  const changed = rows.filter((row) => has(row) !== on);
  if (changed.length === 0) return null;
  setMarksOf(
    tx,
    changed.map((row) => {
      const words = row.keywords.split(' ').filter((each) => each !== '' && !same(each));
      if (on) words.push(word);
      return { id: row.id, flags: row.flags, keywords: words.sort().join(' ') };
    }),
  );
  for (const row of changed) {
    const delta = on ? { addKeywords: [word] } : { removeKeywords: [word] };
    queueOperation(tx, { kind: 'flags', ...place(row), ...delta });
  }
  return { do: 'keyword', keyword: word, on, ids: changed.map((row) => row.id) };
}

function move(tx: WriteTx, rows: readonly MessageRow[], to: number): Step[] {
  const target = folderRow(tx.db, to);
  if (!target) throw noSuchFolder(to);
  const steps: Step[] = [];
  const byFolder = Map.groupBy(
    rows.filter((row) => row.folder !== to),
    (row) => row.folder,
  );
  for (const [from, group] of byFolder) {
    const ids = group.map((row) => row.id);
    moveMessages(tx, ids, to);
    for (const row of group) {
      if (row.account === target.account) {
        queueOperation(tx, { kind: 'move', to, ...place(row) });
        continue;
      }
      appendTo(tx, row.id, target);
      queueOperation(tx, { kind: 'expunge', messageId: row.message_id, ...place(row) });
    }
    steps.push({ do: 'move', from, to, ids });
  }
  return steps;
}

function copy(tx: WriteTx, rows: readonly MessageRow[], to: number): Step {
  const target = folderRow(tx.db, to);
  if (!target) throw noSuchFolder(to);
  const ids = insertCopies(tx, rows, to);
  rows.forEach((row, n) => {
    const made = ids[n] as number;
    if (row.account === target.account) queueOperation(tx, { kind: 'copy', to, copy: made, ...place(row) });
    else appendTo(tx, made, target);
  });
  return { do: 'copied', ids };
}

function erase(
  tx: WriteTx,
  rows: readonly MessageRow[],
  why: 'erased' | 'recoverable' = 'recoverable',
): void {
  for (const row of rows) queueOperation(tx, { kind: 'expunge', messageId: row.message_id, ...place(row) });
  removeMessages(
    tx,
    rows.map((row) => row.id),
    why,
  );
}

/** How a letter that comes to a folder of another account reaches its server: its octets are appended there. */
function appendTo(tx: WriteTx, message: number, to: FolderRow): void {
  const row = messageRow(tx.db, message);
  if (!row?.blob) {
    if (isServer(tx.db, to.account))
      throw new Fault('user', 'body-missing', 'The letter is not on this computer yet.', {
        detail: { message },
      });
    return;
  }
  queueOperation(tx, {
    kind: 'append',
    account: to.account,
    folder: to.id,
    message,
    blob: row.blob,
    flags: row.flags,
    keywords: row.keywords,
    date: row.received,
    messageId: row.message_id,
  });
}

function isServer(db: ReadHandle, account: number): boolean {
  return db.value<string>('SELECT kind FROM accounts WHERE id = ?', account) === 'imap';
}

const place = (row: MessageRow) => ({
  account: row.account,
  message: row.id,
  folder: row.folder,
  uid: row.uid,
});

function roleFolder(tx: WriteTx, account: number, role: string): number {
  const folder = roleFolderFor(tx, account, role);
  if (!folder) {
    throw new Fault('user', 'no-role-folder', 'The account has no folder for this.', {
      detail: { role, account },
    });
  }
  return folder.id;
}

/** Moves each letter to the folder of that role in its own account. */
function moveToRole(
  tx: WriteTx,
  rows: readonly MessageRow[],
  role: string,
): { steps: Step[]; to: number | null } {
  const steps: Step[] = [];
  let to: number | null = null;
  for (const [account, group] of Map.groupBy(rows, (row) => row.account)) {
    to = roleFolder(tx, account, role);
    steps.push(...move(tx, group, to));
  }
  return { steps, to };
}

/** Each letter to its account's archive, by year and month where the person has set that. */
function archive(tx: WriteTx, rows: readonly MessageRow[]): { steps: Step[]; to: number | null } {
  const by = archiveBy(tx.db);
  if (by === 'folder') return moveToRole(tx, rows, 'archive');
  const steps: Step[] = [];
  let to: number | null = null;
  const named = rows.map((row) => ({ row, levels: datedLevels(row.date, by) }));
  const places = Map.groupBy(named, ({ row, levels }) => `${row.account}/${levels.join('/')}`);
  for (const group of places.values()) {
    const { row, levels } = group[0] as (typeof group)[number];
    const top = folderRow(tx.db, roleFolder(tx, row.account, 'archive'));
    if (!top) throw noSuchFolder('archive');
    to = datedFolder(tx, top, levels);
    steps.push(
      ...move(
        tx,
        group.map((each) => each.row),
        to,
      ),
    );
  }
  return { steps, to };
}

export { keywordFor };

function keywordOfTag(db: ReadHandle, tag: string): string {
  const known = db.value<string>('SELECT keyword FROM tags WHERE name = ?', tag);
  if (known !== undefined) return known;
  return keywordFor(tag);
}

interface Performed {
  steps: (Step | null)[];
  to: number | null;
  undoable: boolean;
}

function perform(tx: WriteTx, rows: MessageRow[], action: Action): Performed {
  switch (action.do) {
    case 'flag':
      return { steps: [flag(tx, rows, FLAG[action.flag], action.on)], to: null, undoable: true };
    case 'tag':
      return {
        steps: [keyword(tx, rows, keywordOfTag(tx.db, action.tag), action.on)],
        to: null,
        undoable: true,
      };
    case 'move':
      return { steps: move(tx, rows, action.to), to: action.to, undoable: true };
    case 'copy':
      return { steps: [copy(tx, rows, action.to)], to: action.to, undoable: true };
    case 'archive':
      return { ...archive(tx, rows), undoable: true };
    case 'junk':
      return junk(tx, rows, action.on);
    case 'delete':
      return remove(tx, rows);
    case 'erase':
      erase(tx, rows);
      return { steps: [], to: null, undoable: false };
  }
}

/** The junk mark ($Junk, RFC 5788) and the place go together, so that server filters learn. */
function junk(tx: WriteTx, rows: MessageRow[], on: boolean): Performed {
  const mark = flag(tx, rows, FLAG.junk, on);
  const marked = rowsOf(
    tx,
    rows.map((row) => row.id),
  );
  const { steps, to } = moveToRole(tx, marked, on ? 'junk' : 'inbox');
  return { steps: [mark, ...steps], to, undoable: true };
}

/** To Trash; what lies in Trash already is erased. */
function remove(tx: WriteTx, rows: MessageRow[]): Performed {
  const inTrash = (row: MessageRow) => folderRow(tx.db, row.folder)?.role === 'trash';
  const [gone, going] = [rows.filter(inTrash), rows.filter((row) => !inTrash(row))];
  if (gone.length > 0) erase(tx, gone);
  const { steps, to } = moveToRole(tx, going, 'trash');
  return { steps, to, undoable: gone.length === 0 };
}

/** One batch of an action. Letters that are gone are passed over. */
export function act(tx: WriteTx, input: ActInput): ActOutput {
  const rows = rowsOf(tx, input.ids);
  const { steps, to, undoable } = perform(tx, rows, input.action);
  const done = steps.filter((step) => step !== null);
  if (undoable && input.token !== null) keep(tx, input.token, input.n, done);
  return { count: rows.length, to, undoable, changed: done.length > 0 };
}

function keep(tx: WriteTx, token: string, n: number, steps: readonly Step[]): void {
  if (steps.length === 0) return;
  tx.db.run(
    'INSERT OR REPLACE INTO undo (token, n, at, steps) VALUES (?, ?, ?, ?)',
    token,
    n,
    tx.now,
    JSON.stringify(steps),
  );
}

/** Turns the last batch of an action round; call again while `more`. The inverse is kept under `redo`. */
export function undo(tx: WriteTx, input: UndoInput): ActOutput & { more: boolean } {
  const { db } = tx;
  const last = db.get<{ n: number; at: number; steps: string }>(
    'SELECT n, at, steps FROM undo WHERE token = ? ORDER BY n DESC LIMIT 1',
    input.token,
  );
  if (!last || tx.now - last.at > UNDO_KEPT_MS)
    throw new Fault('user', 'undo-too-late', 'This can no longer be taken back.');
  const steps = JSON.parse(last.steps) as Step[];
  const inverse: (Step | null)[] = [];
  let undoable = true;
  const touched = new Set<number>();
  for (const step of steps.reverse()) {
    for (const id of step.ids) touched.add(id);
    const rows = rowsOf(tx, step.ids);
    if (step.do === 'flag') inverse.push(flag(tx, rows, step.bit, !step.on));
    else if (step.do === 'keyword') inverse.push(keyword(tx, rows, step.keyword, !step.on));
    else if (step.do === 'move') {
      // Letters that went on from there, on this computer or by the server, stay where they are.
      const still = rows.filter((row) => row.folder === step.to);
      if (folderRow(db, step.from)) inverse.push(...move(tx, still, step.from));
    } else {
      // The letter that was copied is still there.
      erase(tx, rows, 'erased');
      undoable = false;
    }
  }
  db.run('DELETE FROM undo WHERE token = ? AND n = ?', input.token, last.n);
  const done = inverse.filter((step) => step !== null);
  if (undoable) keep(tx, input.redo, last.n, done);
  const more = db.value('SELECT 1 FROM undo WHERE token = ? LIMIT 1', input.token) !== undefined;
  return { count: touched.size, to: null, undoable, changed: done.length > 0, more };
}

export function forgetUndo(tx: WriteTx): void {
  tx.db.run('DELETE FROM undo WHERE at < ?', tx.now - UNDO_KEPT_MS);
}
