/** Named reads and writes on folders. */
import { Fault } from '../../base/errors.ts';
import type { Folder } from '../../contract/mail/folders.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import {
  allFolders,
  ensureLocalAccount,
  type FolderRow,
  folderByRole,
  folderRow,
  noSuchFolder,
  removeFolder,
  renameFolder,
  trimFolder,
  upsertFolder,
} from './rows.ts';

export function folderOf(row: FolderRow): Folder {
  return {
    id: row.id,
    account: row.account,
    path: row.path,
    name: row.name,
    parent: row.parent,
    role: row.role as Folder['role'],
    subscribed: row.subscribed !== 0,
    selectable: row.selectable !== 0,
    total: row.total,
    unread: row.unread,
    position: row.position,
    synced: row.synced,
    order: row.by_hand,
  };
}

/** Names that no level of a path may have: empty, with "/", or with control characters. */
export function checkName(name: string): string {
  const clean = name.normalize('NFC').trim();
  if (clean === '' || clean.includes('/') || /[\u0000-\u001f\u007f]/.test(clean)) {
    throw new Fault('user', 'bad-folder-name', 'A folder cannot have this name.', { detail: { name } });
  }
  return clean;
}

function required(db: ReadHandle, id: number): FolderRow {
  const row = folderRow(db, id);
  if (!row) throw noSuchFolder(id);
  return row;
}

function createLocal(tx: WriteTx, input: { account: number; parent: number | null; name: string }): Folder {
  const name = checkName(input.name);
  const path = input.parent === null ? name : `${required(tx.db, input.parent).path}/${name}`;
  if (
    tx.db.value('SELECT 1 FROM folders WHERE account = ? AND path = ?', input.account, path) !== undefined
  ) {
    throw new Fault('user', 'folder-exists', 'There is a folder of this name already.', { detail: { path } });
  }
  const id = upsertFolder(tx, {
    account: input.account,
    path,
    serverPath: null,
    name,
    role: null,
    subscribed: true,
    selectable: true,
    position: 100,
  });
  return folderOf(required(tx.db, id));
}

function rename(tx: WriteTx, input: { id: number; name: string; parent: number | null | undefined }): Folder {
  const row = required(tx.db, input.id);
  const name = checkName(input.name);
  const parent = input.parent === undefined ? row.parent : input.parent;
  const above = parent === null ? null : required(tx.db, parent);
  if (above && (above.id === row.id || above.path.startsWith(`${row.path}/`))) {
    throw new Fault('user', 'not-allowed', 'A folder cannot be moved into itself.');
  }
  renameFolder(tx, row.id, above ? `${above.path}/${name}` : name);
  return folderOf(required(tx.db, row.id));
}

/** Makes every level of a path. Returns the id of the last one. */
export function ensurePath(tx: WriteTx, input: { account: number; path: string }): number {
  let path = '';
  let id = 0;
  for (const level of input.path.split('/')) {
    const name = checkName(level);
    path = path === '' ? name : `${path}/${name}`;
    const known = tx.db.value<number>(
      'SELECT id FROM folders WHERE account = ? AND path = ?',
      input.account,
      path,
    );
    id =
      known ??
      upsertFolder(tx, {
        account: input.account,
        path,
        serverPath: null,
        name,
        role: null,
        subscribed: true,
        selectable: true,
        position: 100,
      });
  }
  return id;
}

export const folderReads = {
  'folders.list': (db: ReadHandle): Folder[] => allFolders(db).map(folderOf),
  'folders.get': (db: ReadHandle, input: { id: number }): FolderRow => required(db, input.id),
  'folders.byRole': (db: ReadHandle, input: { account: number; role: string }): Folder | null => {
    const row = folderByRole(db, input.account, input.role);
    return row ? folderOf(row) : null;
  },
};

export const folderWrites = {
  'folders.ensureLocal': (tx: WriteTx): number => ensureLocalAccount(tx),
  'folders.createLocal': createLocal,
  'folders.ensurePath': ensurePath,
  'folders.rename': rename,
  'folders.remove': (tx: WriteTx, input: { id: number }): void => removeFolder(tx, input.id, 'erased'),
  'folders.subscribe': (tx: WriteTx, input: { id: number; subscribed: boolean }): void => {
    required(tx.db, input.id);
    tx.db.run('UPDATE folders SET subscribed = ? WHERE id = ?', input.subscribed ? 1 : 0, input.id);
    tx.change('folders', { id: input.id });
  },
  /** Takes some letters out; returns how many are left. */
  'folders.trim': (tx: WriteTx, input: { id: number; limit: number }): number =>
    trimFolder(tx, input.id, input.limit, 'recoverable'),
};
