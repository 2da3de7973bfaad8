/** The tree of folders as a server lists it, brought into rows. Run inside write transactions. */
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import {
  folderByPath,
  folderRow,
  removeFolder,
  renameFolder,
  trimFolder,
  upsertFolder,
} from '../folders/rows.ts';

export interface ListedFolder {
  /** "/" between levels. */
  path: string;
  serverPath: string;
  name: string;
  role: string | null;
  subscribed: boolean;
  selectable: boolean;
  position: number;
  /** From STATUS, to know a folder again that was renamed elsewhere. */
  uidValidity: number | null;
  uidNext: number | null;
}

interface Known {
  id: number;
  path: string;
  uid_validity: number | null;
  uid_next: number | null;
}

/**
 * Takes a complete listing in. Gives the ids of folders the server does not list any more; they are emptied
 * and removed by dropFolder, unless something of the person's waits in them.
 */
function saveFolders(tx: WriteTx, input: { account: number; folders: ListedFolder[] }): { gone: number[] } {
  const { db } = tx;
  const listed = new Set(input.folders.map((each) => each.path));
  const missing = db
    .all<Known>(
      'SELECT id, path, uid_validity, uid_next FROM folders WHERE account = ? AND server_path IS NOT NULL',
      input.account,
    )
    .filter((each) => !listed.has(each.path));
  // Parents first, so that children find them.
  const ordered = [...input.folders].sort((a, b) => a.path.split('/').length - b.path.split('/').length);
  for (const folder of ordered) {
    const renamed = folderByPath(db, input.account, folder.path) ? undefined : sameFolder(missing, folder);
    if (renamed && folderRow(db, renamed.id)?.path === renamed.path) {
      renameFolder(tx, renamed.id, folder.path, folder.serverPath);
      missing.splice(missing.indexOf(renamed), 1);
    }
    upsertFolder(tx, { account: input.account, ...folder, role: roleOf(db, input, folder) });
  }
  const gone = missing.filter((each) => !listed.has(folderRow(db, each.id)?.path ?? ''));
  return { gone: gone.map((each) => each.id) };
}

/** A server without SPECIAL-USE tells no role: the one given here stays while no other folder claims it. */
function roleOf(
  db: ReadHandle,
  input: { account: number; folders: ListedFolder[] },
  folder: ListedFolder,
): string | null {
  if (folder.role !== null) return folder.role;
  const given = folderByPath(db, input.account, folder.path)?.role ?? null;
  return given !== null && input.folders.some((each) => each.role === given) ? null : given;
}

/** A folder renamed by another program keeps its UIDVALIDITY (RFC 3501 section 6.3.5 lets it, servers do). */
function sameFolder(missing: readonly Known[], folder: ListedFolder): Known | undefined {
  if (folder.uidValidity === null) return undefined;
  const alike = missing.filter(
    (each) =>
      each.uid_validity === folder.uidValidity &&
      (each.uid_next ?? 0) > 1 &&
      (each.uid_next ?? 0) <= (folder.uidNext ?? 0),
  );
  return alike.length === 1 ? alike[0] : undefined;
}

/**
 * A slice of removing a folder that is not on the server any more: its letters go to the purge area. False
 * while there is more to do. A folder that the person has put something into stays (C23).
 */
function dropFolder(tx: WriteTx, id: number): boolean {
  const waiting = tx.db.value<number>(
    `SELECT 1 FROM messages m WHERE m.folder = ? AND m.uid IS NULL
       AND EXISTS (SELECT 1 FROM operations o WHERE o.message = m.id) LIMIT 1`,
    id,
  );
  if (waiting === 1) return true;
  if (trimFolder(tx, id, 250, 'server') > 0) return false;
  tx.db.run('DELETE FROM operations WHERE folder = ?', id);
  removeFolder(tx, id);
  return true;
}

function rename(tx: WriteTx, input: { id: number; path: string; serverPath: string }): void {
  renameFolder(tx, input.id, input.path, input.serverPath);
}

function subscribe(tx: WriteTx, input: { id: number; subscribed: boolean }): void {
  tx.db.run('UPDATE folders SET subscribed = ? WHERE id = ?', input.subscribed ? 1 : 0, input.id);
  tx.change('folders', { id: input.id });
}

export const folderSyncWrites = {
  'imap.saveFolders': saveFolders,
  'imap.dropFolder': dropFolder,
  'imap.renameFolder': rename,
  'imap.subscribeFolder': subscribe,
};
