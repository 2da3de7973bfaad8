/**
 * The tree of folders (C2): one LIST with STATUS where the server has LIST-STATUS, brought into rows. Gives
 * what STATUS said, so that folders in which nothing changed are not even selected.
 */
import type { ListResponse } from 'imapflow';
import { Fault } from '../../base/errors.ts';
import type { Connection } from './connection.ts';
import type { SyncContext } from './context.ts';
import type { ListedFolder } from './folder-writes.ts';
import { localPath } from './paths.ts';
import type { ServerState } from './plan.ts';
import { rolePosition } from './role-folders.ts';

const ROLES: Readonly<Record<string, string>> = {
  '\\inbox': 'inbox',
  '\\drafts': 'drafts',
  '\\sent': 'sent',
  '\\archive': 'archive',
  '\\junk': 'junk',
  '\\trash': 'trash',
  '\\all': 'all',
  '\\flagged': 'flagged',
};
/** A listing longer than this is a file system served by mistake. */
const MAX_FOLDERS = 20_000;

/** By the server's own path. */
export type Statuses = Map<string, ServerState>;

export async function listFolders(
  connection: Connection,
): Promise<{ folders: ListedFolder[]; statuses: Statuses }> {
  const statusQuery = {
    messages: true,
    uidNext: true,
    uidValidity: true,
    unseen: true,
    ...(connection.condstore ? { highestModseq: true } : {}),
  };
  const listed = await connection.call((wire) => wire.list({ statusQuery }));
  const folders: ListedFolder[] = [];
  const statuses: Statuses = new Map();
  const seen = new Set<string>();
  const roles = new Set<string>();
  for (const each of listed.slice(0, MAX_FOLDERS)) {
    const flags = new Set([...each.flags].map((flag) => flag.toLowerCase()));
    if (flags.has('\\nonexistent') && !each.subscribed) continue;
    const { path, name } = localPath(each.path, each.delimiter);
    if (seen.has(path)) continue;
    seen.add(path);
    const role = roleOf(each, roles);
    if (role !== null) roles.add(role);
    const status = each.status;
    folders.push({
      path,
      serverPath: each.path,
      name,
      role,
      subscribed: each.subscribed,
      selectable: !flags.has('\\noselect') && !flags.has('\\nonexistent'),
      position: rolePosition(role),
      uidValidity: status?.uidValidity === undefined ? null : Number(status.uidValidity),
      uidNext: status?.uidNext ?? null,
    });
    if (status?.uidValidity !== undefined && status.messages !== undefined) {
      statuses.set(each.path, {
        uidValidity: Number(status.uidValidity),
        uidNext: status.uidNext ?? null,
        exists: status.messages,
        highestModseq: status.highestModseq ?? null,
      });
    }
  }
  return { folders, statuses };
}

function roleOf(listed: ListResponse, taken: ReadonlySet<string>): string | null {
  const role = ROLES[(listed.specialUse ?? '').toLowerCase()] ?? null;
  return role !== null && taken.has(role) ? null : role;
}

/** Lists, stores, and removes what is gone. @throws Fault when the listing cannot be believed. */
export async function syncFolders(
  context: SyncContext,
  connection: Connection,
  account: number,
): Promise<Statuses> {
  const { store, log } = context;
  const { folders, statuses } = await listFolders(connection);
  // INBOX is always there (RFC 3501 section 5.1): a listing without it is a server that is not well.
  if (!folders.some((each) => each.path === 'INBOX')) {
    throw new Fault('transient', 'server-error', 'The server does not list its folders.', {
      detail: { host: connection.endpoint.host, port: connection.endpoint.port },
    });
  }
  const { gone } = await store.write('imap.saveFolders', { account, folders });
  for (const id of gone) {
    log.info('imap-folder-gone', { account, folder: id });
    while (!(await store.write('imap.dropFolder', id))) context.signal.throwIfAborted();
  }
  return statuses;
}
