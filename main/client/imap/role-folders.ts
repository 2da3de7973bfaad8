/**
 * Folders with a part to play (archive, junk, trash, sent, drafts) on a server that has none: made here when
 * they are first needed, so that the action can be done at once, offline too, and made on the server by an
 * operation that goes before the letters (C20). Run inside write transactions.
 *
 * Until then the folder's `server_path` is null. Another program may make the folder first, under any name:
 * then ours becomes that one, letters and waiting operations included.
 */
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import { type FolderRow, folderByPath, folderByRole, folderRow, upsertFolder } from '../folders/rows.ts';
import { moveMessages } from '../messages/rows.ts';
import { type CreatePayload, type MovePayload, queueOperation } from './oplog.ts';
import { localPath, type Namespace } from './paths.ts';

/** Order in the tree; others follow by name. */
const ORDER = ['inbox', 'drafts', 'sent', 'archive', 'junk', 'trash', 'all', 'flagged'];

/** Names as most programs and servers have them, so that others recognise the folder without SPECIAL-USE. */
const NAMES: Readonly<Record<string, string>> = {
  drafts: 'Drafts',
  sent: 'Sent',
  archive: 'Archive',
  junk: 'Junk',
  trash: 'Trash',
};

export function rolePosition(role: string | null): number {
  const at = role === null ? -1 : ORDER.indexOf(role);
  return at < 0 ? ORDER.length : at;
}

/**
 * The account's folder of this role, made now if there is none. Undefined: the role cannot be filled, or
 * nothing is known yet of the folders on the account's server.
 */
export function roleFolderFor(tx: WriteTx, account: number, role: string): FolderRow | undefined {
  const known = folderByRole(tx.db, account, role);
  if (known) {
    askForFolder(tx, known);
    return known;
  }
  const name = NAMES[role];
  const kind = tx.db.value<string>('SELECT kind FROM accounts WHERE id = ?', account);
  if (name === undefined || kind === undefined) return undefined;
  const listed = tx.db.value('SELECT 1 FROM folders WHERE account = ? AND server_path IS NOT NULL', account);
  if (kind === 'imap' && listed === undefined) return undefined;
  const { prefix, delimiter } = namespaceOf(tx.db, account);
  const place = localPath(`${prefix}${name}`, delimiter);
  const there = sameName(tx.db, account, place.path);
  if (there && there.selectable === 0) return undefined;
  const id = upsertFolder(tx, {
    account,
    path: there?.path ?? place.path,
    serverPath: there?.server_path ?? null,
    name: there?.name ?? place.name,
    role,
    subscribed: true,
    selectable: true,
    position: rolePosition(role),
  });
  const made = folderRow(tx.db, id);
  if (made) askForFolder(tx, made);
  return made;
}

/** A folder of that name that nobody has given a role, whatever the case of its letters. */
function sameName(db: ReadHandle, account: number, path: string): FolderRow | undefined {
  const found = db.value<string>(
    'SELECT path FROM folders WHERE account = ? AND role IS NULL AND path = ? COLLATE NOCASE ORDER BY path = ? DESC LIMIT 1',
    account,
    path,
    path,
  );
  return found === undefined ? undefined : folderByPath(db, account, found);
}

function namespaceOf(db: ReadHandle, account: number): Namespace {
  const server = JSON.parse(
    db.value<string>('SELECT server FROM accounts WHERE id = ?', account) ?? '{}',
  ) as Partial<Namespace>;
  return { prefix: server.prefix ?? '', delimiter: server.delimiter ?? '/' };
}

/** Asks the server for a folder that is only here, unless that waits already. */
function askForFolder(tx: WriteTx, folder: FolderRow): void {
  if (folder.server_path !== null || folder.role === null) return;
  const waits = tx.db.value(
    "SELECT 1 FROM operations WHERE account = ? AND folder = ? AND kind = 'create' AND state != 'stuck'",
    folder.account,
    folder.id,
  );
  if (waits !== undefined) return;
  queueOperation(tx, {
    kind: 'create',
    account: folder.account,
    folder: folder.id,
    role: folder.role,
    name: NAMES[folder.role] ?? folder.name,
  });
}

/** The server has the folder now, at this path. */
export function adoptFolder(tx: WriteTx, id: number, serverPath: string, delimiter: string): void {
  const row = folderRow(tx.db, id);
  if (!row || row.server_path !== null) return;
  const { path, name } = localPath(serverPath, delimiter);
  const other = folderByPath(tx.db, row.account, path);
  if (other && other.id !== id) {
    become(tx, row, other.id);
    return;
  }
  tx.db.run(
    'UPDATE folders SET path = ?, name = ?, server_path = ? WHERE id = ?',
    path,
    name,
    serverPath,
    id,
  );
  tx.change('folders', { id });
}

/** Everything in `row` and everything on its way there goes to `other`. */
function become(tx: WriteTx, row: FolderRow, other: number): void {
  const { db } = tx;
  for (;;) {
    const ids = db.pluck<number>('SELECT id FROM messages WHERE folder = ? LIMIT 500', row.id);
    if (ids.length === 0) break;
    moveMessages(tx, ids, other);
  }
  const waiting = db.all<{ id: number; payload: string }>(
    "SELECT id, payload FROM operations WHERE account = ? AND kind IN ('move', 'copy', 'create')",
    row.account,
  );
  for (const op of waiting) {
    const payload = JSON.parse(op.payload) as Partial<MovePayload & CreatePayload>;
    if (payload.to !== row.id && payload.parent !== row.id) continue;
    const now = payload.to === row.id ? { ...payload, to: other } : { ...payload, parent: other };
    db.run('UPDATE operations SET payload = ? WHERE id = ?', JSON.stringify(now), op.id);
  }
  db.run('UPDATE operations SET folder = ? WHERE folder = ?', other, row.id);
  db.run('UPDATE folders SET role = coalesce(role, ?) WHERE id = ?', row.role, other);
  db.run('DELETE FROM conversations WHERE folder = ?', row.id);
  db.run('DELETE FROM folders WHERE id = ?', row.id);
  tx.change('folders', { id: other });
}
