/**
 * Folders by year and month below the archive: "Archive/2026/2026-11". Made here when the first letter goes there, offline
 * too, and made on the server by operations that go before the letters (C20). Run inside write transactions.
 */
import type { Settings } from '../../contract/mail/profile.ts';
import type { ReadHandle, WriteTx } from '../../store/program.ts';
import { type FolderRow, folderByPath, folderRow, upsertFolder } from '../folders/rows.ts';
import { queueOperation } from '../imap/oplog.ts';

export type ArchiveBy = Settings['archiveBy'];

/** As the person has set it; read here because the choice belongs to the transaction that moves the letters. */
export function archiveBy(db: ReadHandle): ArchiveBy {
  const stored = db.value<string>("SELECT value FROM settings WHERE name = 'archiveBy'");
  return stored === '"year"' ? 'year' : stored === '"month"' ? 'month' : 'folder';
}

/** Levels below the archive for a letter of this date (ms), in the time zone of this computer. */
export function datedLevels(date: number, by: ArchiveBy): string[] {
  if (by === 'folder') return [];
  const day = new Date(date);
  const year = String(day.getFullYear()).padStart(4, '0');
  return by === 'year' ? [year] : [year, `${year}-${String(day.getMonth() + 1).padStart(2, '0')}`];
}

/**
 * The folder at these levels below the archive, made now where it is missing. A server without levels gets its letters in
 * the archive itself.
 */
export function datedFolder(tx: WriteTx, archive: FolderRow, levels: readonly string[]): number {
  if (!hasLevels(tx.db, archive.account)) return archive.id;
  let above = archive;
  for (const name of levels) {
    const path = `${above.path}/${name}`;
    const there = folderByPath(tx.db, archive.account, path);
    // A folder that only holds others cannot take letters; the archive above it can.
    if (there && there.selectable === 0) return archive.id;
    const made = there ?? make(tx, above, path, name);
    if (!made) return archive.id;
    if (there) askAgain(tx, there, above);
    above = made;
  }
  return above.id;
}

function hasLevels(db: ReadHandle, account: number): boolean {
  const row = db.get<{ kind: string; server: string }>(
    'SELECT kind, server FROM accounts WHERE id = ?',
    account,
  );
  if (row?.kind !== 'imap') return true;
  return (JSON.parse(row.server) as { delimiter?: string }).delimiter !== '';
}

function make(tx: WriteTx, above: FolderRow, path: string, name: string): FolderRow | undefined {
  const id = upsertFolder(tx, {
    account: above.account,
    path,
    serverPath: null,
    name,
    role: null,
    subscribed: true,
    selectable: true,
    position: 100,
  });
  queueOperation(tx, {
    kind: 'create',
    account: above.account,
    folder: id,
    role: '',
    name,
    parent: above.id,
  });
  return folderRow(tx.db, id);
}

/** A folder the server refused before is asked for anew when letters go there again. */
function askAgain(tx: WriteTx, folder: FolderRow, above: FolderRow): void {
  if (folder.server_path !== null) return;
  const waits = tx.db.value(
    "SELECT 1 FROM operations WHERE account = ? AND folder = ? AND kind = 'create' AND state != 'stuck'",
    folder.account,
    folder.id,
  );
  if (waits !== undefined) return;
  const { account, id, name } = folder;
  queueOperation(tx, { kind: 'create', account, folder: id, role: '', name, parent: above.id });
}
