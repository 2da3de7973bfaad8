/**
 * Folders as rows. Every function runs inside a write transaction and announces 'folders' {} when the tree itself
 * changed; counters are kept by messages/rows.ts.
 *
 * `path` has "/" between its levels whatever the server uses; `server_path` is the server's own spelling, null for a
 * folder that exists only here.
 */
import { Fault } from '../../base/errors.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import { type Removal, removeMessages } from '../messages/rows.ts';

export interface FolderRow {
  id: number;
  account: number;
  path: string;
  server_path: string | null;
  name: string;
  parent: number | null;
  role: string | null;
  subscribed: number;
  selectable: number;
  position: number;
  total: number;
  unread: number;
  conversations: number;
  synced: number | null;
  by_hand: number | null;
}

export interface FolderFacts {
  account: number;
  path: string;
  serverPath: string | null;
  /** Last level, as a person should read it. */
  name: string;
  role: string | null;
  subscribed: boolean;
  selectable: boolean;
  position?: number;
}

const COLUMNS =
  'id, account, path, server_path, name, parent, role, subscribed, selectable, position, total, unread, conversations, synced, by_hand';

export const LOCAL_ACCOUNT = 'Local';
/** Folders of a local account in the order of the tree. */
export const LOCAL_FOLDERS = [
  ['Inbox', 'inbox'],
  ['Drafts', 'drafts'],
  ['Sent', 'sent'],
  ['Archive', 'archive'],
  ['Junk', 'junk'],
  ['Trash', 'trash'],
] as const;

export function folderRow(db: ReadHandle, id: number): FolderRow | undefined {
  return db.get<FolderRow>(`SELECT ${COLUMNS} FROM folders WHERE id = ?`, id);
}

export function allFolders(db: ReadHandle): FolderRow[] {
  return db.all<FolderRow>(`SELECT ${COLUMNS} FROM folders ORDER BY account, position, path`);
}

/** The account's folder of this role, or undefined. */
export function folderByRole(db: ReadHandle, account: number, role: string): FolderRow | undefined {
  return db.get<FolderRow>(
    `SELECT ${COLUMNS} FROM folders WHERE account = ? AND role = ? ORDER BY position, id LIMIT 1`,
    account,
    role,
  );
}

export function folderByPath(db: ReadHandle, account: number, path: string): FolderRow | undefined {
  return db.get<FolderRow>(`SELECT ${COLUMNS} FROM folders WHERE account = ? AND path = ?`, account, path);
}

function parentOf(db: ReadHandle, account: number, path: string): number | null {
  const cut = path.lastIndexOf('/');
  return cut < 0 ? null : (folderByPath(db, account, path.slice(0, cut))?.id ?? null);
}

