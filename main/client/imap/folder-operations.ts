/**
 * Folders made, renamed, removed and subscribed on the server, at once and with a clear answer: a person who
 * makes a folder wants to use it now. What the server already has (or has no more) counts as done (C22).
 */
import { Fault, toFault } from '../../base/errors.ts';
import { atom } from './answers.ts';
import type { Connection } from './connection.ts';
import type { SyncContext } from './context.ts';
import { listFolders, syncFolders } from './folders-pass.ts';
import { localPath } from './paths.ts';
import type { ImapFolder } from './reads.ts';

/** Names no server can keep: control characters end or break a command. */
const CONTROL = /[\u0000-\u001f\u007f]/;

async function folderOf(context: SyncContext, id: number): Promise<ImapFolder> {
  const folder = await context.store.read('imap.folder', id);
  if (!folder)
    throw new Fault('user', 'no-such-folder', 'This folder does not exist.', { detail: { folder: id } });
  return folder;
}

async function delimiterOf(connection: Connection): Promise<{ delimiter: string; prefix: string }> {
  const { namespace } = connection.library;
  return { delimiter: namespace?.delimiter || '/', prefix: namespace?.prefix ?? '' };
}

function checkName(name: string, delimiter: string): string {
  const trimmed = name.trim();
  const bad =
    trimmed === '' ||
    CONTROL.test(trimmed) ||
    trimmed.includes(delimiter) ||
    trimmed.toUpperCase() === 'INBOX';
  if (bad)
    throw new Fault('user', 'bad-folder-name', 'A folder cannot have this name.', { detail: { name } });
  return trimmed;
}

async function idAt(context: SyncContext, account: number, serverPath: string): Promise<number> {
  const folders = await context.store.read('imap.folders', account);
  const found = folders.find((each) => each.serverPath === serverPath);
  if (!found) throw new Fault('remote', 'no-such-folder', 'The server does not list the new folder.');
  return found.id;
}

/** @returns the new folder's id. */
export async function createFolder(
  context: SyncContext,
  connection: Connection,
  account: number,
  parent: number | null,
  name: string,
): Promise<number> {
  const { delimiter, prefix } = await delimiterOf(connection);
  const above = parent === null ? prefix : `${(await folderOf(context, parent)).serverPath}${delimiter}`;
  const path = `${above}${checkName(name, delimiter)}`;
  const made = await connection.call((wire) => wire.mailboxCreate(path));
  if (made.created === false) {
    throw new Fault('user', 'folder-exists', 'There is a folder of this name already.', { detail: { path } });
  }
  await connection.call((wire) => wire.mailboxSubscribe(made.path));
  await syncFolders(context, connection, account);
  return idAt(context, account, made.path);
}

/**
 * A folder for a role: the one the server has by now, else a new one, marked with its role where the server
 * can (RFC 6154 section 3). What is there already by that name is taken (C22).
 */
export async function makeRoleFolder(
  connection: Connection,
  wanted: { role: string; name: string },
): Promise<{ serverPath: string; delimiter: string }> {
  const { delimiter, prefix } = await delimiterOf(connection);
  const path = `${prefix}${wanted.name}`;
  const { folders } = await listFolders(connection);
  const there = folders.find((each) => each.role === wanted.role && each.selectable);
  if (there) return { serverPath: there.serverPath, delimiter };
  const same = folders.find((each) => each.serverPath === path && each.selectable);
  if (!same) await createWithRole(connection, path, wanted.role);
  await connection.call((wire) => wire.mailboxSubscribe(path));
  return { serverPath: path, delimiter };
}

async function createWithRole(connection: Connection, path: string, role: string): Promise<void> {
  const target = connection.pathArgument(path);
  const use = `\\${role.charAt(0).toUpperCase()}${role.slice(1)}`;
  try {
    if (connection.can('CREATE-SPECIAL-USE')) {
      try {
        await connection.command('CREATE', [target, [atom('USE'), [atom(use)]]]);
        return;
      } catch (failure) {
        // USEATTR and the like: a folder without its mark is better than none.
        if (connection.closed || toFault(failure).code === 'folder-exists') throw failure;
      }
    }
    await connection.command('CREATE', [target]);
  } catch (failure) {
    if (toFault(failure).code !== 'folder-exists') throw failure;
  }
}

/** A folder below another one, or the one that is there by that name (C22). */
export async function makeFolderBelow(
  context: SyncContext,
  connection: Connection,
  parent: number,
  name: string,
): Promise<{ serverPath: string; delimiter: string }> {
  const { delimiter } = await delimiterOf(connection);
  const path = `${(await folderOf(context, parent)).serverPath}${delimiter}${checkName(name, delimiter)}`;
  const made = await connection.call((wire) => wire.mailboxCreate(path));
  await connection.call((wire) => wire.mailboxSubscribe(made.path));
  return { serverPath: made.path, delimiter };
}

/** Another name, another parent, or both. `parent` undefined: stays where it is. */
export async function renameServerFolder(
  context: SyncContext,
  connection: Connection,
  id: number,
  name: string,
  parent: number | null | undefined,
): Promise<void> {
  const { delimiter, prefix } = await delimiterOf(connection);
  const folder = await folderOf(context, id);
  const clean = checkName(name, delimiter);
  const levels = folder.serverPath.split(delimiter);
  let above = levels.length > 1 ? `${levels.slice(0, -1).join(delimiter)}${delimiter}` : '';
  if (parent === null) above = prefix;
  else if (parent !== undefined) above = `${(await folderOf(context, parent)).serverPath}${delimiter}`;
  if (above.startsWith(`${folder.serverPath}${delimiter}`)) {
    throw new Fault('user', 'not-allowed', 'A folder cannot be moved into itself.');
  }
  const path = `${above}${clean}`;
  if (path === folder.serverPath) return;
  // RFC 3501 section 6.3.5: the renamed folder must not be the selected one on some servers.
  if (connection.folder?.path === folder.serverPath) await connection.call((wire) => wire.mailboxClose());
  await connection.call((wire) => wire.mailboxRename(folder.serverPath, path));
  await context.store.write('imap.renameFolder', {
    id,
    path: localPath(path, delimiter).path,
    serverPath: path,
  });
  // Subscriptions are by name and do not follow.
  await connection.call((wire) => wire.mailboxUnsubscribe(folder.serverPath));
  if (folder.subscribed) await connection.call((wire) => wire.mailboxSubscribe(path));
}

export async function removeServerFolder(
  context: SyncContext,
  connection: Connection,
  id: number,
): Promise<void> {
  const folder = await folderOf(context, id);
  if (connection.folder?.path === folder.serverPath) await connection.call((wire) => wire.mailboxClose());
  try {
    await connection.call((wire) => wire.mailboxDelete(folder.serverPath));
  } catch (failure) {
    if (!(failure instanceof Fault) || failure.code !== 'no-such-folder') throw failure;
  }
  await connection.call((wire) => wire.mailboxUnsubscribe(folder.serverPath)).catch(() => {});
  while (!(await context.store.write('imap.dropFolder', id))) context.signal.throwIfAborted();
}

export async function subscribeServerFolder(
  context: SyncContext,
  connection: Connection,
  id: number,
  subscribed: boolean,
): Promise<void> {
  const folder = await folderOf(context, id);
  await connection.call((wire) =>
    subscribed ? wire.mailboxSubscribe(folder.serverPath) : wire.mailboxUnsubscribe(folder.serverPath),
  );
  await context.store.write('imap.subscribeFolder', { id, subscribed });
}