/** Makes or refreshes the folder at this path. Returns its id. */
export function upsertFolder(tx: WriteTx, facts: FolderFacts): number {
  const { db } = tx;
  const parent = parentOf(db, facts.account, facts.path);
  const known = folderByPath(db, facts.account, facts.path);
  const subscribed = facts.subscribed ? 1 : 0;
  const selectable = facts.selectable ? 1 : 0;
  const position = facts.position ?? known?.position ?? 0;
  if (known) {
    const same =
      known.server_path === facts.serverPath &&
      known.name === facts.name &&
      known.parent === parent &&
      known.role === facts.role &&
      known.subscribed === subscribed &&
      known.selectable === selectable &&
      known.position === position;
    if (same) return known.id;
    db.run(
      'UPDATE folders SET server_path = ?, name = ?, parent = ?, role = ?, subscribed = ?, selectable = ?, position = ? WHERE id = ?',
      facts.serverPath,
      facts.name,
      parent,
      facts.role,
      subscribed,
      selectable,
      position,
      known.id,
    );
    tx.change('folders', { id: known.id });
    return known.id;
  }
  const { lastId } = db.run(
    `INSERT INTO folders (account, path, server_path, name, parent, role, subscribed, selectable, position)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    facts.account,
    facts.path,
    facts.serverPath,
    facts.name,
    parent,
    facts.role,
    subscribed,
    selectable,
    position,
  );
  // Folders below it may have come first.
  db.run(
    "UPDATE folders SET parent = ? WHERE account = ? AND substr(path, 1, ?) = ? AND instr(substr(path, ?), '/') = 0",
    lastId,
    facts.account,
    facts.path.length + 1,
    `${facts.path}/`,
    facts.path.length + 2,
  );
  tx.change('folders', { id: lastId });
  return lastId;
}

/**
 * Moves a folder, with everything below it, to another path. `serverPath`: its new spelling on the server.
 * @throws Fault user `folder-exists`, `no-such-folder`.
 */
export function renameFolder(tx: WriteTx, id: number, path: string, serverPath: string | null = null): void {
  const { db } = tx;
  const row = folderRow(db, id);
  if (!row) throw noSuchFolder(id);
  if (row.path === path) return;
  if (folderByPath(db, row.account, path)) {
    throw new Fault('user', 'folder-exists', 'There is a folder of this name already.', { detail: { path } });
  }
  const below = db.all<{ id: number; path: string; server_path: string | null }>(
    'SELECT id, path, server_path FROM folders WHERE account = ? AND substr(path, 1, ?) = ?',
    row.account,
    row.path.length + 1,
    `${row.path}/`,
  );
  const name = path.slice(path.lastIndexOf('/') + 1);
  db.run(
    'UPDATE folders SET path = ?, name = ?, parent = ?, server_path = coalesce(?, server_path) WHERE id = ?',
    path,
    name,
    parentOf(db, row.account, path),
    serverPath,
    id,
  );
  for (const each of below) {
    const inner =
      serverPath !== null && row.server_path !== null && each.server_path?.startsWith(row.server_path)
        ? serverPath + each.server_path.slice(row.server_path.length)
        : each.server_path;
    db.run(
      'UPDATE folders SET path = ?, server_path = ? WHERE id = ?',
      path + each.path.slice(row.path.length),
      inner,
      each.id,
    );
  }
  tx.change('folders', { id });
}

/** Takes up to `limit` letters out of a folder; returns how many are still in it. */
export function trimFolder(tx: WriteTx, id: number, limit: number, why: Removal): number {
  const ids = tx.db.pluck<number>('SELECT id FROM messages WHERE folder = ? LIMIT ?', id, limit);
  removeMessages(tx, ids, why);
  return tx.db.value<number>('SELECT count(*) FROM messages WHERE folder = ?', id) ?? 0;
}

/** Takes the folder away with its letters. Folders below it stay and become children of nothing. */
export function removeFolder(tx: WriteTx, id: number, why: 'erased' | 'server' = 'server'): void {
  if (!folderRow(tx.db, id)) return;
  while (trimFolder(tx, id, 1000, why) > 0);
  tx.db.run('DELETE FROM conversations WHERE folder = ?', id);
  tx.db.run('DELETE FROM folders WHERE id = ?', id);
  tx.change('folders', { id });
}

export function noSuchFolder(id: number | string): Fault {
  return new Fault('user', 'no-such-folder', 'This folder does not exist.', { detail: { folder: id } });
}

/** Makes a local account with its six folders; returns its id. */
export function addLocalAccount(
  tx: WriteTx,
  account: { address: string; name: string; sample: boolean },
): number {
  const { lastId: id } = tx.db.run(
    "INSERT INTO accounts (kind, address, name, position, sample) VALUES ('local', ?, ?, ?, ?)",
    account.address,
    account.name,
    account.sample ? 0 : 1000,
    account.sample ? 1 : 0,
  );
  addLocalFolders(tx, id);
  tx.change('accounts', { id });
  return id;
}

/** The six folders of an account that has none on a server. */
export function addLocalFolders(tx: WriteTx, account: number): void {
  LOCAL_FOLDERS.forEach(([name, role], position) => {
    upsertFolder(tx, {
      account,
      path: name,
      serverPath: null,
      name,
      role,
      subscribed: true,
      selectable: true,
      position,
    });
  });
}

/** The account "Local" for letters that belong to no server. Returns its id. */
export function ensureLocalAccount(tx: WriteTx): number {
  const known = tx.db.value<number>(
    "SELECT id FROM accounts WHERE kind = 'local' AND sample = 0 ORDER BY id LIMIT 1",
  );
  return known ?? addLocalAccount(tx, { address: LOCAL_ACCOUNT, name: LOCAL_ACCOUNT, sample: false });
}
